"""What the keeper knows of one feed: when it was asked, when it answered well, and what it said then."""

import msgspec

from contract.wire import Moment
from kiosk.feeds.alert import Alert


class FeedState(msgspec.Struct, frozen=True, kw_only=True):
    """Kept over restarts. Moments are the keeper's own (its boot, its uptime, its wall clock with quality).

    `checked` moves with every good answer, also a 304 or an identical body. `every_s` is how often it is asked now
    (thinned on battery), so that a reader can judge what is fresh. `fault`: why the newest try failed, "" when it did
    not. `rejected`: records of the newest good answer that nobody could read, so that they may be
    warnings; drafts and messages between machines are not counted.
    """

    name: str
    every_s: float
    tried: Moment | None = None
    checked: Moment | None = None
    changed: Moment | None = None
    resting: Moment | None = None
    """Since when it is not asked at all, to save power; None: it is. That is no failure."""
    fault: str = ""
    rejected: int = 0
    known_ms: int = 0
    """The newest wall time that was certain when it was asked, kept over restarts: time never runs behind it."""


def latest(written: FeedState, told: FeedState | None) -> FeedState:
    """How the asking stands: as written with what was found, or as told since without any writing.

    What could not be read and when something changed is only ever written. A keeper that was killed after it had
    written and before it could tell has left something older.
    """
    if told is None:
        return written
    last, before = written.tried, told.tried
    if last is not None and (before is None or (before.boot == last.boot and before.up_ms < last.up_ms)):
        return written
    return msgspec.structs.replace(told, rejected=written.rejected, changed=written.changed)


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One alert as it is kept: when it first reached this device, and since when its source lists it no more."""

    alert: Alert
    first: Moment
    gone: Moment | None = None


class Items(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed of everyday things said last, as its parser gave it, in JSON; `kind` says what is in it."""

    name: str
    kind: str
    body: bytes
