"""A start while the disk takes nothing: on real file systems, read-only and full."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.records import AnswerBody
from contract.words import Event, Status, Stream
from doors.disk import refuses
from gateway.core.pipeline import Numbered
from gateway.core.remembered import Memory
from gateway.io import merging, substitute
from gateway.io.past import past_of
from gateway.io.store import Store, StoreFault
from gateway.io.substitute import disk_back, give_back, open_store
from tests.gateway.card import Card

from .conftest import POLL, balanced, event, moment, opened, sample, seqs
from .test_past import FACTS, wish
from .test_thinning import NOON, filled

EVENT, SAMPLE = Stream.EVENT, Stream.SAMPLE
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="a file system of its own needs root")


@pytest.fixture
def card(tmp_path: Path) -> Iterator[Card]:
    """The card that the store lies on."""
    one = Card(tmp_path / "card")
    yield one
    one.leave()


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """What systemd keeps for the program in memory."""
    folder = tmp_path / "run"
    folder.mkdir()
    return folder


def begin(path: Path, folder: Path | None) -> Store:
    """A start of the gateway."""
    return open_store(path, Status.ACTUAL, False, folder=folder)


def worked(path: Path) -> None:
    """A run that has polled, decided, and got something confirmed."""
    store = opened(path)
    for seq in range(1, 6):
        store.keep(moment(seq), batch=POLL, numbered=[event(seq), sample(seq)], memory=Memory(alarm_revision=seq))
    store.confirm("run-1", EVENT, 2)
    store.confirm("run-1", SAMPLE, 1)
    store.close()


def in_memory(store: Store, run: str = "run-2") -> None:
    """What a run in memory does: it polls, decides, and the centre confirms some of it and of what was before."""
    for seq in range(1, 4):
        now = moment(100 + seq, run)
        store.keep(now, batch=POLL, numbered=[event(seq), sample(seq)], memory=Memory(alarm_revision=50 + seq))
    store.confirm("run-1", EVENT, 4)
    store.confirm(run, EVENT, 1)


def polls(path: Path) -> list[tuple[str, int]]:
    """Runs and uptimes of all polls, in order."""
    db = sqlite3.connect(path)
    found = db.execute("SELECT run, up_ms FROM readings ORDER BY id").fetchall()
    db.close()
    return found


@needs_root
def test_a_read_only_card_is_read_and_work_goes_on_in_memory(card: Card, run_folder: Path) -> None:
    """Memory, what waits, the last poll: all known. What is new is counted as lying nowhere else."""
    path = card.folder / "gateway.db"
    worked(path)
    card.read_only()
    store = begin(path, run_folder)
    known = (store.memory().alarm_revision, seqs(store, EVENT), store.last_reading(), store.only_in_memory())
    in_memory(store)
    told = store.untold_trouble()
    now = (seqs(store, EVENT), store.only_in_memory(), store.stands_in_for)
    store.close()

    assert (5, [3, 4, 5], moment(5).moment(), 0) == known
    assert ([5, 2, 3], 5, path) == now
    assert told is not None
    assert "Read-only file system" in told
    assert "what it holds was read" in told


@needs_root
def test_all_of_it_is_on_the_card_when_the_card_is_well(card: Card, run_folder: Path) -> None:
    """The next start moves it over, once: records, polls, memory, and what the centre has confirmed meanwhile."""
    path = card.folder / "gateway.db"
    worked(path)
    card.read_only()
    store = begin(path, run_folder)
    in_memory(store)
    store.close()
    card.well()
    found = []
    for _ in range(2):
        store = begin(path, run_folder)
        found.append((seqs(store, EVENT), seqs(store), store.memory().alarm_revision, store.stands_in_for))
        store.close()

    assert 2 * [([5, 2, 3], [2, 3, 4, 5, 1, 2, 3], 53, None)] == found
    assert [("run-1", n * 1000) for n in range(1, 6)] + [("run-2", n * 1000) for n in range(101, 104)] == polls(path)
    assert balanced(path)
    assert [] == list(run_folder.iterdir())


@needs_root
def test_a_page_is_told_the_past_of_a_card_that_takes_nothing(card: Card, run_folder: Path) -> None:
    """What the card holds can still be read; what was read and what happened since lies in memory: both are told."""
    path = card.folder / "gateway.db"
    store = opened(path)
    filled(store, NOON, [5.0, 3.0])
    store.keep(moment(1), numbered=[Numbered(EVENT, 1, Event.RUN_ENDED.value, {"run": 1})])
    store.close()
    card.read_only()
    store = begin(path, run_folder)
    filled(store, NOON + 10_000, [9.0, *[4.0] * 20])
    store.keep(moment(2, "run-2"), numbered=[Numbered(EVENT, 1, Event.RUN_ENDED.value, {"run": 2})])
    (line,), events = past_of(store.path, wish(), FACTS, store.stands_in_for)
    store.close()

    assert ((3.0, 4.0, None, None), (9.0, 4.0, None, None)) == (line.low, line.high)
    assert [("run-1", {"run": 1}), ("run-2", {"run": 2})] == [(one.run, one.record.body) for one in events]


@needs_root
def test_what_is_merged_twice_is_there_once(card: Card, run_folder: Path) -> None:
    """The power goes after the merge and before the copy in memory is taken away."""
    path = card.folder / "gateway.db"
    worked(path)
    card.read_only()
    store = begin(path, run_folder)
    in_memory(store)
    store.close()
    card.well()
    shutil.copytree(run_folder / substitute.FOLDER, run_folder / "kept")
    begin(path, run_folder).close()
    shutil.copytree(run_folder / "kept", run_folder / substitute.FOLDER)
    store = begin(path, run_folder)
    found = seqs(store, EVENT)
    store.close()

    assert [5, 2, 3] == found
    assert 8 == len(polls(path))
    assert balanced(path)


@needs_root
def test_a_killed_run_in_memory_goes_on_in_memory(card: Card, run_folder: Path) -> None:
    """kill -9, started again on the same bad card: the next run has what the one before had."""
    path = card.folder / "gateway.db"
    worked(path)
    card.read_only()
    code = (
        "import sys, os, signal; from pathlib import Path\n"
        "from tests.gateway.io.test_substitute import begin, in_memory\n"
        "in_memory(begin(Path(sys.argv[1]), Path(sys.argv[2]))); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-c", code, str(path), str(run_folder)]
    root = Path(__file__).parents[3]
    ended = subprocess.run(command, cwd=root, env={"PYTHONPATH": str(root)}, capture_output=True, timeout=60)
    store = begin(path, run_folder)
    known = (store.memory().alarm_revision, store.only_in_memory())
    in_memory(store, "run-3")
    store.close()
    card.well()
    store = begin(path, run_folder)
    found = seqs(store, EVENT)
    store.close()

    assert -9 == ended.returncode, ended.stderr
    assert (53, 5) == known
    assert [5, 2, 3, 2, 3] == found
    assert balanced(path)


@needs_root
def test_an_answer_that_lies_in_memory_only_is_shown_by_no_later_run(card: Card, run_folder: Path) -> None:
    """Whoever gave the order would let go of it, and a power cut would take both. On the disk it may be shown."""
    path = card.folder / "gateway.db"
    old, new = (AnswerBody(order=order, kind="report") for order in ("o-1", "o-2"))
    store = opened(path)
    store.keep(moment(1), memory=Memory(answered=(old,)))
    of_a_disk = store.answered_on_disk()
    store.close()
    card.read_only()
    first = begin(path, run_folder)
    first.keep(moment(2, "run-2"), memory=Memory(answered=(old, new)))
    first.close()
    second = begin(path, run_folder)
    found = (second.memory().answered, second.answered_on_disk())
    second.close()
    card.well()
    whole = begin(path, run_folder)
    back = (whole.memory().answered, whole.answered_on_disk(), whole._get(merging.ON_DISK))
    whole.close()

    assert of_a_disk is None
    assert ((old, new), (old,)) == found
    assert ((old, new), None, None) == back


@needs_root
@pytest.mark.parametrize("missing", ["", "-shm"])
def test_a_journal_that_a_kill_has_left_is_read_too(card: Card, run_folder: Path, tmp_path: Path, missing: str) -> None:
    """What was committed and not yet moved into the file counts, also where SQLite cannot open it."""
    path, other = card.folder / "gateway.db", tmp_path / "other" / "gateway.db"
    store = opened(other)
    store.keep(moment(1), batch=POLL, numbered=[event(1), event(2)], memory=Memory(alarm_revision=7))
    store.confirm("run-1", EVENT, 1)
    for tail in ("", "-wal", "-shm"):
        if tail != missing or not tail:
            shutil.copy(f"{other}{tail}", f"{path}{tail}")
    store.close()
    card.read_only()
    store = begin(path, run_folder)
    found = (store.memory().alarm_revision, seqs(store, EVENT), store.last_reading())
    store.close()

    assert (7, [2], moment(1).moment()) == found


@needs_root
def test_a_file_that_cannot_be_read_costs_what_was_in_it_and_nothing_more(card: Card, run_folder: Path) -> None:
    """An empty memory that says so; the new records are sent, and join the old ones when the file can be read."""
    path, good = card.folder / "gateway.db", card.folder / "good.db"
    worked(good)
    path.write_bytes(b"\0" * 20_000)
    card.read_only()
    store = begin(path, run_folder)
    known = (store.memory(), seqs(store, EVENT), store.untold_trouble())
    for seq in (1, 2):
        store.keep(moment(100 + seq, "run-2"), batch=POLL, numbered=[event(seq)], memory=Memory(alarm_revision=50))
    store.close()
    card.well()
    good.replace(path)  # the card has been put into its holder again
    store = begin(path, run_folder)
    found = (seqs(store, EVENT), store.memory().alarm_revision)
    store.close()

    assert (Memory(), []) == known[:2]
    assert "the site begins with an empty memory" in str(known[2])
    assert ([3, 4, 5, 1, 2], 5) == found
    assert balanced(path)


@needs_root
@pytest.mark.parametrize("new", [True, False])
def test_a_start_on_a_full_card_is_a_start(card: Card, run_folder: Path, new: bool) -> None:
    """With a store or without one; and what was kept is on the card when there is room."""
    path = card.folder / "gateway.db"
    if not new:
        worked(path)
    card.fill()
    store = begin(path, run_folder)
    try:
        store.keep(moment(101, "run-2"), numbered=[event(1)], memory=Memory(alarm_revision=9))
        kept = True
    except StoreFault:  # it lies on the card and waits for room, as in a run
        kept = store.stands_in_for is not None
        store.keep(moment(101, "run-2"), numbered=[event(1)]) if kept else None
    stands_in = store.stands_in_for
    store.close()
    card.well()
    store = begin(path, run_folder)
    found = seqs(store, EVENT)
    store.close()

    assert ([] if new else [3, 4, 5]) + ([1] if kept else []) == found
    assert not new or stands_in == path


@needs_root
def test_the_end_of_a_run_gives_back_what_lay_in_memory(card: Card, run_folder: Path) -> None:
    """Told to stop when the card is well again, the gateway leaves nothing in memory."""
    path = card.folder / "gateway.db"
    worked(path)
    card.read_only()
    store = begin(path, run_folder)
    in_memory(store)
    store.close()
    give_back(store, Status.ACTUAL, False)
    still = (run_folder / substitute.FOLDER / substitute.NAME).exists()
    card.well()
    give_back(store, Status.ACTUAL, False)

    assert still
    assert [] == list(run_folder.iterdir())
    assert 8 == len(polls(path))


@needs_root
async def test_the_card_is_asked_now_and_then_until_it_takes_writes(
    card: Card, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a store that lies on a card is never asked for."""
    monkeypatch.setattr(substitute, "LOOK_AGAIN_S", 0.05)
    path = card.folder / "gateway.db"
    card.read_only()
    store = begin(path, run_folder)
    waiting = asyncio.create_task(disk_back(store))
    await asyncio.sleep(0.3)
    before = waiting.done()
    card.well()
    await asyncio.wait_for(waiting, 30)
    store.close()

    assert not before
    assert refuses(path) is None
    assert [] == [one for one in card.folder.iterdir() if one.name.endswith(".probe")]


@needs_root
def test_readings_in_memory_are_bounded(card: Card, run_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go."""
    monkeypatch.setattr(merging, "MOST_READINGS", 2)
    monkeypatch.setattr("gateway.io.store.MOST_READINGS", 2)
    card.read_only()
    store = begin(card.folder / "gateway.db", run_folder)
    in_memory(store)
    store.bound_readings()
    store.close()

    assert [102_000, 103_000] == [up for _, up in polls(run_folder / substitute.FOLDER / substitute.NAME)]


@needs_root
def test_real_and_simulated_do_not_mix_in_memory_either(card: Card, run_folder: Path) -> None:
    """A store of the other kind is refused with the sentence that says so, and leaves nothing."""
    path = card.folder / "gateway.db"
    worked(path)
    card.read_only()
    with pytest.raises(StoreFault, match="holds real data, this site is simulated"):
        open_store(path, Status.ACTUAL, True, folder=run_folder)

    assert [] == list(run_folder.iterdir())


@pytest.mark.parametrize("place", ["/proc/nothing/gateway.db", "/dev/null/gateway.db"])
def test_a_mistake_in_the_path_is_no_bad_disk(place: str, run_folder: Path) -> None:
    """No memory heals it: one sentence, as ever."""
    with pytest.raises(StoreFault, match="cannot be used as store"):
        begin(Path(place), run_folder)

    assert [] == list(run_folder.iterdir())


def test_a_second_gateway_gets_no_store_in_memory(path: Path, run_folder: Path) -> None:
    """The first one goes on."""
    store = opened(path)
    with pytest.raises(StoreFault, match="another gateway uses this store"):
        begin(path, run_folder)
    store.close()

    assert [] == list(run_folder.iterdir())


@needs_root
def test_a_start_by_hand_finds_what_a_killed_one_left(card: Card) -> None:
    """Without systemd's folder it lies in one of this account's own, which is gone when the card has it."""
    path = card.folder / "gateway.db"
    worked(path)
    card.read_only()
    store = begin(path, None)
    in_memory(store)
    place = store.path.parent
    store.close()
    card.well()
    store = begin(path, None)
    found = seqs(store, EVENT)
    store.close()

    assert [5, 2, 3] == found
    assert not place.exists()
