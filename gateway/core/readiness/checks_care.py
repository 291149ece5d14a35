"""Checks of what people see to: fuel, test runs, activators, a movable unit's place. Facts: sections 5, 8, 16."""

from datetime import UTC, datetime
from math import floor

from contract.words import Basis, Connection
from gateway.core.fuel import stored
from gateway.core.moments import age_ms
from gateway.core.readiness import people
from gateway.core.readiness.case import DAY_MS, OK, OK_REPORTED, Case, Said, fail, missing, remark
from gateway.core.runs import run_book

ENOUGH_AGAIN = 1.1
TEST_GRACE_DAYS = 4.0
"""Once a month, with some days to do it in: 35 days by default (section 16)."""
FORGOTTEN = 3.0
"""So many intervals without a test, and what the last one showed says nothing of now; before that it is a remark."""
COLD_MARGIN_C = 5.0


def fuel(case: Case) -> Said | None:
    """Does the fuel last as long as this site asks for?"""
    lasts = case.endurance
    if lasts is None:
        return None
    basis = Basis.REPORTED if lasts.basis == "reported" else Basis.MEASURED
    if lasts.low_h <= 0:
        return fail("no_fuel", basis=basis)
    enough_h = case.facts.tank.minimum_h * (ENOUGH_AGAIN if case.stands_at("fuel", "fuel_short") else 1)
    if lasts.low_h < enough_h:
        return remark("fuel_short", str(floor(lasts.low_h)), basis)
    return OK if basis is Basis.MEASURED else OK_REPORTED


def fuel_age(case: Case) -> Said | None:
    """Has half of what is in the tank become too old?"""
    poured = stored.in_tank(case.site, case.facts)
    if not poured or case.wall_ms is None:
        return None
    delivery, share = stored.half(poured)
    days = (case.wall_ms - delivery.delivered_ms) // DAY_MS
    if days > stored.KEEPS_DAYS[delivery.product]:
        return remark("fuel_too_old", str(days // 30), Basis.REPORTED)
    # of what lay in the tank before the oldest delivery on record nobody knows the age
    return OK_REPORTED if share >= 0.5 else None


def fuel_cold_due(case: Case) -> bool:
    """Only where it is known what was delivered; else its age is missing, and that says it."""
    return bool(case.memory.deliveries)


def fuel_cold(case: Case) -> Said | None:
    """Does the fuel stand the cold that is, or the winter that comes?"""
    poured = stored.that_count(stored.in_tank(case.site, case.facts))
    plugs = [one.cfpp_c for one, _ in poured]
    known = [one for one in plugs if one is not None]
    inside = case.numbers("fuel.temperature")
    warmth = case.lowest("fuel.temperature" if inside else "outdoor.temperature")
    if warmth is not None and known and warmth < max(known) + COLD_MARGIN_C:
        return remark("fuel_too_cold", f"{max(known):.0f}", Basis.REPORTED)
    winter = case.wall_ms is None or _date(case.wall_ms).month in stored.COLD_MONTHS
    if winter and stored.summer_share(poured) > 0.5:
        return remark("summer_fuel", basis=Basis.REPORTED)
    judged = warmth is not None and known and None not in plugs
    return OK_REPORTED if judged or not winter else None


def test(case: Case) -> Said | None:
    """Has the set lately shown that it starts and gives voltage?"""
    runs, going = case.memory.runs, case.site.run or case.memory.run
    started = going is not None and going.had_voltage
    if runs and runs[-1].kind == "failed" and not started:
        return fail("start_failed", basis=Basis.REPORTED if runs[-1].declared else Basis.MEASURED)
    days, newest = run_book.days_since_approved(case.site, case.now), run_book.last_approved(case.memory)
    if days is None or newest is None:
        return None
    if days > FORGOTTEN * case.facts.run.every_days:
        return missing("test_old", f"{days:.0f}")
    if days > case.facts.run.every_days + TEST_GRACE_DAYS:
        return remark("test_old", f"{days:.0f}", Basis.REPORTED if newest.declared else Basis.MEASURED)
    if "run_off_load" in newest.remarks and case.facts.connection is Connection.AUTOMATIC:
        # the changeover was not tried
        return remark("run_off_load", basis=Basis.REPORTED if newest.declared else Basis.MEASURED)
    return OK_REPORTED if newest.declared else OK


def activators(case: Case) -> Said | None:
    """Is there somebody to open the point? By hand it takes two, so that one may be ill."""
    named = case.facts.call.activators
    counted = {one.id: people.counts(case.site, one.id, case.now) for one in named}
    sure = [one for one in named if counted[one.id]]
    wanted = 2 if case.facts.connection is Connection.MANUAL else 1
    if len(sure) >= wanted:
        return OK_REPORTED
    if sure:
        return remark("one_activator", sure[0].name, Basis.REPORTED)
    if wanted == 1 or None in counted.values():
        return _nobody_sure(case)
    return fail("no_activator", basis=Basis.REPORTED)


def _nobody_sure(case: Case) -> Said | None:
    """Somebody said yes once, and it was too long ago; or nobody ever did."""
    said = [case.memory.confirmed.get(f"activator:{one.id}") for one in case.facts.call.activators]
    ages = [age for one in said if one is not None and one.ok and (age := age_ms(one.at, case.now)) is not None]
    if ages and min(ages) > people.CONFIRMED_DAYS * DAY_MS:
        return missing("activators_old", str(min(ages) // DAY_MS))
    return None


def movable(case: Case) -> bool:
    """Can the unit be moved?"""
    return case.facts.movable is not None


def place(case: Case) -> Said | None:
    """Does the movable unit stand here now, by its settings?"""
    if case.facts.movable is None or case.wall_ms is None:
        return None
    if case.wall_ms < case.facts.movable.from_ms:
        return fail("place_not_yet", _date(case.facts.movable.from_ms).isoformat())
    if case.wall_ms >= case.facts.movable.until_ms:
        return fail("place_over", _date(case.facts.movable.until_ms).isoformat())
    return OK


def told_of_breaker(case: Case) -> bool:
    """No instrument sees the breaker; it is a check once somebody has said how it stands."""
    return "check:breaker" in case.memory.confirmed


def only_people(_case: Case) -> Said | None:
    """No instrument tells."""
    return None


def _date(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
