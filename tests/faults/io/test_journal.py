"""The journal learns of every commit from the gateway's own store, from outside, also of those it never saw waiting."""

import contextlib
import json
from pathlib import Path

import msgspec
import pytest

from contract.words import ClockQuality, Status, Stream
from faults.core.books import digest
from faults.io.files import copy_store
from faults.io.journal import Journal, Receipts
from gateway.core.pipeline import Numbered
from gateway.core.site import Now
from gateway.io.store import Store

NOW = Now(run="run-a", boot="b", up_ms=5000, wall_ms=1, clock=ClockQuality.SYNCED)


class Body(msgspec.Struct):
    """Of a record."""

    detail: str


def events(*seqs: int) -> list[Numbered]:
    """Events of these numbers."""
    return [Numbered(Stream.EVENT, seq, "note", Body(detail=f"n{seq}")) for seq in seqs]


@pytest.fixture
def store(tmp_path: Path):
    """A gateway's real store, open and being written."""
    made = Store(tmp_path / "gateway.db", Status.TEST, True)
    yield made
    with contextlib.suppress(Exception):
        made.close()


def test_committed_records_are_seen_while_they_wait(store: Store, tmp_path: Path) -> None:
    """Numbers and bodies, and each is written down once."""
    journal = Journal(tmp_path / "gateway.db", tmp_path / "journal.jsonl")
    store.keep(NOW, numbered=events(1, 2))
    journal.look()
    store.keep(NOW, numbered=events(3))
    journal.look()
    journal.look()

    assert {("run-a", "event"): 3} == journal.seen
    assert digest("note", {"detail": "n2"}) == journal.digests["run-a", "event", 2]
    notes = [json.loads(line)[:3] for line in (tmp_path / "journal.jsonl").read_text("utf-8").splitlines()]
    assert [["run-a", "event", 1], ["run-a", "event", 2], ["run-a", "event", 3]] == notes
    assert 3 == journal.waiting()


def test_record_that_came_and_went_between_two_looks_is_known(store: Store, tmp_path: Path) -> None:
    """The store was told to forget it before anybody looked: its number is in the books all the same."""
    journal = Journal(tmp_path / "gateway.db", tmp_path / "journal.jsonl")
    store.keep(NOW, numbered=events(1, 2))
    store.confirm("run-a", Stream.EVENT, 2)
    journal.look()

    assert {("run-a", "event"): 2} == journal.seen
    assert 0 == journal.waiting()


def test_nothing_is_seen_of_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """No file, and one of something else, are looked at later."""
    journal = Journal(tmp_path / "gateway.db", tmp_path / "journal.jsonl")
    journal.look()
    (tmp_path / "gateway.db").write_bytes(b"no database" * 500)
    journal.look()

    assert ({}, None, 0) == (journal.seen, journal.waiting(), journal.looks)


def test_copied_card_has_the_same_records(store: Store, tmp_path: Path) -> None:
    """A copy that is taken while the first is at work is whole."""
    store.keep(NOW, numbered=events(1, 2, 3))
    copy_store(tmp_path / "gateway.db", tmp_path / "twin.db")
    journal = Journal(tmp_path / "twin.db", tmp_path / "journal.jsonl")
    journal.look()

    assert {("run-a", "event"): 3} == journal.seen


def test_proof_of_display_counts_when_its_line_is_whole(tmp_path: Path) -> None:
    """A line that was cut in the middle was never kept."""
    log = tmp_path / "drawn.jsonl"
    log.write_text('{"bulletin": "b1", "serial": 1}\nrubbish\n{"bulletin": "b2", "ser', "utf-8")
    receipts = Receipts(log)
    receipts.look()

    assert {("b1", 1)} == receipts.seen
