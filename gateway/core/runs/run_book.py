"""What is kept of the runs: the last ones, the last approved one, hours per calendar year, hours at low load."""

from datetime import UTC, datetime

import msgspec

from contract.judgement import RunDone
from gateway.core import moments
from gateway.core.remembered import MAX_RUNS, Memory, RunSoFar, keep
from gateway.core.runs.run_count import BURN_S
from gateway.core.site import Now, Site

UNKNOWN_YEAR = "unknown"
MAX_YEARS = 6
DAY_MS = 24 * 3600 * 1000


def kept(runs: tuple[RunDone, ...], new: RunDone, now: Now) -> tuple[RunDone, ...]:
    """The runs with a new one in its place by time, newest last; the newest approved one is never pushed out."""
    place = len(runs)
    while place > 0 and moments.before(new.started, runs[place - 1].started, now):
        place -= 1
    runs = (*runs[:place], new, *runs[place:])
    last = next((run for run in reversed(runs) if run.approved), None)
    while len(runs) > MAX_RUNS:
        out = next(place for place, run in enumerate(runs) if run is not last)
        runs = (*runs[:out], *runs[out + 1 :])
    return runs


def last_approved(memory: Memory) -> RunDone | None:
    """The newest run that counts as a test: a test, an outage, or one that somebody told of."""
    return next((run for run in reversed(memory.runs) if run.approved), None)


def days_since_approved(site: Site, now: Now) -> float | None:
    """Days since a run last counted as a test; None when there was none, or when no clock can tell."""
    ages = [moments.age_ms(run.ended, now) for run in site.memory.runs if run.approved]
    return min((age / DAY_MS for age in ages if age is not None), default=None)


def booked(memory: Memory, run: RunSoFar, now: Now) -> tuple[Memory, RunSoFar]:
    """What has been counted since the last time goes into the totals."""
    low = 0.0 if run.burn.now_s >= BURN_S else memory.low_load_h + run.unbooked_low_s / 3600
    memory = keep(memory, low_load_h=round(low, 5))
    if run.unbooked_s > 0:
        year = _year(now)
        hours = memory.hours | {year: round(memory.hours.get(year, 0.0) + run.unbooked_s / 3600, 5)}
        memory = keep(memory, hours=dict(sorted(hours.items())[-MAX_YEARS:]))
    return dated(memory, now), msgspec.structs.replace(run, unbooked_s=0.0, unbooked_low_s=0.0)


def dated(memory: Memory, now: Now) -> Memory:
    """Hours counted while no clock was known go to the year in which it becomes known: rarely wrong, never lost."""
    year = _year(now)
    if year == UNKNOWN_YEAR or UNKNOWN_YEAR not in memory.hours:
        return memory
    hours = {key: value for key, value in memory.hours.items() if key != UNKNOWN_YEAR}
    hours[year] = round(hours.get(year, 0.0) + memory.hours[UNKNOWN_YEAR], 5)
    return keep(memory, hours=hours)


def _year(now: Now) -> str:
    wall_ms = moments.believed_ms(now)
    try:
        return str(datetime.fromtimestamp(wall_ms / 1000, UTC).year) if wall_ms is not None else UNKNOWN_YEAR
    except (ValueError, OverflowError, OSError):
        return UNKNOWN_YEAR
