"""Which day it is: of the clock, where something keeps it right, else of the person who looked."""

from datetime import UTC, date, datetime, time

from doors.clock import Clock
from keys.core.faults import BadUse


def now(given: date | None) -> datetime:
    """UTC to the second; raises BadUse where nobody knows."""
    known = now_if_known(given)
    if known is None:
        raise BadUse("nothing keeps this machine's clock right; look at a calendar and give --today YYYY-MM-DD")
    return known


def now_if_known(given: date | None) -> datetime | None:
    """UTC to the second, or None."""
    wall_ms = Clock().wall_ms()
    told = None if wall_ms is None else datetime.fromtimestamp(wall_ms // 1000, UTC)
    if given is None or (told is not None and told.date() == given):
        return told
    return datetime.combine(given, time(12), UTC)
