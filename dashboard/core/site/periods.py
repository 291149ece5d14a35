"""The three lengths of time that a page can show, and the days and hours in them as clocks at the site show them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class Period(StrEnum):
    """How far back."""

    DAY = "24h"
    WEEK = "7d"
    YEAR = "1y"


@dataclass(frozen=True, slots=True)
class Length:
    """`count` buckets of `step_ms`."""

    step_ms: int
    count: int

    @property
    def whole_ms(self) -> int:
        """All of it."""
        return self.step_ms * self.count


LENGTHS = {
    Period.DAY: Length(HOUR_MS // 12, 288),
    Period.WEEK: Length(HOUR_MS // 2, 336),
    Period.YEAR: Length(DAY_MS, 366),
}
"""A year has up to 366 days; a day of 23 or 25 hours is still drawn by the hours that really went by."""
MARK_H = 3


def begin_of(period: Period, end_ms: int) -> int:
    """Where the period begins that ends now, so that the last bucket holds the present."""
    length = LENGTHS[period]
    end = -(-end_ms // length.step_ms) * length.step_ms
    return end - length.whole_ms


def marks(period: Period, begin_ms: int, end_ms: int, zone: tzinfo) -> list[tuple[int, datetime]]:
    """Where marks stand, ms UTC and local: every three hours of the clock, every midnight, or the first of each month.

    They are counted on the local clock, so that the day on which clocks are changed has 23 or 25 hours.
    """
    try:
        local = datetime.fromtimestamp(begin_ms / 1000, UTC).astimezone(zone)
        last = datetime.fromtimestamp(end_ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return []
    found: list[tuple[int, datetime]] = []
    at = local.replace(minute=0, second=0, microsecond=0, tzinfo=None)
    while len(found) < 400:
        at = _next(period, at)
        there = at.replace(tzinfo=zone)
        moment = there.astimezone(UTC)
        if moment > last:
            break
        # an hour that the clocks leave out in spring has no mark
        if moment.astimezone(zone).replace(tzinfo=None) == at:
            found.append((int(moment.timestamp() * 1000), there))
    return found


def _next(period: Period, at: datetime) -> datetime:
    if period is Period.DAY:
        return at.replace(hour=0) + timedelta(hours=(at.hour // MARK_H + 1) * MARK_H)
    if period is Period.WEEK:
        return at.replace(hour=0) + timedelta(days=1)
    return (at.replace(day=1, hour=0) + timedelta(days=32)).replace(day=1)
