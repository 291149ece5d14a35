"""SunSpec: the chain of models, where each cell stands in it, and scale factors that come with the value.

Offsets are typed from the definitions of the models, counted from the register with the number of the model.
"""

from collections.abc import Callable, Sequence
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.words import Origin, Quality
from gateway.core.wire.decode import Fault, Registers, Why, decode
from gateway.core.wire.lines import SerialLine
from gateway.core.wire.plan import Block, plans
from gateway.core.wire.sunspec import BASES, MARKER, Found, Model, located, speaks_of, stranger, walk
from gateway.profiles.reader import parse
from gateway.profiles.registry import family, load
from gateway.profiles.schema import ProfileFault, Row

BATTERY, METER = load("sunspec-battery"), load("sunspec-meter")
CELLS = {
    (1, "ups.model"): (18, None, 16),
    (1, "ups.serial"): (50, None, 16),
    (1, "meter.model"): (18, None, 16),
    (802, "ups.charge"): (11, 56, 1),
    (802, "ups.health"): (13, 58, 1),
    (802, "alarm.ups-fault"): (22, None, 1),
    (802, "ups.battery_voltage"): (34, 59, 1),
    (713, "ups.charge"): (4, 8, 1),
    (713, "ups.health"): (5, 8, 1),
    (713, "alarm.ups-fault"): (6, None, 1),
    (101, "ups.output_current"): (2, 6, 1),
    (102, "ups.output_voltage"): (10, 13, 1),
    (103, "ups.output_frequency"): (16, 17, 1),
    (103, "alarm.ups-fault"): (38, None, 1),
    (201, "meter.current_l1"): (3, 6, 1),
    (203, "meter.current_l3"): (5, 6, 1),
    (201, "meter.voltage_l1n"): (8, 15, 1),
    (203, "meter.voltage_l3l1"): (14, 15, 1),
    (202, "meter.frequency"): (16, 17, 1),
    (204, "meter.power"): (18, 22, 1),
    (203, "meter.power_l3"): (21, 22, 1),
    (203, "meter.apparent_power"): (23, 27, 1),
    (203, "meter.reactive_power"): (28, 32, 1),
    (203, "meter.energy_export"): (38, 54, 2),
    (203, "meter.energy_import"): (46, 54, 2),
}
NONE = 0x8000
SILENT = Fault(Quality.COMM_ERROR, "no answer", Why.SILENT)
REFUSED = Fault(Quality.BAD_DATA, "has no such registers", Why.REFUSED, 2)


def chain(base: int, *models: tuple[int, int]) -> dict[int, int]:
    """The heads of a device with these models (number, length) at an address, and its end."""
    cells = {base: MARKER[0], base + 1: MARKER[1]}
    at = base + 2
    for number, length in models:
        cells |= {at: number, at + 1: length} | dict.fromkeys(range(at + 2, at + 2 + length), 0)
        at += 2 + length
    return cells | {at: 0xFFFF, at + 1: 0}


def searched(answer: Callable[[Block], Registers | Fault]) -> tuple[Found, list[Block]]:
    """What a device makes of the search, and what it was asked."""
    search, asked = walk(), []
    try:
        block = next(search)
        for _ in range(1000):
            asked.append(block)
            block = search.send(answer(block))
    except StopIteration as over:
        return over.value, asked
    raise AssertionError("the search has no end")


def of_cells(cells: dict[int, int]) -> Callable[[Block], Registers | Fault]:
    """A device that has these cells and refuses all others."""

    def answer(block: Block) -> Registers | Fault:
        words = [cells.get(at) for at in range(block.start, block.end)]
        return REFUSED if None in words else Registers([word or 0 for word in words])

    return answer


def valued(row: Row, words: Sequence[int]) -> tuple[float | str | None, Quality]:
    """Value and quality of a row from the registers from its first one on."""
    value = decode([row], Block(3, row.first, len(words)), words, 0, Origin.MEASURED)[row.key]
    return value.value, value.quality


@pytest.mark.parametrize(("model", "key"), CELLS)
def test_sunspec_cell_is_where_its_model_has_it(model: int, key: str) -> None:
    """Offset, offset of the scale factor, registers."""
    (row,) = [one for one in (*BATTERY.rows, *METER.rows) if one.key == key and model in one.models]

    assert CELLS[model, key] == (row.at, row.scale_at, row.count)


@pytest.mark.parametrize("base", BASES)
def test_sunspec_chain_is_found_at_each_base(base: int) -> None:
    """The bases that come before it refuse, or hold something else."""
    cells = chain(base, (1, 66), (103, 50), (802, 62)) | ({} if base == 40000 else {40000: 7, 40001: 7})
    found, asked = searched(of_cells(cells))

    assert (Model(1, base + 2, base + 70), Model(103, base + 70, base + 122)) == found.models[:2]
    assert "SunSpec models 1, 103, 802" == found.sentence
    assert {2} == {block.count for block in asked}


@pytest.mark.parametrize("length", [65, 66])
def test_sunspec_models_follow_what_the_device_says_of_their_length(length: int) -> None:
    """The common model comes with and without its last register."""
    found, _ = searched(of_cells(chain(40000, (1, length), (203, 105))))

    assert 40004 + length == found.models[1].start


@pytest.mark.parametrize(
    ("answers", "sentence", "known"),
    [
        ([REFUSED] * 3, "wrong device: no SunSpec marker at 40000, 0, 50000", True),
        ([SILENT], "no answer", False),
        ([Registers(MARKER), SILENT], "no answer", False),
        ([Registers([1])], "a head of another length came", False),
        ([Registers(MARKER), Registers([0xFFFF, 0])], "no SunSpec models", True),
        ([Registers(MARKER), REFUSED], "no SunSpec models", True),
        ([Registers(MARKER), Registers([1, 65000])], "its chain of SunSpec models is broken at 40002: 65000", True),
    ],
)
def test_sunspec_search_without_models_says_why(answers: list[Registers | Fault], sentence: str, known: bool) -> None:
    """Silence proves nothing; a device that answers otherwise is another one."""
    waiting = iter(answers)
    found, _ = searched(lambda _: next(waiting))

    assert ((), known) == (found.models, found.known)
    assert found.sentence.startswith(sentence)


def test_sunspec_chain_without_its_end_is_believed_as_far_as_it_goes() -> None:
    """Some makers leave the end away."""
    cells = chain(40000, (1, 66), (203, 105))
    cells = {at: word for at, word in cells.items() if at < 40002 + 68 + 107}

    assert [1, 203] == [model.number for model in searched(of_cells(cells))[0].models]


@given(st.lists(st.one_of(st.just(SILENT), st.just(REFUSED), st.lists(st.integers(0, 65535), max_size=3)), max_size=90))
def test_sunspec_search_ends_whatever_answers(answers: list[Fault | list[int]]) -> None:
    """Never an exception, never without end, never a model outside the addresses."""
    waiting = iter([Registers(MARKER), *(one if isinstance(one, Fault) else Registers(one) for one in answers)])
    found, asked = searched(lambda _: next(waiting, SILENT))

    assert len(asked) <= 64
    assert all(model.start < model.end <= 0x10000 for model in found.models)
    assert found.sentence


def test_sunspec_rows_stand_where_the_device_has_its_models() -> None:
    """Value and scale factor move together; what it has no model for is known to be missing."""
    profile, lacking = located(BATTERY, (Model(1, 2, 70), Model(802, 70, 134)))

    assert (70 + 11, 70 + 56) == (profile.row("ups.charge").at, profile.row("ups.charge").scale_at)
    assert {"ups.output_current", "ups.output_voltage", "ups.output_frequency"} == {row.key for row in lacking}
    assert speaks_of(profile)


def test_sunspec_signal_of_two_models_is_read_from_the_first_and_alarms_from_all() -> None:
    """802 before 713 wherever they stand; a fault of the inverter is no less one of the battery."""
    profile, _ = located(BATTERY, (Model(713, 2, 11), Model(802, 11, 75), Model(103, 75, 127)))

    assert [(802,)] == [row.models for row in profile.rows if row.key == "ups.charge"]
    assert [2 + 6, 11 + 22, 75 + 38] == [row.at for row in profile.rows if row.key == "alarm.ups-fault"]


def test_sunspec_model_that_is_too_short_has_no_such_rows() -> None:
    """Nothing is read beyond what the device says of its model."""
    profile, lacking = located(METER, (Model(203, 2, 2 + 54),))

    assert {"meter.energy_import", "meter.energy_export", "meter.model"} == {row.key for row in lacking}
    assert profile.row("meter.power").stop <= 2 + 54


def test_sunspec_device_without_the_models_is_a_stranger() -> None:
    """Which models it has, and which would do."""
    found = Found((Model(1, 2, 70), Model(113, 70, 132)), "SunSpec models 1, 113")

    assert not speaks_of(located(METER, found.models)[0])
    assert "it has the SunSpec models 1, 113, sunspec-meter needs one of 201, 202, 203, 204" in stranger(METER, found)


@pytest.mark.parametrize(
    ("raw", "exponent", "expected"),
    [
        (2301, 0xFFFF, (230.1, Quality.GOOD)),
        (23, 1, (230, Quality.GOOD)),
        (230, 0, (230, Quality.GOOD)),
        (0, 0xFFFF, (0, Quality.GOOD)),
        (230, NONE, (None, Quality.NOT_FITTED)),
        (NONE, 0, (None, Quality.NOT_FITTED)),
        (NONE, NONE, (None, Quality.NOT_FITTED)),
        (2301, 0, (None, Quality.IMPLAUSIBLE)),
        (230, 11, (None, Quality.BAD_DATA)),
        (230, 0x7FFF, (None, Quality.BAD_DATA)),
    ],
)
def test_sunspec_value_takes_the_scale_factor_of_its_answer(
    raw: int, exponent: int, expected: tuple[float | None, Quality]
) -> None:
    """Tens and tenths; without a scale factor there is no value, and limits hold for the scaled value."""
    row = METER.row("meter.voltage_l1n")

    assert expected == valued(row, [raw, *[0] * (row.scale_at - row.at - 1), exponent])


@pytest.mark.parametrize(
    ("high", "low", "expected"),
    [
        (0, 0, (None, Quality.NOT_FITTED)),
        (0x8000, 0, (None, Quality.NOT_FITTED)),
        (0xFFFF, 0xFFFF, (None, Quality.IMPLAUSIBLE)),
        (0xFFFF, 0xFC18, (None, Quality.IMPLAUSIBLE)),
        (0x0001, 0xE240, (1234.56, Quality.GOOD)),
    ],
)
def test_sunspec_energy_that_is_not_counted_is_no_zero(
    high: int, low: int, expected: tuple[float | None, Quality]
) -> None:
    """0 is not accumulated; a maker's negative energy is no huge one. 123 456 with 10 Wh each is 1234.56 kWh."""
    row = METER.row("meter.energy_import")

    assert expected == valued(row, [high, low, *[0] * (row.scale_at - row.end), 1])


@pytest.mark.parametrize("key", [row.key for row in METER.rows if row.scale_at is not None])
@given(raw=st.integers(0, 65535), exponent=st.integers(0, 65535))
def test_sunspec_value_is_a_number_or_has_a_reason(key: str, raw: int, exponent: int) -> None:
    """Whatever stands in the registers."""
    row = METER.row(key)
    words = [raw] * (row.stop - row.first - 1) + [exponent]
    value = decode([row], Block(3, row.first, len(words)), words, 0, Origin.MEASURED)[key]

    assert (value.value is None) == (value.quality is not Quality.GOOD) == bool(value.reason)


@pytest.mark.parametrize("baud", [9600, 115200])
def test_sunspec_value_and_scale_factor_are_one_request(baud: int) -> None:
    """Whatever the plan, both are in the block of the row."""
    models = (Model(1, 2, 70), Model(802, 70, 134), Model(103, 134, 186))
    profile, _ = located(BATTERY, models)
    reads = [read for some in plans(profile, SerialLine(device="/dev/x", baud=baud)).values() for read in some]

    assert sorted(row.key for row in profile.rows) == sorted(row.key for read in reads for row in read.rows)
    assert all(read.block.start <= row.first and row.stop <= read.block.end for read in reads for row in read.rows)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("models = [201, 202, 203, 204]\nat = 3\n", "at = 3\n", "(meter.current_l1): models is missing"),
        ("scale_at = 6", "scale_at = 3", "(meter.current_l1): scale_at 3 is its own register"),
        ("[[signal]]", "[[block]]\nfirst = 0\nlast = 9\n\n[[signal]]", "where its models stand has no blocks"),
        ("scale_at = 22", "scale_at = 200", "(meter.power): needs 183 registers in one request"),
        ("at = 4\n", "at = 3\n", "(meter.current_l2): register 3 is also part of meter.current_l1"),
        ('like = "sunspec"', 'like = "sunspec"\ndiscover = ""', "models goes with discover at the top of the file"),
    ],
)
def test_sunspec_profile_with_a_single_error_is_refused(old: str, new: str, fault: str) -> None:
    """With the row, and what is wrong with it."""
    text = files("gateway.profiles").joinpath("sunspec-meter.toml").read_text("utf-8")
    assert old in text
    with pytest.raises(ProfileFault) as refused:
        parse(text.replace(old, new, 1), "sunspec-meter.toml", family)

    assert fault in str(refused.value)
    assert all(one.startswith("sunspec-meter.toml, ") for one in refused.value.faults)
