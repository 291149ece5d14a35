"""The log for the food control: which minutes of a day are known of a place, and which of them were beyond its limits.

A reading holds until the next, or for one period. A minute is counted once, and is beyond a limit when any reading in
it was; what comes late or again changes only what was not known.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from contract.food import FoodDay
from gateway.core.facts import PlaceFacts

MINUTE_MS = 60_000


class PlaceDay(msgspec.Struct, frozen=True, kw_only=True):
    """One place on one day as it is kept. `known` and `out`: a bit per minute since midnight."""

    day: str
    device: str
    signal: str
    place: str
    above: float | None
    below: float | None
    low: float | None = None
    high: float | None = None
    known: str = "0"
    out: str = "0"
    """Both hexadecimal."""

    def told(self) -> FoodDay:
        """As people read it."""
        known, out = int(self.known, 16), int(self.out, 16)
        return FoodDay(
            day=self.day, device=self.device, place=self.place, above=self.above, below=self.below,
            low=self.low, high=self.high, known_min=known.bit_count(), out_min=out.bit_count(),
        )  # fmt: skip


def begun(place: PlaceFacts, day: str) -> PlaceDay:
    """A day of which nothing is known yet."""
    return PlaceDay(
        day=day, device=place.device, signal=place.signal, place=place.title, above=place.above, below=place.below
    )


def day_of(wall_ms: int, zone: ZoneInfo) -> str:
    """The day of the site's calendar."""
    return datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(zone).date().isoformat()


def days_back(wall_ms: int, zone: ZoneInfo, count: int) -> list[str]:
    """Today and the days before it, the newest first."""
    today = date.fromisoformat(day_of(wall_ms, zone))
    return [(today - timedelta(days=ago)).isoformat() for ago in range(count)]


def read(held: PlaceDay, number: float, wall_ms: int, for_ms: int, zone: ZoneInfo, *, late: bool) -> PlaceDay:
    """The day with one reading more. What comes `late` says nothing of minutes that are known already."""
    midnight = datetime.combine(date.fromisoformat(held.day), time.min, zone)
    first = int((wall_ms - midnight.timestamp() * 1000) // MINUTE_MS)
    last = first + max(1, for_ms // MINUTE_MS)
    minutes = _bits(first, min(last, _length(held.day, zone)))
    known, out = int(held.known, 16), int(held.out, 16)
    mine = minutes & ~known if late else minutes
    beyond = (held.above is not None and number > held.above) or (held.below is not None and number < held.below)
    return msgspec.structs.replace(
        held,
        low=number if held.low is None else min(held.low, number),
        high=number if held.high is None else max(held.high, number),
        known=f"{known | mine:x}",
        out=f"{(out | mine) if beyond else (out & ~(mine & ~_bits(first, first + 1))):x}",
    )


def _bits(first: int, end: int) -> int:
    return ((1 << max(0, end)) - 1) & ~((1 << max(0, first)) - 1)


def _length(day: str, zone: ZoneInfo) -> int:
    """Minutes of that day: 1440, or an hour more or less."""
    begin = datetime.combine(date.fromisoformat(day), time.min, zone)
    end = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time.min, zone)
    return round((end.timestamp() - begin.timestamp()) / 60)
