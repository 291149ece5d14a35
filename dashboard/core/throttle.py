"""Wrong passwords cost time: a growing wait for an address and for a device, a short one for an account.

A stranger makes a known device of the owner wait for nothing: what the stranger gets wrong counts for the stranger's
address and, up to a minute, for devices that have never signed in to the account.
"""

from collections.abc import Iterable
from typing import NamedTuple

from msgspec import Struct

FORGOTTEN_MS = 3_600_000
MOST_KEYS = 5000


class Rule(NamedTuple):
    """`free` wrong tries cost nothing; then 1 s, 2 s, 4 s … up to `longest_s`."""

    free: int
    longest_s: int


RULES = {"address": Rule(5, 900), "device": Rule(5, 900), "account": Rule(10, 60)}


class _Tally(Struct):
    wrong: int = 0
    last_ms: int = 0
    until_ms: int = 0


class Throttle:
    """All that was got wrong lately, in this program's memory. Keys are (kind of `RULES`, whose)."""

    def __init__(self) -> None:
        self._tallies: dict[tuple[str, str], _Tally] = {}

    def wait_s(self, keys: Iterable[tuple[str, str]], now_ms: int) -> int:
        """Whole seconds to wait before the next try; 0: now."""
        left = [self._tallies[key].until_ms - now_ms for key in keys if key in self._tallies]
        return max(0, -(-max(left, default=0) // 1000))

    def wrong(self, keys: Iterable[tuple[str, str]], now_ms: int) -> None:
        """One more wrong try."""
        for key in keys:
            tally = self._tallies.pop(key, None) or _Tally()
            if now_ms - tally.last_ms > FORGOTTEN_MS:
                tally = _Tally()
            rule = RULES[key[0]]
            tally.wrong += 1
            tally.last_ms = now_ms
            past = tally.wrong - rule.free
            if past > 0:
                tally.until_ms = now_ms + 1000 * min(2 ** min(past - 1, 20), rule.longest_s)
            self._tallies[key] = tally
        while len(self._tallies) > MOST_KEYS:
            self._tallies.pop(next(iter(self._tallies)))  # the one that was wrong longest ago

    def right(self, keys: Iterable[tuple[str, str]]) -> None:
        """Somebody has signed in: nothing is held against them."""
        for key in keys:
            self._tallies.pop(key, None)
