"""SMHI's warnings: each area a message, edited in place; levels, drawings and codes as they are."""

import json
from pathlib import Path
from typing import Any

import pytest

from kiosk.feeds.alert import Alert, BadAnswer, Level, MsgType, Shape
from kiosk.feeds.smhi import MAX_BODY, read

ANSWERS = Path(__file__).with_name("answers")
SQUARE = [[13.0, 63.0], [14.0, 63.0], [14.0, 63.5], [13.0, 63.5], [13.0, 63.0]]


def _warning(*areas: Any, **changes: Any) -> dict[str, Any]:
    event = {"sv": "Vind", "en": "Wind", "code": "WIND", "mhoClassification": {"code": "MET"}}
    return {"id": 990001, "event": event, "descriptions": [], "warningAreas": list(areas)} | changes


def _area(**changes: Any) -> dict[str, Any]:
    return {
        "id": 990101,
        "published": "2026-11-03T09:12:00.000Z",
        "approximateStart": "2026-11-03T16:00:00.000Z",
        "approximateEnd": "2026-11-04T05:00:00.000Z",
        "areaName": {"sv": "Fjällen", "en": "Mountains"},
        "warningLevel": {"sv": "Orange", "en": "Orange", "code": "ORANGE"},
        "eventDescription": {"sv": "Hårda vindbyar", "en": "Severe gusts", "code": "WIND"},
        "affectedAreas": [{"id": 23, "sv": "Jämtlands län", "en": "Jämtland county"}],
        "descriptions": [],
        "area": {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [SQUARE]}},
    } | changes


def _read(*areas: Any, **changes: Any) -> Any:
    return read(json.dumps([_warning(*areas, **changes)]).encode())


def _one(**changes: Any) -> Alert:
    answer = _read(_area(**changes))
    assert () == answer.rejects
    return answer.alerts[0]


def _drawn(geometry: Any) -> Shape:
    return _one(area={"type": "Feature", "geometry": geometry}).area.shape


def test_empty_array_means_no_warning() -> None:
    """`[]` is a good answer without warnings."""
    answer = read((ANSWERS / "smhi_none.json").read_bytes())

    assert ((), ()) == (answer.alerts, answer.rejects)


@pytest.mark.parametrize("body", [b"{}", b"null", b'{"warnings": []}', b'"[]"', b"0", b"", b"   ", b"<html>"])
def test_anything_but_an_array_is_a_failed_check(body: bytes) -> None:
    """Without an array nobody knows whether there are warnings."""
    with pytest.raises(BadAnswer):
        read(body)


def test_each_area_is_one_message() -> None:
    """Two areas of one warning are two messages and share no incident: one must not replace the other."""
    alerts = _read(_area(), _area(id=990102)).alerts

    assert ["990101", "990102"] == [alert.id for alert in alerts]
    assert [(), ()] == [alert.incidents for alert in alerts]
    assert {MsgType.ALERT} == {alert.msg_type for alert in alerts}


def test_edit_keeps_the_number_and_raises_the_revision() -> None:
    """Published anew, the same area is the same message, newer."""
    first, edited = _one(), _one(published="2026-11-03T11:00:00.000Z", warningLevel={"code": "RED"})

    assert first.id == edited.id
    assert first.revision < edited.revision
    assert (Level.ORANGE, "severe") == (first.level, first.severity)
    assert (Level.RED, "extreme") == (edited.level, edited.severity)


def test_message_is_no_warning() -> None:
    """MESSAGE is a level of its own, and may be without an end."""
    alert = read((ANSWERS / "smhi_message_sea_and_river.json").read_bytes()).alerts[0]

    assert Level.MESSAGE is alert.level
    assert alert.expires_ms is None
    assert ("03",) == alert.area.codes


@pytest.mark.parametrize("level", [None, {}, {"code": "PURPLE"}, {"code": None}, "ORANGE", {"code": 3}])
def test_unknown_level_is_told_and_not_guessed(level: object) -> None:
    """A level that nobody knows is not shown as another; the other areas stay."""
    answer = _read(_area(id=1, warningLevel=level), _area())

    assert ["990101"] == [alert.id for alert in answer.alerts]
    assert ["1"] == [reject.what for reject in answer.rejects]


def test_level_in_small_letters_is_known() -> None:
    """The case of the letters does not matter, in codes as in keys."""
    assert Level.YELLOW is _one(warningLevel={"CODE": "yellow"}).level


def test_descriptions_keep_order_and_unknown_codes() -> None:
    """Every description stands under its own title, in the order it came, whatever its code is."""
    alert = read((ANSWERS / "smhi_message_sea_and_river.json").read_bytes()).alerts[2]

    assert "Läget\nFörst detta.\n\nVar\nLängs kusten." == alert.words["sv"].description
    assert "Situation\nThis first.\n\nWhere\nAlong the coast." == alert.words["en"].description
    assert "squall_x" == alert.category


def test_description_of_the_warning_follows_that_of_the_area() -> None:
    """What is said of the whole warning is not lost, and is not said twice."""
    own = {"title": {"sv": "Vad"}, "text": {"sv": "Träd faller."}}
    common = {"title": {"sv": "Läge"}, "text": {"sv": "Lågtryck."}}
    alert = _read(_area(descriptions=[own, common]), descriptions=[common]).alerts[0]

    assert "Vad\nTräd faller.\n\nLäge\nLågtryck." == alert.words["sv"].description


def test_lines_in_a_text_are_kept() -> None:
    """Line ends count, also those written out as a backslash and an n."""
    texts = [{"text": {"sv": "Ett.\nTvå.\\nTre."}}]

    assert "Ett.\nTvå.\nTre." == _one(descriptions=texts).words["sv"].description


def test_half_translated_warning_is_not_offered_as_whole() -> None:
    """A language in which a part is missing is left out; Swedish is there."""
    texts = [{"text": {"sv": "Ett.", "en": "One."}}, {"text": {"sv": "Två."}}]

    assert ["sv"] == list(_one(descriptions=texts).words)


def test_text_only_in_english_is_english() -> None:
    """When Swedish is missing the other language stands alone under its own name."""
    alert = _one(eventDescription={"en": "Gusts"}, descriptions=[{"text": {"en": "One."}}])

    assert ["en"] == list(alert.words)


def test_event_without_description_has_its_own_name() -> None:
    """Without a description of the event its name is the headline; with neither there is nothing to show."""
    assert "Vind" == _one(eventDescription=None).words["sv"].headline
    with pytest.raises(BadAnswer, match="has no text"):
        _read(_area(eventDescription=None), event=None)


def test_counties_get_their_zero_and_seas_are_no_counties() -> None:
    """County 3 is "03"; seas and Vänern have numbers that no county has; an unknown number is none of them."""
    affected = [
        {"id": number, "sv": f"Område {number}"} for number in (3, "23", 41, 57, 58, 2, 0, 99, None, "x", -3, 1.5)
    ]
    area = _one(affectedAreas=affected).area

    assert ("03", "23", "41", "57", "58", "smhi-2", "smhi-0", "smhi-99") == area.codes
    assert "Område 99" in area.names
    assert not {"Område 23", "Område 58"} & set(area.names)


def test_area_is_named() -> None:
    """The warning's own name of where; without it the names of the counties."""
    assert "Mountains" == _one().words["en"].area
    assert "Jämtlands län" == _one(areaName=None).words["sv"].area


@pytest.mark.parametrize("end", [None, "", "okänt", 5])
def test_missing_end_is_open(end: object) -> None:
    """A warning without an end holds until it leaves the list."""
    assert _one(approximateEnd=end).expires_ms is None


def test_missing_key_of_end_is_open() -> None:
    """The key itself may be missing."""
    area = _area()
    del area["approximateEnd"]

    assert _read(area).alerts[0].expires_ms is None


def test_times_are_utc() -> None:
    """Start, end and publication come in UTC with milliseconds."""
    alert = _one()

    assert 1793697120000 == alert.sent_ms == alert.revision
    assert 1793721600000 == alert.onset_ms
    assert 1793768400000 == alert.expires_ms


def test_missing_publication_is_the_creation() -> None:
    """Without the time of publication that of creation counts; without both the area is refused."""
    assert 1793692800000 == _one(published=None, created="2026-11-03T08:00:00.000Z").revision
    answer = _read(_area(id=1, published="x"), _area())
    assert [("1", "has no time of publication that can be read")] == [(one.what, one.why) for one in answer.rejects]


RING = tuple((latitude, longitude) for longitude, latitude in SQUARE)
HOLE = [[13.4, 63.2], [13.6, 63.2], [13.6, 63.3], [13.4, 63.3], [13.4, 63.2]]


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        ({"type": "Polygon", "coordinates": [SQUARE]}, Shape(polygons=((RING,),))),
        ({"type": "Polygon", "coordinates": [SQUARE[:-1]]}, Shape(polygons=((RING,),))),
        ({"type": "Polygon", "coordinates": [[[*point, 100.0] for point in SQUARE]]}, Shape(polygons=((RING,),))),
        (
            {"type": "Polygon", "coordinates": [SQUARE, HOLE]},
            Shape(polygons=((RING, tuple((lat, lon) for lon, lat in HOLE)),)),
        ),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}, Shape(polygons=((RING,), (RING,)))),
        ({"type": "LineString", "coordinates": [[17, 63], [17.5, 63.2]]}, Shape(lines=(((63.0, 17.0), (63.2, 17.5)),))),
        (
            {"type": "MultiLineString", "coordinates": [[[17, 63], [17.5, 63.2]], [[18, 63], [18.5, 63.2]]]},
            Shape(lines=(((63.0, 17.0), (63.2, 17.5)), ((63.0, 18.0), (63.2, 18.5)))),
        ),
        (
            {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "coordinates": [SQUARE]}]},
            Shape(polygons=((RING,),)),
        ),
    ],
)
def test_drawing_is_turned_to_latitude_first(geometry: object, expected: Shape) -> None:
    """GeoJSON has longitude first; what is kept has latitude first, rings closed, holes kept."""
    assert expected == _drawn(geometry)


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {},
        "POLYGON",
        {"type": "Point", "coordinates": [14, 63]},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": [SQUARE[:2]]},
        {"type": "Polygon", "coordinates": SQUARE},
        {"type": "Polygon", "coordinates": [[*SQUARE[:3], ["x", 63.0]]]},
        {"type": "Polygon", "coordinates": [[*SQUARE[:3], [True, False]]]},
        {"type": "Polygon", "coordinates": [[*SQUARE[:3], [14.0]]]},
        {"type": "Polygon", "coordinates": [[*SQUARE[:3], [14.0, 163.0]]]},
        {"type": "Polygon", "coordinates": [[*SQUARE[:3], [float("nan"), 63.0]]]},
        {"type": "Polygon", "coordinates": [[*SQUARE[:3], [float("inf"), 63.0]]]},
        {"type": "Polygon", "coordinates": [[*SQUARE[:3], [10**400, 63.0]]]},
        {"type": "MultiPolygon", "coordinates": [[SQUARE], [[[13.0, 63.0]]]]},
        {"type": "Polygon", "coordinates": [[[14.0, 63.0]] * 50]},
        {"type": "GeometryCollection", "geometries": [None]},
        {"type": "Feature", "geometry": {"type": "Feature", "geometry": {"type": "Feature", "geometry": {}}}},
        {"type": "GeometryCollection", "geometries": [{"type": "Point"}] * 1000},
    ],
)
def test_unreadable_drawing_leaves_the_county(geometry: object) -> None:
    """A drawing is read whole or not at all: half of one would say "not here" to somebody; the county remains."""
    alert = _one(area={"type": "Feature", "geometry": geometry})

    assert Shape() == alert.area.shape
    assert ("23",) == alert.area.codes


def test_bare_geometry_and_other_wrappers_are_read() -> None:
    """The drawing may come without its Feature, or in a collection of them."""
    geometry = {"type": "Polygon", "coordinates": [SQUARE]}
    collection = {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": geometry}]}

    assert ((RING,),) == _one(area=geometry).area.shape.polygons
    assert ((RING,),) == _one(area=collection).area.shape.polygons


def test_bad_areas_hide_no_good_ones() -> None:
    """One area has a broken drawing and keeps its county; what cannot be read is told, each with its name."""
    answer = read((ANSWERS / "smhi_some_broken.json").read_bytes())

    assert ["990402"] == [alert.id for alert in answer.alerts]
    assert [
        ("warning 990004", "1 of its areas are no objects"),
        ("990401", "has the unknown level PURPLE"),
        ("warning 990005", "holds no list of areas"),
        ("warnings 3", "is no object"),
    ] == [(reject.what, reject.why) for reject in answer.rejects]


def test_warning_without_areas_is_nothing() -> None:
    """A warning whose list of areas is empty warns nobody; that is no fault."""
    assert ((), ()) == (_read().alerts, _read().rejects)


def test_ten_megabytes_are_refused_unread() -> None:
    """An answer larger than any real one is not parsed."""
    with pytest.raises(BadAnswer, match="larger than 4 MB"):
        read(b"[" + b" " * MAX_BODY + b"]")


def test_many_large_drawings_are_bounded() -> None:
    """When all drawings together are endless, the later ones are left out and their counties remain."""
    zigzag = [[13 + at % 2, 60 + at / 10_000] for at in range(40_000)]
    geometry = {"type": "Polygon", "coordinates": [zigzag]}
    areas = [_area(id=at, area=geometry) for at in range(1, 4)]
    areas.append(_area(id=4))

    alerts = _read(*areas).alerts
    assert [Shape()] * 4 == [alert.area.shape for alert in alerts]
    assert {("23",)} == {alert.area.codes for alert in alerts}
