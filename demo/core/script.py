"""Scenario files as a demonstration needs them: how long, where, and the same outage again and again."""

from collections.abc import Mapping
from typing import Any

import msgspec

QUIET_S = 60.0
"""Calm between one outage and the next."""
PLANT = "automatic"


RESTARTS = ("box_on", "clock_set", "link_up", "broker_up")
"""Steps of the conductor in which real programs start, and need real seconds for it."""


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """What the start of a run must know of a scenario. `connection`: how the set takes over, by itself or by hand."""

    length_s: float
    plant: str
    connection: str
    restarts_s: tuple[float, ...] = ()
    """When programs start anew in the middle of it."""


def script(scenario: Mapping[str, Any]) -> Script:
    """Of the tree of a file that the simulator has found to be right."""
    hours = scenario.get("length_h")
    plant = str(scenario.get("plant", PLANT))
    by_hand = plant == "manual" or scenario.get("start", {}).get("mode") == "manual"
    return Script(
        length_s=float(scenario["length_s"] if hours is None else 3600 * hours),
        plant=plant,
        connection="manual" if by_hand else "automatic",
        restarts_s=tuple(_at_s(step) for step in scenario.get("conductor", ()) if step["do"] in RESTARTS),
    )


def _at_s(step: Mapping[str, Any]) -> float:
    return float(3600 * step["at_h"] if "at_h" in step else step["at_s"])


def repeated(scenario: Mapping[str, Any], times: int) -> dict[str, Any]:
    """A scenario (the tree of its file) played so many times over. Times must be in seconds."""
    length = scenario["length_s"] + QUIET_S
    steps = [
        {**step, "at_s": step["at_s"] + round_ * length} for round_ in range(times) for step in scenario.get("step", ())
    ]
    return {**scenario, "length_s": length * times, "step": steps}
