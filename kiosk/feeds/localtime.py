"""Times that a feed writes without offset: wall time in Sweden, of which one hour a year comes twice and one never."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PLACE = ZoneInfo("Europe/Stockholm")


def possible(text: str) -> tuple[int, ...]:
    """Every moment (ms UTC, earliest first) that an ISO time can mean: none, one or two. ValueError: it is no time."""
    return moments(datetime.fromisoformat(text.strip()))


def moments(written: datetime) -> tuple[int, ...]:
    """Every moment that a datetime can mean; one with an offset means itself."""
    if written.tzinfo is not None:
        return (_ms(written),)
    found = set()
    for fold in (0, 1):
        aware = written.replace(tzinfo=PLACE, fold=fold)
        back = aware.astimezone(UTC).astimezone(PLACE).replace(tzinfo=None)
        if back == written:
            found.add(_ms(aware))
    return tuple(sorted(found))


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
