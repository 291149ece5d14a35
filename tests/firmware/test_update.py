"""Updates on the real interpreter, on littlefs: the node always comes back with a working program."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.firmware.updates import DEAD, MICROPYTHON, ROOT, played, release, releases, sign

KEPT = ("aba", "abbba")
"""Slots that were started: the trial ended by its own crash, or after three starts."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Signed releases."""
    return releases(tmp_path_factory.mktemp("releases"))


def test_power_may_go_at_every_operation_of_the_flash(home: Path) -> None:
    """Update, trial and confirmation, cut before and in the middle of each erase and program, and again on the way."""
    found = played("update_cuts.py", home, 7)

    assert 0 == found["bricked"]
    assert 80 < found["power_cuts"] - found["cut_again"]
    assert 100 < found["cut_again"]


def test_worn_flash_still_starts_a_program(home: Path) -> None:
    """From whatever operation on the flash takes nothing any more: each start brings a whole program."""
    assert 40 < played("update_cuts.py", home, -1)["tried"]


def test_no_changed_byte_comes_in(home: Path) -> None:
    """Every byte of signature, manifest and files, on the way and on the flash."""
    manifest = (home / "v2/manifest.json").stat().st_size
    sizes = [path.stat().st_size for path in [*(home / "v2").rglob("*.py"), home / "v2/files.txt"]]
    files, some = sum(sizes), sum((size + 4) // 8 for size in sizes)
    expected = {"refused": 64 + manifest, "asked": 64 + manifest, "pieces": files, "flash": some}

    assert expected == played("update_flips.py", home)


def test_dead_program_is_left_and_never_tried_again(home: Path) -> None:
    """Crash, hang, no memory, no end: the one before comes back, refuses it, and takes the next good one."""
    found = played("update_lives.py", home, *DEAD)

    silent = ("hang", "hang-at-import", "ends", "leaves")
    assert {name: KEPT[name in silent] for name in DEAD} == {name: one["starts"] for name, one in found.items()}
    assert "ZeroDivisionError: divide by zero" == found["crash-at-import"]["crash"]


def test_confirmed_program_that_begins_to_crash_makes_way(home: Path) -> None:
    """After some crashes in a row the version before is tried; what is older than the newest confirmed stays out."""
    assert ["old", "running"] == played("update_lives.py", home, "crashing_later")["crashing_later"]["words"]


def test_each_refusal_has_its_word(home: Path) -> None:
    """Board, system, battery, key, signature, trial: one word each, and no byte is written."""
    expected = {
        "nothing": "manifest", "cut signature": "signature", "foreign key": "signature", "same": "running",
        "wrong board": "board", "old system": "system", "low battery": "battery", "battery not known": "battery",
        "another slot than the pointer's": "flash", "no key": "key", "battery fell meanwhile": "battery",
        "no battery at all": "", "on trial": "trial",
    }  # fmt: skip

    assert expected == played("update_lives.py", home, "refused")["refused"]


def test_full_flash_is_said_and_cleared(home: Path) -> None:
    """No room at the beginning or in the middle: a word, the old program runs on, and later it goes through."""
    assert ["space", "", "space", ""] == played("update_lives.py", home, "full")["full"]["words"]


def test_download_goes_on_where_it_stopped(home: Path) -> None:
    """A cut after every piece: none is fetched twice; pieces nobody asked for are not written."""
    found = played("update_lives.py", home, "resumed")["resumed"]

    assert found["least"] == found["pieces"]


def test_trial_that_cannot_be_counted_is_not_begun(home: Path) -> None:
    """The flash takes nothing any more: the old program runs, and touches no slot."""
    found = played("update_lives.py", home, "uncounted")["uncounted"]

    assert {"started": [["a", 0, 1]], "words": ["flash"]} == found


def test_whatever_stands_in_the_loaders_files_a_program_starts(home: Path) -> None:
    """Pointer and count empty, broken or lying; manifest or a whole slot gone."""
    assert 100 < played("update_lives.py", home, "scrawled")["scrawled"]["tried"]


def test_large_program_fits_beside_a_running_one(tmp_path: Path) -> None:
    """Sixty files while a third of a chip's heap is free: the update never needs a large piece of memory."""
    for version in (1, 2):
        folder = release(tmp_path, f"v{version}", 10 * version)
        for number in range(56):
            (folder / f"node/core/part_{number}.py").write_text(f"{'# ' + 'y' * 70}\n" * (number % 40 + 5), "utf-8")
        sign(folder, tmp_path / "key", 10 * version + 1, "unix=1.29")
    shutil.copytree(tmp_path / "v1", tmp_path / "board/a")
    (tmp_path / "board/start").mkdir()
    shutil.copy(tmp_path / "key/firmware.pub", tmp_path / "board/start")

    found = played("update_memory.py", tmp_path)

    assert 200 > (tmp_path / "v2/manifest.json").stat().st_size
    assert 5000 < (tmp_path / "v2/files.txt").stat().st_size
    assert {"word": "", "free_share_before": 33, "starved": "memory"} == found


def board_of(home: Path, app: str) -> Path:
    """A board's files as the cable puts them there, and what stands for its chip."""
    program = release(home, "program", 1, app)
    board = home / "board"
    shutil.copytree(program, board / "a")
    for name in ("main.py", "loader.py"):
        shutil.copy(ROOT / "firmware" / name, board)
    (board / "machine.py").write_text(CHIP, "utf-8")
    return board


CHIP = """
import sys

class WDT:
    def __init__(self, timeout):
        print("watchdog", timeout)

class Timer:
    ONE_SHOT = 0
    def __init__(self, number, mode, period, callback):
        if number < 0:
            raise ValueError("no such timer")
        print("timer", period)
        Timer.ring = callback

def reset():
    print("reset")
    sys.exit(7)
"""


def switched_on(board: Path) -> subprocess.CompletedProcess[str]:
    """One start of a board's `main.py`."""
    command = [str(MICROPYTHON), "-X", "heapsize=64wK", "main.py"]
    environment = os.environ | {"MICROPYPATH": f"{board}:.frozen"}
    return subprocess.run(command, cwd=board, env=environment, capture_output=True, text=True, timeout=60)


def test_board_starts_its_program_and_is_reset_at_its_end(tmp_path: Path) -> None:
    """`main.py` as the board runs it: slot, no trial, and a reset when the program ends."""
    board = board_of(tmp_path, "def main(root, slot, trial):\n    print(slot, trial)\n")

    answer = switched_on(board)

    assert (7, "a 0\nreset\n") == (answer.returncode, answer.stdout)
    assert ["pointer"] == [path.name for path in (board / "start").iterdir()]


def test_trial_is_watched_from_outside(tmp_path: Path) -> None:
    """Before a program on trial is read the watchdog runs, and a clock that resets the board if it is not confirmed."""
    app = "import machine\n\n\ndef main(root, slot, trial):\n    machine.Timer.ring(0)\n    print('never')\n"
    board = board_of(tmp_path, app)
    shutil.copytree(board / "a", board / "b")
    (board / "start").mkdir()
    pointer = '{"v":1,"turn":4,"slot":"b","trial":1,"failed":"","good":[]}'
    (board / "start/pointer").write_text(pointer, "utf-8")

    answer = switched_on(board)

    assert ["watchdog 8000", "timer 2100000", "reset"] == answer.stdout.splitlines()[:3]
    assert "4 1" == (board / "start/count").read_text("utf-8")
