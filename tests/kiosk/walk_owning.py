"""Run by test_owning.py in a process of its own: real pages, a real clock of frames, and who owns the screen, as JSON.

A visitor stands at a page, messages come, are read, change and end; then every kind of message is looked at as it is
drawn: role, shape, words and stripes.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any


def where(root: Any) -> dict[str, Any]:
    """What is on the screen."""
    shown = getattr(root.page, "shown", None)
    return {
        "page": root.page_name, "taken": root.taken, "asking": root.asking, "headline": shown.headline if shown else "",
        "proven": [list(one.key) for one in root.drawn_alerts()], "stamps": list(root.frame.stamps),
    }  # fmt: skip


def look(root: Any) -> dict[str, Any]:
    """Everything drawn that tells a level or that it is not for real: (class, role, shape), words, stripes."""
    from kiosk.widgets.frame import StripedEdge
    from kiosk.widgets.panel import Panel
    from kiosk.widgets.symbol import Symbol
    from kiosk.widgets.text import FitLabel

    found: dict[str, Any] = {"panels": [], "symbols": [], "words": [], "edges": 0, "frame": bool(root.frame.stamps)}
    for widget in root.walk(restrict=True):
        if not widget.opacity or widget.height <= 1:
            continue
        if isinstance(widget, Panel):
            found["panels"].append(str(widget.role))
        elif isinstance(widget, Symbol) and widget.width > 1:
            found["symbols"].append(widget.shape)
        elif isinstance(widget, FitLabel):
            found["words"].append(widget.text)
        elif isinstance(widget, StripedEdge) and widget.width > 1:
            found["edges"] += 1
    return found


def scenes(root: Any, views: dict[str, Any], told: dict[str, Any]) -> Iterator[None]:
    """One after the other; a few frames between."""
    from kiosk.app.owning import Owning

    woken: list[int] = []
    owning = Owning(wake=lambda: woken.append(1))
    owning.was_read = lambda one: told.setdefault("read", []).append(one.headline)
    root.read, root.left = (lambda: owning.read(root)), (lambda: owning.left(root))
    calm, vma = views["ended"], views["vma"]

    def show(view: Any) -> None:
        root.show(view)
        owning.look(root)

    root.restyle(root.style, calm)
    owning.look(root)
    root.go("power")
    root.ask(True)
    show(vma)
    yield from (None for _ in range(4))
    told["taken"] = where(root) | {"woken": len(woken)}
    root.act("read")
    told["after one is read"] = where(root)
    root.act("read")
    yield from (None for _ in range(4))
    told["all read"] = where(root)
    show(replace(vma, clock="tor 12:01"))
    told["the same again"] = where(root)
    changed = replace(vma.alerts[0], serial=vma.alerts[0].serial + 1, gist="another", headline="Röken har nått Kall")
    show(replace(vma, alerts=(changed, *vma.alerts[1:])))
    told["an update"] = where(root)
    root.go("advice")
    told["went on"] = where(root)
    root.act("back")
    told["and back"] = where(root)
    show(calm)
    told["all over"] = where(root)
    show(views["unsure"])
    told["unsure"] = where(root)
    show(calm)
    show(views["practice"])
    told["practice takes"] = where(root)
    fresh = replace(vma.alerts[0], serial=vma.alerts[0].serial + 9, gist="a third", headline="Giftig rök i Kall")
    show(replace(views["practice"], alerts=(fresh, *views["practice"].alerts)))
    told["real before practice"] = where(root)


def pictures(root: Any, views: dict[str, Any], told: dict[str, Any], folder: Path) -> Iterator[None]:
    """Pictures of all pages are being taken when a warning comes, and while it holds the screen."""
    from kiosk.app.owning import Owning
    from kiosk.app.shots import Shots

    owning, shots = Owning(), Shots(folder, print)
    root.read, root.left = (lambda: owning.read(root)), (lambda: owning.left(root))
    root.give_back()
    root.turn_to("home")
    root.restyle(root.style, views["ended"])
    owning.look(root)
    root.pages = lambda: ["home", "power", "crisis", "glance"]
    for name in ("amid", "held"):
        shots.begin(root)
        yield
        root.show(views["vma"])
        owning.look(root)
        for _ in range(100):
            if not shots.busy:
                break
            yield
        told[f"pictures {name}"] = where(root) | {"busy": shots.busy}
    del root.pages
    root.act("read")


def looks(root: Any, views: dict[str, Any], told: dict[str, Any]) -> Iterator[None]:
    """Each kind of message on each page where it stands."""
    for name in ("yellow", "orange", "red", "vma", "practice", "trial", "simulated"):
        for page in ("crisis", "home", "important"):
            root.page_name = "home"
            root.restyle(root.style, views[name])
            root.turn_to(page)
            yield from (None for _ in range(4))
            told[f"{name} {page}"] = look(root)


def main(home: Path) -> None:
    """Play all and print."""
    from kiosk.io.surface import prepare

    prepare(home)
    import kiosk.app.window
    from doors.broker import BrokerSettings
    from golden.site import SITE
    from golden.states import states
    from kiosk import config

    kiosk.app.window.open_window(
        config.Settings(
            site=config.Site(id=SITE), broker=BrokerSettings(url="mqtt://localhost"),
            cache=config.Cache(path="k.sqlite"), screen=config.Screen(name="s"),
        )
    )  # fmt: skip
    from kivy.base import runTouchApp, stopTouchApp
    from kivy.clock import Clock

    from kiosk.core.look.style import Style
    from kiosk.io.advice import library
    from kiosk.io.texts import words
    from kiosk.screens.root import Root

    views = {name: state.seen(words("sv")) for name, state in states().items()}
    root = Root(views["ended"], Style(5.88), lambda _: None, library=library())
    told: dict[str, Any] = {}

    def all_of_it() -> Iterator[None]:
        yield from scenes(root, views, told)
        yield from pictures(root, views, told, home / "pictures")
        yield from looks(root, views, told)

    steps, stop = all_of_it(), object()

    def step(_seconds: float) -> None:
        if next(steps, stop) is stop:
            stopTouchApp()

    Clock.schedule_interval(step, 0)
    runTouchApp(root)
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
