"""A profile against the catalogues and against itself: what fits the types but is still wrong."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from math import isfinite

from contract import alarms, signals
from contract.signals import ALARM_PREFIX, Signal
from contract.words import Quality
from gateway.profiles.schema import (
    ALARM_WORDS,
    BIT_FUNCTIONS,
    LEAST_RECORD,
    LEVELS,
    NONE_SET,
    WEAK,
    WIDTH,
    Absent,
    Profile,
    Range,
    Row,
)

OF_LENGTH = ("text", "bits", "record")
BELIEVED = (Quality.GOOD, Quality.SUBSTITUTED)


def faults_of(profile: Profile) -> list[str]:
    """All faults, each beginning with the row it is in."""
    faults = [*_blocks(profile), *_identity(profile), *_models(profile)]
    if not profile.rows:
        faults.append("signal: there is none, and no alarm either")
    if profile.head.drop and not profile.head.like:
        faults.append("head: drop goes with like")
    for rows in _together(profile):
        faults += [*_twice(rows), *_overlaps(rows)]
    faults = list(dict.fromkeys(faults))  # what is wrong in one model is wrong in all that share the row
    for row in profile.rows:
        faults += [f"{row.label}: {fault}" for fault in _row(row, profile)]
    return faults


def block_of(row: Row, profile: Profile) -> Range | None:
    """The declared block that holds all of a row."""
    for block in profile.blocks:
        if (block.function or profile.link.function) == row.function and block.first <= row.at <= block.last:
            return block if row.first >= block.first and row.stop - 1 <= block.last else None
    return None


def _together(profile: Profile) -> Iterator[tuple[Row, ...]]:
    """The rows that stand in one address space: all of them, or those of each model of a device that has models."""
    numbers = sorted({number for row in profile.rows for number in row.models})
    for number in numbers if profile.head.discover else [None]:
        yield tuple(row for row in profile.rows if number is None or number in row.models)


def _models(profile: Profile) -> Iterator[str]:
    """Models go with a device that says where they stand, and with nothing else."""
    if profile.head.discover and profile.blocks:
        yield "block 1: a device that says itself where its models stand has no blocks"
    for row in profile.rows:
        if profile.head.discover and not row.models:
            yield f"{row.label}: models is missing: the device says only where its models stand"
        if row.models and not profile.head.discover:
            yield f"{row.label}: models goes with discover at the top of the file"


def _blocks(profile: Profile) -> Iterator[str]:
    """Blocks must run forwards and not overlap."""
    seen: list[tuple[int, int, int, int]] = []
    for number, block in enumerate(profile.blocks, 1):
        function = block.function or profile.link.function
        if block.last < block.first:
            yield f"block {number}: last {block.last} is before first {block.first}"
        for other, its_function, first, last in seen:
            if function == its_function and block.first <= last and first <= block.last:
                yield f"block {number}: overlaps block {other} ({first}–{last})"
        seen.append((number, function, block.first, block.last))


def _identity(profile: Profile) -> Iterator[str]:
    """An identity needs a signal of this profile that is a code."""
    rows = {row.key: row for row in profile.rows}
    for number, identity in enumerate(profile.identity, 1):
        row = rows.get(identity.key)
        if row is None:
            yield f"identity {number} ({identity.key}): no signal of this profile has that key"
        elif row.type in ("f32", "bit") or row.words is not None:
            yield f"identity {number} ({identity.key}): only a whole number or a text can prove what a device is"
        elif any(isinstance(one, str) is not (row.type == "text") for one in identity.one_of):
            yield f"identity {number} ({identity.key}): one_of must be {'texts' if row.type == 'text' else 'numbers'}"
        else:
            wrong = [one for one in identity.one_of if not _can_be(row, one)]
            yield from (f"identity {number} ({identity.key}): it can never be {one!r}" for one in wrong)


def _can_be(row: Row, one: int | str) -> bool:
    """Can a device say so in the registers of that row?"""
    if isinstance(one, str):
        return 0 < len(one.encode()) <= 2 * row.count
    low = -(1 << 16 * row.count - 1) if row.type.startswith("s") else 0
    return low <= one < low + (1 << 16 * row.count) and one & (1 << 16 * row.count) - 1 not in row.absent


def _twice(rows: tuple[Row, ...]) -> Iterator[str]:
    """A key may stand once; an alarm of bits may have several of one rate, the gravest that is set is told."""
    first: dict[str, Row] = {}
    for row in rows:
        other = first.setdefault(row.key, row)
        if other is row or (_alarm_bit(row) and _alarm_bit(other) and row.rate == other.rate):
            continue
        yield f"{row.label}: key {row.key} stands also at {other.at}"


def _alarm_bit(row: Row) -> bool:
    return row.key.startswith(ALARM_PREFIX) and row.flag


def _overlaps(rows: tuple[Row, ...]) -> Iterator[str]:
    """Two rows may share a register only as different bits or nibbles of it, or as a word of bits and one of them."""
    owners: dict[tuple[int, int], list[Row]] = {}
    for row in rows:
        for at in range(row.at, row.end):
            for other in owners.get((row.function, at), []):
                of_bits = row.by_bit != other.by_bit and (row.flag or other.flag)
                records = row.type == other.type == "record" and row.at == other.at and row.count == other.count
                parts = of_bits or records or (row.count == other.count == 1 and not row.mask & other.mask)
                if not parts:
                    yield f"{row.label}: register {at} is also part of {other.key}"
            owners.setdefault((row.function, at), []).append(row)


def _row(row: Row, profile: Profile) -> Iterator[str]:
    """What one row says, against the catalogues and the declared blocks."""
    signal = signals.catalogue().get(row.key)
    if row.key.startswith(ALARM_PREFIX):
        yield from _alarm(row)
    elif signal is None:
        close = get_close_matches(row.key, signals.catalogue(), n=1)
        yield f"unknown key {row.key}" + (f"; did you mean {close[0]}?" if close else "")
    else:
        yield from _against_catalogue(row, signal)
    if block_of(row, profile) is None and not profile.head.discover:
        yield f"registers {row.first}–{row.stop - 1} lie outside the declared blocks"
    if row.stop - row.first > (profile.link.max_bits if row.function in BIT_FUNCTIONS else profile.link.max_words):
        yield f"needs {row.stop - row.first} registers in one request, the link allows {profile.link.max_words}"
    if (row.type in ("bit", "bits")) is not (row.function in BIT_FUNCTIONS):
        yield f'type "{row.type}" does not go with function {row.function}'
    if row.evidence in WEAK and not (row.experimental or profile.head.experimental):
        yield f'evidence "{row.evidence}" is weak: experimental = true is needed'
    if row.witness is not None and row.witness not in {other.key for other in profile.rows if other.rate == row.rate}:
        yield f"witness {row.witness}: no signal of this profile and rate has that key"
    if row.tens_of is not None and row.tens_of not in {other.key for other in profile.rows if other.rate == "once"}:
        yield f'tens_of {row.tens_of}: no signal of this profile with rate "once" has that key'
    yield from _numbers(row)


def _alarm(row: Row) -> Iterator[str]:
    """An alarm must be one that a controller can report, and travels as a word."""
    kind = alarms.catalogue().get(row.key.removeprefix(ALARM_PREFIX))
    if kind is None:
        close = get_close_matches(row.key.removeprefix(ALARM_PREFIX), alarms.catalogue(), n=1)
        yield "unknown alarm" + (f"; did you mean {close[0]}?" if close else "")
    elif kind.by != "controller":
        yield "this alarm is judged at the site, a controller cannot report it"
    if row.unit:
        yield f'unit "{row.unit}": an alarm has none'
    if row.words is None:
        yield "an alarm travels as a word: words is missing"
    yield from _words(row, (*LEVELS, *ALARM_WORDS.values()))


def _against_catalogue(row: Row, signal: Signal) -> Iterator[str]:
    """Unit and kind as the catalogue has them."""
    if row.unit != signal.unit:
        yield f'unit "{row.unit}" differs from the catalogue ("{signal.unit}")'
    of_kinds = (
        ("words", row.words is not None, "word"),
        ("bit", row.flag and row.words is None, "flag"),
        ("text", row.type == "text" or (row.type == "record" and row.words is None), "text"),
    )
    for field, given, kind in of_kinds:
        if given != (signal.kind == kind):
            yield f"the catalogue says {signal.kind}: {field} {'has no place here' if given else 'is missing'}"
    yield from _words(row, signal.words)


def _words(row: Row, known: Iterable[str]) -> Iterator[str]:
    """A word that nobody else knows would be judged as no word at all."""
    for number, word in (row.words or {}).items():
        if word not in known:
            close = get_close_matches(word, known, n=1)
            yield f'words: nobody knows "{word}" ({number})' + (f"; did you mean {close[0]}?" if close else "")


def _numbers(row: Row) -> Iterator[str]:
    """Scale, limits, parts and codes that make sense together."""
    part = row.bit is not None or row.nibble is not None
    rules = (
        (not isfinite(row.scale) or row.scale == 0, f"scale {row.scale} makes no value"),
        (row.valid is not None and not row.valid[0] < row.valid[1], f"valid {row.valid} holds no value"),
        (row.bit is not None and row.nibble is not None, "bit and nibble cannot stand together"),
        (part and row.type != "u16", f"a bit or nibble belongs to a u16, not to {row.type}"),
        (row.type == "text" and row.scale != 1, "a text has no scale"),
        (row.type == "text" and (row.valid is not None or row.words is not None), "a text has no valid and no words"),
        (row.type not in OF_LENGTH and row.length != 1, "length goes with a text, a record or bits"),
        (row.type == "record" and row.length < LEAST_RECORD, f"a record has at least {LEAST_RECORD} registers"),
        (row.type == "bits" and not row.by_bit, "bits are told by words that say by_bit = true"),
        (row.by_bit and row.words is None, "by_bit needs words"),
        (row.by_bit and not _bits_fit(row), "by_bit: a number of its words is no bit of the value"),
        (row.type == "bit" and (row.scale != 1 or row.valid is not None), "a bit has no scale and no valid"),
        (row.inverted and not row.flag, "inverted goes with a bit"),
        (part and (row.scale != 1 or row.valid is not None), "a bit or nibble has no scale and no valid"),
        (row.words is not None and (row.type == "f32" or row.scale != 1), "words go with a whole number without scale"),
        (row.zero and (row.valid is None or row.valid[0] <= 0 <= row.valid[1]), "zero goes with valid that has no 0"),
        (row.scale_at is not None and not _takes_exponent(row), "scale_at goes with a whole number"),
        (row.plus is not None and not _takes_exponent(row), "plus goes with a whole number"),
        (row.plus is not None and bool(row.models or row.scale_at), "plus has no place in a model, nor with scale_at"),
        (row.plus is not None and row.at <= row.plus.at < row.end, "plus stands in its own register"),
        (row.plus is not None and not 0 < row.plus.scale <= row.scale, "plus counts in larger steps than the value"),
        (row.tens_of is not None and not _takes_exponent(row), "tens_of goes with a whole number"),
        (row.scale_at is not None and row.at <= row.scale_at < row.end, f"scale_at {row.scale_at} is its own register"),
        (row.words is not None and not row.words, "its list of words is empty"),
        (row.type == "f32" and row.absent, "absent does not go with f32: only not-a-number is missing there"),
    )
    yield from (fault for wrong, fault in rules if wrong)
    yield from _codes(row.absent.items(), _width(row))


def _takes_exponent(row: Row) -> bool:
    plain = row.bit is None and row.nibble is None and row.words is None
    return plain and row.type in WIDTH and row.type not in ("f32", "bit")


def _width(row: Row) -> int:
    if row.nibble is not None:
        return 4
    return row.count if row.type in ("bit", "bits") else 16 * row.count


def _bits_fit(row: Row) -> bool:
    size = row.count if row.type == "bits" else 16 * row.count
    return row.type in ("u16", "u32", "bits") and all(NONE_SET <= bit < size for bit in row.words or ())


def faults_of_absent(absent: Absent) -> Iterator[str]:
    """Codes by type: each fits its type, stands once and gives a reason."""
    for name, width in WIDTH.items():
        codes = getattr(absent, name, ())
        numbers = [raw for raw, _ in codes]
        yield from (f"{name}: {fault}" for fault in _codes(codes, 16 * width))
        for raw in sorted({raw for raw in numbers if numbers.count(raw) > 1}):
            yield f"{name}: absent code {raw:#x} stands twice"


def _codes(codes: Iterable[tuple[int, Quality]], bits: int) -> Iterator[str]:
    """Each code must fit and give a reason."""
    for raw, quality in codes:
        if not 0 <= raw < 1 << bits:
            yield f"absent code {raw} does not fit {bits} bits"
        if quality in BELIEVED:
            yield f'absent code {raw:#x}: "{quality.value}" is no reason for a missing value'
