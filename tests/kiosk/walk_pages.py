"""Run by test_layout.py in a process of its own: draws every page in every way and prints what is wrong as JSON.

Arguments: width, height, pixels per millimetre. Wrong is: a text larger than its label, a label outside its box,
brothers that overlap, a touch target under 17 x 20 mm, a text below the least readable size.
"""

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
LEAST_MM = 2.6
"""Height of the font, under which nobody reads standing up."""


def load_house() -> Any:
    """The makers of messages beside this file."""
    spec = importlib.util.spec_from_file_location("house", HERE.with_name("conftest.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules["house"] = module
    spec.loader.exec_module(module)
    return module


def load_states() -> Any:
    """The states of a crisis beside this file."""
    spec = importlib.util.spec_from_file_location("crisis_states", HERE.with_name("crisis_states.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules["crisis_states"] = module
    spec.loader.exec_module(module)
    return module


def views(house: Any, language: str) -> dict[str, Any]:
    """What is to be drawn by name: every case, and every state of a crisis."""
    from kiosk.core.view import view
    from kiosk.io.texts import words

    found = {
        name: view(held, now, words(language), house.SITE, simulated)
        for name, (held, now, simulated) in cases(house).items()
    }
    states = load_states()
    for name, (held, now) in states.states(house).items():
        found[name] = view(held, now, words(language), house.SITE, False, place=states.HERE, boot=states.BOOT)
    return found


CRISIS_PAGES = ("home", "important", "crisis")
"""What is drawn of the states of a crisis; the other pages are the same as in the cases."""
LARGER = ("vma", "practice")
"""States that are drawn with larger text too: the longest, and the one with a frame round it."""
PLAIN_PAGES = ("home", "power", "services", "important", "contacts", "advice", "crisis", "glance")
"""What is drawn of the cases; everyday sections and other languages have walks of their own."""
CARDS = ("card-warmth", "card-medicine")
"""A long and a short card stand for all in the sample."""


def sample(name: str, pages: list[str], known: list[str]) -> list[str]:
    """Which pages of a state are drawn."""
    if name not in known:
        return [page for page in pages if page in CRISIS_PAGES]
    cards = CARDS if name in ("calm", "exercise") else ()
    return [page for page in pages if page in (*PLAIN_PAGES, *cards)]


def cases(house: Any) -> dict[str, tuple[Any, Any, bool]]:
    """(held, now, simulated) by name: calm, trouble, silence, exercise, nothing."""
    from contract.bulletins import Words
    from contract.freshness import Contact, Now
    from contract.words import ClockQuality, Declared, Event, Opening, Power, Status
    from kiosk.core.picture import Held, Told

    hour = 3_600_000
    contact = Contact(house.BOOT, 50_000_000, 1000)
    now = Now(1000, house.NOON, ClockQuality.SYNCED)
    kinds = (Event.MAINS_LOST, Event.ENGINE_STARTING, Event.ON_RESERVE, Event.MAINS_BACK, Event.BACK_ON_MAINS)
    events = tuple(
        Told(event=house.PublicEvent(run="r", seq=n, kind=kind, at=house.moment((9 - n) * hour)), status=Status.ACTUAL)
        for n, kind in enumerate(kinds, 1)
    )
    said = tuple(
        house.ServiceNow(service=key, declared=declared, until_ms=house.NOON + hour, declared_at=house.moment(hour))
        for key, declared in (("shop", Declared.OPEN), ("fuel", Declared.LIMITED), ("post", Declared.CLOSED))
    )
    notice = house.NoticeNow(id="n", sv="Kaffe. " * 280, en="", since=house.moment(hour), until_ms=None)
    longest = house.bulletin(
        "b-2", 2, incident="i-2", severity="moderate", expires_ms=house.NOON + 30 * hour,
        texts={"sv": Words(headline="Strömavbrott i Kall, Huså och Konäs. " * 4, description="Ledningen är av. " * 110,
                           instruction="Spara på mobilens batteri. " * 70)},
    )  # fmt: skip

    def held(power: Power, bulletins: tuple[Any, ...] = (), **changed: Any) -> Held:
        picture = house.picture(power, since=house.moment(50 * hour), services=said, notices=(notice,), **changed)
        return Held(
            picture=picture, contact=contact, events=events, bulletins=bulletins,
            services=house.SERVICES, contacts=house.CONTACTS,
        )  # fmt: skip

    exercise = house.bulletin(status=Status.EXERCISE)
    return {
        "calm": (held(Power.ON_MAINS), now, False),
        "trouble": (held(Power.ON_RESERVE, (house.bulletin(), longest), active=True), now, False),
        "old": (held(Power.DEAD), Now(1000 + 26 * hour, house.NOON + 26 * hour, ClockQuality.SYNCED), False),
        "battery": (held(Power.ON_BATTERY, opening=Opening.PREPARING), now, False),
        "exercise": (held(Power.RETURNING, (exercise,), status=Status.EXERCISE, simulated=True), now, True),
        "nothing": (Held(), Now(1000, None, ClockQuality.UNSYNCED), False),
    }


def faults(root: Any, px_per_mm: float) -> list[str]:
    """What is wrong in the tree as it was just drawn."""
    from kivy.uix.label import Label

    from kiosk.widgets.panel import Touch

    found = []
    for widget in root.walk(restrict=True):
        drawn = [child for child in widget.children if child.opacity and child.width > 1 and child.height > 1]
        name = type(widget).__name__
        found += [f"{name}: {type(a).__name__} lies on {type(b).__name__}" for a, b in pairs(drawn) if overlap(a, b)]
        found += [f"{name}: {type(child).__name__} reaches outside" for child in drawn if outside(child, widget)]
        if isinstance(widget, Label) and widget.text.strip() and widget.height > 1 and _visible(widget, root):
            found += label_faults(widget, px_per_mm)
        if isinstance(widget, Touch) and not widget.disabled:
            wide, tall = widget.width / px_per_mm, widget.height / px_per_mm
            if wide < 16.9 or tall < 19.9:
                found.append(f"{widget.text!r}: {wide:.1f} x {tall:.1f} mm is too small to touch")
    return found


def _visible(widget: Any, root: Any) -> bool:
    while widget is not root and widget is not None:
        if not widget.opacity or widget.height <= 1:
            return False
        widget = widget.parent
    return True


def label_faults(label: Any, px_per_mm: float) -> list[str]:
    """Cut or too small to read."""
    from kiosk.widgets.text import measure

    wide, high = measure(label.text, int(label.font_size), int(label.width - label.padding[0] - label.padding[2]))
    found = []
    if wide > label.width + 1 or high > label.height + 1:
        found.append(f"{label.text[:30]!r}: {wide}x{high} is cut in {label.width:.0f}x{label.height:.0f}")
    if label.texture_size[0] > label.width + 1 or label.texture_size[1] > label.height + 1:
        found.append(f"{label.text[:30]!r}: the texture is larger than its label")
    if label.font_size < LEAST_MM * px_per_mm:
        found.append(f"{label.text[:30]!r}: {label.font_size / px_per_mm:.1f} mm is too small to read")
    return found


def pairs(widgets: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Each two of them, without the question that is meant to lie on top."""
    calm = [widget for widget in widgets if type(widget).__name__ != "StillHere"]
    for place, one in enumerate(calm):
        for other in calm[place + 1 :]:
            yield one, other


def overlap(one: Any, other: Any) -> bool:
    """Do two boxes share more than an edge?"""
    return min(one.right, other.right) - max(one.x, other.x) > 1 and min(one.top, other.top) - max(one.y, other.y) > 1


def outside(child: Any, parent: Any) -> bool:
    """Does a child reach beyond its parent?"""
    return (
        child.x < parent.x - 1 or child.y < parent.y - 1 or child.right > parent.right + 1 or child.top > parent.top + 1
    )


def walk(
    root: Any, house: Any, px_per_mm: float, report: dict[str, list[str]], *, only_crisis: bool = False
) -> Iterator[None]:
    """Every case, language, size of text and page; a few frames for each."""
    from kiosk.core.style import Style

    known = list(cases(house))
    for language in ("sv", "en"):
        for name, seen in views(house, language).items():
            wanted = {"nothing": ("en",), "trouble": ("sv", "en"), "exercise": ("sv", "en")}.get(name, ("sv",))
            if language not in wanted or only_crisis is (name in known):
                continue
            for larger in (False, True) if name in (*known, *LARGER) else (False,):
                root.page_name = "home"
                root.restyle(Style(px_per_mm, larger=larger, dark=larger), seen)
                for page in sample(name, root.pages(), known):
                    root.turn_to(page)
                    root.ask(page == "power")
                    for _ in range(4):
                        yield
                    key = f"{name} {language} {'larger' if larger else 'ordinary'} {page}"
                    report[key] = faults(root, px_per_mm)
                    root.ask(False)


def main(width: int, height: int, px_per_mm: float, home: Path, only_crisis: bool) -> None:
    """Draw all and print."""
    from kiosk.io.surface import prepare

    prepare(home)
    import kiosk.app.window
    from doors.broker import BrokerSettings
    from kiosk import config

    house = load_house()
    kiosk.app.window.open_window(
        config.Settings(
            site=config.Site(id=house.SITE), broker=BrokerSettings(url="mqtt://localhost"),
            cache=config.Cache(path="k.sqlite"),
            screen=config.Screen(name="s", width=width, height=height, px_per_mm=px_per_mm),
        )
    )  # fmt: skip
    from kivy.config import Config

    Config.set("graphics", "maxfps", "200")
    from kivy.base import runTouchApp, stopTouchApp
    from kivy.clock import Clock

    from kiosk.core.style import Style
    from kiosk.core.view import view
    from kiosk.io.advice import library
    from kiosk.io.texts import words
    from kiosk.screens.root import Root

    held, now, simulated = cases(house)["calm"]
    root = Root(view(held, now, words("sv"), house.SITE, simulated), Style(px_per_mm), lambda _: None,
                library=library())  # fmt: skip
    report: dict[str, list[str]] = {}
    steps = walk(root, house, px_per_mm, report, only_crisis=only_crisis)

    def step(_seconds: float) -> None:
        if next(steps, stop) is stop:
            stopTouchApp()

    stop = object()
    Clock.schedule_interval(step, 0)
    runTouchApp(root)
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]), "crisis" in sys.argv[5:])
