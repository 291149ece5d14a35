"""What fuel and battery keep over a restart. Part of `remembered.py`, and bounded like it."""

from contract.wire import Moment, Wire
from contract.words import Origin


class Known(Wire):
    """How much was in the set's own tank at a moment. `burnt_l`: the running total of litres burnt at that moment."""

    litres: float
    sd_l: float
    at: Moment
    origin: Origin
    burnt_l: float = 0.0
    source: str = ""
    """`device/signal`; empty: a person."""


class Ten(Wire, array_like=True):
    """Ten minutes of a run. `line_l`: running total of what the model says was burnt, where `level_l` was read."""

    line_l: float
    level_l: float | None
    load_kws: float
    """kW·s while loaded."""
    loaded_s: float
    ecu_l: float = 0.0
    ecu_line_l: float = 0.0
    """What the model says for the time in which the engine counted."""
    ecu_s: float = 0.0


class FuelLoss(Wire):
    """The tank fell, and no engine explains it."""

    before_l: float
    after_l: float
    percent_per_h: float
    at: Moment
    """When it was found."""
    told_l: float | None = None
    """The litres down to which it has been told."""
    ended: bool = True


class FuelMemory(Wire):
    """What the endurance has learned, and where it stands; written at most every ten minutes of a run."""

    calibration: float | None = None
    """Measured consumption as a share of the model's, from the runs so far."""
    turning: bool = False
    """Did the set burn fuel when this was written?"""
    saved: Moment | None = None
    stopped: Moment | None = None
    """When it last stopped."""
    last_kw: float | None = None
    """Mean load of the last run that carried the site for a while."""
    rate_lh: float = 0.0
    burnt_l: float = 0.0
    """Running total of litres burnt, by the best that is known."""
    line_l: float = 0.0
    """The same by the model alone."""
    noise_l: float = 0.0
    """How much the sender's readings scatter (standard deviation); 0: not yet known."""
    swing: float | None = None
    """How much the load swings, of its mean (standard deviation), from the runs so far."""
    tens: tuple[Ten, ...] = ()
    """Since the last refuelling; at most 24 h of running, newest last."""
    measured: Known | None = None
    """What a sender said last."""
    told: Known | None = None
    """What a person said last, with what was delivered since."""
    lost: FuelLoss | None = None


class BatteryMemory(Wire):
    """The charge of each UPS as counted, for those that do not tell it."""

    left: dict[str, float] = {}
    """Device → share of its charge."""
    at: Moment | None = None
