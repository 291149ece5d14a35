"""Run by test_largest.py in a process of its own: goes through whole pages in the largest text, one thing at a time.

Arguments: width, height, pixels per millimetre, a folder, and optionally a folder for pictures. Prints as JSON by page:
what the page says, what was shown of it, letters that are too small, and texts that were cut.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGES = (("exercise", "home"), ("vma", "crisis"))
"""State and page; on an upright panel, which takes long to draw, only the first."""
MOST_STEPS = 250


def plain(text: str) -> str:
    """Words only: where a line ended on the page does not matter."""
    return " ".join(text.split())


def faults(widget: Any, least_px: float) -> list[str]:
    """Labels of the magnifier that are too small, or larger than their place."""
    from kivy.uix.label import Label

    found = []
    for label in widget.walk(restrict=True):
        shown = isinstance(label, Label) and label.text.strip() and label.height > 1
        if not shown or label.parent.disabled:
            continue
        if label.font_size < least_px - 1:
            found.append(f"{label.text[:30]!r}: {label.font_size:.0f} px, not {least_px:.0f}")
        if label.texture_size[0] > label.width + 1 or label.texture_size[1] > label.height + 1:
            found.append(f"{label.text[:30]!r}: {label.texture_size} in {label.size}")
    return found


def page(visitor: Any, root: Any, shots: str, name: str) -> Iterator[dict[str, Any] | None]:
    """All of one page, by the button that goes on, until the first thing comes again."""
    from kiosk.core.visitor.keys import Press

    wanted = [plain(one.item.text) for one in visitor.cursor.everything(root)]
    shown: list[str] = []
    said: list[str] = []
    found: list[str] = []
    widget = visitor.magnifier._widget
    first = None
    for number in range(MOST_STEPS):
        for _ in range(2):
            yield None
        now = visitor.cursor.current(root).widget
        if first is None:
            first = now
        elif now is first and widget.text.page == 0:
            break
        said += [text for text, _, _ in widget.text.pages[widget.text.page]]
        found += faults(widget, visitor.style.least_px)
        if shots and number in (0, 3):
            from kiosk.app.shots import save_frame

            save_frame(Path(shots) / f"{root.width:.0f}-{name}-{number}.png")
        if widget.text.page + 1 == len(widget.text.pages):
            shown.append(plain(" ".join(said)))
            said = []
        visitor.hands.act(root, Press.NEXT)
    yield {"wanted": sorted(wanted), "shown": sorted(shown), "faults": found}


def main(width: int, height: int, px_per_mm: float, home: Path, shots: str) -> None:
    """Make a window, walk, print."""
    from kiosk.io.surface import prepare

    prepare(home)
    import kiosk.app.window
    from doors.broker import BrokerSettings
    from golden.site import SITE
    from golden.states import states
    from kiosk import config

    screen = config.Screen(name="s", width=width, height=height, px_per_mm=px_per_mm)
    kiosk.app.window.open_window(
        config.Settings(
            site=config.Site(id=SITE), broker=BrokerSettings(url="mqtt://localhost"),
            cache=config.Cache(path="k.sqlite"), screen=screen,
        )
    )  # fmt: skip
    from kivy.base import EventLoop, runTouchApp, stopTouchApp
    from kivy.clock import Clock

    from kiosk.app.visitor import Visitor
    from kiosk.core.voice.loudness import Speech
    from kiosk.io.advice import library
    from kiosk.io.texts import words
    from kiosk.screens.root import Root

    wanted = {"calm", *(name for name, _ in PAGES)}
    views = {name: state.seen(words("sv")) for name, state in states().items() if name in wanted}
    seen = [views["calm"]]
    visitor = Visitor(screen, lambda: root.restyle(visitor.style, seen[0]), speech=Speech(program=""))
    root = Root(seen[0], visitor.style, visitor.choose, library=library())
    visitor.attach(EventLoop.window, root)
    told: dict[str, Any] = {}

    def steps() -> Iterator[None]:
        for name, where in PAGES if width > height else PAGES[:1]:
            visitor.reset(root)
            seen[0] = views[name]
            root.restyle(visitor.style, seen[0])
            root.turn_to(where)
            for _ in range(8):
                yield
            visitor.chosen("larger")
            visitor.chosen("larger")
            for _ in range(12):
                yield
            for one in page(visitor, root, shots, f"{name}-{where}"):
                yield
                if one is not None:
                    told[f"{name} {where}"] = one
        visitor.chosen("larger")
        for _ in range(4):
            yield
        told["after"] = [visitor.magnifier.on, visitor.style.larger, visitor.magnifier._widget is None]

    walk = steps()

    def step(_seconds: float) -> None:
        visitor.look(root, visitor.touched_s, False)
        if next(walk, walk) is walk:
            stopTouchApp()

    Clock._max_fps = 0  # no wait between two frames
    Clock.schedule_once(lambda _: Clock.schedule_interval(step, 0), 0.3)
    runTouchApp(root)
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]), (sys.argv[5:] or [""])[0])
