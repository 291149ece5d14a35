"""What holds for every profile of the program: any answer becomes values or reasons, and no single error passes."""

import tomllib
from datetime import date
from importlib.resources import files
from itertools import pairwise
from math import isfinite

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contract.messages import Value, encode
from contract.messages import decode as decode_message
from contract.words import Origin, Quality
from gateway.core.wire.decode import Registers, decode, readings
from gateway.core.wire.lines import TcpLine
from gateway.core.wire.plan import Block, Read, plans
from gateway.core.wire.sunspec import Model, located
from gateway.profiles.reader import parse
from gateway.profiles.registry import family, registry
from gateway.profiles.schema import Profile, ProfileFault

CHAIN = (Model(1, 2, 70), Model(103, 70, 122), Model(203, 122, 229), Model(713, 229, 238), Model(802, 238, 302))
EDGES = (0, 1, 0x7F80, 0x7FBF, 0x7FC0, 0x7FFF, 0x8000, 0xFF80, 0xFFF8, 0xFFFE, 0xFFFF)
SIGNAL_ERRORS = {
    "at = 70000": "at = 70000",
    'key = "engine.nonsense"': "unknown key engine.nonsense",
    'unit = "furlong"': 'unit "furlong"',
    'words = "nowhere"': "unknown words nowhere",
    'type = "u17"': "type = 'u17'",
    'evidence = "9"': "evidence = '9'",
    'rate = "sometimes"': "rate = 'sometimes'",
    "scale = 0": "scale",
    "valid = [5, 5]": "valid",
    "function = 6": "function = 6",
    "bit = 16": "bit = 16",
    "offset = 3": "unknown field offset",
    'absent = [[0, "good"], [0, "bad_data"]]': "absent code 0x0 stands twice",
    'absent = [[-1, "bad_data"]]': "absent code",
    'absent = [[0, "sad"]]': "absent = ",
    'witness = "engine.nonsense"': "witness engine.nonsense",
    'place = "roof"': "place = 'roof'",
    "plus = { at = 1, scale = 60 }": "plus = ",
    'tens_of = "engine.nonsense"': "tens_of engine.nonsense",
}
"""What one wrong line makes of a row: the fault that is told of it."""


def texts() -> dict[str, str]:
    """The profiles of the program as they stand in their files."""
    folder = files("gateway.profiles")
    return {path.name: path.read_text("utf-8") for path in folder.iterdir() if path.name.endswith(".toml")}


TEXTS = texts()
WITH_SIGNALS = sorted(name for name, text in TEXTS.items() if "[[signal]]" in text)


def placed(profile: Profile) -> Profile:
    """With addresses, also where the device itself says where they are."""
    return located(profile, CHAIN)[0] if profile.head.discover else profile


def reads_of_all() -> list[Read]:
    """Every read of every profile."""
    every = [placed(profile) for profile in registry().values()]
    return [read for one in every for some in plans(one, TcpLine(host="x")).values() for read in some]


READS = reads_of_all()


def believed_or_explained(value: Value) -> bool:
    """Is it a finite number or a text that is good, or else nothing with a reason?"""
    if value.value is None:
        return bool(value.reason) and value.quality is not Quality.GOOD
    return value.quality is Quality.GOOD and (isinstance(value.value, str) or isfinite(value.value))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(READS), st.data())
def test_any_words_become_values_or_reasons(read: Read, data: st.DataObject) -> None:
    """Whatever stands in the registers, coils and inputs: never an exception, and each signal travels unchanged."""
    words = st.one_of(st.sampled_from(EDGES), st.integers(0, 0xFFFF)) if read.block.function > 2 else st.integers(0, 1)
    chosen = data.draw(st.lists(words, min_size=read.block.count, max_size=read.block.count))
    values = readings(read, Registers(chosen), 7, Origin.MEASURED)

    assert {row.key for row in read.rows} == set(values)
    assert [] == [key for key, value in values.items() if not believed_or_explained(value)]
    assert all(decode_message(encode(value), Value) == value for value in values.values())


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(READS), st.integers(0, 130), st.integers(-3, 3))
def test_any_answer_of_another_length_or_place_is_not_believed(read: Read, length: int, shift: int) -> None:
    """Too short, too long, or rows that lie beside the block: no value, and why."""
    block = Block(read.block.function, max(0, read.block.start + shift), read.block.count)
    values = decode(read.rows, block, [0] * length, 7, Origin.MEASURED)

    assert {row.key for row in read.rows} == set(values)
    assert length == block.count or {None} == {value.value for value in values.values()}
    assert all(value.value is not None or value.reason for value in values.values())


def tables(text: str) -> list[tuple[int, int]]:
    """First line and the line after the last one of each signal of a file."""
    lines = text.split("\n")
    heads = [place for place, line in enumerate(lines) if line.startswith("[")] + [len(lines)]
    return [(at, end) for at, end in pairwise(heads) if lines[at] == "[[signal]]"]


def with_line(text: str, table: tuple[int, int], line: str) -> str:
    """The file with one line of one signal put in, or in place of the one with that field."""
    lines, field = text.split("\n"), line.split(" ")[0]
    kept = [one for one in lines[table[0] + 1 : table[1]] if one.split(" ")[0] != field]
    return "\n".join([*lines[: table[0] + 1], line, *kept, *lines[table[1] :]])


def sentences(file: str, text: str) -> tuple[str, ...] | None:
    """What is told of a file that is refused; None for one that is right."""
    try:
        parse(text, file, family)
    except ProfileFault as refused:
        return refused.faults
    return None


def faults(file: str, text: str) -> tuple[str, ...]:
    """The sentences about a file that must be refused."""
    found = sentences(file, text)
    assert found, "the file was taken for right"
    return found


@settings(max_examples=70, deadline=None)
@given(st.sampled_from(WITH_SIGNALS), st.sampled_from(sorted(SIGNAL_ERRORS)), st.data())
def test_any_profile_with_a_single_error_is_refused(file: str, line: str, data: st.DataObject) -> None:
    """One wrong line anywhere in any signal of any profile: the file, the row and what is wrong with it."""
    table = data.draw(st.sampled_from(tables(TEXTS[file])))
    rows = TEXTS[file].split("\n")[slice(*table)]
    key = next(one.split('"')[1] for one in [line, *rows] if one.startswith("key = "))
    found = faults(file, with_line(TEXTS[file], table, line))

    assert [] == [fault for fault in found if not fault.startswith(f"{file}, ")]
    assert any(f"({key})" in fault and SIGNAL_ERRORS[line] in fault for fault in found), found


@pytest.mark.parametrize("file", WITH_SIGNALS)
def test_any_profile_with_a_row_twice_or_without_its_key_is_refused(file: str) -> None:
    """The last row once more, and the last row without a name."""
    text, (first, end) = TEXTS[file], tables(TEXTS[file])[-1]
    row = text.split("\n")[first:end]
    key = next(one.split('"')[1] for one in row if one.startswith("key = "))
    twice = "\n".join([text, *row])
    lines = text.split("\n")
    nameless = "\n".join([*lines[:first], *(one for one in row if not one.startswith("key")), *lines[end:]])

    assert any(f"({key}): key {key} stands also at" in fault for fault in faults(file, twice))
    assert any(fault.startswith(f"{file}, signal ") and "key is missing" in fault for fault in faults(file, nameless))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.data())
def test_any_profile_that_is_cut_or_scratched_is_read_or_refused(file: str, data: st.DataObject) -> None:
    """One character lost, won or changed anywhere: a profile that is right, or sentences that begin with the file."""
    text = TEXTS[file]
    at = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.one_of(st.just(""), st.sampled_from('0-9".[]=,\n{é'), st.characters(codec="utf-8")))
    found = sentences(file, text[:at] + put + text[at + data.draw(st.integers(0, 1)) :])

    assert found is None or found
    assert [] == [fault for fault in found or () if not fault.startswith((f"{file}, ", f"{file}: "))]


KINDS: dict[type, str] = {
    str: '"rubbish"',
    float: "-7",
    bool: "true",
    list: "[[[1]]]",
    dict: "{ rubbish = 1 }",
    date: "2020-02-02",
}
"""A value of each kind that TOML has."""


def kind(value: object) -> type:
    """Whole numbers go where others go."""
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)


def settings_of(text: str) -> list[tuple[int, int]]:
    """First line and the line after the last one of each `name = value` of a file."""
    lines, found, at = text.split("\n"), [], 0
    while at < len(lines):
        end = at + 1
        if lines[at][:1].isalpha():
            while not whole("\n".join(lines[at:end])):
                end += 1
            found.append((at, end))
        at = end
    return found


def whole(text: str) -> bool:
    """Is this TOML by itself?"""
    try:
        return bool(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        return False


SETTINGS = [(file, place) for file, text in sorted(TEXTS.items()) for place in settings_of(text)]


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(SETTINGS), st.sampled_from(sorted(KINDS, key=str)))
def test_any_profile_with_a_value_of_another_kind_is_refused(setting: tuple[str, tuple[int, int]], put: type) -> None:
    """A text for a number, a list for a word, a table for a list …: in any line of any profile, by its name."""
    file, (at, end) = setting
    lines = TEXTS[file].split("\n")
    ((name, value),) = tomllib.loads("\n".join(lines[at:end])).items()
    assume(kind(value) is not put)
    found = faults(file, "\n".join([*lines[:at], f"{name} = {KINDS[put]}", *lines[end:]]))

    assert [] == [fault for fault in found if not fault.startswith(f"{file}, ")]
    assert any(name in fault for fault in found), found


@pytest.mark.parametrize("file", [file for file, text in TEXTS.items() if "\n[words]\n" in text])
def test_any_profile_with_a_word_that_nobody_knows_is_refused(file: str) -> None:
    """Each word of each list with a letter too many: the row, the word, and what was meant."""
    text = TEXTS[file]
    for word in {word for pairs in tomllib.loads(text)["words"].values() for _, word in pairs}:
        found = faults(file, text.replace(f', "{word}"]', f', "{word}s"]'))

        assert any(f'words: nobody knows "{word}s"' in fault and f"did you mean {word}?" in fault for fault in found)


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        (
            "smartgen-hgm6110n.toml",
            '"mains.frequency",',
            '"mains.freqency",',
            "the family has no signal mains.freqency; did",
        ),
        ("smartgen-hgm6110n.toml", 'name = "smartgen-hgm6110n"\n', "", "head: name is missing"),
        ("dse-73xx-mkii.toml", 'title = "DSE', 'titel = "DSE', "head: title is missing"),
        ("eastron-sdm120.toml", "[[signal]]", "[[signl]]", "head: unknown field signl; did you mean signal?"),
        ("smartgen-hgm6120n.toml", 'key = "', 'key = 7 # "', "signal 1: key = 7"),
        ("smartgen-hgm6110n.toml", "drop = [", "drop = 7\nunknowns = [", "head: drop = 7"),
        ("comap-intelilite4.toml", '"InteliLite4-"', '""', "it can never be ''"),
        ("abb-b-series.toml", "[link]", 'drop = ["meter.power"]\n\n[link]', "head: drop goes with like"),
        ("apc-smart-ups.toml", "[[signal]]\n", "[[signal]]\nzero = true\n", "zero goes with valid"),
        ("abb-b-series.toml", 'key = "meter.power"\n', 'key = "meter.power"\ntens_of = "x"\n', "tens_of x: no signal"),
    ],
)
def test_any_profile_with_a_slip_in_its_frame_is_refused(file: str, old: str, new: str, fault: str) -> None:
    """A name left out beside a family, a drop that drops nothing, no rows at all, a proof that nobody can give."""
    assert old in TEXTS[file]
    found = faults(file, TEXTS[file].replace(old, new))

    assert any(one.startswith(f"{file}, ") and fault in one for one in found), found
