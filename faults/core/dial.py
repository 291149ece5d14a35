"""What several faults turn at one time: the worst of them counts, and whoever ends takes only its own away."""

from collections.abc import Callable, Iterable


class Dial:
    """0 while nobody turns it. `worst` chooses among what is set: the longest delay, the smallest rate."""

    def __init__(self, worst: Callable[[Iterable[float]], float] = max) -> None:
        self._worst = worst
        self._set: dict[object, float] = {}

    def turn(self, holder: object, value: float) -> None:
        """From now on, for this holder."""
        self._set[holder] = value

    def leave(self, holder: object) -> None:
        """Harmless for one who has not turned it."""
        self._set.pop(holder, None)

    @property
    def value(self) -> float:
        """What counts now."""
        return self._worst(self._set.values()) if self._set else 0
