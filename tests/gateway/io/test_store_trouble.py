"""What the disk may do to the store: each trouble is one sentence, and nothing that was kept is lost."""

import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract.words import Stream
from gateway.core.pipeline import Numbered
from gateway.core.remembered import Memory
from gateway.io.counts import counts
from gateway.io.store import Store, StoreFault

from .conftest import POLL, again_memory, balanced, event, moment, opened, seqs

ROOT = Path(__file__).parents[3]


def refused(path: Path) -> str:
    """The sentence of a store that cannot be opened."""
    with pytest.raises(StoreFault) as caught:
        opened(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_second_gateway_on_the_same_store_is_refused(store: Store, path: Path) -> None:
    """Two would give the same numbers twice; the first goes on."""
    assert f"{path}: another gateway uses this store; stop that one first" == refused(path)
    store.keep(moment(1), numbered=[event(1)])


def test_a_store_called_lock_is_not_emptied_by_its_own_lock(tmp_path: Path) -> None:
    """The lock has a name of its own."""
    path = tmp_path / "store.lock"
    for run in ("run-1", "run-2"):
        store = opened(path)
        store.keep(moment(1, run), numbered=[event(1)])
        store.close()

    assert 2 == counts(path)["created"]["event"]


def _newer(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()


def _memory(path: Path) -> None:
    db = sqlite3.connect(path)
    with db:
        db.execute("INSERT OR REPLACE INTO kept (name, body) VALUES ('memory', ?)", (b'{"judged": 3}',))
    db.close()


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (_newer, "its schema is number 99, this program knows 3; install the newer program"),
        (_memory, "the site's memory cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_sentence_and_left_alone(
    path: Path, damage: Callable[[Path], None], says: str
) -> None:
    """Somebody may still want to look at it."""
    store = opened(path)
    store.keep(moment(1), numbered=[event(seq) for seq in range(1, 200)], memory=Memory())
    store.close()
    damage(path)
    before = path.read_bytes()
    with pytest.raises(StoreFault, match=says):
        again_memory(path)

    assert before == path.read_bytes()


@pytest.mark.parametrize("place", ["/proc/nothing/gateway.db", "/dev/null/gateway.db"])
def test_a_place_where_nothing_can_be_written_is_told(place: str) -> None:
    """One sentence with the path."""
    assert f"{place}: cannot be used as store" in refused(Path(place))


def test_a_full_disk_loses_nothing_that_was_kept(store: Store, path: Path) -> None:
    """The sentence says to make room; as soon as there is room the same step is kept."""
    store.keep(moment(1), numbered=[event(1)], memory=Memory(active=True))
    db: sqlite3.Connection = store._db
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages}")
    big = Numbered(Stream.EVENT, 2, "mains_lost", {"pad": "x" * 100_000})
    with pytest.raises(StoreFault, match="the disk is full; make room, nothing stored is lost"):
        store.keep(moment(2), batch=POLL, numbered=[big], memory=Memory())
    held = (seqs(store, Stream.EVENT), store.memory().active, balanced(path))
    db.execute("PRAGMA max_page_count = 100000")
    store.keep(moment(2), batch=POLL, numbered=[big], memory=Memory())

    assert ([1], True, True) == held
    assert [1, 2] == seqs(store, Stream.EVENT)


def _child(code: str, path: Path, **limits: Any) -> subprocess.Popen[str]:
    """Another process that uses the store."""
    head = (
        "import sys; from pathlib import Path\n"
        "from contract.words import ClockQuality, Status, Stream\n"
        "from gateway.core.pipeline import Numbered\nfrom gateway.core.remembered import Memory\n"
        "from gateway.core.site import Now\n"
        "from gateway.io.store import Store, StoreFault\n"
        "store = Store(Path(sys.argv[1]), Status.ACTUAL, False); run = sys.argv[2]\n"
        "def keep(seq, pad=0):\n"
        "    now = Now(run=run, boot='b', up_ms=seq, wall_ms=None, clock=ClockQuality.UNSYNCED)\n"
        "    one = Numbered(Stream.EVENT, seq, 'mains_lost', {'pad': 'x' * pad})\n"
        "    store.keep(now, numbered=[one], memory=Memory(alarm_revision=seq))\n"
        "    print(seq, flush=True)\n"
    )
    command = [sys.executable, "-c", head + code, str(path), limits.pop("run", "run-1")]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(ROOT)},
        **limits,
    )


def test_a_file_that_may_not_grow_is_told_and_nothing_is_lost(path: Path) -> None:
    """The operating system refuses more bytes: a sentence, and all that was said to be kept is there."""
    code = (
        "for seq in range(1, 500):\n"
        "    try:\n        keep(seq, 5000)\n"
        "    except StoreFault as fault:\n        print(fault, file=sys.stderr); break\n"
    )
    limit = 400_000
    child = _child(code, path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    out, said = child.communicate(timeout=60)
    kept = [int(line) for line in out.split()]
    store = opened(path)
    found = seqs(store, Stream.EVENT)
    store.close()

    assert kept
    assert kept == found
    assert str(path) in said
    assert 1 == len(said.splitlines())


def test_kill_at_any_moment_loses_nothing_that_was_reported_as_kept(path: Path) -> None:
    """Six writers, each killed while it writes: every number it printed is there, without gaps, memory and all."""
    for number in range(6):
        child = _child("for seq in range(1, 100000): keep(seq, 300)", path, run=f"run-{number}")
        assert child.stdout is not None
        for _ in range(5 + 7 * number):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        kept = 5 + 7 * number + len(child.stdout.read().split("\n")) - 1
        child.wait(10)
        store = opened(path)
        found = [one["seq"] for one in counts(path)["events"] if one["run"] == f"run-{number}"]
        revision = store.memory().alarm_revision
        store.close()

        assert list(range(1, len(found) + 1)) == found
        assert kept <= len(found) <= kept + 1
        assert len(found) == revision
        assert balanced(path)
