"""A damaged store is never thrown away: what can be read of it is kept, what is lost is told, the books stay true."""

import random
import sqlite3
from pathlib import Path

import pytest

from contract.records import GapBody
from contract.words import Event, Status, Stream
from gateway.core.remembered import Memory
from gateway.io.counts import counts
from gateway.io.pages import PAGE, Pages
from gateway.io.recovery import aside_files
from gateway.io.store import Step, Store

from .conftest import POLL, again_memory, balanced, event, moment, opened, sample, seqs

EVENTS, SAMPLES, POLLS = 60, 120, 200
MEMORY = Memory(active=True, faulty=("genset/fuel.level",))


def filled(path: Path, *, confirmed: int = 20) -> None:
    """A store of two runs, of which the centre has the beginning."""
    store = opened(path)
    steps = [Step(moment(at), POLL, memory=MEMORY if at % 50 == 0 else None) for at in range(1, POLLS + 1)]
    for run in ("run-1", "run-2"):
        steps.append(Step(moment(300, run), numbered=[event(seq) for seq in range(1, EVENTS + 1)]))
        steps += [Step(moment(300 + seq, run), numbered=[sample(seq, 300)]) for seq in range(1, SAMPLES + 1)]
    store.keep_steps(steps)
    for stream in (Stream.EVENT, Stream.SAMPLE):
        store.confirm("run-1", stream, confirmed)
    store.close()


def pages_of(path: Path, table: str) -> list[int]:
    """The leaf pages on which a table's rows lie."""
    held = {row[1:4] for row in sqlite3.connect(path).execute(f"SELECT * FROM {table}").fetchall()}
    pages = Pages(path)
    return [
        number for number in range(1, pages.count + 1) if any(row[1:4] in held for _, row in pages._rows_of(number))
    ]


def torn(path: Path, *numbers: int, seed: int = 1) -> None:
    """Pages overwritten with noise."""
    body = bytearray(path.read_bytes())
    noise = random.Random(seed)
    for number in numbers:
        body[(number - 1) * PAGE : number * PAGE] = noise.randbytes(PAGE)
    path.write_bytes(bytes(body))


def covered(store: Store, stream: Stream) -> dict[str, list[int]]:
    """The numbers of each run that will be sent, as themselves or within a gap, in the order of sending."""
    found: dict[str, list[int]] = {}
    after = 0
    while rows := store.waiting(stream, after):
        after = rows[-1][0]
        for _, run, record in rows:
            first = record.body["first"] if record.kind == Event.GAP else record.seq
            found.setdefault(run, []).extend(range(first, record.seq + 1))
    return found


def test_a_damaged_file_is_put_aside_unchanged(path: Path) -> None:
    """Its bytes are there for whoever wants to look; the sentence names it; the next damage does not overwrite it."""
    filled(path)
    torn(path, pages_of(path, "readings")[3])
    before = path.read_bytes()
    store = opened(path)
    told = store.untold_trouble() or ""
    store.close()

    assert before == path.with_name("gateway.db.damaged-1").read_bytes()
    assert "gateway.db.damaged-1" in told
    torn(path, pages_of(path, "readings")[3])
    opened(path).close()
    assert ["gateway.db.damaged-1", "gateway.db.damaged-2"] == [one.name for one in aside_files(path)]


def test_the_trouble_is_told_until_it_was_told(path: Path) -> None:
    """Also when the gateway dies before it could; the alarm's reason stays as long as the file lies there."""
    filled(path)
    torn(path, pages_of(path, "events")[0])
    opened(path).close()
    store = opened(path)
    first = store.untold_trouble()
    store.keep_steps([Step(moment(1), trouble_told=True)])
    store.close()
    again = opened(path)
    second, aside = again.untold_trouble(), again.lies_aside()
    path.with_name("gateway.db.damaged-1").unlink()
    left = again.lies_aside()
    again.close()

    assert first is not None
    assert "waiting records: 320 saved, 0 lost" in first
    assert (None, True, False) == (second, aside, left)


@pytest.mark.parametrize("table", ["readings", "events"])
def test_a_torn_page_of_one_table_costs_only_its_rows(path: Path, table: str) -> None:
    """All records that wait, the memory and all other rows are there."""
    filled(path)
    whole = counts(path)
    torn(path, pages_of(path, table)[1])
    store = opened(path)
    waiting = len(seqs(store, Stream.EVENT)) + len(seqs(store, Stream.SAMPLE))
    memory, place = store.memory(), store._place
    store.close()
    after = counts(path)

    assert 320 == waiting
    assert MEMORY == memory
    assert 360 == place
    assert whole["waiting"] == after["waiting"]
    lost_events, lost_polls = len(whole["events"]) - len(after["events"]), whole["readings"] - after["readings"]
    assert (0 < lost_events < 60, lost_polls) == (True, 0) if table == "events" else (lost_events, lost_polls > 0)
    assert balanced(path)


def test_records_lost_with_their_page_become_gaps_in_their_place(path: Path) -> None:
    """The centre hears of every number once and in order: itself, or the gap that covers it."""
    filled(path)
    torn(path, *pages_of(path, "outbox")[2:6])
    store = opened(path)
    samples, events = covered(store, Stream.SAMPLE), covered(store, Stream.EVENT)
    gaps = [r for _, _, r in store.waiting(Stream.SAMPLE, 0, 300) if r.kind == Event.GAP]
    store.close()
    told = counts(path)

    wanted = {"run-1": list(range(21, SAMPLES + 1)), "run-2": list(range(1, SAMPLES + 1))}
    assert wanted == samples
    assert {"run-1": list(range(21, EVENTS + 1)), "run-2": list(range(1, EVENTS + 1))} == events
    assert gaps
    assert (
        GapBody(first=gaps[0].body["first"], last=gaps[0].seq, why="the store was damaged").why == gaps[0].body["why"]
    )
    assert told["gaps"]["sample"] + told["gaps"]["event"] > 0
    assert balanced(path)


def test_places_go_on_behind_those_of_the_damaged_file(path: Path) -> None:
    """What is new stands behind all that was recovered, and no place is given a second time."""
    filled(path)
    torn(path, *pages_of(path, "outbox")[-2:])
    store = opened(path)
    last = max(place for place, *_ in store._db.execute("SELECT place FROM outbox"))
    store.keep(moment(900, "run-3"), numbered=[sample(1), event(1)])
    new = [place for place, *_ in store._db.execute("SELECT place FROM outbox WHERE run = 'run-3' ORDER BY place")]
    store.close()

    assert last > 360
    assert new[0] > last
    assert balanced(path)


def test_without_any_header_the_rows_are_found_all_the_same(path: Path) -> None:
    """The first page holds the schema; nothing of it is needed."""
    filled(path)
    whole = counts(path)
    torn(path, 1)
    store = opened(path)
    memory = store.memory()
    store.close()
    after = counts(path)

    assert MEMORY == memory
    assert whole == after
    assert balanced(path)


def test_a_changed_byte_inside_a_record_is_seen(path: Path) -> None:
    """SQLite itself checks no values: the record's checksum does, and the record becomes a gap instead of a lie."""
    filled(path)
    body = path.read_bytes()
    pages = pages_of(path, "outbox")
    at = body.index(b'{"number":57}', (pages[0] - 1) * PAGE)
    path.write_bytes(body[: at + 10] + b"3" + body[at + 11 :])
    store = opened(path)
    aside = store.lies_aside()
    numbers = covered(store, Stream.EVENT)
    store.close()

    assert aside
    assert {"run-1": list(range(21, EVENTS + 1)), "run-2": list(range(1, EVENTS + 1))} == numbers
    assert balanced(path)


def test_what_lies_only_in_the_journal_is_recovered_too(path: Path) -> None:
    """A gateway that died before a checkpoint leaves its newest records in the -wal file."""
    store = opened(path)
    store.keep(moment(1), numbered=[event(1)], memory=MEMORY)
    store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.keep(moment(2), numbered=[event(2), sample(1)])
    copies = {tail: path.with_name(path.name + tail).read_bytes() for tail in ("", "-wal")}
    store.close()
    for tail, body in copies.items():
        path.with_name(path.name + tail).write_bytes(body)
    torn(path, 1)
    again = opened(path)
    found = (seqs(again, Stream.EVENT), seqs(again))
    again.close()

    assert ([1, 2], [1]) == found
    assert path.with_name("gateway.db.damaged-1-wal").exists()
    assert balanced(path)


def test_an_overwritten_file_is_kept_and_a_new_one_begun(path: Path) -> None:
    """Nothing in it is ours: that is told, and the site works on."""
    filled(path)
    path.write_bytes(b"this is no database at all " * 4000)
    store = opened(path)
    told = store.untold_trouble() or ""
    store.keep(moment(1, "run-3"), numbered=[event(1)])
    store.close()

    assert "waiting records: 0 saved" in told
    assert "an unknown number lost" in told
    assert path.with_name("gateway.db.damaged-1").exists()
    assert balanced(path)


def test_power_between_the_two_changes_of_name_is_made_good(path: Path) -> None:
    """The old file lies aside, the new one still has its other name: the next start finishes it."""
    filled(path)
    whole = counts(path)
    path.rename(path.with_name("gateway.db.damaged-1"))
    path.with_name("gateway.db.new").write_bytes(path.with_name("gateway.db.damaged-1").read_bytes())
    path.with_name("gateway.db-wal").write_bytes(b"")
    opened(path).close()

    assert whole == counts(path)
    assert not path.with_name("gateway.db.new").exists()


@pytest.mark.parametrize("seed", range(24))
def test_damage_anywhere_is_survived_with_true_books(path: Path, seed: int) -> None:
    """Up to eight pages of noise or changed bytes wherever they fall: it opens, counts right, and goes on."""
    filled(path)
    chance = random.Random(seed)
    count = path.stat().st_size // PAGE
    if seed % 2:
        torn(path, *(chance.randint(1, count) for _ in range(chance.randint(1, 8))), seed=seed)
    else:
        body = bytearray(path.read_bytes())
        for _ in range(chance.randint(1, 40)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        path.write_bytes(bytes(body))
    store = opened(path)
    store.memory()
    numbers = covered(store, Stream.SAMPLE)
    store.keep(moment(999, "run-3"), batch=POLL, numbered=[event(1), sample(1)])
    store.close()

    for run, sent in numbers.items():
        assert list(range(sent[0], sent[-1] + 1)) == sent, run
        assert sent[0] in (1, 21), run
    assert balanced(path)
    again_memory(path)


def test_damage_while_it_is_used_is_mended_without_a_restart(path: Path) -> None:
    """What a new start would do, it does itself; numbers go on."""
    filled(path)
    store = Store(path, Status.ACTUAL, simulated=False)
    store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.damaged = True
    torn(path, pages_of(path, "readings")[2])
    store.repair()
    store.keep(moment(999, "run-3"), numbered=[event(1)])
    found = (store.damaged, store.lies_aside(), len(seqs(store, Stream.SAMPLE)))
    store.close()

    assert (False, True, 220) == found
    assert balanced(path)
