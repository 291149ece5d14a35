"""What of a device becomes a record: what moved beyond its dead-band, and now and then all of it."""

from typing import Any

import msgspec
import pytest

from contract.messages import Value
from contract.words import Power, Quality
from gateway.core.remembered import Judged, Memory
from gateway.core.samples import sample
from gateway.core.site import Site

from .conftest import at, facts, gone, good


class Probe:
    """One device that is looked at now and then; which of its values go into a sample."""

    def __init__(self, power: Power = Power.ON_MAINS) -> None:
        self.site = Site(memory=Memory(judged=Judged(power=power)))

    def look(self, second: float, **values: Value) -> tuple[bool, set[str]] | None:
        """(whole, keys of the sample), or None when there is none."""
        named = {key.replace("__", "."): value for key, value in values.items()}
        known = self.site.values.get("meter", {}) | named
        self.site = msgspec.structs.replace(self.site, values={"meter": known})
        self.site, body = sample(self.site, "meter", facts(), at(second))
        return None if body is None else (bool(body["whole"]), set(body["values"]))  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("key", "before", "after", "told"),
    [
        # dead-bands of the catalogue: voltage 2.3 V, fuel 0.5 %, battery 0.1 V
        ("generator__voltage_l1n", good(230.0), good(232.2), False),
        ("generator__voltage_l1n", good(230.0), good(232.4), True),
        ("generator__voltage_l1n", good(230.0), good(227.6), True),
        ("fuel__level", good(60), good(60.5), False),
        ("fuel__level", good(60), good(61), True),
        ("engine__state", good("stopped"), good("stopped"), False),
        ("engine__state", good("stopped"), good("running"), True),
        ("alarm__earth-fault", good("inactive"), good("trip"), True),
        # a quality that changes is always told, whatever the number
        ("fuel__level", good(60), gone(Quality.SENSOR_FAULT), True),
        ("fuel__level", gone(Quality.SENSOR_FAULT), gone(Quality.COMM_ERROR), True),
        ("fuel__level", gone(Quality.COMM_ERROR), good(0), True),
        ("fuel__level", gone(Quality.COMM_ERROR), gone(Quality.COMM_ERROR), False),
    ],
)
def test_only_what_moved_is_told(key: str, before: Value, after: Value, told: bool) -> None:
    """Within the dead-band a value is silent; a new quality is not."""
    probe = Probe()
    probe.look(0, **{key: before})

    assert ((False, {key.replace("__", ".")}) if told else None) == probe.look(60, **{key: after})


def test_a_slow_drift_is_told_in_steps() -> None:
    """The dead-band is measured from what was told last, not from the last reading."""
    probe = Probe()
    levels = [60 - 0.2 * step for step in range(10)]
    told = [probe.look(60.0 * number, fuel__level=good(level)) is not None for number, level in enumerate(levels)]

    assert [True, False, False, True, False, False, True, False, False, True] == told


@pytest.mark.parametrize(
    ("power", "every_s"), [(Power.ON_MAINS, 60), (Power.UNKNOWN, 60), (Power.ON_RESERVE, 10), (Power.DEAD, 10)]
)
def test_samples_come_at_the_sites_pace(power: Power, every_s: int) -> None:
    """More often while something happens."""
    probe = Probe(power)
    probe.look(0, fuel__level=good(0))
    told = [second for second in range(1, 61) if probe.look(second, fuel__level=good(second))]

    assert list(range(every_s, 61, every_s)) == told


def test_now_and_then_the_whole_device_is_told() -> None:
    """At first, and after fifteen minutes also what did not move."""
    probe = Probe()
    both: dict[str, Any] = {"fuel__level": good(60), "engine__state": good("stopped")}
    whole = (True, {"fuel.level", "engine.state"})

    assert whole == probe.look(0, **both)
    assert [None, None] == [probe.look(second, **both) for second in (60, 899)]
    assert whole == probe.look(900, **both)
