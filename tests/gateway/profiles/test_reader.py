"""A profile file is believed only whole: every fault is named with file and row, all at once."""

import pytest

from contract.words import Quality
from gateway.profiles.reader import parse
from gateway.profiles.schema import Profile, ProfileFault

HEAD = """
name = "test-set"
title = "A set"
maker = "Maker"
family = "Family"
source = "manual, page 1"
kind = "generator_controller"

[link]
function = 3
word_order = "big"
max_words = 64
timeout_s = 1.0
holes = "readable"

[absent]
u16 = [[0xFFFF, "not_fitted"], [0xFFFC, "sensor_fault"]]

[words]
mode = [[0, "stop"], [1, "auto"]]

[defaults]
evidence = "2f"
source = "page 4"
rate = "fast"

[[block]]
first = 1000
last = 1099
"""
FUEL = '\n[[signal]]\nkey = "fuel.level"\nat = 1027\nunit = "%"\n'


def faults(text: str) -> tuple[str, ...]:
    """The sentences about a file."""
    with pytest.raises(ProfileFault) as caught:
        parse(text, "test.toml")
    return caught.value.faults


def profile(text: str) -> Profile:
    """A file that is right."""
    return parse(text, "test.toml")


def test_reader_fills_defaults_and_codes() -> None:
    """A row inherits rate, evidence, source and the codes of its type."""
    row = profile(HEAD + FUEL).row("fuel.level")

    assert ("fast", "2f", "page 4") == (row.rate, row.evidence, row.source)
    assert {0xFFFF: Quality.NOT_FITTED, 0xFFFC: Quality.SENSOR_FAULT} == row.absent


def test_reader_lets_a_row_change_codes() -> None:
    """A row adds codes to its type's and takes one away with `good`."""
    row = profile(HEAD + FUEL + 'absent = [[15, "bad_data"], [0xFFFF, "good"]]').row("fuel.level")

    assert {15: Quality.BAD_DATA, 0xFFFC: Quality.SENSOR_FAULT} == row.absent


def test_reader_expands_alarms_from_the_top_nibble() -> None:
    """Four alarms per register, the first in the top nibble; skipped nibbles belong to nobody."""
    text = HEAD + '\n[[alarms]]\nfirst = 1050\nskip = 3\norder = ["emergency-stop", "low-oil-pressure"]\n'
    first, second = profile(text).row("alarm.emergency-stop"), profile(text).row("alarm.low-oil-pressure")

    assert (1050, 0) == (first.at, first.nibble)
    assert (1051, 3) == (second.at, second.nibble)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (FUEL.replace("%", "l"), 'signal 1 (fuel.level): unit "l" differs from the catalogue ("%")'),
        (FUEL.replace("at =", "adress ="), "signal 1 (fuel.level): unknown field adress"),
        (FUEL.replace("at = 1027\n", ""), "signal 1 (fuel.level): at is missing"),
        (FUEL.replace("1027", '"1027"'), "signal 1 (fuel.level): at = '1027': expected `int`, got `str`"),
        (FUEL.replace("1027", "70000"), "signal 1 (fuel.level): at = 70000: expected `int` <= 65535"),
        (
            FUEL.replace("fuel.level", "fuel.lever"),
            "signal 1 (fuel.lever): unknown key fuel.lever; did you mean fuel.level?",
        ),
        (FUEL.replace("1027", "1100"), "signal 1 (fuel.level): registers 1100–1100 lie outside the declared blocks"),
        (
            FUEL.replace("1027", "1099") + 'type = "u32"',
            "signal 1 (fuel.level): registers 1099–1100 lie outside the declared blocks",
        ),
        (FUEL + FUEL, "signal 2 (fuel.level): key fuel.level stands also at 1027"),
        (
            FUEL + FUEL.replace("fuel.level", "engine.oil_level"),
            "signal 2 (engine.oil_level): register 1027 is also part of fuel.level",
        ),
        (FUEL + "scale = 0", "signal 1 (fuel.level): scale 0.0 makes no value"),
        (FUEL + "scale = nan", "signal 1 (fuel.level): scale nan makes no value"),
        (FUEL + "valid = [10, 0]", "signal 1 (fuel.level): valid (10.0, 0.0) holds no value"),
        (FUEL + 'evidence = "1"', 'signal 1 (fuel.level): evidence "1" is weak: experimental = true is needed'),
        (FUEL + 'evidence = "X"', 'signal 1 (fuel.level): evidence "X" is weak: experimental = true is needed'),
        (FUEL + 'evidence = "3"', "signal 1 (fuel.level): evidence = '3': invalid enum value '3'"),
        (FUEL + 'absent = [[0x10000, "bad_data"]]', "signal 1 (fuel.level): absent code 65536 does not fit 16 bits"),
        (
            FUEL + 'absent = [[1, "broken"]]',
            "signal 1 (fuel.level): absent = [[1, 'broken']]: invalid enum value 'broken' - at `$[0][1]`",
        ),
        (
            FUEL + 'absent = [[1, "substituted"]]',
            'signal 1 (fuel.level): absent code 0x1: "substituted" is no reason for a missing value',
        ),
        (FUEL + 'absent = [[1, "bad_data"], [1, "not_fitted"]]', "signal 1 (fuel.level): absent code 0x1 stands twice"),
        (FUEL + 'words = "mode"', "signal 1 (fuel.level): the catalogue says number: words has no place here"),
        (FUEL + "bit = 3", "signal 1 (fuel.level): the catalogue says number: bit has no place here"),
        (
            '\n[[signal]]\nkey = "controller.mode"\nat = 1000\n',
            "signal 1 (controller.mode): the catalogue says word: words is missing",
        ),
        (
            '\n[[signal]]\nkey = "controller.mode"\nat = 1000\nwords = "mod"\n',
            "signal 1 (controller.mode): unknown words mod; did you mean mode?",
        ),
        (
            '\n[[signal]]\nkey = "controller.fault"\nat = 1000\n',
            "signal 1 (controller.fault): the catalogue says flag: bit is missing",
        ),
        (
            '\n[[alarms]]\nfirst = 1050\norder = ["emergency-stopp"]\n',
            "alarms 1, place 1 (emergency-stopp): unknown alarm; did you mean emergency-stop?",
        ),
        (
            '\n[[alarms]]\nfirst = 1050\norder = ["fuel-low"]\n',
            "alarms 1, place 1 (fuel-low): this alarm is judged at the site, a controller cannot report it",
        ),
        ("\n[[block]]\nfirst = 1099\nlast = 1200\n", "block 2: overlaps block 1 (1000–1099)"),
        ("\n[[block]]\nfirst = 1300\nlast = 1200\n", "block 2: last 1200 is before first 1300"),
        (
            '\n[[identity]]\nkey = "controller.model"\none_of = [1]\n',
            "identity 1 (controller.model): no signal of this profile has that key",
        ),
    ],
)
def test_reader_names_file_and_row(row: str, fault: str) -> None:
    """Each mistake has its own sentence, with the file and the row."""
    assert f"test.toml, {fault}" in faults(HEAD + row)


def test_reader_allows_bits_of_one_register() -> None:
    """Different bits of a register are different signals; the same bit twice is an overlap."""
    bit = '\n[[signal]]\nkey = "controller.{}"\nat = 1000\nbit = {}\n'

    assert 2 == len(profile(HEAD + bit.format("fault", 13) + bit.format("warning", 10)).rows)
    assert ("test.toml, signal 2 (controller.warning): register 1000 is also part of controller.fault",) == faults(
        HEAD + bit.format("fault", 13) + bit.format("warning", 13)
    )


@pytest.mark.parametrize("missing", ["evidence", "source"])
def test_reader_wants_source_and_evidence(missing: str) -> None:
    """A row without source or evidence, its own or by default, is refused."""
    text = "\n".join(
        line for line in (HEAD + FUEL).splitlines() if line not in ('evidence = "2f"', 'source = "page 4"')
    )
    given = {"evidence": '\nevidence = "2f"', "source": '\nsource = "p"'}
    given.pop(missing)

    assert (f"test.toml, signal 1 (fuel.level): {missing} is missing, and there is no default for it",) == faults(
        text + "".join(given.values())
    )


def test_reader_tells_all_faults_at_once() -> None:
    """Three mistakes in three places are three sentences of one exception."""
    text = HEAD.replace("max_words = 64", "max_words = 200") + FUEL.replace("%", "l") + FUEL.replace("unit", "enhet")
    told = faults(text.replace("word_order", "wordorder"))

    assert any("link: max_words = 200" in fault for fault in told)
    assert any("link: unknown field wordorder; did you mean word_order?" in fault for fault in told)
    assert any("link: word_order is missing" in fault for fault in told)
    assert any("signal 2 (fuel.level): unknown field enhet" in fault for fault in told)


@pytest.mark.parametrize("text", ["", "x = ", "signal = 3", "[link]\n", "[[link]]\n", "words = 3", "\0", "[a" * 500])
def test_reader_refuses_rubbish(text: str) -> None:
    """What is no profile is refused with sentences that begin with the file."""
    assert all(fault.startswith("test.toml") for fault in faults(text))


def test_reader_cut_profile_never_crashes() -> None:
    """A file cut at any place is either refused with a sentence or a profile."""
    text = HEAD + FUEL
    told = []
    for length in range(0, len(text), 7):
        try:
            told.append((str(profile(text[:length]).name),))
        except ProfileFault as fault:
            told.append(fault.faults)

    assert all(told)
