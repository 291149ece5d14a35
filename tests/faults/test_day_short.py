"""The short form of `make day`: three hours of warnings before a real kiosk in half a minute, with faults, judged."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def running(folder: Path) -> list[str]:
    """Command lines of processes that still know the run's folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = process.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found


@pytest.mark.timeout(170)
def test_every_minute_of_a_short_day_is_right(tmp_path: Path) -> None:
    """Keeper, screen and broker are killed, feeds misbehave, the box loses power and clock: no minute is wrong."""
    command = [sys.executable, "-m", "faults.day", "--short", "--seed", "2", "--dir", str(tmp_path / "run")]
    got = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=160)
    line = json.loads(got.stdout.splitlines()[-1])

    assert 0 == got.returncode, got.stdout[-3000:] + got.stderr[-6000:]
    assert (2, 0, 0) == (line["seed"], line["wrong"], line["ended_by_themselves"])
    assert 8 < line["faults"]
    assert 60 < line["judged"]
    assert 20 < min(line["answers"]["vma"], line["answers"]["municipality"]) + line["answers"]["smhi"]
    assert [] == running(tmp_path / "run")


def test_interrupted_day_leaves_nothing_behind(tmp_path: Path) -> None:
    """Stopped in the middle: every process ends, nothing is judged, and the exit code says so."""
    run = tmp_path / "run"
    command = [sys.executable, "-m", "faults.day", "--short", "--calm", "--dir", str(run)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        until = time.monotonic() + 60
        while time.monotonic() < until and not any("-m kiosk" in one for one in running(run)):
            time.sleep(0.1)
        assert any("-m kiosk" in one for one in running(run))
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=55)

    assert 130 == process.returncode, said
    assert "nothing was judged" in said
    assert [] == running(run)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--seed", "-1"], 2, "'-1' is not a whole number from 0"),
        (["--again", "none"], 1, "none/record.json"),
    ],
)
def test_bad_call_of_a_day_starts_nothing(tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    """One sentence, no folder, no process."""
    command = [sys.executable, "-m", "faults.day", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    got = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, env=environment)

    assert code == got.returncode
    assert said in got.stderr
    assert "Traceback" not in got.stderr
    assert [] == list(tmp_path.iterdir())
