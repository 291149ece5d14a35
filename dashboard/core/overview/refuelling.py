"""Who needs diesel first: one line a site, in the order in which somebody must set out, to be printed and taken along.

The order is by the clock: the low bound of the fuel less the hours from the call until it is in the tank. It knows no
roads. What is not known says so, and stands where it must be asked about, not where it is forgotten.
"""

from msgspec import Struct

from contract.freshness import age_ms
from contract.words import Power
from dashboard.core import numbers
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.overview.asked import LOW_H
from dashboard.core.overview.risk import ends_ms
from dashboard.core.overview.row import Row
from dashboard.core.reader import Reader, moment_of
from dashboard.core.site.lasting import hours
from dashboard.core.sites import Site

HOUR_MS = 3_600_000
FRESH_MS = HOUR_MS
"""A level is told as one of now for so long; nobody tanks unseen within it."""
STANDING = (Power.ON_MAINS, Power.ON_BATTERY, Power.DEAD)
"""States in which a site that is heard burns nothing."""
FULL = 0.95
"""Of a tank: more does not go in."""
DAY_H = 24


class Stop(Struct, frozen=True, kw_only=True):
    """One site of the list. Words that are not known are "", and `…_why` says why; `order` sorts: group, minutes."""

    row: Row
    least: str
    until: str
    leave_by: str
    leave_why: str
    late: bool
    now_l: str
    level: str
    """What is known of the tank in words: how much there is now, or was when somebody looked, and who says so."""
    fits: str
    fits_why: str
    a_day: str
    product: str
    contact: str
    position: str
    estimated: str
    order: tuple[int, float, str]


def stops(sites: list[tuple[Site, SitePicture, Row]], reader: Reader, *, everyone: bool) -> list[Stop]:
    """The list, first who must be driven to first. `everyone`: also those that burn nothing and have enough."""
    listed = [_stop(site, picture, row, reader) for site, picture, row in sites if everyone or wanted(site, row)]
    return sorted(listed, key=lambda one: one.order)


def wanted(site: Site, row: Row) -> bool:
    """Does it burn fuel, may it, or has it so little that somebody must set out?"""
    by_report = row.told.power if row.told else None
    if row.burning or (row.silent and row.power is not Power.ON_MAINS and by_report != "mains"):
        return True
    return row.low_h is not None and row.low_h < LOW_H + site.fuel_lead_h


def _stop(site: Site, picture: SitePicture, row: Row, reader: Reader) -> Stop:
    tank, state, burning = _tank(site, picture, row, reader), picture.state, row.burning
    low_h, told_h = row.low_h, _told_h(tank, picture)
    ends = ends_ms(state.endurance, picture, reader) if burning and state and state.endurance else None
    if told_h is not None and (low_h is None or told_h < low_h):
        low_h, by_report = told_h, True
        ends = None if reader.now.wall_ms is None else reader.now.wall_ms + int(told_h * HOUR_MS)
    else:
        by_report = False
    leave_h = None if low_h is None else low_h - site.fuel_lead_h
    rate = state.endurance.rate_lh if state and state.endurance else None
    leave_by = _leave_by(ends, site, leave_h, reader)
    stands = row.in_contact and not burning and row.power in STANDING
    return Stop(
        row=row,
        least=reader.t("endurance_least", low=hours(told_h, reader.language)) if told_h is not None and by_report
        else row.fuel.least if row.fuel else "",
        until=reader.when(ends) if ends is not None else "",
        leave_by=leave_by,
        leave_why="" if leave_by else reader.t("stop_leave_none" if stands else "unknown"),
        late=burning and leave_h is not None and leave_h <= 0,
        now_l="" if tank.litres is None else numbers.quantity(tank.litres, "L", 1, reader.language),
        level=_level(tank, reader), fits=_fits(tank, reader), fits_why=_fits_why(tank, reader),
        a_day="" if rate is None else numbers.quantity(rate * DAY_H, "L", 1, reader.language),
        product=site.fuel_product, contact=site.fuel_contact,
        position="" if site.lat is None or site.lon is None else f"{site.lat:.5f}, {site.lon:.5f}",
        estimated=_estimated(row, reader, by_report=by_report),
        order=(_group(row, burning, low_h), 0.0 if leave_h is None else leave_h, site.place),
    )  # fmt: skip


def _group(row: Row, burning: bool, low_h: float | None) -> int:
    """Burning and known, then unknown, then those that stand still."""
    if burning and low_h is not None:
        return 0
    return 1 if burning or row.silent or low_h is None else 2


def _leave_by(ends: int | None, site: Site, leave_h: float | None, reader: Reader) -> str:
    if leave_h is not None and leave_h <= 0:
        return reader.t("leave_now")
    return "" if ends is None else reader.when(ends - int(site.fuel_lead_h * HOUR_MS))


def _estimated(row: Row, reader: Reader, *, by_report: bool) -> str:
    if by_report:
        return reader.t("stop_by_report")
    if row.in_contact or row.low_h is None:
        return ""
    return reader.t("stop_estimated" if row.burning else "stop_last")


class _Tank(Struct, frozen=True, kw_only=True):
    """What is known of a tank. `age_ms`: of the litres, None when nobody can tell; `counted`: what burnt since is off.

    `reported`: a person has said so.
    """

    holds: float | None = None
    litres: float | None = None
    age_ms: int | None = None
    counted: bool = False
    reported: bool = False


def _tank(site: Site, picture: SitePicture, row: Row, reader: Reader) -> _Tank:
    """Litres as a person told them since the site was heard, else as it measured them, less what has burnt since."""
    (level, age), (litres, litres_age) = (_measured(picture, key, reader) for key in ("fuel.level", "fuel.litres"))
    holds, reported = site.tank_l, row.told is not None and row.told.litres is not None
    if holds is None and level and litres:
        holds = litres / level * 100
    if litres is None and holds is not None and level is not None:
        litres, litres_age = holds * level / 100, age
    if row.told is not None and row.told.litres is not None:
        at = row.told.litres_at
        litres, litres_age = row.told.litres, None if at is None else reader.now.mono_ms - at
    if litres is None:
        return _Tank(holds=holds)
    state = picture.state
    rate = state.endurance.rate_lh if state and state.endurance else None
    counted = bool(row.burning and rate and litres_age is not None)
    if row.burning and rate and litres_age is not None:
        litres = max(0.0, litres - rate * litres_age / HOUR_MS)
    return _Tank(holds=holds, litres=litres, age_ms=litres_age, counted=counted, reported=reported)


def _told_h(tank: _Tank, picture: SitePicture) -> float | None:
    """Hours that the litres last that a person told of, as the set burnt last; None where they say nothing of it."""
    endurance = picture.state.endurance if picture.state else None
    rate = endurance.rate_lh if endurance else None
    return tank.litres / rate if tank.reported and tank.counted and rate and tank.litres is not None else None


def _level(tank: _Tank, reader: Reader) -> str:
    """What is old is told with its age, also what a person told."""
    if tank.litres is None:
        return ""
    litres = numbers.quantity(tank.litres, "L", 1, reader.language)
    fresh = tank.age_ms is not None and (tank.counted or tank.age_ms < FRESH_MS)
    words = reader.t("stop_now", litres=litres) if fresh else reader.t(
        "stop_then", litres=litres, ago=reader.ago(tank.age_ms)
    )  # fmt: skip
    return f"{words}, {reader.t('stop_told')}" if tank.reported else words


def _fits(tank: _Tank, reader: Reader) -> str:
    """Rounded down to whole tens: nobody is sent with more than fits."""
    if tank.holds is None or tank.litres is None:
        return ""
    fits = max(0, int((tank.holds * FULL - tank.litres) // 10 * 10))
    return numbers.quantity(fits, "L", 1, reader.language)


def _fits_why(tank: _Tank, reader: Reader) -> str:
    if tank.holds is None:
        return reader.t("stop_tank_unknown")
    if tank.litres is not None:
        return ""
    return reader.t("stop_level_unknown", litres=numbers.quantity(tank.holds, "L", 1, reader.language))


def _measured(picture: SitePicture, key: str, reader: Reader) -> tuple[float | None, int | None]:
    """(the newest number of a signal, its age), of whichever device has it."""
    held = [(device.head, device.values[key]) for device in picture.devices.values() if key in device.values]
    state = picture.state
    if not held and key == "fuel.level" and state and state.fuel:
        held = [(state.head, state.fuel)]
    for head, value in held:
        if isinstance(value.value, int | float):
            return float(value.value), age_ms(moment_of(head, value), picture.contact, reader.now)
    return None, None
