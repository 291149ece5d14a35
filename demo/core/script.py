"""Scenarios as a demonstration needs them: the same outage again and again, while somebody looks on."""

from collections.abc import Mapping
from typing import Any

QUIET_S = 60.0
"""Calm between one outage and the next."""


def repeated(scenario: Mapping[str, Any], times: int) -> dict[str, Any]:
    """A scenario (the tree of its file) played so many times over. Times must be in seconds."""
    length = scenario["length_s"] + QUIET_S
    steps = [
        {**step, "at_s": step["at_s"] + round_ * length} for round_ in range(times) for step in scenario.get("step", ())
    ]
    return {**scenario, "length_s": length * times, "step": steps}
