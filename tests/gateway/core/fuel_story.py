"""A set and its tank over hours of polls, of which only the power state and the fuel are thought."""

from collections.abc import Callable
from typing import Any

import msgspec

from contract.messages import Value
from contract.words import Stream
from gateway.core.fuel import endurance
from gateway.core.pipeline import Numbered
from gateway.core.power import state
from gateway.core.remembered import Memory
from gateway.core.site import Now

from .conftest import Story, at, genset, good

HOUR = 3600


class Tank(Story):
    """A story of which only the power state and the fuel are thought, for many polls."""

    def poll(self, now: Now, name: str, values: dict[str, Value]) -> list[Numbered]:
        """One poll."""
        self.site = msgspec.structs.replace(self.site, values=self.site.values | {name: values})
        self.site, _ = state.watch(self.site, self.facts, now, name)
        self.site, changes = endurance.watch(self.site, self.facts, now, [])
        self.told += [Numbered(Stream.EVENT, 1, one.kind.value, one.body) for one in changes]
        return []

    def restarted(self) -> "Tank":
        """The same in a new run of the program."""
        body = msgspec.json.encode(self.site.memory)
        return Tank(self.facts, msgspec.json.decode(body, type=Memory))


def led(
    story: Tank,
    from_s: float,
    hours: float,
    level: Callable[[float], float | Value],
    *,
    every_s: float = 60,
    kw: float = 0,
    engine: str | None = None,
    boot: str = "boot-1",
) -> Tank:
    """Poll the set for so many hours; `level` is the percent at the hours gone by, or a value."""
    running = kw > 0
    for step in range(round(hours * HOUR / every_s) + 1):
        second = from_s + step * every_s
        said = level(step * every_s / HOUR)
        value = said if isinstance(said, Value) else good(said, second)
        values = genset(
            second, mains=0 if running else 230, engine=engine or ("running" if running else "stopped"), kw=kw
        )
        story.poll(at(second, boot=boot), "genset", values | {"fuel.level": value})
    return story


def fuel_events(story: Tank) -> list[tuple[str, float, float]]:
    """What was told of fuel: (kind, litres before, after)."""
    found = []
    for one in story.told:
        if one.kind in ("refuelled", "fuel_lost"):
            body: Any = one.body
            found.append((one.kind, body["before_l"], body["after_l"]))
    return found


def steps_of_one(percent: float) -> float:
    """As a sender of whole percent says it."""
    return float(round(percent))


def burnt(from_percent: float, per_hour: float = 0.62) -> Callable[[float], float]:
    """A tank that falls as the model says: 6.2 L/h of 1000 L."""
    return lambda hours: steps_of_one(from_percent - per_hour * hours)
