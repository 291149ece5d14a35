"""A program that keeps dying waits longer and longer; one that was stopped, or that worked, does not."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.box.restarts import FREE, LONGEST_S, STEADY_MS, Starts, next_start, told

SECOND = 1000


def row(count: int, gap_ms: int = 12 * SECOND) -> list[Starts]:
    """So many starts, each of which died after the gap."""
    starts: list[Starts] = []
    up_ms = 0
    for _ in range(count):
        before = starts[-1] if starts else None
        up_ms += gap_ms + int(1000 * (before.wait_s if before else 0))
        starts.append(next_start(before, "boot", up_ms))
    return starts


def test_the_first_starts_cost_nothing_and_then_each_waits_twice_as_long() -> None:
    """Up to five minutes, and no longer."""
    waits = [one.wait_s for one in row(FREE + 9)]

    assert [0.0] * FREE == waits[:FREE]
    assert [5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0, 300.0] == waits[FREE:]


def test_a_program_that_worked_for_long_begins_a_new_row() -> None:
    """Its own wait does not count as work."""
    before = row(FREE + 8)[-1]
    soon = next_start(before, "boot", before.up_ms + STEADY_MS + int(before.wait_s * 1000) - 1)
    later = next_start(before, "boot", before.up_ms + STEADY_MS + int(before.wait_s * 1000))

    assert (before.count + 1, 1) == (soon.count, later.count)
    assert (LONGEST_S, 0.0) == (soon.wait_s, later.wait_s)


def test_another_boot_begins_a_new_row() -> None:
    """A machine that was started anew, or whose uptime runs backwards, is another story."""
    before = row(FREE + 3)[-1]

    assert 1 == next_start(before, "another", before.up_ms + 1).count
    assert 1 == next_start(before, "boot", before.up_ms - 1).count


def test_it_is_told_seldom() -> None:
    """At the first wait, and each time there are twice as many: a day of it makes no pile of events."""
    numbers = [one.count for one in row(300) if told(one)]
    (change,) = told(row(FREE + 1)[-1])

    assert [FREE + more for more in (1, 2, 4, 8, 16, 32, 64, 128, 256)] == numbers
    assert ("gateway_restarting_often", {"n": str(FREE + 1)}) == (change.kind.value, change.body["params"])
    assert [] == told(None)


@given(st.integers(-(2**53), 2**60), st.floats(allow_nan=False), st.integers(-(2**53), 2**60), st.integers(0, 2**53))
def test_whatever_the_note_says_the_wait_is_bounded(was_ms: int, wait_s: float, count: int, up_ms: int) -> None:
    """A damaged note makes a start late, never impossible."""
    before: Any = Starts(boot="boot", up_ms=was_ms, wait_s=wait_s, count=count)
    new = next_start(before, "boot", up_ms)

    assert 0 <= new.wait_s <= LONGEST_S
    assert len(told(new)) <= 1
