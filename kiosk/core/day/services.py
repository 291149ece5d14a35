"""Services now and next: a person's word first, then a decided exception, then the ordinary hours when they may hold.

Never open from power alone, and never open from hours while it is not sure that this is an ordinary day.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from contract.content import Service
from contract.everyday import HoursOverride, UnstaffedNeed
from contract.messages import ServiceNow
from contract.words import Declared, Power
from contract.words import Service as KnownService
from kiosk.core.age import PLACE, Reader, local
from kiosk.core.day import hours
from kiosk.core.day.hours import Span, Stand
from kiosk.core.day.said import in_language
from kiosk.core.look.theme import Role
from kiosk.core.words import clean

Why = Literal["said", "decided", "staffed", "unstaffed", "doubt", "nobody"]
ROLES = {
    Declared.OPEN: Role.GOOD, Declared.LIMITED: Role.REMARK, Declared.CLOSED: Role.CLOSED,
    Declared.UNKNOWN: Role.UNKNOWN,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What is known of the day itself. `power` None: not known now. `network`: is the world outside in reach?"""

    moment: datetime | None
    power: Power | None
    network: bool
    reader: Reader

    @property
    def ordinary(self) -> bool:
        """May ordinary hours be believed? Only on mains, and only when that is known."""
        return self.power is Power.ON_MAINS


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one service stands: the state, since whose word, until when, and when it opens next. ms UTC."""

    declared: Declared
    why: Why
    until_ms: int | None = None
    opens_ms: int | None = None
    note: str = ""
    comment: str = ""


def moment_of(reader: Reader) -> datetime | None:
    """The time at the site, or None while no clock can be believed."""
    wall_ms = reader.wall_ms()
    return None if wall_ms is None else local(wall_ms)


def standing(
    service: Service, said: ServiceNow | None, held: Declared, overrides: tuple[HoursOverride, ...], today: Today
) -> Standing:
    """`held`: what may still be shown of a person's word (`said`)."""
    if said is not None and held is not Declared.UNKNOWN:
        return Standing(declared=held, why="said", until_ms=said.until_ms, opens_ms=None)
    decided = _decided(service, overrides, today)
    if decided is not None:
        return decided
    if not service.staffed and not service.unstaffed:
        return Standing(declared=Declared.UNKNOWN, why="nobody")
    if today.moment is None:
        return Standing(declared=Declared.UNKNOWN, why="doubt", note="day.no_clock")
    if not today.ordinary:
        note = "day.power_unknown" if today.power is None or today.power is Power.UNKNOWN else "day.outage"
        return Standing(declared=Declared.UNKNOWN, why="doubt", note=note)
    return _scheduled(service, today)


def _decided(service: Service, overrides: tuple[HoursOverride, ...], today: Today) -> Standing | None:
    """The exception that holds now; the one that began last when several do."""
    if today.moment is None:
        return None
    holding = [one for one in overrides if one.service == service.key and _span(one)[0] <= today.moment < _span(one)[1]]
    if not holding:
        return None
    one = max(holding, key=lambda one: _span(one)[0])
    ends = _ms(_span(one)[1])
    comment = today.reader.words.say("day.decided", author=clean(one.author))
    if text := in_language(one.text, today.reader.words.language):
        comment = f"{text} {comment}"
    if not one.hours:
        known = one.declared is not Declared.UNKNOWN
        return Standing(declared=one.declared, why="decided", until_ms=ends if known else None, comment=comment)
    span = hours.at(one.hours, today.moment)
    until = ends if span.until is None else min(_ms(span.until), ends)
    opens = _opens(one.hours, today.moment)
    return Standing(
        declared=_DECLARED[span.stand], why="decided", comment=comment,
        until_ms=until if span.stand is Stand.OPEN else None, opens_ms=opens if opens and opens < ends else None,
    )  # fmt: skip


def _scheduled(service: Service, today: Today) -> Standing:
    """By the hours: staffed where it is, else the door that opens by itself when all it needs is there."""
    staffed, alone = hours.at(service.staffed, today.moment), hours.at(service.unstaffed, today.moment)
    if staffed.stand is Stand.OPEN:
        return Standing(
            declared=Declared.OPEN, why="staffed", until_ms=_end(staffed), comment=clean(staffed.comment)
        )  # fmt: skip
    opens = _opens(service.staffed, today.moment)
    if alone.stand is Stand.OPEN:
        if all(works(need, today) for need in service.unstaffed_needs):
            return Standing(declared=Declared.OPEN, why="unstaffed", until_ms=_end(alone), opens_ms=opens)
        return Standing(declared=Declared.UNKNOWN, why="unstaffed", opens_ms=opens, note="day.entry_unsure")
    if Stand.UNKNOWN in {span.stand for span, text in ((staffed, service.staffed), (alone, service.unstaffed)) if text}:
        return Standing(declared=Declared.UNKNOWN, why="doubt", comment=clean(staffed.comment or alone.comment))
    both = [one for one in (opens, _opens(service.unstaffed, today.moment)) if one is not None]
    return Standing(declared=Declared.CLOSED, why="staffed", opens_ms=min(both, default=None))


def works(need: UnstaffedNeed, today: Today) -> bool:
    """Is this surely there now? BankID travels over the network."""
    return today.power is Power.ON_MAINS if need is UnstaffedNeed.POWER else today.network


def word(one: Standing, reader: Reader) -> str:
    """The state in words: "Öppet nu till kl. 19:00", "Stängt, öppnar fre 09:00", "Vet inte"."""
    say = reader.words.say
    if one.declared is Declared.UNKNOWN:
        return say("day.unknown")
    if one.declared is Declared.CLOSED:
        return say("day.closed_opens", when=reader.at(one.opens_ms)) if one.opens_ms else say("day.closed")
    key = "limited" if one.declared is Declared.LIMITED else "alone" if one.why == "unstaffed" else "open"
    return say(f"day.{key}_until", when=reader.at(one.until_ms)) if one.until_ms else say(f"day.{key}")


def name_of(service: Service, language: str) -> str:
    """The service's name in this language."""
    return in_language({"sv": service.sv, "en": service.en, **service.names}, language)


def known_name(key: KnownService | str, reader: Reader) -> str:
    """A service of the closed list, in people's words."""
    return reader.words.phrase("service", key)


def _span(one: HoursOverride) -> tuple[datetime, datetime]:
    """Begin and end, aware; without an offset they are times at the site."""
    return aware(one.begins), aware(one.ends)


def aware(moment: datetime) -> datetime:
    """A moment of a document: a wall time at the site when it has no offset."""
    return moment.replace(tzinfo=PLACE) if moment.tzinfo is None else moment


def _end(span: Span) -> int | None:
    return None if span.until is None else _ms(span.until)


def _opens(expression: str, moment: datetime | None) -> int | None:
    opens = hours.next_open(expression, moment)
    return None if opens is None else _ms(opens)


def _ms(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp() * 1000)


_DECLARED = {Stand.OPEN: Declared.OPEN, Stand.CLOSED: Declared.CLOSED, Stand.UNKNOWN: Declared.UNKNOWN}
