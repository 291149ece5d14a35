"""What a person with all information would put on the screen, and what may honestly be said by a screen that is blind.

Made from the plan, and from what reached the box and when; it shares no code with the kiosk. Each source has told of
certain hours: the newest that was surely taken in, and whatever came after it and may be on its way.
"""

from dataclasses import dataclass
from itertools import pairwise

from faults.day.plan import Feed, Plan, Said
from faults.day.record import Boot, Heard, Record
from faults.day.schedule import HANGS

WRITTEN_S = 1.5
"""Real seconds that the keeper must live after an answer for it to have been written for certain."""
SETTLED_S = 5.0
"""Real seconds after a start of keeper or broker in which they may not have met yet."""
LAG_S = 2.5
"""Real seconds from an answer to a frame on a machine with other work; what stood before may still be shown."""
UNWOKEN_S = 1.5
"""More than that for what only time makes wrong: nobody knocks then, and a screen that saves power looks every 2 s."""
ASKED_S, DEADLINE_S = 8.0, 21.0
"""Real seconds within which a feed that can be reached has been asked, and how long a question that hangs may last."""
PERIODS = 3
ASK_S = {"vma": 200.0, "smhi": 300.0}
"""Product seconds between two questions at the rate of these days: half a real second is the least."""
THIN_ASK_S = {"vma": 200.0, "smhi": 900.0}
"""The same where the box saves power, as it does while it does not know whether there is any."""
REQUEST_S = 30.0
PICTURE_S, HEARTBEAT_S = 300.0, 900.0
"""Of the site: how often it tells its picture, and its heartbeat (product seconds)."""


@dataclass(frozen=True, slots=True)
class Clocked:
    """What the box knows of the time in a window of moments: surely, perhaps."""

    surely: bool
    perhaps: bool


class Oracle:
    """Of one recorded day."""

    def __init__(self, plan: Plan, record: Record) -> None:
        self.plan = plan
        self.record = record
        self.heard: dict[Feed, list[Heard]] = {
            source: [Heard(at_s, hour, self._certain(source, at_s)) for at_s, hour in record.told.get(source, [])]
            for source in ("vma", "smhi", "municipality")
        }

    def _certain(self, source: Feed, at_s: float) -> bool:
        keeper = self.record.of("keeper")
        if source != "municipality":
            return keeper.covers(at_s, at_s + WRITTEN_S)
        return keeper.covers(at_s - SETTLED_S, at_s + WRITTEN_S) and self.record.of("site-broker").covers(
            at_s - SETTLED_S, at_s
        )

    def lag_s(self, at_s: float) -> float:
        """How late the screen may be at that moment."""
        return LAG_S + 3 * self.record.waited(at_s - 2 * LAG_S, at_s)

    def unwoken_s(self, at_s: float) -> float:
        """The same for what nobody wakes it for."""
        return self.lag_s(at_s) + UNWOKEN_S

    def hours(self, source: Feed, at_s: float) -> list[float | None]:
        """The hours of which the screen may tell now; None: it may have heard nothing."""
        lag_s = self.lag_s(at_s)
        heard = [one for one in self.heard[source] if one.at_s <= at_s]
        sure = next((one for one in reversed(heard) if one.certain and one.at_s <= at_s - lag_s), None)
        later = [one.hour for one in heard if sure is None or one.at_s > sure.at_s]
        return [None if sure is None else sure.hour, *later]

    def holding(self, source: Feed, at_s: float) -> list[frozenset[Said]]:
        """All that may be shown of this source, each as a whole."""
        return [frozenset() if hour is None else self.plan.holding(source, hour) for hour in self.hours(source, at_s)]

    def newest(self, source: Feed, at_s: float) -> Heard | None:
        """The newest answer, if only perhaps written."""
        return next((one for one in reversed(self.heard[source]) if one.at_s <= at_s), None)

    def limit_s(self, source: Feed, *, thin: bool) -> float:
        """How old (real seconds) a check may be that is called fresh."""
        if source == "municipality":
            return PERIODS * HEARTBEAT_S / self.record.rate
        every_s = (THIN_ASK_S if thin else ASK_S)[source]
        return (PERIODS * every_s + REQUEST_S) / self.record.rate

    def may_be_fresh(self, source: Feed, at_s: float) -> bool:
        """Can anybody call the newest check of this source fresh?"""
        newest = self.newest(source, at_s)
        if newest is None or (newest.at_s < self.record.boot(at_s).awake_s and not self.clocked(at_s).perhaps):
            return False
        heard_s = newest.hour * 3600 / self.record.rate if source == "municipality" else newest.at_s
        return at_s - heard_s <= self.limit_s(source, thin=True) + self.unwoken_s(at_s)

    def must_be_fresh(self, source: Feed, at_s: float) -> bool:
        """Was this source answered again and again, so that nothing but fresh would be right?"""
        begins_s = at_s - self.lag_s(at_s) - 1.0
        if begins_s < self.record.boot(at_s).awake_s:
            return False
        if source == "municipality":
            if not self.steady("keeper", at_s) or not self.steady("site-broker", at_s):
                return False
            times = [one.hour * 3600 / self.record.rate for one in self.heard[source] if one.at_s <= at_s]
        else:  # a keeper that was killed in between has not asked so often
            times = [one.at_s for one in self.heard[source] if one.certain and one.at_s <= at_s]
        limit_s = 0.6 * self.limit_s(source, thin=False)
        before = [one for one in times if one <= begins_s][-1:]
        inside = [*before, *(one for one in times if one > begins_s), at_s]
        return bool(before) and all(late - early <= limit_s for early, late in pairwise(inside))

    def should_have_been_asked(self, source: Feed, at_s: float) -> bool:
        """Were keeper and server there for so long that there must be an answer, and is there none?"""
        bad = [one for one in self.record.faults if one.kind == "trouble" and one.feed in (source, "all")]
        hung = any(one.trouble in HANGS and one.at_s <= at_s <= one.until_s + DEADLINE_S + ASKED_S for one in bad)
        begins_s = at_s - ASKED_S
        there = self.record.of("keeper").covers(begins_s, at_s) and self.record.of("feeds").covers(begins_s, at_s)
        if not there or hung or any(one.at_s <= at_s and one.until_s >= begins_s for one in bad):
            return False
        return not any(begins_s <= one.at_s <= at_s for one in self.heard[source])

    def steady(self, program: str, at_s: float) -> bool:
        """Has this program been there for long?"""
        return self.record.of(program).covers(at_s - max(self.lag_s(at_s), SETTLED_S), at_s)

    def clocked(self, at_s: float) -> Clocked:
        """Does the box know the time, in the moments that the screen may be behind?"""
        then, now = self.record.boot(at_s - self.lag_s(at_s)), self.record.boot(at_s)
        surely = then is now and (now.known_s < now.awake_s or self._told_time(now, at_s - self.lag_s(at_s)))
        perhaps = now.known_s <= at_s or (then is not now and then.known_s <= at_s)
        return Clocked(surely, perhaps)

    def _told_time(self, boot: Boot, at_s: float) -> bool:
        """Has the gateway surely told the kiosk by then what time it is? Only by the site's broker can it."""
        pictures = (one for one in self.record.pictures if boot.known_s <= one <= at_s)
        return any(self._certain("municipality", one) for one in pictures)

    def arrived_s(self, one: Said, *, surely: bool) -> float | None:
        """When a message reached the box first, perhaps or surely; None: not at all."""
        for heard in self.heard[one.source]:
            if (heard.certain or not surely) and one in self.plan.holding(one.source, heard.hour):
                return heard.at_s
        return None

    def learned_s(self, source: Feed, over_h: float) -> float | None:
        """When the box surely heard of what was so at that hour."""
        for heard in self.heard[source]:
            if heard.certain and heard.hour >= over_h:
                return heard.at_s
        return None
