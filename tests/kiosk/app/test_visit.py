"""The real screen, from the dark: who wakes it is told where they are; a new warning is heard once, before words."""

import json
import os
import subprocess
import sys
import wave
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve()
ROOT = HERE.parents[3]
SOUND = """
pcm.!default { type file slave.pcm quiet file "%s" format "wav" }
pcm.quiet { type null }
"""


def played(folder: Path, walk: str) -> dict[str, Any]:
    """What came of each step; the player is the real aplay on a device that is a file."""
    (folder / "asound.conf").write_text(SOUND % (folder / "heard.wav"), "utf-8")
    player = folder / "player"
    player.write_text(f'#!/bin/sh\necho tone >> {folder}/tones\nexec aplay "$@"\n', "utf-8")
    player.chmod(0o755)
    (folder / "kiosk.toml").write_text(
        '[site]\nid = "are-kall"\n[broker]\nurl = "mqtt://127.0.0.1:1"\n[cache]\npath = "k.sqlite"\n'
        f'[screen]\nname = "s"\nwidth = 800\nheight = 480\npx_per_mm = 5.25\nbacklight = "{folder}"\n'
        f'[speech]\nplayer = "{player}"\n',
        "utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(HERE.with_name("walk_visit.py")), str(folder), walk], cwd=folder,
        env=os.environ | {
            "PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "offscreen", "ALSA_CONFIG_PATH": str(folder / "asound.conf")
        },
        capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert (0, "") == (told["faults"], told["why"]), done.stderr
    return told | {"log": done.stderr}


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One visit with two warnings, then the same screen started again."""
    folder = tmp_path_factory.mktemp("visit")
    told = played(folder, "visit")
    with wave.open(str(folder / "heard.wav")) as sound:
        told["seconds"] = sound.getnframes() / sound.getframerate()
        told["loud"] = max(memoryview(sound.readframes(sound.getnframes())).cast("h"))
    return told | {"after a restart": played(folder, "again")["tones"]}


def test_who_wakes_the_screen_is_told_where_they_are(visit: dict[str, Any]) -> None:
    """By key and by finger it does no more than that; the button for reading aloud begins to read."""
    for how, hint in (("key", "knappen för uppläsning"), ("finger", "Läs upp nere på skärmen")):
        said, asleep, page, reading = visit[how]
        assert said.startswith("Servicepunkt Kall."), how
        assert hint in said, how
        assert (False, "home", False) == (asleep, page, reading), how
    assert [False, True] == [visit["button"][1], visit["button"][3]]
    assert "button" == visit["way"]
    assert "" == visit["silent after the next"]


def test_a_warning_is_heard_once_and_an_exercise_never(visit: dict[str, Any]) -> None:
    """One tone for each of two warnings; none for an exercise, the same answer again, or a start anew."""
    assert 0 == visit["exercise"]
    assert 2 == visit["tones"]
    assert 2 == visit["after a restart"]
    assert 0.5 < visit["seconds"] <= 2
    assert 5000 < visit["loud"] < 32_767


def test_a_warning_takes_the_place_of_the_question(visit: dict[str, Any]) -> None:
    """The question goes, no time-out hides the warning, and what the visitor had chosen is reset all the same."""
    assert [False, True] == visit["warned while asked"]
    assert ["crisis", False] == visit["time is up"]


def test_a_warning_ends_the_speech_sounds_and_is_read(visit: dict[str, Any]) -> None:
    """Never tone and voice at the same time."""
    assert "crisis" == visit["warned while read to"][0]
    assert not visit["both at once"]
    assert "a fault" not in visit["log"]
