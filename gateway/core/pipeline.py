"""(site, what came, now) → (site, what must be told): every thought of the gateway in one order, without clock or wire.

Silence is a batch too: values without number and with the reason take the same road as data.
"""

import msgspec

from contract.messages import PublicEvent, Value
from contract.orders import Order
from contract.words import PUBLIC_EVENTS, Event, Origin, Quality, Stream
from gateway.core import alarms, orders, samples, state
from gateway.core.endurance import endurance
from gateway.core.readiness import readiness
from gateway.core.site import (
    MAX_PUBLIC_EVENTS,
    Change,
    Facts,
    Memory,
    Now,
    Site,
)


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What one poll of one device gave."""

    device: str
    values: dict[str, Value]


class Tick(msgspec.Struct, frozen=True):
    """Time has passed; nothing else happened."""


Happening = Batch | Order | Tick


class Numbered(msgspec.Struct, frozen=True):
    """A change with its place in its stream."""

    stream: Stream
    seq: int
    kind: str
    body: dict[str, object]


def awakened(memory: Memory) -> Site:
    """The site as the last run left it."""
    return Site(memory=msgspec.structs.replace(memory, judged=state.awakened(memory.judged)))


def step(site: Site, what: Happening, facts: Facts, now: Now) -> tuple[Site, list[Numbered]]:
    """One step of the site."""
    changes: list[Change] = []
    sample = None
    if isinstance(what, Batch):
        site, changes = _take(site, what)
        changes_before = len(changes)
        site, judged = _judge(site, facts, now, what.device)
        changes[changes_before:] = judged
        site, sample = samples.sample(site, what.device, facts, now)
    elif isinstance(what, Order):
        site, changes = orders.apply(site, what, now)
        site, judged = _judge(site, facts, now, f"person/{what.who}"[:80])
        changes += judged
    else:
        site, changes = _judge(site, facts, now, "time")
    site, numbered = number(site, changes, now)
    site, raised = alarms.watch(site, facts, now)
    site, more = number(site, raised, now)
    verdict, reasons = readiness(site, facts)
    site = msgspec.structs.replace(site, readiness=verdict, reasons=reasons)
    numbered += more
    if sample is not None:
        site, one = _number(site, Stream.SAMPLE, "sample", sample)
        numbered.append(one)
    return site, numbered


def number(site: Site, changes: list[Change], now: Now) -> tuple[Site, list[Numbered]]:
    """Give each change its place in the event stream; events for visitors also enter the public list."""
    numbered: list[Numbered] = []
    for change in changes:
        site, one = _number(site, Stream.EVENT, change.kind.value, change.body)
        numbered.append(one)
        if change.kind in PUBLIC_EVENTS:
            public = PublicEvent(run=now.run, seq=one.seq, kind=change.kind, at=now.moment())
            kept = (*site.memory.public_events, public)[-MAX_PUBLIC_EVENTS:]
            site = msgspec.structs.replace(site, memory=msgspec.structs.replace(site.memory, public_events=kept))
    return site, numbered


def _number(site: Site, stream: Stream, kind: str, body: dict[str, object]) -> tuple[Site, Numbered]:
    seq = site.seqs.get(stream, 0) + 1
    return msgspec.structs.replace(site, seqs=site.seqs | {stream: seq}), Numbered(stream, seq, kind, body)


def number_receipt(site: Site, body: dict[str, object]) -> tuple[Site, Numbered]:
    """A kiosk's receipt enters its own stream."""
    return _number(site, Stream.RECEIPT, "receipt", body)


def _judge(site: Site, facts: Facts, now: Now, source: str) -> tuple[Site, list[Change]]:
    """Power state and endurance anew."""
    seen = state.evidence(site, facts, now)
    was = site.memory.judged
    judged = state.judge(seen, was, now)
    site = msgspec.structs.replace(site, endurance=endurance(site, facts, now))
    if judged == was:
        return site, []
    memory = msgspec.structs.replace(site.memory, judged=judged)
    return msgspec.structs.replace(site, memory=memory), state.events(was, judged, source)


def _take(site: Site, batch: Batch) -> tuple[Site, list[Change]]:
    """New values replace the old ones, also when they are missing; tell of silence and of sensors, once each."""
    silent = bool(batch.values) and all(value.quality is Quality.COMM_ERROR for value in batch.values.values())
    failed = site.polls_failed.get(batch.device, 0) + 1 if silent else 0
    values = site.values | {batch.device: site.values.get(batch.device, {}) | batch.values}
    if silent:
        # a device that says nothing says nothing of its slow signals either
        values[batch.device] = {
            key: value if key in batch.values else next(iter(batch.values.values()))
            for key, value in values[batch.device].items()
        }
    site = msgspec.structs.replace(site, values=values, polls_failed=site.polls_failed | {batch.device: failed})
    changes = _silence(site, batch.device, silent)
    memory = site.memory
    if changes:
        others = tuple(name for name in memory.silent if name != batch.device)
        memory = msgspec.structs.replace(memory, silent=(*others, batch.device) if silent else others)
    told, faulty = _sensors(memory.faulty, batch)
    if told:
        memory = msgspec.structs.replace(memory, faulty=faulty)
    return msgspec.structs.replace(site, memory=memory), changes + told


def _silence(site: Site, device: str, silent: bool) -> list[Change]:
    was = device in site.memory.silent
    if silent is was:
        return []
    return [Change(Event.DEVICE_SILENT if silent else Event.DEVICE_BACK, {"device": device, "detail": ""})]


def _sensors(faulty: tuple[str, ...], batch: Batch) -> tuple[list[Change], tuple[str, ...]]:
    """Sensors that broke or came back. A value that is missing for another reason says nothing of the sensor."""
    changes, known = [], list(faulty)
    for key, value in batch.values.items():
        name = f"{batch.device}/{key}"
        body = {"device": batch.device, "signal": key, "quality": value.quality.value}
        if value.quality is Quality.SENSOR_FAULT and name not in known:
            known.append(name)
            changes.append(Change(Event.SENSOR_FAULT, body))
        elif value.quality is Quality.GOOD and name in known:
            known.remove(name)
            changes.append(Change(Event.SENSOR_BACK, body))
    return changes, tuple(known)


def origin_of(facts: Facts) -> Origin:
    """How values read from machines are marked at this site."""
    return Origin.SIMULATED if facts.simulated else Origin.MEASURED
