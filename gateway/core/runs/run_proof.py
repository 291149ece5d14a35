"""After a time in which nobody looked: is it still the same run? Facts: reserve power, section 4.

A short time proves itself. A longer one needs a counter of the controller: no new start, or hours that went on.
"""

from contract.wire import Moment
from contract.words import ClockQuality
from gateway.core.facts import Facts
from gateway.core.remembered import Look

GAP_MS = 90_000
"""Two looks further apart leave a hole that nobody saw; a restart, with what was flushed before it, is less."""
GAP_POLLS = 3
"""A set that is polled seldom is no less seen: a hole is more than so many of its polls."""
SEES_SET = ("meter", "transfer_switch")
"""Kinds of devices that see the set where no controller does."""
STEPS_S = (3600.0, 360.0, 60.0, 1.0)
"""Steps in which controllers count their hours: whole hours, tenths, minutes, seconds."""
FINE_S = 30.0
"""A finer step than this proves no finer: the reading itself takes time."""
MANY_STEPS = 4
"""A hole shorter than so many steps of the counter is none that it can prove."""


def gap_ms(facts: Facts) -> int:
    """How far apart two looks may be for what both saw to have held between them."""
    own = [device for device in facts.devices if device.name == facts.controller]
    looking = own or [device for device in facts.devices if device.kind in SEES_SET]
    polls = [device.poll_every_s for device in looking]
    return max(GAP_MS, round(GAP_POLLS * 1000 * max(polls, default=0.0)))


def apart_ms(one: Look, other: Look) -> int | None:
    """Between two looks; None when nobody can tell: of different boots, or not in order."""
    apart = other.at.up_ms - one.at.up_ms
    return apart if one.at.boot == other.at.boot and apart >= 0 else None


def same_run(was: Look, look: Look) -> bool | None:
    """Is it still the same run, by the controller's counters? None when they cannot tell."""
    by_starts = _by_starts(was, look)
    return by_starts if by_starts is not None else True if _by_hours(was, look) else None


def _by_starts(was: Look, look: Look) -> bool | None:
    fresh = look.at.boot != was.at.boot or look.starts_ms > was.at.up_ms
    if was.starts is None or look.starts is None or not fresh or look.starts < was.starts:
        return None
    return look.starts == was.starts


def _by_hours(was: Look, look: Look) -> bool:
    """Have the hours gone on by as much as the clock, as exactly as they are counted?"""
    if was.hours_s is None or look.hours_s is None or was.hours_ms < 0 or look.hours_ms < 0:
        return False
    fresh = look.at.boot != was.at.boot or look.hours_ms > was.at.up_ms
    gone_s = _between_s(was, look)
    if not fresh or gone_s is None:
        return False
    step_s = next((one for one in STEPS_S if _counts_in(one, was.hours_s, look.hours_s)), 1.0)
    exact_s = max(step_s, FINE_S)
    return gone_s >= MANY_STEPS * step_s and abs(look.hours_s - was.hours_s - gone_s) <= exact_s


def _counts_in(step_s: float, *counts: float) -> bool:
    return all(abs(count / step_s - round(count / step_s)) < 1e-3 for count in counts)


def _between_s(was: Look, look: Look) -> float | None:
    """Seconds between the two readings of the hours: by uptime, after another boot by clocks that are believed."""
    if was.at.boot == look.at.boot:
        return (look.hours_ms - was.hours_ms) / 1000
    ends = _read_wall_ms(was.at, was.hours_ms), _read_wall_ms(look.at, look.hours_ms)
    return None if ends[0] is None or ends[1] is None else (ends[1] - ends[0]) / 1000


def _read_wall_ms(at: Moment, up_ms: int) -> int | None:
    return None if at.wall_ms is None or at.clock is ClockQuality.UNSYNCED else at.wall_ms - at.up_ms + up_ms
