"""The live table of `watch`: as many rows as the window has room for, what changed last is never left out."""

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.live import Live as Screen
from rich.table import Table
from rich.text import Text

from contract.messages import Value
from contract.signals import ALARM_PREFIX
from contract.words import Quality
from gateway.core.wire.rounds import Rounds
from gateway.io.device import Device
from gateway.profiles.schema import Row
from gateway.tools.lines import Reach
from gateway.tools.read import FOOTNOTE, marked, once_each, shown
from gateway.tools.rounds_told import wire_of

AT_REST = ("inactive", "indication_inactive", "disabled")
NOT_THERE = (Quality.NOT_FITTED,)
OTHER_LINES = 9
"""Lines of the window that are no signals: heads, borders, statistics."""


class Live(AbstractContextManager["Live"]):
    """A table that is drawn over itself. `every`: also what is at rest and what is not fitted."""

    def __init__(self, only: str, every: bool, reach: Reach) -> None:
        self._only = only
        self._every = every
        self._reach = reach
        self._console = Console(highlight=False)
        self._screen = Screen(console=self._console, auto_refresh=False)

    def __enter__(self) -> Self:
        """Take the window."""
        self._screen.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back, the last round stays to be read."""
        self._screen.stop()

    def show(self, device: Device, rounds: Rounds, sentence: str) -> None:
        """One round."""
        rows = [row for row in once_each(device.profile) if self._wanted(row, rounds)]
        room = max(3, self._console.height - OTHER_LINES)
        kept = _fitting(rows, rounds, room)
        title = f"{device.profile.head.title}, unit {self._reach.unit} on {self._reach.line.name}"
        grid = Table(title=Text(title, style="bold"), title_justify="left", box=SIMPLE_HEAD)
        for name, side in (("signal", "left"), ("value", "right"), ("unit", "left"), ("changed", "left")):
            grid.add_column(name, justify="right" if side == "right" else "left", no_wrap=True, overflow="ellipsis")
        grid.add_column("quality", no_wrap=True, overflow="ellipsis")
        for row in kept:
            grid.add_row(*_cells(device, row, rounds))
        words = [f"round {rounds.number}: {sentence}", wire_of(device).sentence]
        if len(kept) < len(rows):
            words.append(f"{len(rows) - len(kept)} more: make the window higher, or --only engine")
        if any(row.experimental or device.profile.head.experimental for row in kept):
            words.append(FOOTNOTE)
        self._screen.update(Group(grid, *(Text(one, no_wrap=True, overflow="ellipsis") for one in words)), refresh=True)

    def end(self, device: Device) -> None:
        """The last table holds it all."""

    def _wanted(self, row: Row, rounds: Rounds) -> bool:
        value = rounds.values.get(row.key)
        if value is None or self._only not in row.key:
            return False
        return self._every or row.key in rounds.changes or not _quiet(row, value)


def _quiet(row: Row, value: Value) -> bool:
    """Nothing that anybody would look for: an alarm at rest, or what this device has not."""
    return value.quality in NOT_THERE or (row.key.startswith(ALARM_PREFIX) and value.value in AT_REST)


def _fitting(rows: list[Row], rounds: Rounds, room: int) -> list[Row]:
    """So many rows, in their order: first those that changed last."""
    if len(rows) <= room:
        return rows
    latest = sorted(rows, key=lambda row: -rounds.changes[row.key].round if row.key in rounds.changes else 0)
    keys = {row.key for row in latest[:room]}
    return [row for row in rows if row.key in keys]


def _cells(device: Device, row: Row, rounds: Rounds) -> list[Text]:
    """Signal, value, unit, what it was, quality; what this round changed stands in bold with an arrow."""
    value, change = rounds.values[row.key], rounds.changes.get(row.key)
    now = change is not None and change.round == rounds.number
    was = ""
    if change is not None:
        age = rounds.number - change.round
        was = (
            f"← was {shown(change.before)}"
            if now
            else f"  was {shown(change.before)}, {age} round{'s' * (age > 1)} ago"
        )
    why = "" if value.quality is Quality.GOOD else f"{value.quality.value} {value.reason}".strip()
    cells = (marked(device.profile, row), shown(value), row.unit, was, why)
    return [Text(cell, style="bold" if now else "") for cell in cells]
