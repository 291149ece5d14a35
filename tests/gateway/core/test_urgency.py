"""What a poll may bring that is judged at once: all but numbers a little further along."""

import pytest

from contract.messages import Value
from contract.words import Quality
from gateway.core.pipeline import Batch
from gateway.core.remembered import Memory
from gateway.core.site import Site
from gateway.core.urgency import is_urgent

from .conftest import gone, good


@pytest.mark.parametrize(
    ("key", "before", "after", "urgent"),
    [
        ("generator.power", good(100.0, 1), good(900.0, 2), False),
        ("engine.starts", good(4, 1), good(5, 2), False),
        ("engine.state", good("stopped", 1), good("stopped", 2), False),
        ("engine.state", good("stopped", 1), good("running", 2), True),
        ("controller.shutdown_alarm", good(0, 1), good(1, 2), True),
        ("alarm.earth-fault", good("inactive", 1), good("trip", 2), True),
        ("fuel.level", good(60, 1), gone(Quality.SENSOR_FAULT, 2), True),
        ("fuel.level", gone(Quality.SENSOR_FAULT, 1), gone(Quality.COMM_ERROR, 2), True),
        ("fuel.level", gone(Quality.COMM_ERROR, 1), gone(Quality.COMM_ERROR, 2), False),
        ("fuel.level", gone(Quality.COMM_ERROR, 1), good(60, 2), True),
        ("fuel.level", None, good(60, 2), True),
        # a signal that no catalogue knows is taken for the more urgent
        ("no.such_signal", good(1, 1), good(2, 2), True),
    ],
)
def test_what_is_no_mere_number_is_urgent(key: str, before: Value | None, after: Value, urgent: bool) -> None:
    """A word, a flag, an alarm, a value that comes or goes, or that was never there: at once."""
    site = Site(memory=Memory(), values={} if before is None else {"genset": {key: before}})

    assert urgent is is_urgent(Batch(device="genset", values={key: after}), site)


def test_what_a_device_refuses_is_urgent() -> None:
    """It goes to the memory, with the poll that told it."""
    assert is_urgent(Batch(device="genset", values={}, refused=((3, 5, 1),)), Site(memory=Memory()))
