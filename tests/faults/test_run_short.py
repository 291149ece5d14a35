"""The short form of `make faults`: a house of real programs, broken for half a minute, and a judge who can say no."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from faults.core.books import Row, Verdict, judge
from faults.core.settings import SITE
from faults.io.journal import at_centre

ROOT = Path(__file__).resolve().parents[2]
SCHEDULE = """
seed = 20
minutes = 0.4
screen = false
settle_s = 60

[[fault]]
name = "kill"
at_s = 3
program = "gateway"

[[fault]]
name = "freeze"
at_s = 5
for_s = 4
program = "central-broker"

[[fault]]
name = "garbage"
at_s = 7
for_s = 3

[[fault]]
name = "kill"
at_s = 8
program = "site-broker"

[[fault]]
name = "cut"
at_s = 10
for_s = 4
every_s = 2

[[fault]]
name = "kill"
at_s = 11
program = "kiosk-keeper"

[[fault]]
name = "certificate-expired"
at_s = 15
for_s = 3

[[fault]]
name = "kill"
at_s = 19
program = "gateway"

[[fault]]
name = "kill-storm"
at_s = 21
for_s = 2

[[fault]]
name = "slow"
at_s = 18
for_s = 2592000  # as long as the run, and no longer
"""


def faults(*arguments: str | Path, **more: object) -> subprocess.CompletedProcess[str]:
    """Run the harness to its end."""
    command = [sys.executable, "-m", "faults", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=115, **more)


def of_folder(pid_or_folder: Path) -> list[str]:
    """Command lines of processes that still know the run's folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = process.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if str(pid_or_folder) in line:
            found.append(line)
    return found


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """One run, and its folder."""
    folder = tmp_path_factory.mktemp("faults")
    (folder / "short.toml").write_text(SCHEDULE, "utf-8")
    return faults(folder / "short.toml", "--dir", folder / "run"), folder / "run"


def test_nothing_is_lost_in_the_short_form(played: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    """Every record that was committed lies at the centre, in order, and nothing old was shown as now."""
    got, _ = played
    line = json.loads(got.stdout.splitlines()[-1])

    assert 0 == got.returncode, got.stdout[-3000:] + got.stderr[-3000:]
    assert (20, 0, 0, 0) == tuple(line[name] for name in ("seed", "lost", "reordered", "stale_shown_fresh"))
    assert 9 < line["faults"], "each kill of a storm is a fault"
    assert re.search(r"owner's page asked \d\d+ times, fresh [1-9]", got.stdout), "the site's own page is watched, too"
    assert re.search(r" orders \([1-9]\d* of them at the site\)", got.stdout)
    assert "idle_mb_per_month is not measured: " in got.stdout
    assert line["idle_mb_per_month"] is None
    assert 20 < line["records"] == line["at_centre"]
    assert line["duplicates_ignored"] is not None


def test_run_leaves_no_process_behind(played: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    """When the last line is printed, everything has ended."""
    assert [] == of_folder(played[1])


@pytest.mark.parametrize(
    ("mutant", "lost", "reordered"),
    [
        ("delete from records where number = (select max(number) - 3 from records)", 1, 0),
        ("update records set body = '{\"x\": 1}' where number = (select max(number) - 5 from records)", 1, 0),
        ("update records set number = number + 100000 where number = (select min(number) from records)", 0, 1),
    ],
)
def test_mutated_centre_is_found_out(
    played: tuple[subprocess.CompletedProcess[str], Path], tmp_path: Path, mutant: str, lost: int, reordered: int
) -> None:
    """A row taken away, changed or moved in the very store of that run, and the judge says so."""
    folder = played[1]
    copy = tmp_path / "dashboard.db"
    with sqlite3.connect(folder / "kept/dashboard.db") as db, sqlite3.connect(copy) as other:
        db.backup(other)
    whole = at_centre(copy, SITE)
    before = verdict(folder, whole, copy)
    with sqlite3.connect(copy) as db:
        db.execute(mutant)
    after = verdict(folder, whole, copy)

    assert (0, 0) == (before.lost, before.reordered), before.sentences
    assert (lost, reordered) == (after.lost, after.reordered), after.sentences


def verdict(folder: Path, whole: list[Row], centre: Path) -> Verdict:
    """The books again, from the journal that the run has left and what the centre had before anybody touched it."""
    digests, seen = {}, {}
    for line in (folder / "journal.jsonl").read_text("utf-8").splitlines():
        run, stream, seq, mark = json.loads(line)
        digests[run, stream, seq] = mark
    for run, stream, seq in digests:
        if any((row.run, row.stream) == (run, stream) and row.seq >= seq for row in whole):
            seen[run, stream] = max(seen.get((run, stream), 0), seq)
    return judge(seen, digests, at_centre(centre, SITE))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    """Stopped in the middle: every process ends, nothing is judged, and the exit code says so."""
    (tmp_path / "short.toml").write_text(SCHEDULE, "utf-8")
    command = [sys.executable, "-m", "faults", str(tmp_path / "short.toml"), "--dir", str(tmp_path / "run")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        until = time.monotonic() + 60
        while time.monotonic() < until and not any("sotpunkt" in one or "-m gateway" in one for one in
                                                   of_folder(tmp_path / "run" / "settings")):  # fmt: skip
            time.sleep(0.1)
        assert of_folder(tmp_path / "run" / "settings")
        process.send_signal(number)
        _, said = process.communicate(timeout=55)

    assert 130 == process.returncode
    assert "nothing was judged" in said
    assert [] == of_folder(tmp_path / "run")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.toml"], "none.toml: No such file or directory"),
        (["bad.toml"], "bad.toml, line 2: there is no fault 'kil'; did you mean 'kill'?"),
        (["bad.toml", "--seed", "3"], "a schedule file says its own seed and minutes"),
        (["--minutes", "0"], "'0' is not a number of minutes from 0.2"),
        (["--seed", "-1"], "'-1' is not a whole number from 0"),
    ],
)
def test_bad_call_starts_nothing(tmp_path: Path, arguments: list[str], said: str) -> None:
    """One sentence, exit code 2, no folder, no process."""
    (tmp_path / "bad.toml").write_text('seed = 1\n[[fault]]\nname = "kil"\nat_s = 1\n', "utf-8")
    command = [sys.executable, "-m", "faults", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    got = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, env=environment)

    assert 2 == got.returncode
    assert said in got.stderr
    assert "Traceback" not in got.stderr
    assert ["bad.toml"] == [path.name for path in tmp_path.iterdir()]
