"""A batch of records of which not all can be taken: the good ones, and the odd ones with the numbers they stand for.

An odd record is put aside as it came. Where its number can be read it counts as received, so that one record that
nobody here understands does not stop its stream for ever; the same holds for leftovers of a simulation that a site
still had when it went into service.
"""

from dataclasses import dataclass
from typing import Any

import msgspec

from contract.messages import MAX_MESSAGE, Head
from contract.packing import unpack
from contract.records import MAX_RECORDS, Record, RecordBatch
from contract.wire import Refused
from contract.words import Event, Stream
from dashboard.core.hearing.intake import MAX_SEQ, is_simulated_record, span, written


@dataclass(frozen=True, slots=True)
class Odd:
    """What could not be taken. `first`…`seq`: the numbers it stands for; None when they cannot be read."""

    raw: bytes
    why: str
    run: str | None = None
    stream: str | None = None
    first: int | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Sifted:
    """The records of a message that can be taken, and the others."""

    good: RecordBatch | None
    odd: tuple[Odd, ...]


def leftovers(batch: RecordBatch) -> Sifted | None:
    """Simulated records that a site which is in service now still had; None when there are none."""
    odd = tuple(
        Odd(msgspec.json.encode(record), "simulated, and the site is in service", batch.run, batch.stream.value,
            span(record)[0], record.seq)
        for record in batch.records
        if is_simulated_record(record)
    )  # fmt: skip
    if batch.head.simulated or not odd:
        return None
    good = tuple(record for record in batch.records if not is_simulated_record(record))
    return Sifted(msgspec.structs.replace(batch, records=good) if good else None, odd)


def refused(batch: RecordBatch | None, why: str) -> tuple[Odd, ...]:
    """All records of a batch that the store could not take."""
    if batch is None:
        return ()
    return tuple(
        Odd(msgspec.json.encode(record), why[:300], batch.run, batch.stream.value, span(record)[0], record.seq)
        for record in batch.records
    )


def sift(site: str, stream: str, payload: bytes, why: str) -> Sifted:
    """What can be saved of a message that was refused as a whole because of `why`."""
    try:
        tree: Any = msgspec.json.decode(unpack(payload, MAX_MESSAGE))
        run, records = _envelope(tree, stream)
    except (Refused, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Sifted(None, (Odd(payload, why),))
    head = _head(tree.get("head"), site)
    good: list[Record] = []
    odd: list[Odd] = []
    for entry in records:
        try:
            if head is None:
                raise Refused(why)
            good.append(_record(entry))
        except (Refused, msgspec.ValidationError, RecursionError) as fault:
            first, seq = _numbers(entry)
            odd.append(Odd(_raw(entry, payload), str(fault)[:300], run, stream, first, seq))
    batch = None
    if head is not None and good:
        batch = RecordBatch(
            head=head, run=run, stream=Stream(stream), historical=bool(tree.get("historical", True)),
            records=tuple(good),
        )  # fmt: skip
    return Sifted(batch, tuple(odd))


def _envelope(tree: Any, stream: str) -> tuple[str, list[Any]]:
    if not isinstance(tree, dict):
        raise Refused("not an object")
    run, records = tree.get("run"), tree.get("records")
    named = isinstance(run, str) and 1 <= len(run) <= 80
    if not named or tree.get("stream") != stream or not isinstance(records, list) or not records:
        raise Refused("not a batch")
    if len(records) > MAX_RECORDS:
        raise Refused("too many records")
    return str(run), records


def _head(tree: Any, site: str) -> Head | None:
    try:
        head = msgspec.convert(tree, Head)
    except (msgspec.ValidationError, RecursionError):
        return None
    return head if head.site == site else None


def _record(entry: Any) -> Record:
    record = msgspec.convert(entry, Record)
    span(record)
    written(record)
    return record


def _numbers(entry: Any) -> tuple[int | None, int | None]:
    """first and seq, as far as they can be read; a gap stands for all that it says."""
    if not isinstance(entry, dict):
        return None, None
    seq = _number(entry.get("seq"))
    body = entry.get("body")
    if seq is None or entry.get("kind") != Event.GAP or not isinstance(body, dict):
        return seq, seq
    first = _number(body.get("first"))
    return (first if first is not None and first <= seq else seq), seq


def _number(told: Any) -> int | None:
    return told if isinstance(told, int) and not isinstance(told, bool) and 1 <= told <= MAX_SEQ else None


def _raw(entry: Any, payload: bytes) -> bytes:
    try:
        return msgspec.json.encode(entry)
    except (ValueError, OverflowError, RecursionError):
        return payload
