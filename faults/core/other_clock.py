"""Other clocks of one machine: several faults may each give it one; the newest of those that last counts."""

from collections.abc import Callable

Spec = Callable[[], str]


class OtherClock:
    """`environment`: of the program that reads the clock; it is kept as the newest clock wants it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._worn: dict[object, tuple[Spec, dict[str, str]]] = {}
        self._put: dict[str, str] = {}

    def wear(self, holder: object, spec: Spec, environment: dict[str, str]) -> None:
        """From the program's next start on; what is preloaded for the clock goes before all else."""
        self._worn[holder] = (spec, environment)
        self._change()

    def drop(self, holder: object) -> None:
        """Not this one any more: the one before it, or none. Harmless for one who has given none."""
        self._worn.pop(holder, None)
        self._change()

    def clear(self) -> None:
        """None at all."""
        self._worn.clear()
        self._change()

    def spec(self) -> str | None:
        """For a start now; None where the machine has its own clock."""
        return list(self._worn.values())[-1][0]() if self._worn else None

    def _change(self) -> None:
        own = self._environment
        for key, value in self._put.items():
            rest = own.pop(key).removeprefix(value).strip(" :")
            own |= {key: rest} if rest else {}
        self._put = list(self._worn.values())[-1][1] if self._worn else {}
        for key, value in self._put.items():
            own[key] = f"{value} {own[key]}" if key in own else value
