"""Is a message from a site one that may be taken? Topic and payload in, a checked message out, or one sentence."""

import msgspec

from contract import topics
from contract.messages import Alarms, Birth, DevicePicture, SiteState, SiteStatus, Value, decode
from contract.page import PageNow
from contract.records import GapBody, Record, RecordBatch, RememberedBody, SampleBody
from contract.wire import Refused
from contract.words import Event, Origin, Stream
from dashboard.core.sites import Site

Picture = SiteStatus | Birth | SiteState | DevicePicture | Alarms | PageNow
Message = Picture | RecordBatch

KINDS: dict[str, type[Message]] = {
    "status": SiteStatus, "birth": Birth, "state": SiteState, "alarms": Alarms, "page": PageNow,
}  # fmt: skip


MAX_SEQ = 2**53
"""Numbers beyond it no JSON reader holds exactly."""
MAX_DEPTH = 40
"""Nesting of a record's body: more than any has, less than any reader chokes on."""


class Simulated(Refused):
    """Simulated data for a site that people rely on."""


def read(topic: str, payload: bytes) -> Message | None:
    """The message on a topic of the road up; None for a topic or a cleared topic that says nothing.

    Raises Refused when the payload is not what its topic promises.
    """
    levels = topics.parts(topic)
    if levels is None or levels[1] != "up" or not payload:
        return None
    message = _decoded(levels, payload)
    if message is not None and message.head.site != levels[0]:
        raise Refused(f"{topic} says it comes from {message.head.site!r}")
    return message


def _decoded(levels: tuple[str, ...], payload: bytes) -> Message | None:
    what, rest = levels[2], levels[3:]
    if not rest and what in KINDS:
        return decode(payload, KINDS[what])
    if len(rest) != 1:
        return None
    if what == "device":
        device = decode(payload, DevicePicture)
        if device.device != rest[0]:
            raise Refused(f"the topic of device {rest[0]!r} carries {device.device!r}")
        return device
    if what == "record" and rest[0] in tuple(Stream):
        batch = decode(payload, RecordBatch)
        if batch.stream != rest[0]:
            raise Refused(f"the topic of stream {rest[0]!r} carries {batch.stream.value!r}")
        for record in batch.records:
            span(record)
            written(record)
        return batch
    return None


def span(record: Record) -> tuple[int, int]:
    """The numbers that one record stands for: itself, or all of a thinned range. Raises Refused."""
    if record.kind != Event.GAP:
        return record.seq, record.seq
    try:
        gap = msgspec.convert(record.body, GapBody)
    except msgspec.ValidationError as fault:
        raise Refused(f"gap record {record.seq}: {fault}") from fault
    if not gap.first <= gap.last == record.seq:
        raise Refused(f"gap record {record.seq} claims {gap.first}…{gap.last}")
    return gap.first, gap.last


def written(record: Record) -> str:
    """A record's body as JSON, as it is kept; raises Refused for one that nobody could read back."""
    if record.seq > MAX_SEQ:
        raise Refused(f"record {record.seq}: its number is beyond reason")
    try:
        text = msgspec.json.encode(record.body).decode("utf-8")
        if text.count("{") + text.count("[") > MAX_DEPTH and _depth(record.body) > MAX_DEPTH:
            raise Refused(f"record {record.seq}: its body is nested more than {MAX_DEPTH} deep")
        return text
    except (ValueError, OverflowError, RecursionError) as fault:
        if isinstance(fault, Refused):
            raise
        raise Refused(f"record {record.seq}: its body can not be kept: {fault}") from fault


def _depth(tree: object) -> int:
    """How deep it is nested; stops a little beyond what is taken."""
    deepest, level = 0, [tree]
    while level and deepest <= MAX_DEPTH:
        deepest += 1
        level = [
            part
            for one in level
            if isinstance(one, (dict, list))
            for part in (one.values() if isinstance(one, dict) else one)
        ]
    return deepest


def admit(message: Message, site: Site) -> None:
    """Raises Simulated when the message would mix play into a site in service."""
    if site.in_service and is_simulated(message):
        raise Simulated(f"{site.id} is in service and takes no simulated {type(message).__name__}")


def is_simulated(message: Message) -> bool:
    """Does anything in the message come from a simulation?"""
    if message.head.simulated:
        return True
    if isinstance(message, RecordBatch):
        return any(is_simulated_record(record) for record in message.records)
    if isinstance(message, DevicePicture):
        return any(value.origin is Origin.SIMULATED for value in message.values.values())
    if isinstance(message, Alarms):
        return any(alarm.origin is Origin.SIMULATED for alarm in message.alarms)
    if isinstance(message, SiteState):
        said = [witness.origin for witness in message.witnesses]
        said += [value.origin for value in (message.fuel, message.load) if value is not None]
        return Origin.SIMULATED in said
    return False


def is_simulated_record(record: Record) -> bool:
    """Does a record come from a simulation, or anything that it tells of?"""
    return record.simulated or Origin.SIMULATED in _origins(record)


def _origins(record: Record) -> set[str]:
    """The origins that a record's body names: of its values, its alarm, itself."""
    body = record.body
    found = {body.get("origin")}
    alarm, values = body.get("alarm"), body.get("values")
    if isinstance(alarm, dict):
        found.add(alarm.get("origin"))
    if isinstance(values, dict):
        found |= {value.get("origin") for value in values.values() if isinstance(value, dict)}
    return {origin for origin in found if isinstance(origin, str)}


SAMPLES = ("sample", "remembered")


def samples(record: Record) -> SampleBody | RememberedBody | None:
    """The values of a sample record, of now or remembered; None when it is neither or can not be read."""
    try:
        if record.kind == "sample":
            return msgspec.convert(record.body, SampleBody)
        return msgspec.convert(record.body, RememberedBody) if record.kind == "remembered" else None
    except (msgspec.ValidationError, ValueError):
        return None


def points(record: Record, wall_ms: int | None) -> list[tuple[str, int, str, float | None]]:
    """What a record gives to the curves: (signal, wall clock in ms, device, value). `wall_ms`: when the record was.

    What a device remembers is of its own time, whenever it was told; without that it gives nothing.
    """
    body = samples(record)
    at, begin_ms = record.at, wall_ms
    if isinstance(body, RememberedBody):
        at, begin_ms = body.at, body.at.wall_ms
    if body is None or begin_ms is None:
        return []
    return [
        (key, begin_ms - at.up_ms + value.up_ms, body.device, finite(value))
        for key, value in body.values.items()
        if not isinstance(value.value, str)
    ]


def finite(value: Value) -> float | None:
    """The value as a number that a curve can hold; None when it is missing, a word or beyond reason."""
    number = value.value
    if number is None or isinstance(number, str) or abs(number) > 1e15:
        return None
    return float(number)
