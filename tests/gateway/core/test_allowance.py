"""So many at once, then one every so often."""

from gateway.core.allowance import Allowance


def test_room_for_some_at_once_and_one_more_every_so_often() -> None:
    """The fourth of three waits its time; what is not used adds up to the most, and no further."""
    one = Allowance(3, 1000)
    at_once = [one.take(50_000) for _ in range(4)]
    later = [one.take(at) for at in (50_999, 51_000, 51_001, 52_000)]
    rested = [one.take(90_000) for _ in range(4)]

    assert [True, True, True, False] == at_once
    assert [False, True, False, True] == later
    assert [True, True, True, False] == rested


def test_clock_of_an_earlier_moment_gives_nothing_away() -> None:
    """Uptime does not go back; were it to, there would be no more room by that."""
    one = Allowance(1, 1000)

    assert [True, False, False, True] == [one.take(at) for at in (9000, 9000, 5000, 10_000)]
