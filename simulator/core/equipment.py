"""What stands at the place: the parts of a plant file that the physics needs. Units are in the names."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Percent = Annotated[float, Meta(ge=0, le=100)]
Celsius = Annotated[float, Meta(ge=-60, le=120)]
Counted = Annotated[int, Meta(ge=0, le=2**31)]
ControlMode = Literal["stop", "auto", "manual", "auto_manual_restore", "off"]

STARTS_ALONE: tuple[ControlMode, ...] = ("auto", "auto_manual_restore")
"""The control modes in which the set starts by itself when the mains fails (GenComm 1 and 4)."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all parts."""


class Mains(Part, kw_only=True):
    """The grid as it is when it is there. `sensed`: does the controller see it (AMF models do)?"""

    volts: Positive = 230.5
    hertz: Positive = 50.0
    sensed: bool = True


class Load(Part, kw_only=True):
    """The shop: a mean with a slow swing round it, so that curves look like curves."""

    kw: NotNegative = 13.5
    swing_kw: NotNegative = 1.5
    period_s: Positive = 900.0
    power_factor: Annotated[float, Meta(gt=0, le=1)] = 0.95
    kwh: NotNegative = 48_213.4

    def __post_init__(self) -> None:
        """A shop does not feed the grid."""
        if self.swing_kw > self.kw:
            raise ValueError(f"swing_kw {self.swing_kw:g} is above kw {self.kw:g}")


class Generator(Part, kw_only=True):
    """The set, its tank and its start battery, as they are when the scenario begins.

    Consumption is a Willans line: `idle_l_per_kw_h` per rated kW and hour at no load, and `l_per_kwh` on top.
    """

    rated_kw: Positive = 56.0
    volts: Positive = 230.0
    hertz: Positive = 50.0
    rpm: Positive = 1500.0
    tank_l: Positive = 1000.0
    fuel_percent: Percent = 63.0
    idle_l_per_kw_h: NotNegative = 0.042
    l_per_kwh: NotNegative = 0.256
    coolant_c: Celsius = 40.0
    battery_v: Positive = 27.2
    run_time_s: NotNegative = 1_234_800.0
    starts: Counted = 311
    energy_kwh: NotNegative = 4_127.3
    fuel_used_l: NotNegative = 2_020.0
    service_due_h: float = 157.0


class Sequence(Part, kw_only=True):
    """How long each step of the start and return lasts, in seconds. The defaults are those of a real set."""

    mains_fail_delay_s: NotNegative = 3.0
    prestart_s: NotNegative = 4.0
    crank_s: NotNegative = 3.0
    warm_up_s: NotNegative = 15.0
    transfer_s: NotNegative = 2.0
    return_delay_s: NotNegative = 300.0
    unload_s: NotNegative = 2.0
    cool_down_s: NotNegative = 60.0
    stop_s: NotNegative = 20.0


class Plant(Part, kw_only=True):
    """Everything the physics knows of the place."""

    mode: ControlMode = "auto"
    outdoor_c: Celsius = -8.0
    mains: Mains = Mains()
    load: Load = Load()
    generator: Generator = Generator()
    sequence: Sequence = Sequence()
