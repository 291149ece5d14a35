"""A drawn area with few points: what is kept answers "is this point inside?" as the original does, but near its edge.

Way: Ramer-Douglas-Peucker from the largest deviation down. Each outline starts as nothing; the part with the largest
deviation is divided next, until none is larger than `FINE_M` or `MAX_POINTS` are used.

What may be lost: for a point farther than `2 * deviation` from the original edge the answer is unchanged. (A divided
chain lies within `deviation` of its stretch, so the loop between them cannot go round a point farther off; an outline
that is left out lies whole within `deviation` of its first point.) The deviation is never more than `COARSE_M`, so
`TOLERANCE_M` = 3 km is the outermost; real areas come out at a tenth of it. A drawing that would need more points is
refused: the codes of its counties then say where, which is more, never less.

What is lost is told with the shape: `blur_km` is twice the deviation that is left, and a small outline that is left out
becomes a circle over it. Whoever asks with both in mind gets more, never less.

Metres are reckoned flat with the longest degree of longitude in the drawing, so that no deviation is taken for smaller.
"""

import heapq
import math
from collections.abc import Sequence

from kiosk.feeds.alert import Point, Shape

MAX_POINTS = 400
FINE_M = 25.0
COARSE_M = 1500.0
TOLERANCE_M = 2 * COARSE_M
MAX_CIRCLES = 2 * MAX_POINTS
MAX_RAW_POINTS = 100_000
"""Points of one drawing that are looked at: some 2 MB of JSON."""
LOOKS_PER_POINT = 20
DEGREE_M = 111_320.0

Part = tuple[float, int, int, int, int]
"""(-deviation, outline, first, split, last); in a heap the largest deviation comes first."""


class Outlines:
    """Outlines of one drawing while they are being thinned; `looks` bounds the work."""

    def __init__(self, outlines: Sequence[Sequence[Point]]) -> None:
        points = [point for outline in outlines for point in outline]
        nearest = min((abs(latitude) for latitude, _ in points), default=0.0)
        across = DEGREE_M * math.cos(math.radians(nearest))
        self._flat = [[(lon * across, lat * DEGREE_M) for lat, lon in outline] for outline in outlines]
        self.kept: list[set[int]] = [set() for _ in outlines]
        self._looks = 20_000 + LOOKS_PER_POINT * len(points)
        self._parts: list[Part] = []
        for at, flat in enumerate(self._flat):
            self._parts += self._whole(at, flat)
        heapq.heapify(self._parts)

    def thin(self) -> float:
        """Divide until it is fine enough or the points are used up; the deviation in metres that is left."""
        used = 0
        while self._parts and -self._parts[0][0] > FINE_M and used <= MAX_POINTS - 3 and self._looks > 0:
            _deviation, at, first, split, last = heapq.heappop(self._parts)
            before = len(self.kept[at])
            self.kept[at] |= {first, split, last}
            used += len(self.kept[at]) - before
            for start, end in ((first, split), (split, last)):
                part = self._part(at, start, end)
                if part:
                    heapq.heappush(self._parts, part)
        return -self._parts[0][0] if self._parts else 0.0

    def _whole(self, at: int, flat: list[tuple[float, float]]) -> list[Part]:
        """An outline not yet drawn: it deviates by its whole extent, seen from its first point."""
        x, y = flat[0]
        extent, split = max((math.hypot(px - x, py - y), index) for index, (px, py) in enumerate(flat))
        return [(-extent, at, 0, split, len(flat) - 1)]

    def _part(self, at: int, first: int, last: int) -> Part | None:
        """The stretch from one kept point to the next, with the point that deviates most."""
        if last - first < 2:
            return None
        self._looks -= last - first
        flat = self._flat[at]
        (x, y), (end_x, end_y) = flat[first], flat[last]
        along_x, along_y = end_x - x, end_y - y
        length = along_x * along_x + along_y * along_y
        worst, split = -1.0, first
        for index in range(first + 1, last):
            px, py = flat[index][0] - x, flat[index][1] - y
            share = (px * along_x + py * along_y) / length if length else 0.0
            share = 0.0 if share < 0.0 else min(share, 1.0)
            away_x, away_y = px - share * along_x, py - share * along_y
            away = away_x * away_x + away_y * away_y
            if away > worst:
                worst, split = away, index
        return -math.sqrt(worst), at, first, split, last


def simplified(shape: Shape) -> Shape | None:
    """The shape with at most `MAX_POINTS` points; None when that would lose more than `TOLERANCE_M`.

    Rings come and go closed: the last point is the first. An outline smaller than the deviation is left out.
    """
    rings = [ring for polygon in shape.polygons for ring in polygon]
    outlines = (*rings, *shape.lines)
    if not (all(outlines) and all(shape.polygons)) or sum(map(len, outlines)) > MAX_RAW_POINTS:
        return None
    drawing = Outlines(outlines)
    deviation = drawing.thin()
    if deviation > COARSE_M:
        return None
    thinned = [
        tuple(outline[index] for index in sorted(kept)) for outline, kept in zip(outlines, drawing.kept, strict=True)
    ]
    polygons, circles, at = [], list(shape.circles[:MAX_POINTS]), 0
    for polygon in shape.polygons:
        outer, *holes = thinned[at : at + len(polygon)]
        at += len(polygon)
        if len(outer) > 3:
            polygons.append((outer, *(hole for hole in holes if len(hole) > 3)))
        elif deviation > FINE_M:
            circles.append((polygon[0][0], round(deviation / 1000, 3)))
    lines = tuple(line for line in thinned[at:] if len(line) > 1)
    blur_km = round(2 * deviation / 1000, 3) if polygons else 0.0
    found = Shape(polygons=tuple(polygons), lines=lines, circles=tuple(circles[:MAX_CIRCLES]), blur_km=blur_km)
    return found if found != Shape() else None
