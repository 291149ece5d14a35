"""Two known points of one channel: what it tells, and what is true."""

from . import quality
from .rounding import on_line


class Calibration:
    """Two points (read, true) in the channel's whole numbers; kept by the gateway, apart from the program.

    None as `points`: nobody has measured yet, and the value is None with `not_calibrated`.
    """

    def __init__(self, points: "list[list[int]] | None") -> None:
        if points is not None:
            if not isinstance(points, (list, tuple)) or len(points) != 2 or any(len(point) != 2 for point in points):
                raise ValueError("calibration: two points [read, true] are needed, not %r" % (points,))
            if any(not isinstance(one, int) for point in points for one in point):
                raise ValueError("calibration: the points must be whole numbers, not %r" % (points,))
            (read1, true1), (read2, true2) = points
            if (read2 - read1) * (true2 - true1) <= 0:
                raise ValueError("calibration: of two points the higher must also read higher, not %r" % (points,))
        self._points = points

    def corrected(self, value: int) -> "tuple[int | None, int]":
        """(true value or None, quality) of one reading."""
        if self._points is None:
            return None, quality.NOT_CALIBRATED
        (read1, true1), (read2, true2) = self._points
        return on_line(value, (read1, true1), (read2, true2)), quality.GOOD
