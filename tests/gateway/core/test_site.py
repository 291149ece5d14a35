"""What is read off the site as a whole: has the set shut itself down?"""

import pytest

from contract.messages import Value
from contract.words import Quality
from gateway.core.remembered import Memory
from gateway.core.site import Site, shut_down

from .conftest import gone, good


@pytest.mark.parametrize(
    ("expected", "values"),
    [
        (None, {}),
        (True, {"controller.shutdown_alarm": good(1)}),
        (True, {"controller.shutdown_alarm": gone(), "controller.trip_alarm": good(1)}),
        (False, {"controller.shutdown_alarm": good(0), "alarm.oil-pressure": good("shutdown")}),
        (True, {"alarm.oil-pressure": good("shutdown")}),
        (True, {"alarm.overspeed": good("controlled_shutdown")}),
        (True, {"alarm.breaker": good("trip"), "alarm.common-shutdown": good("inactive")}),
        (None, {"alarm.oil-pressure": good("warning")}),
        (None, {"alarm.common-shutdown": gone(Quality.COMM_ERROR)}),
        (False, {"alarm.common-shutdown": good("inactive")}),
    ],
)
def test_flags_come_first_and_a_calm_list_proves_nothing(expected: bool | None, values: dict[str, Value]) -> None:
    """Flags decide; without them a stopping word says yes, and only a calm common shutdown says no."""
    assert shut_down(Site(memory=Memory(), values={"genset": values}), "genset") is expected


def test_of_no_controller_nothing_is_known() -> None:
    """A site without a controller neither has a stopped set nor a calm one."""
    assert shut_down(Site(memory=Memory()), None) is None
