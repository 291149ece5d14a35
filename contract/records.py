"""The record road: what must not be lost. Only the centre's mark lets the site forget a record."""

from typing import Annotated, Any

from msgspec import Meta

from contract.messages import Alarm, Count, Head, Moment, Name, Text, Value, Wire
from contract.words import Event, Origin, Power, Quality, Status, Stream

MAX_RECORDS = 300
"""Records in one batch."""


class Record(Wire):
    """One fact, numbered without gaps from 1 per (site, run, stream).

    `kind` is an Event, or "sample" or "receipt". A thinned range is one record of kind `gap` whose body is a Gap and
    whose seq is the last of the range.
    """

    seq: Annotated[int, Meta(ge=1)]
    kind: Name
    at: Moment
    status: Status
    simulated: bool
    body: dict[str, Any]


class RecordBatch(Wire):
    """Records of one run and stream in order. `historical`: sent again or late, must not notify anyone."""

    head: Head
    run: Name
    stream: Stream
    historical: bool
    records: Annotated[tuple[Record, ...], Meta(min_length=1, max_length=MAX_RECORDS)]


class Mark(Wire):
    """Per run and stream the highest seq below which all is committed at the centre."""

    site: Name
    wall_ms: Ms
    marks: dict[str, dict[Stream, Count]]


# --- bodies of records, by kind ---


class PowerBody(Wire):
    """of power_changed, mains_lost, on_reserve …: what the site's state became, and what made it so."""

    power: Power
    was: Power
    source: Name


class SignalBody(Wire):
    """of sensor_fault, sensor_back: which signal."""

    device: Name
    signal: Name
    quality: Quality


class DeviceBody(Wire):
    """of device_silent, device_back, engine_…: which device."""

    device: Name
    detail: Text = ""


class AlarmBody(Wire):
    """of alarm_raised, alarm_cleared, alarm_acked: the alarm as it stands after it."""

    alarm: Alarm


class AnswerBody(Wire):
    """of order_done, order_refused: which order, and what came of it."""

    order: Name
    kind: Name
    detail: Text = ""


class BulletinBody(Wire):
    """of bulletin_taken, bulletin_refused."""

    bulletin: Name
    serial: Count
    detail: Text = ""


class ContentBody(Wire):
    """of content_taken, content_refused."""

    document: Name
    sha256: str
    detail: Text = ""


class SampleBody(Wire):
    """of sample: values of one device that moved beyond their dead-band, or all of them (`whole`)."""

    device: Name
    whole: bool
    values: dict[str, Value]


class GapBody(Wire):
    """of gap: records first…last were thinned away at the site."""

    first: Annotated[int, Meta(ge=1)]
    last: Annotated[int, Meta(ge=1)]
    why: Text


class NoteBody(Wire):
    """of gateway_started, clock_set, store_trouble, notice_changed …: words only."""

    detail: Text
    origin: Origin = Origin.MEASURED


BODIES: dict[str, type[Wire]] = {
    Event.POWER_CHANGED: PowerBody,
    Event.SENSOR_FAULT: SignalBody,
    Event.SENSOR_BACK: SignalBody,
    Event.DEVICE_SILENT: DeviceBody,
    Event.DEVICE_BACK: DeviceBody,
    Event.ALARM_RAISED: AlarmBody,
    Event.ALARM_CLEARED: AlarmBody,
    Event.ALARM_ACKED: AlarmBody,
    Event.ORDER_DONE: AnswerBody,
    Event.ORDER_REFUSED: AnswerBody,
    Event.BULLETIN_TAKEN: BulletinBody,
    Event.BULLETIN_REFUSED: BulletinBody,
    Event.CONTENT_TAKEN: ContentBody,
    Event.CONTENT_REFUSED: ContentBody,
    Event.GAP: GapBody,
    "sample": SampleBody,
}
"""Which body goes with which kind; kinds that are not here carry a NoteBody or a DeviceBody."""
