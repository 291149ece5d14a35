"""All alarms in one step: what the rules say (`alarm_rules.py`) moves each along its life (`alarm_life.py`).

Facts: reserve power, sections 14 and 15.
"""

from collections.abc import Sequence

import msgspec

from contract.alarms import catalogue
from contract.messages import Alarm, Shelf
from contract.words import AlarmState, Event, Origin, Stream
from gateway.core.alarms import alarm_pending, alarm_wake
from gateway.core.alarms.alarm_facts import service_visit
from gateway.core.alarms.alarm_life import kept, listed, moved
from gateway.core.alarms.alarm_rules import Id, Stand, stands
from gateway.core.alarms.alarm_view import View, followed
from gateway.core.alarms.alarm_wake import Wake
from gateway.core.alarms.watching import Raised, Watching
from gateway.core.facts import Facts
from gateway.core.remembered import MAX_WOKEN, Out, Woken
from gateway.core.site import Change, Now, Site, remember

FALLS_AFTER_S = 600.0
"""So long an alarm must be less grave before it counts as that: a set that comes and goes does not make it flicker."""
Step = tuple[str, Event | None]
"""What happens to an alarm, and what is told of it."""


def watch(site: Site, facts: Facts, now: Now, _told: Sequence[Change] = ()) -> tuple[Site, list[Change]]:
    """One step of all alarms."""
    watching = followed(site.watching, site.evidence.engine, now)
    view = View(site, facts, now, watching)
    if not watching.recalled:
        pending = alarm_pending.recalled(view) | watching.pending
        view.watching = msgspec.structs.replace(watching, recalled=True, pending=pending)
    round_ = Round(view)
    round_.go()
    if site.memory.visit is not None and not service_visit(view):
        site = remember(site, visit=None)
    if round_.alarms != round_.before:
        site = kept(site, round_.alarms)
    if round_.woken is not site.memory.woken:
        site = remember(site, woken=round_.woken)
    waiting = alarm_pending.kept(round_.watching.pending, view)
    if waiting != site.memory.pending:
        site = remember(site, pending=waiting)
    return msgspec.structs.replace(site, watching=round_.watching), round_.changes


class Round:
    """One step's work: the alarms as they become, and what is told."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.before = listed(view.site)
        self.alarms = dict(self.before)
        self.changes: list[Change] = []
        self.watching: Watching = view.watching
        self.woken: tuple[Woken, ...] = view.site.memory.woken
        self._raised = alarm_wake.lately(view.watching.raised, view)
        self._falling: dict[Id, int] = {}
        self._out = {(one.key, one.device): one for one in view.site.memory.out_of_service}

    def go(self) -> None:
        """Ask all rules, move all alarms, and see whether they are a flood."""
        found, pending = stands(self.view, self.before)
        ids = [*self.before, *(one for one in found if one not in self.before)]
        ids += [one for one in self._out if one not in self.before and one not in found]
        # what began first is told first
        for one in sorted(ids, key=lambda one: found[one].since_ms if one in found and one not in self.before else 0):
            alarm = self.alarms.get(one) or self._new(one, found.get(one, Stand()))
            self._live(alarm, found.get(one) or self._unasked(alarm))
        flood = self._flooded()
        self.watching = msgspec.structs.replace(
            self.watching, pending=pending, falling=self._falling, raised=self._raised, flood=flood
        )

    # --- one alarm ---

    def _live(self, alarm: Alarm, stand: Stand | None) -> None:
        """Move it as far as it goes; what suppresses it may follow what frees it."""
        rose = False
        if stand is not None:
            alarm, rose = self._described(alarm, stand)
        for _ in range(3):
            step = self._step(alarm, stand, rose)
            if step is None:
                break
            alarm = self._taken(alarm, stand, *step)
            rose = False
        if alarm.state is AlarmState.UNACKED and alarm.holds and not alarm.woke and stand is not None:
            alarm = self._remind(alarm, stand)
        self.alarms[alarm.key, alarm.device] = alarm

    def _step(self, alarm: Alarm, stand: Stand | None, rose: bool) -> Step | None:
        """What happens to it now: what people decided first, then the rules."""
        state, out = alarm.state, (alarm.key, alarm.device) in self._out
        free = "free_holds" if alarm.holds else "free_gone"
        if out or state is AlarmState.OUT_OF_SERVICE:
            if out:
                return None if state is AlarmState.OUT_OF_SERVICE else ("take_out", Event.ALARM_OUT_OF_SERVICE)
            return free, Event.ALARM_IN_SERVICE
        if state is AlarmState.SHELVED:
            return (
                (free, Event.ALARM_UNSHELVED) if self._over(alarm) else ("rise", Event.ALARM_RAISED) if rose else None
            )
        if not alarm.holds:
            active = state in (AlarmState.UNACKED, AlarmState.ACKED, AlarmState.SUPPRESSED)
            return ("return", Event.ALARM_CLEARED) if active else None
        suppressed = stand is not None and len(stand.suppressed_by) == len(stand.causes)
        if state is AlarmState.SUPPRESSED:
            return None if suppressed or stand is None else (free, Event.ALARM_RAISED)
        if suppressed:
            return "suppress", Event.ALARM_RAISED if state is AlarmState.NORMAL else None
        if state in (AlarmState.NORMAL, AlarmState.RETURNED_UNACKED):
            return "occur", Event.ALARM_RAISED
        return ("rise", Event.ALARM_RAISED) if rose else None

    def _taken(self, alarm: Alarm, stand: Stand | None, step: str, kind: Event | None) -> Alarm:
        """One step on, told of where there is something to tell."""
        alarm = moved(alarm, step)
        if step == "take_out":
            alarm = msgspec.structs.replace(alarm, shelved=_shelf(self._out[alarm.key, alarm.device]))
        elif step == "suppress" and stand is not None:
            alarm = msgspec.structs.replace(alarm, suppressed_by=stand.suppressed_by[0])
        elif step == "occur" and stand is not None:
            alarm = self._occurred(alarm, stand)
        if kind in (Event.ALARM_UNSHELVED, Event.ALARM_IN_SERVICE):
            alarm = msgspec.structs.replace(alarm, woke=True)  # who laid it aside knows of it
        if step in ("return", "free_gone"):
            alarm = msgspec.structs.replace(alarm, cleared=self.view.now.moment())
        if kind is not None:
            notify = False
            if kind is Event.ALARM_RAISED and alarm.state is AlarmState.UNACKED and stand is not None:
                alarm, notify = self._woken(alarm, stand)
            self._tell(kind, alarm, notify)
        return alarm

    def _described(self, alarm: Alarm, stand: Stand) -> tuple[Alarm, bool]:
        """The alarm as the rules see it now, and whether it has become graver. A detail of words follows."""
        parts: dict[str, object] = {}
        holds = bool(stand.causes)
        if holds is not alarm.holds:
            parts["holds"] = holds
        if stand.causes != alarm.causes:
            parts["causes"] = stand.causes
        if holds and stand.lasting and stand.detail != alarm.detail:
            parts["detail"] = stand.detail
        if holds and alarm.state is AlarmState.SUPPRESSED and alarm.suppressed_by not in stand.suppressed_by:
            parts["suppressed_by"] = stand.suppressed_by[0] if stand.suppressed_by else alarm.suppressed_by
        rose = holds and stand.priority < alarm.priority
        if rose or (holds and stand.priority > alarm.priority and self._fell(alarm)):
            parts |= {"priority": stand.priority, "woke": alarm.woke and not rose}
            parts["detail"] = stand.detail
        return (msgspec.structs.replace(alarm, **parts) if parts else alarm), rose

    def _fell(self, alarm: Alarm) -> bool:
        """Has it been less grave for long enough to count?"""
        one = alarm.key, alarm.device
        since_ms = self.watching.falling.get(one, self.view.now.up_ms)
        if self.view.now.up_ms - since_ms >= FALLS_AFTER_S * 1000:
            return True
        self._falling[one] = since_ms
        return False

    def _occurred(self, alarm: Alarm, stand: Stand) -> Alarm:
        """It has come, for the first time or again: counted for bursts, floods and chattering."""
        key, device = alarm.key, alarm.device
        self._raised = (*self._raised, Raised(key, device, self.view.now.up_ms))
        group = alarm_wake.group(device, self.view.facts)
        waiting = [
            pending.since_ms
            for (_, other), pending in self.watching.pending.items()
            if pending.begins and not pending.paused and alarm_wake.group(other, self.view.facts) == group
        ]
        burst, first = alarm_wake.burst(self.watching.bursts.get(group), stand.since_ms, waiting, self.view)
        self.watching = msgspec.structs.replace(self.watching, bursts=self.watching.bursts | {group: burst})
        return msgspec.structs.replace(
            alarm,
            cleared=None,
            again=self.view.now.moment() if alarm.cleared is not None else alarm.again,
            detail=stand.detail,
            priority=stand.priority,
            first_out=first,
            chattering=alarm_wake.chatters(self._raised, key, device, self.view),
        )

    def _new(self, one: Id, stand: Stand) -> Alarm:
        """An alarm that is not in the list yet. Its identity is the record that tells of it."""
        key, device = one
        kind = catalogue().get(key)
        return Alarm(
            key=key,
            device=device,
            raised_run=self.view.now.run,
            raised_seq=self.view.site.seqs.get(Stream.EVENT, 0) + len(self.changes) + 1,
            state=AlarmState.NORMAL,
            priority=stand.priority if stand.causes or kind is None else kind.priority,
            raised=self.view.now.moment(),
            origin=Origin.SIMULATED if self.view.facts.simulated else Origin.MEASURED,
            detail=stand.detail,
            holds=bool(stand.causes),
            causes=stand.causes,
        )

    def _unasked(self, alarm: Alarm) -> Stand | None:
        """No rule was asked: the controller has not spoken yet (None: as before), or there is nobody left to ask."""
        kind = catalogue().get(alarm.key)
        fitted = any(device.name == alarm.device for device in self.view.facts.devices)
        return None if kind is not None and kind.by == "controller" and fitted else Stand()

    def _over(self, alarm: Alarm) -> bool:
        """Has it lain aside for as long as it was to? When nobody can tell, it comes back."""
        age_s = None if alarm.shelved is None else self.view.age_s(alarm.shelved.at)
        return alarm.shelved is None or age_s is None or age_s >= alarm.shelved.for_s

    # --- telling ---

    def _woken(self, alarm: Alarm, stand: Stand) -> tuple[Alarm, bool]:
        """Decide whether to wake somebody, and remember it."""
        wake = alarm_wake.decide(alarm, stand.always_wakes, self.view, self.watching.flood, self.woken)
        if wake is Wake.NOW:
            one = Woken(
                key=alarm.key,
                priority=alarm.priority,
                at=self.view.now.moment(),
                outage=alarm_wake.outage_now(self.view),
            )
            self.woken = (*self.woken, one)[-MAX_WOKEN:]
        return msgspec.structs.replace(alarm, woke=wake is not Wake.LATER), wake is Wake.NOW

    def _remind(self, alarm: Alarm, stand: Stand) -> Alarm:
        """It had to wait its turn, and nobody has seen it yet."""
        alarm, notify = self._woken(alarm, stand)
        if notify:
            self._tell(Event.ALARM_RAISED, alarm, True)
        return alarm

    def _tell(self, kind: Event, alarm: Alarm, notify: bool) -> None:
        self.changes.append(Change(kind, {"alarm": msgspec.to_builtins(alarm), "notify": notify}))

    def _flooded(self) -> bool:
        flood = alarm_wake.floods(self._raised, self.watching.flood)
        if flood is not self.watching.flood:
            kind = Event.FLOOD_BEGAN if flood else Event.FLOOD_ENDED
            self.changes.append(Change(kind, {"detail": f"{len(self._raised)} alarms in ten minutes", "who": ""}))
        return flood


def _shelf(out: Out) -> Shelf:
    return Shelf(who=out.who, at=out.at, for_s=0, comment=out.comment)
