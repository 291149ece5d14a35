"""Is a message meant for here? Codes, names, neighbours, shapes; and what nobody can tell."""

from dataclasses import replace
from typing import Any

import pytest

from kiosk.core.warnings.place import Place, Reach, reach
from kiosk.feeds.alert import Area, Shape
from kiosk.feeds.counties import NAMES

HERE, ELSEWHERE, UNKNOWN = Reach.HERE, Reach.ELSEWHERE, Reach.UNKNOWN
ROUND_KALL = Shape(polygons=((((63.0, 13.0), (63.0, 14.0), (64.0, 14.0), (64.0, 13.0)),),))
FAR_AWAY = Shape(polygons=((((57.0, 13.0), (57.0, 14.0), (58.0, 14.0), (58.0, 13.0)),),))


@pytest.mark.parametrize(
    ("codes", "where"),
    [
        (("00",), HERE), (("23",), HERE), (("2321",), HERE), (("2309",), HERE), (("2380",), ELSEWHERE),
        (("01",), ELSEWHERE), (("0180",), ELSEWHERE), (("01", "23"), HERE), (("41",), ELSEWHERE), (("58",), ELSEWHERE),
        ((), UNKNOWN), (("?",), UNKNOWN), (("232",), UNKNOWN), (("01", "?"), UNKNOWN), (("²³",), UNKNOWN),
    ],
)  # fmt: skip
def test_codes_of_the_country_county_municipality_and_neighbours(
    crisis: Any, codes: tuple[str, ...], where: Reach
) -> None:
    """Codes are text; no area is not the whole country; what is no code could be anywhere."""
    assert where is reach(crisis.vma("a", area=Area(codes=codes)), crisis.PLACE)


@pytest.mark.parametrize(
    ("codes", "place", "where"),
    [
        (("23",), Place(site="s"), UNKNOWN),
        (("2321",), Place(site="s"), UNKNOWN),
        (("00",), Place(site="s"), HERE),
        (("2321",), Place(site="s", county="23"), UNKNOWN),
        (("0180",), Place(site="s", county="23"), ELSEWHERE),
        (("23",), Place(site="s", municipality="2321"), HERE),
        (("23",), Place(site="s", county_name="Jämtlands län"), HERE),
    ],
)
def test_a_place_that_knows_little_says_so(crisis: Any, codes: tuple[str, ...], place: Place, where: Reach) -> None:
    """Without codes in the settings nothing coded is silently somewhere else."""
    assert where is reach(crisis.vma("a", area=Area(codes=codes)), place)


@pytest.mark.parametrize("code", sorted(NAMES))
def test_every_county_by_code_and_by_name_is_here_only_at_home(crisis: Any, code: str) -> None:
    """All 21, also those whose names end alike."""
    home = Place(site="s", county=code)
    for other, (name, _) in NAMES.items():
        wanted = HERE if other == code else ELSEWHERE
        assert wanted is reach(crisis.smhi(area=Area(codes=(other,))), home)
        assert wanted is reach(crisis.news(area=Area(names=(name,))), home)


@pytest.mark.parametrize(
    ("shape", "codes", "where"),
    [
        (ROUND_KALL, ("23",), HERE),
        (FAR_AWAY, ("23",), ELSEWHERE),
        (ROUND_KALL, ("22",), HERE),
        (Shape(), ("23",), HERE),
        (Shape(), ("22",), ELSEWHERE),
        (Shape(polygons=(((),),)), ("23",), HERE),
    ],
)
def test_smhis_shape_decides_before_its_coarse_counties(
    crisis: Any, shape: Shape, codes: tuple[str, ...], where: Reach
) -> None:
    """A warning for one municipality carries the whole county; a broken drawing decides nothing."""
    assert where is reach(crisis.smhi(area=Area(codes=codes, shape=shape)), crisis.PLACE)


@pytest.mark.parametrize(
    ("shape", "codes", "where"),
    [(FAR_AWAY, ("23",), HERE), (FAR_AWAY, (), UNKNOWN), (FAR_AWAY, ("22",), ELSEWHERE)],
)
def test_a_place_without_a_point_goes_by_county(
    crisis: Any, shape: Shape, codes: tuple[str, ...], where: Reach
) -> None:
    """And where there is only a drawing, nobody knows."""
    pointless = replace(crisis.PLACE, latitude=None)

    assert where is reach(crisis.smhi(area=Area(codes=codes, shape=shape)), pointless)


def test_of_all_others_the_parts_of_an_area_are_a_union(crisis: Any) -> None:
    """A VMA for a polygon elsewhere and for this municipality is for here too, and the other way round."""
    assert HERE is reach(crisis.vma("a", area=Area(codes=("2321",), shape=FAR_AWAY)), crisis.PLACE)
    assert HERE is reach(crisis.vma("a", area=Area(codes=("0180",), shape=ROUND_KALL)), crisis.PLACE)


@pytest.mark.parametrize(
    ("area", "where"),
    [
        (Area(codes=("00", "23")), HERE),
        (Area(codes=("00", "01")), ELSEWHERE),
        (Area(codes=("00",), names=("Skåne län",)), ELSEWHERE),
        (Area(names=("Sverige", "Jämtlands län")), HERE),
        (Area(names=("Sverige", "Skåne län")), ELSEWHERE),
        (Area(names=("Sverige",)), HERE),
        (Area(codes=("00",)), HERE),
        (Area(names=("Storsjön",)), UNKNOWN),
        (Area(names=("Sverige", "Storsjön")), UNKNOWN),
        (Area(codes=("01",), names=("Slussen",)), ELSEWHERE),
    ],
)
def test_country_beside_counties_makes_no_news_local(crisis: Any, area: Area, where: Reach) -> None:
    """Nearly every item of Krisinformation names Sweden too; a lake's name tells a program nothing."""
    assert where is reach(crisis.news(area=area), crisis.PLACE)


def test_the_country_beside_a_county_counts_in_a_vma(crisis: Any) -> None:
    """There it is meant."""
    assert HERE is reach(crisis.vma("a", area=Area(codes=("00", "01"))), crisis.PLACE)
