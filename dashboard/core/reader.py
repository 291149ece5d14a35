"""Who reads a page, and when: language, zone and time in one argument, with the words made from them."""

from dataclasses import dataclass
from datetime import tzinfo

from contract.freshness import Contact, Now, age_ms
from contract.messages import Head, Value
from contract.phrases import phrase
from contract.wire import Moment
from contract.words import ClockQuality
from dashboard.core import numbers
from dashboard.core.access.people import ANYBODY, Person
from dashboard.core.texts.pages import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """The reader of a page. `at_site`: the page is the site's own, so that "here" means the site.

    `acts`: may this person act for the site of the page? `page_token`: what the forms of the page carry.
    """

    language: str
    zone: tzinfo
    now: Now
    at_site: bool = False
    person: Person = ANYBODY
    acts: bool = True
    page_token: str = ""

    def t(self, key: str, **parts: object) -> str:
        """A text of the dashboard."""
        return text(key, self.language, **parts)

    def phrase(self, group: str, word: str) -> str:
        """A text of the contract."""
        return phrase(group, word, self.language)

    def age(self, ms: int | None) -> str:
        """An age in words."""
        return self.t("age_unknown") if ms is None else numbers.age(ms, self.language)

    def ago(self, ms: int | None) -> str:
        """How long ago, in words."""
        return self.t("age_unknown") if ms is None else numbers.ago(ms, self.language)

    def when(self, wall_ms: int | None) -> str:
        """A time in words."""
        if wall_ms is None:
            return self.t("time_unknown")
        return numbers.when(wall_ms, self.zone, self.now.wall_ms, self.language)

    def moment(self, moment: Moment | None, contact: Contact | None) -> str:
        """A moment's time: by its own clock if that can be believed, else counted back, else said to be unknown."""
        return self.when(self.wall_of(moment, contact))

    def wall_of(self, moment: Moment | None, contact: Contact | None) -> int | None:
        """A moment in ms UTC, or None when nobody can tell."""
        if moment is None:
            return None
        if moment.wall_ms is not None and moment.clock is not ClockQuality.UNSYNCED:
            return moment.wall_ms
        age = age_ms(moment, contact, self.now)
        return None if age is None or self.now.wall_ms is None else self.now.wall_ms - age


def moment_of(head: Head, value: Value) -> Moment:
    """When a value in a message was acquired."""
    wall = None if head.wall_ms is None else max(0, head.wall_ms - (head.up_ms - value.up_ms))
    return Moment(boot=head.boot, up_ms=value.up_ms, wall_ms=wall, clock=head.clock)
