"""Polls become minutes, minutes quarters: nothing that mattered is hidden, and the file keeps within its size."""

import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.dating import BootTime
from contract.messages import Value
from contract.words import ClockQuality, Origin, Quality, Stream
from gateway.core.pipeline import Batch
from gateway.core.site import Now
from gateway.io.counts import counts
from gateway.io.store import Step, Store
from gateway.io.thinning import Limits
from gateway.io.tiers import Bucket, pack, unpack

from .conftest import event, opened, sample

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NOON = 20_000 * DAY + 12 * HOUR
FOREVER = Limits(
    readings_ms=9000 * DAY, minutes_ms=9000 * DAY, quarters_ms=9000 * DAY, events_ms=9000 * DAY, bytes=10**12
)


def at(wall_ms: int | None, *, up_ms: int | None = None, boot: str = "boot-1") -> Now:
    """A moment of a boot that began at NOON."""
    up = up_ms if up_ms is not None else max(0, (wall_ms or NOON) - NOON)
    quality = ClockQuality.UNSYNCED if wall_ms is None else ClockQuality.SYNCED
    return Now(run="run-1", boot=boot, up_ms=up, wall_ms=wall_ms, clock=quality)


def poll(device: str = "genset", **values: float | str | None) -> Batch:
    """One poll; None is a broken sensor."""
    told = {
        key.replace("_", "."): Value(value=value, origin=Origin.MEASURED, up_ms=1)
        if value is not None
        else Value(value=None, origin=Origin.MEASURED, up_ms=1, quality=Quality.SENSOR_FAULT, reason="open circuit")
        for key, value in values.items()
    }
    return Batch(device=device, values=told)


def upkeep(store: Store, now: Now, limits: Limits = FOREVER) -> int:
    """All of it; how many steps it took."""
    return sum(1 for _ in store.upkeep(now, limits))


def filled(store: Store, begin_ms: int, values: Sequence[float | str | None], every_ms: int = 5000) -> int:
    """A signal as it was read; the wall time behind it."""
    store.keep_steps(
        [Step(at(begin_ms + place * every_ms), poll(fuel_level=value)) for place, value in enumerate(values)]
    )
    return begin_ms + len(values) * every_ms


def minutes(store: Store) -> dict[int, Bucket]:
    """Minutes of the only signal by wall time."""
    rows = store._db.execute("SELECT place / 100000, body FROM minutes").fetchall()
    return {hour * HOUR + one.at * MINUTE: one for hour, body in rows for one in unpack(body)}


def rows(store: Store, table: str) -> int:
    """How many rows a table has."""
    return int(store._db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


READ = st.one_of(st.none(), st.sampled_from(["auto", "manual", "stop"]), st.integers(-5, 5), st.floats(-1e3, 1e3))


@settings(max_examples=60, deadline=None)
@given(values=st.lists(READ, min_size=1, max_size=60), cut=st.integers(0, 60))
def test_buckets_hold_what_was_read(values: list[float | str | None], cut: int) -> None:
    """Mean, least, greatest, every word and every change, and how often nothing came: also when joined from two."""
    parts = [Bucket(0), Bucket(0)]
    for place, value in enumerate(values):
        one = parts[place >= cut]
        if value is None:
            one.gone(Quality.SENSOR_FAULT, "open circuit")
        elif isinstance(value, str):
            one.word(value)
        else:
            one.number(value)
    whole = Bucket(0)
    for part in parts:
        whole.add(part)
    (back,) = unpack(pack([whole]))
    numbers = [value for value in values if isinstance(value, (int, float))]
    words = [value for value in values if isinstance(value, str)]

    assert len(numbers) == back.count
    if numbers:
        assert (min(numbers), max(numbers)) == (back.low, back.high)
        assert pytest.approx(sum(numbers) / len(numbers), rel=1e-6, abs=1e-6) == back.mean
    assert list(dict.fromkeys(words)) == back.words
    assert sum(one != other for one, other in pairwise(words)) == back.changes
    assert values.count(None) == sum(back.missing.values())


def test_an_hour_that_is_over_becomes_minutes(store: Store) -> None:
    """Only whole hours; the polls stay until they are old; the missing keeps its reason and its share."""
    end = filled(store, NOON, [1.0, 2.0, 6.0] * 4 + [None] * 3 + [5.0] * 9 + [7.0] * 1000)
    upkeep(store, at(end))
    found = minutes(store)

    assert (12, 3.0, 1.0, 6.0, {}) == (
        found[NOON].count, found[NOON].mean, found[NOON].low, found[NOON].high, found[NOON].missing,
    )  # fmt: skip
    second = found[NOON + MINUTE]
    assert (9, 5.0, {"sensor_fault: open circuit": 3}) == (second.count, second.mean, second.missing)
    assert max(found) == NOON + 59 * MINUTE
    assert 1024 == rows(store, "readings")


def test_a_word_that_came_for_one_poll_is_in_its_quarter(store: Store) -> None:
    """Between two long times of auto somebody turned the switch: both tiers say so."""
    end = filled(store, NOON, ["auto"] * 300 + ["stop"] + ["auto"] * 17_000)
    upkeep(store, at(end))
    body = store._db.execute("SELECT body FROM quarters").fetchone()[0]
    quarter = next(one for one in unpack(body) if one.at == 49)

    assert (["auto", "stop"], 2, "auto") == (quarter.words, quarter.changes, quarter.last)
    assert sum(one.changes for one in unpack(body)) == 2


def test_a_poll_that_has_changed_on_the_disk_is_a_hole(store: Store) -> None:
    """SQLite does not notice; its checksum does, and the others are summed up without it."""
    end = filled(store, NOON, [1.0] * 2000)
    with store._db:
        store._db.execute("UPDATE readings SET body = X'789c00' WHERE id = 5")
    told = store.history("genset", "fuel.level", NOON, NOON + MINUTE, 1).points
    upkeep(store, at(end))

    assert 11 == told[0].count == minutes(store)[NOON].count
    assert 12 == minutes(store)[NOON + MINUTE].count


def test_upkeep_again_changes_nothing(store: Store) -> None:
    """No poll is summed up twice, also when it was broken off after any step."""
    end = filled(store, NOON, [float(number % 7) for number in range(3000)])
    stop = upkeep_whole = 0
    for stop in (1, 3, 5, 8):
        work = store.upkeep(at(end), FOREVER)
        for _ in range(stop):
            next(work, None)
        work.close()
        store.repair()
    upkeep_whole = upkeep(store, at(end))
    first = {place: one.count for place, one in minutes(store).items()}
    upkeep(store, at(end))

    assert upkeep_whole
    assert first == {place: one.count for place, one in minutes(store).items()}
    assert {12} == set(first.values())
    assert 4 * 60 == len(first)


def test_what_was_read_before_the_clock_was_known_gets_its_time(store: Store) -> None:
    """By the uptime of the same boot; another boot without a clock stays undated."""
    store.keep_steps([Step(at(None, up_ms=1000, boot="boot-0"), poll(fuel_level=1))])
    store.keep_steps([Step(at(None, up_ms=up), poll(fuel_level=2)) for up in (0, 5000)])
    upkeep(store, at(NOON + 2 * HOUR))
    found = minutes(store)

    assert [NOON] == list(found)
    assert 2 == found[NOON].count
    assert [None, NOON, NOON + 5000] == [w for (w,) in store._db.execute("SELECT wall_ms FROM readings ORDER BY id")]


def test_readings_are_forgotten_by_age_also_those_without_a_clock(store: Store, path: Path) -> None:
    """What was read before something old is old too; what nobody can date and nothing follows stays."""
    week = limited(readings_ms=7 * DAY)
    walls = [None, None, NOON, NOON + HOUR, None, NOON + 9 * DAY, None]
    for number, wall in enumerate(walls):
        store.keep(at(wall, up_ms=number, boot=f"boot-{number}"), batch=poll(fuel_level=1))
    for hours in (0, 7):
        upkeep(store, at(NOON + 9 * DAY + hours * HOUR, up_ms=hours * HOUR, boot="boot-9"), week)

    assert 3 == counts(path)["polls"]["genset"]


def limited(**changed: int) -> Limits:
    """FOREVER, but for what is given."""
    return Limits(**({name: getattr(FOREVER, name) for name in FOREVER.__struct_fields__} | changed))


def test_readings_without_any_clock_grow_old_by_uptime(store: Store) -> None:
    """A site whose clock is never known keeps a week all the same."""
    steps = [Step(at(None, up_ms=day * DAY), poll(fuel_level=day)) for day in range(20)]
    store.keep_steps(steps)
    upkeep(store, at(None, up_ms=20 * DAY), limited(readings_ms=7 * DAY))

    assert 7 == rows(store, "readings")


def test_a_clock_that_jumps_ahead_makes_nothing_old(store: Store) -> None:
    """A day in 2038 by mistake: nothing is forgotten, neither then nor when the clock is right again."""
    end = filled(store, NOON, [1.0] * 2000)
    week = limited(readings_ms=7 * DAY, minutes_ms=7 * DAY, quarters_ms=7 * DAY)
    upkeep(store, at(end), week)
    upkeep(store, at(end + 4000 * DAY, up_ms=end - NOON + MINUTE), week)
    upkeep(store, at(end + 4000 * DAY, up_ms=end - NOON + HOUR), week)
    upkeep(store, at(end + 2 * HOUR, up_ms=end - NOON + 2 * HOUR), week)

    assert 2000 == rows(store, "readings")
    assert 2 <= rows(store, "minutes")


def test_a_clock_that_goes_back_sums_up_both_times(store: Store) -> None:
    """The hour that comes twice holds both readings of it; none is lost, none counted twice."""
    filled(store, NOON, [1.0] * 720)
    upkeep(store, at(NOON + 2 * HOUR))
    filled(store, NOON, [3.0] * 720)
    upkeep(store, at(NOON + 3 * HOUR))
    found = minutes(store)

    assert {24} == {one.count for one in found.values()}
    assert {2.0} == {one.mean for one in found.values()}


@pytest.mark.parametrize("before", [ClockQuality.HOLDOVER, ClockQuality.UNSYNCED])
@pytest.mark.parametrize("hours", [2, 30])
def test_what_was_read_by_a_doubtful_clock_moves_with_the_step(store: Store, hours: int, before: ClockQuality) -> None:
    """A time server comes at last: minutes and quarters that were made by a battery clock move with their polls, and
    what had no time at all is summed up too. What was summed up by a right clock stays."""
    right = filled(store, NOON - 2 * HOUR, [3.0] * 12, every_ms=5 * MINUTE)
    upkeep(store, at(right + 2 * HOUR, up_ms=0))
    for hour in range(hours):
        for place in range(12):
            wall = NOON + hour * HOUR + place * 5 * MINUTE
            now = msgspec.structs.replace(at(wall, boot="boot-2"), clock=before)
            now = msgspec.structs.replace(now, wall_ms=None) if before is ClockQuality.UNSYNCED else now
            store.keep_steps([Step(now, poll(fuel_level=1.0))])
        end = msgspec.structs.replace(at(NOON + (hour + 1) * HOUR, boot="boot-2"), clock=before)
        upkeep(store, msgspec.structs.replace(end, wall_ms=None) if before is ClockQuality.UNSYNCED else end)
    early = set(minutes(store))
    for _ in store.date(BootTime(boot="boot-2", offset_ms=NOON + 30 * DAY, quality=ClockQuality.SYNCED)):
        pass
    later = NOON + 30 * DAY + hours * HOUR
    for gone in (HOUR, DAY):
        upkeep(store, at(later + gone, up_ms=hours * HOUR + gone, boot="boot-2"))
    found = {wall_ms: one.count for wall_ms, one in minutes(store).items()}
    days = store._db.execute("SELECT place % 100000, body FROM quarters").fetchall()
    quarters = sum(one.count for day, body in days for one in unpack(body) if day > NOON // DAY + 29)
    seen = store.history("genset", "fuel.level", NOON, later, 100).points

    moved = {NOON + 30 * DAY + place * 5 * MINUTE: 1 for place in range(12 * hours)}
    assert {NOON - 2 * HOUR + place * 5 * MINUTE: 1 for place in range(12)} | moved == found
    assert 12 + (0 if hours < 3 or before is ClockQuality.UNSYNCED else 12 * (hours - 3) + 1) == len(early)
    assert 12 * hours == quarters == sum(one.count for one in seen)
    assert NOON + 29 * DAY < seen[0].from_ms


def test_sums_of_polls_that_are_gone_stay_where_they_are(store: Store) -> None:
    """Nobody can make them anew: better in a doubtful hour than nowhere."""
    doubtful = [
        Step(msgspec.structs.replace(at(NOON + place * MINUTE), clock=ClockQuality.HOLDOVER), poll(fuel_level=1.0))
        for place in range(600)
    ]
    store.keep_steps(doubtful)
    upkeep(store, msgspec.structs.replace(at(NOON + 10 * HOUR), clock=ClockQuality.HOLDOVER))
    with store._db as db:
        db.execute("DELETE FROM readings WHERE id <= 90")
    for _ in store.date(BootTime(boot="boot-1", offset_ms=NOON + 2 * DAY, quality=ClockQuality.SYNCED)):
        pass
    upkeep(store, at(NOON + 3 * DAY, up_ms=DAY))
    found = minutes(store)

    assert 60 <= sum(wall_ms < NOON + DAY for wall_ms in found)
    assert 510 == sum(wall_ms > NOON + DAY for wall_ms in found)


def test_numbers_of_polls_are_never_used_twice(store: Store) -> None:
    """All polls had to go for want of room: what is read next is still new, and is summed up."""
    end = filled(store, NOON, [1.0] * 1500)
    upkeep(store, at(end + HOUR))
    with store._db as db:
        db.execute("DELETE FROM readings")
    store.repair()
    later = filled(store, end + 3 * HOUR, [2.0] * 1500)
    seen = store.history("genset", "fuel.level", later - MINUTE, later, 1).points
    upkeep(store, at(later + HOUR))

    assert [12] == [one.count for one in seen]
    assert 3000 == sum(one.count for one in minutes(store).values())


def test_events_that_wait_are_never_forgotten(store: Store) -> None:
    """Old ones that the centre has go; the others stay, whatever their age."""
    store.keep(at(NOON), numbered=[event(number) for number in range(1, 11)])
    store.confirm("run-1", Stream.EVENT, 6)
    short = limited(events_ms=DAY)
    for hours in (0, 7):
        upkeep(store, at(NOON + 9 * DAY + hours * HOUR), short)

    assert [7, 8, 9, 10] == [seq for (seq,) in store._db.execute("SELECT seq FROM events ORDER BY seq")]


@pytest.mark.timeout(240)
def test_years_fit_into_the_size(path: Path) -> None:
    """Four years in fast time: the file never outgrows its size, the newest is whole, the oldest is thinned last."""
    chance = random.Random(7)
    store = opened(path)
    limits = limited(
        readings_ms=7 * DAY, minutes_ms=60 * DAY, quarters_ms=900 * DAY, events_ms=9000 * DAY, bytes=3_000_000
    )
    largest = 0
    for day in range(4 * 365):
        begin = NOON + day * DAY
        steps = []
        for slot in range(24):
            values = poll(fuel_level=50 + chance.random(), controller_mode="auto", load_kw=chance.gauss(9, 2))
            steps.append(Step(at(begin + slot * HOUR), values))
        store.keep_steps([*steps, Step(at(begin), numbered=[event(day + 1)])])
        store.confirm("run-1", Stream.EVENT, day + 1)
        upkeep(store, at(begin + DAY), limits)
        largest = max(largest, path.stat().st_size)
    oldest = store._db.execute("SELECT MIN(place % 100000) FROM quarters").fetchone()[0] - NOON // DAY
    raw = store._db.execute("SELECT MIN(wall_ms) FROM readings").fetchone()[0]
    store.close()

    assert largest <= limits.bytes + 4_200_000  # the journal may be written into the file a little later
    assert 4 * 365 - 902 <= oldest <= 4 * 365 - 300
    assert raw > NOON + (4 * 365 - 9) * DAY


def test_an_empty_store_gives_its_space_back(store: Store, path: Path) -> None:
    """Outgrown once, by an outage: the file shrinks again when the records have gone."""
    store.keep(at(NOON), numbered=[])
    for begin in range(0, 4000, 500):
        store.keep(at(NOON), numbered=[sample(begin + number, 500) for number in range(1, 501)])
    store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    large = path.stat().st_size
    store.confirm("run-1", Stream.SAMPLE, 4000)
    upkeep(store, at(NOON))
    store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    assert large > 2_000_000
    assert path.stat().st_size < large / 4
