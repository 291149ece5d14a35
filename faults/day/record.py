"""What really happened: who lived when, what reached the box, what the panel showed. In real seconds of the run."""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

from faults.day.schedule import Broken

Span = tuple[float, float]
FOR_EVER = 1e12


@dataclass(slots=True)
class Lives:
    """When one program ran."""

    spans: list[list[float]] = field(default_factory=list)

    def began(self, at_s: float) -> None:
        """It was started."""
        if not self.spans or self.spans[-1][1] != FOR_EVER:
            self.spans.append([at_s, FOR_EVER])

    def ended(self, at_s: float) -> None:
        """It was killed, or ended."""
        if self.spans and self.spans[-1][1] == FOR_EVER:
            self.spans[-1][1] = at_s

    def covers(self, begins_s: float, ends_s: float) -> bool:
        """Did one and the same process live through all of it?"""
        return any(low <= begins_s and ends_s <= high for low, high in self.spans)

    def at(self, at_s: float) -> Span | None:
        """The life at that moment."""
        return next(((low, high) for low, high in self.spans if low <= at_s < high), None)


@dataclass(slots=True)
class Boot:
    """One life of the box: when it awoke, and from when on it knows what time it is."""

    name: str
    spec: str
    awake_s: float
    up_ms: int
    known_s: float = FOR_EVER


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer that reached the box: when, what hour of the day it tells of, and whether it surely was written."""

    at_s: float
    hour: float
    certain: bool


@dataclass(slots=True)
class Record:
    """Of one run. `rate`: product seconds in a real one; second 0 is hour 0 of the plan."""

    rate: float
    lives: dict[str, Lives] = field(default_factory=dict)
    boots: list[Boot] = field(default_factory=list)
    told: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    """By source: (when it came, the hour that it tells of), in order."""
    pictures: list[float] = field(default_factory=list)
    """When the site's broker took a live picture."""
    frames: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    faults: tuple[Broken, ...] = ()
    late: list[tuple[float, float]] = field(default_factory=list)
    """When this very program was kept waiting, and how long: the machine had other work."""

    def hour(self, at_s: float) -> float:
        """The hour of the plan."""
        return at_s * self.rate / 3600

    def seconds(self, hours: float) -> float:
        """Real seconds of so many hours."""
        return hours * 3600 / self.rate

    def of(self, name: str) -> Lives:
        """The lives of one program."""
        return self.lives.setdefault(name, Lives())

    def boot(self, at_s: float) -> Boot:
        """The box at that moment."""
        return next((one for one in reversed(self.boots) if one.awake_s <= at_s), self.boots[0])

    def waited(self, begins_s: float, ends_s: float) -> float:
        """The longest that the machine kept this program waiting in that time."""
        return max((late for at_s, late in self.late if begins_s <= at_s <= ends_s), default=0.0)

    def frame(self, at_s: float) -> tuple[float, dict[str, Any]] | None:
        """The newest frame on the panel; None when the screen was not running or had drawn nothing."""
        life = self.of("screen").at(at_s)
        place = bisect_right(self.frames, at_s, key=lambda one: one[0])
        if life is None or not place or self.frames[place - 1][0] < life[0]:
            return None
        return self.frames[place - 1]
