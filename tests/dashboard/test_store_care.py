"""The centre's store, the only copy: made private, looked through, copied while it runs, moved aside only when told."""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.core.sites import DashboardError
from dashboard.io.store import store_care
from dashboard.io.store.database import Database


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """Commands that run in this process change that of the whole process."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def settings(tmp_path: Path, settings_of: Callable[..., str]) -> Path:
    """A settings file with its store beside it."""
    file = tmp_path / "dashboard.toml"
    file.write_text(settings_of(("a",), 9), "utf-8")
    return file


def test_store_is_made_with_its_folder_for_us_alone(tmp_path: Path) -> None:
    """A folder that is not there is made; nobody else can read what is in it."""
    path = tmp_path / "new" / "store.sqlite"
    Database(path).close()

    assert (0o700, 0o600) == (stat.S_IMODE(path.parent.stat().st_mode), stat.S_IMODE(path.stat().st_mode))


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """The path is named with what to check."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DashboardError, match=r"file/store.sqlite: .*check \[store\] path"):
        Database(tmp_path / "file" / "store.sqlite")


@pytest.mark.parametrize("broken", ["head", "inside"])
def test_damaged_store_stops_the_start_and_is_not_touched(settings: Path, asked: Any, broken: str) -> None:
    """Exit code 1, one sentence with both ways out, and every byte as it was; then it can be moved aside."""
    store = settings.with_name("store.sqlite")
    Database(store).close()
    body = bytearray(store.read_bytes())
    if broken == "head":
        body[:16] = b"no database here"
    else:
        body[4096:8192] = b"\xaa" * 4096
    store.write_bytes(body)
    code, out, said = asked("run", settings)

    assert (1, "", bytes(body)) == (code, out, store.read_bytes())
    assert 1 == len(said.strip().splitlines())
    assert "is damaged" in said
    assert "docs/storage.md" in said
    assert "sotpunkt-dashboard put-aside" in said
    assert 1 == asked("backup", settings, settings.with_name("copy"))[0]
    assert not settings.with_name("copy").exists()
    assert 0 == asked("put-aside", settings)[0]
    assert bytes(body) == settings.with_name("store.sqlite.aside-1").read_bytes()
    assert not store.exists()


def test_large_store_that_takes_too_long_is_used_and_said(tmp_path: Path) -> None:
    """The look through is bounded in time: a start must not hang on it."""
    path = tmp_path / "store.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("create table t (a text)")
        db.executemany("insert into t values (?)", [("x" * 900,)] * 20_000)
    db.close()

    assert "is used unchecked" in store_care.check(path, within_s=-1.0)
    assert "is whole" in store_care.check(path)


def test_backup_while_the_program_runs_is_whole(dashboard: Any, command: Any, tmp_path: Path) -> None:
    """One file, for us alone, with all that was committed; one that is there is never replaced; nor is a running
    store moved aside.
    """
    running = dashboard("a")
    settings, copy = next(tmp_path.glob("*.toml")), tmp_path / "copy.sqlite"
    with sqlite3.connect(tmp_path / "store.sqlite", timeout=10) as db:
        db.execute("insert into counters values ('proof', 7)")
    db.close()
    done, again = command("backup", settings, copy), command("backup", settings, copy)
    moved = command("put-aside", settings)
    with sqlite3.connect(copy) as held:
        row = held.execute("select value from counters where name = 'proof'").fetchone()
    held.close()

    assert (0, "", (7,)) == (done.returncode, done.stderr, row)
    assert 0o600 == stat.S_IMODE(copy.stat().st_mode)
    assert (2, True) == (again.returncode, "was not touched" in again.stderr)
    assert (1, True) == (moved.returncode, "stop that one first" in moved.stderr)
    assert [] == [path.name for path in tmp_path.iterdir() if path.name.startswith((".copy", "copy.sqlite-"))]
    assert 0 == running.stop()


def test_backup_that_has_no_room_leaves_nothing(settings: Path, asked: Any, tmp_path: Path) -> None:
    """A folder that is not there is said, and no half file is left."""
    Database(settings.with_name("store.sqlite")).close()
    code, _, said = asked("backup", settings, tmp_path / "none" / "copy")

    assert (1, 1) == (code, len(said.strip().splitlines()))
    assert "no backup was made" in said
