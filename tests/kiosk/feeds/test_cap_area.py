"""Where a CAP message holds: codes whose zeros were lost, names, drawings with latitude first."""

import json
from pathlib import Path

import pytest

from kiosk.feeds.alert import Alert
from kiosk.feeds.outline import MAX_POINTS
from kiosk.feeds.vma import read

ANSWERS = Path(__file__).with_name("answers")


def _one(*areas: object) -> Alert:
    """A message with one info block for each list of areas."""
    infos = [{"language": "sv-SE", "event": "VMA", "description": "Koka vattnet.", "area": area} for area in areas]
    alert = {"identifier": "A-1", "sent": "2026-03-14T09:30:00+01:00", "status": "Actual", "msgType": "Alert"}
    answer = read(json.dumps({"alerts": [alert | {"info": infos}]}).encode())
    assert () == answer.rejects
    return answer.alerts[0]


@pytest.mark.parametrize(
    ("geocode", "codes"),
    [
        ([{"valueName": "Sverige", "value": "00"}], ("00",)),
        ([{"valueName": "Län", "value": "03"}], ("03",)),
        ([{"valueName": "LÄN", "value": 3}], ("03",)),
        ([{"valueName": "La\u0308n", "value": "3"}], ("03",)),
        ([{"valueName": "Kommun", "value": "0380"}], ("0380",)),
        ([{"valueName": "Kommun", "value": 380}], ("0380",)),
        ({"valueName": "Kommun", "value": "2999"}, ("2999",)),
        ([{"VALUENAME": "Kommun", "VALUE": "2999"}], ("2999",)),
        ([{"valueName": "Sverige", "value": 0}], ("00",)),
        ([{"valueName": "okänd", "value": "2321"}], ("2321",)),
        ([{"valueName": "Län", "value": "SE332"}, {"valueName": "Kommun", "value": "2999"}], ("2999",)),
        ([{"valueName": "Län", "value": "2321"}], ()),
        ([{"valueName": "Kommun", "value": None}, None, 5, "2321"], ()),
        (None, ()),
    ],
)
def test_codes_are_text_with_their_zeros(geocode: object, codes: tuple[str, ...]) -> None:
    """Areas come out as SCB's codes, whatever became of the leading zeros."""
    alert = _one([{"areaDesc": "Någonstans", "geocode": geocode}])

    assert codes == alert.area.codes
    assert (() if codes else ("Någonstans",)) == alert.area.names


def test_area_in_words_only_finds_its_county() -> None:
    """Without a code the name of a county, or of the country, gives it; no area is not the whole country."""
    assert ("23",) == _one([{"areaDesc": "Jämtlands län"}]).area.codes
    assert ("00",) == _one([{"areaDesc": "Hela Sverige"}]).area.codes
    assert () == _one(None).area.codes


def test_drawings_are_latitude_first() -> None:
    """CAP writes latitude first; polygon, circle and quoted incidents are read."""
    alert = read((ANSWERS / "cap_with_drawings.json").read_bytes()).alerts[0]

    ring = ((63.0, 13.0), (63.0, 14.0), (63.5, 14.0), (63.5, 13.0), (63.0, 13.0))
    assert ((ring,),) == alert.area.shape.polygons
    assert (((63.2, 14.5), 2.5),) == alert.area.shape.circles
    assert ("Raset vid älven", "IN-2") == alert.incidents
    assert "Ras vid älven" == alert.words["sv"].headline
    assert "geo rescue" == alert.category


@pytest.mark.parametrize(
    "polygon", ["63,13 64", "a,b c,d e,f", "nan,13 63,14 64,14", "91,1 92,2 93,3", "", 5, [[1, 2]]]
)
def test_broken_drawing_leaves_the_code(polygon: object) -> None:
    """A drawing that cannot be read whole is left out; the code still says where."""
    area = {"areaDesc": "X", "polygon": polygon, "geocode": [{"valueName": "Kommun", "value": "2999"}]}
    alert = _one([area])

    assert ("2999",) == alert.area.codes
    assert () == alert.area.shape.polygons


def test_drawing_of_all_blocks_has_few_points() -> None:
    """Detailed drawings in many blocks are one drawing of few points; where that is not possible the words remain."""
    ring = " ".join(f"{63 + at / 10_000},{14 + (at % 2) * 5}" for at in range(3000))
    square = "63,13 63,14 63.5,14 63.5,13 63,13"

    same = _one(*[[{"areaDesc": "Rutan", "polygon": square}]] * 50)
    assert 1 == len(same.area.shape.polygons)
    many = _one(*[[{"areaDesc": "Zickzack", "polygon": f"{ring} 63,{14 + at}"}] for at in range(3)])
    assert sum(len(ring) for polygon in many.area.shape.polygons for ring in polygon) <= MAX_POINTS
    assert ("Zickzack",) == many.area.names
