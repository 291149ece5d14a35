"""What a run was for where nobody sees the mains, and runs of a set that only a switch and a meter see."""

from typing import Any

import pytest

from contract.messages import Value
from contract.words import Place
from gateway.core.facts import DeviceFacts

from .conftest import GENSET, METER, Story, at, device, facts, good, volts
from .set_on_paper import Plant

SWITCH = device("switch", "transfer_switch")
MINUTE_S = 60


def blind(*, mode: str = "auto", kw: float = 20.0, dark: bool = False) -> tuple[str, bool, bool]:
    """A run at a site without a witness of the grid: (kind, approved, is it remarked that its kind is not known)."""
    plant = Plant(facts(GENSET, METER), mains=None, more={"controller.mode": mode})
    plant.story.poll(plant.now, "meter", volts("meter", 0 if dark else 230, plant.second))
    plant.start()
    plant.go(31 * MINUTE_S, engine="running", kw=kw)
    plant.stop()
    run = plant.runs[-1]
    return run.kind, run.approved, "run_kind_unknown" in run.remarks


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ({}, ("unknown", True, True)),
        ({"mode": "test_on_load"}, ("test", True, False)),
        ({"kw": 0.0}, ("test", True, False)),
        ({"dark": True}, ("outage", True, False)),
        ({"dark": True, "mode": "test_on_load"}, ("test", True, False)),
    ],
)
def test_a_load_that_was_carried_while_nobody_saw_the_mains(
    story: dict[str, Any], expected: tuple[str, bool, bool]
) -> None:
    """An outage when the shop had gone dead, a test in a mode for tests, else nobody knows; it counts all the same."""
    assert expected == blind(**story)


def test_mains_that_are_seen_during_it_make_it_a_test() -> None:
    """On load, with a live grid."""
    run = Plant().test(31, kw=20.0)

    assert ("test", False) == (run.kind, "run_kind_unknown" in run.remarks)


def switched(*devices: DeviceFacts, available: bool = True, minutes: float = 69, meter: float | None = 8000.0) -> Story:
    """An outage that a switch and perhaps a meter see; ten minutes before it and ten after it."""
    story = Story(facts(*devices, controller=None))
    begins, ends = 10 * MINUTE_S, (10 + minutes) * MINUTE_S
    for second in range(5, round(ends) + 10 * MINUTE_S, 5):
        out, on = begins <= second < ends, begins + 30 <= second < ends
        says: dict[str, Value] = {
            "switch.mains_available": good(0 if out else 1, second),
            "switch.position": good("generator" if on else "mains", second),
        }
        if available:
            says["switch.generator_available"] = good(1 if begins + 15 <= second < ends + 60 else 0, second)
        story.poll(at(second), "switch", says)
        if meter is not None:
            live = on or not out
            said = {"meter.power": good(meter if live else 0, second)}
            story.poll(at(second), "meter", said | volts("meter", 230 if live else 0, second))
    return story


@pytest.mark.parametrize("available", [True, False])
def test_a_switch_and_a_meter_see_a_run_of_a_set_without_controller(available: bool) -> None:
    """The switch stands at the set and the shop is live: that is voltage, and its load is what the meter says."""
    runs = switched(SWITCH, METER, available=available).site.memory.runs

    assert [("outage", True, 8.0)] == [(run.kind, run.approved, run.load_mean_kw) for run in runs]
    assert 69 * 60 == pytest.approx(runs[0].running_s, abs=70)
    assert (None, None, None) == (runs[0].cranks, runs[0].to_voltage_s, runs[0].to_load_s)


def test_a_switch_alone_sees_voltage_and_no_kilowatts() -> None:
    """It tells that the set is there and where it stands, and nothing of the load."""
    runs = switched(SWITCH, meter=None).site.memory.runs

    assert [("outage", True, None)] == [(run.kind, run.approved, run.load_mean_kw) for run in runs]


def test_a_switch_at_a_set_that_gives_nothing_is_no_run() -> None:
    """Behind it the shop stays dead."""
    story = Story(facts(SWITCH, METER, controller=None))
    for second in range(5, 3000, 5):
        says = {"switch.mains_available": good(0, second), "switch.position": good("generator", second)}
        story.poll(at(second), "switch", says)
        story.poll(at(second), "meter", volts("meter", 0, second) | {"meter.power": good(0, second)})

    assert () == story.site.memory.runs
    assert story.site.run is None


def test_a_meter_on_the_sets_side_goes_before_the_switch() -> None:
    """It measures the set itself; the switch may stand at it while it is still."""
    meter = device("meter", "meter", Place.GENERATOR)
    story = Story(facts(SWITCH, meter, controller=None))
    for second in range(5, 600, 5):
        story.poll(at(second), "switch", {"switch.position": good("generator", second)})
        story.poll(at(second), "meter", volts("meter", 0, second) | {"meter.power": good(0, second)})

    assert story.site.run is None
