"""A picture under the map, cut into tiles (Web Mercator): what a file of them says, and which lie under a sheet."""

import html
import math
import re
from binascii import crc32
from collections.abc import Mapping

from msgspec import Struct

RASTER = ("png", "jpg", "jpeg", "webp")
DEEPEST = 22
MOST_LETTERS = 200
WISHED = 256.0
"""Units of the sheet that a tile is wide where the file has the zoom for it."""
MOST_STRETCHED = 8 * WISHED
"""A tile that is drawn larger than this says nothing any more."""
MOST_TILES = 40
"""Of one sheet; more are only asked for by a file that has no zoom for so large an area."""
MOST_LAT = 85.0511
"""Where Web Mercator ends."""


class BadTiles(Exception):
    """The file can not lie under the map; the sentence says why and what to do."""


class TileSet(Struct, frozen=True, kw_only=True):
    """What lies in a file of tiles. `version` stands in the addresses and changes with the file; `source` is whose map
    it is, in words without markup, "" where the file does not say.
    """

    version: str
    least: int
    most: int
    source: str = ""


class Tile(Struct, frozen=True):
    """One tile on the sheet, and where it is fetched; y counts from the north."""

    address: str
    x: float
    y: float
    side: float


def tile_set(told: Mapping[str, str], zooms: tuple[int | None, int | None], file: str) -> TileSet:
    """What the table `metadata` of an MBTiles file says. `zooms`: what the tiles themselves have, `file`: what tells
    one file from another. Raises BadTiles with one sentence.
    """
    kind = told.get("format", "").strip().lower()
    if kind == "pbf":
        raise BadTiles("holds vector tiles (pbf), which are not drawn here; take a raster file (png, jpg or webp)")
    if kind and kind not in RASTER:
        raise BadTiles(f"holds tiles of the format {kind[:20]!r}; take a raster file (png, jpg or webp)")
    least, most = zooms
    if least is None or most is None:
        raise BadTiles("holds no tiles; make it again, with the zooms that are wanted")
    if not 0 <= least <= most <= DEEPEST:
        raise BadTiles(f"holds zooms {least} to {most}; those of a map are 0 to {DEEPEST}; make it again")
    source = _plain(told.get("attribution", ""))
    return TileSet(version=f"{crc32(f'{file} {least} {most}'.encode()):08x}", least=least, most=most, source=source)


def _plain(text: str) -> str:
    """Without markup: whose map it is is read, never run."""
    words = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text[:5000])).split())
    return words if len(words) <= MOST_LETTERS else f"{words[: MOST_LETTERS - 1].rstrip()}…"


def up(lat: float) -> float:
    """How far north, in degrees as wide as those of longitude (Web Mercator)."""
    held = math.radians(max(-MOST_LAT, min(MOST_LAT, lat)))
    return math.degrees(math.asinh(math.tan(held)))


def under(
    ground: TileSet, corner: tuple[float, float], per_degree: float, size: tuple[float, float]
) -> tuple[Tile, ...]:
    """The tiles that lie under a sheet; none where the file has no zoom that fits.

    `corner`: its upper left in degrees of longitude and of `up`; `size`: width and height in units of the sheet.
    """
    wished = round(math.log2(360 * per_degree / WISHED))
    zoom = max(ground.least, min(ground.most, wished))
    count = 2**zoom
    side = 360 * per_degree / count
    if side > MOST_STRETCHED:
        return ()
    left, top = (corner[0] + 180) * per_degree, (180 - corner[1]) * per_degree
    columns = range(max(0, int(left // side)), min(count - 1, int((left + size[0]) // side)) + 1)
    lines = range(max(0, int(top // side)), min(count - 1, int((top + size[1]) // side)) + 1)
    if len(columns) * len(lines) > MOST_TILES:
        return ()
    return tuple(
        Tile(f"/tiles/{ground.version}/{zoom}/{x}/{y}", round(x * side - left, 2), round(y * side - top, 2), side)
        for y in lines
        for x in columns
    )
