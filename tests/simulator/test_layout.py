"""Values as raw words, by hand-written rows: types, word order, codes, bits and nibbles."""

import pytest

from contract.words import Quality
from gateway.profiles.registry import load
from gateway.profiles.schema import Row
from simulator.layout import Layout, pattern, put

U16 = {
    0xFFFF: Quality.NOT_FITTED,
    0xFFFE: Quality.OVER_RANGE,
    0xFFFD: Quality.UNDER_RANGE,
    0xFFFC: Quality.SENSOR_FAULT,
}
S16 = {0x7FFF: Quality.NOT_FITTED, 0x7FFE: Quality.OVER_RANGE, 0x7FFC: Quality.SENSOR_FAULT}


def _row(type_: str = "u16", **more) -> Row:
    return Row(key="k", function=3, at=10, type=type_, **more)


@pytest.mark.parametrize(
    ("row", "said", "words"),
    [
        (_row(scale=0.1), 27.6, "0114"),
        (_row(), 0, "0000"),
        (_row("s16"), -1, "FFFF"),
        (_row("s16", absent=S16), -8, "FFF8"),
        (_row("u32"), 45_000, "0000 AFC8"),
        (_row("u32", scale=0.1, big=False), 12_530, "E9 74".replace(" ", "") + " 0001"),
        (_row("s32"), -2, "FFFF FFFE"),
        (_row("u64"), 1, "0000 0000 0000 0001"),
        (_row("f32"), 230.5, "4366 8000"),
        (_row("f32", big=False), 230.5, "8000 4366"),
        (_row("f32"), 0.0, "0000 0000"),
        (_row(absent=U16), None, "FFFF"),
        (_row("s16", absent=S16), None, "7FFF"),
        (_row(), None, "0000"),
        (_row(absent=U16), Quality.SENSOR_FAULT, "FFFC"),
        (_row(absent=U16), 70_000, "FFFE"),
        (_row(absent=U16), 0xFFFC, "FFFD"),
        (_row(absent=U16), -1, "FFFD"),
        (_row(), 70_000, "FFFF"),
        (_row("s16"), -40_000, "8000"),
        (_row(words={0: "stop", 1: "auto"}), "auto", "0001"),
        (_row(words={0: "stop", 1: "auto"}), 15, "000F"),
    ],
)
def test_value_becomes_words(row, said, words):
    """Scale, sign, width, word order and codes of one row."""
    cells: dict[int, int] = {}

    put(cells, row, said)

    assert words == " ".join(f"{cells[at]:04X}" for at in sorted(cells))


def test_bits_and_nibbles_leave_their_neighbours_alone():
    """A bit or nibble changes only what it owns."""
    cells = {10: 0x1321}

    put(cells, _row(nibble=3, words={1: "inactive", 5: "controlled_shutdown"}), "controlled_shutdown")
    put(cells, _row(bit=0), 0)

    assert 0x5320 == cells[10]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [("flying", "k has no word 'flying' in this profile; known are stop"), (Quality.SENSOR_FAULT, "k has no code for")],
)
def test_what_a_row_cannot_say_is_refused(said, sentence):
    """A word or code that the profile does not know is a sentence, never a number."""
    with pytest.raises(ValueError, match=sentence):
        pattern(_row(words={0: "stop"}), said)


def test_text_stands_two_letters_to_a_register():
    """A device that proves itself by a text says it, whatever the order of its words."""
    layout = Layout(load("comap-intelilite4"), {}, {})
    row = load("comap-intelilite4").row("controller.identity")
    cells = layout.memory({}, ())[row.function]

    assert b"InteliLite4-" == b"".join(cells[at].to_bytes(2, "big") for at in range(row.at, row.end)).rstrip(b"\0")


def test_layout_tells_minutes_beside_hours() -> None:
    """34 h 51 min of a SmartGen set stand in three registers; the hours are not rounded up."""
    memory = Layout(load("smartgen-hgm6120n"), {}, {}).memory({"engine.run_time": (34 * 60 + 51) * 60}, ())

    assert [0, 34, 51] == [memory[3][at] for at in (42, 43, 44)]


@pytest.mark.parametrize(("rated_w", "raw"), [(80_000, 4000), (200_000, 400)])
def test_layout_tells_power_in_the_unit_of_the_set(rated_w: int, raw: int) -> None:
    """40 kW of a CRE set are 4000 or 400, by its nominal power."""
    memory = Layout(load("cre-compact"), {"generator.rated_power": rated_w}, {}).memory({"generator.power": 40_000}, ())

    assert (raw, rated_w // 1000) == (memory[3][369], memory[3][2105])
