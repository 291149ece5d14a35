"""From registers to values. Bad data is an answer with a reason, never an exception and never a number."""

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import isfinite

import msgspec

from contract.messages import Value
from contract.words import Origin, Quality
from gateway.core.wire import alarm_list
from gateway.core.wire.plan import Block, Read, Spot, spots
from gateway.profiles.schema import LEVELS, NONE_SET, Row

NO_SUCH_REGISTERS = 2
"""Modbus exception 02, illegal data address."""

NO_EXPONENT = 0x8000
MOST_EXPONENT = 10
"""SunSpec: a scale factor (sunssf) lies between −10 and 10; 0x8000 is none."""


class Registers(msgspec.Struct, frozen=True):
    """What a device answered to one block, 0…65535 each (0 or 1 of bits), in the order of their addresses."""

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
        return _decoded(read.rows, read.spots, read.block, outcome.words, up_ms, origin)
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
    rows = tuple(rows)
    return _decoded(rows, spots(rows, block), block, words, up_ms, origin)


def again(values: Mapping[str, Value], up_ms: int) -> dict[str, Value]:
    """The same values, read once more: of registers that have not moved."""
    return {
        key: Value(value=one.value, origin=one.origin, up_ms=up_ms, quality=one.quality, reason=one.reason)
        for key, one in values.items()
    }


def _decoded(
    rows: Iterable[Row], found_at: Iterable[Spot], block: Block, words: Sequence[int], up_ms: int, origin: Origin
) -> dict[str, Value]:
    if len(words) != block.count:
        reason = f"{len(words)} registers came, {block.count} were asked for"
        return missing(rows, Quality.BAD_DATA, reason, up_ms, origin)
    values: dict[str, Value] = {}
    for row, first, end, beside, inside in found_at:
        if not inside:
            found: float | str | None = None
            quality, reason = Quality.BAD_DATA, "outside the registers that were read"
        else:
            found, quality, reason = _value(row, words[first:end])
            if beside is not None and isinstance(found, (int, float)):
                found, quality, reason = _with(row, found, words[beside])
        value = Value(value=found, origin=origin, up_ms=up_ms, quality=quality, reason=reason)
        # one alarm may be told by several bits, of different levels
        values[row.key] = graver(values[row.key], value) if row.key in values else value
    return values


def graver(one: Value, other: Value) -> Value:
    """Of two bits for one alarm the graver word; where none is set but one is missing, nobody knows."""
    first, second = _gravity(one), _gravity(other)
    return one if first >= second else other


def _gravity(value: Value) -> int:
    if value.value is None:
        return 0
    return LEVELS.index(str(value.value)) + 1 if value.value in LEVELS else -1


def together(values: dict[str, Value], more: dict[str, Value]) -> dict[str, Value]:
    """The values of two reads of one poll: an alarm that both tell is the graver of both."""
    both = {key: graver(values[key], value) for key, value in more.items() if key in values}
    return values | more | both


def witnessed(rows: Iterable[Row], values: dict[str, Value], known: Mapping[str, Value]) -> dict[str, Value]:
    """Zeros that nothing else bears out are not believed: some gateways say 0 also for "no data".

    The witness stands among the values, or is what was `known` of it last.
    """
    doubted: dict[str, Value] = {}
    for row in rows:
        value = values.get(row.key)
        if row.witness is None or value is None or value.value != _of_zero(row):
            continue
        witness = values.get(row.witness, known.get(row.witness))
        if witness is None or witness.value in (None, 0):
            reason = f"0 without a witness: {row.witness} is {'0' if witness and witness.value == 0 else 'missing'}"
            doubted[row.key] = msgspec.structs.replace(value, value=None, quality=Quality.BAD_DATA, reason=reason)
    return values | doubted


def in_tens(rows: Iterable[Row], values: dict[str, Value], known: Mapping[str, Value]) -> dict[str, Value]:
    """Values that count in a unit which depends on another signal of the device, as it was `known` last."""
    found: dict[str, Value] = {}
    for row in rows:
        value = values.get(row.key)
        if row.tens_of is None or value is None or not isinstance(value.value, (int, float)):
            continue
        other = values.get(row.tens_of, known.get(row.tens_of))
        size = other.value if other is not None else None
        if not isinstance(size, (int, float)) or size < 1:
            judged: Judged = (None, Quality.BAD_DATA, f"its unit depends on {row.tens_of}, which is missing")
        else:
            whole = msgspec.structs.replace(row, tens_of=None)
            judged = _within(whole, round(value.value * 10 ** (len(str(int(size))) - 1), 6))
        number, quality, reason = judged
        found[row.key] = msgspec.structs.replace(value, value=number, quality=quality, reason=reason)
    return values | found


def _of_zero(row: Row) -> float | str:
    """What a row makes of registers that are all 0."""
    if row.words is not None:
        return row.words.get(int(row.inverted), "")
    return int(row.inverted)


Judged = tuple[float | str | None, Quality, str]


def _value(row: Row, words: Sequence[int]) -> Judged:
    """One row's value in its own registers."""
    if row.type == "text":
        return _text(words)
    if row.type == "record":
        return _record(row, words)
    raw = _raw(row, words)
    if row.nibble is not None:
        raw = raw >> 4 * row.nibble & 0xF
    if raw in row.absent:
        return None, row.absent[raw], f"code 0x{raw:X}"
    if row.flag:
        bit = (raw >> (row.bit or 0) & 1) ^ row.inverted
        return _word(row.words, bit) if row.words is not None else (bit, Quality.GOOD, "")
    if row.by_bit:
        return _word_of_bits(row.words or {}, raw)
    number = _NUMBERS[row.type](raw)
    if row.words is not None:
        return _word(row.words, number)
    if not isfinite(number):
        return None, Quality.BAD_DATA, "not a number"
    return (number, Quality.GOOD, "") if row.beside is not None else _within(row, _scaled(row, number))


def _within(row: Row, value: float) -> Judged:
    """A value, if it lies where its row says that it can."""
    if row.tens_of is not None or (row.zero and value == 0):
        return value, Quality.GOOD, ""
    if row.valid is not None and not row.valid[0] <= value <= row.valid[1]:
        return None, Quality.IMPLAUSIBLE, f"{value:g} is outside {row.valid[0]:g}…{row.valid[1]:g} {row.unit}".rstrip()
    return value, Quality.GOOD, ""


def _with(row: Row, number: float, word: int) -> Judged:
    """A number with the register beside it: its exponent, or what it counts on in."""
    if row.plus is None:
        return _raised(row, number, word)
    if word >= row.plus.below:
        return None, Quality.BAD_DATA, f"{word} at {row.plus.at} is not below {row.plus.below}"
    return _within(row, _scaled(row, number) + word * row.plus.scale)


def _raised(row: Row, number: float, word: int) -> Judged:
    """A number with the exponent that came with it: number × scale × 10^exponent."""
    if word == NO_EXPONENT:
        return None, Quality.NOT_FITTED, f"its scale factor at {row.scale_at} is not available"
    exponent = _signed(16)(word)
    if abs(exponent) > MOST_EXPONENT:
        return None, Quality.BAD_DATA, f"its scale factor at {row.scale_at} is {exponent}"
    times, parts = _ratio(row.scale)
    if exponent < 0:
        parts *= 10**-exponent
    else:
        times *= 10**exponent
    value = number * times
    return _within(row, value / parts if parts != 1 else value)


def _text(words: Sequence[int]) -> Judged:
    """Two letters to a register; what fills the rest is blank or zero. All zero: the device has no such text."""
    raw = b"".join(word.to_bytes(2, "big") for word in words).rstrip(b"\0 ")
    if not raw:
        return None, Quality.NOT_FITTED, "an empty text"
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    if not text.isprintable():
        return None, Quality.BAD_DATA, "no text"
    return text, Quality.GOOD, ""


def _record(row: Row, words: Sequence[int]) -> Judged:
    """An entry of a list of alarms: its level as a word, or its text. A text of what is over is not told."""
    level = alarm_list.active_level(words)
    if row.words is not None:
        return _word(row.words, level)
    return _text(alarm_list.text_of(words)) if level else (None, Quality.NOT_FITTED, "no alarm stands there")


def _raw(row: Row, words: Sequence[int]) -> int:
    """Registers as one bit pattern, in the device's word order."""
    if len(words) == 1:
        return words[0]
    if row.type == "bits":
        return sum(bit << place for place, bit in enumerate(words))
    raw = 0
    for word in words if row.big else reversed(words):
        raw = raw << 16 | word
    return raw


def _word_of_bits(table: dict[int, str], raw: int) -> Judged:
    """The first of the list whose bit is set; where none is, the word for that, if the list has one."""
    word = next((word for bit, word in table.items() if bit != NONE_SET and raw >> bit & 1), table.get(NONE_SET))
    if word is None:
        return None, Quality.BAD_DATA, f"none of its bits is set in 0x{raw:X}"
    return word, Quality.GOOD, ""


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
