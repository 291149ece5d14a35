"""A store of an older version is brought to today's form, whole or not at all."""

import sqlite3
from pathlib import Path

import pytest

from contract.words import Event, Stream
from gateway.core.remembered import Memory
from gateway.io import migrations
from gateway.io.counts import counts

from .conftest import POLL, balanced, event, moment, opened, sample, seqs

OLD = Path(__file__).with_name("store_version_1.sql")


@pytest.fixture
def old(path: Path) -> Path:
    """A file as the program wrote it before there were tiers and checksums."""
    path.parent.mkdir()
    db = sqlite3.connect(path)
    db.executescript(OLD.read_text("utf-8"))
    db.close()
    return path


def test_an_old_store_keeps_everything_and_goes_on(old: Path) -> None:
    """Records, marks, memory and readings are there; what is new stands behind them; the books balance."""
    store = opened(old)
    rows = store.waiting(Stream.SAMPLE, 0)
    before = (store.memory(), seqs(store, Stream.EVENT), store._place)
    store.keep(moment(99, "run-3"), numbered=[event(1), sample(1)])
    last = store.waiting(Stream.SAMPLE, 14)
    gone = [store.confirm("run-1", Stream.SAMPLE, 12), store.confirm("run-1", Stream.EVENT, 3)]
    store.close()
    told = counts(old)

    assert (Memory(active=True, faulty=("genset/engine.speed",)), [3, 1], 17) == before
    assert ["gap"] + ["sample"] * 5 == [record.kind for _, _, record in rows]
    assert (4, 7) == (rows[0][2].body["first"], rows[0][2].seq)
    assert Event.GAP == rows[0][2].kind
    assert [("run-2", 1)] == [(run, record.seq) for _, run, record in last if run == "run-2"]
    assert [6, 1] == gone
    assert (36, {"genset": 12}) == (told["readings"], told["polls"])
    assert balanced(old)


def test_an_old_store_can_shrink_from_then_on(old: Path) -> None:
    """It is rewritten once, so that pages it no longer needs can be given back."""
    store = opened(old)
    found = store._db.execute("PRAGMA auto_vacuum").fetchone()[0]
    store.close()

    assert 2 == found


def test_a_damaged_old_store_is_recovered_too(old: Path) -> None:
    """Its rows are shorter and have no checksums; the records that wait are all there."""
    body = bytearray(old.read_bytes())
    body[:4096] = bytes(4096)
    old.write_bytes(bytes(body))
    store = opened(old)
    found = (len(seqs(store, Stream.SAMPLE)), seqs(store, Stream.EVENT), store.memory().active)
    store.close()

    assert ([2, 3, 1], True) == found[
        1:
    ]  # nobody knows any more that 1 and 2 were confirmed: one gap, which the centre has
    assert found[0] >= 7
    assert balanced(old)


def test_a_migration_that_breaks_leaves_the_old_store(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Power goes in the middle: the next start finds version 1 and does it again."""

    def half(db: object) -> None:
        migrations._second(db)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(migrations, "STEPS", (migrations._first, half, migrations._third))
    db = sqlite3.connect(old)
    with pytest.raises(KeyboardInterrupt):
        migrations.migrate(db)
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    version = db.execute("PRAGMA user_version").fetchone()[0]
    db.close()
    monkeypatch.undo()

    assert 1 == version
    assert "heads" not in tables
    opened(old).close()


def test_a_store_of_version_2_keeps_its_curves_and_goes_on(path: Path) -> None:
    """Readings as they were packed then, minutes, quarters and marks; what is read now is packed as today."""
    path.parent.mkdir()
    db = sqlite3.connect(path)
    db.executescript(OLD.with_name("store_version_2.sql").read_text("utf-8"))
    db.close()
    store = opened(path)
    rows = (seqs(store, Stream.EVENT), seqs(store, Stream.SAMPLE), store.memory().active)
    store.keep(moment(27 * 3600 + 30, "run-3"), batch=POLL, numbered=[event(1)])
    begin = 20_000 * 86_400_000 + 12 * 3_600_000
    raw = store.history("genset", "fuel.level", begin, begin + 7_200_000, 1000).points
    coarse = store.history("genset", "fuel.level", begin - 43_200_000, begin + 2 * 86_400_000, 100).points
    store.close()

    assert ([3, 1], [3, 4, 5], True) == rows
    assert [50.0 + number for number in range(12)] == [one.mean for one in raw]
    assert 13 == sum(one.count for one in coarse)
    assert {"genset": 14} == counts(path)["polls"]
    assert balanced(path)
