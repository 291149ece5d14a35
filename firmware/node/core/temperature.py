"""DS18B20: nine bytes of scratchpad → 1/100 °C. Its two lies, 85.0 °C and 0.0 °C, are words here."""

from . import quality
from .rounding import divided

FAMILY = 0x28
UNUSED_BITS = {0x1F: 3, 0x3F: 2, 0x5F: 1, 0x7F: 0}
"""By configuration byte: the lowest bits of a 9 to 12 bit conversion mean nothing."""
CONVERSION_MS = {0x1F: 94, 0x3F: 188, 0x5F: 375, 0x7F: 750}
POWER_ON = 0x0550
POWER_ON_MARK = 0x0C
LOWEST, HIGHEST = -5500, 12500


def crc8(data: "bytes | bytearray") -> int:
    """The Maxim check over all bytes but the last equals the last one; over all of them it is 0."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0x8C if crc & 1 else crc >> 1
    return crc


def decoded(scratchpad: "bytes | bytearray", converted: bool = True) -> "tuple[int | None, int]":
    """(1/100 °C or None, quality). `converted`: a conversion was started and its time has passed.

    A data line shorted to ground reads nine zeros, whose check is right: the configuration byte tells. After a
    brown-out the sensor holds 85.0 °C that nobody has measured: its byte 6 tells, or that no conversion was seen.
    """
    if len(scratchpad) != 9:
        return None, quality.BAD_DATA
    if not any(scratchpad):
        return None, quality.SENSOR_FAULT
    if crc8(scratchpad):
        return None, quality.COMM_ERROR
    if scratchpad[4] not in UNUSED_BITS:
        return None, quality.BAD_DATA
    raw = scratchpad[0] | scratchpad[1] << 8
    if not converted:
        return None, quality.NOT_YET_READ
    if raw == POWER_ON and scratchpad[6] == POWER_ON_MARK:
        return None, quality.BAD_DATA
    if raw >= 0x8000:
        raw -= 0x10000
    unused = UNUSED_BITS[scratchpad[4]]
    found = divided((raw >> unused << unused) * 25, 4)
    if not LOWEST <= found <= HIGHEST:
        return None, quality.BAD_DATA
    return found, quality.GOOD
