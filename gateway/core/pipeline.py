"""(site, what came, now) → (site, what must be told): every thought of the gateway in one order, without clock or wire.

Silence is a batch too: values without number and with the reason take the same road as data.
"""

from collections.abc import Callable, Sequence

import msgspec

from contract.messages import PublicEvent, Value
from contract.orders import Order
from contract.waking import WakingTaken
from contract.wire import Moment
from contract.words import PUBLIC_EVENTS, Event, Origin, Quality, Stream
from gateway.core import dating, samples
from gateway.core.alarms import alarms
from gateway.core.box import last_words
from gateway.core.facts import BOX, Facts
from gateway.core.fuel import battery, endurance
from gateway.core.orders import activation, orders, services
from gateway.core.power import state
from gateway.core.readiness import readiness
from gateway.core.remembered import MAX_PUBLIC_EVENTS, Memory, Refused
from gateway.core.runs import outages, runs
from gateway.core.site import BROKEN, Change, Now, Site
from gateway.core.waking import waking
from gateway.core.waking.waking import Sent, Trying


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """What a device that remembers was reading at another time than now: kept, never judged."""

    at: Now
    values: dict[str, Value]


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What one poll of one device gave."""

    device: str
    values: dict[str, Value]
    refused: tuple[Refused, ...] | None = None
    """What the device is known to refuse, where that has changed."""
    earlier: tuple[Earlier, ...] = ()
    noted: tuple[tuple[str, bytes], ...] = ()
    """Notes (name, body) that lie on the disk together with these values: what of a node's records is there."""


class Tick(msgspec.Struct, frozen=True):
    """Time has passed; nothing else happened."""


Happening = Batch | Order | Tick | WakingTaken | Trying | Sent


class Numbered(msgspec.Struct, frozen=True):
    """A change with its place in its stream."""

    stream: Stream
    seq: int
    kind: str
    body: dict[str, object]


def awakened(memory: Memory, last: Moment | None = None) -> Site:
    """The site as the last run left it. `last`: when it was last looked at."""
    memory = msgspec.structs.replace(memory, judged=state.awakened(memory.judged, last))
    return Site(memory=dating.awakened(memory, last))


Thinker = Callable[[Site, Facts, Now, Sequence[Change]], tuple[Site, list[Change]]]
"""One part of the judgement: (site, facts, now, what this step has told so far) → (site, what must be told)."""

THINKERS: tuple[Thinker, ...] = (
    endurance.watch,
    battery.watch,
    runs.watch,
    services.watch,
    activation.watch,
    alarms.watch,
    readiness.watch,
    outages.watch,
    last_words.watch,
    waking.watch,
)
"""In the order in which one needs the other; the power state comes before all of them."""


def step(
    site: Site, what: Happening, facts: Facts, now: Now, before: Sequence[Batch] = ()
) -> tuple[Site, list[Numbered]]:
    """One step of the site. `before`: polls that came before it, and that nobody has judged yet."""
    source = "time"
    changes: list[Change] = []
    site, dated = dating.watch(site, now)
    polls = (*before, what) if isinstance(what, Batch) else before
    for poll in polls:
        source = poll.device if poll.device != BOX else source
        site, more = _take(site, poll)
        changes += more
    if isinstance(what, Order):
        source = f"person/{what.who}"[:80]
        site, more = orders.apply(site, what, facts, now)
        changes += more
    elif isinstance(what, (WakingTaken, Trying, Sent)):
        site, more = waking.heard(site, what, facts, now)
        changes += more
    site, judged = state.watch(site, facts, now, source)
    told = dated + changes + judged
    bodies = []
    for device in dict.fromkeys(poll.device for poll in polls):
        site, body = samples.sample(site, device, facts, now)
        bodies.append(body)
    site, numbered = number(site, told, now)
    for thinker in THINKERS:
        site, more = thinker(site, facts, now, told)
        told = told + more
        site, one_by_one = number(site, more, now)
        numbered += one_by_one
    for body in bodies:
        if body is not None:
            site, one = _number(site, Stream.SAMPLE, "sample", body)
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


def number_remembered(site: Site, body: dict[str, object]) -> tuple[Site, Numbered]:
    """What a device was reading at another time enters the stream of samples, as a record of now."""
    return _number(site, Stream.SAMPLE, "remembered", body)


def number_receipt(site: Site, body: dict[str, object]) -> tuple[Site, Numbered]:
    """A kiosk's receipt enters its own stream."""
    return _number(site, Stream.RECEIPT, "receipt", body)


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
    if batch.refused is not None:
        memory = msgspec.structs.replace(memory, refused_cells=memory.refused_cells | {batch.device: batch.refused})
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
        if value.quality in BROKEN and name not in known:
            known.append(name)
            changes.append(Change(Event.SENSOR_FAULT, body))
        elif value.quality is Quality.GOOD and name in known:
            known.remove(name)
            changes.append(Change(Event.SENSOR_BACK, body))
    return changes, tuple(known)


def origin_of(facts: Facts) -> Origin:
    """How values read from machines are marked at this site."""
    return Origin.SIMULATED if facts.simulated else Origin.MEASURED
