"""How the asking of each feed stands, told to the screen through memory: a check writes nothing to the card.

One small file beside the place where keeper and screen meet while the disk takes nothing (`io/memory.py`). It names the
life of the cache it belongs to: a check says something only of the very file that holds what was found by it.
"""

import contextlib
import os
from pathlib import Path

import msgspec

from kiosk.core.asking.feed import FeedState
from kiosk.io.memory import beside, made, there

NAME = "checked.json"
Mark = tuple[int, int] | None
"""Which edition of the file; None: there is none."""


class _Told(msgspec.Struct, frozen=True):
    life: str
    feeds: tuple[FeedState, ...]


def tell(cache: Path, life: str, feeds: tuple[FeedState, ...]) -> bool:
    """Put the newest states in place of the old ones, whole or not at all. False: there is no memory for it."""
    try:
        place = made(cache.with_name(NAME))
        new = place.with_name(f"{NAME}.{os.getpid()}")
        new.write_bytes(msgspec.json.encode(_Told(life, feeds)))
        new.replace(place)
    except OSError:
        return False
    return True


def mark(cache: Path) -> Mark:
    """Has it changed since last time? One stat(2)."""
    try:
        told = beside(cache.with_name(NAME)).stat()
    except OSError:
        return None
    return told.st_ino, told.st_mtime_ns


def told(cache: Path, life: str) -> tuple[FeedState, ...]:
    """The states that belong to the cache of this life; nothing when the file is another's or cannot be read."""
    try:
        place = there(cache.with_name(NAME))
        found = None if place is None else msgspec.json.decode(place.read_bytes(), type=_Told)
    except (OSError, msgspec.MsgspecError):
        return ()
    return found.feeds if found is not None and found.life == life else ()


def take_away(cache: Path) -> None:
    """The keeper ends; what it knew stands in the cache."""
    with contextlib.suppress(OSError):
        place = beside(cache.with_name(NAME))
        place.unlink(missing_ok=True)
        place.parent.rmdir()
