"""How long a battery feeds a node: mean currents, what the cold and the battery itself take, what must be left.

Currents in µA, times in s, capacity in Ah. The days are days of use until only the reserve for the set's own start is
left. Every number comes from `power.toml`, or was measured by a node.
"""

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

MONTH_H = 24 * 30.44
DAY_S = 86_400


class Mistake(ValueError):
    """A question that has no answer, in one sentence."""


@dataclass(frozen=True, slots=True)
class Board:
    """A row of `power.toml`; currents at `volt`."""

    name: str
    volt: float
    awake_ua: float
    radio_ua: float
    asleep_ua: float
    peak_ua: float
    sleeps: bool
    source: str


@dataclass(frozen=True, slots=True)
class Battery:
    """`capacity_ah` as it stands on the battery; `keep`: the share of it that is left for the set's own start."""

    capacity_ah: float
    volt: int = 12
    kind: str = "flooded"
    celsius: float = 20.0
    keep: float = 0.2

    def usable_ah(self) -> float:
        """What the node may have; 0 where the cold leaves less than the reserve."""
        return self.capacity_ah * max(0.0, share_at(self.celsius) - self.keep)

    def self_ua(self) -> float:
        """What the battery takes of itself."""
        return 1e6 * self.capacity_ah * float(row("battery", self.kind)["self_discharge"]) / MONTH_H


@dataclass(frozen=True, slots=True)
class Day:
    """Shares of a day: awake, and of that with the radio on."""

    awake: float
    radio: float


def numbers() -> dict[str, Any]:
    """`power.toml` as it stands."""
    return _numbers()


@cache
def _numbers() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("power.toml").read_text("utf-8"))


def row(table: str, name: str) -> dict[str, Any]:
    """One row by name; raises Mistake with the names that there are."""
    rows: list[dict[str, Any]] = numbers()[table]
    for one in rows:
        if one["name"] == name:
            return one
    raise Mistake(f"there is no {table} {name!r}; there are {', '.join(one['name'] for one in rows)}")


def board(name: str) -> Board:
    """One board by name; raises Mistake."""
    return Board(**row("board", name))


def share_at(celsius: float) -> float:
    """Which share of the rated capacity can be had at that temperature."""
    points = numbers()["temperature"]["points"]
    if celsius >= points[-1][0]:
        return float(points[-1][1])
    (cold, low), (warm, high) = next((a, b) for a, b in pairwise(points) if celsius < b[0])
    return max(0.0, float(low + (high - low) * (celsius - cold) / (warm - cold)))


def cycle(every_s: float, awake_s: float, radio_s: float) -> Day:
    """A node that wakes every so often; `every_s` 0, or less than it is awake: it never sleeps."""
    if not all(0 <= one < math.inf for one in (every_s, awake_s, radio_s)) or radio_s > awake_s:
        raise Mistake("times must not be below zero, and the radio is on at most while the node is awake")
    if every_s <= awake_s:
        return Day(1.0, radio_s / awake_s if awake_s and every_s else 1.0)
    return Day(awake_s / every_s, radio_s / every_s)


def measured(awake_ms: int, radio_ms: int) -> Day:
    """What a node's status says of its day."""
    if not 0 <= radio_ms <= awake_ms <= 1000 * DAY_S:
        raise Mistake("of a day a node is awake at most 86400000 ms, and its radio is on at most while it is awake")
    return Day(awake_ms / (1000 * DAY_S), radio_ms / (1000 * DAY_S))


def costs(one: Board, day: Day, battery: Battery, loads: tuple[str, ...] = ()) -> dict[str, float]:
    """Mean µA out of the battery, by what takes it."""
    if not one.sleeps:
        day = Day(1.0, 1.0)
    factor = at_battery(one, battery)
    told = {
        "radio": factor * one.radio_ua * day.radio,
        "awake": factor * one.awake_ua * (day.awake - day.radio),
        "asleep": factor * one.asleep_ua * (1 - day.awake),
        "converter": float(row("converter", "step-down")["idle_ua"]),
        "battery itself": battery.self_ua(),
    }
    return told | {name: float(row("load", name)["ua"]) for name in loads}


def at_battery(one: Board, battery: Battery) -> float:
    """µA out of the battery for one µA of the board."""
    return one.volt / (battery.volt * float(row("converter", "step-down")["efficiency"]))


def days(battery: Battery, told: dict[str, float]) -> float:
    """How long it lasts with these `costs`."""
    return 1e6 * battery.usable_ah() / sum(told.values()) / 24


def budget(one: Board, battery: Battery, wanted_days: float, loads: tuple[str, ...] = ()) -> dict[str, int]:
    """`power` for a node's settings, so that the battery lasts as long as wanted; raises Mistake where it cannot."""
    if not 0 < wanted_days < math.inf:
        raise Mistake("the wanted days must be above zero")
    if not one.sleeps:
        raise Mistake(f"{one.name} does not sleep: it takes what it takes, and --days says nothing to it")
    beside = costs(one, Day(0.0, 0.0), battery, loads)
    left = 1e6 * battery.usable_ah() / (24 * wanted_days) - (sum(beside.values()) - beside["asleep"])
    allowed = left / at_battery(one, battery)
    if allowed <= one.asleep_ua:
        raise Mistake(f"{one.name} cannot live {wanted_days:g} days on this battery, however long it sleeps")
    return {
        "allowed_ua": int(allowed),
        "awake_ua": int(one.awake_ua),
        "radio_ua": int(one.radio_ua),
        "asleep_ua": int(one.asleep_ua),
    }
