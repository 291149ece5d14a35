"""What has become of values since they were told: gone, back, moved, or changed in a way that no heartbeat carries."""

import msgspec
import pytest

from contract.messages import Value
from contract.words import Origin, Quality
from gateway.core.comparing import compared

from .conftest import gone, good

CARRIED = ("generator.voltage_l1n", "engine.state", "fuel.level")


@pytest.mark.parametrize(
    ("key", "told", "now", "found"),
    [
        ("fuel.level", good(60), good(60, 9), ""),
        ("generator.voltage_l1n", good(230.0), good(232.0, 9), ""),
        ("generator.voltage_l1n", good(230.0), good(240.0, 9), "moved"),
        ("engine.state", good("stopped"), good("running", 9), "moved"),
        ("fuel.level", good(60), gone(), "lost"),
        ("fuel.level", good(60), None, "lost"),
        ("fuel.level", gone(), good(60, 9), "back"),
        ("fuel.level", None, good(60, 9), "back"),
        ("fuel.level", gone(), gone(Quality.COMM_ERROR, 9), ""),
        ("fuel.level", gone(), gone(Quality.SENSOR_FAULT, 9), "changed"),
        ("fuel.level", gone(), None, "changed"),
        ("fuel.level", None, gone(), "changed"),
        ("fuel.level", good(60), msgspec.structs.replace(good(60), origin=Origin.SIMULATED), "changed"),
        # what no heartbeat may carry, and what counts by itself
        ("controller.model", good("A"), good("B", 9), "changed"),
        ("fuel.used", good(3600), good(3660, 9), ""),
    ],
)
def test_each_difference_is_called_by_its_name(key: str, told: Value | None, now: Value | None, found: str) -> None:
    """One signal, one difference, or none."""
    before = {} if told is None else {key: told}
    after = {} if now is None else {key: now}
    seen = compared(before, after, CARRIED, calm=False)

    assert found == " ".join(name for name in ("lost", "back", "changed", "moved") if getattr(seen, name))
