"""Run by test_everyone.py in a process of its own: draws pages in every language and prints what is wrong as JSON.

Arguments: width, height, pixels per millimetre, a folder, languages with commas between ("long" is Swedish with a
third more text), and optionally a folder for pictures. Wrong is: a control without a name or too small, what the
keys do not reach or cannot leave, an order of reading that is not that of the eye, a letter that the font has not, a
text that is cut, a texture that a small graphics chip refuses.
"""

import importlib.util
import json
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
MOST_TEXTURE = 2048
PAGES = ("home", "services", "important", "contacts", "languages", "crisis")


def load(name: str) -> Any:
    """A module that lies beside this file."""
    spec = importlib.util.spec_from_file_location(name, HERE.with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def said_in(language: str) -> Any:
    """Words of a language; "long": a third more text."""
    from kiosk.core.words import Words
    from kiosk.io.texts import words

    if language != "long":
        return words(language)
    table = words("sv").table
    plain = ("age.weekdays", "age.months")
    return Words("sv", {key: text if key in plain else longer(text) for key, text in table.items()})


def longer(text: str) -> str:
    """Every third word twice."""
    words = text.split(" ")
    return " ".join(f"{word} {word}" if place % 3 == 0 else word for place, word in enumerate(words))


@cache
def glyphs(font: str) -> set[int]:
    """What a font has."""
    from fontTools.ttLib import TTFont

    return set(TTFont(font).getBestCmap())


def page_faults(root: Any, cursor: Any, px_per_mm: float) -> list[str]:
    """What is wrong with the page as it was just drawn."""
    from kivy.uix.label import Label

    found = cursor.everything(root)
    faults = keys_reach(root, cursor) + order_faults(found)
    for one in (one for one in found if one.control):
        wide, tall = one.widget.width / px_per_mm, one.widget.height / px_per_mm
        if wide < 16.9 or tall < 19.9:
            faults.append(f"{one.item.text!r}: {wide:.1f} x {tall:.1f} mm is too small to touch")
    for label in root.walk(restrict=True):
        if isinstance(label, Label) and label.text.strip() and label.height > 1 and label.opacity:
            has = glyphs(label._label.options["font_name_r"])
            missing = {letter for letter in label._label.text if ord(letter) not in has and letter != "\n"}
            faults += [f"{label.text[:30]!r}: no glyph for {sorted(missing)}"] if missing else []
            if max(label.texture_size) > MOST_TEXTURE:
                faults.append(f"{label.text[:30]!r}: a texture of {label.texture_size}")
    return faults


def keys_reach(root: Any, cursor: Any) -> list[str]:
    """Next goes through every control once and begins again; previous goes the same way back."""
    names = [one.item.text for one in cursor.reachable(root, texts=False)]
    if not names:
        return ["nothing to choose"]
    faults = [f"a control without a name: {names}"] if not all(name.strip() for name in names) else []
    cursor.forget(root)
    forth = [cursor.move(root, 1, texts=False).item.text for _ in names]
    if forth != names or cursor.move(root, 1, texts=False).item.text != names[0]:
        faults.append(f"next goes {forth}, not {names}")
    back = [cursor.move(root, -1, texts=False).item.text for _ in names]
    if back != names[::-1]:
        faults.append(f"previous goes {back}, not back through {names}")
    cursor.forget(root)
    return faults


def order_faults(found: list[Any]) -> list[str]:
    """Two things that are read one after the other stand so: below, or further along the row."""
    from kiosk.widgets.direction import from_the_right

    faults = []
    for one, other in pairwise(found):
        a, b = one.widget, other.widget
        (ax, ay), (bx, by) = a.to_window(a.x, a.y), b.to_window(b.x, b.y)
        across = min(ax + a.width, bx + b.width) - max(ax, bx) > 2
        level = min(ay + a.height, by + b.height) - max(ay, by) > 2
        above = across and by >= ay + a.height - 2
        before = level and (bx >= ax + a.width - 2 if from_the_right() else bx + b.width <= ax + 2)
        if above or before:
            faults.append(f"{one.item.text[:25]!r} is read before {other.item.text[:25]!r}")
    return faults


def inked(label: Any) -> list[bytes]:
    """The columns of what was drawn that are not empty at both ends: 1 where there is ink."""
    texture = label.texture
    wide, high, pixels = texture.width, texture.height, texture.pixels
    columns = [bytes(pixels[4 * (y * wide + x) + 3] > 128 for y in range(high)) for x in range(wide)]
    while columns and not any(columns[0]):
        columns.pop(0)
    while columns and not any(columns[-1]):
        columns.pop()
    return columns


def digit_faults() -> list[str]:
    """Pictures: the row of digits stands in an Arabic line as it stands alone, and its mirror order does not."""
    from kivy.core.text import Label

    from kiosk.widgets.text import FitLabel

    faults = []
    for text, number in (("اتصل بالرقم 112 الآن", "112"), ("هاتف 0771-793336 نعم", "0771-793336")):
        line = FitLabel(text=text, size=(1600, 120), wanted=48)
        line._refit(0)
        line.texture_update()
        rows = inked(line)
        for digits, wanted in ((number, True), (number[::-1], False)):
            alone = Label(text=digits, font_name=line.font_name, font_size=line.font_size, line_height=line.line_height)
            alone.refresh()
            seen = cut(inked(alone))
            there = any(cut(rows[at : at + len(seen)]) == seen for at in range(len(rows) - len(seen) + 1))
            if there != wanted:
                faults.append(f"{digits} is {'not ' if wanted else ''}drawn in {text!r}")
    return faults


def cut(columns: list[bytes]) -> list[bytes]:
    """Without the empty rows above and below, which differ with the height of the picture."""
    used = [y for y in range(len(columns[0])) if any(column[y] for column in columns)] if columns else []
    return [column[used[0] : used[-1] + 1] for column in columns] if used else []


def walk(root: Any, case: Any, house: Any, asked: dict[str, Any], report: dict[str, list[str]]) -> Iterator[None]:
    """Each language, each size of text, each page; a few frames for each."""
    from kiosk.app.cursor import Cursor
    from kiosk.app.shots import save_frame
    from kiosk.core.languages import language
    from kiosk.core.style import Style
    from kiosk.core.view import view
    from kiosk.core.visit import Visit
    from kiosk.widgets.direction import lay_out

    cursor = Cursor()
    if "ar" in asked["languages"]:
        report["digits"] = digit_faults()
    for tag in asked["languages"]:
        for larger in (False, True):
            held, now, simulated = case
            said = said_in(tag)
            lay_out(language(said.language).right_to_left)
            root.visit = Visit(said.language, ("sv", "en", "fi", "fit", "se", "sma", "ar"), True, larger)
            root.page_name = "home"
            style = Style(asked["px_per_mm"], larger=larger, dark=False, high=larger and tag == "ar")
            root.restyle(style, view(held, now, said, house.SITE, simulated))
            for page in (page for page in PAGES if page in root.pages()):
                root.turn_to(page)
                for _ in range(8):
                    yield
                key = f"{tag} {'larger' if larger else 'ordinary'} {page}"
                report[key] = page_faults(root, cursor, asked["px_per_mm"])
                if asked["shots"]:
                    cursor.put(root, next(iter(cursor.reachable(root, texts=False)), None))
                    for _ in range(2):
                        yield
                    save_frame(Path(asked["shots"]) / f"{key.replace(' ', '-')}.png")
                    cursor.forget(root)


def main(width: int, height: int, px_per_mm: float, home: Path, languages: list[str], shots: str) -> None:
    """Draw all and print."""
    from kiosk.io.surface import prepare

    prepare(home)
    import kiosk.app.window
    from doors.broker import BrokerSettings
    from kiosk import config

    house, pages = load("conftest"), load("walk_pages")
    kiosk.app.window.open_window(
        config.Settings(
            site=config.Site(id=house.SITE), broker=BrokerSettings(url="mqtt://localhost"),
            cache=config.Cache(path="k.sqlite"),
            screen=config.Screen(name="s", width=width, height=height, px_per_mm=px_per_mm),
        )
    )  # fmt: skip
    from kivy.base import runTouchApp, stopTouchApp
    from kivy.clock import Clock
    from kivy.config import Config

    from kiosk.core.style import Style
    from kiosk.core.view import view
    from kiosk.screens.root import Root

    Config.set("graphics", "maxfps", "200")
    case = pages.cases(house)["trouble"]
    root = Root(view(case[0], case[1], said_in("sv"), house.SITE, case[2]), Style(px_per_mm), lambda _: None)
    report: dict[str, list[str]] = {}
    steps = walk(root, case, house, {"languages": languages, "px_per_mm": px_per_mm, "shots": shots}, report)

    def step(_seconds: float) -> None:
        if next(steps, stop) is stop:
            stopTouchApp()

    stop = object()
    Clock.schedule_interval(step, 0)
    runTouchApp(root)
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main(
        int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]), sys.argv[5].split(","),
        sys.argv[6] if len(sys.argv) > 6 else "",
    )  # fmt: skip
