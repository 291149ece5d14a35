"""A site on paper: facts, moments and values typed by hand, and a story that walks through steps."""

from collections.abc import Iterable
from typing import Any

import msgspec
from hypothesis import settings

from contract.messages import Value
from contract.orders import Order, Report, What
from contract.words import ClockQuality, Connection, Origin, Place, Quality, Status
from gateway.config import rules
from gateway.core import pipeline
from gateway.core.facts import DeviceFacts, Facts, SetFacts, TankFacts
from gateway.core.pipeline import Batch, Happening, Numbered
from gateway.core.remembered import Memory
from gateway.core.site import Now, Site

settings.register_profile("house", deadline=None, max_examples=60)
settings.load_profile("house")

WALL_MS = 1_764_000_000_000
SET_SIGNALS = (
    "controller.mode", "controller.shutdown_alarm", "engine.state", "engine.speed", "engine.battery_voltage",
    "fuel.level", "generator.power", "mains.voltage_l1n", "mains.voltage_l2n", "mains.voltage_l3n",
)  # fmt: skip
METER_SIGNALS = ("meter.voltage_l1n", "meter.voltage_l2n", "meter.voltage_l3n", "meter.power")


def device(name: str, kind: str = "generator_controller", place: Place | None = None) -> DeviceFacts:
    """A device of the site."""
    signals = SET_SIGNALS if kind == "generator_controller" else METER_SIGNALS
    return DeviceFacts(
        name=name,
        profile=f"{kind}-profile",
        title=f"Title of {name}",
        kind=kind,
        place=place,
        poll_every_s=5.0,
        slow_every_s=60.0,
        signals=dict.fromkeys(signals, ("V", 5.0, False)),
    )


GENSET = device("genset")
METER = device("meter", "meter", Place.LOAD)
GRID = device("grid", "meter", Place.GRID)


def facts(*devices: DeviceFacts, **changes: Any) -> Facts:
    """A site of 56 kW with a tank of 1000 L; with set and load meter when nothing else is said."""
    parts: dict[str, Any] = {
        "site": "are-kall",
        "place": "Kall",
        "connection": Connection.AUTOMATIC,
        "status": Status.ACTUAL,
        "simulated": False,
        "version": "1",
        "devices": devices or (GENSET, METER),
        "controller": "genset",
        "set": SetFacts(rated_kw=56.0, design_load_kw=15.0),
        "tank": TankFacts(litres=1000.0, dead_percent=5.0),
        "bulletin_keys": frozenset({"kommun-2026"}),
        "activate_within_s": 900.0,
        "heartbeat_s": 300.0,
        "picture_every_s": 10.0,
        "sample_every_s": 60.0,
        "sample_active_every_s": 10.0,
        "snapshot_every_s": 900.0,
        "snapshot_active_every_s": 900.0,
        "rules": rules(),
    }
    return Facts(**(parts | changes))


def at(
    second: float,
    *,
    run: str = "run-1",
    boot: str = "boot-1",
    clock: ClockQuality = ClockQuality.SYNCED,
    wall_s: float = 0,
) -> Now:
    """The moment so many seconds after the box was switched on; `wall_s` moves the wall clock on its own."""
    known = clock is not ClockQuality.UNSYNCED
    wall_ms = WALL_MS + round((second + wall_s) * 1000) if known else None
    return Now(run=run, boot=boot, up_ms=round(second * 1000), wall_ms=wall_ms, clock=clock)


def good(value: float | str, second: float = 0) -> Value:
    """A measured value."""
    return Value(value=value, origin=Origin.MEASURED, up_ms=round(second * 1000))


def gone(quality: Quality = Quality.COMM_ERROR, second: float = 0) -> Value:
    """A value that is missing."""
    return Value(value=None, origin=Origin.MEASURED, up_ms=round(second * 1000), quality=quality, reason="test")


def volts(prefix: str, value: float | None, second: float) -> dict[str, Value]:
    """Three phases of one voltage, or three times nothing."""
    keys = [f"{prefix}.voltage_l{phase}n" for phase in (1, 2, 3)]
    return {key: gone(second=second) if value is None else good(value, second) for key in keys}


def genset(
    second: float, *, mains: float | None = 230, engine: str = "stopped", kw: float = 0, **more: Value
) -> dict[str, Value]:
    """What a controller says: `mains` in volts, `kw` delivered."""
    values = {
        "controller.mode": good("auto", second),
        "controller.shutdown_alarm": good(0, second),
        "engine.state": good(engine, second),
        "engine.battery_voltage": good(12.8, second),
        "fuel.level": good(60, second),
        "generator.power": good(kw * 1000, second),
    }
    return values | volts("mains", mains, second) | {key.replace("__", "."): value for key, value in more.items()}


def silence(values: Iterable[str], second: float) -> dict[str, Value]:
    """A device that does not answer."""
    return {key: gone(Quality.COMM_ERROR, second) for key in values}


def order(number: int, what: What, *, entered_ms: int = WALL_MS, who: str = "Kim") -> Order:
    """An order of somebody."""
    return Order(
        id=f"order-{number}", who=who, role="coordinator", entered_ms=entered_ms, through="dashboard", what=what
    )


def report(number: int, second: float, **said: Any) -> Order:
    """What a person saw at that second, entered at once."""
    seen_ms = WALL_MS + round(second * 1000)
    return order(number, Report(observed_ms=seen_ms, **said), entered_ms=seen_ms)


class Story:
    """A site that is led through steps; what it tells is kept."""

    def __init__(self, of: Facts, memory: Memory | None = None) -> None:
        self.facts = of
        self.site: Site = pipeline.awakened(memory or Memory())
        self.told: list[Numbered] = []

    def step(self, now: Now, what: Happening) -> list[Numbered]:
        """One step; what it tells."""
        self.site, numbered = pipeline.step(self.site, what, self.facts, now)
        self.told += numbered
        return numbered

    def poll(self, now: Now, name: str, values: dict[str, Value]) -> list[Numbered]:
        """One poll of a device."""
        return self.step(now, Batch(device=name, values=values))

    def kinds(self, *without: str) -> list[str]:
        """The events so far, in order."""
        return [one.kind for one in self.told if one.stream == "event" and one.kind not in without]

    @property
    def power(self) -> str:
        """The power state now."""
        return self.site.memory.judged.power.value

    def restarted(self) -> "Story":
        """The same site in a new run, with what the disk gave back."""
        body = msgspec.json.encode(self.site.memory)
        return Story(self.facts, msgspec.json.decode(body, type=Memory))
