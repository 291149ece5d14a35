"""Alarms: conditions that hold long enough, and the ISA-18.2 life of each. Facts: reserve power, sections 14 and 15."""

from collections.abc import Iterator

import msgspec

from contract.alarms import catalogue
from contract.messages import Ack, Alarm
from contract.signals import ALARM_PREFIX
from contract.words import AlarmState, Connection, Event, Origin, Power, Stream
from gateway.core.site import Change, Facts, Now, Rule, Site, Watch, number_of, word_of

ACTIVE_WORDS = ("warning", "shutdown", "trip", "controlled_shutdown")
AUTO_WORDS = ("auto", "auto_manual_restore")
CRANKING = ("pre_start", "warming_up")
SITE = "site"
"""Stands as device of an alarm that belongs to the whole site."""
V24_ABOVE = 16.0
"""No 12 V set charges its battery higher; a 24 V battery that has sunk to this must not pass for a healthy 12 V one."""

Condition = tuple[str, str, bool | None, str]
"""key, device, holds (None: no verdict), detail"""

NEXT: dict[AlarmState, dict[str, AlarmState]] = {
    AlarmState.UNACKED: {"ack": AlarmState.ACKED, "return": AlarmState.RETURNED_UNACKED},
    AlarmState.ACKED: {"return": AlarmState.NORMAL, "ack": AlarmState.ACKED},
    AlarmState.RETURNED_UNACKED: {"ack": AlarmState.NORMAL, "occur": AlarmState.UNACKED},
}
"""ISA-18.2 as far as it is used now. An alarm that is normal is no longer in the list."""


def conditions(site: Site, facts: Facts) -> Iterator[Condition]:
    """Every condition that has a rule, with what the site says of it now."""
    for device in facts.devices:
        if device.name in site.polls_failed:
            yield "device-silent", device.name, site.polls_failed[device.name] > 0, ""
        # a sensor is whole again when it gives a value; that it is missing for another reason proves nothing
        faulty = sorted(key for key in device.signals if f"{device.name}/{key}" in site.memory.faulty)
        yield "sensor-fault", device.name, bool(faulty), ", ".join(faulty)[:2000]
        yield from _by_controller(site, device.name)
    yield "no-power-at-site", SITE, _dead(site), ""
    if facts.controller is not None:
        yield "not-in-auto", facts.controller, _not_in_auto(site, facts), ""
        yield "battery-low", facts.controller, _battery_low(site, facts), ""
        yield "gen-shutdown", facts.controller, _flag(site, facts.controller, "controller.shutdown_alarm"), ""
    yield "store-trouble", SITE, site.store_trouble, ""
    yield "fuel-low", SITE, _fuel_low(site, facts), ""


def watch(site: Site, facts: Facts, now: Now) -> tuple[Site, list[Change]]:
    """One step of all alarms: raise what has held long enough, return what has been gone long enough."""
    watches = dict(site.watches)
    changes: list[Change] = []
    alarms = {(alarm.key, alarm.device): alarm for alarm in site.memory.alarms}
    for key, device, holds, detail in conditions(site, facts):
        if holds is None:
            continue
        before = watches.get((key, device))
        seen = before if before is not None and before.holds is holds else Watch(now.up_ms, holds)
        watches[key, device] = seen
        alarm = alarms.get((key, device))
        held_s = (now.up_ms - seen.since_ms) / 1000
        if holds and (alarm is None or alarm.state is AlarmState.RETURNED_UNACKED):
            if held_s >= _on_delay_s(key, facts):
                alarms[key, device], change = _raise(key, device, detail, alarm, site, len(changes), facts, now)
                changes.append(change)
        elif not holds and alarm is not None and alarm.cleared is None and held_s >= _rule(key, facts).off_delay_s:
            changes.append(_return(alarms, alarm, now))
    return _with(msgspec.structs.replace(site, watches=watches), alarms, bool(changes)), changes


def acknowledge(site: Site, alarm: Alarm, ack: Ack) -> tuple[Site, Change]:
    """Append who has seen it. Nothing is overwritten; the same ack twice is one."""
    alarms = {(one.key, one.device): one for one in site.memory.alarms}
    state = NEXT[alarm.state]["ack"]
    acked = msgspec.structs.replace(alarm, state=state, acks=(*alarm.acks, ack))
    _put(alarms, acked)
    return _with(site, alarms, True), Change(Event.ALARM_ACKED, {"alarm": msgspec.to_builtins(acked)})


def _raise(
    key: str, device: str, detail: str, old: Alarm | None, site: Site, ahead: int, facts: Facts, now: Now
) -> tuple[Alarm, Change]:
    """A new alarm, or one that has come again before anybody saw it. Its identity is the record that tells of it."""
    kind = catalogue()[key]
    alarm = Alarm(
        key=key,
        device=device,
        raised_run=old.raised_run if old else now.run,
        raised_seq=old.raised_seq if old else site.seqs.get(Stream.EVENT, 0) + ahead + 1,
        state=AlarmState.UNACKED,
        priority=kind.priority,
        raised=old.raised if old else now.moment(),
        origin=Origin.SIMULATED if facts.simulated else Origin.MEASURED,
        acks=old.acks if old else (),
        detail=detail,
    )
    return alarm, Change(Event.ALARM_RAISED, {"alarm": msgspec.to_builtins(alarm)})


def _return(alarms: dict[tuple[str, str], Alarm], alarm: Alarm, now: Now) -> Change:
    gone = msgspec.structs.replace(alarm, state=NEXT[alarm.state]["return"], cleared=now.moment())
    _put(alarms, gone)
    return Change(Event.ALARM_CLEARED, {"alarm": msgspec.to_builtins(gone)})


def _put(alarms: dict[tuple[str, str], Alarm], alarm: Alarm) -> None:
    if alarm.state is AlarmState.NORMAL:
        alarms.pop((alarm.key, alarm.device), None)
    else:
        alarms[alarm.key, alarm.device] = alarm


def _with(site: Site, alarms: dict[tuple[str, str], Alarm], changed: bool) -> Site:
    if not changed:
        return site
    memory = msgspec.structs.replace(
        site.memory, alarms=tuple(alarms.values()), alarm_revision=site.memory.alarm_revision + 1
    )
    return msgspec.structs.replace(site, memory=memory)


def _rule(key: str, facts: Facts) -> Rule:
    return facts.rules.get(key) or facts.rules["controller"]


def _on_delay_s(key: str, facts: Facts) -> float:
    if key == "no-power-at-site" and facts.connection is Connection.MANUAL:
        return facts.activate_within_s
    return _rule(key, facts).on_delay_s


def _by_controller(site: Site, device: str) -> Iterator[Condition]:
    """Conditions that the controller names itself. A missing word is no verdict: a lost device clears no alarm."""
    for key, value in site.values.get(device, {}).items():
        if key.startswith(ALARM_PREFIX):
            word = value.value
            holds = None if not isinstance(word, str) else word in ACTIVE_WORDS
            yield key.removeprefix(ALARM_PREFIX), device, holds, word if isinstance(word, str) else ""


def _dead(site: Site) -> bool | None:
    power = site.memory.judged.power
    return None if power is Power.UNKNOWN else power is Power.DEAD


def _not_in_auto(site: Site, facts: Facts) -> bool | None:
    """A site connected by hand is never told that it is not in automatic."""
    word = word_of(site, facts.controller, "controller.mode")
    if facts.connection is Connection.MANUAL:
        return False
    return None if word is None else word not in AUTO_WORDS


def _battery_low(site: Site, facts: Facts) -> bool | None:
    """Rest voltage against the limit, doubled for 24 V; a cranking engine pulls it down and says nothing."""
    volts = number_of(site, facts.controller, "engine.battery_voltage")
    rule = facts.rules["battery-low"]
    if volts is None or rule.limit is None or rule.clear is None:
        return None
    if word_of(site, facts.controller, "engine.state") in CRANKING:
        return None
    factor = 2 if volts > V24_ABOVE else 1
    if volts < rule.limit * factor:
        return True
    return False if volts >= rule.clear * factor else None


def _fuel_low(site: Site, facts: Facts) -> bool | None:
    rule = facts.rules["fuel-low"]
    if site.endurance is None or rule.limit is None or rule.clear is None:
        return None
    if site.endurance.low_h < rule.limit:
        return True
    return False if site.endurance.low_h >= rule.clear else None


def _flag(site: Site, device: str, key: str) -> bool | None:
    number = number_of(site, device, key)
    return None if number is None else number != 0
