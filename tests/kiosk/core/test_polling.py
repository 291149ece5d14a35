"""When a feed is asked next: VMA's own rules, back-off, both forms of Retry-After, thinning."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.asking.catalogue import KINDS
from kiosk.core.asking.polling import (
    Tier,
    after_answer_s,
    after_failure_s,
    first_s,
    http_date,
    is_night,
    max_age_s,
    network_back_s,
    retry_after_s,
)

VMA, SMHI, NEWS = (KINDS[name].pace for name in ("vma", "smhi", "krisinformation"))
CHANCE = st.floats(0, 1)
NOW = "Tue, 20 Jan 2026 08:00:00 GMT"


def test_normal_intervals_are_those_of_the_sources() -> None:
    """VMA each minute, SMHI each five, Krisinformation each ten."""
    assert (60.0, 300.0, 600.0) == tuple(pace.at(Tier.PLENTY) for pace in (VMA, SMHI, NEWS))


@pytest.mark.parametrize("tier", [Tier.PLENTY, Tier.SAVING, Tier.LOW])
@pytest.mark.parametrize("wanted", [None, 30.0, 120.0, 900.0])
def test_vma_is_never_asked_more_seldom_than_every_two_minutes(tier: Tier, wanted: float | None) -> None:
    """Whatever the settings and the power say, until the last hour."""
    every_s = VMA.at(tier, wanted)

    assert every_s is not None
    assert every_s <= 120.0


@given(st.sampled_from([Tier.SAVING, Tier.LOW, Tier.LAST_HOUR]))
def test_vma_is_the_last_to_be_thinned(tier: Tier) -> None:
    """In every tier it waits for a shorter part of its time than the others, and it is always asked."""
    thinned = [(pace.at(tier) or 1e9) / (pace.at(Tier.PLENTY) or 1) for pace in (VMA, SMHI, NEWS)]

    assert min(thinned) == thinned[0]
    assert thinned[0] <= 2


@given(CHANCE, st.integers(1, 3), st.floats(0, 1e7) | st.none())
def test_vma_is_tried_again_within_seconds(chance: float, failures: int, asked_for: float | None) -> None:
    """5 to 15 s after a failure; a server that asks for more gets at most two minutes."""
    wait = after_failure_s(60.0, VMA, failures, asked_for, chance)

    assert wait >= 5
    assert wait <= (15 if not asked_for else max(15, min(asked_for, 120)))


@given(CHANCE, st.integers(4, 10_000))
def test_vma_that_keeps_failing_is_asked_at_its_normal_pace(chance: float, failures: int) -> None:
    """A server in trouble is not helped by more questions; nobody is blind for longer than usual."""
    assert 40 <= after_failure_s(60.0, VMA, failures, None, chance) <= 60


@given(CHANCE, st.integers(1, 10_000))
def test_others_back_off_with_jitter_up_to_their_limit(chance: float, failures: int) -> None:
    """Each failure doubles the wait, half of it by chance, up to one and a half intervals."""
    ceiling = min(450.0, 30.0 * 2 ** min(failures - 1, 20))

    assert ceiling / 2 <= after_failure_s(300.0, SMHI, failures, None, chance) <= ceiling


@given(CHANCE, st.floats(0, 1e9))
def test_retry_after_is_obeyed_up_to_an_hour(chance: float, asked_for: float) -> None:
    """What a server asks for is given, but nobody is silenced for a day."""
    wait = after_failure_s(300.0, SMHI, 1, asked_for, chance)

    assert min(asked_for, 3600) <= wait <= max(3600, 450)


@given(CHANCE, st.floats(0, 1e9))
def test_max_age_is_a_lower_bound_but_not_for_vma(chance: float, age: float) -> None:
    """SMHI is not asked before its answer is old; VMA is."""
    assert after_answer_s(300.0, SMHI, age, chance) >= min(age, 3600)
    assert 54 <= after_answer_s(60.0, VMA, age, chance) <= 60


@given(CHANCE, CHANCE)
def test_first_requests_are_spread_with_vma_first(one: float, other: float) -> None:
    """After a start VMA is asked within two seconds, and no other before it."""
    assert first_s(60.0, VMA, None, one) <= 2 <= first_s(300.0, SMHI, None, other) <= 47
    assert network_back_s(VMA, one) <= 2 < 15 <= network_back_s(SMHI, other) <= 60


def test_keeper_that_keeps_dying_hammers_nobody() -> None:
    """What was checked 10 s ago is due in 50 s; an age that makes no sense changes nothing."""
    assert 50.0 == first_s(60.0, VMA, 10.0, 0.5)
    assert 1.0 == first_s(60.0, VMA, 61.0, 0.5) == first_s(60.0, VMA, -5.0, 0.5)


@pytest.mark.parametrize(
    ("header", "answered", "seconds"),
    [
        ("120", "", 120.0),
        (" 0 ", "", 0.0),
        ("Tue, 20 Jan 2026 08:02:00 GMT", NOW, 120.0),
        ("Tue, 20 Jan 2026 07:59:00 GMT", NOW, 0.0),
        ("Tue, 20 Jan 2026 08:02:00 GMT", "", None),
        ("-5", NOW, None),
        ("1e3", NOW, None),
        ("soon", NOW, None),
        ("", NOW, None),
        ("9" * 40, NOW, None),
        ("Tue, 99 Jan 2026 08:02:00 GMT", NOW, None),
    ],
)
def test_retry_after_has_two_forms(header: str, answered: str, seconds: float | None) -> None:
    """Seconds, or a date that is compared with the server's own; anything else says nothing."""
    assert seconds == retry_after_s(header, answered)


@pytest.mark.parametrize(
    ("header", "age", "seconds"),
    [
        ("max-age=60", "", 60.0),
        ("public, Max-Age = 60", "15", 45.0),
        ('max-age="30"', "", 30.0),
        ("s-maxage=60", "", None),
        ("no-cache", "", None),
        ("max-age=-1", "", None),
        ("max-age=10", "99", 0.0),
    ],
)
def test_max_age_is_read(header: str, age: str, seconds: float | None) -> None:
    """How much longer an answer counts as new."""
    assert seconds == max_age_s(header, age)


@given(st.text(max_size=60))
def test_headers_of_any_kind_break_nothing(text: str) -> None:
    """Whatever stands there, it is a number or nothing."""
    assert http_date(text) is None or text
    for value in (retry_after_s(text, text), max_age_s(text, text)):
        assert value is None or value >= 0


def test_departures_are_asked_for_who_stands_there() -> None:
    """Each two minutes while somebody looks, each ten alone, each half hour at night, not at all on reserve."""
    pace = KINDS["departures"].pace

    assert (120.0, 600.0, 1800.0, 120.0) == (
        pace.at(Tier.PLENTY, watched=True), pace.at(Tier.PLENTY), pace.at(Tier.PLENTY, night=True),
        pace.at(Tier.PLENTY, night=True, watched=True),
    )  # fmt: skip
    assert (60.0, 600.0) == (pace.at(Tier.PLENTY, 60.0, watched=True), pace.at(Tier.PLENTY, 60.0))
    assert {None} == {pace.at(tier, watched=True) for tier in (Tier.SAVING, Tier.LOW, Tier.LAST_HOUR)}


def test_warnings_are_asked_as_often_at_night_and_alone() -> None:
    """Nobody is saved by a screen that sleeps."""
    for pace in (VMA, SMHI, NEWS):
        assert {pace.at(Tier.PLENTY)} == {
            pace.at(Tier.PLENTY, night=night, watched=watched) for night in (True, False) for watched in (True, False)
        }


@pytest.mark.parametrize(("hour", "night"), [(4, True), (5, False), (21, False), (22, True), (0, True)])
def test_night_is_from_ten_to_five(hour: int, night: bool) -> None:
    """Where nobody knows the time it is day."""
    assert night is is_night(datetime(2026, 1, 20, hour, 30, tzinfo=UTC))
    assert False is is_night(None)
