"""What a site would say, made by hand: every message of now, by a clock that the test moves."""

from typing import Any

import msgspec

from contract.judgement import Endurance, Witness
from contract.messages import (
    Alarm,
    Alarms,
    Birth,
    DeviceBirth,
    DevicePicture,
    Head,
    SignalBirth,
    SiteState,
    SiteStatus,
    Value,
)
from contract.records import Record, RecordBatch
from contract.wire import Moment
from contract.words import AlarmState, ClockQuality, Connection, Origin, Power, Readiness, Status, Stream

WALL_MS = 1_764_000_000_000


class Voice:
    """What a gateway would say. `tick()` moves its clock; every message is of now."""

    def __init__(self, site: str, *, simulated: bool = False, run: str = "run-1", boot: str = "boot-1") -> None:
        self.site = site
        self.simulated = simulated
        self.run = run
        self.boot = boot
        self.up_ms = 600_000
        self.status = Status.ACTUAL
        self.clock = ClockQuality.SYNCED

    def tick(self, ms: int = 1000) -> "Voice":
        """Time passes at the site."""
        self.up_ms += ms
        return self

    @property
    def wall_ms(self) -> int | None:
        """The site's wall clock."""
        return None if self.clock is ClockQuality.UNSYNCED else WALL_MS + self.up_ms

    def head(self) -> Head:
        """Who says it."""
        return Head(
            site=self.site, run=self.run, boot=self.boot, up_ms=self.up_ms, wall_ms=self.wall_ms, clock=self.clock,
            status=self.status, simulated=self.simulated,
        )  # fmt: skip

    def moment(self, ago_ms: int = 0) -> Moment:
        """A time at the site."""
        wall = None if self.wall_ms is None else self.wall_ms - ago_ms
        return Moment(boot=self.boot, up_ms=self.up_ms - ago_ms, wall_ms=wall, clock=self.clock)

    def alive(self, *, online: bool = True, heartbeat_s: float = 300.0) -> SiteStatus:
        """The heartbeat."""
        return SiteStatus(head=self.head(), online=online, heartbeat_s=heartbeat_s, version="0.1.0")

    def birth(self, *, period_s: float = 10.0, heartbeat_s: float = 300.0) -> Birth:
        """Two devices."""
        keys = ["engine.state", "engine.speed", "fuel.level", "generator.power", "engine.oil_level", "engine.run_time"]
        units = {"engine.speed": "rpm", "fuel.level": "%", "generator.power": "W", "engine.oil_level": "%",
                 "engine.run_time": "s"}  # fmt: skip
        signals = tuple(SignalBirth(key=key, unit=units.get(key, ""), period_s=period_s) for key in keys)
        meter = (SignalBirth(key="meter.voltage_l1n", unit="V", period_s=period_s),)
        return Birth(
            head=self.head(), place="Kall", connection=Connection.AUTOMATIC, heartbeat_s=heartbeat_s,
            devices=(
                DeviceBirth(device="genset", profile="dse-73xx-mkii", name="Elverk", signals=signals),
                DeviceBirth(device="meter", profile="eastron-sdm630", name="Elmätare", signals=meter),
            ),
        )  # fmt: skip

    def value(self, value: Any, quality: str = "good", reason: str = "") -> dict[str, Any]:
        """One value of now, as it stands in a message."""
        origin = Origin.SIMULATED if self.simulated else Origin.MEASURED
        return {"value": value, "origin": origin.value, "up_ms": self.up_ms, "quality": quality, "reason": reason}

    def device(self, name: str = "genset", **values: Any) -> DevicePicture:
        """Values by key, with __ for the dot; a tuple is (None, quality)."""
        told = {
            key.replace("__", "."): msgspec.convert(
                self.value(*value) if isinstance(value, tuple) else self.value(value), Value
            )
            for key, value in values.items()
        }
        return DevicePicture(head=self.head(), device=name, values=told)

    def state(self, power: Power = Power.ON_MAINS, **parts: Any) -> SiteState:
        """The judgement."""
        told: dict[str, Any] = {
            "since": self.moment(60_000), "readiness": Readiness.READY, "reasons": (), "contradictions": (),
            "endurance": None, "active": False,
            "witnesses": (Witness(source="genset/mains.voltage", says="mains present", origin=Origin.MEASURED,
                                  up_ms=self.up_ms),),
        }  # fmt: skip
        return SiteState(head=self.head(), power=power, **(told | parts))

    def endurance(self, low_h: float, high_h: float) -> Endurance:
        """Hours left."""
        return Endurance(low_h=low_h, high_h=high_h, basis="model", at=self.moment())

    def alarm(self, key: str = "fuel-low", seq: int = 7, **parts: Any) -> Alarm:
        """One alarm, unacknowledged."""
        told: dict[str, Any] = {
            "state": AlarmState.UNACKED, "priority": 2, "origin": Origin.MEASURED, "device": "genset",
        }  # fmt: skip
        return Alarm(key=key, raised_run=self.run, raised_seq=seq, raised=self.moment(30_000), **(told | parts))

    def alarms(self, *alarms: Alarm, revision: int = 1) -> Alarms:
        """The snapshot."""
        return Alarms(head=self.head(), revision=revision, alarms=alarms)

    def record(self, seq: int, kind: str = "mains_lost", body: dict[str, Any] | None = None) -> Record:
        """One record."""
        told = {"power": "dead", "was": "on_mains", "source": "genset"} if body is None else body
        return Record(
            seq=seq, kind=kind, at=self.moment(), status=self.status, simulated=self.simulated, body=told
        )  # fmt: skip

    def batch(self, *records: Record, stream: Stream = Stream.EVENT, historical: bool = False) -> RecordBatch:
        """Records on their way."""
        return RecordBatch(head=self.head(), run=self.run, stream=stream, historical=historical, records=records)
