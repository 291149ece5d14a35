"""The store on a real littlefs under the real MicroPython, with the heap of a chip: cuts, wear, what is no segment."""

from pathlib import Path

import pytest
from node.core import records, wear
from node.io.flash import Flash

from tests.firmware.stores import play


@pytest.mark.parametrize("prog", [32, 256])
def test_power_cut_at_every_operation_loses_nothing_unseen(tmp_path: Path, prog: int) -> None:
    """Every erase and program, clean and torn: what was acknowledged is there or counted, nothing false, writable."""
    told = play(tmp_path, "cuts", prog)

    assert 2 * told["operations"] == told["cuts"]
    assert told["operations"] >= 40
    assert 0 == told["least"]
    assert told["live"] >= 90


@pytest.mark.parametrize(("gather", "prog", "most"), [(30, 256, 250), (60, 32, 250), (250, 256, 250), (30, 32, 30)])
def test_wear_stays_in_its_budget(tmp_path: Path, gather: int, prog: int, most: int) -> None:
    """Counted erases are no more than the budget, and the budget is no more than twice that."""
    told = play(tmp_path, "wear", gather, 12, prog, 2500, most)
    budget = wear.erases_per_1000(gather, most) * 2.5

    assert "" == told["fault"]
    assert 2250 <= told["dropped"] <= 2500
    assert told["free_percent"] >= 34
    assert told["erases"] <= budget <= 2 * told["erases"]


def test_flash_outlasts_the_node() -> None:
    """Eight channels every five minutes, never a gateway, the smallest board: more than a hundred years."""
    assert wear.years(8 * 288, gather=60, blocks=212) > 100


def test_what_is_no_segment_is_set_aside(tmp_path: Path) -> None:
    """Junk and a folder under a segment's name: aside, four at most; others' files stay; a bad record is left out."""
    told = play(tmp_path, "files")

    assert [seq for seq in range(1, 501) if seq != 6] == told["found"]
    assert told["settled"]
    aside = [f"{number:08x}.bad" for number in range(0x14, 0x18)]
    assert ["00000001.seg", "00000002.seg", *aside, "notes.txt"] == told["names"]
    assert told["dropped"] >= 1


def test_segments_are_files(tmp_path: Path) -> None:
    """Made at the first write, appended only where it is known to end, removed once and for all."""
    flash = Flash(str(tmp_path / "store"))
    assert [] == flash.scan()
    flash.write(0x12A, b"head")
    flash.append(0x12A, 4, b"more")
    with pytest.raises(OSError, match="5"):
        flash.append(0x12A, 4, b"behind what nobody knows")
    (tmp_path / "store" / "0000012A.seg").write_bytes(b"")
    (tmp_path / "store" / "x.seg").write_bytes(b"")

    assert [0x12A] == flash.scan()
    assert (8, b"dmo") == (flash.size(0x12A), flash.read(0x12A, 3, 3))
    flash.remove(0x12A)
    flash.remove(0x12A)
    assert [] == flash.scan()
    assert records.HEADER_SIZE + records.MOST * records.SIZE <= 4096
