"""The page "what you can do here": every service with how it stands, and the one line of the first page."""

from collections.abc import Callable
from dataclasses import dataclass

from contract.content import Service, ServicesDocument
from contract.everyday import HoursOverride, UnstaffedNeed
from contract.messages import PublicPicture, ServiceNow
from contract.words import Declared
from contract.words import Service as KnownService
from kiosk.core.age import Reader
from kiosk.core.day.said import in_language, phone_code
from kiosk.core.day.section import Entry
from kiosk.core.day.services import ROLES, Standing, Today, known_name, name_of, standing, word
from kiosk.core.look.theme import Role
from kiosk.core.words import clean

NAMED_WITH_TIMES = 3
"""So many open services are named with their closing times on one line; more only by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """One service: its row, and how it stands."""

    entry: Entry
    standing: Standing


def offered(
    document: ServicesDocument | None,
    picture: PublicPicture | None,
    overrides: tuple[HoursOverride, ...],
    today: Today,
    holds: Callable[[ServiceNow | None], Declared],
) -> tuple[Offered, ...]:
    """Every service of the document, then what people said of others. `holds`: what a person's word is worth now."""
    said = {one.service: one for one in picture.services} if picture else {}
    listed = document.services if document is not None else ()
    known = {service.key for service in listed}
    rows = [_listed(service, said.get(service.key), overrides, today, holds) for service in listed]
    # a site without a centre has no document, and its staff still say what is open
    others = [said[key] for key in KnownService if key in said and key not in known]
    return (*rows, *(_other(one, today, holds) for one in others))


def _listed(
    service: Service,
    one: ServiceNow | None,
    overrides: tuple[HoursOverride, ...],
    today: Today,
    holds: Callable[[ServiceNow | None], Declared],
) -> Offered:
    reader = today.reader
    stands = standing(service, one, holds(one), overrides, today)
    language = reader.words.language
    written = in_language({"sv": service.hours_sv, "en": service.hours_en}, language)
    detail = [reader.words.say("service.hours", hours=written)] if written else []
    detail += _reasons(service, one, stands, reader)
    more = [in_language(service.texts, language)]
    if service.unstaffed and service.unstaffed_needs:
        more.append(reader.words.say("day.needs", needs=_needs(service.unstaffed_needs, reader)))
    if service.phone:
        more.append(reader.words.say("day.phone", phone=clean(service.phone)))
    entry = Entry(
        text=name_of(service, language), word=_word(stands, reader), role=ROLES[stands.declared],
        detail=" · ".join(part for part in detail if part), more="\n".join(part for part in more if part),
        code=service.link or phone_code(service.phone),
    )  # fmt: skip
    return Offered(entry=entry, standing=stands)


def _other(one: ServiceNow, today: Today, holds: Callable[[ServiceNow | None], Declared]) -> Offered:
    stands = Standing(declared=holds(one), why="said", until_ms=one.until_ms)
    entry = Entry(
        text=known_name(one.service, today.reader), word=_word(stands, today.reader), role=ROLES[stands.declared],
        detail=_said(one, stands, today.reader),
    )  # fmt: skip
    return Offered(entry=entry, standing=stands)


def _word(one: Standing, reader: Reader) -> str:
    """A person's word and nobody's word read as they always did; hours say until when."""
    if one.why not in ("said", "nobody"):
        return word(one, reader)
    phrase = reader.words.phrase("declared", one.declared)
    if one.until_ms is not None and one.declared in (Declared.OPEN, Declared.LIMITED):
        return f"{phrase} {reader.words.say('service.until', when=reader.at(one.until_ms))}"
    return phrase


def _reasons(service: Service, one: ServiceNow | None, stands: Standing, reader: Reader) -> list[str]:
    """Whose word it is, or why nobody can tell."""
    say = reader.words.say
    found = [_said(one, stands, reader)] if one is not None and stands.why == "said" else []
    found.append(stands.comment)
    if stands.why == "unstaffed":
        found.append(say("day.alone_needs", needs=_needs(service.unstaffed_needs, reader)) if service.unstaffed_needs
                     else say("day.alone_free"))  # fmt: skip
    if stands.note:
        found.append(say(stands.note))
    if stands.opens_ms is not None and stands.declared is not Declared.CLOSED:
        found.append(say("day.staffed_from", when=reader.at(stands.opens_ms)))
    return found


def _said(one: ServiceNow, stands: Standing, reader: Reader) -> str:
    if one.declared_at is None or stands.declared is Declared.UNKNOWN:
        return ""
    return reader.words.say("service.said", when=reader.when(one.declared_at))


def _needs(needs: tuple[UnstaffedNeed, ...], reader: Reader) -> str:
    return ", ".join(reader.words.say(f"day.need_{need.value}") for need in dict.fromkeys(needs))


def open_line(services: tuple[Offered, ...], reader: Reader) -> tuple[str, Role]:
    """One line for the first page: what is open and until when, else when it opens, else that nobody knows."""
    say = reader.words.say
    for declared, key in ((Declared.OPEN, "open"), (Declared.LIMITED, "limited")):
        found = [one for one in services if one.standing.declared is declared]
        if found:
            return _open(found, key, reader), ROLES[declared]
    closed = [one for one in services if one.standing.declared is Declared.CLOSED]
    if not closed:
        return say("service.summary_unknown"), Role.UNKNOWN
    opens = [one.standing.opens_ms for one in closed if one.standing.opens_ms is not None]
    if opens and len(closed) == len(services):
        return say("day.closed_opens", when=reader.at(min(opens))), Role.CLOSED
    return say("service.summary_closed", names=", ".join(one.entry.text for one in closed)), Role.CLOSED


def _open(found: list[Offered], key: str, reader: Reader) -> str:
    names = ", ".join(one.entry.text for one in found)
    ends = {one.standing.until_ms for one in found}
    end = next(iter(ends))
    hours = key == "open" and all(one.standing.why in ("staffed", "decided") for one in found)
    if not hours or (len(ends) == 1 and end is None):
        return reader.words.say(f"service.summary_{key}", names=names)
    if len(ends) == 1 and end is not None:
        return reader.words.say("day.summary_until", when=reader.at(end), names=names)
    if len(found) > NAMED_WITH_TIMES:
        return reader.words.say("day.summary_now", names=names)
    each = (
        f"{one.entry.text} {reader.words.say('service.until', when=reader.at(one.standing.until_ms))}"
        if one.standing.until_ms is not None
        else one.entry.text
        for one in found
    )
    return reader.words.say("day.summary_now", names=", ".join(each))
