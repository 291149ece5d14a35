"""Who moves, who is stuck, and whose fault it is when the whole program stood still."""

import pytest

from doors.progress import Progress


class Hours:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        """Now."""
        return self.s


@pytest.fixture
def hours() -> Hours:
    """The clock of a test."""
    return Hours()


def looked(progress: Progress, hours: Hours, seconds: int) -> tuple[str, ...]:
    """Ask every second; the last answer."""
    answer: tuple[str, ...] = ()
    for _ in range(seconds):
        hours.s += 1
        answer = progress.stuck()
    return answer


def test_who_is_late_is_named_and_who_comes_back_is_not(hours: Hours) -> None:
    """Exactly at its time it is not late yet."""
    progress = Progress(hours)
    progress.expect("a", 5)
    progress.expect("b", 50)

    assert () == looked(progress, hours, 5)
    assert ("a",) == looked(progress, hours, 1)
    progress.done("a")
    assert () == looked(progress, hours, 5)


def test_all_have_moved_when_each_has_done_its_first_round(hours: Hours) -> None:
    """Of nobody, all have; one that nobody expects is not remembered."""
    progress = Progress(hours)
    empty = progress.all_moved
    progress.expect("a", 5)
    progress.done("stranger")

    assert (True, False) == (empty, progress.all_moved)
    progress.done("a")
    assert (True, ()) == (progress.all_moved, looked(progress, hours, 5))


@pytest.mark.parametrize(("expected", "asleep_s"), [((), 3600), ((), 7), (("a",), 6)])
def test_a_stop_of_the_whole_program_is_nobodys_fault(expected: tuple[str, ...], asleep_s: int, hours: Hours) -> None:
    """After a frozen machine everybody gets the lost time back; a look that is a little late forgives nothing."""
    progress = Progress(hours)
    progress.expect("a", 8)
    looked(progress, hours, 3)
    hours.s += asleep_s

    assert expected == progress.stuck()


def test_who_was_stuck_before_the_stop_is_stuck_after_it(hours: Hours) -> None:
    """A freeze heals nobody."""
    progress = Progress(hours)
    progress.expect("a", 8)
    before = looked(progress, hours, 9)
    hours.s += 1000

    assert ("a",) == before == progress.stuck()
