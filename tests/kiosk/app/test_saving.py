"""The real screen saves power, with a folder that looks like the kernel's backlight: dark, woken, the first touch; and
what it proves of messages meanwhile."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import json, msgspec, socket, sys, time
from pathlib import Path
from kiosk.io.surface import prepare
folder = Path(sys.argv[1])
prepare(folder / "kivy")
from kiosk import config
settings = config.load(folder / "kiosk.toml")
import kiosk.app.window
from bench.kiosk_house import bulletin, held
from contract.words import Power, Status
from doors.clock import Clock
from kiosk.app.screen import Screen
from kivy.base import EventLoop
from kivy.clock import Clock as Frames
kiosk.app.window.open_window(settings)
# a clock that stands still: no minute turns on the page, however long the machine takes
still = Clock.parse("rate=0.0001,wall_ms=1766228400000,up_ms=40000000,boot=still", allowed=True)
screen = Screen(settings, still, shots=None, seconds=None)
now = [held("are-kall", Power.DEAD, 0)]
screen._cache.held = lambda boot: now[0]
light = lambda: (folder / "light/panel/bl_power").read_text()[0]
told = {}

def alone():
    screen.visitor.touched_s -= 10_000
    screen.lasting.saving._alert_s = None

def press():
    from kiosk.widgets.panel import Touch
    doors = [one for one in screen.root.page.walk() if isinstance(one, Touch)]
    x, y = doors[0].to_window(*doors[0].center)
    for what in ("on_mouse_down", "on_mouse_up"):
        EventLoop.window.dispatch(what, x, EventLoop.window.height - y, "left", [])

def knock(*bulletins):
    now[0] = held("are-kall", Power.DEAD, 0, bulletins)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
        one.sendto(b"new", str(settings.wake_path))

def warn():
    told["begun"] = time.process_time(), Frames.frames
    knock(bulletin("are-kall", 0))

def trial():
    one = bulletin("are-kall", 7)
    return msgspec.structs.replace(one, bulletin=msgspec.structs.replace(one.bulletin, status=Status.TEST))

def noted():
    lines = [json.loads(line) for line in settings.drawn_path.read_text().splitlines()]
    return [(one["serial"], one["first_frame"] is not None, one["why_not"]) for one in lines]

def steps():
    told["start"] = light()
    alone()
    while light() != "4":
        yield
    told["dark_fps"] = screen.lasting._pace.fps
    yield
    flips = []
    EventLoop.window.bind(on_flip=lambda *_: flips.append(1))
    for _ in range(6):
        yield
    told["idle_frames"] = len(flips)
    knock(trial())
    while not settings.drawn_path.exists() or not noted():
        yield
    for _ in range(4):
        yield
    told["noted_in_the_dark"] = noted(), light()
    press()
    while light() != "0":
        yield
    while len(noted()) < 2:
        yield
    told["noted_in_the_light"] = noted()
    knock()
    while screen.root.view.alerts:
        yield
    for _ in range(4):
        yield
    told["after_first_touch"] = screen.root.page_name
    press()
    while screen.root.page_name == "home":
        yield
    told["after_second_touch"] = screen.root.page_name
    screen.root.go("home")
    alone()
    while light() != "4":
        yield
    Frames.schedule_once(lambda _: warn(), 0)
    while light() != "0":
        yield
    cpu_s, rounds = told.pop("begun")
    told["woke_rounds"], told["woke_cpu_ms"] = Frames.frames - rounds, 1000 * (time.process_time() - cpu_s)
    told["warned"] = screen.root.page_name
    now[0] = held("are-kall", Power.DEAD, 0)
    while screen.root.view.alerts:
        yield
    alone()
    while light() != "4":
        yield

run = steps()
def step(_):
    if next(run, run) is run:
        screen._stopping = True
Frames.schedule_interval(step, 0)
Frames.schedule_once(lambda _: setattr(screen, "_stopping", True), 90)
kiosk.app.window.KioskApp(screen).run()
screen.close()
print(json.dumps({**told, "end": light(), "faults": screen.lasting.safe.faults, "why": screen.lasting.safe.last}))
"""


def test_a_dark_panel_wakes_for_a_touch_that_does_no_more_and_for_a_warning(tmp_path: Path) -> None:
    """Low power, nobody there: three rounds a second and no light. At its end the program leaves the panel lit."""
    panel = tmp_path / "light" / "panel"
    panel.mkdir(parents=True)
    for name, text in (("max_brightness", "100\n"), ("brightness", "1\n"), ("bl_power", "4\n")):
        (panel / name).write_text(text, "ascii")
    (tmp_path / "kiosk.toml").write_text(
        '[site]\nid = "are-kall"\n[broker]\nurl = "mqtt://127.0.0.1:1"\n[cache]\npath = "k.sqlite"\n'
        '[screen]\nname = "s"\nwidth = 800\nheight = 480\npx_per_mm = 5.25\nbacklight = "light"\n',
        "utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "offscreen"},
        capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])

    assert (0, "") == (told["faults"], told["why"])
    assert ("0", "0") == (told["start"], told["end"])
    assert 3 == told["dark_fps"]
    assert 0 == told["idle_frames"]  # nothing has changed, so nothing is drawn
    dark = [8, False, "asleep_saving"]  # a test of the municipality wakes no screen
    assert [[dark], "4"] == told["noted_in_the_dark"]
    assert [dark, [8, True, ""]] == told["noted_in_the_light"][:2]
    assert "home" == told["after_first_touch"]
    assert "home" != told["after_second_touch"]
    assert "crisis" == told["warned"]
    # in the round that the knock began, whatever this machine is busy with; the step that looks may see it one later
    assert told["woke_rounds"] <= 2, told
