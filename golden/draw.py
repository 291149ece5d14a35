"""One panel in one process: draws its shots, checks each page and step, keeps pictures where it is asked to."""

import time
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from golden.panels import LOOKS, PANELS
from golden.plan import Shot
from golden.stage import Stage, open_stage
from golden.states import State, states
from kiosk.core.view import View
from kiosk.core.words import Words
from kiosk.io.texts import words

DIGITS_ON = "10-inch"
"""The panel on which the digits in Arabic lines are compared; they do not depend on it."""
LARGE = 900_000
"""Pixels of a panel of whose pages the sample reads the colours of every third, of smaller ones of every second."""
Report = dict[str, list[str]]
"""What is wrong, by name of the picture."""


@cache
def everything() -> dict[str, State]:
    """The states, made once."""
    return states()


@cache
def said_in(language: str) -> Words:
    """The words of a language; "long": a third more text."""
    if language != "long":
        return words(language)
    table = words("sv").table
    plain = ("age.weekdays", "age.months")
    return Words("sv", {key: text if key in plain else _longer(text) for key, text in table.items()})


def _longer(text: str) -> str:
    """Every third word twice."""
    return " ".join(f"{word} {word}" if place % 3 == 0 else word for place, word in enumerate(text.split(" ")))


@cache
def seen(state: str, language: str) -> View:
    """What a state shows in a language."""
    return everything()[state].seen(said_in(language))


def draw(
    panel: str, shots: Iterable[Shot], home: Path, pictures: Path | None = None, *, few: bool = False
) -> dict[str, Any]:
    """Draw all shots of one panel: {"pages": what is wrong by page, "cpu_s": …}; PNGs below `pictures`.

    `few`: of pages of which there are many of a kind (cards, sections), one stands for all, another each time.
    """
    from golden.checks import letters

    began = time.process_time()
    shots = sorted(shots)
    stage = open_stage(PANELS[panel], home, seen("calm", "sv"))
    report: Report = {"digits": letters.digit_faults()} if panel == DIGITS_ON else {}
    prints: dict[str, dict[str, tuple[bool, ...]]] = {}
    for (language, look, state), group in groupby(shots, key=lambda one: (one.language, one.look, one.state)):
        stage.dress(seen(state, language), LOOKS[look])
        for shot in group:
            turn = len(report) if few else None
            for name, faults in _pages(stage, shot, turn, prints.setdefault(look, {}), pictures):
                report[name] = faults
    report |= _levels(prints)
    return {"pages": report, "cpu_s": round(time.process_time() - began, 1)}


def _levels(prints: dict[str, dict[str, tuple[bool, ...]]]) -> Report:
    from golden.checks import colours

    return {f"levels {look}": colours.alike(found) for look, found in prints.items()}


def _pages(
    stage: Stage, shot: Shot, few: int | None, prints: dict[str, tuple[bool, ...]], pictures: Path | None
) -> Iterator[tuple[str, list[str]]]:
    """Every page of the kind, step by step."""
    from golden.checks import colours, faults

    for page in stage.pages(shot.page, few):
        stage.turn_to(page)
        for number, (step, deed) in enumerate(stage.steps()):
            deed()
            waiting = stage.settle()
            name = "-".join(part for part in (page, step) if part)
            path = Path(shot.panel, shot.language, shot.look, shot.state, name)
            every = 3 if stage.panel.width * stage.panel.height > LARGE else 2
            looked = few is None or (few + number) % every == 0
            pixels = stage.pixels() if looked or pictures is not None else b""
            found = faults(stage.root, pixels, stage.panel, everything()[shot.state])
            if waiting:
                found.append("it never comes to rest")
            if pixels and shot.page == "crisis" and not everything()[shot.state].stamp:
                prints |= colours.level_print(stage.root, pixels, stage.panel.width)
            if pictures is not None:
                stage.save(pictures / path.with_suffix(".png"))
            yield str(path), found
