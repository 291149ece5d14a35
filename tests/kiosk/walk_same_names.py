"""Run by test_same_names.py in a process of its own: touches each of two rows of one name, prints what is read then."""

import json
import sys
from pathlib import Path
from typing import Any


def main(home: Path) -> None:
    """Draw, touch, print."""
    from golden import day, site
    from kiosk.io.surface import prepare

    prepare(home)
    import kiosk.app.window
    from doors.broker import BrokerSettings
    from kiosk import config

    kiosk.app.window.open_window(
        config.Settings(
            site=config.Site(id=site.SITE), broker=BrokerSettings(url="mqtt://localhost"),
            cache=config.Cache(path="k.sqlite"), screen=config.Screen(name="s", width=1280, height=800, px_per_mm=5.88),
        )
    )  # fmt: skip
    from dataclasses import replace

    import msgspec
    from kivy.base import runTouchApp, stopTouchApp
    from kivy.clock import Clock

    from contract.everyday import EventsDocument
    from kiosk.core.look.style import Style
    from kiosk.core.view import view
    from kiosk.io.texts import words
    from kiosk.screens.root import Root
    from kiosk.widgets.entries import EntryBox

    held, now = day.held(), site.now()

    def seen(first: str) -> Any:
        rows = [
            {"id": day, "title": {"sv": "Kaffe"}, "until": "2025-12-24", "starts": f"2025-11-{day}T14:00:00",
             "text": {"sv": "Välkommen."}} for day in (first, "26")
        ]  # fmt: skip
        documents = {**held.documents, "events": msgspec.convert({"events": rows}, EventsDocument)}
        return view(replace(held, documents=documents), now, words("sv"), site.SITE, False)

    root = Root(seen("21"), Style(5.88), lambda _: None)
    told: list[list[str]] = []

    def touch(number: int) -> None:
        boxes = [one for one in root.page.walk() if isinstance(one, EntryBox)]
        boxes[number].dispatch("on_release")
        told.append([one.text for one in root.page.told])

    def steps() -> Any:
        root.go("section-events")
        for number in (1, 0):
            yield from (None,) * 5
            touch(number)
            yield
            root.show(seen("22"))  # the other evening is moved while this one is read
            yield
            told.append([one.text for one in root.page.told])
            root.act("back")
            root.show(seen("21"))

    walk = steps()

    def step(_seconds: float) -> None:
        if next(walk, stop) is stop:
            stopTouchApp()

    stop = object()
    Clock.schedule_interval(step, 0)
    runTouchApp(root)
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
