"""The record road: what must not be lost. Only the centre's mark lets the site forget a record."""

from typing import Annotated, Any

from msgspec import Meta

from contract.bulletins import Receipt
from contract.judgement import AnswerNow, Filled, NeedNow, NoteKey, OutageDone, Reason, RunDone
from contract.messages import Alarm, Head, Value
from contract.orders import Report
from contract.waking import Kind, Unsent
from contract.wire import Count, Moment, Ms, Name, Text, Wire
from contract.words import ClockQuality, ClockSource, Event, Origin, Power, Quality, Readiness, Status, Stream

MAX_RECORDS = 300
"""Records in one batch."""
MARKED_RUNS = 100
"""Runs of a site in one mark: those that the centre heard of last. With fewer, a run that is not named is unknown."""
MAX_PARAMS = 8
"""What is filled into the words of one refusal."""


class Record(Wire):
    """One fact, numbered without gaps from 1 per (site, run, stream).

    `kind` is an Event, or "sample", "remembered" or "receipt"; `body` is what BODIES says of the kind. A thinned range
    is one record of kind `gap` whose body is a GapBody and whose seq is the last of the range.
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


class Again(Wire):
    """A heartbeat of this run and boot, said at this uptime, named a picture that the centre does not hold."""

    site: Name
    run: Name
    boot: Name
    up_ms: Ms


# --- bodies of records, by kind ---


class PowerBody(Wire):
    """of power_changed, mains_…, engine_…, on_reserve …: what the site's state became, and what made it so."""

    power: Power
    was: Power
    source: Name
    changes: Count = 0
    """of mains_settled: how often the mains came and went."""


class SignalBody(Wire):
    """of sensor_fault, sensor_back: which signal."""

    device: Name
    signal: Name
    quality: Quality


class DeviceBody(Wire):
    """of device_silent, device_back, node_unknown: which device; of one that is unknown: its board."""

    device: Name
    detail: Text = ""


class AlarmBody(Wire):
    """of alarm_…: the alarm as it stands after it. `notify`: worth waking somebody for, judged at the site."""

    alarm: Alarm
    notify: bool = False


class AnswerBody(Wire):
    """of order_done, order_refused: which order, and what came of it.

    `detail` is the refusal in English; `reason` its key in `refusals.toml`, "" when done, with what is filled in.
    """

    order: Name
    kind: Name
    detail: Text = ""
    reason: Annotated[str, Meta(max_length=80)] = ""
    params: Annotated[dict[Name, Text], Meta(max_length=MAX_PARAMS)] = {}

    @property
    def refused(self) -> bool:
        """Was it not done?"""
        return bool(self.reason or self.detail)


MAX_ANSWERS = 50


class Answers(Wire):
    """How the last orders were answered, oldest first: for the site's own page, which gets no records."""

    head: Head
    answers: Annotated[tuple[AnswerBody, ...], Meta(max_length=MAX_ANSWERS)]


class ReportBody(Wire):
    """of report_entered: what a person saw, and who told it through what."""

    report: Report
    who: Name
    role: Name
    through: Name


class ReadinessBody(Wire):
    """of readiness_changed: the verdict and its reasons, heaviest first."""

    readiness: Readiness
    was: Readiness
    reasons: tuple[Reason, ...] = ()


class RunBody(Wire):
    """of run_ended, also when a comment was added to a run later."""

    run: RunDone


class OutageBody(Wire):
    """of outage_ended."""

    outage: OutageDone


class FuelBody(Wire):
    """of refuelled, fuel_lost: litres before and after, in the set's own tank."""

    before_l: float
    after_l: float
    detail: Text = ""


class AnsweredBody(Wire):
    """of call_answered."""

    call: Name
    answer: AnswerNow


class CalledBody(Wire):
    """of site_called: a message of the site's own waking was taken by the network (`why` None), or given up after so
    many tries.

    `about` is the key of the gravest alarm that it told of. Number and text stay at the site.
    """

    person: Name
    kind: Kind
    about: Name
    tries: Count
    why: Unsent | None = None


class NeedBody(Wire):
    """of need_said, need_changed: the need as it stands after it."""

    need: NeedNow


class BulletinBody(Wire):
    """of bulletin_taken, bulletin_refused: `detail` says why in English, `reason` and `params` as in AnswerBody."""

    bulletin: Name
    serial: Count
    detail: Text = ""
    reason: Annotated[str, Meta(max_length=80)] = ""
    params: Annotated[dict[Name, Text], Meta(max_length=MAX_PARAMS)] = {}


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


class RememberedBody(Wire):
    """of remembered: values of one device as they were at another time, told by the device only now.

    `at`: when the first of them was read, by whose boot the uptimes of all values count. The record itself is of now.
    """

    device: Name
    at: Moment
    values: dict[str, Value]


class ClockBody(Wire):
    """of clock_known, clock_stepped: all that was of this boot happened at its uptime + `offset_ms`.

    Whoever holds records of the boot dates them by it, also those that had another date. `by_ms` of clock_stepped: how
    much later everything was than was believed before; negative: earlier. Late facts notify nobody.
    """

    boot: Name
    offset_ms: Annotated[int, Meta(ge=-(2**53), le=2**53)]
    quality: ClockQuality
    source: ClockSource
    who: Text = ""
    by_ms: Annotated[int, Meta(ge=-(2**53), le=2**53)] = 0


class GapBody(Wire):
    """of gap: records first…last were thinned away at the site."""

    first: Annotated[int, Meta(ge=1)]
    last: Annotated[int, Meta(ge=1)]
    why: Text


class NoteBody(Wire):
    """of gateway_started, device_accepted, clock_set, flood_…, store_trouble, what people changed or entered: words.

    `detail` is English, for logs; `key` its key in `notes.toml`, "" where there is none, with what is filled in.
    """

    detail: Text
    who: Text = ""
    origin: Origin = Origin.MEASURED
    key: NoteKey = ""
    params: Filled = {}


BODIES: dict[str, type[Wire]] = {
    Event.GATEWAY_STARTED: NoteBody,
    Event.GATEWAY_RESTARTING_OFTEN: NoteBody,
    Event.DEVICE_ACCEPTED: NoteBody,
    Event.BOX_ENDING: NoteBody,
    Event.BOX_STAYS: NoteBody,
    Event.MAINS_LOST: PowerBody,
    Event.ENGINE_STARTING: PowerBody,
    Event.ENGINE_WARMING: PowerBody,
    Event.ENGINE_RUNNING: PowerBody,
    Event.ON_RESERVE: PowerBody,
    Event.MAINS_BACK: PowerBody,
    Event.MAINS_UNSTABLE: PowerBody,
    Event.MAINS_SETTLED: PowerBody,
    Event.BACK_ON_MAINS: PowerBody,
    Event.ENGINE_COOLING: PowerBody,
    Event.ENGINE_STOPPED: PowerBody,
    Event.SENSOR_FAULT: SignalBody,
    Event.SENSOR_BACK: SignalBody,
    Event.DEVICE_SILENT: DeviceBody,
    Event.DEVICE_BACK: DeviceBody,
    Event.NODE_UNKNOWN: DeviceBody,
    Event.POWER_CHANGED: PowerBody,
    Event.ALARM_RAISED: AlarmBody,
    Event.ALARM_CLEARED: AlarmBody,
    Event.ALARM_ACKED: AlarmBody,
    Event.ALARM_SHELVED: AlarmBody,
    Event.ALARM_UNSHELVED: AlarmBody,
    Event.ALARM_OUT_OF_SERVICE: AlarmBody,
    Event.ALARM_IN_SERVICE: AlarmBody,
    Event.FLOOD_BEGAN: NoteBody,
    Event.FLOOD_ENDED: NoteBody,
    Event.READINESS_CHANGED: ReadinessBody,
    Event.RUN_ENDED: RunBody,
    Event.OUTAGE_ENDED: OutageBody,
    Event.REFUELLED: FuelBody,
    Event.FUEL_LOST: FuelBody,
    Event.CALLED_OUT: NoteBody,
    Event.CALL_ANSWERED: AnsweredBody,
    Event.STEP_CONFIRMED: NoteBody,
    Event.NEED_SAID: NeedBody,
    Event.NEED_CHANGED: NeedBody,
    Event.CONFIRMED: NoteBody,
    Event.ENTERED: NoteBody,
    Event.REPORT_ENTERED: ReportBody,
    Event.NOTICE_CHANGED: NoteBody,
    Event.SERVICE_DECLARED: NoteBody,
    Event.ACTIVATION_CHANGED: NoteBody,
    Event.BULLETIN_TAKEN: BulletinBody,
    Event.BULLETIN_REFUSED: BulletinBody,
    Event.CONTENT_TAKEN: ContentBody,
    Event.CONTENT_REFUSED: ContentBody,
    Event.ORDER_DONE: AnswerBody,
    Event.ORDER_REFUSED: AnswerBody,
    Event.CLOCK_SET: NoteBody,
    Event.CLOCK_KNOWN: ClockBody,
    Event.CLOCK_STEPPED: ClockBody,
    Event.STORE_TROUBLE: NoteBody,
    Event.GAP: GapBody,
    Event.BREAK_GLASS: NoteBody,
    Event.SITE_CALLED: CalledBody,
    "sample": SampleBody,
    "remembered": RememberedBody,
    "receipt": Receipt,
}
"""Which body goes with which kind."""
