"""How often each page was opened, and nothing else: no order, no times, no visitor. Pure; the day is the keeper's.

The screen counts and hands it over once a minute; the keeper adds it up by day and page. Both sides hold the bounds.
"""

import re
from collections.abc import Mapping

import msgspec

MOST_PAGES = 100
"""Names counted apart; every other is `OTHER`."""
OTHER = "other"
MOST_AT_ONCE = 1000
"""Of one page within a minute; no hand opens more."""
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_COUNTS = msgspec.json.Decoder(dict[str, int])


class Opened:
    """Pages opened since they were last handed over."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def add(self, page: str, times: int = 1) -> None:
        """It was opened; a name that is none, or one too many, counts as another page."""
        known = NAME.fullmatch(page) and (page in self._counts or len(self._counts) < MOST_PAGES)
        name = page if known else OTHER
        self._counts[name] = self._counts.get(name, 0) + max(0, min(times, MOST_AT_ONCE))

    def add_all(self, counts: Mapping[str, int]) -> None:
        """What somebody else has counted."""
        for page, times in counts.items():
            self.add(page, times)

    def taken(self) -> dict[str, int]:
        """All of it; it begins anew."""
        counts, self._counts = self._counts, {}
        return counts


def told(counts: Mapping[str, int]) -> bytes:
    """For the wire between screen and keeper."""
    return msgspec.json.encode(counts)


def heard(data: bytes) -> dict[str, int]:
    """What was told; {} for what is no count."""
    try:
        return _COUNTS.decode(data)
    except msgspec.DecodeError:
        return {}
