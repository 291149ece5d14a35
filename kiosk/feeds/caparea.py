"""The `area` blocks of a CAP message: codes, drawings and the sender's own words of where. All of them are a union."""

import re
from collections.abc import Iterable, Sequence

from kiosk.feeds.alert import Area, Point, Shape
from kiosk.feeds.counties import WHOLE_COUNTRY, code_of_name, folded
from kiosk.feeds.outline import simplified
from kiosk.feeds.plain import line
from kiosk.feeds.reading import Fields, latitude_longitude, many, number_text, objects, short

MAX_PARTS = 500
WIDTHS = {"sverige": 2, "lan": 2, "kommun": 4}
"""SR's names of a code, as letters of a to z, and how many digits such a code has."""


def area_of(parts: list[Fields]) -> tuple[Area, str]:
    """Where the parts together are, as drawn, and the sender's words for it. A part without any code keeps its name."""
    codes, names, described, drawn = [], [], [], Shape()
    for part in parts[:MAX_PARTS]:
        label = short(part, "areadesc")
        described.append(label)
        found = [code for given in objects(part, "geocode") if (code := _code(given))]
        named = code_of_name(label)
        codes += found or ([named] if named else [])
        shape = _shape(part)
        if not found and not named and shape == Shape() and label:
            names.append(label)
        drawn = Shape(drawn.polygons + shape.polygons, (), drawn.circles + shape.circles)
    area = Area(tuple(dict.fromkeys(codes)), tuple(dict.fromkeys(names)), (), drawn)
    return area, line(", ".join(dict.fromkeys(label for label in described if label)), 1000)


def together(areas: Sequence[Area], labels: Iterable[str]) -> Area:
    """The union of the areas, with few points; when too much is drawn to be kept, the labels stay as names."""
    drawn = Shape(
        polygons=tuple(dict.fromkeys(polygon for area in areas for polygon in area.shape.polygons)),
        circles=tuple(dict.fromkeys(circle for area in areas for circle in area.shape.circles)),
    )
    kept = simplified(drawn)
    lost = [label for label in labels if label] if kept is None and drawn != Shape() else []
    return Area(
        codes=tuple(dict.fromkeys(code for area in areas for code in area.codes)),
        names=tuple(dict.fromkeys([name for area in areas for name in area.names] + lost)),
        shape=Shape() if kept is None else kept,
    )


def _code(given: Fields) -> str:
    """One SCB code: "00", two digits, four digits. A number has lost its leading zeros; its name tells how many."""
    kind = folded(short(given, "valuename", 60)).replace("ä", "a")
    digits = number_text(given, "value").strip()
    if not re.fullmatch(r"[0-9]{1,4}", digits):
        return ""
    if digits.strip("0") == "":
        return WHOLE_COUNTRY
    width = WIDTHS.get(kind, 2 if len(digits) <= 2 else 4)
    return digits.zfill(width) if len(digits) <= width else ""


def _shape(part: Fields) -> Shape:
    """Drawings of one part, latitude first. One that cannot be read is not there; codes and words remain."""
    polygons = [ring for given in many(part, "polygon")[:MAX_PARTS] if (ring := _ring(given))]
    circles = [circle for given in many(part, "circle")[:MAX_PARTS] if (circle := _circle(given))]
    return Shape(polygons=tuple((ring,) for ring in polygons), circles=tuple(circles))


def _ring(given: object) -> tuple[Point, ...]:
    if not isinstance(given, str):
        return ()
    points = []
    for pair in given[:2_000_000].split():
        point = _point(pair)
        if point is None:
            return ()
        points.append(point)
    if len(set(points)) < 3:
        return ()
    return (*points, points[0]) if points[0] != points[-1] else tuple(points)


def _circle(given: object) -> tuple[Point, float] | None:
    centre, _, radius = given.strip()[:200].partition(" ") if isinstance(given, str) else ("", "", "")
    point, km = _point(centre), _number(radius)
    return (point, km) if point and km is not None and 0 <= km <= 2000 else None


def _point(pair: str) -> Point | None:
    latitude, _, longitude = pair.partition(",")
    return latitude_longitude(_number(latitude), _number(longitude))


def _number(written: str) -> float | None:
    try:
        return float(written) if len(written) <= 40 else None
    except ValueError:
        return None
