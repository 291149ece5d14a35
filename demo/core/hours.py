"""Hour by hour: what each surface shows, what it ought to show, and what of that is not right yet."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from contract.phrases import phrase
from contract.words import Power

HOUR_S = 3600.0
LOOK_S = 0.9 * HOUR_S
"""Into each hour, so that what happened early in it had time to be seen."""

POWER_AFTER: Mapping[str, Power] = {
    "mains_fails": Power.DEAD,
    "engine_starting": Power.STARTING,
    "on_reserve": Power.ON_RESERVE,
    "mains_back": Power.RETURNING,
    "back_on_mains": Power.ON_MAINS,
}
"""What is true at the place after an event of the plant, as a perfect witness would judge it."""


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """What is true at one moment of the scenario."""

    power: Power
    box: bool
    """Has the box power?"""
    link: bool
    """Is there a way to the municipality?"""
    clock: bool
    """Does the box know the time?"""
    broker: bool = True
    """Does the site's own broker run?"""
    notices: tuple[str, ...] = ()
    """What somebody has written for the screen, in Swedish."""
    due: tuple[str, ...] = ()
    """What the kiosk must say of warnings (`warned.py`)."""
    barred: tuple[str, ...] = ()
    """What it may not say of them."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What the surfaces show. None: the surface is dark, or cannot be asked."""

    power: Power | None
    """By the gateway, on the site's own broker."""
    kiosk: tuple[str, ...] | None
    dashboard: Power | None
    """As shown for now; unknown while there is no contact."""
    dashboard_words: str = ""
    coordinator: str = ""
    """The row of the overview, as it reads."""
    owner: str = ""
    """The sentence on the site's own page."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One hour."""

    hour: int
    truth: Truth
    shown: Shown
    wrong: tuple[str, ...]


def truth_at(at_s: float, events: Iterable[Mapping[str, Any]], steps: Iterable[Mapping[str, Any]]) -> Truth:
    """What is true `at_s` into the scenario, from the events of the plant and the steps of the conductor so far."""
    power, box, link, clock, broker = Power.ON_MAINS, True, True, True, True
    notices: dict[str, str] = {}
    for event in sorted(events, key=_at):
        if event["at_s"] <= at_s:
            power = POWER_AFTER.get(event["event"], power)
    for step in sorted(steps, key=_at):
        if step["at_s"] > at_s:
            break
        what = step["do"]
        link = {"link_down": False, "link_up": True}.get(what, link)
        box = {"box_off": False, "box_on": True}.get(what, box)
        broker = {"broker_down": False, "broker_up": True, "box_on": True}.get(what, broker)
        clock = what == "clock_set" or (clock and not (what == "box_on" and step.get("clock") == "1970"))
        if what == "notice":
            notices[step["notice"]] = step["sv"]
    return Truth(power=power, box=box, link=link, clock=clock, broker=broker, notices=tuple(notices.values()))


def _at(line: Mapping[str, Any]) -> float:
    return float(line["at_s"])


def row(hour: int, truth: Truth, shown: Shown, later: Truth | None = None, *, pages: tuple[str, ...] = ()) -> Row:
    """One hour judged. `later`: what is true when the kiosk had answered, for asking it takes minutes of a fast day.

    `pages`: what was found wrong on the pages of coordinator and owner.
    """
    kiosk = min((_kiosk(one, shown) for one in (truth, later or truth)), key=len)
    wrong = [*_gateway(truth, shown), *kiosk, *_dashboard(truth, shown), *pages]
    return Row(hour=hour, truth=truth, shown=shown, wrong=tuple(wrong))


def _gateway(truth: Truth, shown: Shown) -> list[str]:
    expected = truth.power if truth.box and truth.broker else None
    if shown.power is expected:
        return []
    return [f"gateway says {_word(shown.power)}, true is {_word(expected)}"]


def _kiosk(truth: Truth, shown: Shown) -> list[str]:
    if not truth.box:
        return [] if shown.kiosk is None else ["kiosk shows something without power"]
    if shown.kiosk is None:
        return ["kiosk tells no lines"]
    # without the box's own broker the screen hears nobody, and says what it knew last beside that it does not know
    power = (phrase("power", truth.power),) if truth.broker else (phrase("power", Power.UNKNOWN), "Senast kända läge")
    due = (*power, *truth.notices, *truth.due)
    wrong = [f"kiosk does not say “{text}”" for text in due if not any(text in line for line in shown.kiosk)]
    return wrong + [f"kiosk says “{text}”" for text in truth.barred if any(text in line for line in shown.kiosk)]


def _dashboard(truth: Truth, shown: Shown) -> list[str]:
    """Without a link, or a box that speaks, nothing may be shown as now."""
    expected = truth.power if truth.box and truth.link else Power.UNKNOWN
    if shown.dashboard is expected:
        return []
    return [f"dashboard shows {_word(shown.dashboard)}, right is {_word(expected)}"]


def _word(power: Power | None) -> str:
    return "nothing" if power is None else power.value


WIDTHS = (3, 10, 10, 54, 34, 34)
HEAD = ("h", "true", "gateway", "kiosk", "coordinator", "owner")
GAP = "  "


def head() -> str:
    """The table's head."""
    return "\n".join(_lines(HEAD)) + "\n" + GAP.join("─" * width for width in WIDTHS)


def text(one: Row) -> str:
    """One hour as lines of the table; nothing is cut. Under it stands what is not right yet."""
    truth, shown = one.truth, one.shown
    there = (("no link", truth.link), ("box off", truth.box), ("no broker", truth.broker))
    notes = [word for word, known in there if not known]
    notes += ["no clock"] if truth.box and not truth.clock else []
    cells = (
        str(one.hour),
        " ".join((truth.power.value, *(f"({note})" for note in notes))),
        _word(shown.power),
        " | ".join(shown.kiosk) if shown.kiosk is not None else ("—" if truth.box else "dark"),
        shown.coordinator or shown.dashboard_words or _word(shown.dashboard),
        shown.owner,
    )
    return "\n".join([*_lines(cells), *(f"     ! not right yet: {sentence}" for sentence in one.wrong)])


def _lines(cells: Sequence[str]) -> list[str]:
    """One row of the table; a long cell takes several lines."""
    columns = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, WIDTHS, strict=True)]
    deep = max(len(column) for column in columns)
    padded = [column + [""] * (deep - len(column)) for column in columns]
    return [
        GAP.join(cell.ljust(width) for cell, width in zip(line, WIDTHS, strict=True)).rstrip()
        for line in zip(*padded, strict=True)
    ]


def faults(rows: Iterable[Row]) -> list[str]:
    """A sentence for each surface that was not right at an hour."""
    return [f"hour {one.hour}: {sentence}" for one in rows for sentence in one.wrong]


def figures(rows: Sequence[Row]) -> dict[str, Any]:
    """How many hours are right, and which are not, with why."""
    return {
        "hours": len(rows),
        "hours_right": sum(not one.wrong for one in rows),
        "not_right": {str(one.hour): list(one.wrong) for one in rows if one.wrong},
    }
