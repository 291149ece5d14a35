"""The map: the operator's own outline is read strictly, sites stand where they are, clusters say what they hold."""

import json
import math
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from contract.words import Power
from dashboard.core.hearing.picture import SitePicture, fold
from dashboard.core.overview import drawing, outline, tiles
from dashboard.core.overview.outline import BadOutline, Line
from dashboard.core.overview.risk import Around
from dashboard.core.overview.row import Row, row
from dashboard.core.overview.tiles import BadTiles, TileSet
from dashboard.core.overview.told import Line as SaidLine
from dashboard.core.overview.told import Told
from dashboard.core.reader import Reader
from dashboard.core.site.card import card
from dashboard.core.sites import Site

SQUARE = [[13.0, 63.0], [14.0, 63.0], [14.0, 64.0], [13.0, 63.0]]


def _geojson(geometry: Any) -> bytes:
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


@pytest.mark.parametrize(
    ("kind", "coordinates", "lines", "area"),
    [
        ("Polygon", [SQUARE], 1, True),
        ("MultiPolygon", [[SQUARE], [SQUARE, SQUARE]], 3, True),
        ("LineString", SQUARE, 1, False),
        ("MultiLineString", [SQUARE, SQUARE], 2, False),
    ],
)
def test_outline_is_read(kind: str, coordinates: Any, lines: int, area: bool) -> None:
    """Areas and lines, each with its points."""
    found = outline.outline(_geojson({"type": kind, "coordinates": coordinates}))

    assert lines == len(found)
    assert all(one.area is area and len(one.points) == 4 for one in found)


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"\xff\x00", "is not GeoJSON"),
        (b"[" * 100_000, "is not GeoJSON"),
        (b"[]", "is not GeoJSON"),
        (b"{}", "has no lines or areas"),
        (_geojson(None), "has no lines or areas"),
        (_geojson({"type": "Point", "coordinates": [13.0, 63.0]}), "has no lines or areas"),
        (_geojson({"type": "Polygon", "coordinates": [[[450000.0, 7000000.0], [1.0, 2.0]]]}), "EPSG:4326"),
        (_geojson({"type": "Polygon", "coordinates": [[["x", None]]]}), "EPSG:4326"),
        (_geojson({"type": "Polygon"}), "without coordinates"),
        (b'{"type":"FeatureCollection"}', "without features"),
        (b" " * (outline.MOST_BYTES + 1), "larger than 4 MB"),
        (_geojson({"type": "LineString", "coordinates": [[13.0, 63.0]] * (outline.MOST_POINTS + 1)}), "more than"),
    ],
)
def test_bad_outline_is_refused_in_a_sentence(payload: bytes, why: str) -> None:
    """Whatever the file is, one sentence says what to do."""
    with pytest.raises(BadOutline, match=why):
        outline.outline(payload)


@pytest.fixture
def placed(voice: Any, reader: Callable[..., Reader]) -> Callable[..., Row]:
    """`placed(name, lat, lon, power)`: the row of a site there."""

    def make(name: str, lat: float | None, lon: float | None, power: Power = Power.ON_MAINS) -> Row:
        speaker, picture = voice(name), SitePicture(site=name)
        for message in (speaker.alive(), speaker.state(power)):
            picture = fold(picture, message, 0)
        site = Site(id=name, place=name.capitalize(), in_service=True, lat=lat, lon=lon)
        return row(site, picture, card(site, picture, (), reader()), Around(), reader())

    return make


def test_north_is_up_and_east_is_right(placed: Callable[..., Row]) -> None:
    """Sites stand to each other as on any map, and all of them on the sheet."""
    sheet = drawing.sheet([placed("north", 64.0, 13.0), placed("south", 63.0, 14.0)], ())
    pins = {pin.site: pin for pin in sheet.pins}

    assert pins["north"].y < pins["south"].y
    assert pins["north"].x < pins["south"].x
    assert all(0 < pin.x < drawing.WIDE and 0 < pin.y < drawing.HIGH for pin in sheet.pins)


def test_site_without_position_is_named_apart(placed: Callable[..., Row]) -> None:
    """It is not on the map, and is not forgotten."""
    sheet = drawing.sheet([placed("a", 63.0, 13.0), placed("b", None, 13.0)], ())

    assert ["b"] == [one.id for one in sheet.unplaced]
    assert ["a"] == [pin.site for pin in sheet.pins]


def test_close_sites_are_one_cluster_painted_as_its_worst(placed: Callable[..., Row]) -> None:
    """Three at one crossing: one symbol, their number, the worst role, and the area to look into."""
    rows = [placed("dead", 63.0, 13.0, Power.DEAD), placed("well", 63.0001, 13.0), placed("also", 63.0, 13.0001)]
    (cluster, alone) = sorted(drawing.sheet([*rows, placed("far", 64.0, 14.0)], ()).pins, key=lambda pin: -pin.count)

    assert (3, "bad", "Dead") == (cluster.count, cluster.role, cluster.says)
    assert (1, "far") == (alone.count, alone.site)
    south, west, north, east = cluster.area  # type: ignore[misc]
    assert south < 63.0 < 63.0001 < north
    assert west < 13.0 < 13.0001 < east


def test_names_never_cover_each_other(placed: Callable[..., Row]) -> None:
    """Where names would meet, the worse site keeps its own; every symbol still says all of it."""
    rows = [placed(f"platsen{number}", 63.0 + number // 6 * 0.2, 13.0 + number % 6 * 0.15) for number in range(36)]
    pins = drawing.sheet(rows, ()).pins

    named = [pin for pin in pins if pin.name]
    assert 36 == len(pins)
    assert 0 < len(named) < 36
    assert "Platsen0" in {pin.name for pin in named}
    boxes = [_name_box(pin) for pin in named]
    assert [] == [
        (one, other)
        for number, one in enumerate(boxes)
        for other in boxes[:number]
        if one[0] < other[1] and other[0] < one[1] and abs(one[2] - other[2]) < drawing.LINE
    ]


def _name_box(pin: drawing.Pin) -> tuple[float, float, float]:
    """(left, right, middle) of a name on the sheet."""
    wide, half = len(pin.name) * drawing.LETTER, drawing.SYMBOL / 2
    start = pin.x - half - wide if pin.left else pin.x + half
    return start, start + wide, pin.y


def test_thousand_sites_are_few_symbols(placed: Callable[..., Row]) -> None:
    """The map of a country stays small: what is close is one symbol, and no site is lost."""
    base = placed("a", 63.0, 13.0)
    rows = [
        msgspec.structs.replace(base, id=f"s{number}", lat=60 + (number % 40) / 8, lon=12 + (number // 40) / 5)
        for number in range(1000)
    ]
    pins = drawing.sheet(rows, ()).pins

    assert 1000 == sum(pin.count for pin in pins)
    assert len(pins) < 600


def test_outline_is_drawn_no_finer_than_the_eye(placed: Callable[..., Row]) -> None:
    """Points that fall together on the sheet are one; what lies wholly beside it is left out."""
    fine = tuple((13.0 + number * 1e-6, 63.0) for number in range(50_000))
    beside = ((100.0, 10.0), (101.0, 11.0))
    rows = [placed("a", 62.9, 12.9), placed("b", 63.1, 13.1)]

    sheet = drawing.sheet(rows, (Line(fine, area=False), Line(beside, area=True)))

    assert "" == sheet.areas
    assert len(sheet.lines) < 5_000


def test_one_site_alone_has_a_map(placed: Callable[..., Row]) -> None:
    """Nothing is divided by zero, also at the pole."""
    for lat in (63.0, 90.0):
        (pin,) = drawing.sheet([placed("a", lat, 13.0)], ()).pins
        assert drawing.WIDE / 2 == pytest.approx(pin.x, abs=1)


# --- tiles ---

GROUND = TileSet(version="v", least=5, most=10, source="x")


def test_site_stands_on_the_point_of_its_tile(placed: Callable[..., Row]) -> None:
    """Over tiles the map is drawn in their projection: a site lies in its tile where Web Mercator puts it."""
    rows = [placed("a", 63.5, 13.25), placed("b", 64.0, 14.0), placed("c", 62.9, 12.0)]
    sheet = drawing.sheet(rows, (), GROUND)

    for one, pin in ((one, next(pin for pin in sheet.pins if pin.site == one.id)) for one in rows):
        zoom = int(sheet.tiles[0].address.split("/")[3])
        east = (one.lon + 180) / 360 * 2**zoom  # type: ignore[operator]
        rad = math.radians(one.lat or 0)
        south = (1 - math.log(math.tan(rad) + 1 / math.cos(rad)) / math.pi) / 2 * 2**zoom
        under = next(tile for tile in sheet.tiles if tile.address == f"/tiles/v/{zoom}/{int(east)}/{int(south)}")
        assert (under.x + east % 1 * under.side, under.y + south % 1 * under.side) == pytest.approx(
            (pin.x, pin.y), abs=0.2
        )


def test_tiles_cover_the_whole_sheet_and_are_few(placed: Callable[..., Row]) -> None:
    """From a village to a country, as far as the file has the zoom for it."""
    for far in (0.1, 1.0, 6.0):
        tiles_of = drawing.sheet([placed("a", 60.0, 13.0), placed("b", 60.0 + far, 13.0 + far)], (), GROUND).tiles
        assert 4 <= len(tiles_of) <= 24
        assert min(one.x for one in tiles_of) <= 0 <= drawing.WIDE <= max(one.x + one.side for one in tiles_of)
        assert min(one.y for one in tiles_of) <= 0 <= drawing.HIGH <= max(one.y + one.side for one in tiles_of)


@pytest.mark.parametrize(("least", "most"), [(14, 16), (0, 0)])
def test_file_without_a_zoom_that_fits_gives_no_tiles(placed: Callable[..., Row], least: int, most: int) -> None:
    """Neither hundreds of them nor one that is all blur; the sites are there all the same, and nobody's name is."""
    ground = TileSet(version="v", least=least, most=most, source="x")
    sheet = drawing.sheet([placed("a", 63.0, 13.0), placed("b", 63.6, 13.4)], (), ground)

    assert ((), "", 2) == (sheet.tiles, sheet.source, len(sheet.pins))


def test_scale_is_right_over_tiles_and_without(placed: Callable[..., Row]) -> None:
    """A hundred kilometres are as long as between two sites that are so far from each other."""
    rows = [placed("a", 63.0, 13.0), placed("b", 63.0 + 100 / drawing.KM_A_DEGREE, 13.0)]
    for ground in (None, GROUND):
        sheet = drawing.sheet(rows, (), ground)
        north, south = sorted(pin.y for pin in sheet.pins)
        length, km = sheet.scale  # type: ignore[misc]
        assert 100 == pytest.approx((south - north) / length * km, rel=0.02)


@pytest.mark.parametrize(
    ("told", "zooms", "why"),
    [
        ({"format": "pbf"}, (1, 2), "vector tiles"),
        ({"format": "tiff"}, (1, 2), "format 'tiff'"),
        ({}, (None, None), "no tiles"),
        ({}, (3, 99), "zooms 3 to 99"),
        ({}, (5, 4), "zooms 5 to 4"),
    ],
)
def test_file_of_tiles_that_can_not_be_drawn_is_refused(told: Any, zooms: Any, why: str) -> None:
    """In a sentence that says what to do."""
    with pytest.raises(BadTiles, match=why):
        tiles.tile_set(told, zooms, "f")


def test_whose_map_it_is_is_read_without_markup() -> None:
    """The file may say it as HTML; another file has another version."""
    told = {"attribution": '<a href="https://x/">\u00a9 Kartan</a> &amp; <script>1</script> vänner' + "x" * 900}
    one, other = (tiles.tile_set(told, (1, 9), name) for name in "fg")

    assert one.source.startswith("© Kartan & 1 vännerx")
    assert len(one.source) == tiles.MOST_LETTERS
    assert one.version != other.version


def test_symbol_says_what_people_told_of_a_silent_site(placed: Callable[..., Row]) -> None:
    """Painted as unknown still; of a site that is heard the symbol says only what it says itself."""
    said = SaidLine(words="ström: ingen", said="av Karin 11:50", role="bad", frame="", seen_at=0)
    heard = msgspec.structs.replace(placed("a", 63.0, 13.0), told=Told(lines=(said,), power="none"))
    silent = msgspec.structs.replace(heard, in_contact=False)

    pins = [drawing.sheet([one], ()).pins[0] for one in (heard, silent)]

    assert [("good", ""), ("unknown", "ström: ingen")] == [(one.role, one.told) for one in pins]


def test_exercise_never_paints_a_symbol_as_real(placed: Callable[..., Row]) -> None:
    """Alone it carries its word; beside a real site that one paints the cluster, however bad the exercise is."""
    exercise = msgspec.structs.replace(placed("exer", 63.0, 13.0, Power.DEAD), frames=("ÖVNING",))

    (alone,) = drawing.sheet([exercise], ()).pins
    (both,) = drawing.sheet([exercise, placed("real", 63.0, 13.0)], ()).pins

    assert ("bad", "ÖVNING", "ÖVNING Exer") == (alone.role, alone.frame, alone.name)
    assert ("good", "", "Real") == (both.role, both.frame, both.says)
