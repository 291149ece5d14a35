"""A hand-made site for the rules of alarms: every fact is typed in, no other thought of the gateway runs."""

from typing import Any

import msgspec

from contract.judgement import CallNow, Endurance, RunDone
from contract.messages import Ack, Alarm, Value
from contract.orders import Delivery
from contract.words import ClockQuality, Connection, Event, Origin, Power, Quality
from gateway.core.alarms import alarms
from gateway.core.alarms.alarm_life import acknowledged, kept, listed
from gateway.core.facts import Facts, Rule, RunFacts, SetFacts, TankFacts
from gateway.core.fuel.fuel_memory import FuelLoss, FuelMemory
from gateway.core.power.evidence import Evidence
from gateway.core.remembered import Filled, Judged, Memory, Woken
from gateway.core.site import Change, Now, Site, Stranger
from gateway.core.visits import Glass, Visit

from .conftest import GENSET, at, device, facts, good

NODE, BOX = device("node", "node"), device("box", "box")
DAY_MS = 86_400_000
IN_SET = ("rating", "heater", "battery_v", "start_within_s", "return_within_s")
EVIDENCE = ("mains", "engine", "on_set", "set_live", "load_live", "live_ms", "battery")
FUEL = {
    "fuel_leak": "leak",
    "sender_stuck": "stuck",
    "sender_jumped": "suspect",
}
CALM = Site(
    memory=Memory(judged=Judged(power=Power.ON_MAINS, mains=True, engine="stopped", boot="boot-1")),
    values={
        "genset": {
            "controller.mode": good("auto"),
            "controller.shutdown_alarm": good(0),
            "engine.battery_voltage": good(13.6),
        }
    },
    polls_failed={"genset": 0, "node": 0, "box": 0},
    evidence=Evidence(mains=True, engine="stopped", on_set=False, set_live=False, load_live=True, battery=False),
)
"""Mains, a set that stands in automatic, a charged battery."""


def facts_of(changes: dict[str, Any], rules: dict[str, Rule]) -> Facts:
    """The site as configured; names of settings wherever they stand."""
    parts: dict[str, Any] = {"rules": rules}
    inner = {key: changes[key] for key in IN_SET if key in changes}
    parts["set"] = SetFacts(rated_kw=56.0, design_load_kw=15.0, **inner)
    parts["tank"] = TankFacts(litres=1000.0, delivery_h=changes.get("delivery_h", 0.0))
    parts["run"] = RunFacts(every_days=changes.get("every_days", 31.0))
    if "connection" in changes:
        parts["connection"] = Connection(changes["connection"])
    if "activate_within_s" in changes:
        parts["activate_within_s"] = changes["activate_within_s"]
    return facts(GENSET, NODE, BOX, **parts)


class AlarmSite:
    """Led through seconds by changes of facts; what the alarms tell is kept."""

    def __init__(self, of: Facts, site: Site = CALM) -> None:
        self.facts = of
        self.site = site
        self.clock = ClockQuality.SYNCED
        self.told: list[Change] = []
        self.numbered = 0
        self.last_s = 0.0

    def now(self, second: float) -> Now:
        """The moment."""
        return at(second, clock=self.clock)

    def step(self, second: float, changes: dict[str, Any] | None = None) -> list[Change]:
        """One step of the alarms; what they tell."""
        self.last_s = second
        for key, value in (changes or {}).items():
            self.site = self._changed(key, value, self.now(second))
        self.site, told = alarms.watch(self.site, self.facts, self.now(second))
        # the pipeline numbers what is told
        self.numbered += len(told)
        self.site = msgspec.structs.replace(self.site, seqs={"event": self.numbered})  # type: ignore[dict-item]
        self.told += told
        return told

    def alarm(self, key: str) -> Alarm | None:
        """The alarm of that key, of whatever device."""
        return next((one for one in self.site.memory.alarms if one.key == key), None)

    def looks(self, key: str, told: list[Change]) -> str:
        """State, priority or reason, and `!` when somebody was woken in this step."""
        alarm = self.alarm(key)
        if alarm is None:
            return "normal"
        more = (
            f" {alarm.suppressed_by}"
            if alarm.suppressed_by
            else f" {alarm.priority}"
            if alarm.state.value != "returned_unacked"
            else ""
        )
        return f"{alarm.state.value}{more}{' !' if key in woken(told) else ''}"

    def _changed(self, key: str, value: Any, now: Now) -> Site:
        site, memory = self.site, self.site.memory
        if "." in key:
            name, _, signal = key.rpartition("/")
            name = name or "genset"
            return _with(site, values=site.values | {name: site.values.get(name, {}) | {signal: good(value)}})
        if key in EVIDENCE:
            site = _with(site, evidence=_with(site.evidence, **{key: value}))
            if key in ("mains", "engine"):
                more = {"mains_ms": now.up_ms} if key == "mains" and memory.judged.mains is not value else {}
                memory = _with(memory, judged=_with(memory.judged, **{key: value}, **more))
            return _with(site, memory=memory)
        if key in ("power", "outage", "flapping"):
            value = Power(value) if key == "power" else value
            return _with(site, memory=_with(memory, judged=_with(memory.judged, **{key: value})))
        if key in FUEL:
            return _with(site, fuel=_with(site.fuel, **{FUEL[key]: value}))
        return OTHER[key](self, value, now)

    # --- what has a shape of its own ---

    def _remember(self, **parts: Any) -> Site:
        return _with(self.site, memory=_with(self.site.memory, **parts))

    def _clock(self, value: str, _now: Now) -> Site:
        self.clock = ClockQuality(value)
        return self.site

    def _delivered(self, value: dict[str, Any], now: Now) -> Site:
        wall_ms = at(now.up_ms / 1000).wall_ms or 0
        told = {"litres": 1000.0, "product": "diesel"} | {key: one for key, one in value.items() if key != "days"}
        delivery = Delivery(delivered_ms=round(wall_ms - value["days"] * DAY_MS), **told)
        return self._remember(deliveries=(Filled(delivery=delivery, who="Kim", at=now.moment()),))

    def _run(self, now: Now, **parts: Any) -> Site:
        run = RunDone(id="run", kind="test", started=now.moment(), ended=parts.pop("ended", now.moment()), **parts)
        return self._remember(runs=(run,))

    def _tested(self, days: float, now: Now) -> Site:
        wall_ms = round((now.wall_ms or 0) - days * DAY_MS)
        ended = _with(now.moment(), boot="boot-0", wall_ms=wall_ms)
        return self._run(now, ended=ended, approved=True)

    def _ack(self, _value: bool, _now: Now) -> Site:
        everything = {one: acknowledged(alarm, ACK) for one, alarm in listed(self.site).items()}
        return kept(self.site, everything)


ACK = Ack(id="ack-1", who="Kim", role="owner", wall_ms=1)
OTHER: dict[str, Any] = {
    "clock": AlarmSite._clock,
    "delivered": AlarmSite._delivered,
    "tested_days": AlarmSite._tested,
    "ack": AlarmSite._ack,
    "crank_v": lambda one, value, now: one._run(now, battery_min_v=value),
    "fuel_loss": lambda one, value, now: one._remember(fuel=FuelMemory(lost=_lost(value, now) if value else None)),
    "fuel_h": lambda one, value, now: _with(one.site, endurance=_lasts(value, now)),
    "battery_min": lambda one, value, now: _with(one.site, battery=_battery(value, now)),
    "low_load_h": lambda one, value, _now: one._remember(low_load_h=value),
    "hours": lambda one, value, _now: one._remember(hours={"2025": value}),
    "visit_s": lambda one, value, now: one._remember(visit=Visit(who="Kim", at=now.moment(), for_s=value)),
    "unanswered": lambda one, value, _now: one._remember(call=CallNow(unanswered=value)),
    "broken": lambda one, value, _now: one._remember(faulty=(value,) if value else ()),
    "woken": lambda one, value, now: one._remember(woken=(Woken(key=value, priority=1, at=now.moment()),)),
    "glass": lambda one, value, now: one._remember(glass=Glass(who="Anna", at=now.moment()) if value else None),
    "contested": lambda one, value, _now: _with(one.site, contested=value),
    "store_trouble": lambda one, value, _now: _with(one.site, store_trouble=value),
    "stranger": lambda one, value, now: _with(
        one.site, strangers={value: Stranger(board="esp32", count=1, heard_ms=now.up_ms)}
    ),
    "twice": lambda one, value, _now: _with(one.site, values=one.site.values | {"node": _node_of_two(twice=value)}),
    "silent": lambda one, value, _now: _with(one.site, polls_failed=CALM.polls_failed | ({value: 3} if value else {})),
}
"""How a change that is no plain field is written into the site."""


def woken(told: list[Change]) -> list[str]:
    """Keys of the alarms that somebody was to be woken for."""
    return [change.body["alarm"]["key"] for change in told if change.body.get("notify")]


def kinds(told: list[Change]) -> list[str]:
    """What was told, in order."""
    return [f"{change.kind.value} {change.body['alarm']['key']}" for change in told if "alarm" in change.body]


def floods(told: list[Change]) -> list[Event]:
    """Where floods began and ended."""
    return [change.kind for change in told if change.kind in (Event.FLOOD_BEGAN, Event.FLOOD_ENDED)]


def _lost(percent_per_h: float, now: Now) -> FuelLoss:
    return FuelLoss(before_l=800.0, after_l=500.0, percent_per_h=percent_per_h, at=now.moment())


def _node_of_two(*, twice: bool) -> dict[str, Value]:
    quality = Quality.WRONG_DEVICE if twice else Quality.SENSOR_FAULT
    return {"room.temperature": Value(value=None, origin=Origin.MEASURED, up_ms=0, quality=quality)}


def _lasts(hours: float, now: Now) -> Endurance:
    return Endurance(low_h=hours, high_h=None, basis="model", at=now.moment())


def _battery(minutes: float, now: Now) -> Endurance:
    """An estimate; half of it is what people are told."""
    return Endurance(low_h=minutes / 120, high_h=minutes / 60, basis="ups", at=now.moment())


def _with(struct: Any, **parts: Any) -> Any:
    return msgspec.structs.replace(struct, **parts)
