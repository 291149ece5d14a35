"""The checks of the readiness as a table, and what one check finds. Facts: reserve power, section 16.

Instruments and records speak first; where they cannot, a person's word counts for some days. A reason's key is said by
the check itself; a gap is `<check>_unknown`, a word too old to count `<check>_old`, a person's no `<check>_denied`.
"""

from collections.abc import Callable

import msgspec

from contract.words import Basis
from gateway.core.moments import age_ms
from gateway.core.readiness import checks_care as care
from gateway.core.readiness import checks_set as of_set
from gateway.core.readiness.case import DAY_MS, OK_REPORTED, Case, Said, missing
from gateway.core.readiness.found import REPORT_HOLDS_DAYS, Finding, Outcome


def always(_case: Case) -> bool:
    """The check applies to every site, at all times."""
    return True


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One check."""

    key: str
    measure: Callable[[Case], Said | None]
    applies: Callable[[Case], bool] = always
    minimum: bool = False
    """Without it the readiness is not known; any other gap is a remark."""
    for_start: bool = False
    """It asks whether the set would start; while the set carries the site it is at most a remark."""
    denied: Outcome = Outcome.REMARK
    """What a person's no means."""
    instrument_decides: bool = False
    """An instrument sees all of it: a person's older no says nothing against it."""
    hold_s: float = 0.0
    """So long it must measure worse before it says so; the first look is believed at once."""


CHECKS: tuple[Check, ...] = (
    Check(key="shutdown", measure=of_set.shutdown, denied=Outcome.FAIL, instrument_decides=True),
    Check(key="estop", measure=of_set.estop, denied=Outcome.FAIL, instrument_decides=True),
    Check(key="fuel", measure=care.fuel, minimum=True, denied=Outcome.FAIL),
    Check(key="battery", measure=of_set.battery, minimum=True, for_start=True, denied=Outcome.FAIL, hold_s=60),
    Check(
        key="mode",
        measure=of_set.mode,
        applies=of_set.automatic,
        minimum=True,
        for_start=True,
        denied=Outcome.FAIL,
        instrument_decides=True,
    ),
    Check(key="test", measure=care.test, minimum=True, for_start=True, denied=Outcome.FAIL),
    Check(key="activators", measure=care.activators, minimum=True, for_start=True),
    Check(key="contact", measure=of_set.contact, applies=of_set.has_controller, instrument_decides=True),
    Check(key="charger", measure=of_set.charger, applies=of_set.charger_due, hold_s=900),
    Check(key="heater", measure=of_set.heater, applies=of_set.heater_due, hold_s=900),
    Check(key="fuel_cold", measure=care.fuel_cold, applies=care.fuel_cold_due),
    Check(key="fuel_age", measure=care.fuel_age),
    Check(key="service", measure=of_set.service),
    Check(key="ups", measure=of_set.ups, applies=of_set.has_ups),
    Check(key="clock", measure=of_set.clock),
    Check(key="breaker", measure=care.only_people, applies=care.told_of_breaker, denied=Outcome.FAIL),
    Check(key="place", measure=care.place, applies=care.movable, minimum=True),
    Check(key="transport", measure=care.only_people, applies=care.movable, denied=Outcome.FAIL),
    Check(key="road", measure=care.only_people, applies=care.movable, denied=Outcome.FAIL),
)
"""All checks; the order tells nothing, reasons have weights."""


def find(check: Check, case: Case) -> Finding:
    """What one check finds now."""
    said = check.measure(case)
    told = reported(check, case)
    if said is None or said.outcome is Outcome.MISSING:
        return _unmeasured(check, said, told, case)
    denies = told is not None and told.outcome is check.denied
    if told is not None and denies and said.outcome is Outcome.OK and not check.instrument_decides:
        return _finding(check, Said(Outcome.REMARK, told.reason, told.detail, Basis.REPORTED))
    return _finding(check, said)


def reported(check: Check, case: Case) -> Said | None:
    """What a person said of it; MISSING when that is too old to count, None when nobody said or nobody knows when."""
    held = case.memory.confirmed.get(f"check:{check.key}")
    age = None if held is None else age_ms(held.at, case.now)
    if held is None or age is None or check.key not in REPORT_HOLDS_DAYS:
        return None
    if age > REPORT_HOLDS_DAYS[check.key] * DAY_MS:
        return missing(f"{check.key}_old", str(age // DAY_MS))
    return OK_REPORTED if held.ok else Said(check.denied, f"{check.key}_denied", held.who, Basis.REPORTED)


def _unmeasured(check: Check, said: Said | None, told: Said | None, case: Case) -> Finding:
    """A person's word fills the gap, unless it is older than the last that instruments said, and that was bad."""
    counts = told is not None and told.outcome is not Outcome.MISSING
    failing = case.memory.failing.get(check.key)
    if failing is not None and not (counts and _since_lost(check, case)):
        return Finding(check.key, Outcome.FAIL, Basis.MISSING, failing.reason, failing.detail)
    return _finding(check, told or said or missing(f"{check.key}_unknown"))


def _since_lost(check: Check, case: Case) -> bool:
    """Was it reported after it could no longer be measured?"""
    failing, held = case.memory.failing.get(check.key), case.memory.confirmed.get(f"check:{check.key}")
    if failing is None or held is None or not failing.lost:
        return False
    lost_age, told_age = age_ms(failing.at, case.now), age_ms(held.at, case.now)
    return lost_age is not None and told_age is not None and told_age <= lost_age


def _finding(check: Check, said: Said) -> Finding:
    return Finding(check.key, said.outcome, said.basis, said.reason, said.detail)
