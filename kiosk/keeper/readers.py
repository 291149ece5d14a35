"""Which parser reads which kind of feed, and what is done with what it says.

To add a kind of feed:

1. `kiosk/feeds/NAME.py` with `read(body: bytes)`, which raises BadAnswer, and `VERSION = 1`, raised whenever the same
   body is read differently: what is kept is then read anew, without the network.
2. A row in `KINDS` (`kiosk/core/asking/catalogue.py`): address, paces, size; `{key}` where the source wants a
   key. A source that is asked by POST gives `body`, which is handed the place of the settings.
3. A row in `MODULES` below.

A parser of warnings returns `Answer`: its alerts are folded into what is kept, and what left the list is marked as
gone. Any other parser returns a msgspec struct, or a tuple of them: it is kept as JSON and comes to the screen in
`Held.items` as `Items(name, kind, body)`, to be decoded with the parser's own type; how old it is, and why it could not
be checked, stands in `Held.feeds` under the same name. The settings name a feed `[feeds.NAME]`; a kind that is asked
at several addresses is named freely and says `kind = "rss"`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import msgspec

from kiosk.feeds.alert import Answer, Reject

MODULES: dict[str, str] = {
    "vma": "kiosk.feeds.vma",
    "smhi": "kiosk.feeds.smhi",
    "krisinformation": "kiosk.feeds.krisinformation",
    "departures": "kiosk.feeds.departures",
    "road": "kiosk.feeds.road",
    "news": "kiosk.feeds.rss",
    "disruptions": "kiosk.feeds.rss",
    "calendar": "kiosk.feeds.calendar",
}


class Found(msgspec.Struct, frozen=True):
    """What a parser made of a body: alerts, or things of every day as JSON.

    `rejects`: records that are left out. `unread`: how many of them could have been a warning.
    """

    answer: Answer | None
    items: bytes | None = None
    rejects: tuple[Reject, ...] = ()

    @property
    def unread(self) -> int:
        """Drafts and messages between machines are no warnings that somebody may miss."""
        return sum(not one.harmless for one in self.rejects)


@dataclass(frozen=True, slots=True)
class Reader:
    """One kind's parser and its version."""

    read: Callable[[bytes], Any]
    version: int

    def found(self, body: bytes) -> Found:
        """Raises BadAnswer; anything else that it raises is our own fault."""
        said = self.read(body)
        if isinstance(said, Answer):
            return Found(said, rejects=said.rejects)
        return Found(None, msgspec.json.encode(said), tuple(getattr(said, "rejects", ())))


def reader(kind: str) -> Reader:
    """The parser of a kind; its libraries are loaded only where it is asked. Raises ImportError."""
    module = import_module(MODULES[kind])
    return Reader(module.read, getattr(module, "VERSION", 1))
