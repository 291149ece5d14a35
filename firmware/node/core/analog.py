"""Where a converter is straight (µV)."""

from . import quality

# µV, by attenuation in dB; outside an ESP32 reads 0 or flattens
ESP32_UV = {"0": (100_000, 950_000), "2.5": (100_000, 1_250_000), "6": (150_000, 1_750_000), "11": (150_000, 2_450_000)}
PICO_UV = (35_000, 3_200_000)
"""Offset of about 30 mV, and the rail that it measures against."""
ADS1115_UV = (0, 3_200_000)
"""An input may not rise above its supply, so ± 4.096 V is never reached at 3.3 V."""


def judged(microvolt: int, limits: "tuple[int, int]") -> int:
    """Quality of one reading: at or beyond its ends a converter shows its own end, not the voltage."""
    low, high = limits
    if microvolt >= high:
        return quality.OVER_RANGE
    if microvolt < low:
        return quality.UNDER_RANGE
    return quality.GOOD
