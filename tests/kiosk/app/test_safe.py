"""A screen whose parts break goes on: a page that cannot break, then everything anew; told to the gateway."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import json, sys, time
from pathlib import Path
from kiosk.io.surface import prepare
folder, breaks = Path(sys.argv[1]), json.loads(sys.argv[2])
prepare(folder / "kivy")
from kiosk import config
settings = config.load(folder / "kiosk.toml")
import kiosk.app.window, kiosk.app.safe
from doors.clock import Clock
from kiosk.app.screen import Screen
from kiosk.app.safe import SafePage
from kivy.clock import Clock as Frames
kiosk.app.safe.STANDS_S = (0.3, 0.3, 0.3)
kiosk.app.window.open_window(settings)
screen = Screen(settings, Clock(), shots=None, seconds=None)
own, seen, left = screen._view, [], [breaks["times"]]

def view():
    if left[0] > 0 and (breaks["at_start"] or seen):
        left[0] -= 1
        raise ValueError("a made fault")
    return own()

screen._view = view

def look(_):
    from kivy.base import EventLoop
    page = EventLoop.window.children[0]
    texts = [child.text for child in page.children] if isinstance(page, SafePage) else ["the screen"]
    if not seen or seen[-1] != texts:
        seen.append(texts)
    if len(seen) > 1 and texts == ["the screen"] and not left[0]:
        screen.lasting.again = False
        screen._stopping = True

Frames.schedule_interval(look, 0.05)
Frames.schedule_once(lambda _: setattr(screen, "_stopping", True), 80)
kiosk.app.window.KioskApp(screen).run()
trouble = screen.lasting.safe.faults
screen.close()
print(json.dumps({"seen": seen, "faults": trouble, "again": screen.lasting.again}))
"""


def played(folder: Path, **breaks: Any) -> dict[str, Any]:
    """What was on the window, one after the other, while the view broke so often."""
    (folder / "kiosk.toml").write_text(
        '[site]\nid = "are-kall"\n[broker]\nurl = "mqtt://127.0.0.1:1"\n[cache]\npath = "k.sqlite"\n'
        f'[screen]\nname = "s"\nwidth = 800\nheight = 480\npx_per_mm = 5.25\nbacklight = "{folder}"\n',
        "utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), json.dumps(breaks)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "offscreen"},
        capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    return {**json.loads(done.stdout.splitlines()[-1]), "log": done.stderr}


@pytest.mark.parametrize("at_start", [True, False])
def test_a_fault_leads_to_a_page_with_the_numbers_and_back(tmp_path: Path, at_start: bool) -> None:
    """At the very start and in the middle; each is counted and stands in the log with its place."""
    told = played(tmp_path, times=2, at_start=at_start)
    safe = next(one for one in told["seen"] if one != ["the screen"])

    assert 2 == told["faults"]
    assert {"112 – nödläge", "113 13 – frågor i en kris", "1177 – sjukvård"} <= set(safe)
    assert any("Skärmen startar om" in line for line in safe)
    assert ["the screen"] == told["seen"][-1]
    assert "a made fault" in told["log"]
    assert not told["again"]


def test_faults_that_new_widgets_do_not_mend_start_the_program_anew(tmp_path: Path) -> None:
    """Three are tried with new widgets; at the fourth the program asks to be started again."""
    told = played(tmp_path, times=100, at_start=True)

    assert (4, True) == (told["faults"], told["again"])
