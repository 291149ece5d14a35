"""The log for the food control: how warm each watched place was on each day, and for how long beyond its limits."""

from typing import Annotated

from msgspec import Meta

from contract.messages import Head
from contract.wire import Moment, Name, Wire

MOST_DAYS = 400
"""In one message: a month of a dozen places."""
MOST_PLACES = 64
Minutes = Annotated[int, Meta(ge=0, le=1500)]
"""Of a day; the one on which summer time ends has 1500."""


class FoodDay(Wire):
    """One place on one day of the site's calendar. °C; `low` and `high` are of what was read, None: nothing was.

    `known_min`: minutes of which the temperature is known, the rest is a hole in the log; `out_min`: those of them
    beyond `above` or `below`, the limits of that day.
    """

    day: Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    device: Name
    place: Name
    above: float | None
    below: float | None
    low: float | None
    high: float | None
    known_min: Minutes
    out_min: Minutes


class FoodPlace(Wire):
    """One watched place as it is set up: its value is the signal of the device, in that device's own picture.

    `out_since`: the first reading beyond a limit since it was last within; None: it is within, or nothing is known.
    `out_longer`: the box has heard nothing of before, so it may have been beyond for longer.
    """

    device: Name
    signal: Name
    place: Name
    above: float | None
    below: float | None
    out_since: Moment | None = None
    out_longer: bool = False


class FoodLog(Wire):
    """The last days of all places, the newest first; and the places themselves, also those without a day yet."""

    head: Head
    days: Annotated[tuple[FoodDay, ...], Meta(max_length=MOST_DAYS)]
    places: Annotated[tuple[FoodPlace, ...], Meta(max_length=MOST_PLACES)] = ()
