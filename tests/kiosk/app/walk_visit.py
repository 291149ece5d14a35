"""Run by test_visit.py in a process of its own: the real screen is woken, asked, spoken to and warned.

Arguments: a folder with kiosk.toml, "visit" or "again". The voice is the real espeak-ng that plays into a pipe which
nobody reads, so that it is always in the middle of a sentence; the tone is played by the player of the settings.
Prints as JSON what came of each step.
"""

import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

KEYS = {"tab": 9, "f1": 282}
MOST_ROUNDS = 2000
LONGEST_S = 90


class House:
    """The screen, what the cache holds for it, and whoever stands before it."""

    def __init__(self, screen: Any, folder: Path) -> None:
        self.screen, self.folder = screen, folder
        self.now: Any = None
        screen._cache.held = lambda _boot: self.now
        self.hold()
        self.both_at_once = False

    def hold(self, *bulletins: Any) -> None:
        """The cache holds these messages; the keeper knocks."""
        from bench.kiosk_house import held
        from contract.words import Power

        self.now = held("are-kall", Power.DEAD, 0, bulletins)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
            one.sendto(b"new", str(self.folder / "wake.sock"))

    def until(self, happened: Any) -> Iterator[None]:
        """Rounds of the loop until it is so."""
        for _ in range(MOST_ROUNDS):
            self.both_at_once |= self.screen.visitor._tone.sounding and bool(self.voice._running)
            if happened():
                return
            yield
        raise AssertionError("it never came to that")

    @property
    def voice(self) -> Any:
        """The voice itself."""
        return self.screen.visitor.listening.voice

    @property
    def said(self) -> str:
        """All that is being said, or about to be."""
        return " ".join(one.text for one in self.voice._rows) if self.voice.speaking else ""

    @property
    def tones(self) -> int:
        """How often the player was started."""
        log = self.folder / "tones"
        return len(log.read_text("ascii").splitlines()) if log.exists() else 0

    def alone(self, for_s: float) -> None:
        """Nobody has touched anything for so long."""
        self.screen.visitor.touched_s -= for_s
        self.screen.lasting.saving._alert_s = None

    def dark(self) -> Iterator[None]:
        """Nobody is there, and the panel goes dark."""
        self.screen.visitor.listening.end()
        self.alone(10_000)
        yield from self.until(self.screen.lasting.saving.asleep)

    def key(self, name: str) -> None:
        """One press."""
        from kivy.base import EventLoop

        EventLoop.window.dispatch("on_key_down", KEYS[name], 0, None, [])
        EventLoop.window.dispatch("on_key_up", KEYS[name], 0)

    def touch(self) -> None:
        """A finger on the first door of the page."""
        from kivy.base import EventLoop

        from kiosk.widgets.panel import Touch

        door = next(one for one in self.screen.root.page.walk() if isinstance(one, Touch))
        x, y = door.to_window(*door.center)
        for what in ("on_mouse_down", "on_mouse_up"):
            EventLoop.window.dispatch(what, x, EventLoop.window.height - y, "left", [])


def visit(house: House, told: dict[str, Any]) -> Iterator[None]:
    """Woken three ways; an exercise; a warning while the question stands; another while the page is read."""
    from bench.kiosk_house import bulletin
    from contract.words import Status

    screen, visitor = house.screen, house.screen.visitor
    for how, act in (("key", lambda: house.key("tab")), ("finger", house.touch), ("button", lambda: house.key("f1"))):
        yield from house.dark()
        act()
        yield from (None, None)
        told[how] = [house.said, screen.lasting.saving.asleep(), screen.root.page_name, visitor.listening.on]
    told["way"] = visitor.hands.way
    yield from house.until(lambda: any(getattr(one, "text", "").startswith("Tryck kort") for one in screen.root.walk()))
    yield from house.dark()
    for _ in range(2):
        house.touch()
        yield from (None, None)
    told["silent after the next"] = house.said
    screen.root.go("home")
    yield

    practice = bulletin("are-kall", 7)
    practice = msgspec.structs.replace(
        practice, bulletin=msgspec.structs.replace(practice.bulletin, status=Status.EXERCISE)
    )
    house.hold(practice)
    yield from house.until(lambda: screen.root.page_name == "crisis")
    told["exercise"] = house.tones
    house.hold()
    yield from house.until(lambda: not screen.root.view.alerts)

    visitor.chosen("larger")
    house.alone(visitor.limit_s - 15)
    yield from house.until(lambda: screen.root.asking)
    house.hold(bulletin("are-kall", 0))
    yield from house.until(lambda: screen.root.page_name == "crisis" and house.tones == 1)
    told["warned while asked"] = [screen.root.asking, visitor.style.larger]
    house.alone(10_000)
    yield from house.until(lambda: not visitor.style.larger)
    told["time is up"] = [screen.root.page_name, screen.root.asking]
    house.hold(bulletin("are-kall", 0))  # asked again, the same answer
    yield from house.until(lambda: not visitor._tone.sounding)
    screen.root.read()

    house.key("f1")
    yield from house.until(lambda: house.voice.speaking)
    house.hold(bulletin("are-kall", 1), bulletin("are-kall", 0))
    yield from house.until(lambda: house.tones == 2)
    yield from house.until(lambda: screen.root.page_name == "crisis" and "Koka vattnet" in house.said)
    told["warned while read to"] = [screen.root.page_name, visitor._tone.sounding, "1" in house.said]
    yield from house.until(lambda: bool(house.voice._running))
    told["both at once"], told["tones"] = house.both_at_once, house.tones
    told["opened"] = visitor.opened.taken()


def again(house: House, told: dict[str, Any]) -> Iterator[None]:
    """A screen that starts while the same warning is in force."""
    from bench.kiosk_house import bulletin

    house.hold(bulletin("are-kall", 1), bulletin("are-kall", 0))
    yield from house.until(lambda: bool(house.screen.root.view.alerts))
    for _ in range(20):
        yield
    told["tones"] = house.tones


def main(folder: Path, walk: Any) -> None:
    """The screen as it is, but for the cache."""
    from kiosk.io.surface import prepare

    prepare(folder / "kivy")
    from kiosk import config

    settings = config.load(folder / "kiosk.toml")
    import kiosk.app.window
    from doors.clock import Clock
    from kiosk.app.screen import Screen

    kiosk.app.window.open_window(settings)
    from kivy.clock import Clock as Frames

    screen = Screen(settings, Clock(), shots=None, seconds=None)
    screen.visitor.listening.voice._aside = ("--stdout",)
    screen.visitor.listening.voice._output = os.pipe()[1]
    told: dict[str, Any] = {}
    run = walk(House(screen, folder), told)

    def step(_seconds: float) -> None:
        if next(run, run) is run:
            screen._stopping = True

    Frames.schedule_interval(step, 0)
    Frames.schedule_once(lambda _: setattr(screen, "_stopping", True), LONGEST_S)
    kiosk.app.window.KioskApp(screen).run()
    screen.close()
    told |= {"faults": screen.lasting.safe.faults, "why": screen.lasting.safe.last}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), {"visit": visit, "again": again}[sys.argv[2]])
