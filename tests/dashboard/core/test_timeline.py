"""The timeline of a site: every stretch as it was told, and never a state where nobody knows."""

import zoneinfo
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.words import Event, Power
from dashboard.core.site.knowledge import Proof, Span, carried, known
from dashboard.core.site.periods import DAY_MS, HOUR_MS, LENGTHS, Period, marks
from dashboard.core.site.timeline import NOBODY, UNSTABLE, Now, Stretch, Told, columns, stretches, totals
from dashboard.core.site.timeline_picture import timeline_picture

ZONE = zoneinfo.ZoneInfo("Europe/Stockholm")


def _told(at: int, power: str, was: str = "on_mains", kind: str = "power_changed", frame: str = "") -> Told:
    return Told(wall_ms=at, kind=kind, power=Power(power), was=Power(was), frame=frame)


def _drawn(*stretch: Stretch) -> list[tuple[int, int, str]]:
    return [(one.from_ms, one.until_ms, one.state) for one in stretch]


def test_state_holds_until_the_next_event() -> None:
    """Between two events of one run nothing else happened; before the first it was what that says it was."""
    told = [_told(20, "dead"), _told(30, "on_reserve", "dead")]

    found = stretches(told, [Span(0, 100)], 0, 100)

    assert [(0, 20, "on_mains"), (20, 30, "dead"), (30, 100, "on_reserve")] == _drawn(*found)


def test_time_after_the_last_word_is_known_by_nobody() -> None:
    """The last state is never drawn on."""
    found = stretches([_told(20, "dead")], known([Proof("a", 0, 60)]), 0, 100)

    assert [(0, 20, "on_mains"), (20, 60, "dead"), (60, 100, NOBODY)] == _drawn(*found)


def test_restart_is_a_stretch_of_its_own() -> None:
    """Between the last word of a run and the first of the next nobody knows; the state itself goes on."""
    spans = known([Proof("b", 50, 100), Proof("a", 0, 40)])

    found = stretches([_told(10, "on_reserve")], spans, 0, 100)

    assert [(0, 10, "on_mains"), (10, 40, "on_reserve"), (40, 50, NOBODY), (50, 100, "on_reserve")] == _drawn(*found)


def test_next_run_says_itself_what_it_was_before() -> None:
    """What the box learnt while it was down stands in the first event of the new run."""
    told = [_told(10, "on_reserve"), _told(70, "on_mains", "dead")]

    found = stretches(told, known([Proof("a", 0, 40), Proof("b", 50, 100)]), 0, 100)

    assert [(40, 50, NOBODY), (50, 70, "dead"), (70, 100, "on_mains")] == _drawn(*found)[2:]


def test_missing_records_are_a_hole_and_nothing_is_carried_over_it() -> None:
    """After records that are gone the state is unknown until an event tells it, also what it was before that."""
    holes = [Span(30, 50)]
    spans = known([Proof("a", 0, 100)], holes)

    silent = stretches([_told(10, "dead")], spans, 0, 100, holes=holes)
    told = stretches([_told(10, "dead"), _told(80, "on_mains", "on_reserve")], spans, 0, 100, holes=holes)

    assert [(0, 10, "on_mains"), (10, 30, "dead"), (30, 100, NOBODY)] == _drawn(*silent)
    assert [(30, 50, NOBODY), (50, 80, "on_reserve"), (80, 100, "on_mains")] == _drawn(*told)[2:]


def test_unstable_mains_are_told_as_one_thing() -> None:
    """While the mains come and go no single state is claimed."""
    told = [_told(20, "on_mains", kind=Event.MAINS_UNSTABLE), _told(25, "dead", kind=Event.ENGINE_STARTING),
            _told(60, "on_mains", kind=Event.MAINS_SETTLED)]  # fmt: skip

    found = stretches(told, [Span(0, 100)], 0, 100)

    assert [(0, 20, "on_mains"), (20, 60, UNSTABLE), (60, 100, "on_mains")] == _drawn(*found)


def test_what_the_site_says_now_outweighs_records_that_are_still_on_their_way() -> None:
    """A site that is heard again shows its state since when it says so, and what lies before stays unknown."""
    now = Now(power=Power.ON_RESERVE, since_ms=70, until_ms=100)

    found = stretches([_told(10, "on_mains", "dead")], known([Proof("a", 0, 40)]), 0, 100, now=now)

    assert [(0, 10, "dead"), (10, 40, "on_mains"), (40, 70, NOBODY), (70, 100, "on_reserve")] == _drawn(*found)


def test_exercise_never_looks_like_the_real_thing() -> None:
    """A stretch keeps the frame of the event that began it, and never joins one without."""
    told = [_told(20, "on_reserve", frame="exercise"), _told(40, "on_reserve", "on_reserve")]

    found = stretches(told, [Span(0, 100)], 0, 100)

    assert ["exercise", "exercise", ""] == [one.frame for one in found]
    assert [0, 20, 40] == [one.from_ms for one in found]


def test_future_dates_prove_nothing() -> None:
    """A record that is dated tomorrow does not make a silent site known until then."""
    spans = known([Proof("a", 0, 10**15)], until_ms=100)

    assert [Span(0, 100)] == spans
    assert [] == known([Proof("a", 200, 300)], until_ms=100)


def test_two_runs_never_share_a_time() -> None:
    """Where a clock makes them overlap, the later run has it."""
    assert [Span(0, 50), Span(50, 100)] == known([Proof("a", 0, 70), Proof("b", 50, 100)])


def test_proof_is_carried_on_only_while_the_run_was_heard_without_a_break() -> None:
    """After a silence the samples in between may still have to come."""
    told = [Proof("a", 0, 40)]

    assert [Proof("a", 0, 90)] == carried(told, [Proof("a", 30, 90)])
    assert [Proof("a", 0, 40)] == carried(told, [Proof("a", 50, 90)])
    assert [Proof("a", 0, 40)] == carried(told, [Proof("b", 30, 90)])


@given(
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from(list(Power)), st.sampled_from(list(Power))), max_size=12),
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 400), st.integers(0, 400)), max_size=6),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 200)), max_size=4),
)
def test_period_is_always_filled_and_knows_no_more_than_is_proven(events: Any, proofs: Any, gaps: Any) -> None:
    """Whatever comes: no hole, no overlap, nothing of no length, and no state outside of what is proven."""
    holes = [Span(begin, begin + long) for begin, long in gaps]
    spans = known([Proof(*one) for one in proofs], holes)
    told = [_told(at, power, was) for at, power, was in sorted(events)]

    found = stretches(told, spans, 100, 300, holes=holes)

    assert (100, 300) == (found[0].from_ms, found[-1].until_ms)
    assert all(one.until_ms == after.from_ms for one, after in pairwise(found))
    assert all(one.long_ms > 0 for one in found)
    sure = [one for one in found if one.state != NOBODY]
    assert all(any(span.from_ms <= at < span.until_ms for span in spans) for one in sure
               for at in (one.from_ms, one.until_ms - 1))  # fmt: skip
    assert 200 == sum(totals(found).values())


def test_short_outage_does_not_vanish_in_a_year() -> None:
    """In the column of a narrow drawing the gravest state stands; a short restart does not make it unknown."""
    year = 365 * DAY_MS
    whole = [
        Stretch(from_ms=0, until_ms=year // 2, state="on_mains"),
        Stretch(from_ms=year // 2, until_ms=year // 2 + 60_000, state="dead"),
        Stretch(from_ms=year // 2 + 60_000, until_ms=year - 40 * DAY_MS, state="on_mains"),
        Stretch(from_ms=year - 40 * DAY_MS, until_ms=year - 40 * DAY_MS + 60_000, state=NOBODY),
        Stretch(from_ms=year - 40 * DAY_MS + 60_000, until_ms=year, state="on_mains"),
    ]

    found = columns(whole, 0, year, 720)

    assert ["on_mains", "dead", "on_mains"] == [one.state for one in found]


@pytest.mark.parametrize(
    ("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 11, 22), 24)]
)  # fmt: skip
def test_day_of_the_clock_change_has_the_hours_it_had(day: tuple[int, int, int], hours: int) -> None:
    """Midnight to midnight by the local clock, in hours that really went by."""
    begin = int(datetime(*day, tzinfo=ZONE).timestamp() * 1000) - 1
    found = marks(Period.WEEK, begin, begin + LENGTHS[Period.WEEK].whole_ms, ZONE)

    assert hours * HOUR_MS == found[1][0] - found[0][0]
    assert all(local.hour == 0 for _, local in found)


def test_marks_follow_the_clock_over_the_change() -> None:
    """Three hours apart on the clock: two or four in truth when it is changed; none stands twice."""
    begin = int(datetime(2026, 10, 24, 23, tzinfo=ZONE).timestamp() * 1000)

    found = marks(Period.DAY, begin, begin + DAY_MS, ZONE)

    assert [0, 3, 6, 9, 12, 15, 18, 21] == [local.hour for _, local in found]
    assert 4 == (found[1][0] - found[0][0]) / HOUR_MS


def test_picture_says_in_words_what_it_shows(reader: Any) -> None:
    """Each stretch with its word, from when to when, how long; not knowing has a name of its own."""
    read = reader()
    noon = read.now.wall_ms
    whole = [
        Stretch(from_ms=noon - DAY_MS, until_ms=noon - 2 * HOUR_MS, state="on_mains"),
        Stretch(from_ms=noon - 2 * HOUR_MS, until_ms=noon - HOUR_MS, state=NOBODY),
        Stretch(from_ms=noon - HOUR_MS, until_ms=noon, state="on_reserve", frame="exercise"),
    ]

    shown = timeline_picture(whole, Period.DAY, noon - DAY_MS, noon, read, undated=2)

    assert ("På reservkraft", "sedan 11:00", "ÖVNING") == (
        shown.lines[0].words, shown.lines[0].when, shown.lines[0].frame,
    )  # fmt: skip
    assert ("Vet inte, inga uppgifter", "unknown") == (shown.lines[1].words, shown.lines[1].role)
    assert "10:00 till 11:00" == shown.lines[1].when
    assert {"reserve", "unknown", "good"} == {bar.role for bar in shown.bars}
    assert 100 == pytest.approx(sum(bar.wide for bar in shown.bars), abs=0.1)
    assert shown.bars[-1].framed
    assert "2 händelser har okänd tid" in shown.undated


def test_share_never_rounds_away_what_was_there(reader: Any) -> None:
    """A minute in a year is not 0,0 %, and the rest is not all of it."""
    read = reader()
    noon = read.now.wall_ms
    begin = noon - 365 * DAY_MS
    whole = [
        Stretch(from_ms=begin, until_ms=noon - 60_000, state="on_mains"),
        Stretch(from_ms=noon - 60_000, until_ms=noon, state="dead"),
    ]

    shares = [one.share for one in timeline_picture(whole, Period.YEAR, begin, noon, read).totals]

    assert ["<0,1\xa0%", "99,9\xa0%"] == shares


def test_times_beyond_the_calendar_draw_no_marks() -> None:
    """A clock gone mad draws no marks and breaks nothing."""
    assert [] == marks(Period.DAY, 10**17, 10**17 + DAY_MS, ZONE)
