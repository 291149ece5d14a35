"""Roads: fields that are left out, errors with HTTP 200, what is suspended, and longitude first."""

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from kiosk.feeds import road
from kiosk.feeds.alert import BadAnswer
from kiosk.feeds.road import Roads


def deviation(**changed: Any) -> dict[str, Any]:
    """One deviation, invented."""
    return {
        "Id": "SE_X_9900001_1", "MessageType": "Hinder", "MessageCode": "Nedfallna träd", "Header": "Träd över vägen",
        "Message": "Vägen är avstängd.", "SeverityCode": 5, "RoadNumber": "Väg 999", "CountyNo": [23],
        "LocationDescriptor": "mellan Påhittsby och Fiktiva", "StartTime": "2026-11-03T18:10:00.000+01:00",
        "VersionTime": "2026-11-03T18:40:00.000+01:00", "Suspended": False,
        "Geometry": {"Point": {"WGS84": "POINT (14.5 63.2)"}},
    } | changed  # fmt: skip


def read(*rows: Any, **situation: Any) -> Roads:
    """One situation with these deviations."""
    result = {"Situation": [{"Id": "SE_X_9900001", "Deviation": list(rows)} | situation]}
    return road.read(json.dumps({"RESPONSE": {"RESULT": [result]}}).encode())


def test_point_has_its_longitude_first() -> None:
    """WKT writes longitude, latitude; here latitude is first. Both places of the geometry are read."""
    for geometry in ({"Point": {"WGS84": "POINT (14.5 63.2)"}}, {"WGS84": "POINT (14.5 63.2)"}):
        assert (63.2, 14.5) == read(deviation(Geometry=geometry)).disruptions[0].point


@pytest.mark.parametrize("text", ["POINT (500 63.2)", "POINT (14.5 -91)", f"POINT ({'9' * 400} 63)"])
def test_point_on_no_map_is_none(text: str) -> None:
    """A distance to it would be nonsense, or no number at all; the disruption itself stays."""
    (one,) = read(deviation(Geometry={"Point": {"WGS84": text}})).disruptions

    assert (None, "Träd över vägen") == (one.point, one.header)


@pytest.mark.parametrize("code", [99, -1, 10**30])
def test_unknown_severity_stands_above_nothing(code: int) -> None:
    """It is told as not told."""
    assert [5, 0] == [
        one.severity for one in read(deviation(), deviation(Id="b", SeverityCode=code)).disruptions
    ]  # fmt: skip


def test_fields_may_be_left_out() -> None:
    """Only an id and something that says what it is are needed."""
    (one,) = read({"Id": "x", "MessageType": "Vägarbete"}).disruptions

    assert ("Vägarbete", None, None, 0, ()) == (one.header, one.starts_ms, one.ends_ms, one.severity, one.counties)
    assert 1 == len(read({"Id": "x"}).rejects)


def test_suspended_and_deleted_are_not_in_force() -> None:
    """What does not hold just now is not shown."""
    assert () == read(deviation(Suspended=True)).disruptions
    assert () == read(deviation(), Deleted=True).disruptions


def test_until_further_notice_has_no_end() -> None:
    """An end beside "until further notice" is not believed."""
    row = deviation(EndTime="2026-11-04T18:00:00.000+01:00", ValidUntilFurtherNotice=True)

    assert read(row).disruptions[0].ends_ms is None
    assert read(row | {"ValidUntilFurtherNotice": False}).disruptions[0].ends_ms is not None


def test_old_number_of_stockholm_is_its_county() -> None:
    """2 is an old number of county 1; 0 the whole country."""
    assert (1, 0) == read(deviation(CountyNo=[2, 0])).disruptions[0].counties


def test_gravest_first_and_newest_version_of_each() -> None:
    """Sorted by impact; of one id only the newest version stays."""
    rows = (
        deviation(Id="a", SeverityCode=2), deviation(Id="b"),
        deviation(Id="a", SeverityCode=4, VersionTime="2026-11-03T19:00:00.000+01:00"),
    )  # fmt: skip

    assert [("b", 5), ("a", 4)] == [(one.id, one.severity) for one in read(*rows).disruptions]


def test_error_with_status_200_is_a_failed_check() -> None:
    """The server's own error is told, and never read as "no obstacles"."""
    body = {"RESPONSE": {"RESULT": [{"ERROR": {"SOURCE": "Request", "MESSAGE": "Invalid authentication"}}]}}

    with pytest.raises(BadAnswer, match="Invalid authentication"):
        road.read(json.dumps(body).encode())


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b'{"RESPONSE": {"RESULT": []}}', b'{"RESPONSE": {"RESULT": [7]}}', b"[" * 100_000, b"\xff"],
)
def test_road_answer_that_is_none_is_refused(body: bytes) -> None:
    """No answer is not an empty one."""
    with pytest.raises(BadAnswer, match=r"^road: "):
        road.read(body)


@pytest.mark.parametrize(
    "broken",
    [{"Id": 7}, {"StartTime": "i går"}, {"SeverityCode": "stor"}, {"CountyNo": 23}, {"CountyNo": ["x"]}],
    ids=str,
)
def test_bad_deviation_leaves_the_good_one(broken: dict[str, Any]) -> None:
    """One that cannot be read is counted."""
    found = read(deviation(**broken), deviation(Id="good"))

    assert (["good"], 1) == ([one.id for one in found.disruptions], len(found.rejects))


def test_question_is_xml_whatever_the_key_holds() -> None:
    """A key with signs of markup in it changes nothing but the key."""
    tree = ET.fromstring(road.question('a"><b&', ("03",)))  # our own text

    assert 'a"><b&' == tree.find("LOGIN").attrib["authenticationkey"]
    assert ["3", "0"] == [one.attrib["value"] for one in tree.iter("EQ")]
