"""Commands whose output nobody reads to the end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = [
    ("gateway", "profiles"), ("gateway", "check", "gateway/example.toml"),
    ("gateway", "judge", "gateway/stories/clean-outage.toml"),
    ("dashboard", "check", "dashboard/example.toml"), ("kiosk", "check", "kiosk/example.toml"),
    ("keys", "request", "are-kall", "--dir", "{0}/keys"),
    ("doctor", "--dir", "."),
]  # fmt: skip


def _run(command: tuple[str, ...], output: int, folder: Path, *options: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, *options, "-m", *(one.format(folder) for one in command)], cwd=ROOT,
        stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE,
        text=True, timeout=60, env={name: told for name, told in os.environ.items() if name != "PYTHONUNBUFFERED"},
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_reader_that_has_left_ends_a_command_quietly(tmp_path: Path, command: tuple[str, ...]) -> None:
    """`| head` closes the pipe: no word of it, no traceback, and not called done."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert (1, "") == _run(command, writing, tmp_path)
    finally:
        os.close(writing)


@pytest.mark.parametrize("command", COMMANDS[:2], ids=" ".join)
@pytest.mark.parametrize("options", [(), ("-u",)], ids=["buffered", "unbuffered"])
def test_output_that_takes_nothing_is_told_in_a_sentence(
    tmp_path: Path, command: tuple[str, ...], options: tuple[str, ...]
) -> None:
    """A full disk behind `>` is said once, whether it is seen at the first line or at the end."""
    with Path("/dev/full").open("wb") as full:
        code, said = _run(command, full.fileno(), tmp_path, *options)

    assert (1, 1) == (code, len(said.splitlines()))
    assert "No space left on device" in said
