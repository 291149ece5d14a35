"""A profile against the catalogues and against itself: what fits the types but is still wrong."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from math import isfinite

from contract import alarms, signals
from contract.signals import ALARM_PREFIX, Signal
from contract.words import Quality
from gateway.profiles.schema import WEAK, WIDTH, Absent, Profile, Range, Row

BELIEVED = (Quality.GOOD, Quality.SUBSTITUTED)


def faults_of(profile: Profile) -> list[str]:
    """All faults, each beginning with the row it is in."""
    faults = [*_blocks(profile), *_identity(profile), *_twice(profile.rows), *_overlaps(profile.rows)]
    for row in profile.rows:
        faults += [f"{row.label}: {fault}" for fault in _row(row, profile)]
    return faults


def block_of(row: Row, profile: Profile) -> Range | None:
    """The declared block that holds all of a row."""
    for block in profile.blocks:
        if (block.function or profile.link.function) == row.function and block.first <= row.at <= block.last:
            return block if row.end - 1 <= block.last else None
    return None


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
        elif row.type == "f32" or row.words is not None:
            yield f"identity {number} ({identity.key}): only a whole number can prove what a device is"


def _twice(rows: tuple[Row, ...]) -> Iterator[str]:
    """A key may stand once."""
    first: dict[str, Row] = {}
    for row in rows:
        if row.key in first:
            yield f"{row.label}: key {row.key} stands also at {first[row.key].at}"
        first.setdefault(row.key, row)


def _overlaps(rows: tuple[Row, ...]) -> Iterator[str]:
    """Two rows may share a register only as different bits or nibbles of it."""
    owners: dict[tuple[int, int], list[Row]] = {}
    for row in rows:
        for at in range(row.at, row.end):
            for other in owners.get((row.function, at), []):
                parts = row.count == other.count == 1 and not row.mask & other.mask
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
    if block_of(row, profile) is None:
        yield f"registers {row.at}–{row.end - 1} lie outside the declared blocks"
    if row.count > profile.link.max_words:
        yield f"needs {row.count} registers in one request, the link allows {profile.link.max_words}"
    if row.evidence in WEAK and not (row.experimental or profile.head.experimental):
        yield f'evidence "{row.evidence}" is weak: experimental = true is needed'
    yield from _numbers(row)


def _alarm(row: Row) -> Iterator[str]:
    """An alarm must be one that a controller can report, and travels as a word."""
    kind = alarms.catalogue().get(row.key.removeprefix(ALARM_PREFIX))
    if kind is None:
        close = get_close_matches(row.key.removeprefix(ALARM_PREFIX), alarms.catalogue(), n=1)
        yield "unknown alarm" + (f"; did you mean {close[0]}?" if close else "")
    elif kind.by != "controller":
        yield "this alarm is judged at the site, a controller cannot report it"
    if row.words is None:
        yield "an alarm travels as a word: words is missing"


def _against_catalogue(row: Row, signal: Signal) -> Iterator[str]:
    """Unit and kind as the catalogue has them."""
    if row.unit != signal.unit:
        yield f'unit "{row.unit}" differs from the catalogue ("{signal.unit}")'
    for field, given, kind in (("words", row.words is not None, "word"), ("bit", row.bit is not None, "flag")):
        if given != (signal.kind == kind):
            yield f"the catalogue says {signal.kind}: {field} {'has no place here' if given else 'is missing'}"


def _numbers(row: Row) -> Iterator[str]:
    """Scale, limits, parts and codes that make sense together."""
    part = row.bit is not None or row.nibble is not None
    rules = (
        (not isfinite(row.scale) or row.scale == 0, f"scale {row.scale} makes no value"),
        (row.valid is not None and not row.valid[0] < row.valid[1], f"valid {row.valid} holds no value"),
        (row.bit is not None and row.nibble is not None, "bit and nibble cannot stand together"),
        (part and row.type != "u16", f"a bit or nibble belongs to a u16, not to {row.type}"),
        (part and (row.scale != 1 or row.valid is not None), "a bit or nibble has no scale and no valid"),
        (row.words is not None and (row.type == "f32" or row.scale != 1), "words go with a whole number without scale"),
        (row.words is not None and not row.words, "its list of words is empty"),
        (row.type == "f32" and row.absent, "absent does not go with f32: only not-a-number is missing there"),
    )
    yield from (fault for wrong, fault in rules if wrong)
    yield from _codes(row.absent.items(), 4 if row.nibble is not None else 16 * row.count)


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
