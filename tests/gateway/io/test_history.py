"""A chart asks for a time and a width; it gets the tier that fits, with everything that the tier knows."""

import random
import time

import pytest

from gateway.io.history import History
from gateway.io.store import Store
from gateway.io.tiers import Bucket, pack, place_of_day

from .test_thinning import DAY, FOREVER, HOUR, MINUTE, NOON, at, filled, limited, upkeep

MIDNIGHT = NOON + 12 * HOUR


def asked(store: Store, from_ms: int, until_ms: int, points: int, signal: str = "fuel.level") -> History:
    """The history of the signal."""
    return store.history("genset", signal, from_ms, until_ms, points)


def test_nothing_known_is_no_point(store: Store) -> None:
    """An unknown signal, a time without polls, a time that ends before it begins."""
    filled(store, NOON, [1.0] * 10)

    assert () == asked(store, NOON, NOON + HOUR, 10, "engine.speed").points
    assert () == asked(store, NOON + DAY, NOON + 2 * DAY, 10).points
    assert () == asked(store, NOON, NOON, 10).points


def test_polls_of_today_are_seen_at_once(store: Store) -> None:
    """Also before anything was summed up; each point says from when until when."""
    filled(store, NOON, [1.0, 2.0, None, 4.0])
    told = asked(store, NOON, NOON + 20_000, 2)

    assert [(NOON, NOON + 10_000, 1.5, 1.0, 2.0, {})] == [
        (one.from_ms, one.until_ms, one.mean, one.low, one.high, one.missing) for one in told.points[:1]
    ]
    assert (1, 4.0, {"sensor_fault: open circuit": 0.5}) == (
        told.points[1].count, told.points[1].mean, told.points[1].missing,
    )  # fmt: skip


@pytest.mark.parametrize("points", [3, 48, 400, 5000])
def test_all_tiers_tell_the_same(store: Store, points: int) -> None:
    """Whatever the width: no poll is lost or counted twice between quarters, minutes and the polls of this hour."""
    chance = random.Random(points)
    values = [chance.choice([chance.random(), None]) for _ in range(60 * 52)]
    end = filled(store, NOON, values, every_ms=60_000)
    upkeep(store, at(end), limited(readings_ms=10 * DAY))
    upkeep(store, at(end + 7 * HOUR, up_ms=end - NOON + 7 * HOUR), limited(readings_ms=DAY, minutes_ms=2 * DAY))
    told = asked(store, NOON - HOUR, end + HOUR, points).points
    numbers = [value for value in values if value is not None]

    assert len(numbers) == sum(one.count for one in told)
    assert pytest.approx(sum(numbers)) == sum((one.mean or 0) * one.count for one in told)
    assert (min(numbers), max(numbers)) == (
        min(one.low for one in told if one.low is not None),
        max(one.high for one in told if one.high is not None),
    )


def test_words_keep_their_changes_in_every_width(store: Store) -> None:
    """A point of a week still names the word that came for one poll."""
    end = filled(store, NOON, ["auto"] * 500 + ["stop"] + ["auto"] * 3000, every_ms=60_000)
    upkeep(store, at(end))
    (point,) = asked(store, NOON, end, 1).points

    assert (("auto", "stop"), 2, "auto", None) == (point.words, point.changes, point.last, point.mean)


def test_what_is_no_longer_kept_fine_comes_coarse(store: Store) -> None:
    """Minutes that have gone are told from their quarters, and the answer says how coarse it is."""
    end = filled(store, MIDNIGHT, [float(n) for n in range(4 * 1440)], every_ms=60_000)
    upkeep(store, at(end))
    with store._db as db:
        db.execute("DELETE FROM minutes WHERE place < ?", ((MIDNIGHT + 2 * DAY) // HOUR * 100_000,))
        db.execute("DELETE FROM readings")
    fine = asked(store, MIDNIGHT + 2 * DAY, MIDNIGHT + 2 * DAY + HOUR, 60)
    coarse = asked(store, MIDNIGHT, MIDNIGHT + HOUR, 60)

    assert (60, MINUTE) == (len(fine.points), fine.step_ms)
    assert ([7.0, 22.0, 37.0, 52.0], 15 * MINUTE) == ([one.mean for one in coarse.points], coarse.step_ms)


def year_of(store: Store, signals: int) -> None:
    """A year of quarters, as upkeep would have left it."""
    chance = random.Random(3)
    with store._db:
        for series in range(1, signals + 1):
            store._db.execute("INSERT INTO series VALUES (?, 'genset', ?)", (series, f"signal.{series}"))
            for day in range(365):
                level = chance.uniform(0, 100)
                rows = [Bucket(n, 180, level + n / 7, level, level + n) for n in range(96)]
                begin = NOON - NOON % DAY + day * DAY
                store._db.execute("INSERT INTO quarters VALUES (?, ?)", (place_of_day(series, begin), pack(rows)))


def test_a_year_is_answered_in_well_under_a_second(store: Store) -> None:
    """A year of one signal in 800 points, in a store that holds a year of many; bench tells how fast."""
    year_of(store, 20)
    begin = NOON - NOON % DAY
    first = time.thread_time()  # a machine that stands still meanwhile, or works for others, is no fault of the store
    told = asked(store, begin, begin + 365 * DAY, 800, "signal.7")
    spent = time.thread_time() - first

    assert 800 == len(told.points)
    assert 365 * 96 * 180 == sum(one.count for one in told.points)
    assert spent < 1.0


def test_upkeep_goes_on_while_it_is_asked(store: Store) -> None:
    """A question between two steps of the upkeep finds every poll once."""
    end = filled(store, NOON, [1.0] * 2500)
    found = set()
    for _ in store.upkeep(at(end), FOREVER):
        found.add(sum(one.count for one in asked(store, NOON, end, 100).points))

    assert {2500} == found
