"""A site's head and one moment, as most messages carry them."""

import pytest

from contract.messages import Head
from contract.wire import Moment
from contract.words import ClockQuality, Status


@pytest.fixture
def head() -> Head:
    """What the gateway of are-kall says of itself a day after its system booted."""
    return Head(
        site="are-kall",
        run="r-1",
        boot="b-1",
        up_ms=86_400_000,
        wall_ms=1_764_000_000_000,
        clock=ClockQuality.SYNCED,
        status=Status.ACTUAL,
    )


@pytest.fixture
def moment(head: Head) -> Moment:
    """The moment of that head."""
    return head.moment()
