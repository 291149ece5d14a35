"""What people say of test runs: one that no instrument saw, and who ran the set."""

import msgspec

from contract.judgement import RunDone
from contract.orders import DeclaredRun, Order, RunNote
from contract.wire import Moment
from contract.words import ClockQuality, Event
from gateway.core.facts import Facts
from gateway.core.moments import EARLIER, believed_ms
from gateway.core.orders.handling import Done, Refusal
from gateway.core.runs import run_book
from gateway.core.runs.run_look import least_kw
from gateway.core.runs.run_verdict import judged
from gateway.core.site import Change, Now, Site, remember

MINUTE_MS = 60_000
SLACK_MS = 5 * MINUTE_MS
"""A person's watch may be so far ahead of the box."""
OLDEST_MS = 365 * 24 * 3600 * 1000


def declare(site: Site, order: Order, what: DeclaredRun, facts: Facts, now: Now) -> Done:
    """A run that a person tells of becomes a record, judged by the same rule on what was told, and marked so."""
    ended_ms = what.started_ms + what.minutes * MINUTE_MS
    # the person's own clock stands in while the box knows none
    here_ms = believed_ms(now) or order.entered_ms
    if ended_ms > here_ms + SLACK_MS:
        raise Refusal("run_ahead")
    if what.started_ms < here_ms - OLDEST_MS:
        raise Refusal("run_too_old")
    if any(run.id == _id(order) for run in site.memory.runs):
        return site, []
    run = _declared(order, what, facts, _moment(what.started_ms, here_ms, now), _moment(ended_ms, here_ms, now))
    site = remember(site, runs=run_book.kept(site.memory.runs, run, now))
    return site, [_ended(run)]


def annotate(site: Site, _order: Order, what: RunNote, _facts: Facts, _now: Now) -> Done:
    """Who ran the set, and a comment. What is not said stays; the record is told anew with it."""
    parts = {key: text for key, text in (("who", what.who), ("comment", what.comment)) if text}
    if not parts:
        raise Refusal("run_note_empty")
    going = site.run or site.memory.run
    if going is not None and going.id == what.run_id:
        going = msgspec.structs.replace(going, **parts)
        kept = site.memory.run and msgspec.structs.replace(site.memory.run, **parts)
        site = msgspec.structs.replace(remember(site, run=kept), run=going if site.run is not None else None)
        return site, []
    runs = list(site.memory.runs)
    place = next((place for place, run in enumerate(runs) if run.id == what.run_id), None)
    if place is None:
        raise Refusal("run_unknown")
    runs[place] = msgspec.structs.replace(runs[place], **parts)
    return remember(site, runs=tuple(runs)), [_ended(runs[place])]


def _declared(order: Order, what: DeclaredRun, facts: Facts, started: Moment, ended: Moment) -> RunDone:
    seconds = what.minutes * 60.0 if what.voltage else 0.0
    percent = what.load_percent if what.voltage else None
    kw = None if percent is None else percent / 100 * facts.set.rated_kw
    loaded = kw is not None and kw > least_kw(facts)
    run = RunDone(
        id=_id(order),
        kind="test" if what.voltage else "failed",
        started=started,
        ended=ended,
        declared=True,
        running_s=seconds,
        loaded_s=seconds if loaded else 0.0,
        at_share_s=seconds if loaded and percent is not None and percent >= facts.run.load_percent else 0.0,
        load_mean_kw=kw if loaded else None,
        load_max_kw=kw if loaded else None,
        load_mean_percent=percent if loaded else None,
        who=order.who,
        comment=what.comment,
    )
    return judged(run, facts, load_known=percent is not None)


def _id(order: Order) -> str:
    return f"declared-{order.id}"[:80]


def _moment(wall_ms: int, here_ms: int, now: Now) -> Moment:
    """A time of a person's day by the site's clocks. What was before this boot only wall clocks can place."""
    ago_ms = max(0, here_ms - wall_ms)
    clock = ClockQuality.HOLDOVER if now.clock is ClockQuality.UNSYNCED else now.clock
    boot, up_ms = (now.boot, now.up_ms - ago_ms) if ago_ms <= now.up_ms else (EARLIER, 0)
    return Moment(boot=boot, up_ms=up_ms, wall_ms=wall_ms, clock=clock)


def _ended(run: RunDone) -> Change:
    return Change(Event.RUN_ENDED, {"run": msgspec.to_builtins(run)})
