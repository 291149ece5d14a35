"""Krisinformation's news: edited in place, markup reduced to text, the country never drowns the counties."""

import json
from pathlib import Path
from typing import Any

import pytest

from contract.words import Status
from kiosk.feeds.alert import Alert, BadAnswer, MsgType
from kiosk.feeds.krisinformation import POI_KM, read

ANSWERS = Path(__file__).with_name("answers")
COUNTRY = {"Type": "Country", "Description": "Sverige", "Coordinate": "16.5,62.8 0"}
COUNTY = {"Type": "County", "Description": "Jämtlands län", "Coordinate": "14.3,63.2"}
PLACE = {"Type": "PoI", "Description": "Påhittsby", "Coordinate": "14.5,63.1 300"}


def _item(**changes: Any) -> dict[str, Any]:
    return {
        "Identifier": "99001",
        "Published": "2026-01-10T16:05:00+01:00",
        "Updated": "2026-01-10T18:20:00+01:00",
        "Headline": "Elavbrott",
        "Preamble": "Flera orter saknar el.",
        "BodyText": "<p>Arbete pågår.</p>",
        "Area": [COUNTRY, COUNTY],
        "Web": "https://example.org/nyhet",
        "Language": "sv",
        "Event": "News",
        "SenderName": "",
    } | changes


def _one(**changes: Any) -> Alert:
    answer = read(json.dumps([_item(**changes)]).encode())
    assert () == answer.rejects
    return answer.alerts[0]


def test_news_is_never_a_warning() -> None:
    """Every item is news, of no level, and ends only by leaving the list."""
    alert = _one()

    assert alert.news
    assert (MsgType.ALERT, Status.ACTUAL, "none") == (alert.msg_type, alert.status, alert.level.value)
    assert alert.expires_ms is None
    assert "Krisinformation.se" == alert.sender


def test_markup_becomes_paragraphs_and_lists() -> None:
    """Headings, lists, entities and links become plain lines; scripts, placeholders and pictures go."""
    words = read((ANSWERS / "krisinformation_news.json").read_bytes()).alerts[0].words["sv"]

    assert "Omfattande elavbrott" == words.headline
    assert (
        "Flera orter saknar el.\n\nArbete pågår.\n\nGör så här\n\n• Spara batteri.\n• Ring 113 13."
    ) == words.description


def test_small_letters_in_keys_make_no_difference() -> None:
    """The same item with lower-case keys is the same message."""
    first = read((ANSWERS / "krisinformation_news.json").read_bytes()).alerts[0]

    assert (first,) == read((ANSWERS / "krisinformation_lower_case.json").read_bytes()).alerts


def test_edited_item_is_the_same_message() -> None:
    """An edit keeps the number, raises the revision, and its new text counts."""
    first = read((ANSWERS / "krisinformation_news.json").read_bytes()).alerts[0]
    edited = read((ANSWERS / "krisinformation_edited.json").read_bytes()).alerts[0]

    assert first.id == edited.id
    assert first.revision < edited.revision
    assert first.onset_ms == edited.onset_ms
    assert edited.words["sv"].description.startswith("Faran är över.")


@pytest.mark.parametrize(
    ("areas", "codes", "names", "where"),
    [
        ([COUNTRY, COUNTY], ("23",), (), "Jämtlands län"),
        ([COUNTY, COUNTY | {"Description": "Uppsala län"}], ("23", "03"), (), "Jämtlands län, Uppsala län"),
        ([COUNTRY], ("00",), (), "Sverige"),
        ([COUNTRY, COUNTY | {"Description": "Påhittade län"}], (), ("Påhittade län",), "Påhittade län"),
        ([COUNTRY, COUNTY | {"Description": "JÄMTLANDS  LÄN"}], ("23",), (), "JÄMTLANDS LÄN"),
        ([COUNTRY, PLACE, COUNTY], ("23",), ("Påhittsby",), "Påhittsby, Jämtlands län"),
        ([COUNTRY, PLACE | {"Description": "Uppsala"}], (), ("Uppsala",), "Uppsala"),
        ([], (), (), ""),
        (None, (), (), ""),
        ("Sverige", (), (), ""),
        ([None, 5, {}], (), (), ""),
    ],
)
def test_country_counts_only_alone(areas: object, codes: tuple, names: tuple, where: str) -> None:
    """Counties and places come before the country; a town of a county's name is not the county; none is nowhere."""
    alert = _one(Area=areas)

    assert codes == alert.area.codes
    assert names == alert.area.names
    assert where == alert.words["sv"].area


def test_middle_of_a_county_is_no_place() -> None:
    """A county's coordinate is not used; a place alone is drawn with a circle, latitude first."""
    assert () == _one().area.shape.circles
    assert (((63.1, 14.5), POI_KM),) == _one(Area=[COUNTRY, PLACE]).area.shape.circles
    assert () == _one(Area=[PLACE, COUNTY]).area.shape.circles


@pytest.mark.parametrize(
    "changes",
    [
        {"CoordinateObject": {"Latitude": "63.1", "Longitude": "14.5", "Altitude": None}, "Coordinate": None},
        {"CoordinateObject": {"Latitude": 63.1, "Longitude": 14.5}, "Coordinate": "1,2"},
        {"CoordinateObject": None, "Coordinate": "14.5,63.1"},
        {"CoordinateObject": {"Latitude": None, "Longitude": "14.5"}, "Coordinate": "14.5, 63.1 0"},
    ],
)
def test_coordinates_come_as_texts(changes: dict[str, Any]) -> None:
    """Coordinates are texts, numbers or one text with longitude first."""
    assert (63.1, 14.5) == _one(Area=[PLACE | changes]).area.shape.circles[0][0]


@pytest.mark.parametrize("coordinate", ["", "63.1", "a,b", "nan,63", "14.5,163", None, 5, []])
def test_broken_coordinate_leaves_the_name(coordinate: object) -> None:
    """A place that cannot be drawn keeps its name."""
    area = _one(Area=[PLACE | {"Coordinate": coordinate}]).area

    assert ("Påhittsby",) == area.names
    assert () == area.shape.circles


def test_introduction_is_not_said_twice() -> None:
    """A text that begins with its introduction stands once."""
    assert "Samma. Mer." == _one(Preamble="Samma.", BodyText="<p>Samma. Mer.</p>").words["sv"].description


def test_missing_headline_is_the_push_message() -> None:
    """A headline of nothing but a picture is none; the short message stands in."""
    assert "Kort." == _one(Headline="⚠️", PushMessage="Kort.").words["sv"].headline


@pytest.mark.parametrize(
    ("event", "status"),
    [("News", Status.ACTUAL), ("Test", Status.TEST), ("TestNews", Status.TEST), ("Övning", Status.EXERCISE)],
)
def test_test_items_are_not_real(event: str, status: Status) -> None:
    """What calls itself a test or an exercise is not shown as real."""
    assert status is _one(Event=event).status


def test_language_of_the_item_is_kept() -> None:
    """English items are English; without a word it is the Swedish list that was asked for."""
    assert ["en"] == list(_one(Language="en").words)
    assert ["sv"] == list(_one(Language=None).words)


def test_numbers_may_come_as_numbers() -> None:
    """An identifier that comes as a number is the same as its text."""
    assert "99001" == _one(Identifier=99001).id


def test_bad_items_hide_no_good_one() -> None:
    """The good item stays; each of the others is named."""
    answer = read((ANSWERS / "krisinformation_some_broken.json").read_bytes())

    assert ["99001"] == [alert.id for alert in answer.alerts]
    assert [
        ("99004", "has no headline"),
        ("99005", "has no time of publication that can be read"),
        ("items 4", "has no identifier"),
        ("items 5", "is no object"),
    ] == [(reject.what, reject.why) for reject in answer.rejects]


@pytest.mark.parametrize("body", [b"{}", b'{"news": []}', b"null", b"<?xml version='1.0'?><feed/>", b'{"alerts": []}'])
def test_other_forms_are_a_failed_check(body: bytes) -> None:
    """SR's form, XML and errors are not read as an empty list of news."""
    with pytest.raises(BadAnswer):
        read(body)
