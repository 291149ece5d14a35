"""How long the UPS or battery carries what hangs on it. Facts: reserve power, section 11.

Its own figure where it gives one; else two points of its data sheet, t(L) = t_high·(L_high/L)^n, times what cold, age
and charge leave of it. Batteries disappoint: the low end is half of that, or 80 % when it was tested within a year.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from math import ceil, floor, isfinite, log
from typing import Any

import msgspec

from contract.judgement import Endurance
from gateway.core.facts import Facts, UpsFacts
from gateway.core.fuel.fuel_memory import BatteryMemory
from gateway.core.fuel.reserves import BatteryNow
from gateway.core.moments import age_ms, believed_ms
from gateway.core.site import Change, Now, Site, number_of, remember, word_of

BASES = (
    "ups",  # its own figure
    "ups-sheet",  # the points of its data sheet
    "ups-counted",  # counted down from the last, while it is silent
)
ON_BATTERY = "on_battery"
LEAST_LOAD = 10.0
"""Percent: below it the UPS itself is what draws."""
EXPONENTS = (1.0, 2.5)
"""No battery lasts shorter than in proportion; two points close together may say anything."""
TESTED_DAYS = 365.0
TESTED_SHARE = 0.8
UNTESTED_SHARE = 0.5
COLD_PER_C = 0.008
WARM_C = 25.0
COLDEST_SHARE = 0.3
AGE_PER_YEAR = {"lead": 0.05, "lfp": 0.02}
"""Of the capacity; at 80 % the battery is at the end of its life: four years, ten years."""
OLDEST_SHARE = 0.4
REPLACE_SHARE = 0.5
"""Of the capacity, when the UPS itself asks for a new battery."""
CHARGE_H = 12.0
UNKNOWN_CHARGE = 0.5
"""Of a UPS first met on battery that does not tell its charge."""
COUNT_MS = 10_000
SAVE_MS = 60_000
SAVE_STEP = 0.02
HOUR_MS = 3_600_000
YEAR_DAYS = 365.25


def watch(site: Site, facts: Facts, now: Now, _told: Sequence[Change]) -> tuple[Site, list[Change]]:
    """The battery's hours anew: of several UPSs the one that lasts shortest."""
    devices = [device.name for device in facts.devices if device.kind == "ups"]
    if not devices:
        return site, []
    ups = site.ups
    if ups.up_ms is None:
        ups = msgspec.structs.replace(ups, up_ms=now.up_ms, left=site.memory.battery.left)
    ups = _counted(site, ups, devices, facts, now)
    told = [one for name in devices if (one := _of(site, name, ups, facts, now)) is not None]
    best = min(told, key=lambda one: one.low_h, default=None)
    if best is None and ups.counted is not None:
        best = _counted_down(ups.counted, now)
    elif best is not None:
        on = any(word_of(site, name, "ups.state") == ON_BATTERY for name in devices)
        ups = msgspec.structs.replace(ups, counted=best if on else None)
    site = msgspec.structs.replace(site, battery=best, ups=ups)
    return _kept(site, ups, now), []


def minutes_at(points: tuple[tuple[float, float], ...], load_percent: float) -> float | None:
    """Minutes of a full, new, warm battery at a load, by the outermost two points (load in %, minutes)."""
    known = sorted((load, minutes) for load, minutes in points if load > 0 and minutes > 0)
    if not known:
        return None
    (low_load, long_minutes), (high_load, short_minutes) = known[0], known[-1]
    exponent = 1.0
    if high_load > low_load:
        exponent = log(long_minutes / short_minutes) / log(high_load / low_load)
        exponent = min(EXPONENTS[1], max(EXPONENTS[0], exponent))
    return short_minutes * float((high_load / max(LEAST_LOAD, load_percent)) ** exponent)


def warmth_share(chemistry: str, celsius: float | None) -> float:
    """What the cold leaves; 1.0 when nobody measures. Lead and LFP lose much alike in a slow discharge."""
    if celsius is None:
        return 1.0
    least = COLDEST_SHARE if chemistry == "lead" else 2 * COLDEST_SHARE
    return min(1.0, max(least, 1 - COLD_PER_C * (WARM_C - celsius)))


def health_share(site: Site, device: str, of: UpsFacts, now: Now) -> float:
    """What age leaves: as the UPS says, else by the years since its batteries were put in."""
    health = number_of(site, device, "ups.health")
    share = 1.0
    if health is not None:
        share = min(1.0, max(0.0, health / 100))
    elif (days := _days_since(of.installed, now)) is not None:
        share = max(OLDEST_SHARE, 1 - AGE_PER_YEAR[of.chemistry] * days / YEAR_DAYS)
    if number_of(site, device, "ups.replace_battery"):
        share = min(share, REPLACE_SHARE)
    return share


def believed_share(of: UpsFacts, now: Now) -> float:
    """Which part of the estimate may be promised."""
    days = _days_since(of.discharge_tested, now)
    return TESTED_SHARE if days is not None and 0 <= days <= TESTED_DAYS else UNTESTED_SHARE


def _of(site: Site, device: str, ups: BatteryNow, facts: Facts, now: Now) -> Endurance | None:
    """Hours of one UPS, or None when it says nothing that tells them."""
    own = number_of(site, device, "ups.runtime")
    if own is not None and own >= 0:
        hours, basis = own / 3600, BASES[0]
    elif word_of(site, device, "ups.state") is None and number_of(site, device, "ups.charge") is None:
        return None
    else:
        full = _full_h(site, device, facts, now)
        if full is None:
            return None
        hours, basis = full * _charge(site, device, ups), BASES[1]
    low = hours * believed_share(facts.ups, now)
    return Endurance(
        low_h=floor(low * 100) / 100,
        high_h=ceil(hours * 100) / 100,
        basis=basis,
        at=now.moment(),
        until_ms=_until_ms(low, now) if word_of(site, device, "ups.state") == ON_BATTERY else None,
    )


def _full_h(site: Site, device: str, facts: Facts, now: Now) -> float | None:
    """Hours of this battery when charged, at the load, temperature and age of now."""
    load = number_of(site, device, "ups.load_percent")
    if load is None:
        # nobody measures it: the heavier of the points
        load = max((one[0] for one in facts.ups.points), default=100.0)
    minutes = minutes_at(facts.ups.points, load)
    if minutes is None:
        return None
    warm = warmth_share(facts.ups.chemistry, number_of(site, device, "ups.temperature"))
    return minutes / 60 * warm * health_share(site, device, facts.ups, now)


def _charge(site: Site, device: str, ups: BatteryNow) -> float:
    """What it tells and what was counted: the lower holds, for voltage flatters an old battery."""
    told = number_of(site, device, "ups.charge")
    counted = ups.left.get(device, 1.0)
    return counted if told is None else min(counted, 1.0, max(0.0, told / 100))


def _counted(site: Site, ups: BatteryNow, devices: Sequence[str], facts: Facts, now: Now) -> BatteryNow:
    """The charge of each, counted on: down on battery, up over half a day on mains."""
    gone_ms = now.up_ms - (ups.up_ms or 0)
    if ups.left and 0 <= gone_ms < COUNT_MS:
        return ups
    left = dict(ups.left)
    for device in devices:
        state = word_of(site, device, "ups.state")
        if state is None:
            continue
        on = state == ON_BATTERY
        share = left.get(device)
        if share is None:
            told = number_of(site, device, "ups.charge")
            left[device] = (UNKNOWN_CHARGE if on else 1.0) if told is None else min(1.0, max(0.0, told / 100))
            continue
        full = _full_h(site, device, facts, now) if on else None
        if on and full is not None:
            share -= gone_ms / HOUR_MS / full if full > 0 else share
        elif not on and not _too_cold_to_charge(site, device, facts):
            share += gone_ms / HOUR_MS / CHARGE_H
        left[device] = min(1.0, max(0.0, share))
    return msgspec.structs.replace(ups, up_ms=now.up_ms, left=left)


def _too_cold_to_charge(site: Site, device: str, facts: Facts) -> bool:
    celsius = number_of(site, device, "ups.temperature")
    return facts.ups.chemistry == "lfp" and celsius is not None and celsius < 0


def _counted_down(last: Endurance, now: Now) -> Endurance | None:
    """A UPS that fell silent on battery is taken to go on."""
    age = age_ms(last.at, now)
    if age is None:
        return None
    gone = age / HOUR_MS
    parts: dict[str, Any] = {"low_h": max(0.0, last.low_h - gone), "basis": BASES[2]}
    parts["high_h"] = None if last.high_h is None else max(0.0, last.high_h - gone)
    return msgspec.structs.replace(last, at=now.moment(), **parts)


def _kept(site: Site, ups: BatteryNow, now: Now) -> Site:
    """The counted charge is written when it has moved, at most once a minute."""
    was = site.memory.battery
    moved = any(abs(share - was.left.get(device, -1.0)) >= SAVE_STEP for device, share in ups.left.items())
    if not moved:
        return site
    age = None if was.at is None else age_ms(was.at, now)
    if age is not None and age < SAVE_MS:
        return site
    left = {device: round(share, 4) for device, share in ups.left.items()}
    return remember(site, battery=BatteryMemory(left=left, at=now.moment()))


def _until_ms(low_h: float, now: Now) -> int | None:
    wall_ms = believed_ms(now)
    return None if wall_ms is None or not isfinite(low_h) else wall_ms + int(low_h * HOUR_MS)


def _days_since(day: str | None, now: Now) -> float | None:
    """Days since a date YYYY-MM-DD; None without a date or a clock that can be believed."""
    wall_ms = believed_ms(now)
    if day is None or wall_ms is None:
        return None
    try:
        began = date.fromisoformat(day)
    except ValueError:
        return None
    then = datetime(began.year, began.month, began.day, tzinfo=UTC)
    return (wall_ms / 1000 - then.timestamp()) / 86400
