"""The map: the operator's own outline is read strictly, sites stand where they are, clusters say what they hold."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from contract.words import Power
from dashboard.core.hearing.picture import SitePicture, fold
from dashboard.core.overview import drawing, outline
from dashboard.core.overview.outline import BadOutline, Line
from dashboard.core.overview.risk import Around
from dashboard.core.overview.row import Row, row
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


def test_symbol_says_what_people_told_of_a_silent_site(placed: Callable[..., Row]) -> None:
    """Painted as unknown still; of a site that is heard the symbol says only what it says itself."""
    said = SaidLine(words="ström: ingen", said="av Karin 11:50", role="bad", frame="", seen_at=0)
    heard = msgspec.structs.replace(placed("a", 63.0, 13.0), told=Told(lines=(said,), power="none"))
    silent = msgspec.structs.replace(heard, in_contact=False)

    pins = [drawing.sheet([one], ()).pins[0] for one in (heard, silent)]

    assert [("good", ""), ("unknown", "ström: ingen")] == [(one.role, one.told) for one in pins]
