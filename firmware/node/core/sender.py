"""Float senders that are resistors: a divider against a known resistor, read against its own supply (ratiometric)."""

from . import quality
from .rounding import divided, on_line

SHORT_MOHM = 2_000
"""Below it a short and an end stop look alike, so it is a fault; a sender that ends there needs 5 Ω in series."""
OFF_PERMILLE = 150
"""So far beyond its ends (of its span) a sender may be; farther off it is not this sender."""
STEP_PERMILLE = 400
"""A chain of reeds stands on a step: so far from one (of the distance to the next) nothing can be believed."""
UNIT = 1_000_000
"""Ends of a rising or falling sender: 0 to one million of the height."""


def resistance(uv: int, supply_uv: int, series_mohm: int) -> "tuple[int | None, int]":
    """(mΩ or None, quality): R = Rp · U / (Us − U). Open: the wire is broken. Short: shorted, or at an end stop."""
    if supply_uv <= 0 or uv < 0:
        return None, quality.BAD_DATA
    if 100 * uv >= 97 * supply_uv:
        return None, quality.SENSOR_FAULT
    found = divided(series_mohm * uv, supply_uv - uv)
    if found < SHORT_MOHM:
        return None, quality.SENSOR_FAULT
    return found, quality.GOOD


class Sender:
    """What a resistance says of the level. `points`: [mΩ, µm], rising in level, at least two; resistance may fall.

    `steps`: a chain of reeds stands on one of its points and nowhere between: that point is told, and `half_step_um`
    is how far the level may be from it. Without it, straight lines between the points.
    """

    def __init__(self, points: "list[list[int]]", steps: bool = False) -> None:
        if len(points) < 2 or any(len(point) != 2 for point in points):
            raise ValueError("sender: at least two points [mohm, level_um] are needed")
        ways = {(second[0] > first[0]) - (second[0] < first[0]) for first, second in zip(points, points[1:])}
        if len(ways) != 1 or 0 in ways:
            raise ValueError("sender: the resistance must only rise, or only fall, from point to point")
        if any(second[1] <= first[1] for first, second in zip(points, points[1:])):
            raise ValueError("sender: the level must rise from point to point")
        self._points = sorted([(point[0], point[1]) for point in points])
        self._steps = steps
        gaps = [abs(second[1] - first[1]) for first, second in zip(points, points[1:])]
        self.half_step_um = divided(max(gaps), 2) if steps else 0

    def level(self, mohm: int) -> "tuple[int | None, int]":
        """(µm or None, quality) at a resistance in mΩ."""
        points = self._points
        loose = divided((points[-1][0] - points[0][0]) * OFF_PERMILLE, 1000)
        if mohm < points[0][0] - loose or mohm > points[-1][0] + loose:
            return None, quality.SENSOR_FAULT
        if self._steps:
            return self._step(mohm)
        mohm = max(points[0][0], min(mohm, points[-1][0]))
        for below, above in zip(points, points[1:]):
            if mohm <= above[0]:
                return on_line(mohm, below, above), quality.GOOD
        return points[-1][1], quality.GOOD

    def _step(self, mohm: int) -> "tuple[int | None, int]":
        points = self._points
        off = [abs(mohm - point[0]) for point in points]
        nearest = off.index(min(off))
        beside = [points[one][0] for one in (nearest - 1, nearest + 1) if 0 <= one < len(points)]
        between = min([abs(one - points[nearest][0]) for one in beside])
        if 1000 * off[nearest] > STEP_PERMILLE * between:
            return None, quality.BAD_DATA
        return points[nearest][1], quality.GOOD
