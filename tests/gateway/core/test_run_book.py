"""What is kept of the runs: hours, low load, the last approved one; and how seldom it is written."""

import pytest

from contract.orders import RunNote
from contract.words import ClockQuality
from gateway.core.remembered import MAX_RUNS
from gateway.core.runs import run_book

from .set_on_paper import Plant

ENOUGH = 31 * 60


def test_hours_go_to_their_year_and_wait_while_no_clock_is_known() -> None:
    """Without a clock they stand apart, and go to the year in which it becomes known."""
    plant = Plant()
    plant.test(60)
    counted = dict(plant.story.site.memory.hours)
    plant.away(60, boot="boot-2", clock=ClockQuality.UNSYNCED)
    plant.test(60)
    waiting = dict(plant.story.site.memory.hours)
    plant.clock = ClockQuality.SYNCED
    plant.go(5)

    assert {"2025": pytest.approx(1.02, abs=0.03)} == counted
    assert {"2025": counted["2025"], "unknown": pytest.approx(1.02, abs=0.03)} == waiting
    assert {"2025": pytest.approx(2.05, abs=0.05)} == plant.story.site.memory.hours


def test_low_load_gathers_until_it_is_burnt_clean() -> None:
    """Hours below 30 % add up over runs; half an hour at 30 % or more clears them."""
    plant = Plant()
    for _ in range(3):
        plant.test(60, kw=10.0)
    low = plant.story.site.memory.low_load_h
    plant.test(20, kw=20.0)
    short = plant.story.site.memory.low_load_h
    plant.test(40, kw=20.0)

    assert 3.0 == pytest.approx(low, abs=0.1)
    assert short >= low
    assert 0.05 > plant.story.site.memory.low_load_h


def test_the_memory_follows_at_most_once_a_minute() -> None:
    """Each change of the memory is a write to the card; a running set changes its values at every poll."""
    plant = Plant(mains=0.0)
    plant.start()
    plant.go(600, engine="running", kw=20.0)
    changes = 0
    for number in range(720):
        before = plant.story.site.memory.run
        plant.go(5, kw=20.0 + number % 3)
        changes += plant.story.site.memory.run != before

    assert 55 <= changes <= 62


def test_the_last_approved_run_is_never_pushed_out() -> None:
    """Any number of runs that do not count leave it in the memory."""
    plant = Plant()
    good_one = plant.test(31)
    for _ in range(MAX_RUNS + 5):
        plant.start()
        plant.stop(cool_s=10, rest_s=40)

    assert MAX_RUNS == len(plant.runs)
    assert good_one == run_book.last_approved(plant.story.site.memory)


def test_days_since_the_last_approved_run() -> None:
    """None before there was one; then its age, also after another boot with a clock, not without one."""
    plant = Plant()
    never = run_book.days_since_approved(plant.story.site, plant.now)
    plant.test(31)
    plant.away(3 * 86400, boot="boot-2")
    known = run_book.days_since_approved(plant.story.site, plant.now)
    plant.clock = ClockQuality.UNSYNCED

    assert never is None
    assert 3.0 == pytest.approx(known, abs=0.01)
    assert run_book.days_since_approved(plant.story.site, plant.now) is None


def test_a_note_reaches_the_run_that_goes_on() -> None:
    """Who ran it is entered while it runs, and stands in the record."""
    plant = Plant()
    plant.start()
    plant.go(ENOUGH, engine="running")
    assert plant.story.site.run is not None
    refused = plant.says(RunNote(run_id=plant.story.site.run.id, who="Eva", comment="dimma"))
    plant.stop()

    assert "" == refused
    assert ("Eva", "dimma") == (plant.runs[-1].who, plant.runs[-1].comment)
