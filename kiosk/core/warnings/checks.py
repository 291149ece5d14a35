"""When was each source of warnings last checked, and is that fresh? Only then may anything be called quiet.

Three states, always visible: checked just now, last checked at a time, never checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from contract.freshness import Contact, Now, age_ms, judge, silence_ms
from contract.wire import Moment
from contract.words import ClockQuality, Freshness
from kiosk.core.asking.feed import FeedState
from kiosk.core.picture import Held
from kiosk.feeds.alert import Source

PERIODS = 3
MARGIN_MS = 30_000
"""What one request may take, on top of three intervals."""
LONGEST_MS = 3_600_000
"""However thinly a feed is asked: an older check than this is not fresh."""
WARNING = (Source.VMA, Source.SMHI, Source.MUNICIPALITY)
"""Who warns; "no warnings" needs a fresh check of each."""


@dataclass(frozen=True, slots=True)
class Time:
    """The reader's time, and the boot that its monotonic clock counts in ("" when it is not known)."""

    now: Now
    boot: str = ""

    @property
    def wall_ms(self) -> int | None:
        """The wall clock when it can be believed."""
        return None if self.now.clock is ClockQuality.UNSYNCED else self.now.wall_ms

    def age_ms(self, moment: Moment) -> int | None:
        """How long ago on this computer: by uptime in this boot, else by believed wall clocks, else None."""
        own = Contact(self.boot, self.now.mono_ms, self.now.mono_ms) if self.boot else None
        if own is not None and moment.boot == self.boot and moment.up_ms > self.now.mono_ms:
            return None
        return age_ms(moment, own, self.now)

    def wall_of(self, moment: Moment) -> int | None:
        """The wall time of a moment, when it can be told."""
        age = self.age_ms(moment)
        if age is not None and self.wall_ms is not None:
            return self.wall_ms - age
        return None if moment.clock is ClockQuality.UNSYNCED else moment.wall_ms

    def here(self, moment: Moment | None) -> bool:
        """Was it since this computer booted?"""
        return moment is not None and bool(self.boot) and moment.boot == self.boot


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One source. `checked`: the newest good answer; `age` of it in ms, None when nobody can tell.

    `in_boot`: was it since the restart? `rejected`: records of it that nobody could read, which may be anything.
    """

    source: Source
    checked: Moment | None = None
    age: int | None = None
    fresh: bool = False
    in_boot: bool = False
    rejected: int = 0
    known_ms: int = 0
    """The newest wall time at which it was asked for certain, also in an earlier boot: time is not before that."""


def watched_of(kinds: Mapping[str, str]) -> dict[str, Source]:
    """Source by feed name, of the feeds that are asked (kind by name); those that are no source of messages are not."""
    known = {source.value: source for source in Source}
    return {name: known[kind] for name, kind in kinds.items() if kind in known}


def checks(held: Held, time: Time, watched: Mapping[str, Source] | None = None) -> dict[Source, Check]:
    """Every source that is watched; `watched`: source by feed name as set up, else the feeds that the cache knows."""
    states = {state.name: state for state in held.feeds}
    if watched is None:
        watched = {one.value: one for one in Source if one.value in states}
    found: dict[Source, Check] = {}
    for name, source in watched.items():
        one = _feed_check(source, states.get(name), time)
        found[source] = _worse(found.get(source, one), one)
    found[Source.MUNICIPALITY] = _line_check(held, time)
    return found


def _worse(one: Check, other: Check) -> Check:
    """Of two feeds of one source the one that was checked longer ago, with what neither could read."""
    unknown = 2**62
    older = max((one, other), key=lambda check: unknown if check.age is None else check.age)
    return older if one is other else replace(older, rejected=one.rejected + other.rejected)


def _feed_check(source: Source, state: FeedState | None, time: Time) -> Check:
    if state is None or state.checked is None:
        return Check(source=source, known_ms=0 if state is None else state.known_ms)
    age = time.age_ms(state.checked)
    return Check(
        source=source,
        checked=state.checked,
        age=age,
        fresh=age is not None and age <= fresh_ms(state.every_s),
        in_boot=time.here(state.checked),
        rejected=state.rejected,
        known_ms=state.known_ms,
    )


def fresh_ms(every_s: float) -> int:
    """How old a check may be that is asked for each `every_s` seconds."""
    return min(int(PERIODS * max(every_s, 0.0) * 1000) + MARGIN_MS, LONGEST_MS)


def _line_check(held: Held, time: Time) -> Check:
    """The municipality's line: the box must be heard, and must itself have heard the municipality.

    Contact with the box alone proves nothing: its own line may have been down for days.
    """
    picture = held.picture
    if picture is None or picture.centre_heard is None:
        return Check(source=Source.MUNICIPALITY)
    heard = picture.centre_heard
    silence = silence_ms(held.contact, time.now)
    of_box = age_ms(picture.head.moment(), held.contact, time.now)
    box = judge(of_box, picture.period_s, picture.heartbeat_s, silence)
    age = age_ms(heard, held.contact, time.now)
    line = judge(age, picture.heartbeat_s, picture.heartbeat_s, 0)
    return Check(
        source=Source.MUNICIPALITY,
        checked=heard,
        age=age,
        fresh=box is line is Freshness.FRESH,
        in_boot=held.contact is not None and heard.boot == held.contact.boot,
    )
