"""Polls of one device, one after the other: what has changed, and how the wire was."""

from collections.abc import Mapping

import msgspec

from contract.messages import Value
from contract.words import Quality


class Change(msgspec.Struct, frozen=True):
    """A signal is not what it was: its value before, and in which round it changed."""

    before: Value
    round: int


class Rounds(msgspec.Struct, frozen=True):
    """So many rounds: the last value of every signal, and the last change of each that has changed."""

    number: int = 0
    values: dict[str, Value] = {}
    changes: dict[str, Change] = {}

    def then(self, values: Mapping[str, Value]) -> "Rounds":
        """One more round. What it did not read stays."""
        number = self.number + 1
        found = {
            key: Change(self.values[key], number)
            for key, value in values.items()
            if key in self.values and not _same(self.values[key], value)
        }
        return Rounds(number, self.values | dict(values), self.changes | found)

    def changed(self) -> list[str]:
        """What the last round changed."""
        return [key for key, change in self.changes.items() if change.round == self.number]


def _same(one: Value, other: Value) -> bool:
    """Missing for another reason is a change, too; a silent device is silent in other words each time."""
    if one.quality is Quality.COMM_ERROR:
        return other.quality is Quality.COMM_ERROR
    return (one.value, one.quality) == (other.value, other.quality)


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """What the wire was like over all rounds."""

    asked: int
    silent: int
    garbled: int
    refused: int
    again: int
    slowest_s: float

    @property
    def error_percent(self) -> float:
        """Share of the questions that got no answer, or a garbled one."""
        return round(100 * (self.silent + self.garbled) / self.asked, 2) if self.asked else 0.0

    @property
    def sentence(self) -> str:
        """For people."""
        return (
            f"{self.asked} requests, {self.error_percent:g} % errors ({self.silent} without answer, {self.garbled} "
            f"garbled), {self.again} asked again, {self.refused} refused, slowest answer {1000 * self.slowest_s:.0f} ms"
        )
