"""How long a device is waited for, and when it is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.wire.patience import MOST, REST_S, TRIES, Patience

EVENTS = st.lists(st.one_of(st.none(), st.floats(0, 10)), max_size=60)
"""Rounds one after the other: the seconds an answer took, or no answer."""


def lived(events: list[float | None], floor_s: float = 0.5) -> tuple[Patience, int]:
    """What remains of these rounds, a second apart, and the time after them."""
    patience = Patience(floor_s=floor_s)
    for turn, took_s in enumerate(events):
        patience = patience.failed(1000 * turn) if took_s is None else patience.answered(took_s)
    return patience, 1000 * len(events)


def test_patience_of_a_stranger_is_what_its_profile_asks_for() -> None:
    """Nothing is known yet: no longer, no shorter, and no rest."""
    assert 0.5 == Patience(floor_s=0.5).timeout_s
    assert 0 == Patience(floor_s=0.5).rests(0)


def test_patience_with_a_slow_device_is_twice_its_slowest_answer() -> None:
    """One answer of 0.6 s where 0.5 are asked for: 1.2 s; quick ones let it fall back to the floor in the end."""
    slow = Patience(floor_s=0.5).answered(0.6)

    assert pytest.approx(1.2) == slow.timeout_s
    for _ in range(100):
        slow = slow.answered(0.01)
    assert 0.5 == slow.timeout_s


def test_patience_grows_with_silence_up_to_its_bound() -> None:
    """A device that has only become slow is heard again: each round is waited for longer."""
    waits = [lived([None] * rounds)[0].timeout_s for rounds in range(8)]

    assert waits == sorted(waits)
    assert waits[0] < waits[1] < waits[3]
    assert MOST * 0.5 == waits[-1]


def test_patience_rests_longer_each_time() -> None:
    """Two rounds may fail without a rest; then each time longer, and ever after the longest."""
    rests = []
    for failed in range(1, TRIES + len(REST_S) + 2):
        patience = Patience(floor_s=0.5)
        for _ in range(failed):
            patience = patience.failed(60_000)
        rests.append(patience.rests(60_000))

    assert [0.0] * (TRIES - 1) + [*REST_S, REST_S[-1], REST_S[-1]] == rests


def test_patience_is_over_when_the_rest_is() -> None:
    """The moment itself, and a moment before."""
    patience = lived([None] * TRIES)[0]
    until_ms = 1000 * (TRIES - 1) + int(1000 * REST_S[0])

    assert 0.001 == patience.rests(until_ms - 1)
    assert 0 == patience.rests(until_ms)


def test_patience_is_new_after_one_answer() -> None:
    """It spoke: no rest, and three more rounds to fail."""
    patience = lived([None] * 6 + [0.1])[0]

    assert (0, 0) == (patience.silent, patience.rests(0))
    assert 0 == patience.failed(0).failed(0).rests(0)


@given(EVENTS, st.floats(0.02, 5))
def test_patience_stays_within_its_bounds(events: list[float | None], floor_s: float) -> None:
    """Never waited for less than the profile asks for, never more than so many times as long, never a longer rest."""
    patience, now_ms = lived(events, floor_s)

    assert floor_s <= patience.timeout_s <= MOST * floor_s
    assert 0 <= patience.rests(now_ms) <= REST_S[-1]
    assert not patience.rests(now_ms) or events[-TRIES:] == [None] * TRIES


@given(st.floats(0.02, 0.99 * MOST * 0.5))
def test_patience_finds_every_device_that_answers_within_the_bound(latency_s: float) -> None:
    """Whatever its latency below the bound: after some rounds it is waited for long enough."""
    patience = Patience(floor_s=0.5)
    for turn in range(10):
        if latency_s <= patience.timeout_s:
            return
        patience = patience.failed(100_000 * turn)
    raise AssertionError(f"{latency_s} s is never waited for")
