"""From what a sensor feels to how high the fuel stands (µm above the bottom of the tank)."""

from . import quality
from .rounding import divided, nearest

GRAVITY = 9.80665
"""m/s²."""
EXPANSION = 0.00083
"""Of diesel, per K; paraffinic HVO the same within 0.00001."""
LOOSE_PERMILLE = 30
"""A level so far (of the height) beyond bottom or top is a full or an empty tank; farther off it is a fault."""


def density(at_15: int, centi_c: "int | None") -> float:
    """kg/m³ at a temperature (1/100 °C), from the density at 15 °C; None: no sensor is fitted, 15 °C is taken."""
    if centi_c is None:
        return float(at_15)
    return at_15 / (1 + EXPANSION * (centi_c / 100 - 15))


def from_pressure(pascal: int, at_15: int, centi_c: "int | None", above_bottom_mm: int) -> int:
    """Level over a vented pressure sensor that sits `above_bottom_mm` over the bottom; `at_15` in kg/m³."""
    return nearest(1_000_000 * pascal / (density(at_15, centi_c) * GRAVITY)) + 1000 * above_bottom_mm


def from_water(water_um: int, at_15: int, centi_c: "int | None", above_bottom_mm: int) -> int:
    """The same for a transmitter whose span is given as a column of water: h_fuel = h_water · 1000 / ρ."""
    return nearest(1000 * water_um / density(at_15, centi_c)) + 1000 * above_bottom_mm


def from_gap(gap_um: int, sensor_mm: int) -> int:
    """Level below a sensor that hangs `sensor_mm` over the bottom and sees `gap_um` of air."""
    return 1000 * sensor_mm - gap_um


def judged(level_um: int, height_um: int) -> "tuple[int | None, int]":
    """(level within the tank, quality): a little beyond an end is that end, much beyond is no level at all."""
    loose = divided(height_um * LOOSE_PERMILLE, 1000)
    if level_um > height_um + loose:
        return None, quality.OVER_RANGE
    if level_um < -loose:
        return None, quality.UNDER_RANGE
    return max(0, min(level_um, height_um)), quality.GOOD
