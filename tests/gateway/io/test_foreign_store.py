"""[store] path that names somebody else's file."""

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.io.store_file import ForeignFile, lock_store

ROOT = Path(__file__).parents[3]
SETTINGS = """
[site]
id = "are-kall"
place = "Kall"
[store]
path = "{}"
[site_broker]
url = "mqtt://127.0.0.1:9"
"""


def test_file_of_somebody_else_is_not_moved(tmp_path: Path) -> None:
    """Exit code 2, one sentence that names it, and the file and its folder are as they were."""
    notes = tmp_path / "accounts.csv"
    notes.write_text("kept for years\n", "utf-8")
    (tmp_path / "site.toml").write_text(SETTINGS.format(notes), "utf-8")
    command = [sys.executable, "-m", "gateway", "run", "site.toml"]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60
    )

    assert (2, "kept for years\n") == (done.returncode, notes.read_text("utf-8"))
    assert f"{notes} is no store and was not touched" in done.stderr.splitlines()[-1]
    assert {"accounts.csv", "site.toml"} == {one.name for one in tmp_path.iterdir()}


@pytest.mark.parametrize(
    ("name", "body", "locked", "foreign"),
    [
        ("gateway.db", b"damaged head", False, False),
        ("store", b"damaged head", True, False),
        ("store", b"SQLite format 3\0...", False, False),
        ("store", b"", False, False),
        ("store", b"somebody's text", False, True),
    ],
)
def test_damaged_store_is_still_a_store(tmp_path: Path, name: str, body: bytes, locked: bool, foreign: bool) -> None:
    """What was a store by its bytes, its name or its lock is mended; only a stranger's file is refused."""
    path = tmp_path / name
    path.write_bytes(body)
    if locked:
        (tmp_path / f"{name}.lock").touch()
    if foreign:
        with pytest.raises(ForeignFile):
            lock_store(path)
    else:
        lock_store(path).close()

    assert (body, foreign or (tmp_path / f"{name}.lock").exists()) == (path.read_bytes(), True)
