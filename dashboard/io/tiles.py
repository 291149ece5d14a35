"""The one door to a file of map tiles (MBTiles 1.3, raster): read only, never trusted, never waited for.

The specification: https://github.com/mapbox/mbtiles-spec. Its rows count from the south.
"""

import logging
import sqlite3
import threading
import time
from pathlib import Path

from dashboard.core.overview.tiles import BadTiles, TileSet, tile_set
from dashboard.core.sites import BadInput

log = logging.getLogger(__name__)

HEAD = b"SQLite format 3\0"
KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
MOST_BYTES = 1_000_000
"""Of one tile; those that people make have some ten thousand."""
MOST_S = 2.0
"""For one question. A file without an index, or of a hostile mind, would else take for ever."""
STEPS = 20_000
"""Of the database between two looks at the clock."""


class Tiles:
    """One file of tiles; `set` is what it says of itself. Raises BadInput with one sentence."""

    def __init__(self, path: str) -> None:
        self._path, self._one_at_a_time, self._said = path, threading.Lock(), False
        try:
            self._connection, self.set = _opened(path)
        except BadTiles as fault:
            raise BadInput(f"[view] tiles_file: {path} {fault}") from fault

    def picture(self, zoom: int, column: int, line: int) -> tuple[bytes, str] | None:
        """(a tile, its media type), `line` counted from the north; None where there is none that can be shown."""
        if not self.set.least <= zoom <= self.set.most or not (0 <= column < 2**zoom and 0 <= line < 2**zoom):
            return None
        question = (
            "select tile_data from tiles where zoom_level = ? and tile_column = ? and tile_row = ? "
            "and length(tile_data) <= ? limit 1"
        )
        try:
            found = self._ask(question, zoom, column, 2**zoom - 1 - line, MOST_BYTES)
        except sqlite3.Error as fault:
            if not self._said:
                log.warning(
                    "[view] tiles_file: %s can not be read whole (%s); what is missing is left out", self._path, fault
                )
            self._said = True
            return None
        picture = found[0] if found else None
        kind = media_type(picture)
        return (bytes(picture), kind) if isinstance(picture, bytes) and kind else None

    def _ask(self, question: str, *given: int) -> tuple[object, ...] | None:
        with self._one_at_a_time, _Hurried(self._connection):
            found: tuple[object, ...] | None = self._connection.execute(question, given).fetchone()
        return found


class _Hurried:
    """A question that takes too long ends as a fault."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        end = time.monotonic() + MOST_S
        self._connection.set_progress_handler(lambda: int(time.monotonic() > end), STEPS)

    def __exit__(self, *_: object) -> None:
        self._connection.set_progress_handler(None, 0)


def media_type(picture: object) -> str:
    """What it is by its first bytes, whatever the file calls it; "" for what no map is made of."""
    if not isinstance(picture, bytes):
        return ""
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for head, kind in KINDS.items() if picture.startswith(head)), "")


def _opened(path: str) -> tuple[sqlite3.Connection, TileSet]:
    try:
        with Path(path).open("rb") as file:
            head = file.read(len(HEAD))
        state = Path(path).stat()
    except OSError as fault:
        raise BadTiles(f"can not be read ({fault.strerror}); lay a file there, or take the line away") from fault
    if head != HEAD:
        raise BadTiles("is no MBTiles file; take a raster file (png, jpg or webp) as MBTiles")
    try:
        # immutable: also from a folder that nobody may write; another file is laid there by renaming it
        connection = sqlite3.connect(
            f"{Path(path).resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        with _Hurried(connection):
            return connection, _set_of(connection, f"{state.st_size} {state.st_mtime_ns}")
    except sqlite3.Error as fault:
        raise BadTiles(f"is no whole MBTiles file ({fault}); make it again, or copy it again") from fault


def _set_of(connection: sqlite3.Connection, file: str) -> TileSet:
    told = {
        str(name): str(value)
        for name, value in connection.execute("select name, value from metadata where length(value) < 100000 limit 100")
    }
    least = _whole(told.get("minzoom", ""), connection, "select min(zoom_level) from tiles")
    most = _whole(told.get("maxzoom", ""), connection, "select max(zoom_level) from tiles")
    one = connection.execute("select tile_data from tiles limit 1").fetchone()
    if one is None:
        return tile_set(told, (None, None), file)
    found = tile_set(told, (least, most), file)
    if not media_type(one[0]):
        raise BadTiles("holds tiles that are no pictures (png, jpg or webp); take a raster file")
    return found


def _whole(told: str, connection: sqlite3.Connection, question: str) -> int | None:
    """A zoom as the file says it, else as its tiles have it: a large file without an index answers slowly."""
    if told.isascii() and told.isdigit():
        return int(told)
    found = connection.execute(question).fetchone()[0]
    return found if isinstance(found, int) else None
