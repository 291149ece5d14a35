"""One measurement of a level: many readings over several waves, from which the still surface is found."""

from . import quality
from .filters import centre, median, spread

FEWEST = 10


class Burst:
    """Readings of 10 to 30 s. More than half must be good; else the commonest fault is the answer, not a number.

    `steps`: the sensor stands on steps (a chain of reeds): the middle one of those seen, nothing between.
    """

    def __init__(self, steps: bool = False) -> None:
        self._steps = steps
        self._values: list[int] = []
        self._faults: dict[int, int] = {}

    def feed(self, value: "int | None", found: int) -> None:
        """One reading, or the reason why there is none."""
        if value is None or found != quality.GOOD:
            self._faults[found] = self._faults.get(found, 0) + 1
        else:
            self._values.append(value)

    def outcome(self) -> "tuple[int | None, int, int]":
        """(level of the still surface or None, spread, quality) of all readings so far."""
        missing = sum(self._faults.values())
        good = len(self._values)
        if good + missing < FEWEST:
            return None, 0, quality.NOT_YET_READ
        if good <= missing:
            return None, 0, max([(count, found) for found, count in self._faults.items()])[1]
        if self._steps:
            return sorted(self._values)[good // 2], 0, quality.GOOD
        middle = median(self._values)
        width = spread(self._values, middle)
        return centre(self._values, middle, width), width, quality.GOOD
