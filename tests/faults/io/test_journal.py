"""The journal learns of every commit from the gateway's own store, from outside, also of those it never saw waiting."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from contract.records import AnswerBody
from contract.words import ClockQuality, Status, Stream
from faults.core.books import digest
from faults.disk.shim import Shim
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


def test_what_lay_in_memory_only_is_owed_to_nobody_when_the_power_goes(store: Store, tmp_path: Path) -> None:
    """A run that never reached the disk owes what the centre confirmed; one that did owes all of it."""
    journal = Journal(tmp_path / "gateway.db", tmp_path / "journal.jsonl")
    store.keep(NOW, numbered=events(1, 2))
    journal.look()
    memory = Store(tmp_path / "memory.db", Status.TEST, True)
    memory.keep(NOW, numbered=events(1, 2))
    answer = Numbered(Stream.EVENT, 3, "order_done", AnswerBody(order="o-1", kind="report"))
    memory.keep(msgspec.structs.replace(NOW, run="run-m"), numbered=[*events(1, 2), answer])
    memory.confirm("run-m", Stream.EVENT, 1)
    memory.close()
    journal.heard("run-m", "event", 3)
    given_up = journal.give_up(tmp_path / "memory.db")
    journal.heard("run-m", "event", 3)  # a word that was still on its way
    again = journal.give_up(tmp_path / "memory.db", {("run-m", "event"): 2})

    assert (2, 1) == (given_up, again)
    assert {"o-1"} == journal.answers_gone
    assert 2 == journal.seen.pop(("run-m", "event")), "what was sent is owed, too"
    journal.give_up(tmp_path / "memory.db")
    assert {("run-a", "event"): 2, ("run-m", "event"): 1} == journal.seen
    assert 0 == journal.give_up(tmp_path / "none.db")


KILLED = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA synchronous = FULL")
db.execute("UPDATE heads SET last = 2 WHERE run = 'run-a'")
print(flush=True)
sys.stdin.readline()
db.execute("UPDATE heads SET last = 9 WHERE run = 'run-a'")
"""


def test_look_after_a_kill_takes_nothing_for_committed_that_was_never_synced(store: Store, tmp_path: Path) -> None:
    """A commit that hangs in its sync when its writer is killed is not the site's word: such a look is none."""
    store.keep(NOW, numbered=events(1))
    store.close()
    shim = Shim(tmp_path, tmp_path / "room")
    command = [sys.executable, "-c", KILLED, str(tmp_path / "gateway.db")]
    with subprocess.Popen(
        command, env=os.environ | shim.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdout.readline()
        before, shim.control.sync_ms = shim.control.syncs, 60_000
        writer.stdin.write(b"\n")
        writer.stdin.flush()
        alive, until = Journal(tmp_path / "gateway.db", tmp_path / "a.jsonl"), time.monotonic() + 30
        while time.monotonic() < until and shim.control.syncs == before:
            time.sleep(0.01)
        alive.look()
        writer.kill()
    late, naive = (Journal(tmp_path / "gateway.db", tmp_path / "b.jsonl") for _ in range(2))
    late.look(still=lambda: False)
    naive.look()

    assert {("run-a", "event"): 2} == alive.seen, "it waits for its sync, and nobody sees it"
    assert {("run-a", "event"): 9} == naive.seen, "who opens the file after the kill would be led astray"
    assert {} == late.seen


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
