"""Run by test_hands.py in a process of its own: a visitor with keys, one button or a finger before a real window.

Prints as JSON what came of each step. The voice is the real espeak-ng that plays into a pipe which nobody reads, so
that it is always in the middle of a sentence. Arguments: a folder.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CODES = {"tab": 9, "enter": 13, "escape": 27, "up": 273, "f1": 282, "f2": 283, "f4": 285}


class Person:
    """Presses and touches, and looks at what came of it."""

    def __init__(self, window: Any, root: Any, visitor: Any) -> None:
        self.window, self.root, self.visitor = window, root, visitor

    def key(self, name: str, *, hold_s: float = 0.0) -> bool:
        """One press; did the program take it?"""
        from kivy.clock import Clock

        taken = self.window.dispatch("on_key_down", CODES[name], 0, None, [])
        if hold_s:
            self.visitor.hands._button = type(self.visitor.hands._button)(Clock.get_time() - hold_s)
        self.window.dispatch("on_key_up", CODES[name], 0)
        self.visitor.hands._button = type(self.visitor.hands._button)()  # as if some time had passed
        return bool(taken)

    def key_until(self, name: str, text: str) -> None:
        """Press until the ring is round what says this; once round the page is enough."""
        for _ in range(60):
            if self.at().startswith(text):
                return
            self.key(name)
        raise AssertionError(f"{name} never came to {text}")

    def at(self) -> str:
        """What the ring is round."""
        one = self.visitor.cursor.current(self.root)
        return one.item.text if one else ""

    def tap(self, text: str) -> bool:
        """Touch what says this; was the touch swallowed?"""
        one = next(one for one in self.visitor.cursor.everything(self.root) if one.item.text.startswith(text))
        x, y = one.widget.to_window(*one.widget.center)
        touch = type("Tap", (), {"pos": (x, y), "uid": 1})()
        return self.visitor.touched(self.root, touch)

    @property
    def voice(self) -> str:
        """What is being said."""
        voice = self.visitor.listening.voice
        return voice._rows[voice.place].text if voice.speaking else ""


def steps(person: Person, found: dict[str, Any]) -> Iterator[None]:
    """The whole visit; each yield is a frame, and a look of the screen's own clock."""
    root, visitor = person.root, person.visitor
    wait = (None,) * 8
    found["first"] = person.at()
    person.key("tab")
    found["next"] = person.at()
    person.key("up")
    person.key("up")
    found["previous"] = person.at()
    person.key("tab")
    found["home"] = root.page_name
    person.key_until("tab", "Telefon")
    person.key("enter")
    yield from wait
    found["chosen"], found["focus there"] = root.page_name, bool(person.at())
    found["escape taken"] = person.key("escape")
    yield from wait
    found["back"], found["focus again"] = root.page_name, person.at()

    person.key("f1")
    yield from wait
    found["reads"], found["ring reads"] = person.voice, person.at()
    person.key("f1")
    found["second press"] = person.at()
    before = person.voice
    person.key("f2")
    found["again"] = person.voice == before
    person.key("f4")
    found["louder"] = visitor.listening.level
    found["swallowed first"], found["told"] = person.tap("Telefon"), person.voice
    found["page after first touch"] = root.page_name
    found["swallowed second"] = person.tap("Telefon")
    found["silent"] = person.voice
    person.key_until("f1", "Råd")
    person.key("f1", hold_s=1.0)
    yield from wait
    found["held"], found["reads the new page"] = root.page_name, bool(person.voice)

    visitor.chosen("language:ar")
    yield from wait
    found["arabic"] = [visitor.language, root.page_name]
    visitor.chosen("larger")
    visitor.chosen("dark")
    yield from wait
    now_s = visitor.touched_s
    visitor.listening.hush()
    visitor.look(root, now_s + 155, False)
    found["not yet"] = root.asking
    visitor.look(root, now_s + 161, False)
    found["asks"], found["asks aloud"] = root.asking, bool(person.voice)
    found["asked things"] = [one.control for one in visitor.cursor.everything(root)]
    person.key("tab")
    found["answered"] = root.asking
    visitor.listening.hush()
    now_s = visitor.touched_s
    visitor.look(root, now_s + 165, False)
    visitor.listening.hush()
    visitor.look(root, now_s + 181, False)
    yield from wait
    found["reset"] = [
        visitor.language, visitor.style.larger, visitor.style.dark, visitor.listening.on, visitor.listening.level,
        root.page_name, person.at(), root.asking,
    ]  # fmt: skip

    person.key("f1")
    yield from wait
    visitor.look(root, visitor.touched_s, False)
    root.take(root.view.alerts[0].matter)
    yield from wait
    found["alert while reading"] = [root.page_name, person.voice, root.asking]
    visitor.close()
    found["end"] = person.voice


def main(home: Path) -> None:
    """Make a window, walk, print."""
    from kiosk.io.surface import prepare

    prepare(home)
    import kiosk.app.window
    from doors.broker import BrokerSettings
    from golden.site import SITE
    from golden.states import states
    from kiosk import config

    screen = config.Screen(name="s", width=1280, height=800, languages=("sv", "en", "ar"))
    settings = config.Settings(
        site=config.Site(id=SITE), broker=BrokerSettings(url="mqtt://localhost"),
        cache=config.Cache(path="k.sqlite"), screen=screen,
    )  # fmt: skip
    kiosk.app.window.open_window(settings)
    from kivy.base import EventLoop, runTouchApp, stopTouchApp
    from kivy.clock import Clock

    from kiosk.app.visitor import Visitor
    from kiosk.core.voice.loudness import Speech
    from kiosk.io.advice import library
    from kiosk.io.speech import Voice
    from kiosk.io.texts import words
    from kiosk.screens.root import Root

    state = states()["exercise"]
    said: list[str] = []
    visitor = Visitor(screen, lambda: root.restyle(visitor.style, seen()), say=said.append)
    visitor.listening.voice = Voice(Speech(), said.append, aside=("--stdout",), output=os.pipe()[1])

    def seen() -> Any:
        return state.seen(words(visitor.language))

    root = Root(seen(), visitor.style, visitor.choose, library=library())
    visitor.attach(EventLoop.window, root)
    found: dict[str, Any] = {}
    walk = steps(Person(EventLoop.window, root, visitor), found)
    stop = object()

    def step(_seconds: float) -> None:
        visitor.look(root, visitor.touched_s, False)
        if next(walk, stop) is stop:
            stopTouchApp()

    for _ in range(6):
        Clock.schedule_once(lambda _: None, 0)
    Clock.schedule_once(lambda _: Clock.schedule_interval(step, 0), 0.5)
    runTouchApp(root)
    sys.stdout.write(json.dumps(found | {"log": said}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
