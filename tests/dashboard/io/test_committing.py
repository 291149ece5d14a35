"""A store that can not take one message goes on with the others; the one lies aside."""

from pathlib import Path
from typing import Any

import pytest

from contract.words import Stream
from dashboard.io.store import records as room
from dashboard.io.store.committing import commit_one
from dashboard.io.store.database import Database, StoreTrouble
from dashboard.io.store.records import Records, Taken


@pytest.fixture
def kept(tmp_path: Path) -> Records:
    """An empty store."""
    return Records(Database(tmp_path / "store.sqlite"))


@pytest.mark.parametrize("fault", [StoreTrouble("too odd"), ValueError("too odd"), RecursionError("too odd")])
def test_message_that_the_store_refuses_stops_no_other(
    kept: Records, voice: Any, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    """Of three in one transaction the bad one is put aside with its numbers, the good ones are records."""
    sites = [voice(f"site-{letter}") for letter in "abc"]
    real = room.commit_one

    def commit_one(connection: Any, taken: Taken) -> int:
        if taken.batch is not None and taken.site == "site-b":
            raise fault
        return real(connection, taken)

    monkeypatch.setattr(room, "commit_one", commit_one)
    fresh = kept.commit([Taken(site.batch(site.record(1), site.record(2)), None) for site in sites])

    assert {"site-a": 2, "site-b": 2, "site-c": 2} == fresh
    assert {"site-b": 2} == kept.aside()
    assert 4 == kept.counts()["event"]
    assert {"run-1": {Stream.EVENT: 2}} == kept.mark("site-b", None).marks


def test_disk_that_takes_nothing_puts_nothing_aside(kept: Records, voice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is no fault of the message: it is refused as trouble, and comes again."""
    site = voice("site-a")

    def full(*_: Any, **__: Any) -> int:
        raise StoreTrouble("disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(room, "commit_one", full)
        broken.setattr(room, "raise_counter", full)
        with pytest.raises(StoreTrouble, match="disk is full"):
            kept.commit([Taken(site.batch(site.record(1)), None)])

    assert {} == kept.aside()
    assert {"site-a": 1} == kept.commit([Taken(site.batch(site.record(1)), None)])


def test_what_comes_behind_a_hole_waits_for_it_but_not_for_ever(
    kept: Records, voice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order of a stream is that of its numbers; only what the site has forgotten is given up after a while."""
    site = voice("site-a")
    batches = [Taken(site.batch(site.record(seq)), None) for seq in range(1, 6)]
    told = [kept.commit([batches[place]]) for place in (1, 0, 1, 3)]
    seqs = [record.seq for record in kept.listed("site-a", Stream.EVENT)]
    monkeypatch.setattr(room, "AHEAD_S", 0.0)
    late = kept.commit([batches[3]])

    assert [{"site-a": 0}, {"site-a": 1}, {"site-a": 1}, {"site-a": 0}] == told
    assert [1, 2] == seqs
    assert {"site-a": 1} == late
    assert {"run-1": {Stream.EVENT: 2}} == kept.mark("site-a", None).marks


@pytest.mark.parametrize("lost", [(5,), (5, 6), (5, 7), (4, 5, 8)])
def test_gap_covers_what_is_missing_and_nothing_else(kept: Records, voice: Any, lost: tuple[int, ...]) -> None:
    """A store that lost single records of the middle is told one gap over the whole stretch: it goes where records are
    missing, those that are here stay, and the mark passes it; told again it adds nothing."""
    site = voice("site-a")
    records = [site.record(seq) for seq in range(1, 11)]
    kept.commit([Taken(site.batch(*records[:3]), None)])
    with kept._database.writing() as connection:
        for record in records[3:]:
            if record.seq not in lost:
                commit_one(connection, Taken(site.batch(record), None))
    before = kept.mark("site-a", None).marks["run-1"][Stream.EVENT]
    gap = site.record(8, "gap", {"first": before + 1, "last": 8, "why": "forgotten"})
    told = [kept.commit([Taken(site.batch(gap, historical=True), None)])["site-a"] for _ in range(2)]
    listed = kept.listed("site-a", Stream.EVENT)
    covered = [seq for row in listed if row.kind == "gap" for seq in range(row.body["first"], row.body["last"] + 1)]

    assert min(lost) - 1 == before
    assert 10 == kept.mark("site-a", None).marks["run-1"][Stream.EVENT]
    assert list(lost) == sorted(covered)
    assert 0 == told[1]
    assert sorted(set(range(1, 11)) - set(lost)) == sorted(row.seq for row in listed if row.kind != "gap")
