"""The log of drawn frames survives being cut, and is read only in whole lines."""

from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from contract.bulletins import Asleep
from contract.words import Status
from kiosk.io.drawn import Drawn, DrawnLog, read_from


def drawn(house: Any, number: int) -> Drawn:
    """A line."""
    return Drawn(
        screen="butiken", bulletin=f"b{number}", serial=number, status=Status.ACTUAL, first_frame=house.moment()
    )


def test_line_is_written_once(house: Any, tmp_path: Path) -> None:
    """The same message twice is one line, also after a restart."""
    log = tmp_path / "drawn.jsonl"
    for _ in range(2):
        DrawnLog(log).append(drawn(house, 1))

    assert [drawn(house, 1)] == read_from(log, 0)[0]


def test_message_at_a_dark_panel_has_a_line_of_its_own(house: Any, tmp_path: Path) -> None:
    """Dark is told once, and is not the answer: the first frame has its line too, also after a restart."""
    log, lit = tmp_path / "drawn.jsonl", drawn(house, 1)
    dark = msgspec.structs.replace(lit, first_frame=None, why_not=Asleep.CLOSED)
    for line in (dark, dark, lit, dark, lit):
        DrawnLog(log).append(line)
    again = DrawnLog(log)

    assert [dark, lit] == read_from(log, 0)[0]
    assert ({lit.key}, {lit.key}) == (again.asleep, again.done)
    assert dark.name != lit.name


def test_cut_last_line_costs_only_itself(house: Any, tmp_path: Path) -> None:
    """A power cut in the middle of a line: the next line is whole, the cut one counted and written again."""
    log = tmp_path / "drawn.jsonl"
    writer = DrawnLog(log)
    writer.append(drawn(house, 1))
    writer.append(drawn(house, 2))
    log.write_bytes(log.read_bytes()[:-20])

    first, offset, bad = read_from(log, 0)
    assert ([drawn(house, 1)], 0) == (first, bad)
    again = DrawnLog(log)
    again.append(drawn(house, 2))
    assert ([drawn(house, 2)], 1) == read_from(log, offset)[::2]


def test_new_file_is_read_from_its_beginning(house: Any, tmp_path: Path) -> None:
    """A log that is shorter than what was read is another log; no log is nothing."""
    log = tmp_path / "drawn.jsonl"
    assert ([], 0, 0) == read_from(log, 500)
    DrawnLog(log).append(drawn(house, 1))

    assert [drawn(house, 1)] == read_from(log, 99_999)[0]


@given(st.binary(max_size=400))
def test_any_bytes_can_be_read(house: Any, tmp_path_factory: Any, data: bytes) -> None:
    """Whatever stands in the file, reading ends at the last whole line and crashes nothing."""
    log = tmp_path_factory.getbasetemp() / "any.jsonl"
    log.write_bytes(data)

    assert data.rfind(b"\n") + 1 == read_from(log, 0)[1]


def test_lines_of_an_older_version_are_the_municipality_s(tmp_path: Path) -> None:
    """A line without a source was a bulletin's, and is not written again; a feed's of the same id is another."""
    log = tmp_path / "drawn.jsonl"
    moment = '{"boot":"b","up_ms":5,"wall_ms":null,"clock":"unsynced"}'
    log.write_text(
        f'{{"screen":"s","bulletin":"b1","serial":1,"status":"actual","first_frame":{moment},"why_not":""}}\n', "utf-8"
    )
    writer = DrawnLog(log)
    old = read_from(log, 0)[0][0]
    assert {("municipality", "b1", 1)} == writer.done
    assert ("municipality", "s/b1/1") == (old.source, old.name)

    writer.append(Drawn(screen="s", bulletin="b1", serial=1, status=Status.ACTUAL, first_frame=None))
    writer.append(Drawn(screen="s", bulletin="b1", serial=1, status=Status.ACTUAL, first_frame=None, source="vma"))
    assert ["s/b1/1", "vma:s/b1/1"] == [line.name for line in read_from(log, 0)[0]]


def test_what_is_for_the_screen_alone_is_not_told() -> None:
    """The gist stays in the log; a feed's long id fits."""
    line = Drawn(
        screen="s", bulletin="x" * 200, serial=1, status=Status.TEST, first_frame=None, source="smhi", gist="g"
    )

    assert "gist" not in line.told()
    assert ("smhi", "x" * 200) == (line.told()["source"], line.told()["bulletin"])
