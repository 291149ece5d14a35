"""How a scenario is made to fit into the seconds somebody has."""

import pytest

from demo.core import pace
from demo.core.faults import BadUse
from doors.clock_gentle import Gentle, gone_s
from gateway.core.wire import patience

OUTAGE_S = 610.0


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


def test_a_silence_may_be_seen_as_late_as_the_gateway_waits() -> None:
    """The gateway's own patience with a silent device is what the judge grants."""
    given = pace.pace(10.0)

    assert patience.MOST == pace.LONGEST_WAIT
    assert 1000 * (given.poll_s + patience.MOST * given.timeout_s * given.rate) == given.silence_ms


THREE_DAYS_S, RESTARTS_S = 74 * 3600.0, (259_560.0, 54_540.0, 259_632.0)
HOURS = ((54_540.0, 61_020.0), (259_560.0, 266_220.0))


def test_days_are_gentle_from_a_restart_until_the_hour_after_was_looked_at() -> None:
    """Starts that follow each other make one span, and no span goes on after the end."""
    assert HOURS == pace.gentle_hours(THREE_DAYS_S, RESTARTS_S)
    assert ((3000.0, 3600.0),) == pace.gentle_hours(3600.0, (3000.0,))
    assert () == pace.gentle_hours(THREE_DAYS_S, ())


def test_gentle_hours_begin_and_end_at_the_same_product_moments_on_the_real_clock() -> None:
    """Of a clock that runs ten times as fast between them, and begins at the hundredth real second."""
    rate = 10 * pace.GENTLE
    spans = tuple(Gentle(*one) for one in pace.spans(HOURS, rate, 100.0))

    assert [time for span in HOURS for time in span] == pytest.approx(
        [gone_s(100.0, at_s, rate, spans) for span in spans for at_s in (span.from_s, span.until_s)]
    )
    assert () == pace.spans(HOURS, pace.GENTLE, 100.0)


@pytest.mark.parametrize("seconds", [300.0, 400.0, 2000.0])
def test_days_with_gentle_hours_last_as_long_as_was_given(seconds: float) -> None:
    """Starting and counting with them."""
    rate = pace.fit_hours(THREE_DAYS_S, seconds, RESTARTS_S).rate
    spans = tuple(Gentle(*one) for one in pace.spans(HOURS, rate, 0.0))

    assert THREE_DAYS_S == pytest.approx(gone_s(0.0, seconds - pace.LEAD_S - pace.AFTER_S, rate, spans))


def test_days_that_do_not_fit_are_refused_with_the_seconds_that_do() -> None:
    """The number is then taken."""
    with pytest.raises(BadUse, match="--seconds 100: these days need at least") as refused:
        pace.fit_hours(THREE_DAYS_S, 100, RESTARTS_S)

    least = float(str(refused.value).split()[-3])
    assert pace.GENTLE < pace.fit_hours(THREE_DAYS_S, least, RESTARTS_S).rate <= pace.FASTEST_DAYS
