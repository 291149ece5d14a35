"""The way to an open crisis point, in words: how far it has come, whom to ring, who answered, which steps are left."""

import re

from msgspec import Struct

from contract.judgement import Activator, AnswerNow, CallNow, StepNow
from contract.messages import ServiceNow, SiteState
from contract.phrases import phrase
from contract.words import Declared, Opening
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.site import sitewords

ROLES = {Opening.CLOSED: "plain", Opening.ASKED: "remark", Opening.PREPARING: "information", Opening.OPEN: "good"}
DECLARED_ROLES = {
    Declared.OPEN: "good",
    Declared.LIMITED: "remark",
    Declared.CLOSED: "bad",
    Declared.UNKNOWN: "unknown",
}


class Ring(Struct, frozen=True, kw_only=True):
    """Whom to ring now. `tel` is what a telephone takes, "" when there is no number."""

    words: str
    phone: str
    tel: str


class AnswerRow(Struct, frozen=True, kw_only=True):
    """What an activator said."""

    words: str
    note: str
    written: str
    coming: bool


class StepRow(Struct, frozen=True, kw_only=True):
    """One step of the site's own list. `blocked` and `do`: why it cannot be confirmed now and what to do instead."""

    id: str
    words: str
    electrical: bool
    position: str
    stands_at: str
    blocked: str
    do: str
    done: str
    note: str


class ServiceRow(Struct, frozen=True, kw_only=True):
    """What somebody said of one service."""

    name: str
    word: str
    role: str
    said: str


class OpeningWords(Struct, frozen=True, kw_only=True):
    """All about the call-out and the way to an open point."""

    opening: Opening
    word: str
    role: str
    asked: str
    alarm: str
    """In the style of an alarm: nobody has promised to come."""
    ring: Ring | None
    answers: tuple[AnswerRow, ...]
    steps: tuple[StepRow, ...]
    steps_count: str
    approved: str
    services: tuple[ServiceRow, ...]


def opening_words(state: SiteState | None, picture: SitePicture, reader: Reader) -> OpeningWords:
    """The state of opening in words; of a site that has told nothing it is unknown, not closed."""
    call = state.call if state else CallNow()
    opening = Opening.OPEN if state and state.active else call.opening
    steps = tuple(_step(one, picture, reader) for one in call.steps)
    done = sum(bool(step.done) for step in steps)
    alarm = ""
    if call.unanswered:
        alarm = reader.t("unanswered") if call.call_next else reader.t("unanswered_nobody")
    return OpeningWords(
        opening=opening,
        word=reader.phrase("opening", opening) if state else reader.t("unknown"),
        role=("bad" if call.unanswered else ROLES[opening]) if state else "unknown",
        asked=_asked(call, picture, reader),
        alarm=alarm,
        ring=_ring(call.call_next, call.unanswered, reader) if call.call_next else None,
        answers=tuple(_answer(one, state, picture, reader) for one in call.answers),
        steps=steps,
        steps_count=reader.t("steps_some", done=done, all=len(steps)) if steps else "",
        approved=reader.t("approved_by", who=call.approved_by) if call.approved_by else "",
        services=tuple(_service(one, picture, reader) for one in (state.services if state else ())),
    )


def _asked(call: CallNow, picture: SitePicture, reader: Reader) -> str:
    """Who asked, when, and why."""
    if call.since is None:
        return call.reason
    when = reader.moment(call.since, picture.contact)
    if not call.by:
        return reader.t("opening_since", when=when)
    return reader.t("opening_reason", by=call.by, when=when, reason=call.reason).removesuffix(": ")


def _ring(one: Activator, unanswered: bool, reader: Reader) -> Ring:
    words = reader.t("ring_now", name=one.name) if unanswered else reader.t("ring_next", name=one.name)
    return Ring(words=words, phone=one.phone or reader.t("no_phone"), tel=dialled(one.phone))


def dialled(phone: str) -> str:
    """The digits of a telephone number, with a leading + where it has one; "" when it is none."""
    digits = re.sub(r"\D", "", phone, flags=re.ASCII)
    if len(digits) < 3:
        return ""
    return f"+{digits}" if phone.strip().startswith("+") else digits


def _answer(one: AnswerNow, state: SiteState | None, picture: SitePicture, reader: Reader) -> AnswerRow:
    names = {person.id: person.name for person in (state.activators if state else ())}
    who = names.get(one.activator, one.activator)
    if not one.coming:
        words = reader.t("not_coming", who=who)
    elif one.lapsed:
        words = reader.t("not_come", who=who)
    elif one.in_minutes is None:
        words = reader.t("coming", who=who)
    else:
        words = reader.t("coming_in", who=who, n=one.in_minutes)
    written = reader.t("written_by", who=one.entered_by, when=reader.moment(one.at, picture.contact))
    return AnswerRow(words=words, note=one.note, written=written, coming=one.coming and not one.lapsed)


def _step(one: StepNow, picture: SitePicture, reader: Reader) -> StepRow:
    blocked, do = sitewords.reason_parts(one.blocked, "", reader.language) if one.blocked else ("", "")
    done = ""
    if one.done_by:
        done = reader.t("step_done", when=reader.moment(one.done, picture.contact), who=one.done_by)
    position = ""
    if one.position:
        told = reader.t("step_stands", position=one.position) if done else ""
        position = told or reader.t("step_position", position=one.position)
    return StepRow(
        id=one.id,
        words=one.sv if reader.language == "sv" or not one.en else one.en,
        electrical=one.electrical,
        position=position,
        stands_at=one.position,
        blocked="" if done else blocked,
        do="" if done else do,
        done=done,
        note=one.note,
    )


def _service(one: ServiceNow, picture: SitePicture, reader: Reader) -> ServiceRow:
    word = reader.phrase("declared", one.declared)
    if one.until_ms is not None and one.declared in (Declared.OPEN, Declared.LIMITED):
        word = f"{word} {reader.t('service_until', when=reader.when(one.until_ms))}"
    said = reader.t("service_said", when=reader.moment(one.declared_at, picture.contact)) if one.declared_at else ""
    return ServiceRow(
        name=service_name(one.service, reader.language), word=word, role=DECLARED_ROLES[one.declared], said=said
    )


def service_name(key: str, language: str) -> str:
    """A service's name for people; the key itself for one that the catalogue does not have."""
    try:
        return phrase("service", key, language)
    except KeyError:
        return key
