"""How long the fuel lasts, as an interval. Facts: reserve power, section 7; Willans line with the pooled figures."""

from math import hypot

from contract.messages import Endurance
from gateway.core.site import Facts, Now, Site, number_of

WILLANS_A = 0.042
"""L/h per kW rated, burnt at any load."""
WILLANS_B = 0.256
"""L/kWh on top."""
MODEL_SD = 0.15
"""Relative: what a set that nobody has measured may differ from the line."""
LEVEL_SD = 0.01
"""Of the tank: one percent steps of the sender."""
Z80 = 1.28


def litres_per_hour(load_kw: float, rated_kw: float) -> float:
    """Consumption by the Willans line, L/h; never zero, for an idling set burns too."""
    return WILLANS_A * rated_kw + WILLANS_B * max(0.0, load_kw)


def endurance(site: Site, facts: Facts, now: Now) -> Endurance | None:
    """Hours left at the present load, or at the design load while the set stands; None without a level."""
    percent = number_of(site, facts.controller, "fuel.level")
    if percent is None or facts.tank_litres <= 0:
        return None
    usable = facts.tank_litres * max(0.0, percent - facts.dead_percent) / 100
    watts = number_of(site, facts.controller, "generator.power") or 0.0
    running = watts > 1000
    load_kw = watts / 1000 if running else facts.design_load_kw
    rate = litres_per_hour(load_kw, facts.rated_kw)
    if usable <= 0:
        return Endurance(low_h=0.0, high_h=0.0, basis="model", at=now.moment())
    hours = usable / rate
    spread = Z80 * hypot(LEVEL_SD * facts.tank_litres / usable, MODEL_SD)
    high = None if spread >= 0.8 else round(hours / (1 - spread), 1)
    basis = "model" if running else "model-at-design-load"
    return Endurance(low_h=round(hours / (1 + spread), 1), high_h=high, basis=basis, at=now.moment())
