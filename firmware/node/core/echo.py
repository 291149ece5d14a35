"""Ultrasound from above: time of an echo → width of the air gap. Sound is slower in the cold."""

import math

from . import quality
from .rounding import nearest

NO_START = -2
NO_END = -1
"""What `machine.time_pulse_us` answers when the pulse does not begin, or does not end."""
COLDEST, WARMEST = -6000, 8500
"""1/100 °C; outside it the temperature is a fault, and so would be the distance."""
ASSUMED_C = 2000
"""1/100 °C: modules that tell a distance reckon with 343 m/s, as in air of 20 °C, unless they know better."""


def time_us(told_mm: int) -> int:
    """How long the echo took of which a module has made this distance; 0: it has heard none."""
    return nearest(2000 * told_mm / speed(ASSUMED_C)) if told_mm else NO_END


def speed(centi_c: int) -> float:
    """Of sound in air, m/s: c = 331.3 · √(1 + T/273.15)."""
    return 331.3 * math.sqrt(1 + centi_c / 27315)


def gap(
    echo_us: int, temperature: "tuple[int | None, int]", blind_mm: int, farthest_mm: int
) -> "tuple[int | None, int]":
    """(air gap in µm or None, quality). `temperature`: (1/100 °C or None, quality) of the air in the tank.

    Without a temperature there is no distance: a guess would be wrong by 8 % in winter. Nearer than the blind zone: the
    tank is too full for this sensor, or drops hang on it. Beyond `farthest_mm` nothing can be: an echo of an echo.
    """
    centi_c, known = temperature
    if centi_c is None:
        return None, known if known != quality.GOOD else quality.NOT_YET_READ
    if not COLDEST <= centi_c <= WARMEST:
        return None, quality.IMPLAUSIBLE
    if echo_us == NO_START:
        return None, quality.COMM_ERROR
    if echo_us <= 0:
        return None, quality.BAD_DATA
    found = nearest(speed(centi_c) * echo_us / 2)
    if found < 1000 * blind_mm:
        return None, quality.OVER_RANGE
    if found > 1000 * farthest_mm:
        return None, quality.IMPLAUSIBLE
    return found, quality.GOOD
