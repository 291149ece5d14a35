"""The start battery behind a divider: what the input's voltage says of it.

All limits per block of 12 V; a 24 V battery is two of them. Readiness and alarms are judged at the gateway.
"""

from . import quality
from .rounding import divided

LOWEST_MV, HIGHEST_MV = 5_000, 18_000
"""A reading outside is a fault of divider or wire, or of the wrong battery."""
CHARGING_MV = 16_000
"""What an input must be able to see, at least."""


def blocks(nominal_mv: int) -> int:
    """How many times 12 V; only 12 V and 24 V are start batteries here."""
    if nominal_mv not in (12_000, 24_000):
        raise ValueError("battery: nominal_mv must be 12000 or 24000, not %r" % (nominal_mv,))
    return nominal_mv // 12_000


def voltage_mv(pin_uv: int, upper_ohm: int, lower_ohm: int) -> int:
    """Voltage over the whole divider, from that over its lower resistor."""
    return divided(pin_uv * (upper_ohm + lower_ohm), 1000 * lower_ohm)


def check_divider(upper_ohm: int, lower_ohm: int, nominal_mv: int, limits: "tuple[int, int]") -> None:
    """Refuse a divider over which an input, straight within `limits` (µV), could not see a battery on charge."""
    most_mv = CHARGING_MV * blocks(nominal_mv)
    seen_mv = divided(most_mv * lower_ohm, upper_ohm + lower_ohm)
    if 1000 * seen_mv >= limits[1]:
        raise ValueError(
            "battery: %d mV behind the divider at %d mV is more than this input can read (%d mV)"
            % (seen_mv, most_mv, limits[1] // 1000)
        )


def judged(mv: int, count: int) -> "tuple[int | None, int]":
    """(mV or None, quality) of a battery of `count` blocks."""
    if mv < LOWEST_MV * count:
        return None, quality.UNDER_RANGE
    if mv > HIGHEST_MV * count:
        return None, quality.OVER_RANGE
    return mv, quality.GOOD
