"""Scenario files as a demonstration needs them: how long, where, and the same outage again and again."""

from collections.abc import Mapping
from typing import Any

import msgspec

QUIET_S = 60.0
"""Calm between one outage and the next."""
PLANT = "automatic"


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """What the start of a run must know of a scenario. `connection`: how the set takes over, by itself or by hand."""

    length_s: float
    plant: str
    connection: str


def script(scenario: Mapping[str, Any]) -> Script:
    """Of the tree of a file that the simulator has found to be right."""
    hours = scenario.get("length_h")
    plant = str(scenario.get("plant", PLANT))
    by_hand = plant == "manual" or scenario.get("start", {}).get("mode") == "manual"
    return Script(
        length_s=float(scenario["length_s"] if hours is None else 3600 * hours),
        plant=plant,
        connection="manual" if by_hand else "automatic",
    )


def repeated(scenario: Mapping[str, Any], times: int) -> dict[str, Any]:
    """A scenario (the tree of its file) played so many times over. Times must be in seconds."""
    length = scenario["length_s"] + QUIET_S
    steps = [
        {**step, "at_s": step["at_s"] + round_ * length} for round_ in range(times) for step in scenario.get("step", ())
    ]
    return {**scenario, "length_s": length * times, "step": steps}
