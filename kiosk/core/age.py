"""Ages and times in people's words. The place of all sites is Sweden."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from contract.daylight import season
from contract.freshness import Contact, Now, age_ms
from contract.wire import Moment
from contract.words import ClockQuality
from kiosk.core.words import Words

PLACE = ZoneInfo("Europe/Stockholm")
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
NEAR_DAYS = 6
"""Within so many days a weekday says enough; after that it would be mistaken for a nearer one."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: its time, and the last live contact with the site."""

    now: Now
    contact: Contact | None
    words: Words

    def wall_ms(self) -> int | None:
        """The reader's wall clock when it can be believed."""
        return None if self.now.clock is ClockQuality.UNSYNCED else self.now.wall_ms

    def age_ms(self, moment: Moment) -> int | None:
        """How long ago, or None when nobody can tell."""
        return age_ms(moment, self.contact, self.now)

    def since(self, moment: Moment) -> str:
        """The same words as `when`, so that "sedan" or "från" can stand before them."""
        return self.when(moment, "back")

    def when(self, moment: Moment, form: str = "ago") -> str:
        """A moment in words: "kl. 14:05", "tor 14:32", "3 nov. kl. 14:32", "för 3 min sedan", "okänd tid"."""
        age, here = self.age_ms(moment), self.wall_ms()
        if age is not None and here is not None:
            return self.at(here - age)
        if moment.wall_ms is not None and moment.clock is not ClockQuality.UNSYNCED:
            return self.at(moment.wall_ms)
        return self.words.say("age.no_time") if age is None else self.ago(age, form)

    def aged(self, moment: Moment) -> str:
        """How long ago, of something that is old already: never "nyss". "" where a time of day tells it."""
        age = self.age_ms(moment)
        told = moment.wall_ms is not None and moment.clock is not ClockQuality.UNSYNCED
        if age is None or told or self.wall_ms() is not None:
            return ""
        return self.words.say("age.under_a_minute") if age < MINUTE_MS else self.ago(age)

    def at(self, wall_ms: int) -> str:
        """A wall time in words: the nearer, the shorter."""
        then, here = local(wall_ms), self.wall_ms()
        clock = self.of_day(then)
        if here is not None:
            days = (local(here).date() - then.date()).days
            if days == 0:
                return self.words.say("age.today", clock=clock)
            if abs(days) <= NEAR_DAYS:
                return self.words.say("age.near", day=self.weekday(then), clock=clock)
        return self.words.say("age.far", day=then.day, month=self.words.part("age.months", then.month - 1), clock=clock)

    def ago(self, age: int, form: str = "ago") -> str:
        """An age in words: "nyss", "för 3 min sedan", "för 2 h sedan", "för 4 dygn sedan"."""
        if age < MINUTE_MS:
            return self.words.say("age.just_now")
        if age < HOUR_MS:
            return self.words.say(f"age.minutes_{form}", n=age // MINUTE_MS)
        if age < 48 * HOUR_MS:
            return self.words.say(f"age.hours_{form}", n=age // HOUR_MS)
        return self.words.say(f"age.days_{form}", n=age // (24 * HOUR_MS))

    def weekday(self, then: datetime) -> str:
        """Three letters of the weekday."""
        return self.words.part("age.weekdays", then.weekday())

    def clock(self) -> str:
        """The visible clock: "tor 14:32", or that the clock is not set."""
        here = self.wall_ms()
        if here is None:
            return self.words.say("age.no_clock")
        return f"{self.weekday(local(here))} {self.of_day(local(here))}"

    def of_day(self, then: datetime) -> str:
        """A time of day; of the hour that comes twice in autumn also which of the two it is."""
        clock, which = f"{then:%H:%M}", season(then)
        return f"{clock} {self.words.say(f'age.{which}')}" if which else clock


_LAST_MS = 253_370_764_800_000
"""The first of January 9999: a later time from outside is shown as this and breaks nothing."""


def local(wall_ms: int) -> datetime:
    """Wall milliseconds as the clock on the wall at the site."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=min(wall_ms, _LAST_MS))).astimezone(PLACE)
