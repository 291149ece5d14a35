"""The played power cut itself: what it keeps, what it loses, and that it finds a program that syncs too little."""

import os
import random
import sqlite3
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from faults.disk.card import HEAD, WAYS, Card
from faults.disk.shim import Shim

WRITER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("PRAGMA journal_mode = WAL")
db.execute(f"PRAGMA synchronous = {sys.argv[2]}")
db.execute("PRAGMA wal_autocheckpoint = 20")
db.execute("CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, pad TEXT)")
last = db.execute("SELECT MAX(n) FROM t").fetchone()[0] or 0
while True:
    last += 1
    with db:
        db.execute("INSERT INTO t VALUES (?, ?)", (last, "x" * 300))
    print(last, flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the files lie."""
    one = tmp_path / "data"
    one.mkdir()
    return one


def entry(kind: str, file: int, at: int, data: bytes = b"") -> bytes:
    """As the shim writes it down."""
    return HEAD.pack(ord(kind), len(data), file, at, 0) + data


def played(folder: Path, *entries: bytes) -> Card:
    """A card after these."""
    book = folder.parent / "book"
    book.write_bytes(b"".join(entries))
    card = Card(folder)
    card.play(book)
    return card


def lives(folder: Path, room: Path, synchronous: str, cuts: int, seed: int = 3) -> tuple[int, int]:
    """(commits that were reported and are gone, files that are broken) after so many power cuts."""
    shim, chance, lost, broken = Shim(folder, room), random.Random(seed), 0, 0
    for _ in range(cuts):
        command = [sys.executable, "-c", WRITER, str(folder / "a.db"), synchronous]
        child = subprocess.Popen(command, env=os.environ | shim.environment, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        said = [child.stdout.readline() for _ in range(chance.randint(1, 40))]
        child.kill()
        said += child.stdout.read().split("\n")[:-1]
        child.wait(40)
        shim.cut(chance)
        try:
            with sqlite3.connect(folder / "a.db") as db:
                last = db.execute("SELECT MAX(n) FROM t").fetchone()[0] or 0
                whole = db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            db.close()
        except sqlite3.Error:
            last, whole = 0, False
        lost += last < int(said[-1])
        broken += not whole
        if not whole:
            for path in folder.iterdir():
                path.unlink()
        shim.fresh()
    return lost, broken


def test_a_program_that_syncs_loses_nothing(folder: Path, tmp_path: Path) -> None:
    """SQLite with a synced journal, cut eight times: every commit that was reported is there."""
    assert (0, 0) == lives(folder, tmp_path / "room", "FULL", 8)


def test_a_program_that_does_not_sync_is_found_out(folder: Path, tmp_path: Path) -> None:
    """The same without syncs: commits are gone and files broken, so the cut is a real one."""
    lost = broken = 0
    for seed in range(20):  # when a child is killed is not drawn alone: a busy machine needs more of them
        now_lost, now_broken = lives(folder, tmp_path / "room", "OFF", 5, seed)
        lost, broken = lost + now_lost, broken + now_broken
        if lost >= 2 and broken:
            break

    assert lost >= 2
    assert broken >= 1


def test_what_was_synced_is_kept_and_the_rest_is_not(folder: Path) -> None:
    """A write after the last sync, and a name in a folder that was not synced, are gone in the worst case."""
    book = (
        entry("C", 7, 0, b"a"), entry("W", 7, 0, b"one"), entry("S", 7, 1), entry("D", 7, 1),
        entry("S", 0, 2), entry("D", 0, 2), entry("W", 7, 3, b"two"), entry("C", 8, 0, b"b"),
    )  # fmt: skip
    card = played(folder, *book)
    chance = random.Random(1)

    assert {"a": b"one"} == card.after_cut("nothing", chance)
    assert {"a": b"onetwo", "b": b""} == card.after_cut("all", chance)
    assert 3 == card.unsynced()


def test_a_sync_covers_what_was_written_before_it_began(folder: Path) -> None:
    """What another thread writes meanwhile is not on the card for certain."""
    book = (entry("W", 7, 0, b"1"), entry("S", 7, 1), entry("W", 7, 1, b"2"), entry("D", 7, 1))
    (folder / "a").write_bytes(b"")
    inode = (folder / "a").stat().st_ino
    card = played(folder, *(one[:8] + struct.pack("<Q", inode) + one[16:] for one in book))

    assert {"a": b"1"} == card.after_cut("nothing", random.Random(1))


def test_what_a_failed_sync_lost_never_comes_back(folder: Path) -> None:
    """Not by a later sync that succeeds: Linux has called those pages clean."""
    (folder / "a").write_bytes(b"....")
    inode = (folder / "a").stat().st_ino
    book = (
        entry("W", inode, 0, b"1"), entry("S", inode, 1), entry("L", inode, 1),
        entry("W", inode, 1, b"2"), entry("S", inode, 2), entry("D", inode, 2),
    )  # fmt: skip
    card = played(folder, *book)

    assert [{"a": b".2.."}] * len(WAYS) == [card.after_cut(way, random.Random(1)) for way in WAYS]


def test_torn_writes_keep_single_sectors(folder: Path) -> None:
    """Of eight sectors some are new and some old, and not always those in front."""
    (folder / "a").write_bytes(b"o" * 4096)
    inode = (folder / "a").stat().st_ino
    card = played(folder, entry("W", inode, 0, b"n" * 4096))
    found = {card.after_cut("sectors", random.Random(seed))["a"] for seed in range(30)}
    shapes = {bytes(body[at] for at in range(0, 4096, 512)) for body in found}

    assert len(shapes) > 10
    assert any(shape.lstrip(b"n").strip(b"o") for shape in shapes)


def test_a_renamed_file_is_old_or_new_never_neither(folder: Path) -> None:
    """Until the folder is synced either name may be left, with the bytes that were synced."""
    (folder / "a").write_bytes(b"old")
    (folder / "a.new").write_bytes(b"new")
    card = played(folder, entry("R", 0, 0, b"a.new\0a"))
    found = [card.after_cut("sectors", random.Random(seed)) for seed in range(20)]

    assert {b"old", b"new"} == {one["a"] for one in found}


def test_what_a_stranger_wrote_is_kept_whole_and_told(folder: Path, tmp_path: Path) -> None:
    """A program without the shim changes a file: nothing can be said of it, so no loss is invented."""
    (folder / "a").write_bytes(b"old")
    (folder / "b").write_bytes(b"same")
    shim = Shim(folder, tmp_path / "room")
    (folder / "a").write_bytes(b"new")
    cut = shim.cut(random.Random(1), "nothing")

    assert ("a",) == cut.strangers
    assert [b"new", b"same"] == [(folder / name).read_bytes() for name in ("a", "b")]
