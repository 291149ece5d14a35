"""Checks of the set and what hangs on it, from instruments. Facts: reserve power, sections 9, 10, 12, 13."""

from datetime import UTC, datetime

from contract.words import Basis, Connection
from gateway.core.moments import age_ms
from gateway.core.readiness.case import DAY_MS, OK, OK_REPORTED, Case, Said, any_holds, fail, missing, remark
from gateway.core.set_words import AUTO_WORDS, TEST_WORDS, V24_ABOVE
from gateway.core.site import shut_down

V12_BELOW = 15.3
"""Between this and `V24_ABOVE` a voltage fits neither 12 V nor 24 V."""
CHARGED_V, GOOD_V, LOW_V = 13.0, 12.4, 12.0
"""Of 12 V, doubled for 24 V: on the charger; rest voltage that is enough; below this it may not crank."""
GOOD_AGAIN_V, LOW_AGAIN_V, CHARGED_AGAIN_V = 12.5, 12.3, 13.2
CRANK_MS = 60_000
"""After a start the battery's voltage says nothing for so long."""
WARM_C, WARM_AGAIN_C = 25.0, 30.0
HEATED_MS = 2 * 3600 * 1000
"""So long the set must stand, with mains, before its heater can be judged by the coolant."""
CHARGED_MS = 15 * 60 * 1000
"""So long after the mains came back a charger may need."""
UPS_WORN_PERCENT = 80.0
UPS_YEARS_MS = 5 * 365 * DAY_MS


def automatic(case: Case) -> bool:
    """A site that is connected by hand is never told that its set is not in automatic."""
    return case.facts.connection is Connection.AUTOMATIC


def mode(case: Case) -> Said | None:
    """Does the controller start the set by itself?"""
    value = case.site.values.get(case.facts.controller or "", {}).get("controller.mode")
    if value is None or not isinstance(value.value, str):
        return None
    if value.value in TEST_WORDS and not case.standing:
        return remark("mode_test")
    return OK if value.value in AUTO_WORDS else fail("mode_not_auto")


def shutdown(case: Case) -> Said | None:
    """Is a shutdown or an electrical trip latched? It needs a person to reset it."""
    flags = case.flag("controller.shutdown_alarm")
    trips = case.flag("controller.trip_alarm")
    latched = any_holds(flags + trips) if flags else shut_down(case.site, case.facts.controller)
    return None if latched is None else fail("shutdown_latched") if latched else OK


def estop(case: Case) -> Said | None:
    """Is the emergency stop pressed?"""
    pressed = any_holds(case.alarm("emergency-stop"))
    return None if pressed is None else fail("estop_in") if pressed else OK


def contact(case: Case) -> Said | None:
    """Does the controller answer?"""
    name = case.facts.controller or ""
    heard = bool(case.site.values.get(name)) and not case.site.polls_failed.get(name, 0)
    return OK if heard else None


def has_controller(case: Case) -> bool:
    """Is there one to be heard?"""
    return case.facts.controller is not None


def battery(case: Case) -> Said | None:
    """The start battery by its voltage at rest. While it floats on the charger that is not known, and well so."""
    if _cranks(case):
        return _as_before(case, "battery")
    volts = case.lowest("engine.battery_voltage")
    cell = _of_12v(volts, case.facts.set.battery_v)
    if volts is None or cell is None:
        return None
    low = LOW_AGAIN_V if case.stands_at("battery", "battery_low") else LOW_V
    weak = case.stands_at("battery", "battery_low") or case.stands_at("battery", "battery_weak")
    if cell < low:
        return fail("battery_low", f"{volts:.1f}")
    return remark("battery_weak", f"{volts:.1f}") if cell < (GOOD_AGAIN_V if weak else GOOD_V) else OK


def charger_due(case: Case) -> bool:
    """Can the charger charge? Not without mains, and while the set turns its own alternator does."""
    back_ms = case.was.mains_ms
    lately = back_ms is not None and case.now.up_ms - back_ms < CHARGED_MS
    return not case.outage and case.standing and not _cranks(case) and not lately


def charger(case: Case) -> Said | None:
    """Does the charger hold the battery?"""
    failed = any_holds(flags) if (flags := case.flag("charger.failed")) else False
    if failed or failed is None:
        return remark("charger_failed") if failed else None
    if not case.numbers("engine.battery_voltage"):
        return OK if flags else None
    cell = _of_12v(case.lowest("engine.battery_voltage"), case.facts.set.battery_v)
    if cell is None:
        return None
    stands = case.stands_at("charger", "charger_failed")
    if cell >= (CHARGED_AGAIN_V if stands else CHARGED_V):
        return OK
    return remark("charger_failed") if case.evidence.mains is True or stands else None


def heater_due(case: Case) -> bool:
    """Can the coolant tell of its heater? Only when the set has stood for long, with mains."""
    if not case.facts.set.heater or case.outage or not case.standing:
        return False
    ran = [case.now.up_ms - at_ms for at_ms in (case.was.ran_ms, case.was.mains_ms) if at_ms is not None]
    if case.memory.runs and (age := age_ms(case.memory.runs[-1].ended, case.now)) is not None:
        ran.append(age)
    return all(age >= HEATED_MS for age in ran)


def heater(case: Case) -> Said | None:
    """Is the coolant warm, so that the set starts in the cold?"""
    warmth = case.lowest("engine.coolant_temperature")
    if warmth is None:
        return None
    limit = WARM_AGAIN_C if case.stands_at("heater", "heater_cold") else WARM_C
    return remark("heater_cold", f"{warmth:.0f}") if warmth < limit else OK


def service(case: Case) -> Said | None:
    """Is service due, by the controller's own count?"""
    left_s = case.numbers("engine.maintenance_due_in")
    due = any_holds([None if one is None else one <= 0 for one in left_s] + case.alarm("maintenance-due"))
    return None if due is None else remark("service_due") if due else OK


def has_ups(case: Case) -> bool:
    """Is there one, by the settings?"""
    return bool(case.facts.ups.installed or any(one.kind == "ups" for one in case.facts.devices))


def ups(case: Case) -> Said | None:
    """Are its batteries near the end of their life?"""
    health = case.numbers("ups.health")
    worn = case.flag("ups.replace_battery") + [None if one is None else one < UPS_WORN_PERCENT for one in health]
    measured = bool(worn)
    if case.facts.ups.installed:
        worn.append(_old(case.facts.ups.installed, case.wall_ms))
    end = any_holds(worn)
    if end is None:
        return None
    if end:
        return remark("ups_worn", basis=Basis.MEASURED if measured else Basis.REPORTED)
    return OK if measured else OK_REPORTED


def clock(case: Case) -> Said | None:
    """Does the box know what time it is?"""
    if case.wall_ms is None:
        return missing("clock_unsynced")
    return OK if case.now.clock.value == "synced" else remark("clock_holdover")


def _of_12v(volts: float | None, nominal: int | None) -> float | None:
    """As a 12 V battery would show it; None for a voltage that fits neither 12 V nor 24 V."""
    if volts is None or nominal is not None:
        return None if volts is None or nominal is None else volts * 12 / nominal
    if volts > V24_ABOVE:
        return volts / 2
    return volts if volts <= V12_BELOW else None


def _cranks(case: Case) -> bool:
    cranked_ms = case.was.cranked_ms
    return cranked_ms is not None and case.now.up_ms - cranked_ms < CRANK_MS


def _as_before(case: Case, check: str) -> Said | None:
    last = case.last(check)
    return None if last is None else Said(last.outcome, last.reason, last.detail)


def _old(day: str, wall_ms: int | None) -> bool | None:
    """Are batteries of this date (YYYY-MM-DD) at the end of their life?"""
    if wall_ms is None:
        return None
    try:
        began = datetime.fromisoformat(day).replace(tzinfo=UTC)
    except ValueError:
        return None
    return wall_ms - began.timestamp() * 1000 > UPS_YEARS_MS
