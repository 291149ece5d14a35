"""A settings file is right, or all that is wrong with it is said at once, kindly."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from doors.settings import SettingsFault, load, parse


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of these tables."""


class Connection(StrEnum):
    """A closed list."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


class Modbus(Part, kw_only=True):
    """The table of the example."""

    address: str = "127.0.0.1"
    timeout_s: Annotated[float, Meta(ge=0.1, le=60)] = 1.0


class Device(Part, kw_only=True):
    """One of an array of tables, with a table in it."""

    name: Annotated[str, Meta(min_length=1)]
    unit: Annotated[int, Meta(ge=1, le=247)] = 1
    link: Modbus | None = None


class Settings(Part, kw_only=True):
    """All kinds of settings."""

    modbus: Modbus = Modbus()
    title: str = ""
    connection: Connection = Connection.MANUAL
    baud: Literal[9600, 19200] = 9600
    parity: Literal["none", "even", "odd"] | None = None
    device: tuple[Device, ...] = ()
    pair: Annotated[tuple[Device, ...], Meta(max_length=2)] = ()
    ports: list[Annotated[int, Meta(ge=1, le=65535)]] = []
    limits: dict[str, Modbus] = {}
    window: tuple[float, float] | None = None
    above_v: Annotated[float, Meta(gt=0)] = 1.0


class Site(Part, kw_only=True):
    """With settings that must be there."""

    site: str
    place: Annotated[str, Meta(min_length=2)]
    modbus: Modbus


def faults(text: str, kind: type[msgspec.Struct] = Settings) -> list[str]:
    """All faults of a text."""
    with pytest.raises(SettingsFault) as told:
        parse(text, kind, "settings.toml")
    return told.value.faults


def test_the_example_of_the_house() -> None:
    """A typo and a figure below its limit: both at once, where they stand, with what to do."""
    with pytest.raises(SettingsFault) as told:
        parse('[modbus]\nadress = "10.0.0.4"\ntimeout_s = 0\n', Settings, "settings.toml")

    expected = (
        "settings.toml: 2 faults, nothing started\n"
        "  [modbus] adress: unknown setting; did you mean address?\n"
        "  [modbus] timeout_s: 0 is below 0.1"
    )
    assert expected == str(told.value)


def test_one_fault_is_one() -> None:
    """The headline counts in English."""
    with pytest.raises(SettingsFault, match=r"^s\.toml: 1 fault, nothing started\n  titel: unknown"):
        parse('titel = "Kall"', Settings, "s.toml")


def test_good_settings_are_read(tmp_path: Path) -> None:
    """Values as written, defaults where nothing is written, whole numbers where a number is wanted."""
    path = tmp_path / "site.toml"
    path.write_text(
        'title = "Kall"\nports = [1, 2]\nwindow = [1, 2.5]\n[modbus]\ntimeout_s = 2\n'
        '[[device]]\nname = "genset"\n[device.link]\naddress = "10.0.0.4"\n[limits.engine]\ntimeout_s = 3.5\n',
        "utf-8",
    )

    assert Settings(
        title="Kall",
        ports=[1, 2],
        window=(1.0, 2.5),
        modbus=Modbus(timeout_s=2.0),
        device=(Device(name="genset", link=Modbus(address="10.0.0.4")),),
        limits={"engine": Modbus(timeout_s=3.5)},
    ) == load(path, Settings)


def test_empty_file_is_all_defaults() -> None:
    """Nothing written, nothing wrong."""
    assert Settings() == parse("", Settings, "s.toml")
    assert Settings() == parse("# only words\n\n", Settings, "s.toml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("colour = 1", "colour: unknown setting; known are modbus, title, connection, baud, parity, device, pair, "),
        ("[modbuss]\n", "modbuss: unknown setting; did you mean modbus?"),
        ("[modbus]\nspeed = 1", "[modbus] speed: unknown setting; known are address, timeout_s"),
        ("[modbus]\ntimeout_s = 61", "[modbus] timeout_s: 61 is above 60.0"),
        ("[modbus]\ntimeout_s = 0.05", "[modbus] timeout_s: 0.05 is below 0.1"),
        ("above_v = 0", "above_v: 0 is not above 0.0"),
        ("[modbus]\ntimeout_s = nan", "[modbus] timeout_s: nan is no number to work with"),
        ("above_v = inf", "above_v: inf is no number to work with"),
        ("window = [1.0, nan]", "window: nan is no number to work with"),
        ('[modbus]\ntimeout_s = "2"', "[modbus] timeout_s: '2' does not fit: expected a number, got text"),
        ("[modbus]\ntimeout_s = true", "[modbus] timeout_s: True does not fit: expected a number, got true or false"),
        ("[modbus]\naddress = 4", "[modbus] address: 4 does not fit: expected text, got a whole number"),
        ("title = 1979-05-27", "title: datetime.date(1979, 5, 27) does not fit: expected text"),
        ("modbus = 3", "modbus: 3 does not fit: expected a table, got a whole number"),
        ("[[modbus]]\n", "modbus: it does not fit: expected a table, got a list"),
        ("title = ['a']", "title: it does not fit: expected text, got a list"),
        ('connection = "manul"', "connection: 'manul' does not fit; did you mean manual?"),
        ('connection = "both"', "connection: 'both' does not fit; known are automatic, manual"),
        ("connection = 1", "connection: 1 does not fit; known are automatic, manual"),
        ('parity = "evn"', "parity: 'evn' does not fit; did you mean even?"),
        ("baud = 4800", "baud: 4800 does not fit; known are 9600, 19200"),
        ("baud = '9600'", "baud: '9600' does not fit: expected a whole number, got text"),
        ("ports = [1, 0]", "ports 2: 0 is below 1"),
        ("ports = 1", "ports: 1 does not fit: expected a list, got a whole number"),
        ("window = [1.0]", "window: it does not fit: expected a list of length 2, got 1"),
    ],
)
def test_fault_of_one_setting(text: str, expected: str) -> None:
    """Each wrong setting is named with its table, its value and what is wanted, on one line."""
    (told,) = faults(text)

    assert told.startswith(expected)
    assert 1 == len(told.splitlines())
    assert "`" not in told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '[[device]]\nname = "a"\n[[device]]\nunit = 0',
            ["[device 2] name: is missing", "[device 2] unit: 0 is below 1"],
        ),
        ('[[device]]\nname = ""', ["[device 1] name: '' does not fit: expected text of length >= 1"]),
        (
            '[[device]]\nnmae = "a"',
            ["[device 1] nmae: unknown setting; did you mean name?", "[device 1] name: is missing"],
        ),
        (
            '[[device]]\nname = "a"\nlink = { adress = "x", timeout_s = 99 }',
            [
                "[device 1.link] adress: unknown setting; did you mean address?",
                "[device 1.link] timeout_s: 99 is above 60.0",
            ],
        ),
        ("device = [1]", ["device 1: 1 does not fit: expected a table, got a whole number"]),
        ('device = "genset"', ["device: 'genset' does not fit: expected a list, got text"]),
        ("[device]\nname = 'a'", ["device: it does not fit: expected a list, got a table"]),
        ("[[pair]]\nunit = 300", ["[pair 1] name: is missing", "[pair 1] unit: 300 is above 247"]),
        ("pair = [{name='a'}, {name='b'}, {name='c'}]", ["pair: it does not fit: expected a list of length <= 2"]),
        (
            "[limits.engine]\ntimout_s = 1\n[limits.fuel]\ntimeout_s = 0",
            [
                "[limits.engine] timout_s: unknown setting; did you mean timeout_s?",
                "[limits.fuel] timeout_s: 0 is below 0.1",
            ],
        ),
    ],
)
def test_faults_in_nested_tables_are_named_where_they_stand(text: str, expected: list[str]) -> None:
    """Arrays of tables are counted from 1; tables in them are reached by a dot."""
    assert expected == faults(text)


def test_all_faults_are_told_at_once() -> None:
    """Missing, unknown, wrong type and out of range, in one answer."""
    told = faults('sit = "are-kall"\nplace = "x"\nextra = 1\n[modbus]\ntimeout_s = "long"\n', Site)

    assert [
        "sit: unknown setting; did you mean site?",
        "extra: unknown setting; known are site, place, modbus",
        "site: is missing",
        "place: 'x' does not fit: expected text of length >= 2",
        "[modbus] timeout_s: 'long' does not fit: expected a number, got text",
    ] == told


def test_missing_table_is_missing() -> None:
    """A table that must be there is asked for by its name."""
    assert ["modbus: is missing"] == faults('site = "a"\nplace = "Kall"', Site)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title = ", "is not TOML: "),
        ("title = 'a'\ntitle = 'b'", "is not TOML: "),
        ("[modbus\n", "is not TOML: "),
        ("a = " + "[" * 100_000, "is not TOML"),
        ("a = " + "{a=" * 100_000, "is not TOML"),
        ("\0", "is not TOML: "),
    ],
    ids=["no value", "twice", "open table", "deep lists", "deep tables", "zero byte"],
)
def test_text_that_is_no_toml_is_one_fault(text: str, expected: str) -> None:
    """What cannot be read at all is said with its place, and nothing was guessed."""
    (told,) = faults(text)

    assert told.startswith(expected)
    assert 1 == len(told.splitlines())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read: No such file or directory; check the path"),
        (b'title = "K\xe5ll"', "cannot be read: is not a text file in UTF-8; check the path"),
        (b"\x89PNG\r\n\x1a\n\0", "cannot be read: is not a text file in UTF-8; check the path"),
    ],
    ids=["missing", "latin-1", "a picture"],
)
def test_file_that_cannot_be_read_is_one_fault(tmp_path: Path, content: bytes | None, reason: str) -> None:
    """The whole path and the reason, so that somebody at the site can find it."""
    path = tmp_path / "site.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(SettingsFault) as told:
        load(path, Settings)

    assert f"{path}: 1 fault, nothing started\n  {reason}" == str(told.value)


def test_folder_is_no_settings_file(tmp_path: Path) -> None:
    """A path that ends too early."""
    with pytest.raises(SettingsFault, match="cannot be read: Is a directory; check the path"):
        load(tmp_path, Settings)


def test_file_saved_on_windows_is_read(tmp_path: Path) -> None:
    """A byte-order mark and CRLF are no fault of who wrote the file."""
    path = tmp_path / "site.toml"
    path.write_bytes(b'\xef\xbb\xbftitle = "K\xc3\xa5ll"\r\n')

    assert "Kåll" == load(path, Settings).title


def test_faults_are_told_under_the_name_of_the_file(tmp_path: Path) -> None:
    """Not the path but the name: it is the file that was just handed in."""
    path = tmp_path / "site.toml"
    path.write_text("titel = 1", "utf-8")

    with pytest.raises(SettingsFault, match=r"^site\.toml: 1 fault") as told:
        load(path, Settings)

    assert "site.toml" == told.value.source


class Range(Part, kw_only=True):
    """Two settings that must agree."""

    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        """Low stands below high."""
        if self.low >= self.high:
            raise ValueError("low must be below high")


class Ranges(Part, kw_only=True):
    """Where they stand."""

    fuel: Range = Range()


def test_settings_that_disagree_are_told() -> None:
    """What a struct itself demands of its settings is a fault like any other, with its table."""
    assert ["does not fit: low must be below high (at fuel)"] == faults("[fuel]\nlow = 2", Ranges)


@given(st.text(max_size=80))
def test_any_text_is_settings_or_faults(text: str) -> None:
    """Whatever stands in a file, there are settings or a list of faults, never anything else."""
    try:
        assert isinstance(parse(text, Settings, "s.toml"), Settings)
    except SettingsFault as fault:
        assert fault.faults  # noqa: PT017 - both ways out are right


VALUES = st.recursive(
    st.booleans()
    | st.integers(-5, 70_000)
    | st.floats(-10, 100).map(lambda number: round(number, 3))
    | st.just("even"),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@given(name=st.sampled_from([*Settings.__struct_fields__, "modbus.timeout_s", "limits.a.address"]), value=VALUES)
def test_any_value_is_taken_or_told(name: str, value: object) -> None:
    """A setting with any value is read, or told with its name in one line."""
    text = f"{name} = {json.dumps(value)}"
    try:
        parse(text, Settings, "s.toml")
    except SettingsFault as fault:
        told = fault.faults
    else:
        return

    assert [] == [line for line in told if name.split(".")[0] not in line or len(line.splitlines()) != 1]
