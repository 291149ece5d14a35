"""Run by test_everyday_pages.py in a process of its own: draws every everyday page and prints what is wrong as JSON.

Arguments: width, height, pixels per millimetre, a folder; with a fifth, pictures of the pages are left there.
"""

import importlib.util
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

HERE = Path(__file__).resolve()
EVERYDAY = ("services", "travel", "local", "information", "section", "search")
MINUTE = 60_000


def load(name: str) -> Any:
    """A file beside this one."""
    spec = importlib.util.spec_from_file_location(name, HERE.with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def items(now_ms: int) -> dict[str, Any]:
    """What the feeds say, invented; the longest texts included."""
    from kiosk.feeds.departures import Board, Departure
    from kiosk.feeds.road import Disruption, Roads
    from kiosk.feeds.rss import Item, News

    def bus(number: int, **changed: Any) -> Departure:
        fields = {"trip": f"{number}", "line": "155", "to": "Järpens resecentrum via Huså", "mode": "BUS"} | changed
        return Departure(scheduled_ms=now_ms + number * 9 * MINUTE, **fields)

    board = Board(
        area="740099901", departures=(bus(1, expected_ms=now_ms + 12 * MINUTE), bus(2, cancelled=True), bus(3))
    )
    closed = Disruption(
        id="x", kind="Hinder", header="Träd över vägen", text="Vägen är avstängd. " * 60, road="Väg 999", severity=5,
        where="mellan Påhittsby och Fiktiva", ends_ms=now_ms + 90 * MINUTE,
    )  # fmt: skip
    news = tuple(
        Item(id=f"{n}", title="Vattnet är avstängt på onsdag " * n, text="Vi byter en ventil.\n" * 40,
             published_ms=now_ms - n * 90 * MINUTE)
        for n in range(1, 5)
    )  # fmt: skip
    return {"departures": board, "road": Roads(disruptions=(closed,)), "news": News(publisher="Byn", items=news)}


def held(house: Any, *, old: bool) -> tuple[Any, Any]:
    """A day with everything on it, and the time; `old`: the feeds have not answered for hours."""
    from contract.content import DOCUMENTS
    from contract.freshness import Contact, Now
    from contract.wire import Moment
    from contract.words import ClockQuality
    from demo.core import threads, village
    from kiosk.core.feed import FeedState, Items
    from kiosk.core.picture import Held

    trees = {"services": threads.services(2)} | village.documents(date(2025, 11, 20))
    documents = {name: msgspec.convert(tree, DOCUMENTS[name]) for name, tree in trees.items()}
    ago = 300 * MINUTE if old else MINUTE
    at = Moment(boot=house.BOOT, up_ms=50_000_000 - ago, wall_ms=house.NOON - ago, clock=ClockQuality.SYNCED)
    said = items(house.NOON)
    return Held(
        picture=house.picture(at=house.moment(0)), contact=Contact(house.BOOT, 50_000_000, 1000),
        services=documents.pop("services"), contacts=documents.pop("contacts"), documents=documents,
        items=tuple(Items(name=name, kind=name, body=msgspec.json.encode(one)) for name, one in said.items()),
        feeds=tuple(FeedState(name=name, every_s=300.0, checked=at) for name in said),
    ), Now(1000, house.NOON, ClockQuality.SYNCED)  # fmt: skip


def walk(root: Any, house: Any, px_per_mm: float, report: dict[str, list[str]], shots: Path | None) -> Iterator[None]:
    """Every page, its longest row opened, keys pressed, in both languages and sizes."""
    from kiosk.app.shots import save_frame
    from kiosk.core.style import Style
    from kiosk.core.view import view
    from kiosk.io.texts import words

    checks = load("walk_pages")
    small = min(root.size) < 500
    for language, larger, old in (("sv", False, small), ("en", True, False), ("sv", True, True))[: 3 if small else 2]:
        root.page_name = "home"
        held_now, now = held(house, old=old)
        seen = view(held_now, now, words(language), house.SITE, False)
        root.restyle(Style(px_per_mm, larger=larger, dark=larger), seen)
        for name in [page for page in root.pages() if page.partition("-")[0] in EVERYDAY]:
            root.go(name)
            for step, act in enumerate(deeds(root.page)):
                act()
                for _ in range(3):
                    yield
                key = f"{name} {step} {language} {'larger' if larger else 'ordinary'}"
                report[key] = checks.faults(root, px_per_mm)
                if shots is not None:
                    save_frame(shots / f"{key.replace(' ', '-')}.png")


def deeds(page: Any) -> Iterator[Any]:
    """As it comes; then with a row open, on its last page, as a code; with a key pressed; as a list."""
    yield lambda: None
    if page.typing:
        yield lambda: page.press("0")
        yield lambda: page.press("show")
    rows = [entry for entry in page.entries if entry.opens and entry.text not in page._ways]
    if rows:
        yield lambda: page.open(max(rows, key=lambda entry: (bool(entry.code), len(entry.more))))
        for _, act in list(page.deeds)[-1:]:
            yield act


def main(width: int, height: int, px_per_mm: float, home: Path, shots: Path | None) -> None:
    """Draw all and print."""
    from kiosk.io.surface import prepare

    prepare(home)
    import kiosk.app.window
    from doors.broker import BrokerSettings
    from kiosk import config

    house = load("conftest")
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
    from kiosk.io.texts import words
    from kiosk.screens.root import Root

    Config.set("graphics", "maxfps", "200")
    held_now, now = held(house, old=False)
    root = Root(view(held_now, now, words("sv"), house.SITE, False), Style(px_per_mm), lambda _: None)
    report: dict[str, list[str]] = {}
    steps = walk(root, house, px_per_mm, report, shots)

    def step(_seconds: float) -> None:
        if next(steps, stop) is stop:
            stopTouchApp()

    stop = object()
    Clock.schedule_interval(step, 0)
    runTouchApp(root)
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), float(sys.argv[3]), Path(sys.argv[4]), Path(sys.argv[5]) if sys.argv[5:] else None)
