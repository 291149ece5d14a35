"""What sites say to a dashboard that is measured: in the sizes that gateways have, by a clock of their own."""

import math
from typing import Any

from contract import topics
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
    encode,
)
from contract.records import Record, RecordBatch
from contract.wire import Moment
from contract.words import AlarmState, ClockQuality, Connection, Origin, Power, Readiness, Status, Stream

WALL_MS = 1_764_000_000_000
HEARTBEAT_S = 300.0
REGION_OF = 25
"""Sites of one region."""
SIGNALS = (
    "engine.state", "engine.speed", "fuel.level", "generator.power", "engine.oil_level", "engine.run_time",
    "meter.voltage_l1n", "battery.voltage",
)  # fmt: skip
Told = tuple[str, bytes]
"""Topic and payload."""


class SiteVoice:
    """The gateway of one site. `tick()` moves its clock; every message is of now."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.site = f"kommun{number // REGION_OF:02}-plats{number:04}"
        self.run, self.boot = f"run-{number}", f"boot-{number}"
        self.up_ms = 600_000
        self.seqs = dict.fromkeys(Stream, 0)

    def tick(self, ms: int = 1000) -> "SiteVoice":
        """Time passes at the site."""
        self.up_ms += ms
        return self

    def head(self) -> Head:
        """Who says it."""
        return Head(site=self.site, run=self.run, boot=self.boot, up_ms=self.up_ms, wall_ms=WALL_MS + self.up_ms,
                    clock=ClockQuality.SYNCED, status=Status.ACTUAL)  # fmt: skip

    def moment(self, ago_ms: int = 0) -> Moment:
        """A time at the site."""
        return Moment(boot=self.boot, up_ms=self.up_ms - ago_ms, wall_ms=WALL_MS + self.up_ms - ago_ms,
                      clock=ClockQuality.SYNCED)  # fmt: skip

    def greeting(self) -> tuple[Told, ...]:
        """All that is retained after a connect. Every fifth site has an alarm, every tenth is on its set."""
        power = Power.ON_RESERVE if self.number % 10 == 0 else Power.ON_MAINS
        return self.status(), self.birth(), self.state(power), self.device(), self.alarms()

    def status(self) -> Told:
        """The heartbeat."""
        said = SiteStatus(head=self.head(), online=True, heartbeat_s=HEARTBEAT_S, version="0.1.0")
        return topics.status(self.site), encode(said)

    def birth(self) -> Told:
        """What is measured there."""
        signals = tuple(SignalBirth(key=key, unit="", period_s=10.0) for key in SIGNALS)
        devices = (DeviceBirth(device="genset", profile="dse-73xx-mkii", name="Elverk", signals=signals),)
        said = Birth(head=self.head(), place=f"Plats {self.number}", connection=Connection.MANUAL,
                     heartbeat_s=HEARTBEAT_S, devices=devices)  # fmt: skip
        return topics.birth(self.site), encode(said)

    def state(self, power: Power) -> Told:
        """The judgement."""
        witness = Witness(source="genset/mains.voltage", says="mains present", origin=Origin.MEASURED, up_ms=self.up_ms)
        endurance = Endurance(low_h=20.0 + self.number % 60, high_h=95.0, basis="model", at=self.moment())
        said = SiteState(
            head=self.head(), power=power, since=self.moment(60_000), readiness=Readiness.READY, reasons=(),
            contradictions=(), endurance=endurance, active=False, witnesses=(witness,),
        )  # fmt: skip
        return topics.state(self.site), encode(said)

    def device(self) -> Told:
        """The values of now."""
        values = {
            key: Value(value=round(50 + 40 * math.sin(self.up_ms / 9e5 + at), 1), origin=Origin.MEASURED,
                       up_ms=self.up_ms)
            for at, key in enumerate(SIGNALS)
        }  # fmt: skip
        said = DevicePicture(head=self.head(), device="genset", values=values)
        return topics.device(self.site, "genset"), encode(said)

    def alarms(self) -> Told:
        """The snapshot."""
        one = Alarm(key="fuel-low", raised_run=self.run, raised_seq=1, raised=self.moment(30_000), priority=2,
                    state=AlarmState.UNACKED, origin=Origin.MEASURED, device="genset")  # fmt: skip
        alarms = (one,) if self.number % 5 == 0 else ()
        return topics.alarms(self.site), encode(Alarms(head=self.head(), revision=1, alarms=alarms))

    def batch(self, stream: Stream, count: int, *, historical: bool = False) -> Told:
        """The next records of a stream: samples a minute apart, or changes of state."""
        records = tuple(self._record(stream) for _ in range(count))
        said = RecordBatch(head=self.head(), run=self.run, stream=stream, historical=historical, records=records)
        return topics.record(self.site, stream.value), encode(said)

    def _record(self, stream: Stream) -> Record:
        self.seqs[stream] += 1
        self.tick(60_000 if stream is Stream.SAMPLE else 1000)
        body: dict[str, Any] = {"power": "dead", "was": "on_mains", "source": "genset"}
        if stream is Stream.SAMPLE:
            values = {
                key: {"value": 50.0 + at, "origin": "measured", "up_ms": self.up_ms, "quality": "good", "reason": ""}
                for at, key in enumerate(SIGNALS)
            }
            body = {"device": "genset", "whole": False, "values": values}
        kind = "sample" if stream is Stream.SAMPLE else "mains_lost"
        return Record(seq=self.seqs[stream], kind=kind, at=self.moment(), status=Status.ACTUAL, simulated=False,
                      body=body)  # fmt: skip


def settings_text(voices: list[SiteVoice], port: int) -> str:
    """A settings file for these sites; whoever comes may do all, and a free port for the pages."""
    tables = "".join(
        f'[[site]]\nid = "{one.site}"\nplace = "Plats {one.number}"\nin_service = false\n'
        f"lat = {59.0 + one.number % 97 * 0.09:.3f}\nlon = {12.0 + one.number % 89 * 0.11:.3f}\n"
        f'region = "Kommun {one.number // REGION_OF}"\noperator = "Nät {one.number % 4}"\ntank_l = 1000\n'
        for one in voices
    )
    return (
        f'[web]\nport = 0\n[sign_in]\nrequired = false\n[broker]\nurl = "mqtt://127.0.0.1:{port}"\n'
        f'reconnect_max_s = 0.5\n[store]\npath = "store.sqlite"\n{tables}'
    )
