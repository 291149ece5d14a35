"""A rule asked in one step: does its condition hold, for how long already, how grave is it, what suppresses it?

All of it is data (`rules.toml`). Limits with a band between them, delays both ways; what is not known is no verdict.
"""

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from contract.alarms import catalogue
from contract.messages import Alarm
from contract.signals import ALARM_PREFIX
from contract.words import AlarmState, Connection
from gateway.core.alarms.alarm_facts import ACTIVE_WORDS, fact, is_true
from gateway.core.alarms.alarm_view import Value, View
from gateway.core.alarms.watching import Pending
from gateway.core.facts import Rule, Setting

SITE = "site"
"""Stands as device of an alarm that belongs to the whole site."""
ANY_REPORTED = "controller"
"""The rule of every condition that a controller names and that has no rule of its own."""
CHATTERING_OFF_S = 600.0
"""So long an alarm that chatters must be gone before it is cleared."""

Id = tuple[str, str]
"""(key, device) of an alarm"""


class Asked(msgspec.Struct, frozen=True):
    """One rule for one device. `word` is what the controller says, where it names the condition itself."""

    cause: str
    rule: Rule
    key: str
    device: str
    word: str | None = None


class Stand(msgspec.Struct, kw_only=True):
    """What all rules of one alarm say of it now. No causes: it does not hold."""

    causes: tuple[str, ...] = ()
    priority: int = 3
    suppressed_by: tuple[str, ...] = ()
    """One for each cause that is suppressed."""
    since_ms: int = 0
    """When the condition of the first of its new causes began."""
    detail: str = ""
    lasting: bool = False
    """The detail is worth telling anew when it changes."""
    always_wakes: bool = False


def stands(view: View, alarms: dict[Id, Alarm]) -> tuple[dict[Id, Stand], dict[tuple[str, str], Pending]]:
    """What the rules say of every alarm that holds or stands in the list, and what is about to change."""
    found: dict[Id, Stand] = {}
    pending: dict[tuple[str, str], Pending] = {}
    for one in asked(view, alarms):
        alarm = alarms.get((one.key, one.device))
        active = alarm is not None and alarm.holds and (one.cause in alarm.causes or not alarm.causes)
        says = holds(one, view, active)
        if says is False and active and one.rule.latch and not _seen(alarm):
            says = None
        was = view.watching.pending.get((one.cause, one.device))
        since_ms = view.now.up_ms
        if says is None:
            if was is not None:
                pending[one.cause, one.device] = _paused(was, view)
        elif says is not active:
            since_ms = was.since_ms if was is not None else view.now.up_ms
            delay_s = on_delay_s(one.rule, view) if says else _off_delay_s(one.rule, alarm)
            if view.now.up_ms - since_ms >= delay_s * 1000:
                active = says
            else:
                pending[one.cause, one.device] = Pending(since_ms, view.now.up_ms, begins=says)
        if active or alarm is not None:
            stand = found.setdefault((one.key, one.device), Stand())
            if active:
                _add(stand, one, view, alarm, since_ms, ends=says is False)
    return found, pending


def asked(view: View, alarms: dict[Id, Alarm]) -> Iterator[Asked]:
    """Every rule with every device that it is asked of. A calm word that never was an alarm is passed over."""
    devices = {
        "site": [SITE],
        "controller": [view.facts.controller] if view.facts.controller is not None else [],
        "wired": [one.name for one in view.facts.devices if one.kind not in ("node", "box")],
        "node": [one.name for one in view.facts.devices if one.kind == "node"],
        "box": [one.name for one in view.facts.devices if one.kind == "box"],
        "every": [one.name for one in view.facts.devices],
        "reported": [],
    }
    rules = view.facts.rules
    for name, rule in rules.items():
        for device in devices[rule.of] if not rule.device else [rule.device]:
            yield Asked(name, rule, rule.alarm or name, device)
    for device in devices["every"]:
        values = view.site.values.get(device, {})
        for signal in _named(tuple(values)):
            key, word = signal.removeprefix(ALARM_PREFIX), values[signal].value
            waits = (key, device) in alarms or (key, device) in view.watching.pending
            if word not in ACTIVE_WORDS and not waits:
                continue
            own = rules.get(key)
            fitting = own if own is not None and own.of == "reported" else rules.get(ANY_REPORTED)
            if fitting is not None:
                yield Asked(key, fitting, key, device, word if isinstance(word, str) else None)


@lru_cache(maxsize=512)
def _named(signals: tuple[str, ...]) -> tuple[str, ...]:
    """Those by which a controller names an alarm. The signals of a device are always the same."""
    return tuple(signal for signal in signals if signal.startswith(ALARM_PREFIX))


def holds(one: Asked, view: View, active: bool) -> bool | None:
    """Does the condition hold? `active`: it did, so that the way back is the longer one. None: no verdict."""
    rule = one.rule
    gates = [is_true(view, name, one.device, one.word) for name in rule.when]
    if False in gates:
        return False
    if None in gates or any(is_true(view, name, one.device, one.word) for name in rule.blind):
        return None
    if active and rule.until:
        ended = is_true(view, rule.until, one.device, one.word)
        return None if ended is None else not ended
    return _beyond(rule, fact(view, rule.fact, one.device, one.word), active, view)


def _beyond(rule: Rule, value: Value, active: bool, view: View) -> bool | None:
    if rule.is_ is not None:
        return None if value is None else bool(value) is rule.is_
    if value is None or isinstance(value, str):
        return None
    more = view.facts.tank.delivery_h if rule.plus == "delivery_h" else 0.0
    back = rule.clear if active and rule.clear is not None else None
    if rule.below is not None:
        return value < (rule.below if back is None else back) + more
    return value > (rule.above if back is None else back) + more  # type: ignore[operator]


def on_delay_s(rule: Rule, view: View) -> float:
    """How long the condition must hold; at a site connected by hand perhaps another time."""
    by_hand = view.facts.connection is Connection.MANUAL and rule.on_delay_manual_s is not None
    delay: float | Setting | None = rule.on_delay_manual_s if by_hand else rule.on_delay_s
    if isinstance(delay, str):
        settings = {
            "start_within_s": view.facts.set.start_within_s,
            "return_within_s": view.facts.set.return_within_s,
            "activate_within_s": view.facts.activate_within_s,
        }
        return settings[delay]
    return delay or 0.0


def _off_delay_s(rule: Rule, alarm: Alarm | None) -> float:
    if alarm is not None and alarm.chattering:
        return max(rule.off_delay_s, CHATTERING_OFF_S)
    return rule.off_delay_s


def _seen(alarm: Alarm | None) -> bool:
    """Has somebody acknowledged it? Only then one that latches ends."""
    return alarm is not None and alarm.state is AlarmState.ACKED


def _paused(was: Pending, view: View) -> Pending:
    """While nothing is known the time does not count."""
    since_ms = was.since_ms + view.now.up_ms - was.seen_ms
    return msgspec.structs.replace(was, since_ms=since_ms, seen_ms=view.now.up_ms, paused=True)


def _add(stand: Stand, one: Asked, view: View, alarm: Alarm | None, since_ms: int, *, ends: bool) -> None:
    """One more rule holds the alarm up. `ends`: it only waits for its off-delay, and tells nothing new."""
    rule = one.rule
    priority = alarm.priority if ends and alarm is not None else _priority(one, view, alarm)
    stand.priority = min(stand.priority, priority) if stand.causes else priority
    stand.since_ms = min(stand.since_ms, since_ms) if stand.causes else since_ms
    by = _suppressed_by(one, view, alarm)
    if by:
        stand.suppressed_by = (*stand.suppressed_by, by)
    if not stand.causes:
        shown = fact(view, rule.detail or rule.fact, one.device, one.word)
        stand.lasting = isinstance(shown, str) and not ends
        stand.detail = _words(shown, rule.unit)
    stand.always_wakes = stand.always_wakes or rule.always_wakes
    stand.causes = (*stand.causes, one.cause)


def _priority(one: Asked, view: View, alarm: Alarm | None) -> int:
    """How grave it is now: 1 act now, 2 act today, 3 plan. Not knowing whether it is mild makes nothing graver."""
    rule = one.rule
    kind = catalogue().get(one.key)
    priority = rule.priority or (kind.priority if kind is not None else 3)
    told = (grade for name, grade in rule.priority_when.items() if is_true(view, name, one.device, one.word))
    priority = next(told, priority)
    for name, grade in rule.mild_when.items():
        true = is_true(view, name, one.device, one.word)
        if true:
            priority = max(priority, grade)
        elif true is None and alarm is not None:
            priority = max(priority, alarm.priority)
    return priority


def _suppressed_by(one: Asked, view: View, alarm: Alarm | None) -> str:
    """The first reason that suppresses it. What cannot be told now stays as it was."""
    for name in one.rule.suppress:
        true = is_true(view, name, one.device, one.word)
        if true or (true is None and alarm is not None and alarm.suppressed_by == name):
            return name
    return ""


def _words(value: Value, unit: str) -> str:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str):
        return value
    return f"{value:.1f} {unit}".rstrip() if unit else ""
