"""How long fuel or battery lasts, as a decision: the low bound is the number, with the clock time of its end.

While what is counted is in use, the hours go on falling here, also without contact; the page then says that it is
calculated. Nothing is rounded up: 75,9 hours are "minst 75 h".
"""

from math import ceil, floor

from msgspec import Struct, structs

from contract.freshness import age_ms, hours_left
from contract.judgement import Endurance, Reported
from contract.messages import SiteState
from contract.words import Power
from dashboard.core import numbers
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader

BURNING = (Power.ON_RESERVE, Power.RETURNING)
DRAINING = (Power.ON_BATTERY, Power.STARTING, Power.DEAD)
"""States in which nothing but the battery feeds what hangs on it."""
HOUR_MS = 3_600_000
LONGEST_H = 100_000
"""More hours than a decade is no figure for people."""
BASES = {
    "model": "basis_model",
    "model-at-design-load": "basis_model",
    "model-at-last-load": "basis_model",
    "counted": "basis_counted",
    "calibrated": "basis_calibrated",
    "measured": "basis_measured",
    "ecu": "basis_engine",
    "ups-sheet": "basis_ups_sheet",
    "ups-counted": "basis_ups_counted",
    "reported": "basis_reported",
    "ups": "basis_ups",
}


class Lasting(Struct, frozen=True, kw_only=True):
    """One line of how long. `least` is the number, `until` its clock time or "", the rest stands in small print."""

    title: str
    least: str
    until: str
    between: str
    basis: str
    level: str
    lost: str
    """What is said before it while there is no contact."""

    @property
    def decision(self) -> str:
        """The number and its clock time in one breath."""
        return ", ".join(part for part in (self.least, self.until) if part)


class StationWords(Struct, frozen=True, kw_only=True):
    """The reserve in the fuel station's tank."""

    litres: str
    said: str


def fuel_lasting(state: SiteState | None, picture: SitePicture, reader: Reader) -> Lasting | None:
    """How long the set's own tank lasts; None when the site has not said."""
    if state is None or state.endurance is None:
        return None
    # while nobody knows the power, the site says by its clock time that the set is taken to go on
    in_use = state.power in BURNING or (state.power is Power.UNKNOWN and state.endurance.until_ms is not None)
    return _lasting(state.endurance, in_use, reader.t("endurance_fuel"), picture, reader)


def battery_lasting(state: SiteState | None, picture: SitePicture, reader: Reader) -> Lasting | None:
    """How long the battery carries what hangs on it; None when the site has not said."""
    if state is None or state.battery is None:
        return None
    draining = state.power in DRAINING or state.battery.until_ms is not None
    return _lasting(state.battery, draining, reader.t("endurance_battery"), picture, reader)


def station_words(told: Reported | None, picture: SitePicture, reader: Reader) -> StationWords | None:
    """Litres in the fuel station's tank, and who says so."""
    if told is None:
        return None
    when = reader.moment(told.at, picture.contact)
    litres = numbers.quantity(told.value, "L", 1, reader.language)
    return StationWords(litres=litres, said=reader.t("reported_by", who=told.who, when=when))


def _lasting(one: Endurance, in_use: bool, title: str, picture: SitePicture, reader: Reader) -> Lasting:
    # the contract counts down for the states in which a set burns; a battery in use counts alike
    left = hours_left(one, Power.ON_RESERVE if in_use else Power.ON_MAINS, age_ms(one.at, picture.contact, reader.now))
    language = reader.language
    if left is None:
        least = between = until = ""
    else:
        low, high = left
        least = reader.t("endurance_least", low=hours(low, language)) if low > 0 else reader.t("endurance_over")
        between = reader.t("endurance_open") if high is None else _between(low, high, reader)
        until = _until(one, low, reader) if in_use and low > 0 else ""
    return Lasting(
        title=title,
        least=least or reader.t("unknown"),
        until=until,
        between=between,
        basis=reader.t("endurance_basis", basis=_basis(one, reader)),
        level=_level(one, picture, reader),
        lost=_lost(in_use, picture, reader),
    )


def hours(value: float, language: str, *, upwards: bool = False) -> str:
    """Whole hours, or minutes when there are few; downwards, so that nobody is promised more than there is."""
    if value > LONGEST_H:
        return "–"
    whole = ceil if upwards else floor
    if value < 2:
        return f"{whole(value * 60)}{numbers.HARD}min"
    return f"{numbers.number(whole(value), 0, language)}{numbers.HARD}h"


def _between(low: float, high: float, reader: Reader) -> str:
    """75–111 h; each with its own unit where they differ."""
    first, last = hours(low, reader.language), hours(max(low, high), reader.language, upwards=True)
    if first.split(numbers.HARD)[-1] == last.split(numbers.HARD)[-1]:
        first = first.split(numbers.HARD)[0]
    return reader.t("endurance_between", low=first, high=last)


def _until(one: Endurance, low: float, reader: Reader) -> str:
    """The clock time as the site says it, else counted from now."""
    if one.until_ms is not None:
        return reader.t("endurance_until", when=reader.when(one.until_ms))
    if reader.now.wall_ms is None or low > LONGEST_H:
        return ""
    return reader.t("endurance_until", when=reader.when(reader.now.wall_ms + int(low * HOUR_MS)))


def _basis(one: Endurance, reader: Reader) -> str:
    word = reader.t(BASES[one.basis]) if one.basis in BASES else one.basis
    if one.load_kw is None:
        return word
    load = numbers.quantity(one.load_kw, "kW", 1, reader.language)
    if one.basis == "model-at-last-load":
        return reader.t("endurance_at_last_load", basis=word, load=load)
    if one.basis == "model-at-design-load":
        return reader.t("endurance_at_planned_load", basis=word, load=load)
    return reader.t("endurance_at_load", basis=word, load=load)


def _level(one: Endurance, picture: SitePicture, reader: Reader) -> str:
    """How old the reading of the level is."""
    if one.level_up_ms is None:
        return ""
    wall = None if one.at.wall_ms is None else max(0, one.at.wall_ms - (one.at.up_ms - one.level_up_ms))
    read = structs.replace(one.at, up_ms=one.level_up_ms, wall_ms=wall)
    return reader.t("endurance_level", ago=reader.ago(age_ms(read, picture.contact, reader.now)))


def _lost(in_use: bool, picture: SitePicture, reader: Reader) -> str:
    """What a number is without contact: counted on, or only the last that was known."""
    if not in_use:
        return reader.t("endurance_last")
    silence = picture.silence(reader.now)
    if silence is not None and reader.now.wall_ms is not None:
        return reader.t("endurance_counted", when=reader.when(reader.now.wall_ms - silence))
    if silence is not None:
        return reader.t("endurance_counted_for", age=reader.age(silence))
    head = picture.head
    return reader.t("endurance_counted", when=reader.moment(head.moment() if head else None, None))
