"""What the body of a record adds to the word of its kind, for people."""

from collections.abc import Callable
from typing import Any

import msgspec

from contract.judgement import OutageDone, TimelineStep
from contract.orders import Report
from contract.records import (
    AlarmBody,
    AnswerBody,
    AnsweredBody,
    BulletinBody,
    CalledBody,
    ClockBody,
    DeviceBody,
    FuelBody,
    GapBody,
    NeedBody,
    NoteBody,
    OutageBody,
    PowerBody,
    ReadinessBody,
    ReportBody,
    RunBody,
    SignalBody,
)
from contract.words import Event, NeedState
from dashboard.core import numbers
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.site import sitewords
from dashboard.core.site.alarm_names import alarm_name
from dashboard.core.site.called_words import called_words
from dashboard.core.site.note_words import activator_name, device_name, note_words
from dashboard.core.site.opening import service_name
from dashboard.core.site.values import signal_name
from dashboard.core.site.verdict import run_words
from dashboard.core.site.witness_words import said_by

LOST, BACK = "link_lost", "link_back"
"""What the centre notes itself: a site that fell silent, and spoke again."""
LONGEST = 300
NOWHERE = SitePicture(site="-")
"""Records carry their own wall clock; without it a time is said to be unknown."""


def detail(kind: str, body: dict[str, Any], reader: Reader, picture: SitePicture = NOWHERE) -> str:
    """What the record's body adds, in words; nothing when it cannot be read. `picture` names people and devices."""
    words = WORDS.get(kind)
    try:
        if words is not None:
            return words(body, reader, picture)
        if "device" in body:
            device = msgspec.convert(body, DeviceBody)
            name = device_name(device.device, picture, reader)
            return f"{name}: {sitewords.box_says(device.detail, reader.language)}" if device.detail else name
        return _note(body, reader, picture)
    except msgspec.ValidationError:
        return ""


def timeline(kind: str, body: dict[str, Any], reader: Reader, picture: SitePicture = NOWHERE) -> tuple[str, ...]:
    """The lines of an outage from its loss of mains to its end; nothing for other records."""
    if kind != Event.OUTAGE_ENDED:
        return ()
    try:
        outage = msgspec.convert(body, OutageBody).outage
    except msgspec.ValidationError:
        return ()
    lines = tuple(_step(one, reader, picture) for one in outage.steps)
    if outage.dropped == 1:
        return (*lines, reader.t("timeline_dropped_one"))
    return (*lines, reader.t("timeline_dropped", n=outage.dropped)) if outage.dropped else lines


def event_name(kind: str, reader: Reader) -> str:
    """The word of a kind; the kind itself when nobody has a word for it."""
    if kind in (LOST, BACK):
        return reader.t(kind)
    try:
        return reader.phrase("event", kind)
    except KeyError:
        return kind


def _step(one: TimelineStep, reader: Reader, picture: SitePicture) -> str:
    words = note_words(one.key, one.params, one.detail, picture, reader)
    told = ", ".join(part for part in (words, one.who) if part)
    said = f"{reader.moment(one.at, None)} {event_name(one.what, reader)}"
    return f"{said}: {told}"[:LONGEST] if told else said


def _note(body: dict[str, Any], reader: Reader, picture: SitePicture) -> str:
    """In words of its key, else its own; of other bodies nothing."""
    if "detail" not in body:
        return ""
    words = {name: value for name, value in body.items() if name in NoteBody.__struct_fields__}
    note = msgspec.convert(words, NoteBody)
    told = note_words(note.key, note.params, note.detail, picture, reader)
    return " ".join(part for part in (told, f"({note.who})" if note.who else "") if part)[:LONGEST]


def _flood(body: dict[str, Any], reader: Reader, picture: SitePicture) -> str:
    """How many alarms there were, which the site tells as the first word."""
    note = msgspec.convert(body, NoteBody)
    count = note.detail.partition(" ")[0]
    return note_words("flood", {"n": count}, "", picture, reader) if count.isdecimal() else _note(body, reader, picture)


def _alarm(body: dict[str, Any], reader: Reader, picture: SitePicture) -> str:
    alarm = msgspec.convert(body, AlarmBody).alarm
    where = device_name(alarm.device, picture, reader)
    name = alarm_name(alarm.key, reader.language)
    return f"{name} ({where})" if where else name


def _signal(body: dict[str, Any], reader: Reader, picture: SitePicture) -> str:
    signal = msgspec.convert(body, SignalBody)
    quality = reader.phrase("quality", signal.quality)
    where = device_name(signal.device, picture, reader)
    return f"{signal_name(signal.signal, reader.language)} ({where}): {quality}"


def _gap(body: dict[str, Any], reader: Reader, _: SitePicture) -> str:
    gap = msgspec.convert(body, GapBody)
    missing, why = gap.last - gap.first + 1, sitewords.box_says(gap.why, reader.language)
    return reader.t("gap_one", why=why) if missing == 1 else reader.t("gap_some", n=missing, why=why)


def _power(body: dict[str, Any], reader: Reader, _: SitePicture) -> str:
    power = msgspec.convert(body, PowerBody)
    return f"{reader.phrase('power', power.was)} → {reader.phrase('power', power.power)}"


def _answer(body: dict[str, Any], reader: Reader, _: SitePicture) -> str:
    answer = msgspec.convert(body, AnswerBody)
    said = sitewords.refusal(answer, reader.language)
    return ": ".join(part for part in (_order_name(answer.kind, reader), said) if part)


def _order_name(tag: str, reader: Reader) -> str:
    """What kind of order it was."""
    try:
        return reader.t(f"order_{tag}")
    except KeyError:
        return tag


def _bulletin(body: dict[str, Any], reader: Reader, _: SitePicture) -> str:
    bulletin = msgspec.convert(body, BulletinBody)
    if bulletin.reason:
        return sitewords.refusal(bulletin, reader.language)
    return " ".join(part for part in (bulletin.bulletin, bulletin.detail) if part)


def _readiness(body: dict[str, Any], reader: Reader, _: SitePicture) -> str:
    told = msgspec.convert(body, ReadinessBody)
    verdict = f"{reader.phrase('readiness', told.was)} → {reader.phrase('readiness', told.readiness)}"
    why = [sitewords.reason(one, reader.language)[0] for one in told.reasons[:3]]
    return f"{verdict}: {'. '.join(why)}" if why else verdict


def _run(body: dict[str, Any], reader: Reader, _: SitePicture) -> str:
    told = run_words(msgspec.convert(body, RunBody).run, NOWHERE, reader)
    return f"{told.line}, {told.worth}"


def _outage(body: dict[str, Any], reader: Reader, _: SitePicture) -> str:
    return outage_words(msgspec.convert(body, OutageBody).outage, reader)


def outage_words(one: OutageDone, reader: Reader) -> str:
    """How long it was, how long without power, how long on reserve power."""
    spans = (
        one.without_power_s + one.on_reserve_s + one.on_mains_s + one.unknown_s,
        one.without_power_s,
        one.on_reserve_s,
    )
    if one.started.boot == one.ended.boot:
        spans = ((one.ended.up_ms - one.started.up_ms) / 1000, *spans[1:])
    words = [numbers.age(int(max(0.0, min(span, 1e9)) * 1000), reader.language) for span in spans]
    return reader.t("outage_lasted", all=words[0], dark=_none(spans[1], words[1]), reserve=_none(spans[2], words[2]))


def _none(span: float, words: str) -> str:
    return words if span >= 2 else f"0{numbers.HARD}min"


def _fuel(body: dict[str, Any], reader: Reader, _: SitePicture) -> str:
    fuel = msgspec.convert(body, FuelBody)
    said = reader.t("litres_from_to", before=_litres(fuel.before_l, reader), after=_litres(fuel.after_l, reader))
    return f"{said} {fuel.detail}".strip()


def _litres(value: float, reader: Reader) -> str:
    return numbers.quantity(value, "L", 1, reader.language)


def _answered(body: dict[str, Any], reader: Reader, picture: SitePicture) -> str:
    one = msgspec.convert(body, AnsweredBody).answer
    who = activator_name(one.activator, picture, reader)
    said = reader.t("coming", who=who) if one.coming else reader.t("not_coming", who=who)
    if one.coming and one.in_minutes is not None:
        said = reader.t("coming_in", who=who, n=one.in_minutes)
    return f"{said}: {one.note}"[:LONGEST] if one.note else said


def _clock(body: dict[str, Any], reader: Reader, _: SitePicture) -> str:
    """Whom the time is from, and by how much it moved."""
    told = msgspec.convert(body, ClockBody)
    said = reader.phrase("clock_source", told.source)
    said = f"{said} ({told.who})" if told.who else said
    if not told.by_ms:
        return said
    by = numbers.age(abs(told.by_ms), reader.language)
    return f"{reader.t('clock_later' if told.by_ms > 0 else 'clock_earlier', by=by)}, {said}"


def _need(body: dict[str, Any], reader: Reader, _: SitePicture) -> str:
    need = msgspec.convert(body, NeedBody).need
    state = reader.phrase("need_state", need.state)
    if need.state is NeedState.SAVED and not reader.at_site:
        # at the centre "here" would say too much
        state = reader.t("need_saved_there")
    said = f"{reader.phrase('need', need.what)} ({need.who}): {state}"
    return f"{said}. {need.text}"[:LONGEST] if need.text else said


def _called(body: dict[str, Any], reader: Reader, _: SitePicture) -> str:
    return called_words(msgspec.convert(body, CalledBody), reader)


def _report(body: dict[str, Any], reader: Reader, _: SitePicture) -> str:
    told = msgspec.convert(body, ReportBody)
    return f"{', '.join(reported(told.report, reader))} ({said_by(told.who, told.report, reader)})".strip()[:LONGEST]


def reported(report: Report, reader: Reader) -> list[str]:
    """What a person reported, part by part."""
    parts = []
    if report.power is not None:
        parts.append(reader.t("report_power", word=reader.t(f"power_{report.power}")))
    if report.set_running is not None:
        parts.append(reader.t("report_running") if report.set_running else reader.t("report_standing"))
    if report.load_connected is not None:
        parts.append(reader.t("report_connected") if report.load_connected else reader.t("report_not_connected"))
    if report.litres is not None:
        parts.append(reader.t("report_litres", litres=_litres(report.litres, reader)))
    if report.dipstick_cm is not None:
        parts.append(reader.t("report_dipstick", n=numbers.number(report.dipstick_cm, 0, reader.language)))
    if report.station_litres is not None:
        parts.append(reader.t("report_station", litres=_litres(report.station_litres, reader)))
    if report.people_present is not None:
        parts.append(reader.t("report_people", n=report.people_present))
    for service, declared in report.services.items():
        parts.append(f"{service_name(service, reader.language)}: {reader.phrase('declared', declared)}")
    return [*parts, report.needs] if report.needs else parts


WORDS: dict[str, Callable[[dict[str, Any], Reader, SitePicture], str]] = {
    **dict.fromkeys(
        (
            Event.ALARM_RAISED,
            Event.ALARM_CLEARED,
            Event.ALARM_ACKED,
            Event.ALARM_SHELVED,
            Event.ALARM_UNSHELVED,
            Event.ALARM_OUT_OF_SERVICE,
            Event.ALARM_IN_SERVICE,
        ),
        _alarm,
    ),
    **dict.fromkeys((Event.SENSOR_FAULT, Event.SENSOR_BACK), _signal),
    **dict.fromkeys((Event.ORDER_DONE, Event.ORDER_REFUSED), _answer),
    **dict.fromkeys((Event.BULLETIN_TAKEN, Event.BULLETIN_REFUSED), _bulletin),
    **dict.fromkeys((Event.REFUELLED, Event.FUEL_LOST), _fuel),
    **dict.fromkeys((Event.NEED_SAID, Event.NEED_CHANGED), _need),
    **dict.fromkeys((Event.FLOOD_BEGAN, Event.FLOOD_ENDED), _flood),
    Event.GAP: _gap,
    Event.CLOCK_KNOWN: _clock,
    Event.CLOCK_STEPPED: _clock,
    Event.POWER_CHANGED: _power,
    Event.READINESS_CHANGED: _readiness,
    Event.RUN_ENDED: _run,
    Event.OUTAGE_ENDED: _outage,
    Event.CALL_ANSWERED: _answered,
    Event.REPORT_ENTERED: _report,
    Event.SITE_CALLED: _called,
}
"""Kind of record → its body in words."""
