"""Named facts about batteries, fuel, test runs and hours that the rules of alarms ask for. Sheet: sections 5 to 11."""

from collections.abc import Callable
from datetime import UTC, datetime

from gateway.core import moments
from gateway.core.alarms.alarm_view import Value, View
from gateway.core.fuel import stored
from gateway.core.set_words import V24_ABOVE
from gateway.core.site import number_of

FLOAT_V_PER_C = 0.018
"""So much higher per degree of cold a 12 V battery is charged (section 9)."""
RATED_HOURS = {"ESP": 200.0, "LTP": 500.0}
"""What a rating allows in a calendar year (section 6)."""
DAY_MS = 86_400_000
NEWS_S = 600.0
"""So long a loss of fuel is news."""


def battery_12v(view: View) -> float | None:
    """The start battery's voltage, per 12 V."""
    volts = view.number("engine.battery_voltage")
    return None if volts is None else volts / _twelves(view, volts)


def battery_12v_warm(view: View) -> float | None:
    """The same as it would be at 20 °C: a charger that knows the temperature rightly charges higher in the cold."""
    volts, celsius = battery_12v(view), view.any_number("room.temperature")
    return volts if volts is None or celsius is None else volts + FLOAT_V_PER_C * (min(celsius, 20.0) - 20.0)


def crank_12v(view: View, device: str) -> float | None:
    """The lowest voltage of the last start, per 12 V: as a node caught it, or as it was polled during the last run."""
    lowest = number_of(view.site, device, "engine.crank_voltage_min")
    if lowest is None and device == view.facts.controller:
        polled = (run.battery_min_v for run in reversed(view.site.memory.runs) if run.battery_min_v is not None)
        lowest = next(polled, None)
    rest = view.number("engine.battery_voltage")
    return None if lowest is None else lowest / _twelves(view, lowest if rest is None else rest)


def _twelves(view: View, volts: float) -> float:
    """How many times 12 V the battery is."""
    if view.facts.set.battery_v is not None:
        return view.facts.set.battery_v / 12
    return 2.0 if volts > V24_ABOVE else 1.0


def battery_minutes(view: View) -> float | None:
    """How long the UPS or battery lasts by the estimate: its low end is for people to plan by (section 15)."""
    lasts = view.site.battery
    if lasts is None:
        return None
    return 60 * (lasts.low_h if lasts.high_h is None else lasts.high_h)


def battery_least_minutes(view: View) -> float | None:
    """How long it lasts at least, as people are told."""
    return None if view.site.battery is None else view.site.battery.low_h * 60


def fuel_hours(view: View) -> float | None:
    """How long the fuel lasts at least."""
    return None if view.site.endurance is None else view.site.endurance.low_h


def fuel_loss_percent_h(view: View) -> float | None:
    """How fast the tank fell while the set stood, while that is news: the alarm itself stays until somebody sees it."""
    lost = view.site.memory.fuel.lost
    age_s = None if lost is None else view.age_s(lost.at)
    return 0.0 if lost is None or (age_s is not None and age_s > NEWS_S) else lost.percent_per_h


def fuel_age_share(view: View) -> float | None:
    """How old half of the tank's content is, as a share of how long it keeps."""
    wall_ms, poured = moments.believed_ms(view.now), _in_tank(view)
    if wall_ms is None or not poured:
        return None
    delivery, _ = stored.half(poured)
    return (wall_ms - delivery.delivered_ms) / DAY_MS / stored.KEEPS_DAYS[delivery.product]


def above_plugging_c(view: View) -> float | None:
    """How much warmer the fuel is than what plugs its filter first, in degrees."""
    plugs = [one.cfpp_c for one, _ in stored.that_count(_in_tank(view)) if one.cfpp_c is not None]
    celsius = view.any_number("fuel.temperature")
    if celsius is None:
        celsius = view.any_number("outdoor.temperature")
    return None if celsius is None or not plugs else celsius - max(plugs)


def summer_percent(view: View) -> float | None:
    """How much of the tank is summer fuel, from October to April; 0 in summer."""
    wall_ms, poured = moments.believed_ms(view.now), _in_tank(view)
    if wall_ms is None or not poured:
        return None
    if datetime.fromtimestamp(wall_ms / 1000, UTC).month not in stored.COLD_MONTHS:
        return 0.0
    return 100 * stored.summer_share(stored.that_count(poured))


def days_over_test(view: View) -> float | None:
    """So many days the next test run is late; below 0 while there is time."""
    ages = [view.age_s(run.ended) for run in view.site.memory.runs if run.approved]
    known = [age for age in ages if age is not None]
    return min(known) / 86400 - view.facts.run.every_days if known else None


def hours_share(view: View) -> float | None:
    """Hours run this calendar year, as a share of what the rating allows."""
    wall_ms, allowed = moments.believed_ms(view.now), RATED_HOURS.get(view.facts.set.rating or "")
    if wall_ms is None or allowed is None:
        return None
    year = str(datetime.fromtimestamp(wall_ms / 1000, UTC).year)
    return view.site.memory.hours.get(year, 0.0) / allowed


def _in_tank(view: View) -> stored.Poured:
    return stored.in_tank(view.site, view.facts)


SITE_FACTS: dict[str, Callable[[View], Value]] = {
    "above_plugging_c": above_plugging_c,
    "battery_12v": battery_12v,
    "battery_12v_warm": battery_12v_warm,
    "battery_least_minutes": battery_least_minutes,
    "battery_minutes": battery_minutes,
    "days_over_test": days_over_test,
    "fuel_age_share": fuel_age_share,
    "fuel_hours": fuel_hours,
    "fuel_leaks": lambda view: view.site.fuel.leak,
    "fuel_loss_percent_h": fuel_loss_percent_h,
    "hours_share": hours_share,
    "low_load_h": lambda view: view.site.memory.low_load_h,
    "sender_jumped": lambda view: view.site.fuel.suspect,
    "sender_stuck": lambda view: view.site.fuel.stuck,
    "summer_percent": summer_percent,
}
