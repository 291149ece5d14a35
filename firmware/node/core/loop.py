"""The 4–20 mA loop over a shunt, with the bands of NAMUR NE 43: a broken wire is a word, not an empty tank."""

from . import quality
from .rounding import divided, on_line

BROKEN_UA = 3_600
LOWEST_UA = 3_800
HIGHEST_UA = 20_500
FAILED_UA = 21_000
ZERO_UA, FULL_UA = 4_000, 20_000
LARGEST_UA = 22_000
"""What a transmitter drives to say that it has failed; the input must still see it."""


def current_ua(microvolt: int, shunt_mohm: int) -> int:
    """Current through the shunt, µA."""
    return divided(1000 * microvolt, shunt_mohm)


def judged(current: int) -> int:
    """Quality of a current (µA). Below 3.6 mA: wire break or failure; above 21 mA: failure; between: out of range."""
    if current < BROKEN_UA or current > FAILED_UA:
        return quality.SENSOR_FAULT
    if current < LOWEST_UA:
        return quality.UNDER_RANGE
    if current > HIGHEST_UA:
        return quality.OVER_RANGE
    return quality.GOOD


def scaled(current: int, at_4ma: int, at_20ma: int) -> "tuple[int | None, int]":
    """(value in the unit of the two ends or None, quality) of a current in µA."""
    found = judged(current)
    if found != quality.GOOD:
        return None, found
    return on_line(current, (ZERO_UA, at_4ma), (FULL_UA, at_20ma)), quality.GOOD


def check_shunt(shunt_mohm: int, limits: "tuple[int, int]") -> None:
    """Refuse a shunt over which an input, straight within `limits` (µV), could not tell a failing transmitter."""
    if not 0 < shunt_mohm <= 1_000_000:
        raise ValueError("loop: shunt_mohm must be 1 to 1000000, not %r" % (shunt_mohm,))
    low_mv, high_mv = limits[0] // 1000, limits[1] // 1000
    broken_mv, most_mv = divided(shunt_mohm * BROKEN_UA, 1_000_000), divided(shunt_mohm * LARGEST_UA, 1_000_000)
    if most_mv >= high_mv:
        raise ValueError(
            "loop: %d mV over the shunt at 22 mA is more than this input can read (%d mV); use a smaller shunt"
            % (most_mv, high_mv)
        )
    if broken_mv <= low_mv:
        raise ValueError(
            "loop: %d mV over the shunt at 3.6 mA is less than this input can read (%d mV); use a larger shunt"
            % (broken_mv, low_mv)
        )
