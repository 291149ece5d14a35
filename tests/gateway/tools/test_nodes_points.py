"""Two points of a calibration: which are refused, and into which line of the settings they go."""

import os
import tomllib
from pathlib import Path

import pytest

from contract.wire import Refused
from gateway.tools.nodes_calibrate import _write
from gateway.tools.nodes_points import line_of, points_of, raw, true_value, with_points, write_settings

POINTS = ((12000, 12500), (14000, 14500))
LINE = line_of(POINTS)
TEXT = """# of the shed
[[node]]
name = "other"
[[node.channel]]
signal = "engine.battery_voltage"
[[node]]
title = '''
[[node]]
name = "batt-1"'''
name = 'batt-1'   # in the shed
  [[node.channel]]
  signal = "room.temperature"
  [[node.channel]]
  sensor = "battery"
  signal = "engine.battery_voltage"  # red wire
  [node.channel.tank]
  shape = "box"
[[node.channel]]
signal = "fuel.level"
calibration = [[1, 2], [3, 4]] # old
"""


def test_points_stand_below_their_signal_and_nothing_else_moves() -> None:
    """Comments, indents and the other nodes stay; an old line makes way; a last line without an end gets one."""
    wanted = TEXT.replace('voltage"  # red wire\n', f'voltage"  # red wire\n  {LINE}\n')
    assert wanted == with_points(TEXT, "batt-1", "engine.battery_voltage", POINTS)
    old = "calibration = [[1, 2], [3, 4]] # old"
    assert TEXT.replace(old, LINE) == with_points(TEXT, "batt-1", "fuel.level", POINTS)
    short = '[[node]]\r\nname = "a"\r\n[[node.channel]]\r\nsignal = "x"'
    assert f"{short}\r\n{LINE}\r\n".replace("\r\n\r\n", "\r\n") == with_points(short + "\r\n", "a", "x", POINTS)
    assert f"{short}\n{LINE}\n" == with_points(short, "a", "x", POINTS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        '[[node]]\nname = "a"\nchannel = [{signal = "x"}]\n',
        '[[node]]\nname = "a"\n[[node.channel]]\nsignal = "x"\ncalibration = [\n[1, 2],\n[3, 4]]\n',
        '[[node]]\nname = "b"\n[[node.channel]]\nsignal = "x"\n',
    ],
)
def test_a_place_that_is_not_plain_is_left_to_the_person(text: str) -> None:
    """The command then prints the line instead."""
    assert with_points(text, "a", "x", POINTS) is None


def test_the_file_keeps_owner_and_mode(tmp_path: Path) -> None:
    """And is whole or as it was; a link stays a link."""
    file, link = tmp_path / "site.toml", tmp_path / "link.toml"
    file.write_text("a = 1\n")
    file.chmod(0o640)
    link.symlink_to(file)
    write_settings(link, "a = 2 # å\n")
    assert {"a": 2} == tomllib.loads(file.read_text("utf-8"))
    assert (0o640, os.getuid(), True) == (file.stat().st_mode & 0o777, file.stat().st_uid, link.is_symlink())
    assert ["link.toml", "site.toml"] == sorted(path.name for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "made", "code", "sentence"),
    [
        (TEXT, False, 0, "start the gateway anew"),
        (TEXT, True, 1, "is made from the installer's answers: put this line below"),
        ("", False, 1, "the place was not found; put this line below"),
        ("\xff", False, 1, "cannot be written"),
    ],
)
def test_points_are_written_or_handed_to_the_person(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, made: bool, code: int, sentence: str
) -> None:
    """Nothing that was measured is thrown away, and no file is changed that the next installation would change back."""
    file = tmp_path / "site.toml"
    file.write_text(text, "latin-1")
    assert code == _write(file, "batt-1", "fuel.level", POINTS, made=made)
    told = capsys.readouterr()
    assert sentence in told.out + told.err
    assert (LINE in file.read_text("latin-1")) is (code == 0)


@pytest.mark.parametrize(
    ("first", "true1", "second", "true2", "sentence"),
    [
        ([12000], 12500, [14000], 12500, "have the same true value"),
        ([12000, 12200], 12500, [14000], 14500, "at the first point the value swung by 200"),
        ([12000], 12500, [14000, 13000], 14500, "at the second point"),
        ([12000], 12500, [12000], 14500, "both points read the same"),
        ([12000], 14500, [14000], 12500, "are the two points mixed up?"),
        ([12000], 1000, [14000], 14500, "6.75 times as far apart"),
        ([1000], 12500, [14000], 14500, "0.15 times as far apart"),
    ],
)
def test_nonsense_is_refused(first: list[float], true1: int, second: list[float], true2: int, sentence: str) -> None:
    """With what to do; a channel is never made worse."""
    with pytest.raises(Refused, match=sentence.replace("?", r"\?")):
        points_of(first, true1, second, true2)


def test_readings_are_averaged_and_an_old_calibration_taken_back() -> None:
    """The points are of what the sensor itself reads, also when the node corrects it already."""
    assert POINTS == points_of([11_990, 12_010], 12_500, [14_020, 13_980], 14_500)
    assert [12_000, 14_000] == [raw(true, POINTS) for true in (12_500, 14_500)]
    assert 7 == raw(7, ())


def test_a_number_is_read_as_people_write_it() -> None:
    """With a comma, too; what is no measured number is refused."""
    assert [12650, -1800] == [true_value(" 12,65\n", 1000), true_value("-18.0", 100)]
    for text in ("", "nan", "inf", "1e9", "12 V"):
        with pytest.raises(Refused):
            true_value(text, 1000)
