"""The hour that comes twice in autumn, and the one that does not come in spring, so that neither is ever mistaken."""

from datetime import UTC, datetime, tzinfo
from typing import Literal

Season = Literal["", "summer", "winter"]
SEASONS: dict[str, dict[str, str]] = {
    "sv": {"summer": "sommartid", "winter": "vintertid"},
    "en": {"summer": "summer time", "winter": "winter time"},
}
"""Of the hour that comes twice in autumn: which of the two; the dashboard's `static/curve.js` says the same."""


def season(moment: datetime) -> Season:
    """Which of two equal times of day this moment is: of summer time or of winter time; "" where there is only one."""
    first, second = (moment.replace(fold=fold).utcoffset() for fold in (0, 1))
    if first == second:
        return ""
    return "winter" if moment.fold else "summer"


def moments(shown: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """When clocks in the zone show this date and time, in UTC: once; twice, summer time first; or never."""
    found = []
    for fold in (0, 1):
        moment = shown.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None, fold=0) == shown.replace(fold=0) and moment not in found:
            found.append(moment)
    return tuple(found)
