"""From registers to values. Bad data is an answer with a reason, never an exception and never a number."""

import struct
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import isfinite

import msgspec

from contract.messages import Value
from contract.words import Origin, Quality
from gateway.core.wire.plan import Block, Read
from gateway.profiles.schema import Row

NO_SUCH_REGISTERS = 2
"""Modbus exception 02, illegal data address."""


class Registers(msgspec.Struct, frozen=True):
    """What a device answered to one block, 0…65535 each, in the order of their addresses."""

    words: Sequence[int]


class Why(StrEnum):
    """How a read failed, for the one who asks again."""

    SILENT = "silent"
    REFUSED = "refused"
    CROSSED = "crossed"
    LINK = "link"


class Fault(msgspec.Struct, frozen=True):
    """Why there are no registers. `code` is the Modbus exception code of a refusal, 0 otherwise."""

    quality: Quality
    sentence: str
    why: Why = Why.SILENT
    code: int = 0


Outcome = Registers | Fault


def readings(read: Read, outcome: Outcome, up_ms: int, origin: Origin) -> dict[str, Value]:
    """The values of one read, whatever came of it. Registers that only some models have are *not fitted* if refused."""
    if isinstance(outcome, Registers):
        return decode(read.rows, read.block, outcome.words, up_ms, origin)
    quality = outcome.quality
    if outcome.code == NO_SUCH_REGISTERS and read.probe:
        quality = Quality.NOT_FITTED
    return missing(read.rows, quality, outcome.sentence, up_ms, origin)


def missing(rows: Iterable[Row], quality: Quality, reason: str, up_ms: int, origin: Origin) -> dict[str, Value]:
    """All rows without value, for one reason: silence takes the same road as data."""
    value = Value(value=None, origin=origin, up_ms=up_ms, quality=quality, reason=reason)
    return {row.key: value for row in rows}


def decode(rows: Iterable[Row], block: Block, words: Sequence[int], up_ms: int, origin: Origin) -> dict[str, Value]:
    """The values of `rows` in the registers of `block`. An answer of another length is not believed at all."""
    if len(words) != block.count:
        reason = f"{len(words)} registers came, {block.count} were asked for"
        return missing(rows, Quality.BAD_DATA, reason, up_ms, origin)
    values: dict[str, Value] = {}
    for row in rows:
        first = row.at - block.start
        if first < 0 or row.end > block.end or row.function != block.function:
            found: float | str | None = None
            quality, reason = Quality.BAD_DATA, "outside the registers that were read"
        else:
            found, quality, reason = _value(row, words[first : first + row.count])
        values[row.key] = Value(value=found, origin=origin, up_ms=up_ms, quality=quality, reason=reason)
    return values


Judged = tuple[float | str | None, Quality, str]


def _value(row: Row, words: Sequence[int]) -> Judged:
    """One row's value in its own registers."""
    raw = _raw(row, words)
    if row.nibble is not None:
        raw = raw >> 4 * row.nibble & 0xF
    if raw in row.absent:
        return None, row.absent[raw], f"code 0x{raw:X}"
    if row.bit is not None:
        return raw >> row.bit & 1, Quality.GOOD, ""
    number = _NUMBERS[row.type](raw)
    if row.words is not None:
        return _word(row.words, number)
    if not isfinite(number):
        return None, Quality.BAD_DATA, "not a number"
    value = _scaled(row, number)
    if row.valid is not None and not row.valid[0] <= value <= row.valid[1]:
        return None, Quality.IMPLAUSIBLE, f"{value:g} is outside {row.valid[0]:g}…{row.valid[1]:g} {row.unit}".rstrip()
    return value, Quality.GOOD, ""


def _raw(row: Row, words: Sequence[int]) -> int:
    """Registers as one bit pattern, in the device's word order."""
    if row.count == 1:
        return words[0]
    raw = 0
    for word in words if row.big else reversed(words):
        raw = raw << 16 | word
    return raw


def _word(table: dict[int, str], number: float) -> Judged:
    word = table.get(int(number))
    if word is None:
        return None, Quality.BAD_DATA, f"unknown number {number}"
    return word, Quality.GOOD, ""


def _signed(bits: int) -> Callable[[int], int]:
    top = 1 << bits - 1
    return lambda raw: raw - 2 * top if raw >= top else raw


def _float32(raw: int) -> float:
    (number,) = struct.unpack(">f", raw.to_bytes(4, "big"))
    return float(number)


_NUMBERS: dict[str, Callable[[int], float]] = {
    "u16": int,
    "u32": int,
    "u64": int,
    "s16": _signed(16),
    "s32": _signed(32),
    "s64": _signed(64),
    "f32": _float32,
}


def _scaled(row: Row, number: float) -> float:
    """raw × scale. 276 × 0.1 is 27.6 here: the scale is taken as the decimal fraction that stands in the profile."""
    times, parts = _ratio(row.scale)
    value = number * times / parts if parts != 1 else number * times
    # float32 carries seven digits; more would be noise that no meter measured
    return float(f"{value:.7g}") if row.type == "f32" else value


@lru_cache(maxsize=256)
def _ratio(scale: float) -> tuple[int, int]:
    """A scale as whole numbers, so that one division rounds once."""
    fraction = Fraction(repr(scale))
    return fraction.numerator, fraction.denominator
