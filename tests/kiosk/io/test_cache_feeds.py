"""The cache of the first version is upgraded, what is checked is told through memory, and what is broken says so."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlite_utils

from contract.wire import Moment
from contract.words import ClockQuality, Status
from kiosk.core.asking.feed import FeedState, Kept
from kiosk.core.asking.listing import Folded
from kiosk.feeds.alert import Alert, MsgType, Source, Words
from kiosk.io import cache_feeds, cache_schema, checked
from kiosk.io.cache import Broken, Cache, CacheReader
from kiosk.io.cache_feeds import FeedRow

SITE, OWN = "are-kall", "own"


def at(up_ms: int) -> Moment:
    """A moment of the keeper."""
    return Moment(boot=OWN, up_ms=up_ms, wall_ms=None, clock=ClockQuality.UNSYNCED)


def kept(name: str = "a") -> Kept:
    """One alert that is kept."""
    alert = Alert(
        source=Source.VMA, id=name, revision=1, msg_type=MsgType.ALERT, status=Status.ACTUAL, sent_ms=0,
        words={"sv": Words(headline=name)},
    )  # fmt: skip
    return Kept(alert=alert, first=at(1))


def row(up_ms: int = 5, **changed: Any) -> FeedRow:
    """One feed that was checked then."""
    fields: dict[str, Any] = {"kind": "vma", "url": "http://x", "body": b"[]", "etag": '"e"', "parser": 1}
    fields["state"] = FeedState(name="vma", every_s=60, checked=at(up_ms))
    return FeedRow(**(fields | changed))


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """Where the cache lies."""
    yield tmp_path / "k.sqlite"
    checked.take_away(tmp_path / "k.sqlite")


def test_cache_of_the_first_version_is_upgraded_and_keeps_all(file: Path, house: Any) -> None:
    """Nothing of it is thrown away; from then on it holds feeds."""
    db = sqlite_utils.Database(cache_schema.connect(file))
    db.conn.execute("BEGIN")
    cache_schema.STEPS[0](db)
    rows = {"version": "1", "site": SITE, "simulated": "0"}
    db["own"].insert_all([{"name": name, "value": value} for name, value in rows.items()])
    db.conn.execute("INSERT INTO receipt (run, number, payload) VALUES ('r', 7, x'7b7d')")
    db.conn.execute("COMMIT")
    db.conn.close()

    cache = Cache(file, SITE, False)
    cache.keep_feed(row(), Folded((kept(),)))

    assert "" == cache.set_aside
    assert [("r", 7, b"{}")] == cache.receipts()
    assert (kept(),) == CacheReader(file, SITE, False).held(OWN).alerts
    assert str(cache_schema.VERSION) == cache_schema.owner(cache._db.conn)["version"]


def test_upgrade_that_is_cut_off_is_done_anew(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step and the note that it ran are one transaction."""
    Cache(file, SITE, False).close()
    with sqlite3.connect(file) as db:
        db.execute("UPDATE own SET value = '1' WHERE name = 'version'")
        db.execute("DROP TABLE alert")
        db.execute("DROP TABLE feed")
    db.close()
    whole = cache_schema.STEPS

    def torn(db: Any) -> None:
        whole[1](db)
        raise sqlite3.OperationalError("disk full")

    monkeypatch.setattr(cache_schema, "STEPS", (whole[0], torn))
    with pytest.raises(Exception, match="disk full"):
        Cache(file, SITE, False)
    monkeypatch.setattr(cache_schema, "STEPS", whole)
    cache = Cache(file, SITE, False)
    cache.keep_feed(row(), Folded())

    assert "" == cache.set_aside


def test_cache_of_a_later_version_is_put_aside(file: Path) -> None:
    """Nobody knows what it means."""
    Cache(file, SITE, False).close()
    with sqlite3.connect(file) as db:
        db.execute("UPDATE own SET value = '99' WHERE name = 'version'")
    db.close()

    assert Cache(file, SITE, False).set_aside


def test_check_is_told_through_memory(file: Path) -> None:
    """The reader takes what is newer there, and only of the file that it belongs to."""
    cache, reader = Cache(file, SITE, False), CacheReader(file, SITE, False)
    cache.keep_feed(row(5), Folded())
    newer = (FeedState(name="vma", every_s=60, checked=at(9)), FeedState(name="unknown", every_s=60, checked=at(9)))
    assert at(5) == reader.held(OWN).feeds[0].checked
    assert checked.tell(file, cache.life, newer)
    assert [at(9)] == [one.checked for one in reader.held(OWN).feeds]
    assert checked.tell(file, "another life", newer)

    assert [at(5)] == [one.checked for one in CacheReader(file, SITE, False).held(OWN).feeds]


def test_what_memory_says_of_a_question_before_the_last_is_not_believed(file: Path) -> None:
    """Killed between writing and telling: what could not be read stands in the cache, and memory would deny it."""
    cache = Cache(file, SITE, False)
    before = FeedState(name="vma", every_s=60, tried=at(5), checked=at(5), fault="older")
    unread = FeedState(name="vma", every_s=60, tried=at(9), checked=at(9), rejected=2)
    cache.keep_feed(row(state=unread), Folded())
    assert checked.tell(file, cache.life, (before,))

    assert (unread,) == CacheReader(file, SITE, False).held(OWN).feeds


def test_what_could_not_be_read_is_only_ever_written(file: Path) -> None:
    """A version that reads the same answer anew asks nobody: memory is of the same question, and older all the same."""
    cache = Cache(file, SITE, False)
    unread = FeedState(name="vma", every_s=60, tried=at(5), checked=at(5), rejected=2)
    cache.keep_feed(row(state=unread), Folded())
    told = msgspec.structs.replace(unread, tried=at(9), checked=at(9), rejected=0)
    assert checked.tell(file, cache.life, (told,))

    assert (msgspec.structs.replace(told, rejected=2),) == CacheReader(file, SITE, False).held(OWN).feeds


def test_memory_that_is_garbage_says_nothing(file: Path) -> None:
    """What stands in the cache is used."""
    cache = Cache(file, SITE, False)
    cache.keep_feed(row(5), Folded())
    checked.tell(file, cache.life, ())
    checked.beside(file.with_name(checked.NAME)).write_bytes(b"\x00{")

    assert [at(5)] == [one.checked for one in CacheReader(file, SITE, False).held(OWN).feeds]


def test_alert_that_cannot_be_read_takes_the_check_with_it(file: Path) -> None:
    """A warning may be lost: "no warnings" must not follow from it."""
    cache = Cache(file, SITE, False)
    cache.keep_feed(row(5), Folded((kept("a"), kept("b"))))
    with cache.change():
        cache._db.conn.execute("UPDATE alert SET kept = x'00' WHERE id = 'a'")
        cache_feeds.count_change(cache._db.conn)
    held = CacheReader(file, SITE, False).held(OWN)

    assert ("b",) == tuple(one.alert.id for one in held.alerts)
    assert None is held.feeds[0].checked


def test_body_is_kept_packed_and_comes_back(file: Path) -> None:
    """A megabyte of outlines is a tenth of it on the card; a broken one is none."""
    cache = Cache(file, SITE, False)
    body = b'{"polygon": [14.5, 63.25]}' * 10_000
    cache.keep_feed(row(body=body), Folded())
    (size,) = cache._db.conn.execute("SELECT length(body) FROM feed").fetchone()
    assert body == cache.feeds()["vma"].body
    assert size < len(body) / 10
    cache._db.conn.execute("UPDATE feed SET body = x'0102'")

    assert None is cache.feeds()["vma"].body


def test_everything_moves_along_when_the_cache_moves(file: Path, tmp_path: Path) -> None:
    """To memory and back: what was dropped in between does not come back."""
    cache, other = Cache(file, SITE, False), Cache(tmp_path / "other.sqlite", SITE, False)
    other.keep_feed(row(1), Folded((kept("old"),)))
    cache.keep_feed(row(5), Folded((kept("a"),)))
    cache.copy_into(other)

    assert ((kept("a"),), frozenset()) == other.alerts("vma")
    assert at(5) == other.feeds()["vma"].state.checked


def test_damage_is_told_from_a_disk_that_refuses(file: Path) -> None:
    """Only what a new file heals is called broken."""
    cache = Cache(file, SITE, False)
    cache.keep_feed(row(), Folded((kept(),)))
    with sqlite3.connect(file) as other:  # a change by somebody else: the writer must look at the file again
        other.execute("INSERT INTO count VALUES ('x', 1)")
        other.commit()
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    with file.open("r+b") as opened:
        opened.seek(4096)
        opened.write(b"\xa5" * (file.stat().st_size - 4096))

    with pytest.raises(Broken):
        cache.keep_feed(row(), Folded((kept("b"),)))
