"""A plant with noise, and how often the stated interval holds what then happens. Published in docs/endurance.md.

`test_endurance_share.py` runs it. Everything of a run is drawn from one seed.
"""

from dataclasses import dataclass
from math import exp, floor, pi, sin, sqrt
from random import Random
from statistics import mean, stdev

import msgspec

from contract.judgement import Endurance
from contract.messages import Value
from contract.words import Origin, Power
from gateway.core.facts import Facts
from gateway.core.fuel import endurance
from gateway.core.fuel.consumption import swing_after
from gateway.core.fuel.fuel_memory import FuelMemory
from gateway.core.power.evidence import Evidence
from gateway.core.remembered import Judged, Memory
from gateway.core.site import Site

from .conftest import at

POLL_S = 600
LONGEST_H = 600.0
MOMENTS_H = (1 / 6, 1.0, 6.0, 24.0)
STEP_H = POLL_S / 3600
LEAST_LEFT = 0.1
"""Of the tank: nearer to the end nothing is asked."""


@dataclass(frozen=True, kw_only=True)
class Noise:
    """The noise model, relative where nothing else is said."""

    set_sd: float = 0.15
    """How a set differs from the pooled line."""
    known_sd: float = 0.05
    """How it differs from what was learned or from its data sheet."""
    reading_percent: float = 0.7
    """White noise of one reading, in percent of the tank."""
    step_percent: float = 1.0
    """The sender tells whole steps."""
    bias_percent: float = 1.0
    """A constant error of the sender, in percent of the tank."""
    scale_sd: float = 0.02
    """The sender's slope is wrong by so much."""
    wave_share: float = 0.10
    """The load's daily wave, of its mean; its phase is random."""
    drift_sd: float = 0.08
    """The load's slow drift (Ornstein-Uhlenbeck), of its mean."""
    drift_h: float = 6.0
    quick_sd: float = 0.05
    """The load's quick noise, of its mean."""
    ecu_sd: float = 0.03
    """A constant error of the engine's own count."""


class Plant:
    """One set, one tank and one load, with truth and readings."""

    def __init__(self, seed: int, noise: Noise) -> None:
        self.dice = dice = Random(seed)
        self.noise = noise
        self.k = max(0.5, dice.gauss(1, noise.set_sd))
        self.learned = self.k / max(0.5, dice.gauss(1, noise.known_sd))
        self.ecu_k = self.k * dice.gauss(1, noise.ecu_sd)
        self.rated = dice.choice((20.0, 56.0, 100.0))
        self.mean_kw = self.rated * dice.uniform(0.15, 0.5)
        self.tank = dice.choice((500.0, 1000.0, 2000.0)) * self.rated / 56
        self.litres = self.tank * dice.uniform(0.7, 0.95)
        self.bias = dice.gauss(0, noise.bias_percent)
        self.scale = dice.gauss(1, noise.scale_sd)
        self.phase = dice.uniform(0, 2 * pi)
        self.drift = dice.gauss(0, noise.drift_sd)
        self.hour = 0.0

    def load_kw(self) -> float:
        """The load of this moment."""
        wave = self.noise.wave_share * sin(2 * pi * self.hour / 24 + self.phase)
        return self.mean_kw * max(0.1, 1 + wave + self.drift + self.dice.gauss(0, self.noise.quick_sd))

    def swing(self) -> float:
        """How the load swung in an earlier run of a day: standard deviation of ten-minute means, of their mean."""
        noise, dice, drift, loads = self.noise, Random(f"before {self.phase}"), 0.0, []
        for step in range(144):
            wave = noise.wave_share * sin(2 * pi * step / 144)
            loads.append(max(0.1, 1 + wave + drift + dice.gauss(0, noise.quick_sd)))
            keep = exp(-STEP_H / noise.drift_h)
            drift = drift * keep + dice.gauss(0, noise.drift_sd * sqrt(1 - keep**2))
        return stdev(loads) / mean(loads)

    def burn(self, kw: float) -> None:
        """Ten minutes pass."""
        self.litres -= self.k * (0.042 * self.rated + 0.256 * kw) * STEP_H
        keep = exp(-STEP_H / self.noise.drift_h)
        self.drift = self.drift * keep + self.dice.gauss(0, self.noise.drift_sd * sqrt(1 - keep**2))
        self.hour += STEP_H

    def percent(self) -> float:
        """What the sender says."""
        true = self.litres / self.tank * 100
        read = self.scale * true + self.bias + self.dice.gauss(0, self.noise.reading_percent)
        step = self.noise.step_percent
        return max(0.0, floor(read / step + 0.5) * step)

    def empty_at(self) -> float:
        """The hour at which nothing can be drawn any more; ends the plant."""
        while self.litres > 0.05 * self.tank and self.hour < LONGEST_H:
            self.burn(self.load_kw())
        return self.hour


class Stated(msgspec.Struct, frozen=True):
    """What was said at an hour of a run, and what then happened. Hours."""

    moment_h: float
    low_h: float
    high_h: float | None
    truth_h: float


def run(seed: int, known: str, of: Facts, noise: Noise) -> list[Stated]:
    """One run until the tank is empty. `known`: line, learned or ecu."""
    plant = Plant(seed, noise)
    of = msgspec.structs.replace(
        of,
        set=msgspec.structs.replace(of.set, rated_kw=plant.rated, design_load_kw=plant.mean_kw),
        tank=msgspec.structs.replace(of.tank, litres=plant.tank),
    )
    fuel = FuelMemory()
    if known == "learned":
        # what the runs taught that told the consumption: how the load swings too
        fuel = FuelMemory(calibration=plant.learned, swing=swing_after(None, plant.swing(), 86_400))
    memory = Memory(judged=Judged(power=Power.ON_RESERVE), fuel=fuel)
    site = Site(memory=memory, evidence=Evidence(engine="running", on_set=True))
    said: list[tuple[float, Endurance]] = []
    for step in range(int(MOMENTS_H[-1] / STEP_H) + 1):
        if plant.litres < LEAST_LEFT * plant.tank:
            break
        kw, now = plant.load_kw(), at(step * POLL_S)
        site = msgspec.structs.replace(site, values={"genset": _read(plant, kw, known, now.up_ms)})
        site, _ = endurance.watch(site, of, now, [])
        if site.endurance is not None and any(abs(plant.hour - moment) < STEP_H / 2 for moment in MOMENTS_H):
            said.append((plant.hour, site.endurance))
        plant.burn(kw)
    end = plant.empty_at()
    return [Stated(hour, told.low_h, told.high_h, end - hour) for hour, told in said]


def shares(seeds: range, known: str, of: Facts, noise: Noise) -> dict[float, tuple[int, float, float, float]]:
    """Moment → how many runs, and the share whose truth lies within, below and above the stated interval."""
    stated = [one for seed in seeds for one in run(seed, known, of, noise)]
    found = {}
    for moment in MOMENTS_H:
        here = [one for one in stated if abs(one.moment_h - moment) < STEP_H / 2]
        below = sum(one.truth_h < one.low_h for one in here) / len(here)
        above = sum(one.high_h is not None and one.truth_h > one.high_h for one in here) / len(here)
        found[moment] = len(here), 1 - below - above, below, above
    return found


def _read(plant: Plant, kw: float, known: str, up_ms: int) -> dict[str, Value]:
    values = {"fuel.level": plant.percent(), "generator.power": kw * 1000}
    if known == "ecu":
        values["fuel.rate"] = plant.ecu_k * (0.042 * plant.rated + 0.256 * kw)
    return {key: Value(value=value, origin=Origin.MEASURED, up_ms=up_ms) for key, value in values.items()}
