"""What the thoughts on fuel and battery carry from step to step, and what they found for alarms and readiness."""

import msgspec

from contract.judgement import Endurance
from contract.wire import Moment
from contract.words import Origin
from gateway.core.fuel.consumption import Factor
from gateway.core.fuel.fuel_memory import Known


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """The litres in the set's own tank, with their standard deviation, and who says so.

    `noise_l`: what one reading may differ from the next; `at`: when it was measured or told.
    """

    litres: float
    sd_l: float
    noise_l: float
    source: str
    origin: Origin
    at: Moment
    basis: str = "measured"
    """measured · reported (by a person) · counted (down from the last that was known)"""
    beyond: bool = False
    """The sender says more than a full tank."""
    quarrel: str = ""
    """Who says otherwise, and how much: `source, litres | source, litres`."""
    other_l: float | None = None
    """The litres of the one who says otherwise."""


class Sample(msgspec.Struct, frozen=True):
    """One reading: uptime, litres, the model's running total then."""

    up_ms: int
    level_l: float
    line_l: float


class Block(msgspec.Struct, frozen=True):
    """Five minutes of readings: median of the litres, mean of the model's total; `turning`: did the set run in it?"""

    up_ms: int
    level_l: float
    line_l: float
    turning: bool


class Filling(msgspec.Struct, frozen=True):
    """The level has risen; told as a refuelling when it has settled."""

    before_l: float
    last_l: float


class Sums(msgspec.Struct, frozen=True):
    """Of the ten-minute entries: load of the last hour and day (kW·s and s), and what the engine counted itself."""

    hour_kws: float = 0.0
    hour_s: float = 0.0
    day_kws: float = 0.0
    day_s: float = 0.0
    ecu_l: float = 0.0
    ecu_line_l: float = 0.0
    ecu_s: float = 0.0
    noise_l: float = 0.0
    """How much the levels scatter; 0: too few."""
    swing: float = 0.0
    """How much the load swings, of its mean (standard deviation)."""


class Burning(msgspec.Struct, frozen=True, kw_only=True):
    """What the set burns. `up_ms`: uptime until which it is counted; totals in litres."""

    up_ms: int
    turning: bool = False
    stopped_ms: int | None = None
    """Uptime at which it was seen to stop."""
    load_kw: float | None = None
    line_lh: float = 0.0
    rate_lh: float = 0.0
    ecu_lh: float | None = None
    burnt_l: float = 0.0
    line_l: float = 0.0
    ten_ms: int = 0
    """Uptime at which the present ten minutes began."""
    turned_s: float = 0.0
    loaded_s: float = 0.0
    load_kws: float = 0.0
    ecu_l: float = 0.0
    ecu_line_l: float = 0.0
    ecu_s: float = 0.0
    sums: Sums = Sums()
    tank: Factor | None = None
    """What the fall of the tank says."""
    bridge: bool = False
    """The box was away: the next entry is joined to the last by its level."""


class FuelNow(msgspec.Struct, frozen=True, kw_only=True):
    """The fuel, now. The flags are for alarms and readiness; None is not known."""

    burning: Burning | None = None
    """None before the first step of a run of the program."""
    level: Level | None = None
    """The best that is known of the litres in the tank."""
    loss_percent_per_h: float | None = None
    """How fast the tank fell beyond what the set burns: theft or leak. 0.0: it does not. None: too early to say."""
    leak: bool | None = None
    """The tank falls far faster than the set can burn; None while it does not run or it is too early to say."""
    stuck: bool = False
    """The sender stands still although fuel is burnt."""
    suspect: bool = False
    """The sender jumped to its end: not believed."""
    # what follows is for the next step
    source: str = ""
    level_ms: int = -1
    sinking: bool = False
    """It falls, or the last reading says so: meanwhile the tank says nothing of what the set burns."""
    samples: tuple[Sample, ...] = ()
    blocks: tuple[Block, ...] = ()
    filling: Filling | None = None
    seen: Known | None = None
    """What a sender said last."""
    held: Known | None = None
    """Where the level has stood since, while the set ran."""


class BatteryNow(msgspec.Struct, frozen=True, kw_only=True):
    """The UPSs, now. `counted`: the last hours that a UPS on battery told, to count down from when it is silent."""

    up_ms: int | None = None
    left: dict[str, float] = {}
    counted: Endurance | None = None
