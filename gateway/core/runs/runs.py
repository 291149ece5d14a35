"""A run of the set, from the first crank to standstill, recognised from its signals. Facts: reserve power, 4 and 5.

    standing → starting → voltage → load → cooling → stopped → (a moment for what comes late) → recorded

A look is one poll of the controller; time counts between looks. What is counted lives in the site and follows into the
memory at a change of phase and once a minute, so that a restart in the middle loses at most that.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from contract.judgement import RunDone
from contract.words import Event
from gateway.core.facts import Facts
from gateway.core.fuel import tank
from gateway.core.remembered import Look, RunSoFar, keep
from gateway.core.runs import run_book, run_count, run_look
from gateway.core.runs.run_proof import apart_ms, gap_ms, same_run
from gateway.core.runs.run_verdict import judged
from gateway.core.site import Change, Now, Site

LATE_MS = 30_000
"""So long after standstill a run is closed: a crank rest (15 s) is over, alarms and counters have come."""
COUNTER_MS = 120_000
"""A start that failed waits at most so long for the counter of starts."""
PROOF_MS = 90_000
"""After a hole, so long the counters are awaited before they are called unknown."""
GLITCH_MS = 15_000
"""No engine stops and runs again so soon without being cranked: it never stood."""
FLUSH_MS = 60_000
PHASES = ("starting", "voltage", "load", "cooling", "stopped")
MOST_STARTS = 50
ROUNDING_L = 1e-6

Ended = tuple[RunSoFar, Look | None]
"""A run, and the look that first saw it stand again; None: it stopped while nobody looked."""
Seen = tuple[RunSoFar | None, list[Ended]]
"""The run that goes on, and those that ended."""


def watch(site: Site, facts: Facts, now: Now, told: Sequence[Change]) -> tuple[Site, list[Change]]:
    """One step of the run, if there is one."""
    run = site.run
    if run is None and site.memory.run is not None:
        # the program was away: what it saw before holds, what it missed is not made up
        kept = site.memory.run
        run = msgspec.structs.replace(kept, interrupted=kept.interrupted or kept.after is None)
    if run is not None:
        run = run_count.heard(run, site, facts, told)
    look = run_look.look(site, facts, now, site.look)
    ended: list[Ended] = []
    if look is not None:
        run, ended = _looked(run, look, site, facts, now)
        site = msgspec.structs.replace(site, look=look)
    if run is not None and run.after is not None and _is_over(run, run.after, site, now):
        ended, run = [*ended, (run, run.after)], None
    return _put(site, run, ended, facts, now)


def _looked(run: RunSoFar | None, look: Look, site: Site, facts: Facts, now: Now) -> Seen:
    if run is None:
        return (_begun(look, site.look, site, facts, now) if look.turning else None), []
    if run.after is None:
        return _standing(run, look, facts) if not look.turning else _turning(run, look, site, facts, now)
    if not look.turning:
        return run_count.cranked(run, look, run.after), []
    apart = apart_ms(run.look, look)
    if look.engine != "pre_start" and apart is not None and apart <= GLITCH_MS:
        return _turning(msgspec.structs.replace(run, after=None, phase="voltage"), look, site, facts, now)
    if not run.had_voltage and (rest_ms := apart_ms(run.after, look)) is not None and rest_ms <= LATE_MS:
        again = run_count.cranked(msgspec.structs.replace(run, after=None, phase="starting"), look, run.after)
        return run_count.count(again, look, 0.0, site, facts), []
    return _begun(look, run.after, site, facts, now), [(run, run.after)]


def _begun(look: Look, before: Look | None, site: Site, facts: Facts, now: Now) -> RunSoFar:
    apart = apart_ms(before, look) if before is not None and not before.turning else None
    if apart is None or apart > gap_ms(facts):
        before = None
    run = run_count.begin(look, before, site, now.run)
    run = run_count.cause(run, site, facts)
    return run_count.count(run_count.cranked(run, look, before), look, 0.0, site, facts)


def _standing(run: RunSoFar, look: Look, facts: Facts) -> Seen:
    """The first look that sees it stand: now, or somewhere in a hole."""
    apart = apart_ms(run.look, look)
    if run.hole_ms is not None or apart is None or apart > gap_ms(facts):
        return None, [(msgspec.structs.replace(run, interrupted=True), None)]
    run = run_count.cranked(run, look, run.look)
    shut = run.shut or (look.shut and not run.look.shut)
    doubt = run.fuel_doubt or look.level_broken
    return msgspec.structs.replace(run, after=look, phase="stopped", shut=shut, fuel_doubt=doubt), []


def _turning(run: RunSoFar, look: Look, site: Site, facts: Facts, now: Now) -> Seen:
    apart = apart_ms(run.look, look)
    if run.hole_ms is None and apart is not None and apart <= gap_ms(facts):
        run = run_count.cranked(run, look, run.look)
        return run_count.count(run, look, apart / 1000, site, facts), []
    same = same_run(run.look, look)
    if same is False:
        return _begun(look, None, site, facts, now), [(msgspec.structs.replace(run, interrupted=True), None)]
    hole_ms = run.hole_ms if run.hole_ms is not None and run.hole_ms <= look.at.up_ms else look.at.up_ms
    counted = run.look.starts is not None or run.look.hours_s is not None
    if same is None and counted and look.at.up_ms - hole_ms < PROOF_MS:
        return msgspec.structs.replace(run, hole_ms=hole_ms, interrupted=True), []
    return run_count.count(run_count.broken_off(run, same is True), look, 0.0, site, facts), []


def _is_over(run: RunSoFar, after: Look, site: Site, now: Now) -> bool:
    if after.at.boot != now.boot:
        return True
    waited_ms = now.up_ms - after.at.up_ms
    counter = site.look.starts_ms if site.look is not None else -1
    late = not run.had_voltage and 0 <= counter < run.crank_end_ms
    return waited_ms >= (COUNTER_MS if late else LATE_MS)


def _done(run: RunSoFar, after: Look | None, site: Site, facts: Facts) -> RunDone:
    end = after or run.look
    fast = run_look.crank_voltage(site, run.started.up_ms) if run.started.boot == run.look.at.boot else None
    mean = run.kws / run.kw_s if run.kw_s > 0 else run.kw_max
    # a start whose end nobody saw may have gone well
    blind = run.blind or after is None
    kind = _kind(run) if run.had_voltage or blind else "failed"
    remarks = ["run_kind_unknown"] if kind == "unknown" else []
    remarks += ["run_battery_polled"] if fast is None and run.battery_min_v is not None else []
    done = RunDone(
        id=run.id,
        kind=kind,
        started=run.started,
        ended=end.at,
        cranks=_cranks(run, site) if facts.controller is not None else None,
        to_voltage_s=_rounded(run.to_voltage_s),
        to_load_s=_rounded(run.to_load_s),
        running_s=round(run.live.best_s, 1),
        loaded_s=round(run.loaded.best_s, 1),
        at_share_s=round(run.share.best_s, 1),
        turned_s=round(run.turned_s, 1),
        load_min_kw=_rounded(run.kw_min),
        load_mean_kw=_rounded(mean),
        load_max_kw=_rounded(run.kw_max),
        load_mean_percent=None if mean is None else _rounded(100 * mean / facts.set.rated_kw),
        fuel_l=_rounded(_fuel(run, end, facts)),
        battery_min_v=_rounded(fast if fast is not None else run.battery_min_v),
        coolant_end_c=_rounded(run.coolant_c),
        oil_min_kpa=_rounded(run.oil_min_kpa),
        alarms=run.alarms,
        remarks=tuple(remarks),
        interrupted=run.interrupted,
        who=run.who,
        comment=run.comment,
    )
    return judged(done, facts, stopped_itself=run.shut, voltage_known=not blind, load_known=run.load_known)


def _kind(run: RunSoFar) -> Literal["test", "outage", "unknown"]:
    """What it was run for. A load that it carried while nobody saw the mains proves neither."""
    if run.outage or (run.dark and not run.as_test):
        return "outage"
    return "unknown" if run.had_load and not run.as_test else "test"


def _cranks(run: RunSoFar, site: Site) -> int | None:
    """By the controller's counter; else as they were seen, if none could hide between two looks."""
    before, last = run.before, site.look
    if before is not None and last is not None and before.starts is not None and last.starts is not None:
        counted = last.starts - before.starts
        if before.at.boot == last.at.boot and last.starts_ms >= run.crank_end_ms and 0 < counted <= MOST_STARTS:
            return round(counted)
    return run.cranks if run.cranks_sure and run.cranks > 0 else None


def _fuel(run: RunSoFar, end: Look, facts: Facts) -> float | None:
    """Litres burnt: by the counter, else by the level; None when neither can tell. Nothing burnt is not believed."""
    if run.used_from_l is not None and end.used_l is not None and end.used_l > run.used_from_l:
        return end.used_l - run.used_from_l
    if run.fuel_doubt or run.level_from_l is None or end.level_l is None:
        return None
    sunk = run.level_from_l - end.level_l
    return sunk if sunk > 0 and sunk >= tank.GAUGE_STEP * tank.full_l(facts.tank) - ROUNDING_L else None


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 1)


def _put(site: Site, run: RunSoFar | None, ended: list[Ended], facts: Facts, now: Now) -> tuple[Site, list[Change]]:
    """Keep what must be kept, and tell of what is done."""
    memory = run_book.dated(site.memory, now)
    done = []
    for over, after in ended:
        memory, _ = run_book.booked(memory, over, now)
        done.append(_done(over, after, site, facts))
        memory = keep(memory, run=None, runs=run_book.kept(memory.runs, done[-1], now))
    if run is not None and _worth_keeping(run, memory.run):
        memory, run = run_book.booked(memory, run, now)
        memory = keep(memory, run=run)
    changes = [Change(Event.RUN_ENDED, {"run": msgspec.to_builtins(one)}) for one in done]
    return msgspec.structs.replace(site, memory=memory, run=run), changes


def _worth_keeping(run: RunSoFar, kept: RunSoFar | None) -> bool:
    """A new phase, a new alarm, a trip, or a minute more; not every poll."""
    if kept is None or kept.id != run.id or kept.look.at.boot != run.look.at.boot:
        return True
    if PHASES.index(run.phase) > PHASES.index(kept.phase) or (run.after is None) is not (kept.after is None):
        return True
    told = run.alarms, run.shut, run.interrupted, run.outage, run.dark, run.as_test
    if told != (kept.alarms, kept.shut, kept.interrupted, kept.outage, kept.dark, kept.as_test):
        return True
    return run.look.at.up_ms - kept.look.at.up_ms >= FLUSH_MS
