"""Every outage becomes a timeline: from the loss of the mains until the site was back on them for good.

Mains that come and go are one outage: the record stays open until they have been steady for five minutes (facts:
reserve power, section 15, mains_lost) and the set has come to rest. Runs last among the thinkers, so that it hears of
all that a step tells.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from contract.judgement import OutageDone
from contract.words import Event, Power
from gateway.core import moments
from gateway.core.facts import Facts
from gateway.core.remembered import MAX_OUTAGES, OutageSoFar
from gateway.core.runs.outage_steps import plain, step_of, with_steps
from gateway.core.runs.run_proof import gap_ms
from gateway.core.site import Change, Now, Site, remember

STEADY_MS = 5 * 60 * 1000
REST_MS = 60 * 60 * 1000
"""So long the record waits at most for a set that does not stop."""
COUNT_MS = 60_000
"""Seconds are counted so often while nothing happens: each time is a write to the disk."""
MAX_RUN_IDS = 20
WHOLE_TIMELINES = 3
"""So many outages keep their timeline at the site; the records took all of them to the centre."""

SECONDS = {
    Power.ON_MAINS: "on_mains_s",
    Power.ON_RESERVE: "on_reserve_s",
    Power.RETURNING: "on_reserve_s",
    Power.UNKNOWN: "unknown_s",
    Power.DEAD: "without_power_s",
    Power.STARTING: "without_power_s",
    Power.ON_BATTERY: "without_power_s",
}
"""Which total a power state adds to. A battery carries what hangs on it, not the site."""


def watch(site: Site, facts: Facts, now: Now, told: Sequence[Change]) -> tuple[Site, list[Change]]:
    """One step of the outage, if there is one."""
    out = site.memory.judged.outage
    so_far = site.memory.outage
    if so_far is None:
        if not out:
            return site, []
        so_far = _begun(site, now)
    was, power = so_far, site.memory.judged.power
    if not _waits(so_far, power, out, facts, now):
        so_far = _counted(_awake(so_far, power, out, facts, now), power, out, now)
    steps = [step for change in told if (step := step_of(change, told, now)) is not None]
    # mains that come and go are told as one thing; a timeline yet begins with their loss and ends with the way home
    if not so_far.steps and (site.evidence.mains is False or site.memory.judged.mains_gone):
        steps = [plain(Event.MAINS_LOST, now), *(step for step in steps if step.what != Event.MAINS_LOST)]
    home = not out and so_far.back is None and power is not Power.UNKNOWN
    if home and all(step.what != Event.BACK_ON_MAINS for step in steps):
        steps.append(plain(Event.BACK_ON_MAINS, now))
    so_far = with_steps(_with_runs(_turned(so_far, out, now), told), steps)
    so_far = _calmed(so_far, power is Power.UNKNOWN and not _live_at_least(site), now)
    if so_far.back is not None and _over(so_far, site, now):
        return _ended(site, so_far, now)
    if so_far == was and site.memory.outage is not None:
        return site, []
    return remember(site, outage=so_far), []


def _begun(site: Site, now: Now) -> OutageSoFar:
    return OutageSoFar(
        id=f"outage-{now.run[:40]}-{now.up_ms}",
        started=now.moment(),
        run=now.run,
        seen=now.moment(),
        power=site.memory.judged.power,
    )


def _waits(so_far: OutageSoFar, power: Power, out: bool, facts: Facts, now: Now) -> bool:
    """Right after a restart nobody has looked yet: what the first look finds tells of the short time before it."""
    return so_far.run != now.run and power is Power.UNKNOWN and out and _bridged(so_far, facts, now)


def _bridged(so_far: OutageSoFar, facts: Facts, now: Now) -> bool:
    """Was nobody looking only for as long as two looks may be apart?"""
    return so_far.back is None and so_far.seen.boot == now.boot and now.up_ms - so_far.seen.up_ms <= gap_ms(facts)


def _awake(so_far: OutageSoFar, power: Power, out: bool, facts: Facts, now: Now) -> OutageSoFar:
    """After a restart the time that nobody looked is of unknown power, unless it was short and the same held after it.

    When nobody can tell how long it was, it is left out. While the site is back on mains nothing is counted.
    """
    if so_far.run == now.run:
        return so_far
    if out and power is so_far.power and _bridged(so_far, facts, now):
        so_far = msgspec.structs.replace(so_far, run=now.run, interrupted=True)
        return with_steps(so_far, [plain(Event.GATEWAY_STARTED, now)])
    away_ms = moments.age_ms(so_far.seen, now) if so_far.back is None else None
    unknown_s = so_far.unknown_s + (away_ms or 0) / 1000
    so_far = msgspec.structs.replace(so_far, run=now.run, seen=now.moment(), unknown_s=unknown_s, interrupted=True)
    return with_steps(so_far, [plain(Event.GATEWAY_STARTED, now)])


def _counted(so_far: OutageSoFar, power: Power, out: bool, now: Now) -> OutageSoFar:
    """The seconds since the last time go to what held; when it changes, and once a minute."""
    gone_ms = max(0, now.up_ms - so_far.seen.up_ms)
    turned = out is (so_far.back is not None)
    if power is so_far.power and gone_ms < COUNT_MS and not turned:
        return so_far
    if so_far.back is not None and not turned:
        return so_far
    total = SECONDS[so_far.power]
    parts = {total: getattr(so_far, total) + gone_ms / 1000}
    return msgspec.structs.replace(so_far, power=power, seen=now.moment(), **parts)


def _turned(so_far: OutageSoFar, out: bool, now: Now) -> OutageSoFar:
    """Back on mains, or lost again before they were steady."""
    if out and so_far.back is not None:
        return msgspec.structs.replace(so_far, back=None, calm=None, returns=so_far.returns + 1)
    if not out and so_far.back is None:
        return msgspec.structs.replace(so_far, back=now.moment(), calm=now.moment())
    return so_far


def _live_at_least(site: Site) -> bool:
    """Where nobody ever saw the grid: is there power in the shop?"""
    return site.memory.judged.mains is None and site.evidence.load_live is True


def _calmed(so_far: OutageSoFar, unseen: bool, now: Now) -> OutageSoFar:
    """Mains that nobody sees are not steady; neither are they while nobody can tell since when."""
    if so_far.back is None:
        return so_far
    if unseen:
        return msgspec.structs.replace(so_far, calm=None)
    if so_far.calm is None or moments.age_ms(so_far.calm, now) is None:
        return msgspec.structs.replace(so_far, calm=now.moment())
    return so_far


def _with_runs(so_far: OutageSoFar, told: Sequence[Change]) -> OutageSoFar:
    """Runs that ended in it. A record that is told again, with a comment, is no other run."""
    for change in told:
        if change.kind is not Event.RUN_ENDED:
            continue
        run: dict[str, Any] = change.body["run"]
        if run["declared"] or run["id"] in so_far.runs:
            continue
        burnt = run["fuel_l"]
        # a start that failed burns next to nothing
        unknown = so_far.fuel_unknown or (burnt is None and run["kind"] != "failed")
        litres = so_far.fuel_l if burnt is None else round((so_far.fuel_l or 0.0) + burnt, 1)
        runs = (*so_far.runs, run["id"])[-MAX_RUN_IDS:]
        so_far = msgspec.structs.replace(so_far, runs=runs, fuel_l=litres, fuel_unknown=unknown)
    return so_far


def _over(so_far: OutageSoFar, site: Site, now: Now) -> bool:
    age = None if so_far.calm is None else moments.age_ms(so_far.calm, now)
    if age is None or age < STEADY_MS:
        return False
    run = site.run or site.memory.run
    return run is None or age >= REST_MS


def _ended(site: Site, so_far: OutageSoFar, now: Now) -> tuple[Site, list[Change]]:
    done = OutageDone(
        id=so_far.id,
        started=so_far.started,
        ended=so_far.back or so_far.seen,
        without_power_s=round(so_far.without_power_s, 1),
        on_reserve_s=round(so_far.on_reserve_s, 1),
        on_mains_s=round(so_far.on_mains_s, 1),
        unknown_s=round(_unknown_s(so_far, now), 1),
        returns=so_far.returns,
        interrupted=so_far.interrupted,
        runs=so_far.runs,
        fuel_l=None if so_far.fuel_unknown else so_far.fuel_l,
        steps=so_far.steps,
        dropped=so_far.dropped,
    )
    kept = (*site.memory.outages, done)[-MAX_OUTAGES:]
    kept = (*(_short(one) for one in kept[:-WHOLE_TIMELINES]), *kept[-WHOLE_TIMELINES:])
    site = remember(site, outage=None, outages=kept)
    return site, [Change(Event.OUTAGE_ENDED, {"outage": msgspec.to_builtins(done)})]


def _unknown_s(so_far: OutageSoFar, now: Now) -> float:
    """What is not known of the whole: a box that woke without a clock could not tell how long it had been away."""
    ended = so_far.back or so_far.seen
    began_ago, ended_ago = moments.age_ms(so_far.started, now), moments.age_ms(ended, now)
    if so_far.started.boot == ended.boot or began_ago is None or ended_ago is None:
        return so_far.unknown_s
    known_s = so_far.without_power_s + so_far.on_reserve_s + so_far.on_mains_s
    return max(so_far.unknown_s, (began_ago - ended_ago) / 1000 - known_s)


def _short(outage: OutageDone) -> OutageDone:
    """An older one without its timeline: the memory is written whole at each change."""
    return msgspec.structs.replace(outage, steps=(), dropped=outage.dropped + len(outage.steps))
