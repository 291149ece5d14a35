"""The list of what happened at a site, from its records."""

from typing import Any

import msgspec
from msgspec import Struct

from contract.phrases import phrase
from contract.records import AlarmBody, AnswerBody, BulletinBody, DeviceBody, GapBody, PowerBody, SignalBody
from contract.words import Event, Status
from dashboard.core.alarm_names import alarm_name
from dashboard.core.reader import Reader
from dashboard.core.values import signal_name


class Stored(Struct, frozen=True, kw_only=True):
    """One record as the store gives it back. `number`: order of commitment; `wall_ms`: dated, or None."""

    number: int
    run: str
    stream: str
    seq: int
    kind: str
    wall_ms: int | None
    up_ms: int
    status: str
    simulated: bool
    historical: bool
    body: dict[str, Any]


class EventRow(Struct, frozen=True, kw_only=True):
    """One line of the list."""

    number: int
    kind: str
    when: str
    what: str
    detail: str
    late: bool
    frame: str


def event_rows(stored: list[Stored], reader: Reader) -> tuple[EventRow, ...]:
    """The lines, in the order given."""
    return tuple(
        EventRow(
            number=one.number,
            kind=one.kind,
            when=reader.when(one.wall_ms),
            what=_what(one, reader),
            detail=detail(one, reader),
            late=one.historical,
            frame=_frame(one, reader),
        )
        for one in stored
    )


def _what(one: Stored, reader: Reader) -> str:
    try:
        return phrase("event", one.kind, reader.language)
    except KeyError:
        return one.kind


def _frame(one: Stored, reader: Reader) -> str:
    if one.simulated:
        return reader.phrase("status", "simulated")
    return "" if one.status == Status.ACTUAL else reader.phrase("status", one.status)


def detail(one: Stored, reader: Reader) -> str:
    """What the record's body adds, in words; nothing when it can not be read."""
    body = one.body
    try:
        if one.kind in (Event.ALARM_RAISED, Event.ALARM_CLEARED, Event.ALARM_ACKED):
            alarm = msgspec.convert(body, AlarmBody).alarm
            return f"{alarm_name(alarm.key, reader.language)} ({alarm.device})"
        if one.kind in (Event.SENSOR_FAULT, Event.SENSOR_BACK):
            signal = msgspec.convert(body, SignalBody)
            quality = reader.phrase("quality", signal.quality)
            return f"{signal_name(signal.signal, reader.language)} ({signal.device}): {quality}"
        if one.kind == Event.GAP:
            gap = msgspec.convert(body, GapBody)
            return reader.t("gap_some", n=gap.last - gap.first + 1, why=gap.why)
        if one.kind == Event.POWER_CHANGED:
            power = msgspec.convert(body, PowerBody)
            return f"{reader.phrase('power', power.was)} → {reader.phrase('power', power.power)}"
        if one.kind in (Event.ORDER_DONE, Event.ORDER_REFUSED):
            return msgspec.convert(body, AnswerBody).detail
        if one.kind in (Event.BULLETIN_TAKEN, Event.BULLETIN_REFUSED):
            bulletin = msgspec.convert(body, BulletinBody)
            return " ".join(part for part in (bulletin.bulletin, bulletin.detail) if part)
        if "device" in body:
            device = msgspec.convert(body, DeviceBody)
            return f"{device.device}: {device.detail}" if device.detail else device.device
    except msgspec.ValidationError:
        return ""
    told = body.get("detail", "")
    return told[:300] if isinstance(told, str) else ""
