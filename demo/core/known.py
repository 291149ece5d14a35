"""What is so at a moment of the days, and what of it each reader can know: the ground of the judgements of the pages.

All of it comes from the events of the plant, the steps of the conductor and the files of plant and scenario; nothing
from the programs that are judged.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from contract.words import Power
from demo.core import reading
from demo.core.hours import POWER_AFTER

Line = Mapping[str, Any]


class Fuel(msgspec.Struct, frozen=True, kw_only=True):
    """The tank and the thirst of the set: a Willans line, as the plant's file has it."""

    litres: float
    idle_l_per_h: float
    l_per_kwh: float
    kw: float

    @property
    def l_per_h(self) -> float:
        """While it carries the site."""
        return self.at_load(self.kw)

    def at_load(self, kw: float) -> float:
        """Litres an hour at a load."""
        return self.idle_l_per_h + self.l_per_kwh * kw

    def hours(self, told: Iterable[Line], at_s: float) -> float:
        """How long what is left lasts while the set carries the site."""
        turning_s, carrying_s = _lasted(told, at_s, TURNING), _lasted(told, at_s, CARRYING)
        burnt = (self.idle_l_per_h * turning_s + self.l_per_kwh * self.kw * carrying_s) / 3600
        return max(0.0, self.litres - burnt) / self.l_per_h


def hours_fault(between: str, basis: str, hours: float, fuel: Fuel, *, short: float = 0.0) -> str:
    """Why an interval of hours is not true, "" when it is. `hours`: true ones at the plant's load; `basis`: the words
    that may name another load; `short`: so much too short, relative, the upper end may be."""
    stated = re.search(r"last (\d+(?:,\d+)?)\s*kW", basis)
    if stated:
        hours *= fuel.l_per_h / fuel.at_load(float(stated[1].replace(",", ".")))
    found = reading.interval(between)
    found = found and (found[0], found[1] * (1 + short))
    return "" if found and reading.holds(found, hours) else f"fuel “{between}”, true are {hours:.0f} h"


TURNING = (("engine_warming", "engine_running"), ("engine_stopped",))
CARRYING = (("on_reserve",), ("load_off", "back_on_mains"))


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """One moment. Times are product seconds into the scenario.

    `heard_s`: until when the centre has heard the site, None while it hears it; `heard`: what was so then.
    """

    at_s: float
    power: Power
    since_s: float | None
    """None: as it was from the beginning."""
    hours: float
    box: bool
    link: bool
    broker: bool
    """The site's own."""
    clock: bool
    box_since_s: float
    """Since when the box has power."""
    by_hand: bool
    heard_s: float | None = None
    heard: "Known | None" = None
    needs: tuple[str, ...] = ()
    """What people at the site have asked for."""

    @property
    def reachable(self) -> bool:
        """Can the centre hear it?"""
        return self.box and self.link


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What does not change in a run."""

    fuel: Fuel
    by_hand: bool
    begins_wall_ms: int
    late_s: float
    """How late the site may see what happens: some polls."""
    boot_s: float = 0.0
    """How long after its box was switched on a site looks for the first time."""

    def known(self, told: Sequence[Line], steps: Iterable[Line], at_s: float) -> Known:
        """What is so at a moment."""
        done = sorted((step for step in steps if step["at_s"] <= at_s), key=_at)
        now = self._at(told, done, at_s)
        if now.reachable:
            return now
        lost_s = _lost_s(done)
        before = [step for step in done if step["at_s"] < lost_s]
        return msgspec.structs.replace(now, heard_s=lost_s, heard=self._at(told, before, lost_s))

    def _at(self, told: Sequence[Line], done: Sequence[Line], at_s: float) -> Known:
        power, since_s = Power.ON_MAINS, None
        for line in sorted(told, key=_at):
            if line["at_s"] <= at_s and POWER_AFTER.get(line["event"], power) is not power:
                power, since_s = POWER_AFTER[line["event"]], _at(line)
        box, box_since_s = _last(done, "box_on", "box_off")
        return Known(
            at_s=at_s, power=power, since_s=since_s, hours=self.fuel.hours(told, at_s), by_hand=self.by_hand,
            box=box, box_since_s=box_since_s, link=_last(done, "link_up", "link_down")[0],
            broker=_broker(done), clock=_clock(done),
            needs=tuple(step["needs"] for step in done if step["do"] == "report" and step.get("needs")),
        )  # fmt: skip


def _at(line: Line) -> float:
    return float(line["at_s"])


def _last(done: Iterable[Line], on: str, off: str) -> tuple[bool, float]:
    """(is it there?, since when); there from the beginning."""
    last = [step for step in done if step["do"] in (on, off)][-1:]
    return (last[0]["do"] == on, _at(last[0])) if last else (True, 0.0)


def _broker(done: Iterable[Line]) -> bool:
    """Does the site's own broker run? It starts with the box."""
    runs = True
    for step in done:
        runs = {"broker_down": False, "broker_up": True, "box_on": True}.get(step["do"], runs)
    return runs


def _clock(done: Iterable[Line]) -> bool:
    """Does the box know the time?"""
    known = True
    for step in done:
        known = step["do"] == "clock_set" or (known and not (step["do"] == "box_on" and step.get("clock") == "1970"))
    return known


def _lost_s(done: Iterable[Line]) -> float:
    """When the centre heard the site last: the first loss after which neither link nor box made it whole again."""
    box, link, lost_s = True, True, 0.0
    for step in done:
        was = box and link
        link = {"link_down": False, "link_up": True}.get(step["do"], link)
        box = {"box_off": False, "box_on": True}.get(step["do"], box)
        if was and not (box and link):
            lost_s = _at(step)
    return lost_s


def _lasted(told: Iterable[Line], at_s: float, ends: tuple[tuple[str, ...], tuple[str, ...]]) -> float:
    """Seconds between events that begin something and those that end it, up to a moment."""
    begins, over = ends
    total, since_s = 0.0, None
    for line in sorted(told, key=_at):
        if line["at_s"] > at_s:
            break
        if line["event"] in begins and since_s is None:
            since_s = _at(line)
        elif line["event"] in over and since_s is not None:
            total, since_s = total + _at(line) - since_s, None
    return total + (0.0 if since_s is None else at_s - since_s)


def fuel_of(plant: Line, scenario: Line) -> Fuel:
    """Of the trees of their files; what they do not say is as the simulator's README has it."""
    generator, load = plant.get("generator", {}), plant.get("load", {})
    percent = scenario.get("start", {}).get("fuel_percent", generator.get("fuel_percent", 63))
    return Fuel(
        litres=generator.get("tank_l", 1000) * percent / 100,
        idle_l_per_h=generator.get("idle_l_per_kw_h", 0.042) * generator.get("rated_kw", 56),
        l_per_kwh=generator.get("l_per_kwh", 0.256),
        kw=load.get("kw", 13.5),
    )
