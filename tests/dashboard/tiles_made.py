"""A small file of map tiles, as programs that make them write it (MBTiles 1.3)."""

import io
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

BLACK, WHITE = (0, 0, 0), (255, 255, 255)


def picture(colour: tuple[int, int, int] = WHITE, kind: str = "PNG") -> bytes:
    """One tile of one colour."""
    made = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(made, kind)
    return made.getvalue()


def write(path: Path, tiles: Iterable[tuple[int, int, int, bytes]], **told: str) -> Path:
    """(zoom, column, line from the north, picture) of each tile; `told`: what the file says of itself."""
    connection = sqlite3.connect(path)
    connection.executescript(
        "create table metadata (name text, value text);"
        "create table tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob);"
        "create unique index tile_index on tiles (zoom_level, tile_column, tile_row);"
    )
    connection.executemany("insert into metadata values (?, ?)", told.items())
    connection.executemany(
        "insert into tiles values (?, ?, ?, ?)",
        ((zoom, column, 2**zoom - 1 - line, one) for zoom, column, line, one in tiles),
    )
    connection.commit()
    connection.close()
    return path
