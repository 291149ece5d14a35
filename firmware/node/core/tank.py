"""How much fuel stands in a tank of known shape: level (µm above its bottom) → volume (ml). Inner dimensions.

Shapes, and what each needs (whole millimetres):
  box      length_mm width_mm height_mm
  upright  diameter_mm height_mm
  lying    diameter_mm length_mm (of the straight part), ends: flat · klopper · korbbogen · half_ellipsoid ·
           hemisphere, or end_depth_mm for a measured one
  table    table: [[level_mm, litres], …] as found at a filling; anything else, and any tilted tank
All may say suction_mm: below the suction pipe lies dead stock, which is no reserve.
"""

import math

from .rounding import nearest, on_line

# of the radius; torispherical heads as half ellipsoids of equal volume (DIN 28011: 0.1 D³, DIN 28013: 0.1298 D³)
ENDS = {"flat": 0.0, "klopper": 1.2 / math.pi, "korbbogen": 1.5576 / math.pi, "half_ellipsoid": 0.5, "hemisphere": 1.0}
LARGEST_MM = 20_000
MOST_POINTS = 100
MOST_LITRES = 200_000


class Tank:
    """One tank. `full_ml` · `height_um` · `dead_ml` (below the suction pipe) · `length_mm` (along which fuel sloshes).

    A description that cannot be a tank is refused by a ValueError with one sentence.
    """

    def __init__(self, settings: "dict[str, object]") -> None:
        shape = settings.get("shape")
        self._points: list[tuple[int, int]] = []
        self._depth = 0.0
        if shape == "box":
            self.height_um = 1000 * _mm(settings, "height_mm")
            self._width_m = _mm(settings, "width_mm") / 1000
            self.length_mm = _mm(settings, "length_mm")
        elif shape == "upright":
            self.height_um = 1000 * _mm(settings, "height_mm")
            self.length_mm = _mm(settings, "diameter_mm")
        elif shape == "lying":
            self.height_um = 1000 * _mm(settings, "diameter_mm")
            self.length_mm = _mm(settings, "length_mm")
            self._depth = _depth(settings, self.height_um / 2_000_000)
        elif shape == "table":
            self._points = _points(settings.get("table"))
            self.height_um = self._points[-1][0]
            self.length_mm = _mm(settings, "length_mm") if "length_mm" in settings else 1500
        else:
            raise ValueError("tank: shape must be box, upright, lying or table, not %r" % (shape,))
        self._shape = shape
        self.full_ml = self.volume_ml(self.height_um)
        suction_mm = _mm(settings, "suction_mm") if settings.get("suction_mm") else 0
        if 1000 * suction_mm >= self.height_um:
            raise ValueError("tank: suction_mm (%d) must lie below the top" % suction_mm)
        self.dead_ml = self.volume_ml(1000 * suction_mm)

    def volume_ml(self, level_um: int) -> int:
        """All that stands below this level; a level outside the tank counts as its bottom or its top."""
        level_um = max(0, min(level_um, self.height_um))
        if self._points:
            return _looked_up(self._points, level_um)
        h = level_um / 1_000_000
        length = self.length_mm / 1000
        if self._shape == "box":
            return nearest(1_000_000 * (length * self._width_m * h))
        if self._shape == "upright":
            return nearest(1_000_000 * (math.pi * (length / 2) * (length / 2) * h))
        return nearest(1_000_000 * _lying(self.height_um / 2_000_000, length, self._depth, h))

    def usable_ml(self, level_um: int) -> int:
        """What the suction pipe can reach."""
        return max(0, self.volume_ml(level_um) - self.dead_ml)


def _lying(radius: float, length: float, depth: float, h: float) -> float:
    """m³ of a lying cylinder with two dished ends of this depth (m)."""
    if h > radius:  # from the nearer end, where single precision loses least
        full = math.pi * radius * radius * (length + 4 * depth / 3)
        return full - _lying(radius, length, depth, 2 * radius - h)
    half = 2 * math.asin(math.sqrt(h / (2 * radius)))
    segment = radius * radius * (half - math.sin(2 * half) / 2)
    return length * segment + depth / radius * math.pi * h * h * (3 * radius - h) / 3


def _looked_up(points: "list[tuple[int, int]]", level_um: int) -> int:
    for below, above in zip(points, points[1:]):
        if level_um <= above[0]:
            return on_line(level_um, below, above)
    return points[-1][1]


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _mm(settings: "dict[str, object]", name: str) -> int:
    value = settings.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LARGEST_MM:
        raise ValueError("tank: %s must be 1 to %d, not %r" % (name, LARGEST_MM, value))
    return value


def _depth(settings: "dict[str, object]", radius: float) -> float:
    """Depth of one end, m."""
    if "end_depth_mm" in settings:
        return _mm(settings, "end_depth_mm") / 1000
    ends = settings.get("ends", "flat")
    if ends not in ENDS:
        raise ValueError("tank: ends must be one of %s, not %r" % (", ".join(sorted(ENDS)), ends))
    return ENDS[ends] * radius


def _points(table: object) -> "list[tuple[int, int]]":
    """(µm, ml) from the bottom up; an empty bottom is added."""
    if not isinstance(table, (list, tuple)) or not 1 < len(table) <= MOST_POINTS:
        raise ValueError("tank: table must have 2 to %d pairs [level_mm, litres]" % MOST_POINTS)
    points: list[tuple[int, int]] = []
    for pair in table:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2 or not all(_whole(one) for one in pair):
            raise ValueError("tank: a pair of the table must be two whole numbers [level_mm, litres], not %r" % (pair,))
        level, litres = pair
        if not (0 <= level <= LARGEST_MM and 0 <= litres <= MOST_LITRES):
            raise ValueError("tank: the pair %r is outside what a tank can be" % (pair,))
        if not points and level > 0:
            points.append((0, 0))
        if points and (1000 * level <= points[-1][0] or 1000 * litres <= points[-1][1]):
            raise ValueError("tank: the table must rise in level and litres; %r does not" % (pair,))
        points.append((1000 * level, 1000 * litres))
    return points
