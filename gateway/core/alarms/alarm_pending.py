"""Conditions that hold and are not yet alarms, over a restart: a box that restarts often must alarm all the same.

The memory is written when one has held for a while and when it ends, never at each step. What is about to end as an
alarm begins anew after a restart.
"""

from contract.wire import Moment
from gateway.core.alarms.alarm_rules import ANY_REPORTED, on_delay_s
from gateway.core.alarms.alarm_view import View
from gateway.core.alarms.watching import Pending
from gateway.core.remembered import MAX_PENDING

KEPT_AFTER_MS = 20_000
"""A value that sways round its limit begins and ends with every poll: what is shorter than this is not written."""
MOVED_MS = 60_000
"""While nothing is known the time does not count; after so much of that what was written no longer holds."""
AGAIN_MS = 10_000
"""So long it must hold again after a restart: what was true before may be over."""

Known = dict[tuple[str, str], Pending]


def recalled(view: View) -> Known:
    """What the run before saw begin: by uptime within a boot, else by wall clocks that are believed, else nothing."""
    held = {(cause, alarm.device) for alarm in view.site.memory.alarms if alarm.holds for cause in alarm.causes}
    found: Known = {}
    for name, moment in view.site.memory.pending.items():
        cause, _, device = name.partition("/")
        rule = view.facts.rules.get(cause) or view.facts.rules.get(ANY_REPORTED)
        age_s = view.age_s(moment)
        if rule is None or age_s is None or (cause, device) in held:
            continue
        most_ms = max(0, round(on_delay_s(rule, view) * 1000) - AGAIN_MS)
        since_ms = view.now.up_ms - min(round(age_s * 1000), most_ms)
        found[cause, device] = Pending(since_ms, view.now.up_ms, begins=True)
    return found


def kept(pending: Known, view: View) -> dict[str, Moment]:
    """What is worth keeping of it; a moment that still fits stays as it was written."""
    found: dict[str, Moment] = {}
    for (cause, device), one in pending.items():
        if not one.begins or view.now.up_ms - one.since_ms < KEPT_AFTER_MS:
            continue
        name = f"{cause}/{device}"
        before = view.site.memory.pending.get(name)
        if before is not None and _fits(before, one, view):
            found[name] = before
        elif not one.paused:
            found[name] = _moment(one.since_ms, view)
    return dict(list(found.items())[:MAX_PENDING])


def _fits(before: Moment, one: Pending, view: View) -> bool:
    age_s = view.age_s(before)
    return age_s is not None and abs(view.now.up_ms - round(age_s * 1000) - one.since_ms) <= MOVED_MS


def _moment(since_ms: int, view: View) -> Moment:
    """The moment of an uptime, perhaps of the boot before: the wall clock tells that one."""
    now = view.now
    wall_ms = None if now.wall_ms is None else max(0, now.wall_ms - (now.up_ms - since_ms))
    return Moment(boot=now.boot, up_ms=max(0, since_ms), wall_ms=wall_ms, clock=now.clock)
