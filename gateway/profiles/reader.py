"""From the text of a profile file to a `Profile`; every fault of the file is told at once."""

import tomllib
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any, TypeVar

import msgspec

from contract.signals import ALARM_PREFIX
from contract.words import Quality
from gateway.profiles import checks
from gateway.profiles.schema import (
    ALARM_ABSENT,
    ALARM_WORDS,
    BIT_FUNCTIONS,
    Absent,
    AlarmBits,
    AlarmGroup,
    Defaults,
    Head,
    Identity,
    Link,
    Profile,
    ProfileFault,
    Range,
    Row,
    SignalRow,
    Strict,
)

S = TypeVar("S", bound=Strict)
Words = dict[str, tuple[tuple[int, str], ...]]

MAX_BYTES = 256 * 1024
TABLES = ("link", "absent", "words", "defaults")
LISTS = ("block", "identity", "signal", "alarms", "alarm_bits")
OWN = ("name", "title")
"""What a profile has not from its family."""
Families = Callable[[str], str | None]
"""The text of a family by its name."""


def _none(_name: str) -> str | None:
    return None


def parse(text: str, file: str, families: Families = _none) -> Profile:
    """A profile from its text. Raises ProfileFault with one sentence per fault; `file` stands first in each."""
    table = _table(text, file)
    reader = _Reader(file)
    like = table.get("like")
    if like is not None:
        family = families(like) if isinstance(like, str) else None
        if family is None:
            raise ProfileFault([f"{file}, head: like = {like!r}: there is no such family"])
        base = _table(family, f"family {like}")
        reader.faults += [f"{file}, head: {fault}" for fault in _not_dropped(base, table)]
        table = merged(base, table)
    profile = reader.profile(table)
    if profile is not None:
        reader.faults += [f"{file}, {fault}" for fault in checks.faults_of(profile)]
    if reader.faults or profile is None:
        raise ProfileFault(reader.faults)
    return profile


def _table(text: str, file: str) -> dict[str, Any]:
    """The file as TOML has it."""
    if len(text) > MAX_BYTES:
        raise ProfileFault([f"{file}: larger than {MAX_BYTES} bytes"])
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise ProfileFault([f"{file}: not TOML: {fault}"]) from fault


def merged(family: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """A family's file with a profile's over it.

    Single settings and tables: the profile's own stand before the family's. Identity: one of them. Signals: the
    profile's own replace the family's of the same key, and `drop` takes some away. Blocks and alarms: both. Its name
    and title are its own.
    """
    table = {key: value for key, value in family.items() if key not in OWN} | own
    for name in TABLES:
        if isinstance(family.get(name), dict) and isinstance(own.get(name, {}), dict):
            table[name] = family[name] | own.get(name, {})
    for name in LISTS:
        first, second = family.get(name, []), own.get(name, [])
        if not isinstance(first, list) or not isinstance(second, list) or (name == "identity" and second):
            continue
        if name == "signal":
            keys = [*_keys(second), *_dropped(own)]
            first = [one for one in first if one.get("key") not in keys]
        table[name] = [*second, *first]  # the rows that are counted from 1 stand in the file
    return table


def _keys(signals: list[Any]) -> list[Any]:
    return [one.get("key") for one in signals if isinstance(one, dict)]


def _dropped(own: dict[str, Any]) -> list[Any]:
    """What a profile leaves out of its family; what is no list is refused with the head."""
    drop = own.get("drop", [])
    return drop if isinstance(drop, list) else []


def _not_dropped(family: dict[str, Any], own: dict[str, Any]) -> Iterator[str]:
    """A name written wrongly here would leave the signal in."""
    known = [key for key in _keys(family.get("signal", [])) if isinstance(key, str)]
    for key in _dropped(own):
        if isinstance(key, str) and key not in known:
            yield f"drop: the family has no signal {key}{_hint(key, known)}"


class _Reader:
    """Collects faults while the parts of one file become structs."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[str] = []

    def fault(self, where: str, what: str) -> None:
        """Note one fault."""
        self.faults.append(f"{self.file}, {where}: {what}")

    def struct(self, raw: Any, kind: type[S], where: str) -> S | None:
        """One table as a struct, or None after all its faults were noted."""
        if not isinstance(raw, dict):
            self.fault(where, "must be a table")
            return None
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        known = (*fields, *TABLES, *LISTS) if kind is Head else fields
        faults = [f"unknown field {key}{_hint(key, known)}" for key in raw if key not in fields]
        faults += [f"{name} is missing" for name, field in fields.items() if field.required and name not in raw]
        for name, value in raw.items():
            try:
                msgspec.convert(value, fields[name].type if name in fields else Any)
            except msgspec.ValidationError as fault:
                faults.append(f"{name} = {value!r}: {str(fault)[0].lower()}{str(fault)[1:]}")
        for what in faults:
            self.fault(where, what)
        return None if faults else msgspec.convert(raw, kind)

    def list_of(self, raw: Any, kind: type[S], title: str) -> list[tuple[str, S]]:
        """A list of tables as structs, each with its place in the file; broken ones are left out and noted."""
        if not isinstance(raw, list):
            self.fault(title, "must be a list of tables")
            return []
        found = []
        for number, item in enumerate(raw, 1):
            key = item.get("key") if isinstance(item, dict) else None
            where = f"{title} {number} ({key})" if key and isinstance(key, str) else f"{title} {number}"
            made = self.struct(item, kind, where)
            if made is not None:
                found.append((where, made))
        return found

    def profile(self, table: dict[str, Any]) -> Profile | None:
        """The whole file; None when a part is so broken that the rows cannot be compared with it."""
        head = self.struct({k: v for k, v in table.items() if k not in (*TABLES, *LISTS)}, Head, "head")
        link = self.struct(table.get("link", {}), Link, "link")
        absent = self.struct(table.get("absent", {}), Absent, "absent")
        defaults = self.struct(table.get("defaults", {}), Defaults, "defaults")
        if absent is not None:
            self.faults += [f"{self.file}, absent {fault}" for fault in checks.faults_of_absent(absent)]
        words = self.words(table.get("words", {}))
        blocks = [made for _, made in self.list_of(table.get("block", []), Range, "block")]
        identity = [made for _, made in self.list_of(table.get("identity", []), Identity, "identity")]
        signals = self.list_of(table.get("signal", []), SignalRow, "signal")
        alarms = self.list_of(table.get("alarms", []), AlarmGroup, "alarms")
        bits = self.list_of(table.get("alarm_bits", []), AlarmBits, "alarm_bits")
        if head is None or link is None or absent is None or defaults is None:
            return None
        fill = _Filler(self, link, absent, defaults, words)
        rows = [fill.signal(where, row) for where, row in signals]
        rows += [row for where, group in alarms for row in fill.alarms(where, group)]
        rows += [row for where, group in bits for row in fill.alarm_bits(where, group)]
        if not head.discover:
            rows.sort(key=lambda row: (row.function, row.at, -row.mask))
        return Profile(head=head, link=link, blocks=tuple(blocks), identity=tuple(identity), rows=tuple(rows))

    def words(self, raw: Any) -> Words:
        """The closed lists of words; a number or word that stands twice is a fault."""
        try:
            tables = msgspec.convert(raw, Words)
        except msgspec.ValidationError as fault:
            self.fault("words", str(fault))
            return {}
        for name, pairs in tables.items():
            numbers = [number for number, _ in pairs]
            for number in sorted({number for number in numbers if numbers.count(number) > 1}):
                self.fault(f"words {name}", f"number {number} stands twice")
        return tables


class _Filler:
    """Turns rows of the file into rows for use: defaults, codes and words filled in."""

    def __init__(self, reader: _Reader, link: Link, absent: Absent, defaults: Defaults, words: Words) -> None:
        self.reader = reader
        self.link = link
        self.absent = absent
        self.defaults = defaults
        self.words = words

    def common(self, where: str, row: SignalRow | AlarmGroup | AlarmBits) -> dict[str, Any]:
        """What signals and alarms share."""
        source = row.source or self.defaults.source or ""
        evidence = row.evidence or self.defaults.evidence or ""
        for name, value in (("source", source), ("evidence", evidence)):
            if not value:
                self.reader.fault(where, f"{name} is missing, and there is no default for it")
        return {
            "function": row.function or self.link.function,
            "rate": row.rate or self.defaults.rate or "slow",
            "source": source,
            "evidence": evidence,
            "experimental": row.experimental,
            "big": self.link.word_order == "big",
        }

    def signal(self, where: str, row: SignalRow) -> Row:
        """One signal. A nibble has no codes but its own; a bit is missing when its register is."""
        common = self.common(where, row)
        kind = row.type or ("bit" if common["function"] in BIT_FUNCTIONS else "u16")
        codes = getattr(self.absent, kind, ()) if row.nibble is None else ()
        words = None
        if row.words is not None:
            if row.words not in self.words:
                self.reader.fault(where, f"unknown words {row.words}{_hint(row.words, self.words)}")
            words = dict(self.words.get(row.words, ()))
        return Row(
            key=row.key,
            at=row.at,
            type=kind,
            scale=row.scale,
            unit=row.unit,
            valid=row.valid,
            zero=row.zero,
            absent=self.codes(where, row, codes),
            words=words,
            bit=row.bit,
            nibble=row.nibble,
            length=row.length or 1,
            by_bit=row.by_bit,
            inverted=row.inverted,
            witness=row.witness,
            place=row.place,
            models=row.models,
            scale_at=row.scale_at,
            plus=row.plus,
            tens_of=row.tens_of,
            label=where,
            **common,
        )

    def codes(self, where: str, row: SignalRow, codes: tuple[tuple[int, Quality], ...]) -> dict[int, Quality]:
        """The type's codes with the row's own over them; `good` in a row takes a code away."""
        own = [raw for raw, _ in row.absent]
        for raw in sorted({raw for raw in own if own.count(raw) > 1}):
            self.reader.fault(where, f"absent code {raw:#x} stands twice")
        merged = dict(codes) | dict(row.absent)
        return {raw: quality for raw, quality in merged.items() if quality is not Quality.GOOD}

    def alarms(self, where: str, group: AlarmGroup) -> Iterator[Row]:
        """One row per alarm of a group, top nibble first."""
        common = self.common(where, group)
        for place, alarm in enumerate(group.order):
            register, from_top = divmod(group.skip + place, 4)
            yield Row(
                key=ALARM_PREFIX + alarm,
                at=group.first + register,
                type="u16",
                absent=ALARM_ABSENT,
                words=ALARM_WORDS,
                nibble=3 - from_top,
                label=f"{where}, place {place + 1} ({alarm})",
                **common,
            )

    def alarm_bits(self, where: str, group: AlarmBits) -> Iterator[Row]:
        """One row per named bit of a group: bits of registers, or coils and inputs one after the other."""
        common = self.common(where, group)
        alone = common["function"] in BIT_FUNCTIONS
        words = {0: "inactive", 1: group.level}
        for place, alarm in enumerate(group.order):
            register, bit = (place, 0) if alone else divmod(group.bit + place, 16)
            if not alarm:
                continue
            yield Row(
                key=ALARM_PREFIX + alarm,
                at=group.at + register,
                type="bit" if alone else "u16",
                absent={} if alone else dict(self.absent.u16),
                words=words,
                bit=None if alone else bit,
                inverted=group.inverted,
                models=group.models,
                label=f"{where}, place {place + 1} ({alarm})",
                **common,
            )


def _hint(word: str, known: Any) -> str:
    """ "; did you mean …?" when something is close."""
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""
