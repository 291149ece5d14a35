"""The watched places of a shop: how warm they are now, and the log of a month for the food control.

What was not measured is a hole in the log and is drawn as one; it is never a good temperature.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from contract.food import FoodDay, FoodLog, FoodPlace
from contract.words import Freshness
from dashboard.core import numbers
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.site.runs import safe
from dashboard.core.site.values import ValueRow, value_row

HOLE_MIN = 15
"""Fewer minutes without a reading are no hole: readings never come to the second."""
MINUTE_MS = 60_000
ORDER = ("bad", "unknown", "good")
"""The worst first."""


class PlaceNow(Struct, frozen=True, kw_only=True):
    """One place now. `since`: since when it is beyond its limit, or was when it was read last; "" when it is not."""

    name: str
    role: str
    word: str
    limit: str
    since: str
    row: ValueRow


class DayRow(Struct, frozen=True, kw_only=True):
    """One place on one day. `role`: bad, unknown (a hole in it), good."""

    day: str
    when: str
    span: str
    role: str
    out: str
    hole: str


class PlaceMonth(Struct, frozen=True, kw_only=True):
    """One place over a month, the newest day first. `limits`: those that held in it."""

    name: str
    limits: str
    rows: tuple[DayRow, ...]


class Month(Struct, frozen=True, kw_only=True):
    """One month to choose. `key`: 2026-11."""

    key: str
    words: str
    chosen: bool


def places_now(log: FoodLog | None, picture: SitePicture, reader: Reader) -> tuple[PlaceNow, ...]:
    """All places, the worst first."""
    found = [_place(one, picture, reader) for one in (log.places if log else ())]
    return tuple(sorted(found, key=lambda one: ORDER.index(one.role)))


def _place(place: FoodPlace, picture: SitePicture, reader: Reader) -> PlaceNow:
    births = picture.birth.devices if picture.birth else ()
    signals = next((one.signals for one in births if one.device == place.device), ())
    birth = next((one for one in signals if one.key == place.signal), None)
    held = picture.devices.get(place.device)
    value = held.values.get(place.signal) if held else None
    row = value_row(place.signal, birth, value, held.head if held else None, picture, reader)
    number = None if value is None or isinstance(value.value, str) else value.value
    role, word = "unknown", "food_unknown"
    if number is not None and row.freshness is Freshness.FRESH:
        role, word = _judged(number, place)
    since = ""
    if place.out_since is not None:
        key = "food_since_longer" if place.out_longer else "food_since"
        key = key if role == "bad" else "food_was_out"
        since = "" if role == "good" else reader.t(key, when=reader.moment(place.out_since, picture.contact))
    limit = limits(place.above, place.below, reader)
    return PlaceNow(name=place.place, role=role, word=reader.t(word), limit=limit, since=since, row=row)


def _judged(number: float, place: FoodPlace) -> tuple[str, str]:
    if place.above is not None and number > place.above:
        return "bad", "food_warm"
    if place.below is not None and number < place.below:
        return "bad", "food_cold"
    return "good", "food_well"


def limits(above: float | None, below: float | None, reader: Reader) -> str:
    """What a place may be."""
    high, low = (None if one is None else _degrees(one, reader) for one in (above, below))
    if high and low:
        return reader.t("food_between", low=low, high=high)
    return reader.t("food_most", high=high) if high else reader.t("food_least", low=low) if low else ""


def _degrees(number: float, reader: Reader) -> str:
    return numbers.quantity(number, "°C", 0.1, reader.language)


def month_now(log: FoodLog | None, reader: Reader) -> str:
    """The month of today; of the newest day of the log while nobody here knows the time; "" before all."""
    today = today_of(reader)
    return today.isoformat()[:7] if today else max((one.day[:7] for one in (log.days if log else ())), default="")


def today_of(reader: Reader) -> date | None:
    """The day at the site; None while nobody here knows it."""
    wall_ms = reader.now.wall_ms
    return None if wall_ms is None else datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(reader.zone).date()


def months(known: Iterable[str], chosen: str, reader: Reader) -> tuple[Month, ...]:
    """Months to choose between, the newest first."""
    names = reader.t("food_months").split()
    return tuple(
        Month(key=key, words=f"{names[int(key[5:]) - 1]} {key[:4]}", chosen=key == chosen)
        for key in sorted({*known, chosen} - {""}, reverse=True)
    )


def by_place(days: Sequence[FoodDay], log: FoodLog | None, month: str, reader: Reader) -> tuple[PlaceMonth, ...]:
    """Each place with every day of the month until today: a day that nobody told of is a hole from end to end."""
    names = [(one.device, one.place) for one in (log.places if log else ())]
    names += [(one.device, one.place) for one in days]
    held = {(one.device, one.place, one.day): one for one in days}
    found = []
    for device, place in dict.fromkeys(names):
        mine = [one for one in days if (one.device, one.place) == (device, place)]
        told = list(dict.fromkeys(limits(one.above, one.below, reader) for one in mine))
        dates = _days(month, max((one.day for one in days), default=""), reader)
        rows = tuple(_row(day, held.get((device, place, day.isoformat())), reader) for day in dates)
        found.append(PlaceMonth(name=place, limits=", ".join(told), rows=rows))
    return tuple(found)


def _days(month: str, newest: str, reader: Reader) -> list[date]:
    """Until today; until the newest day that was told while nobody here knows the time."""
    if not month:
        return []
    first, today = date.fromisoformat(f"{month}-01"), today_of(reader)
    last = newest if today is None else today.isoformat()
    days = [first + timedelta(days=number) for number in range(31)]
    return [one for one in reversed(days) if one.month == first.month and one.isoformat() <= last]


def length_min(day: date, reader: Reader) -> int:
    """Minutes of a day at the site, of today those that have passed."""
    begin, end = (datetime.combine(one, time.min, reader.zone).timestamp() for one in (day, day + timedelta(days=1)))
    if reader.now.wall_ms is not None:
        end = min(end, reader.now.wall_ms / 1000)
    return max(0, round((end - begin) / 60))


def _row(day: date, told: FoodDay | None, reader: Reader) -> DayRow:
    known, out = (told.known_min, told.out_min) if told else (0, 0)
    missing = max(0, length_min(day, reader) - known)
    hole = missing > HOLE_MIN
    span = ""
    if told is not None and told.low is not None and told.high is not None:
        span = reader.t(
            "food_span",
            low=numbers.number(told.low, 1, reader.language),
            high=numbers.number(told.high, 1, reader.language),
        )
    beyond = "food_no_out" if told and known and not hole else "food_out_unknown"
    return DayRow(
        day=day.isoformat(),
        when=f"{numbers.weekday(datetime.combine(day, time.min), reader.language)} {day.day}",
        span=span,
        role="bad" if out else "unknown" if hole else "good",
        out=reader.t("food_out", age=reader.age(out * MINUTE_MS)) if out else reader.t(beyond),
        hole="" if not hole else reader.t("food_hole", age=reader.age(missing * MINUTE_MS)),
    )


def table(days: Iterable[FoodDay], reader: Reader) -> list[list[str]]:
    """The days that were told as a table under their heads, for a spreadsheet."""
    names = ("day", "place", "device", "low", "high", "above", "below", "out", "known", "length")
    rows = []
    for one in days:
        figures = [_figure(number, reader) for number in (one.low, one.high, one.above, one.below)]
        minutes = [str(one.out_min), str(one.known_min), str(length_min(date.fromisoformat(one.day), reader))]
        rows.append([one.day, one.place, one.device, *figures, *minutes])
    return [[reader.t(f"food_col_{name}") for name in names], *([safe(cell) for cell in row] for row in rows)]


def _figure(number: float | None, reader: Reader) -> str:
    shown = "" if number is None else f"{number:.1f}"
    return shown.replace(".", ",") if reader.language == "sv" else shown
