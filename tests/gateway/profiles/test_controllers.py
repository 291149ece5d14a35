"""What holds for every generator controller that comes with the program, whoever made it."""

import pytest

from gateway.core.wire.lines import SerialLine
from gateway.core.wire.plan import plans
from gateway.profiles.reader import parse
from gateway.profiles.registry import registry
from gateway.profiles.schema import Profile, ProfileFault

from .answers import heard
from .test_reader import HEAD

SETS = [profile for profile in registry().values() if profile.head.kind == "generator_controller"]
LISTS = 'both = [[2, "auto"], [0, "stop"], [-1, "off"]]\nswitch = [[3, "mains"]]\nlevel = [[1, "warning"]]\n'
BITS = HEAD.replace("mode = ", LISTS + "mode = ")
MODE = '\n[[signal]]\nkey = "controller.mode"\nat = 1000\nwords = "both"\nby_bit = true\n'
SWITCH = '\n[[signal]]\nkey = "switch.position"\nat = 1000\nwords = "switch"\nby_bit = true\n'
LEVEL = '\n[[signal]]\nkey = "alarm.common-warning"\nat = 1010\ntype = "record"\nlength = 5\nwords = "level"\n'
TEXT = '\n[[signal]]\nkey = "controller.alarm_text_1"\nat = 1010\ntype = "record"\nlength = 5\n'


@pytest.mark.parametrize("profile", SETS, ids=lambda profile: profile.name)
def test_controller_tells_where_it_is_weak(profile: Profile) -> None:
    """Source and evidence on every row; what was never seen, or is contradicted, is experimental."""
    weak = [row.key for row in profile.rows if row.evidence in ("1", "X")]

    assert [] == [row.key for row in profile.rows if not row.source or not row.evidence]
    assert [] == [key for key in weak if not (profile.head.experimental or profile.row(key).experimental)]


@pytest.mark.parametrize("profile", SETS, ids=lambda profile: profile.name)
def test_controller_is_read_whole(profile: Profile) -> None:
    """Every row is in exactly one read, within what the device takes at once."""
    reads = [read for some in plans(profile, SerialLine(device="/dev/ttyUSB0", baud=9600)).values() for read in some]

    assert sorted((row.key, row.at) for read in reads for row in read.rows) == sorted(
        (row.key, row.at) for row in profile.rows
    )
    assert [] == [read.block for read in reads if read.block.function > 2 and read.block.count > profile.link.max_words]


@pytest.mark.parametrize("profile", SETS, ids=lambda profile: profile.name)
def test_controller_says_when_it_is_in_automatic(profile: Profile) -> None:
    """Without a mode a set is never ready; one source that tells none is experimental as a whole."""
    modes = [row for row in profile.rows if row.key == "controller.mode"]

    assert len(modes) == 1 or profile.head.experimental
    assert [] == [row.key for row in modes if "auto" not in (row.words or {}).values()]
    assert {"fast"} >= {row.rate for row in modes}


@pytest.mark.parametrize(
    ("raw", "mode", "position"),
    [(0b0100, "auto", None), (0b0101, "auto", None), (0b0001, "stop", None), (0b1000, "off", "mains")],
)
def test_two_words_may_share_one_register_of_bits(raw: int, mode: str, position: str | None) -> None:
    """The order of the list is the rank, −1 is the word where none of its own bits is set."""
    values = heard(parse(BITS + MODE + SWITCH, "test.toml"), 1000, [raw])

    assert (mode, position) == (values["controller.mode"].value, values["switch.position"].value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (BITS.replace("[3,", "[2,") + MODE + SWITCH, "signal 2 (switch.position): register 1000 is also part of"),
        (BITS.replace("[3,", "[-2,") + SWITCH, "by_bit: a number of its words is no bit of the value"),
        (BITS.replace("[3,", "[9000000000000,") + SWITCH, "by_bit: a number of its words is no bit of the value"),
        (HEAD + TEXT.replace("5", "2"), "a record has at least 3 registers"),
        (BITS + TEXT + LEVEL.replace("1010", "1012"), "is also part of controller.alarm_text_1"),
        (BITS + TEXT + LEVEL.replace("length = 5", "length = 6"), "is also part of alarm.common-warning"),
        (HEAD + TEXT + 'words = "mode"', "the catalogue says text"),
    ],
)
def test_reader_refuses_bits_and_records_that_clash(text: str, fault: str) -> None:
    """One bit has one owner, and both views of a record are of the whole of it."""
    with pytest.raises(ProfileFault) as caught:
        parse(text, "test.toml")

    assert any(fault in one for one in caught.value.faults)


def test_record_has_two_views() -> None:
    """Level and text of one entry, from one answer."""
    values = heard(parse(BITS + LEVEL + TEXT, "test.toml"), 1010, [0, 0x0101, 0x4F69, 0x6C00, 0])

    assert ("warning", "Oil") == (values["alarm.common-warning"].value, values["controller.alarm_text_1"].value)
