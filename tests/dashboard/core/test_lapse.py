"""How long a session lasts, whatever the clocks show."""

import pytest

from contract.words import ClockQuality
from dashboard.core.access.lapse import DAY_MS, HALF_BELIEVED_MS, HOUR_MS, LASTS, MINUTE_MS, Instant, gap_ms, over
from dashboard.core.access.people import OF_PEOPLE, Role

SYNCED, HOLDOVER, UNSYNCED = ClockQuality.SYNCED, ClockQuality.HOLDOVER, ClockQuality.UNSYNCED
NOW_MS = 1_764_000_000_000
THEN = Instant("b1", 10 * HOUR_MS, NOW_MS, SYNCED)


@pytest.mark.parametrize(
    ("now", "gone"),
    [
        # one boot: the uptime alone, whatever the wall clock does
        (Instant("b1", 11 * HOUR_MS, NOW_MS + HOUR_MS, SYNCED), HOUR_MS),
        (Instant("b1", 11 * HOUR_MS, NOW_MS + 3650 * DAY_MS, SYNCED), HOUR_MS),
        (Instant("b1", 11 * HOUR_MS, 0, SYNCED), HOUR_MS),
        (Instant("b1", 11 * HOUR_MS, None, UNSYNCED), HOUR_MS),
        # another boot, both ends vouched for: the wall clock, but never less than this boot has lasted
        (Instant("b2", MINUTE_MS, NOW_MS + 2 * DAY_MS, SYNCED), 2 * DAY_MS),
        (Instant("b2", 5 * HOUR_MS, NOW_MS - 365 * DAY_MS, SYNCED), 5 * HOUR_MS),
        # half believed: no more than a week
        (Instant("b2", MINUTE_MS, NOW_MS + 2 * DAY_MS, HOLDOVER), 2 * DAY_MS),
        (Instant("b2", MINUTE_MS, NOW_MS + 3650 * DAY_MS, HOLDOVER), HALF_BELIEVED_MS),
        (Instant("b2", 9 * DAY_MS, NOW_MS + 3650 * DAY_MS, HOLDOVER), 9 * DAY_MS),
        # nobody knows: the uptime, and an hour for the time without power
        (Instant("b2", 5 * MINUTE_MS, None, UNSYNCED), HOUR_MS + 5 * MINUTE_MS),
    ],
)
def test_time_goes_by_as_far_as_it_is_known(now: Instant, gone: int) -> None:
    """No wrong clock throws everybody out, and none keeps a session for ever."""
    assert gone == gap_ms(THEN, now)


def test_restarts_without_a_clock_end_a_session_some_day() -> None:
    """A box that never knows the time and restarts every ten minutes: the owner is out after at most a month."""
    age, then, boots = 0, THEN, 0
    while not over(age, 0, Role.OWNER):
        boots += 1
        now = Instant(f"b{boots}-", 10 * MINUTE_MS, None, UNSYNCED)
        age += gap_ms(then, now)
        then = now
        assert boots < 10_000

    assert 600 < boots < 700


def test_wrong_battery_clock_throws_no_owner_out() -> None:
    """One restart with a clock that is years ahead, not vouched for: the owner is in, the administrator is out."""
    gone = gap_ms(THEN, Instant("b2", MINUTE_MS, NOW_MS + 3650 * DAY_MS, HOLDOVER))

    assert (False, True) == (over(gone, gone, Role.OWNER), over(gone, gone, Role.ADMINISTRATOR))


@pytest.mark.parametrize("role", OF_PEOPLE)
def test_session_ends_idle_and_at_last(role: Role) -> None:
    """To the millisecond; those who may more are out sooner."""
    lasts = LASTS[role]

    assert [False, True] == [over(lasts.longest_ms + late, 0, role) for late in (0, 1)]
    assert [False, True] == [over(lasts.idle_ms + late, lasts.idle_ms + late, role) for late in (0, 1)]
    assert LASTS[Role.ADMINISTRATOR].idle_ms <= lasts.idle_ms
