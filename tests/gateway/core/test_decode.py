"""Registers become values, or none with a reason. Raw words are typed from the sources, not made from the profiles."""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import Value, encode
from contract.messages import decode as decode_message
from contract.words import Origin, Quality
from gateway.core.wire.decode import Fault, Registers, Why, decode, missing, readings
from gateway.core.wire.plan import Block, Read
from gateway.profiles.registry import load
from gateway.profiles.schema import Profile, Row

DSE = load("dse-73xx-mkii")
SDM = load("eastron-sdm630")
UP_MS = 600_000


def words_of(text: str) -> list[int]:
    """Registers from hexadecimal text."""
    return [int(word, 16) for word in text.split()]


def at(profile: Profile, start: int, text: str) -> dict[str, Value]:
    """What a profile makes of registers from `start` on."""
    words = words_of(text)
    rows = [row for row in profile.rows if start <= row.at and row.end <= start + len(words)]
    return decode(rows, Block(profile.link.function, start, len(words)), words, UP_MS, Origin.MEASURED)


def one(key: str, text: str, profile: Profile = DSE) -> tuple[float | str | None, Quality]:
    """Value and quality of one signal from its own registers."""
    value = at(profile, profile.row(key).at, text)[key]
    return value.value, value.quality


def row_of(**fields: object) -> Row:
    """A row for tests, at register 0."""
    return Row(**{"key": "fuel.level", "function": 3, "at": 0, "type": "u16", **fields})


def value_of(row: Row, text: str) -> Value:
    """What one row makes of its registers."""
    words = words_of(text)
    return decode([row], Block(3, 0, len(words)), words, UP_MS, Origin.MEASURED)[row.key]


def test_dse_frame_reads_as_typed() -> None:
    """The answer 015E 0052 7FFF 003F 0119 0114 05DC 01F4 from 1024 is a running set without oil temperature."""
    values = at(DSE, 1024, "015E 0052 7FFF 003F 0119 0114 05DC 01F4")

    assert {
        "engine.oil_pressure": 350,
        "engine.coolant_temperature": 82,
        "engine.oil_temperature": None,
        "fuel.level": 63,
        "engine.charge_alternator_voltage": 28.1,
        "engine.battery_voltage": 27.6,
        "engine.speed": 1500,
        "generator.frequency": 50.0,
    } == {key: value.value for key, value in values.items()}
    assert Quality.NOT_FITTED is values["engine.oil_temperature"].quality
    assert {UP_MS} == {value.up_ms for value in values.values()}
    assert {Origin.MEASURED} == {value.origin for value in values.values()}


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("engine.run_time", "0000 AFC8", 45_000),
        ("engine.run_time", "0001 0000", 65_536),
        ("engine.maintenance_due_in", "FFFF FFFF", -1),
        ("generator.power", "FFFF FC18", -1000),
        ("generator.power", "0001 E978", 125_304),
        ("generator.energy_export", "0000 09E2", 253.0),
        ("generator.voltage_l1n", "0000 0901", 230.5),
        ("controller.model", "8049", 32841),
        ("controller.mode", "0001", "auto"),
        ("controller.mode", "0004", "auto_manual_restore"),
        ("engine.state", "0003", "running"),
        ("engine.state", "0005", "stopped"),
        ("generator.load_percent", "FFF6", -1.0),
        ("fuel.rate", "0000 04D2", 12.34),
    ],
)
def test_dse_cell_reads_as_typed(key: str, text: str, value: object) -> None:
    """Wide, signed, scaled and worded cells from their raw words."""
    assert (value, Quality.GOOD) == one(key, text)


@pytest.mark.parametrize("text", ["FFFF", "FFFE", "FFFD", "FFFC", "FFFB", "FFFA", "FFF9", "FFF8"])
def test_dse_cold_is_a_temperature(text: str) -> None:
    """A signed register of FFF8…FFFF is −8…−1 °C, not a missing sender."""
    assert (int(text, 16) - 0x10000, Quality.GOOD) == one("engine.coolant_temperature", text)


SENTINELS = [
    ("F", Quality.NOT_FITTED),
    ("E", Quality.OVER_RANGE),
    ("D", Quality.UNDER_RANGE),
    ("C", Quality.SENSOR_FAULT),
    ("B", Quality.BAD_DATA),
    ("A", Quality.DIGITAL_HIGH),
    ("9", Quality.DIGITAL_LOW),
    ("8", Quality.BAD_DATA),
]


@pytest.mark.parametrize(("digit", "quality"), SENTINELS)
@pytest.mark.parametrize(
    ("key", "pattern"),
    [
        ("fuel.level", "FFF{}"),
        ("engine.battery_voltage", "FFF{}"),
        ("controller.mode", "FFF{}"),
        ("controller.warning", "FFF{}"),
        ("engine.oil_temperature", "7FF{}"),
        ("engine.run_time", "FFFF FFF{}"),
        ("generator.power", "7FFF FFF{}"),
    ],
)
def test_dse_sentinel_is_never_a_number(key: str, pattern: str, digit: str, quality: Quality) -> None:
    """Each of the eight codes in each of the four widths, and under words and bits, is its own reason."""
    assert (None, quality) == one(key, pattern.format(digit))


@pytest.mark.parametrize(
    ("key", "text"),
    [("fuel.level", "FFF7"), ("engine.oil_temperature", "7FF7"), ("engine.battery_voltage", "0191")],
)
def test_dse_value_beyond_its_limits_is_implausible(key: str, text: str) -> None:
    """Just below the codes a number is no code, but no fuel level either."""
    assert (None, Quality.IMPLAUSIBLE) == one(key, text)


def test_dse_zero_is_zero() -> None:
    """An empty tank is 0 %, not missing."""
    assert (0, Quality.GOOD) == one("fuel.level", "0000")


def test_dse_alarm_nibbles_from_the_top() -> None:
    """1321: emergency stop inactive, low oil pressure shutdown, high coolant warning, low coolant inactive."""
    values = at(DSE, 39425, "1321")

    assert {
        "alarm.emergency-stop": "inactive",
        "alarm.low-oil-pressure": "shutdown",
        "alarm.high-coolant-temperature": "warning",
        "alarm.low-coolant-temperature": "inactive",
    } == {key: value.value for key, value in values.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0000", ("disabled", Quality.GOOD)),
        ("1000", ("inactive", Quality.GOOD)),
        ("2000", ("warning", Quality.GOOD)),
        ("3000", ("shutdown", Quality.GOOD)),
        ("4000", ("trip", Quality.GOOD)),
        ("5000", ("controlled_shutdown", Quality.GOOD)),
        ("6000", (None, Quality.BAD_DATA)),
        ("7000", (None, Quality.BAD_DATA)),
        ("8000", ("indication_inactive", Quality.GOOD)),
        ("9000", ("indication_inactive", Quality.GOOD)),
        ("A000", ("indication_active", Quality.GOOD)),
        ("B000", (None, Quality.BAD_DATA)),
        ("F000", (None, Quality.NOT_FITTED)),
    ],
)
def test_dse_alarm_codes(text: str, expected: tuple[str | None, Quality]) -> None:
    """Every nibble code, the reserved ones among them."""
    assert expected == one("alarm.emergency-stop", text)


def test_dse_alarm_register_is_no_sentinel() -> None:
    """FFF8 in an alarm register is three alarms that are not there and an inactive indication."""
    assert (None, Quality.NOT_FITTED) == one("alarm.emergency-stop", "FFF8")
    assert ("indication_inactive", Quality.GOOD) == one("alarm.low-coolant-temperature", "FFF8")


def test_dse_bits_are_counted_from_zero() -> None:
    """1400 in 774 is shutdown (bit 12) and warning (bit 10)."""
    values = at(DSE, 774, "1400")

    assert {
        "controller.not_configured": 0,
        "controller.fault": 0,
        "controller.shutdown_alarm": 1,
        "controller.trip_alarm": 0,
        "controller.warning": 1,
    } == {key: value.value for key, value in values.items()}


@pytest.mark.parametrize(
    ("key", "text"), [("controller.mode", "0008"), ("engine.state", "0007"), ("engine.state", "000F")]
)
def test_dse_unknown_number_is_bad_data(key: str, text: str) -> None:
    """A mode nobody has named, and a state that says *not available*, are not guessed."""
    assert (None, Quality.BAD_DATA) == one(key, text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("4366 8000", 230.5), ("0000 0000", 0.0), ("42FA 999A", 125.3), ("C2FA 999A", -125.3), ("4247 EB85", 49.98)],
)
def test_sdm_float_reads_as_typed(text: str, value: float) -> None:
    """float32, high word first; seven digits, because it carries no more."""
    row = row_of(type="f32")

    assert value == value_of(row, text).value


def test_sdm_answer_reads_as_typed() -> None:
    """4366 8000 from register 0 is 230.5 V on L1."""
    assert (230.5, Quality.GOOD) == one("meter.voltage_l1n", "4366 8000", SDM)


@pytest.mark.parametrize("text", ["7FC0 0000", "FFFF FFFF", "7F80 0000", "FF80 0000", "7FA0 0001"])
def test_sdm_not_a_number_is_bad_data(text: str) -> None:
    """Not-a-number and the infinities would become null in JSON; they are bad data here."""
    assert (None, Quality.BAD_DATA) == one("meter.voltage_l1n", text, SDM)


def test_sdm_wrong_word_order_is_implausible() -> None:
    """230.5 V with its words exchanged is no voltage."""
    assert (None, Quality.IMPLAUSIBLE) == one("meter.voltage_l1n", "8000 4366", SDM)


def test_low_word_first_is_read_in_the_devices_order() -> None:
    """Datakom's 04E5 0000 is 125.3 kW."""
    assert 125.3 == value_of(row_of(type="u32", big=False, scale=0.1), "04E5 0000").value


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("u64", "0000 0001 0000 0000", 2**32),
        ("s64", "FFFF FFFF FFFF FFFE", -2),
        ("s16", "8000", -32768),
        ("s32", "8000 0000", -(2**31)),
    ],
)
def test_widths_and_signs(type_: str, text: str, value: int) -> None:
    """The types no profile uses yet read their extremes."""
    assert value == value_of(row_of(type=type_), text).value


@pytest.mark.parametrize(
    ("scale", "text", "value"),
    [(0.1, "0003", 0.3), (0.01, "001D", 0.29), (0.001, "1F9B", 8.091), (1 / 512, "C800", 100.0), (10, "0007", 70)],
)
def test_scale_rounds_once(scale: float, text: str, value: float) -> None:
    """3 × 0.1 is 0.3: the scale is a decimal fraction, not its nearest double."""
    assert value == value_of(row_of(scale=scale), text).value


@pytest.mark.parametrize("read", [1024, 1032, 768, 39425])
def test_cut_answer_is_not_believed(read: int) -> None:
    """An answer cut at any length, or with something after it, gives no value at all."""
    rows = [row for row in DSE.rows if read <= row.at and row.end <= read + 8]
    block = Block(3, read, 8)
    for length in [*range(8), 9, 20]:
        values = decode(rows, block, [1] * length, UP_MS, Origin.MEASURED)

        assert {row.key for row in rows} == set(values)
        assert {(None, Quality.BAD_DATA)} == {(value.value, value.quality) for value in values.values()}
        assert {f"{length} registers came, 8 were asked for"} == {value.reason for value in values.values()}


def test_row_outside_its_block_is_bad_data() -> None:
    """A row that the block does not hold is never read from its neighbour."""
    values = decode([DSE.row("fuel.level")], Block(3, 1028, 2), [1, 2], UP_MS, Origin.MEASURED)

    assert Quality.BAD_DATA is values["fuel.level"].quality


def test_silent_device_has_a_reason_for_every_signal() -> None:
    """A device that says nothing yields every signal, without value and with the reason."""
    values = missing(DSE.rows, Quality.COMM_ERROR, "no answer within 1 s", UP_MS, Origin.SIMULATED)

    assert len(DSE.rows) == len(values)
    assert {(None, Quality.COMM_ERROR, "no answer within 1 s", Origin.SIMULATED)} == {
        (value.value, value.quality, value.reason, value.origin) for value in values.values()
    }


@pytest.mark.parametrize(
    ("fault", "probe", "quality"),
    [
        (Fault(Quality.BAD_DATA, "no such registers", Why.REFUSED, 2), True, Quality.NOT_FITTED),
        (Fault(Quality.BAD_DATA, "no such registers", Why.REFUSED, 2), False, Quality.BAD_DATA),
        (Fault(Quality.COMM_ERROR, "busy", Why.REFUSED, 6), True, Quality.COMM_ERROR),
        (Fault(Quality.COMM_ERROR, "no answer"), True, Quality.COMM_ERROR),
    ],
)
def test_refusal_means_not_fitted_only_where_models_differ(fault: Fault, probe: bool, quality: Quality) -> None:
    """Registers that only some models have are not fitted when refused; everything else is what it was."""
    read = Read(Block(3, 1027, 1), (DSE.row("fuel.level"),), probe)

    assert quality is readings(read, fault, UP_MS, Origin.MEASURED)["fuel.level"].quality


def test_registers_and_faults_take_one_road() -> None:
    """An answer is decoded by the same call as a fault."""
    read = Read(Block(3, 1027, 1), (DSE.row("fuel.level"),))

    assert 63 == readings(read, Registers([63]), UP_MS, Origin.MEASURED)["fuel.level"].value


@given(st.data())
def test_any_registers_give_every_signal_and_survive_the_wire(data: st.DataObject) -> None:
    """Whatever 16-bit words come, each signal has a finite value or a reason, and travels as JSON unchanged."""
    profile = data.draw(st.sampled_from([DSE, SDM]))
    first = data.draw(st.sampled_from(profile.rows)).at
    words = data.draw(st.lists(st.integers(0, 0xFFFF), min_size=4, max_size=60))
    rows = [row for row in profile.rows if first <= row.at and row.end <= first + len(words)]
    values = decode(rows, Block(profile.link.function, first, len(words)), words, UP_MS, Origin.MEASURED)

    assert {row.key for row in rows} == set(values)
    for value in values.values():
        assert (value.value is None) != (value.quality is Quality.GOOD)
        assert value.value is not None or value.reason
        assert not isinstance(value.value, float) or math.isfinite(value.value)
        assert value == decode_message(encode(value), Value)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_float_keeps_seven_digits(number: float) -> None:
    """Any float32 comes back within its own precision."""
    text = struct.pack(">f", number).hex(" ", 2)
    found = value_of(row_of(type="f32"), text).value

    assert isinstance(found, float)
    assert math.isclose(number, found, rel_tol=1e-6, abs_tol=1e-44)
