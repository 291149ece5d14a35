"""The door to a file of map tiles: what is in it comes out where it belongs, and no file does any harm."""

import sqlite3
from pathlib import Path

import pytest

from dashboard.core.sites import BadInput
from dashboard.io import tiles
from dashboard.io.tiles import Tiles
from tests.dashboard.tiles_made import BLACK, picture, write

ENDLESS = (
    "create table metadata (name text, value text); create view tiles as with recursive n(i) as "
    "(select 1 union all select i + 1 from n) select i as zoom_level, i as tile_column, i as tile_row, "
    "x'00' as tile_data from n where i < 0;"
)


@pytest.mark.parametrize(("kind", "type_"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_tile_comes_out_where_it_belongs(tmp_path: Path, kind: str, type_: str) -> None:
    """Rows of the file count from the south, those of the page from the north; its zooms are its own."""
    one = picture(BLACK, kind)
    opened = Tiles(str(write(tmp_path / "m", [(3, 4, 1, one), (5, 17, 8, one)], attribution="Karta")))

    assert (3, 5, "Karta") == (opened.set.least, opened.set.most, opened.set.source)
    assert (one, type_) == opened.picture(3, 4, 1)
    assert opened.picture(3, 4, 6) is None


@pytest.mark.parametrize("asked", [(3, -1, 1), (3, 8, 1), (3, 4, 8), (2, 0, 0), (99, 1, 1), (4, 4, 1)])
def test_tile_that_is_not_there_is_none(tmp_path: Path, asked: tuple[int, int, int]) -> None:
    """Whatever is asked for."""
    opened = Tiles(str(write(tmp_path / "m", [(3, 4, 1, picture())], minzoom="3", maxzoom="4")))

    assert opened.picture(*asked) is None


def test_only_pictures_of_a_fair_size_are_given_out(tmp_path: Path) -> None:
    """What carries a script, or is as large as a film, is no tile, whatever the file says."""
    large = picture() + b"\0" * tiles.MOST_BYTES
    bad = [(3, 1, 1, b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"), (3, 2, 1, large), (3, 3, 1, b"")]
    opened = Tiles(str(write(tmp_path / "m", [(3, 0, 0, picture()), *bad])))

    assert [None] * 3 == [opened.picture(3, column, 1) for column in (1, 2, 3)]


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: path.write_bytes(b"no"), "is no MBTiles file"),
        (lambda path: path.mkdir(), "can not be read"),
        (lambda path: None, "can not be read"),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + b"\7" * 5000), "is no whole MBTiles file"),
        (lambda path: sqlite3.connect(path).execute("create table x (y)"), "no such table: metadata"),
        (lambda path: write(path, []), "holds no tiles"),
        (lambda path: write(path, [(1, 0, 0, b"\x1f\x8b")], format="pbf"), "vector tiles"),
        (lambda path: write(path, [(1, 0, 0, b"\x1f\x8b")], format="png"), "no pictures"),
        (lambda path: write(path, [(1, 0, 0, picture())], maxzoom="9" * 30), "those of a map are 0 to 22"),
        (lambda path: sqlite3.connect(path).executescript(ENDLESS), "interrupted"),
    ],
)
def test_file_that_can_not_be_used_is_refused_in_a_sentence(
    tmp_path: Path, make: object, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missing, torn, of another kind, or one that would keep us for ever: named, with what to do."""
    monkeypatch.setattr(tiles, "MOST_S", 0.1)
    make(tmp_path / "m")  # type: ignore[operator]

    with pytest.raises(BadInput, match=rf"^\[view\] tiles_file: .*{why}"):
        Tiles(str(tmp_path / "m"))


def test_torn_page_costs_its_tiles_only(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A file that is damaged inside gives what can be read of it, and says once that something is missing."""
    path = write(tmp_path / "m", [(8, column, 9, picture() + bytes([column]) * 3000) for column in range(200)])
    torn = bytearray(path.read_bytes())
    torn[len(torn) // 2 :] = b"\xee" * (len(torn) - len(torn) // 2)
    path.write_bytes(torn)

    opened = Tiles(str(path))
    found = [opened.picture(8, column, 9) is not None for column in range(200)]

    assert 50 < sum(found) < 150
    assert 1 == caplog.text.count("can not be read whole")
