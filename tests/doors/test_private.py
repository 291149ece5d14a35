"""Stores are for the account of their program, also when it is started by hand."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from doors.private import keep_private


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """The umask is the whole process's."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    """Who may read and write it."""
    return stat.S_IMODE(path.stat().st_mode)


def test_store_that_was_open_to_all_is_shut_and_new_files_too(tmp_path: Path) -> None:
    """Existing stores with their journals, and what is made from now on, are 0600; a text file is left alone."""
    store, notes = tmp_path / "gateway.db", tmp_path / "notes.txt"
    with sqlite3.connect(store) as db:
        db.execute("create table t (a)")
    db.close()
    wal = tmp_path / "gateway.db-wal"
    wal.touch()
    notes.write_text("mine")
    assert (0o644, 0o644) == (mode(store), mode(wal))

    keep_private(store, notes, tmp_path / "none")
    (tmp_path / "new").touch()

    assert [0o600] * 3 == [mode(one) for one in (store, wal, tmp_path / "new")]
    assert 0o644 == mode(notes)
