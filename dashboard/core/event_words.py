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
    DeviceBody,
    FuelBody,
    GapBody,
    NeedBody,
    OutageBody,
    PowerBody,
    ReadinessBody,
    ReportBody,
    RunBody,
    SignalBody,
)
from contract.words import Event
from dashboard.core import numbers, sitewords
from dashboard.core.alarm_names import alarm_name
from dashboard.core.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.values import signal_name
from dashboard.core.verdict import run_words

LONGEST = 300
NOWHERE = SitePicture(site="-")
"""Records carry their own wall clock; without it a time is said to be unknown."""


def detail(kind: str, body: dict[str, Any], reader: Reader) -> str:
    """What the record's body adds, in words; nothing when it cannot be read."""
    words = WORDS.get(kind)
    try:
        if words is not None:
            return words(body, reader)
        if "device" in body:
            device = msgspec.convert(body, DeviceBody)
            return f"{device.device}: {device.detail}" if device.detail else device.device
    except msgspec.ValidationError:
        return ""
    return _note(body)


def timeline(kind: str, body: dict[str, Any], reader: Reader) -> tuple[str, ...]:
    """The lines of an outage from its loss of mains to its end; nothing for other records."""
    if kind != Event.OUTAGE_ENDED:
        return ()
    try:
        outage = msgspec.convert(body, OutageBody).outage
    except msgspec.ValidationError:
        return ()
    lines = tuple(_step(one, reader) for one in outage.steps)
    return (*lines, reader.t("timeline_dropped", n=outage.dropped)) if outage.dropped else lines


def event_name(kind: str, reader: Reader) -> str:
    """The word of a kind; the kind itself when nobody has a word for it."""
    try:
        return reader.phrase("event", kind)
    except KeyError:
        return kind


def _step(one: TimelineStep, reader: Reader) -> str:
    told = ", ".join(part for part in (one.detail, one.who) if part)
    said = f"{reader.moment(one.at, None)} {event_name(one.what, reader)}"
    return f"{said}: {told}"[:LONGEST] if told else said


def _note(body: dict[str, Any]) -> str:
    told, who = body.get("detail", ""), body.get("who", "")
    parts = [part for part in (told, f"({who})" if who else "") if isinstance(part, str) and part]
    return " ".join(parts)[:LONGEST]


def _alarm(body: dict[str, Any], reader: Reader) -> str:
    alarm = msgspec.convert(body, AlarmBody).alarm
    return f"{alarm_name(alarm.key, reader.language)} ({alarm.device})"


def _signal(body: dict[str, Any], reader: Reader) -> str:
    signal = msgspec.convert(body, SignalBody)
    quality = reader.phrase("quality", signal.quality)
    return f"{signal_name(signal.signal, reader.language)} ({signal.device}): {quality}"


def _gap(body: dict[str, Any], reader: Reader) -> str:
    gap = msgspec.convert(body, GapBody)
    return reader.t("gap_some", n=gap.last - gap.first + 1, why=gap.why)


def _power(body: dict[str, Any], reader: Reader) -> str:
    power = msgspec.convert(body, PowerBody)
    return f"{reader.phrase('power', power.was)} → {reader.phrase('power', power.power)}"


def _answer(body: dict[str, Any], reader: Reader) -> str:
    answer = msgspec.convert(body, AnswerBody)
    said = sitewords.refusal(answer, reader.language)
    return ": ".join(part for part in (_order_name(answer.kind, reader), said) if part)


def _order_name(tag: str, reader: Reader) -> str:
    """What kind of order it was."""
    try:
        return reader.t(f"order_{tag}")
    except KeyError:
        return tag


def _bulletin(body: dict[str, Any], _: Reader) -> str:
    bulletin = msgspec.convert(body, BulletinBody)
    return " ".join(part for part in (bulletin.bulletin, bulletin.detail) if part)


def _readiness(body: dict[str, Any], reader: Reader) -> str:
    told = msgspec.convert(body, ReadinessBody)
    verdict = f"{reader.phrase('readiness', told.was)} → {reader.phrase('readiness', told.readiness)}"
    why = [sitewords.reason(one, reader.language)[0] for one in told.reasons[:3]]
    return f"{verdict}: {'. '.join(why)}" if why else verdict


def _run(body: dict[str, Any], reader: Reader) -> str:
    told = run_words(msgspec.convert(body, RunBody).run, NOWHERE, reader)
    return f"{told.line}, {told.worth}"


def _outage(body: dict[str, Any], reader: Reader) -> str:
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


def _fuel(body: dict[str, Any], reader: Reader) -> str:
    fuel = msgspec.convert(body, FuelBody)
    said = reader.t("litres_from_to", before=_litres(fuel.before_l, reader), after=_litres(fuel.after_l, reader))
    return f"{said} {fuel.detail}".strip()


def _litres(value: float, reader: Reader) -> str:
    return numbers.quantity(value, "L", 1, reader.language)


def _answered(body: dict[str, Any], reader: Reader) -> str:
    one = msgspec.convert(body, AnsweredBody).answer
    said = reader.t("coming", who=one.activator) if one.coming else reader.t("not_coming", who=one.activator)
    return f"{said}: {one.note}"[:LONGEST] if one.note else said


def _need(body: dict[str, Any], reader: Reader) -> str:
    need = msgspec.convert(body, NeedBody).need
    said = f"{reader.phrase('need', need.what)} ({need.who}): {reader.phrase('need_state', need.state)}"
    return f"{said}. {need.text}"[:LONGEST] if need.text else said


def _report(body: dict[str, Any], reader: Reader) -> str:
    told = msgspec.convert(body, ReportBody)
    return f"{', '.join(reported(told.report, reader))} ({told.who})".strip()[:LONGEST]


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
    return [*parts, report.needs] if report.needs else parts


WORDS: dict[str, Callable[[dict[str, Any], Reader], str]] = {
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
    Event.GAP: _gap,
    Event.POWER_CHANGED: _power,
    Event.READINESS_CHANGED: _readiness,
    Event.RUN_ENDED: _run,
    Event.OUTAGE_ENDED: _outage,
    Event.CALL_ANSWERED: _answered,
    Event.REPORT_ENTERED: _report,
}
"""Kind of record → its body in words."""
