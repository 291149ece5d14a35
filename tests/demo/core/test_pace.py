"""How a scenario is made to fit into the seconds somebody has."""

import pytest

from demo.core import pace
from demo.core.faults import BadUse

OUTAGE_S = 570.0


def test_scenario_fits_into_the_seconds() -> None:
    """Starting, playing and counting take no longer than was given."""
    fitted = pace.fit(OUTAGE_S, 60)

    assert 60 == pytest.approx(OUTAGE_S / fitted.rate + pace.STARTING_S + pace.BEFORE_S + pace.AFTER_S)


def test_too_few_seconds_are_refused_with_the_number_that_fits() -> None:
    """One sentence says what to give instead, and that is then taken."""
    least = pace.shortest_s(OUTAGE_S)
    with pytest.raises(BadUse) as refused:
        pace.fit(OUTAGE_S, least - 1)

    assert f"--seconds {least - 1}: the scenario needs at least {least} s; give --seconds {least} or more" == str(
        refused.value
    )
    assert pace.fit(OUTAGE_S, least).poll_s <= pace.LONGEST_POLL_S


def test_much_time_is_life_itself() -> None:
    """Nothing ever runs slower than life, and a poll is never shorter than five seconds of it."""
    slow = pace.fit(OUTAGE_S, 3600)

    assert (1.0, 5.0) == (slow.rate, slow.poll_s)


@pytest.mark.parametrize("rate", [1.0, 10.0, 20.0, 28.0, 1480.0])
def test_wire_gives_up_before_the_next_poll(rate: float) -> None:
    """Timeouts run in real seconds: at every rate one fits into a poll."""
    given = pace.pace(rate)

    assert given.timeout_s * rate < given.poll_s <= max(pace.LONGEST_POLL_S, rate * pace.POLL_REAL_S)
