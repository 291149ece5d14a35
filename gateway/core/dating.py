"""The time of this boot: when it becomes known, all that the site remembers of the boot is dated; when it turns out
wrong, dated again from the uptime. Nothing is timed here: timers count uptime, which no clock can move.
"""

import msgspec

from contract.dating import STEP_MS, BootTime, date
from contract.messages import ClockNow
from contract.wire import Moment
from contract.words import ClockQuality, ClockSource, Event
from gateway.core.remembered import ClockMemory, Memory, keep
from gateway.core.site import Change, Now, Site, remember

NOTED_EVERY_MS = 3_600_000
"""How often it is written down that the time is still known, and which: one write of the memory."""


def awakened(memory: Memory, last: Moment | None) -> Memory:
    """A memory of a version that did not note the newest time takes that of the last reading."""
    if memory.clock.newest_ms or last is None or last.wall_ms is None or last.clock is ClockQuality.UNSYNCED:
        return memory
    return keep(memory, clock=msgspec.structs.replace(memory.clock, newest_ms=last.wall_ms))


def moved(before: Memory, after: Memory) -> bool:
    """Is it another time now than was told: known, or corrected?"""
    was, now = before.clock, after.clock
    return (was.boot, was.quality) != (now.boot, now.quality) or abs(was.offset_ms - now.offset_ms) > STEP_MS


def watch(site: Site, now: Now) -> tuple[Site, list[Change]]:
    """Has the time become known, or been corrected? Comes before every other thought of a step."""
    held = site.memory.clock
    if now.wall_ms is None or now.clock is ClockQuality.UNSYNCED:
        if held.dark != now.boot:
            site = remember(site, clock=msgspec.structs.replace(held, dark=now.boot))
        return (site if site.undated else msgspec.structs.replace(site, undated=True)), []
    source, who = _source(held, now)
    site, changes = known(site, now.wall_ms - now.up_ms, now, source, who)
    if site.undated:
        site = _dated(msgspec.structs.replace(site, undated=False))
    return site, changes


def known(site: Site, offset_ms: int, now: Now, source: ClockSource, who: str = "") -> tuple[Site, list[Change]]:
    """The site, knowing that wall clock less uptime is `offset_ms` in this boot, and what must be told of it."""
    held, was = site.memory.clock, _offset(site, now)
    quality = now.clock if now.clock is ClockQuality.SYNCED else ClockQuality.HOLDOVER
    wall_ms = now.up_ms + offset_ms
    by_ms = 0 if was is None else offset_ms - was
    stepped = abs(by_ms) > STEP_MS
    same = was is not None and not stepped and (held.source, held.who) == (source, who)
    if same and held.at is not None:
        due = source is not ClockSource.PERSON and wall_ms - held.newest_ms >= NOTED_EVERY_MS
        if quality is held.quality and not due:
            return site, []
        # a clock that holds over is as old as its source: only who vouches for it now makes it younger
        up_ms = held.up_ms if quality is ClockQuality.HOLDOVER else now.up_ms
        newest_ms = _newest_ms(held, wall_ms, source)
        clock = msgspec.structs.replace(held, up_ms=up_ms, quality=quality, newest_ms=newest_ms)
        return remember(site, clock=clock), []
    clock = ClockMemory(
        boot=now.boot,
        offset_ms=offset_ms,
        quality=quality,
        source=source,
        who=who,
        at=BootTime(boot=now.boot, offset_ms=offset_ms, quality=quality).moment(now.up_ms),
        up_ms=now.up_ms,
        # time servers may show that the newest was not so new
        newest_ms=wall_ms if source is ClockSource.NTP else _newest_ms(held, wall_ms, source),
        dark=held.dark,
    )
    site = remember(site, clock=clock)
    if stepped:
        return _dated(_shifted(site, by_ms)), [_told(Event.CLOCK_STEPPED, site, by_ms)]
    if was is None and held.dark == now.boot:
        return _dated(site), [_told(Event.CLOCK_KNOWN, site)]
    return site, []


def _newest_ms(held: ClockMemory, wall_ms: int, source: ClockSource) -> int:
    """A phone that is years ahead must not make the next, right one impossible: what people say is no measure."""
    return held.newest_ms if source is ClockSource.PERSON else max(held.newest_ms, wall_ms)


def told(site: Site) -> ClockNow | None:
    """What staff is told of a clock that no time server holds."""
    held = site.memory.clock
    if held.source is ClockSource.NTP or held.at is None:
        return None
    return ClockNow(source=held.source, at=held.at, who=held.who)


def _offset(site: Site, now: Now) -> int | None:
    """As it was believed in this boot until now."""
    held = site.memory.clock
    return held.offset_ms if held.boot == now.boot else None


def _source(held: ClockMemory, now: Now) -> tuple[ClockSource, str]:
    """Time servers, or whoever told of it in this boot; a time that nobody told of came with the battery clock."""
    if now.clock is ClockQuality.SYNCED:
        return ClockSource.NTP, ""
    return (held.source, held.who) if held.boot == now.boot else (ClockSource.RTC, "")


def _dated(site: Site) -> Site:
    """Every moment of the boot in the site and its memory."""
    held = site.memory.clock
    return date(site, BootTime(boot=held.boot, offset_ms=held.offset_ms, quality=held.quality))


def _shifted(site: Site, by_ms: int) -> Site:
    """Until when reserves last was reckoned in this run from the wrong clock: the hours stay, the end moves."""
    if not site.bounds:
        return site
    bounds = {name: until_ms + by_ms for name, until_ms in site.bounds.items()}
    site = remember(site, bounds={name: until_ms + by_ms for name, until_ms in site.memory.bounds.items()})
    return msgspec.structs.replace(site, bounds=bounds)


def _told(kind: Event, site: Site, by_ms: int = 0) -> Change:
    held = site.memory.clock
    body = {
        "boot": held.boot, "offset_ms": held.offset_ms, "quality": held.quality.value, "source": held.source.value,
        "who": held.who, "by_ms": by_ms,
    }  # fmt: skip
    return Change(kind, body)
