"""The past of a site, asked for at the site itself: what the box holds anyway, told to the page beside it.

Records go to the centre alone. The page at the site keeps no second copy, it asks: over the site's own broker, for one
stretch of time, and gets one answer that nobody keeps. So the owner sees fuel and runs with no internet.
"""

from typing import Annotated

from msgspec import Meta

from contract.messages import Head
from contract.records import Record
from contract.wire import Ms, Name, Wire

MOST_BUCKETS = 400
MOST_SIGNALS = 20
MOST_LINES = 40
MOST_EVENTS = 120

Step = Annotated[int, Meta(ge=60_000, le=86_400_000)]
Bounds = Annotated[tuple[float | None, ...], Meta(max_length=MOST_BUCKETS)]


class PastWish(Wire):
    """`count` buckets of `step_ms` from `from_ms` on (wall clock, ms UTC), of these signals of all devices."""

    id: Name
    from_ms: Ms
    step_ms: Step
    count: Annotated[int, Meta(ge=1, le=MOST_BUCKETS)]
    signals: Annotated[tuple[Name, ...], Meta(max_length=MOST_SIGNALS)] = ()


class PastLine(Wire):
    """Lowest and highest of each bucket that was asked for; None where the box knows of no value."""

    device: Name
    signal: Name
    low: Bounds
    high: Bounds

    def __post_init__(self) -> None:
        """They belong together."""
        if len(self.low) != len(self.high):
            raise ValueError("low and high are not of one length")


class PastEvent(Wire):
    """An event as it went, or will go, to the centre, and the run of the gateway that it happened in."""

    run: Name
    record: Record


class Past(Wire):
    """The answer to one wish, and the newest events, the newest last: always some runs and outages among them.

    `trouble`: the store could not be read just now, and that nothing stands here means nothing.
    """

    head: Head
    wish: Name
    lines: Annotated[tuple[PastLine, ...], Meta(max_length=MOST_LINES)] = ()
    events: Annotated[tuple[PastEvent, ...], Meta(max_length=MOST_EVENTS)] = ()
    trouble: bool = False
