"""The history of a site in the store: what it rests on, how it becomes small, and that nothing wrong comes of it."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from contract.judgement import Endurance
from contract.messages import SiteState
from contract.wire import Moment
from contract.words import ClockQuality, Power, Stream
from dashboard.core.site.knowledge import Proof, Span
from dashboard.core.site.quarters import DAY_MS
from dashboard.io.historian import Historian
from dashboard.io.store.database import Database, StoreTrouble
from dashboard.io.store.history import History, Judged, Measured
from dashboard.io.store.noting import JOIN_MS, Noting
from dashboard.io.store.records import Records, Taken
from dashboard.io.store.thinning import Thinning

SITE = "are-kall"
HOUR_MS = 3_600_000


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A store of its own."""
    one = Database(tmp_path / "store.sqlite")
    yield one
    one.close()


class Past:
    """A site that told its past."""

    def __init__(self, database: Database, voice: Any) -> None:
        self.site, self.database = voice(SITE), database
        self.records, self.history = Records(database), History(database)
        self.seqs = {Stream.EVENT: 0, Stream.SAMPLE: 0}

    def tell(self, kind: str, body: dict[str, Any], stream: Stream = Stream.EVENT, after_ms: int = HOUR_MS) -> int:
        """One record, an hour after the last; its time."""
        self.seqs[stream] += 1
        self.site.tick(after_ms)
        record = self.site.record(self.seqs[stream], kind, body)
        self.records.commit([Taken(self.site.batch(record, stream=stream), None)])
        return int(self.site.wall_ms)

    def sample(self, value: float | None, after_ms: int = HOUR_MS, signal: str = "fuel.level") -> int:
        """One sample of one signal."""
        told = self.site.value(value, "good" if value is not None else "sensor_fault")
        self.site.up_ms += after_ms
        told["up_ms"] = self.site.up_ms
        return self.tell("sample", {"device": "genset", "whole": True, "values": {signal: told}}, Stream.SAMPLE, 0)

    def gap(self, stream: Stream, count: int) -> None:
        """The site has given up so many records."""
        first = self.seqs[stream] + 1
        self.seqs[stream] += count - 1
        self.tell("gap", {"first": first, "last": first + count - 1, "why": "thinned"}, stream)

    def restart(self) -> None:
        """A new run of the gateway."""
        self.site.run += "+"
        self.seqs = {Stream.EVENT: 0, Stream.SAMPLE: 0}

    def count(self, table: str) -> int:
        """Rows."""
        with self.database.reading() as connection:
            return int(connection.execute(text(f"select count(*) from {table}")).scalar_one())


@pytest.fixture
def past(database: Database, voice: Any) -> Past:
    """A site with an empty past."""
    return Past(database, voice)


def _power(power: str, was: str = "on_mains") -> dict[str, Any]:
    return {"power": power, "was": was, "source": "genset"}


def test_timeline_begins_with_the_last_event_before_it(past: Past) -> None:
    """So that a calm day is not unknown; and the runs are alive from their first record to their last."""
    first = past.tell("power_changed", _power("on_reserve"))
    second = past.tell("power_changed", _power("on_mains", "on_reserve"), after_ms=48 * HOUR_MS)
    third = past.tell("mains_lost", _power("dead"), after_ms=48 * HOUR_MS)

    found = past.history.past(SITE, third - HOUR_MS, third)

    assert [second, third] == [one.wall_ms for one in found.told]
    assert [Proof("run-1", first, third)] == found.proofs


def test_records_that_are_gone_or_cannot_be_read_are_holes(past: Past) -> None:
    """From the record before to the record after, or to the end of the run."""
    before = past.tell("note", {"detail": "", "who": ""})
    past.gap(Stream.EVENT, 5)
    after = past.tell("note", {"detail": "", "who": ""})
    past.gap(Stream.EVENT, 2)

    holes = past.history.past(SITE, 0, after * 2).holes

    assert [Span(before, after), Span(after, after + HOUR_MS)] == sorted(holes)


def test_records_that_have_not_come_are_a_hole(past: Past) -> None:
    """What lies beyond the mark is not yet proven."""
    before = past.tell("note", {"detail": "", "who": ""})
    past.seqs[Stream.EVENT] += 3
    past.records._ahead[SITE, "run-1", "event"] = -1000.0  # it was waited for long enough
    after = past.tell("power_changed", _power("dead"))

    assert [Span(before, after)] == past.history.past(SITE, 0, after).holes


def test_state_in_a_word_of_a_newer_site_is_unknown(past: Past) -> None:
    """Nobody here can read it, so the state before it is not drawn on."""
    past.tell("power_changed", _power("on_mains"))
    end = past.tell("power_changed", {"power": "on_sunlight", "was": "on_mains", "source": "x"})

    assert Power.UNKNOWN == past.history.past(SITE, 0, end).told[-1].power


def test_undated_events_are_counted(past: Past, voice: Any) -> None:
    """They are in no picture, and the page says how many."""
    past.site.clock = past.site.clock.UNSYNCED
    past.site.tick(1000)
    past.records.commit([Taken(past.site.batch(past.site.record(1, "power_changed", _power("dead"))), None)])

    assert 1 == past.history.past(SITE, 0, 2**50).undated


def _midnight(wall_ms: int) -> int:
    return -(-wall_ms // DAY_MS) * DAY_MS


def _thin(past: Past, before: int) -> None:
    thinning = Thinning(past.database)
    for step in (thinning.sum_up, thinning.forget_records):
        for _ in range(1000):
            if not step(SITE, before):
                break


def test_old_samples_become_small_and_keep_their_peaks(past: Past) -> None:
    """Quarters hold lowest, highest and last; the records that carried them go, events stay."""
    past.tell("power_changed", _power("on_mains"))
    last = 0
    for number in range(120):
        last = past.sample(99.0 if number == 60 else 1.0 if number == 61 else 50.0, after_ms=10_000)
    before = _midnight(last)
    fresh = past.sample(42.0, after_ms=DAY_MS)

    _thin(past, before)

    (found,) = past.history.measured(SITE, ["fuel.level"], 0, fresh)
    quarters = [quarter for _, day in found.days for quarter in day]
    assert (1.0, 99.0) == (min(one.low for one in quarters), max(one.high for one in quarters))
    assert [(fresh, 42.0)] == [tuple(one) for one in found.samples]
    assert (2, 1) == (past.count("records"), past.count("samples"))
    told, _, _ = past.history.sampled(SITE)
    assert min(one.from_ms for one in told) < before < max(one.until_ms for one in told)


def test_what_a_node_remembers_stands_in_its_own_hour(past: Past) -> None:
    """Told today, measured two days ago: the curve has it then, and no day more counts as known; dated once known."""
    now = past.sample(10.0)
    told = past.history.sampled(SITE)[0]
    then = Moment(boot="tank-1 0000000a", up_ms=77_000, wall_ms=now - 2 * DAY_MS, clock=ClockQuality.HOLDOVER)
    undated = msgspec.structs.replace(past.site.moment(60_000), wall_ms=None, clock=ClockQuality.UNSYNCED)
    for at, value in ((then, 5.0), (undated, 6.0)):
        values = {"fuel.level": past.site.value(value) | {"up_ms": at.up_ms}}
        body = {"device": "tank-1", "at": msgspec.to_builtins(at), "values": values}
        past.tell("remembered", body, Stream.SAMPLE, 0)
    before = [tuple(one) for one in _of(past, "tank-1").samples]
    known = {"boot": past.site.boot, "offset_ms": past.site.wall_ms - past.site.up_ms, "quality": "synced"}
    past.tell("clock_known", {**known, "source": "ntp"}, after_ms=0)

    assert [(now - 2 * DAY_MS, 5.0)] == before
    assert [*before, (now - 60_000, 6.0)] == [tuple(one) for one in _of(past, "tank-1").samples]
    assert told == past.history.sampled(SITE)[0]


def _of(past: Past, device: str) -> Measured:
    """Fuel, as this device tells it."""
    return next(one for one in past.history.measured(SITE, ["fuel.level"], 0, 2**53) if one.device == device)


def test_thinning_twice_or_halfway_changes_nothing(past: Past) -> None:
    """It may be ended between any two steps; what comes late for a day is added to its sum."""
    for number in range(30):
        last = past.sample(float(number), after_ms=20 * 60_000)
    before = _midnight(last)
    thinning = Thinning(past.database)

    assert thinning.sum_up(SITE, before) > 0
    once = past.history.measured(SITE, ["fuel.level"], 0, before)
    _thin(past, before)
    _thin(past, before)

    assert once == past.history.measured(SITE, ["fuel.level"], 0, before)

    past.site.tick(-HOUR_MS)
    past.sample(500.0, after_ms=0)
    _thin(past, before)

    (found,) = past.history.measured(SITE, ["fuel.level"], 0, before)
    assert 500.0 == max(quarter.high for _, day in found.days for quarter in day)
    assert [] == found.samples


def test_gap_keeps_its_place_when_the_records_around_it_grow_old(past: Past) -> None:
    """The records at its edges stay, for they say when it was."""
    past.sample(1.0)
    edge = past.sample(2.0)
    past.gap(Stream.SAMPLE, 4)
    other = past.sample(3.0)
    last = past.sample(4.0)
    before = past.history.sampled(SITE)[2]

    _thin(past, _midnight(last))

    assert [Span(edge, other)] == before == past.history.sampled(SITE)[2]


def test_unconfirmed_records_are_never_forgotten(past: Past) -> None:
    """What lies beyond a hole has no mark yet; the site may send it again, so it stays."""
    past.sample(1.0)
    past.seqs[Stream.SAMPLE] += 2
    past.records._ahead[SITE, "run-1", "sample"] = -1000.0
    last = past.sample(2.0)

    _thin(past, _midnight(last))

    assert [4] == [one.seq for one in past.records.listed(SITE, Stream.SAMPLE)]
    assert {"run-1": {Stream.SAMPLE: 1}} == past.records.mark(SITE, None).marks


def test_being_heard_goes_on_until_a_silence(database: Database) -> None:
    """Also over a restart of the dashboard, as long as it was short; another run is another time."""
    noting, history = Noting(database), History(database)
    noting.write({SITE: [Proof("a", 1000, 2000)]}, {})
    noting.write({SITE: [Proof("a", 2000 + JOIN_MS, 3000 + JOIN_MS)]}, {})
    noting.write({SITE: [Proof("a", 9000 + 3 * JOIN_MS, 9500 + 3 * JOIN_MS), Proof("b", 10**9, 10**9)]}, {})

    _, live, _ = history.sampled(SITE)

    assert [Proof("a", 1000, 3000 + JOIN_MS), Proof("a", 9000 + 3 * JOIN_MS, 9500 + 3 * JOIN_MS),
            Proof("b", 10**9, 10**9)] == sorted(live)  # fmt: skip


class _Desk:
    """A clock and nothing else, as the historian needs it."""

    def __init__(self) -> None:
        self.clock = self
        self.listeners: list[Any] = []

    def wall_ms(self) -> int | None:
        return None


def _state(site: Any, power: Power = Power.ON_MAINS) -> SiteState:
    lasts = Endurance(low_h=75.0, high_h=111.0, basis="model", at=site.moment(), usable_l=600.0)
    told: SiteState = site.state(power, endurance=lasts)
    return told


def test_what_a_site_judges_is_noted_now_and_then_and_at_once_when_its_power_changes(
    database: Database, voice: Any
) -> None:
    """A state told every ten seconds is not a row every ten seconds; a retained one is no news at all."""
    site, historian = voice(SITE), Historian(_Desk(), database)  # type: ignore[arg-type]
    for _ in range(100):
        historian.hear(_state(site.tick(10_000)), 1)
    historian.hear(_state(site, Power.DEAD), None)
    historian.hear(_state(site.tick(10_000), Power.ON_RESERVE), 1)
    asyncio.run(historian.write())

    rows = History(database).judged(SITE, 0, 2**50)

    assert ["on_mains", "on_mains", "on_reserve"] == [one.power for one in rows]
    assert (75.0, 111.0, 600.0) == (rows[0].low_h, rows[0].high_h, rows[0].usable_l)
    assert 1 == len(History(database).sampled(SITE)[1])


def test_what_cannot_be_written_is_written_later(database: Database, voice: Any, monkeypatch: Any) -> None:
    """While the store takes nothing what was heard waits, together with what is heard then."""
    site, historian = voice(SITE), Historian(_Desk(), database)  # type: ignore[arg-type]
    historian.hear(_state(site.tick()), 1)
    full = historian._noting.write

    def refuse(*_: Any) -> None:
        raise StoreTrouble("the disk is full")

    monkeypatch.setattr(historian._noting, "write", refuse)
    with pytest.raises(StoreTrouble):
        asyncio.run(historian.write())
    historian.hear(_state(site.tick(1000), Power.DEAD), 1)
    monkeypatch.setattr(historian._noting, "write", full)
    asyncio.run(historian.write())

    assert ["on_mains", "dead"] == [one.power for one in History(database).judged(SITE, 0, 2**50)]


def test_last_before_the_period_is_told_with_it(database: Database) -> None:
    """What was judged before still holds at its begin."""
    Noting(database).write({}, {SITE: [Judged(at, "a", "on_mains", "", 1.0, 2.0, 3.0) for at in (10, 20, 30)]})

    assert [20, 30] == [one.wall_ms for one in History(database).judged(SITE, 25, 100)]


def test_running_program_draws_the_past_over_its_addresses(
    dashboard_of_module: Any, broker: Any, voice: Any, wait: Any
) -> None:
    """Records that came over the broker stand in timeline, curves, runs and their file; a bad period is refused."""
    page, site = dashboard_of_module("past-a"), voice("past-a")
    wait(lambda: page.json("/healthz")["broker"], "the link")
    values = {"fuel.level": site.value(62.0)}
    broker.say(site.batch(site.record(1, "sample", {"device": "genset", "whole": True, "values": values}),
                          stream=Stream.SAMPLE))  # fmt: skip
    broker.say(site.batch(site.record(1, "power_changed", _power("on_reserve"))))
    wait(lambda: broker.mark("past-a") == {"run-1": {"event": 1, "sample": 1}}, "the records")

    points = page.json("/api/sites/past-a/history?signals=fuel.level&hours=24")["signals"]["fuel.level"]
    year, week = (json.loads(page.get(f"/api/sites/past-a/{what}?period=1y")[1]) for what in ("curves", "timeline"))

    assert [[62.0], "1y", "1y"] == [[value for _, value in points], year["period"], week["period"]]
    assert {"runs": [], "outages": []} == page.json("/api/sites/past-a/runs")
    status, file = page.get("/sites/past-a/runs.csv")
    assert (200, True) == (status, file.startswith("\ufeffSlag;Start;"))
    assert 400 == page.get("/api/sites/past-a/curves?period=forever")[0]
