"""The screen as a real process, drawing offscreen: pictures of its pages, in calm, in trouble and after a kill."""

import json
import signal
import struct
import subprocess
import time
import zlib
from pathlib import Path
from typing import Any

import pytest

from contract.words import Power
from kiosk.core.look.theme import LIGHT, Role
from kiosk.io.cache import CacheReader

pytestmark = pytest.mark.timeout(300)  # a round of pictures of all pages is seconds of work for the processor
SMALL = {"width": 800, "height": 480, "px_per_mm": 5.25}
"""A panel of 7 inches: a picture of every page costs a third of what it costs on the usual one."""
ASK_AGAIN_S = 4.0
"""A round of pictures of all pages takes about so long."""
STATE = 3000
"""Of the pixels that are looked at, more than this many have the ground of the state on the first page."""


def pixels(file: Path) -> tuple[int, int, dict[str, int]]:
    """Width, height and how many pixels of each colour a PNG of 8 bits RGB has (read after the PNG standard)."""
    data, place, packed = file.read_bytes(), 8, b""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
        elif kind == b"IDAT":
            packed += body
        place += 12 + length
    assert (depth, colour) in ((8, 2), (8, 6))
    return width, height, _colours(zlib.decompress(packed), width, height, 3 if colour == 2 else 4)


def _colours(raw: bytes, width: int, height: int, depth: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    stride, above = width * depth, bytearray(width * depth)
    for row in range(height):
        start = row * (stride + 1)
        line = _unfilter(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), above, depth)
        if row % 4 == 0:
            for x in range(0, stride, depth * 4):
                name = "#" + line[x : x + 3].hex().upper()
                counts[name] = counts.get(name, 0) + 1
        above = line
    return counts


def _unfilter(kind: int, line: bytearray, above: bytearray, depth: int) -> bytearray:
    for x in range(len(line)):
        left = line[x - depth] if x >= depth else 0
        corner = above[x - depth] if x >= depth else 0
        if kind == 1:
            line[x] = line[x] + left & 255
        elif kind == 2:
            line[x] = line[x] + above[x] & 255
        elif kind == 3:
            line[x] = line[x] + (left + above[x]) // 2 & 255
        elif kind == 4:
            guess = left + above[x] - corner
            near = min(
                (abs(guess - left), 0, left), (abs(guess - above[x]), 1, above[x]), (abs(guess - corner), 2, corner)
            )
            line[x] = line[x] + near[2] & 255
        elif kind == 0:
            break
    return line


def ground(role: Role) -> str:
    """The colour of a role's ground on the light screen."""
    return LIGHT.roles[role].ground


def shown(kiosk: Any, house: Any, screen: Any, page: str, colour: str, least: int = 1000) -> dict[str, int]:
    """The colours of a page, once `colour` covers a good part of it; asks for new ones when the last were looked at."""
    file, seen, asked_s = kiosk.shots / f"kiosk-{page}.png", 0, 0.0

    def look() -> dict[str, int] | None:
        nonlocal seen, asked_s
        assert screen.poll() is None, kiosk.said("screen")
        there = file.stat().st_mtime_ns if file.exists() else 0
        if there != seen:
            seen, asked_s = there, 0.0
            found = pixels(file)[2]
            if found.get(colour, 0) >= least:
                return found
        if time.monotonic() - asked_s > ASK_AGAIN_S:  # a round ends early when a message takes the screen
            asked_s = time.monotonic()
            screen.send_signal(signal.SIGUSR1)
        return None

    return house.wait_until(look, 60)


def start_screen(kiosk: Any, house: Any) -> Any:
    """A screen that saves pictures, once it listens."""
    kiosk.write(**SMALL)
    screen = kiosk.start("screen", "--shots", str(kiosk.shots))
    house.wait_until((kiosk.shots / "kiosk-home.png").exists, 60)
    return screen


def test_life_of_a_screen(house: Any, kiosk: Any, gateway: Any) -> None:
    """Unknown at first, green on mains, amber on reserve, old after a restart without a broker, alive after kill -9."""
    screen = start_screen(kiosk, house)
    assert (800, 480) == pixels(kiosk.shots / "kiosk-home.png")[:2]
    shown(kiosk, house, screen, "home", ground(Role.UNKNOWN), STATE)

    keeper = kiosk.start("keeper")
    house.wait_until(lambda: "connected" in kiosk.said("keeper"))
    gateway.picture(period_s=60)
    colours = shown(kiosk, house, screen, "home", ground(Role.GOOD))
    assert colours.get(LIGHT.stripes.ground, 0) < 100

    kiosk.stop(keeper, signal.SIGKILL)
    kiosk.start("keeper")
    house.wait_until(lambda: kiosk.said("keeper").count("connected") >= 2)
    gateway.picture(Power.ON_RESERVE, period_s=60)
    shown(kiosk, house, screen, "power", ground(Role.RESERVE))
    last = gateway.picture(Power.ON_RESERVE, period_s=0.1, heartbeat_s=0.1)
    cache = CacheReader(kiosk.cache, house.SITE, False)
    house.wait_until(lambda: cache.held(gateway.clock.boot).picture.period_s == last.period_s)

    kiosk.stop(screen, signal.SIGKILL)
    for process in kiosk.processes:
        kiosk.stop(process, signal.SIGKILL)
    (kiosk.shots / "kiosk-home.png").unlink()
    screen = start_screen(kiosk, house)  # no keeper: nobody hears a broker
    first = pixels(kiosk.shots / "kiosk-home.png")[2]
    assert ground(Role.RESERVE) not in first
    assert STATE < first[ground(Role.UNKNOWN)]
    assert 0 == kiosk.stop(screen)
    assert "Traceback" not in kiosk.said("screen")


def test_message_takes_the_screen_and_is_answered(house: Any, kiosk: Any, gateway: Any) -> None:
    """A bulletin is drawn at once, its first frame comes back as a receipt, once, also after a restart."""
    kiosk.start("keeper")
    screen = start_screen(kiosk, house)
    gateway.picture()
    gateway.say(house.bulletin(at=gateway.now()))
    house.wait_until(lambda: gateway.heard, 60)
    receipt = json.loads(gateway.heard[0])
    assert ("b-1", "butiken", 1) == (receipt["bulletin"], receipt["screen"], receipt["number"])
    assert receipt["first_frame"] is not None
    shown(kiosk, house, screen, "crisis", ground(Role.BAD), 3000)
    shown(kiosk, house, screen, "home", ground(Role.BAD), 600)  # the banner

    kiosk.stop(screen, signal.SIGKILL)
    screen = kiosk.start("screen", "--shots", str(kiosk.shots), "--seconds", "1")
    assert 0 == screen.wait(100)
    assert 1 == len((kiosk.folder / "drawn.jsonl").read_text("utf-8").splitlines())


def test_an_update_is_answered_and_a_cancel_too(house: Any, kiosk: Any, gateway: Any) -> None:
    """Alert, update, cancel: three receipts in order, and the screen is calm again."""
    kiosk.start("keeper")
    screen = start_screen(kiosk, house)
    gateway.picture(period_s=60)
    steps = (("a", "alert", ()), ("b", "update", ("a",)), ("c", "cancel", ("b",)))
    for number, (name, kind, references) in enumerate(steps, 1):
        gateway.say(house.bulletin(name, number, at=gateway.now(), msg_type=kind, references=references))
        house.wait_until(lambda number=number: len(set(gateway.heard)) >= number, 60)
    receipts = [json.loads(payload) for payload in dict.fromkeys(gateway.heard)]

    assert [("a", 1), ("b", 2), ("c", 3)] == [(one["bulletin"], one["number"]) for one in receipts]
    assert all(one["first_frame"] for one in receipts)
    house.wait_until(lambda: ground(Role.BAD) not in shown(kiosk, house, screen, "home", ground(Role.GOOD)), 60)


def test_message_for_another_place_is_answered_with_why(house: Any, kiosk: Any, gateway: Any) -> None:
    """A message that another place was meant to see is never drawn, and the receipt says why."""
    kiosk.start("keeper")
    start_screen(kiosk, house)
    gateway.say(house.bulletin("x", 1, at=gateway.now(), sites=("krokom-rotviken",)))
    house.wait_until(lambda: gateway.heard, 60)

    receipt = json.loads(gateway.heard[0])
    assert (None, "elsewhere") == (receipt["first_frame"], receipt["why_not"])
    assert not (kiosk.shots / "kiosk-crisis.png").exists()


def test_simulation_is_framed_on_every_page(house: Any, kiosk: Any, broker_port: int) -> None:
    """A simulated site has stripes round every page, with nothing heard yet."""
    kiosk.simulated = True
    kiosk.write(**SMALL)
    screen = kiosk.start("screen", "--shots", str(kiosk.shots), "--seconds", "1")
    assert 0 == screen.wait(100), kiosk.said("screen")
    for page in ("home", "power", "important"):
        assert pixels(kiosk.shots / f"kiosk-{page}.png")[2][LIGHT.stripes.ground] > 700


def test_no_window_is_one_sentence(kiosk: Any) -> None:
    """Where nothing can be drawn, the program says so and ends."""
    answer = kiosk.call("screen", "--seconds", "1", SDL_VIDEODRIVER="x11", DISPLAY=":99")

    assert 1 == answer.returncode
    assert "no window could be made" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_run_starts_both_again(house: Any, kiosk: Any, gateway: Any) -> None:
    """Kill -9 of either child: both are there again in seconds; SIGTERM ends both."""
    run = kiosk.start("run", "--shots", str(kiosk.shots))

    def children() -> dict[str, int]:
        listed = subprocess.run(
            ["ps", "--ppid", str(run.pid), "-o", "pid=,args="], capture_output=True, text=True, timeout=10
        )
        rows = [line.split(None, 1) for line in listed.stdout.splitlines()]
        return {name: int(pid) for pid, args in rows for name in ("keeper", "screen") if f"kiosk {name}" in args}

    def both(gone: Any = ()) -> dict[str, int] | None:
        """Once both are there, and none of those that were killed still stands in the list."""
        now = children()
        return now if len(now) == 2 and not set(now.values()) & set(gone) else None

    first = house.wait_until(both, 60)
    house.wait_until((kiosk.shots / "kiosk-home.png").exists, 60)
    for pid in first.values():
        subprocess.run(["kill", "-9", str(pid)], check=True, timeout=10)
    again = house.wait_until(lambda: both(first.values()), 60)
    assert not set(first.values()) & set(again.values())
    gateway.picture(Power.DEAD, period_s=60)
    house.wait_until(lambda: kiosk.counts()["folded"] >= 1, 60)

    assert 0 == kiosk.stop(run)
    for pid in again.values():
        house.wait_until(lambda pid=pid: not Path(f"/proc/{pid}").exists())
