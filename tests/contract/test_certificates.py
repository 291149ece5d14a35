"""How long a site may come in: one rule for both ends."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contract.certificates import GRACE_DAYS, Standing, due, last_day, not_after, standing

LAST = date(2027, 3, 1)


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_agreed_last_day_can_be_read_from_the_certificate(day: date) -> None:
    """What is written into it comes out of it, over leap days and turns of the year."""
    assert day == last_day(not_after(day))
    assert day + timedelta(days=GRACE_DAYS) == not_after(day).date()


def test_each_day_has_one_standing() -> None:
    """Good, soon over, in grace, over; locked goes before all."""
    days = {61: "good", 60: "expiring", 0: "expiring", -1: "in_grace", -30: "in_grace", -31: "expired"}
    seen = {left: standing(LAST, LAST - timedelta(days=left)) for left in days}

    assert days == seen
    assert Standing.LOCKED is standing(LAST, LAST, locked=True)


def test_renewal_is_due_from_sixty_percent_on() -> None:
    """Of 100 days, from the 60th."""
    first = LAST - timedelta(days=100)

    assert [False, True] == [due(first, LAST, first + timedelta(days=one)) for one in (59, 60)]
