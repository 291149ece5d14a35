"""What a run adds up to, look by look. Only time between two looks close to each other counts, and only if what is
counted held at both: time that nobody saw does not count as running. Facts: reserve power, sections 4, 5 and 9.
"""

from collections.abc import Sequence

import msgspec

from contract.words import AlarmState, Event
from gateway.core.facts import Facts
from gateway.core.fuel import tank
from gateway.core.remembered import Look, RunSoFar, Streak
from gateway.core.runs import run_look
from gateway.core.set_words import AT_REST
from gateway.core.site import Change, Site, number_of, word_of

BRIDGED_MS = 10_000
"""A dip shorter than this breaks nothing off (on-delay of the bands, section 6)."""
BURN_SHARE = 0.3
"""Of rated power; below it unburnt fuel and carbon gather (wet stacking)."""
BURN_S = 1800.0
"""So long at that or more, and what gathered is burnt."""
CRANK_ROUND_MS = 20_000
"""The shortest crank and rest: what lasts no longer was one crank."""
OIL_AFTER_MS = 12_000
"""The protections themselves wait so long after a start."""
RISE_SHARE = 0.03
"""Of the tank: more than this is a refuelling (section 7)."""
MAX_ALARMS = 20
RESTING = (AlarmState.NORMAL, AlarmState.RETURNED_UNACKED, AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE)
TEST_MODES = ("test_on_load", "test_off_load")


def begin(look: Look, before: Look | None, site: Site, run_of_gateway: str) -> RunSoFar:
    """A run from its first look. Unless it was seen to stand before, or is seen cranking, its start was not seen."""
    return RunSoFar(
        id=f"run-{run_of_gateway[:40]}-{look.at.up_ms}",
        started=look.at,
        look=look,
        before=before,
        interrupted=before is None and look.engine != "pre_start",
        used_from_l=(before or look).used_l,
        level_from_l=(before or look).level_l,
        shut=before is not None and look.shut and not before.shut,
        active=active_alarms(site),
    )


def heard(run: RunSoFar, site: Site, facts: Facts, told: Sequence[Change]) -> RunSoFar:
    """What other thoughts of this step say of the run: alarms, a refuelling, a lost grid."""
    active = active_alarms(site)
    new = [name.partition("/")[0] for name in active if name not in run.active]
    alarms = tuple(dict.fromkeys((*run.alarms, *new)))[:MAX_ALARMS]
    if run.after is None:
        run = cause(run, site, facts)
    return msgspec.structs.replace(
        run,
        active=active,
        alarms=alarms,
        fuel_doubt=run.fuel_doubt or any(change.kind is Event.REFUELLED for change in told),
    )


def cause(run: RunSoFar, site: Site, facts: Facts) -> RunSoFar:
    """What the set may be running for, as far as it is seen now."""
    judged, mains = site.memory.judged, site.evidence.mains
    return msgspec.structs.replace(
        run,
        outage=run.outage or judged.mains_gone or mains is False,
        dark=run.dark or judged.outage,
        as_test=run.as_test or mains is True or word_of(site, facts.controller, "controller.mode") in TEST_MODES,
    )


def active_alarms(site: Site) -> tuple[str, ...]:
    """`key/device` of the alarms that stand now."""
    alarms = site.memory.alarms
    return tuple(f"{one.key}/{one.device}" for one in alarms if one.cleared is None and one.state not in RESTING)


def cranked(run: RunSoFar, look: Look, was: Look | None) -> RunSoFar:
    """Count the cranks. `was`: the look before, None when there was none that counts."""
    up_ms = look.at.up_ms
    if look.engine == "pre_start":
        if run.crank_ms is not None:
            return run
        return msgspec.structs.replace(run, cranks=run.cranks + 1, crank_ms=up_ms, crank_end_ms=up_ms)
    if run.crank_ms is not None:
        sure = run.cranks_sure and up_ms - run.crank_ms <= CRANK_ROUND_MS
        return msgspec.structs.replace(run, cranks_sure=sure, crank_ms=None, crank_end_ms=up_ms)
    if look.turning and (was is None or was.engine in AT_REST):
        # it cranked between two looks
        sure = run.cranks_sure and was is not None and up_ms - was.at.up_ms <= CRANK_ROUND_MS
        return msgspec.structs.replace(run, cranks=run.cranks + 1, cranks_sure=sure, crank_end_ms=up_ms)
    return run


def count(run: RunSoFar, look: Look, gap_s: float, site: Site, facts: Facts) -> RunSoFar:
    """One look more at the turning set. `gap_s`: seconds since the look before, 0 when nobody saw them."""
    run = _streaks(run, look, gap_s, facts)
    run = _loads(run, look, gap_s, facts)
    run = _marks(run, look)
    run = _engine(run, look, site, facts)
    return msgspec.structs.replace(
        run,
        turned_s=run.turned_s + gap_s,
        unbooked_s=run.unbooked_s + gap_s,
        fuel_doubt=run.fuel_doubt or look.level_broken or _rose(run.look, look, facts),
        shut=run.shut or (look.shut and not run.look.shut),
        look=run_look.carried(look, run.look),
        used_from_l=run.used_from_l if run.used_from_l is not None else look.used_l,
    )


def broken_off(run: RunSoFar, unbroken: bool) -> RunSoFar:
    """After a hole: nothing is unbroken, unless a counter proves that the engine never stopped."""

    def after(streak: Streak) -> Streak:
        return Streak(now_s=streak.now_s if unbroken else 0.0, best_s=streak.best_s)

    return msgspec.structs.replace(
        run,
        live=after(run.live),
        loaded=after(run.loaded),
        share=after(run.share),
        burn=after(run.burn),
        crank_ms=None,
        oil_from_ms=None,
        interrupted=True,
        hole_ms=None,
    )


def _streaks(run: RunSoFar, look: Look, gap_s: float, facts: Facts) -> RunSoFar:
    rated = facts.set.rated_kw
    share_kw, burn_kw = facts.run.load_percent / 100 * rated, BURN_SHARE * rated
    was, up_ms = run.look, look.at.up_ms
    return msgspec.structs.replace(
        run,
        live=_streak(run.live, was.live is True, look.live is True, gap_s, up_ms),
        loaded=_streak(run.loaded, was.loaded is True, look.loaded is True, gap_s, up_ms),
        share=_streak(run.share, _reaches(was, share_kw), _reaches(look, share_kw), gap_s, up_ms),
        burn=_streak(run.burn, _reaches(was, burn_kw), _reaches(look, burn_kw), gap_s, up_ms),
    )


def _streak(streak: Streak, was: bool, holds: bool, gap_s: float, up_ms: int) -> Streak:
    if holds:
        now_s = streak.now_s + (gap_s if was else 0.0)
        return Streak(now_s=now_s, best_s=max(streak.best_s, now_s))
    since = streak.lost_ms if streak.lost_ms is not None else up_ms
    now_s = streak.now_s if up_ms - since < BRIDGED_MS else 0.0
    return Streak(now_s=now_s, best_s=streak.best_s, lost_ms=since)


def _reaches(look: Look, least_kw: float) -> bool:
    return look.loaded is True and look.kw is not None and look.kw >= least_kw


def _loads(run: RunSoFar, look: Look, gap_s: float, facts: Facts) -> RunSoFar:
    """Least, most and mean power at load, and the time at low load; a mean over time, not over looks."""
    was = run.look
    low = gap_s if all(_low(one, facts) for one in (was, look)) else 0.0
    run = msgspec.structs.replace(
        run,
        unbooked_low_s=0.0 if _burnt_clean(run) else run.unbooked_low_s + low,
        load_known=run.load_known or look.loaded is not None,
        had_load=run.had_load or look.loaded is True,
    )
    if look.loaded is not True or look.kw is None:
        return run
    both = was.loaded is True and was.kw is not None
    return msgspec.structs.replace(
        run,
        kw_min=look.kw if run.kw_min is None else min(run.kw_min, look.kw),
        kw_max=look.kw if run.kw_max is None else max(run.kw_max, look.kw),
        kw_s=run.kw_s + (gap_s if both else 0.0),
        kws=run.kws + (gap_s * ((was.kw or 0.0) + look.kw) / 2 if both else 0.0),
    )


def _low(look: Look, facts: Facts) -> bool:
    if look.engine not in run_look.CARRIES:
        return False
    return look.loaded is False if look.kw is None else look.kw < BURN_SHARE * facts.set.rated_kw


def _burnt_clean(run: RunSoFar) -> bool:
    return run.burn.now_s >= BURN_S


def _marks(run: RunSoFar, look: Look) -> RunSoFar:
    """The first voltage and the first load, in seconds from the first crank, if the way there was seen."""
    seen = not run.interrupted and run.started.boot == look.at.boot
    # where the first look found it live already, nobody saw how long that took
    taken_s = (look.at.up_ms - run.started.up_ms) / 1000 or None if seen else None
    to_voltage_s = taken_s if look.live is True and not run.had_voltage else run.to_voltage_s
    first_load = look.loaded is True and run.to_load_s is None and to_voltage_s is not None
    phase = run.phase if run.phase in ("load", "cooling") else ("voltage" if look.live else run.phase)
    if look.loaded and run.phase != "cooling":
        phase = "load"
    return msgspec.structs.replace(
        run,
        to_voltage_s=to_voltage_s,
        to_load_s=taken_s if first_load else run.to_load_s,
        had_voltage=run.had_voltage or look.live is True,
        phase="cooling" if look.engine == "cooling_down" else phase,
        blind=run.blind or (look.engine == "running" and look.live is None),
    )


def _engine(run: RunSoFar, look: Look, site: Site, facts: Facts) -> RunSoFar:
    """Oil, coolant, and the start battery until there is voltage."""
    up_ms = look.at.up_ms
    pulls = look.engine in run_look.CARRIES
    oil_from = run.oil_from_ms if run.oil_from_ms is not None else (up_ms if pulls else None)
    oil = number_of(site, facts.controller, "engine.oil_pressure")
    if oil is None or oil_from is None or up_ms - oil_from < OIL_AFTER_MS or not pulls:
        oil = None
    battery = number_of(site, facts.controller, "engine.battery_voltage")
    if run.had_voltage or look.engine not in ("pre_start", "warming_up"):
        battery = None
    coolant = number_of(site, facts.controller, "engine.coolant_temperature")
    return msgspec.structs.replace(
        run,
        oil_from_ms=oil_from,
        oil_min_kpa=_least(run.oil_min_kpa, oil),
        battery_min_v=_least(run.battery_min_v, battery),
        coolant_c=coolant if coolant is not None else run.coolant_c,
    )


def _least(one: float | None, other: float | None) -> float | None:
    known = [number for number in (one, other) if number is not None]
    return min(known) if known else None


def _rose(was: Look, look: Look, facts: Facts) -> bool:
    if was.level_l is None or look.level_l is None:
        return False
    return look.level_l - was.level_l > RISE_SHARE * tank.full_l(facts.tank)
