"""What the centre is told, and when: by exception, for every byte on the way there is paid for (`docs/volume.md`).

The site's own broker is told everything at its own pace. The centre holds pictures that are told anew when something
changed that is no number, and now and then as a whole; each heartbeat vouches for what has not moved and carries what
has (`contract/vouching.py`). A heartbeat comes at once when a word or flag has changed.
"""

import msgspec

from contract import topics
from contract.messages import Alarms, Seen, SiteState, Value, encode
from contract.packing import pack
from contract.signals import catalogue
from contract.vouching import SELDOM_S
from gateway.core import announce
from gateway.core.activity import is_active
from gateway.core.announce import Message
from gateway.core.comparing import Moved, compared
from gateway.core.facts import DeviceFacts, Facts
from gateway.core.material import is_news
from gateway.core.site import Now, Site

MOVED_BYTES = 6
"""About what one moved value costs in a packed heartbeat."""
MESSAGE_BYTES = 190
"""What a message costs besides what it says: topic, encryption, TCP/IP, and the answer to its answer."""
AT_ONCE = 12
"""Messages that may come at once one after the other; then they wait, so that what flutters is not paid for."""
AGAIN_S, AGAIN_ACTIVE_S = 600.0, 30.0
"""Idle and active: after so long one more may come at once."""
TURN_S, TURN_ACTIVE_S = 600.0, 120.0
"""The same for the values of one device that come and go: the going is always told at once, the coming waits."""
END_STEP_MS = 120_000
"""The foretold end of the box's battery is told anew in such steps."""


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """A device as the centre holds it. `spent`: bytes that its moved values have cost since; `size`: of the picture.

    `turns`: how often its values may still come back or go, as of `turns_ms`; below one what comes back is not told.
    """

    told_ms: int
    values: dict[str, Value]
    size: int
    spent: int = 0
    moved: Moved = {}
    turns: float = AT_ONCE
    turns_ms: int = 0


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the centre was told in this connection. `tokens`: how many messages may come at once, as of `tokens_ms`."""

    devices: dict[str, Base] = {}
    state: SiteState | None = None
    alarms: Alarms | None = None
    alarms_again: bool = False
    """They are told once more with the next heartbeat: whether the centre has them nobody here can know."""
    whole_ms: int | None = None
    beat_ms: int | None = None
    judged_ms: int | None = None
    said: tuple[object, ...] = ()
    """What the heartbeat said besides times."""
    tokens: float = AT_ONCE
    tokens_ms: int = 0


def afresh(told: Told, site: Site, facts: Facts, now: Now, *, birth: bool = True) -> tuple[Told, list[Message]]:
    """Everything: after every connect, and as the snapshot that proves that nothing was missed."""
    messages = [_packed(announce.birth(facts, now))] if birth else []
    devices: dict[str, Base] = {}
    for device in facts.devices:
        base, values = _base(told, device), site.values.get(device.name, {})
        devices[device.name], message = _picture(base, values, device, facts, now)
        messages.append(message)
    alarms, state = announce.alarms_now(site, facts, now), announce.state_now(site, facts, now)
    told = msgspec.structs.replace(
        told,
        devices=devices, alarms=alarms, alarms_again=False, state=state, whole_ms=now.up_ms, judged_ms=now.up_ms,
    )  # fmt: skip
    messages += [_alarms(alarms, facts), _state(state, facts)]
    if birth and site.page is not None:
        messages.append(_packed(announce.page(site.page, facts, now)))
    told, beat = _beat(told, site, facts, now)
    return told, [*messages, beat]


def due(told: Told, site: Site, facts: Facts, now: Now, *, judged: bool = False) -> tuple[Told, list[Message]]:
    """What the centre must be told now; often nothing. `judged`: the memory of the site has changed."""
    if told.whole_ms is None:
        return told, []  # nothing was told yet: with the connection comes everything
    active = is_active(site, now)
    beats = told.beat_ms is None or now.up_ms - told.beat_ms >= 1000 * pace(active, facts)
    whole_s = facts.snapshot_active_every_s if active else facts.snapshot_every_s
    if beats and now.up_ms - told.whole_ms >= whole_s * 1000:
        return afresh(told, site, facts, now, birth=False)
    told, again = _refilled(told, active, now), told.alarms_again
    told, messages = _judgement(told, site, facts, now, judged)
    news = bool(messages) and messages[0][0] == topics.alarms(facts.site)
    urgent = bool(told.said) and told.said != _said(site, facts, now)
    for device in facts.devices:
        told, more, at_once = _device(told, site, device, facts, now, active=active, beats=beats)
        messages += more
        urgent = urgent or at_once
    if beats and again and not news and told.alarms is not None:
        messages.append(_alarms(told.alarms, facts))
        told = msgspec.structs.replace(told, alarms_again=False)
    if beats or urgent:
        told, beat = _beat(told, site, facts, now)
        messages.append(beat)
    return told, messages


def pace(active: bool, facts: Facts) -> float:
    """Seconds between two heartbeats."""
    return min(facts.heartbeat_s, facts.heartbeat_active_s) if active else facts.heartbeat_s


def _judgement(told: Told, site: Site, facts: Facts, now: Now, judged: bool) -> tuple[Told, list[Message]]:
    """Alarms and state, when they are news. What goes with time alone is looked at as seldom as it is at the site."""
    late = told.judged_ms is None or now.up_ms - told.judged_ms >= facts.picture_every_s * 1000
    if not judged and not late:
        return told, []
    told = msgspec.structs.replace(told, judged_ms=now.up_ms)
    messages: list[Message] = []
    alarms, state = announce.alarms_now(site, facts, now), announce.state_now(site, facts, now)
    if told.alarms is None or msgspec.structs.replace(alarms, head=told.alarms.head) != told.alarms:
        told = msgspec.structs.replace(told, alarms=alarms, alarms_again=True)
        messages.append(_alarms(alarms, facts))
    if told.state is None or is_news(told.state, state):
        told = msgspec.structs.replace(told, state=state)
        messages.append(_state(state, facts))
    return told, messages


def _device(
    told: Told, site: Site, device: DeviceFacts, facts: Facts, now: Now, *, active: bool, beats: bool
) -> tuple[Told, list[Message], bool]:
    """One device: its picture anew, or nothing; and whether the heartbeat that carries what moved must come at once."""
    base, values = _base(told, device), site.values.get(device.name, {})
    turns = _turns(base, active, now)
    found = compared(base.values, values, _carried(device, facts), calm=not active)
    lost, changed, moved = found.lost, found.changed, found.moved
    back = turns >= 1 and bool(found.back)
    words = _words(moved) != _words(base.moved)
    if (changed or words) and not (beats or lost or back):
        if told.tokens < 1:
            return told, [], False
        told = msgspec.structs.replace(told, tokens=told.tokens - 1)
    # moved values that have cost as much as a picture would have cost are told as one
    dear = beats and base.spent + MOVED_BYTES * len(moved) > base.size + MESSAGE_BYTES
    if not (lost or back or changed or dear):
        return told, [], words
    values = values if turns >= 1 else _without(found.back, base.values, values)
    turns = max(-AT_ONCE, turns - 1) if lost or back else turns
    base = msgspec.structs.replace(base, turns=turns, turns_ms=now.up_ms)
    new, message = _picture(base, values, device, facts, now)
    return msgspec.structs.replace(told, devices=told.devices | {device.name: new}), [message], False


def _base(told: Told, device: DeviceFacts) -> Base:
    return told.devices.get(device.name) or Base(told_ms=0, values={}, size=0)


def _turns(base: Base, active: bool, now: Now) -> float:
    """How often the values of the device may come or go by now."""
    gone_s = max(0, now.up_ms - base.turns_ms) / 1000
    return min(AT_ONCE, base.turns + gone_s / (TURN_ACTIVE_S if active else TURN_S))


def _without(back: set[str], before: dict[str, Value], now: dict[str, Value]) -> dict[str, Value]:
    """The values now, but for those that have come back: they stay as they were told."""
    return {
        key: before.get(key, one) if key in back else one for key, one in now.items() if key not in back - before.keys()
    }


def _carried(device: DeviceFacts, facts: Facts) -> frozenset[str]:
    """The signals of which a heartbeat may say that they still hold, or that they have moved."""
    return device.vouched if facts.picture_every_s < SELDOM_S else frozenset()


def _words(moved: Moved) -> Moved:
    """What of it is a word, a flag or a code: news at once."""
    known = catalogue()
    return {key: one for key, one in moved.items() if key not in known or known[key].deadband == 0}


def _picture(base: Base, values: dict[str, Value], device: DeviceFacts, facts: Facts, now: Now) -> tuple[Base, Message]:
    """The picture of a device with these values, and what the centre holds with it. `base`: what it held before."""
    topic, payload = announce.device(values, device.name, facts, now, briefly=True)
    packed = pack(payload)
    turns, turns_ms = base.turns, base.turns_ms
    return Base(told_ms=now.up_ms, values=values, size=len(packed), turns=turns, turns_ms=turns_ms), (topic, packed)


def _beat(told: Told, site: Site, facts: Facts, now: Now) -> tuple[Told, Message]:
    """The heartbeat, with all that it vouches for."""
    active = is_active(site, now)
    devices = dict(told.devices)
    seen: dict[str, Seen] = {}
    for device in facts.devices:
        base, values = _base(told, device), site.values.get(device.name, {})
        found = compared(base.values, values, _carried(device, facts), calm=not active)
        moved, back = found.moved, found.back
        if not values or found.lost or found.changed:
            continue  # what the centre holds does not hold any more, and nobody vouches for it
        if back and all(one.value is None for one in base.values.values()):
            continue  # all of it is missing there, and not here
        devices[device.name] = msgspec.structs.replace(base, moved=moved, spent=base.spent + MOVED_BYTES * len(moved))
        untold = tuple(sorted(back & base.values.keys()))
        read = _read(values, device, facts, now)
        seen[device.name] = Seen(told=base.told_ms, read=read, moved=moved, back=untold)
    state = told.state.head.up_ms if told.state is not None else None
    said = announce.status_now(facts, now, farewell=site.ending.farewell)
    alarms = told.alarms.head.up_ms if told.alarms is not None else None
    said = msgspec.structs.replace(said, heartbeat_s=pace(active, facts), state=state, alarms=alarms, seen=seen)
    told = msgspec.structs.replace(told, devices=devices, beat_ms=now.up_ms, said=_said(site, facts, now))
    return told, (topics.status(facts.site), pack(encode(said)))


def _read(values: dict[str, Value], device: DeviceFacts, facts: Facts, now: Now) -> int:
    """Every value was acquired no earlier than its own period before this uptime."""
    carried = _carried(device, facts)
    ends = [
        value.up_ms + int(announce.period_s(device, key, facts) * 1000)
        for key, value in values.items()
        if key in carried
    ]
    return min(now.up_ms, *ends) if ends else now.up_ms


def _refilled(told: Told, active: bool, now: Now) -> Told:
    """So much more may come at once as time has passed."""
    gone_s = max(0, now.up_ms - told.tokens_ms) / 1000
    tokens = min(AT_ONCE, told.tokens + gone_s / (AGAIN_ACTIVE_S if active else AGAIN_S))
    return msgspec.structs.replace(told, tokens=tokens, tokens_ms=now.up_ms)


def _said(site: Site, facts: Facts, now: Now) -> tuple[object, ...]:
    """What of the heartbeat itself is news at once: its own pace, and a silence that is foretold."""
    end = site.ending.farewell
    return pace(is_active(site, now), facts), end and (end.why, (end.until_up_ms or 0) // END_STEP_MS)


def _alarms(alarms: Alarms, facts: Facts) -> Message:
    return topics.alarms(facts.site), pack(encode(alarms))


def _state(state: SiteState, facts: Facts) -> Message:
    return topics.state(facts.site), pack(encode(state))


def _packed(message: Message) -> Message:
    return message[0], pack(message[1])
