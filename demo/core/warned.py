"""What the kiosk must say of warnings, and what it may not: by the script of the feeds, and by when they reach it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from demo.core.hours import HOUR_S

SETTLES_S = HOUR_S
"""For so long after a change both what was and what is may be said: an hour of a fast day is two real seconds."""
VMA_TITLE = "Viktigt meddelande till allmänheten (VMA)"
CALM, UNCHECKED = "Inga varningar", "ontrolleras"
Step = Mapping[str, Any]


class Warned(msgspec.Struct, frozen=True, kw_only=True):
    """Headlines that must stand there, those that may not, and words of the check sentence that must or may not."""

    due: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()


def warned(feeds: Sequence[Step], conductor: Iterable[Step], at_s: float) -> Warned:
    """At one moment. `feeds`: the steps of the script; `conductor`: what happens to link and box."""
    if not feeds:
        return Warned()
    reached = _reached(conductor)
    begins_s = at_s - SETTLES_S
    moments = sorted({begins_s, at_s, *(one for one in _changes(feeds, reached) if begins_s < one < at_s)})
    possible = [_in_force(feeds, _heard_s(reached, one)) for one in moments]
    surely, perhaps = frozenset.intersection(*possible), frozenset.union(*possible)
    blind, there = not any(_there(reached, one) for one in moments), all(_there(reached, one) for one in moments)
    due, barred = [*sorted(surely)], [*sorted(_ever(feeds) - perhaps)]
    if blind or surely:
        barred.append(CALM)
    if blind:
        due.append(UNCHECKED)
    if there and not perhaps:
        due.append(CALM)
    return Warned(due=tuple(due), barred=tuple(barred))


def _at(step: Step) -> float:
    return float(step["at_s"] if step.get("at_h") is None else HOUR_S * step["at_h"])


def _headline(step: Step) -> str:
    return str(step.get("event") or (VMA_TITLE if step["do"] == "vma" else ""))


def _warns(step: Step) -> bool:
    return step["do"] in ("vma", "smhi") and step.get("type") != "cancel" and step.get("status", "Actual") == "Actual"


def _ever(feeds: Sequence[Step]) -> frozenset[str]:
    return frozenset(_headline(step) for step in feeds if _warns(step))


def _in_force(feeds: Sequence[Step], at_s: float | None) -> frozenset[str]:
    """Headlines on the lists at that moment."""
    found: dict[tuple[str, str], str] = {}
    for step in feeds:
        if at_s is None or _at(step) > at_s:
            break
        if step["do"] == "gone":
            found.pop((step["feed"], step["name"]), None)
        if step.get("replaces"):
            found.pop((step["do"], step["replaces"]), None)
        if _warns(step):
            found[step["do"], step["name"]] = _headline(step)
    return frozenset(found.values())


def _reached(conductor: Iterable[Step]) -> list[tuple[float, bool]]:
    """From when on the feeds reach the box, and from when on they do not."""
    link, box, found = True, True, [(0.0, True)]
    for step in sorted(conductor, key=_at):
        link = {"link_down": False, "link_up": True}.get(step["do"], link)
        box = {"box_off": False, "box_on": True}.get(step["do"], box)
        if (link and box) != found[-1][1]:
            found.append((_at(step), link and box))
    return found


def _there(reached: list[tuple[float, bool]], at_s: float) -> bool:
    return [there for since_s, there in reached if since_s <= at_s][-1:] == [True]


def _heard_s(reached: list[tuple[float, bool]], at_s: float) -> float | None:
    """The newest moment of which the box can know."""
    before = [(since_s, there) for since_s, there in reached if since_s <= at_s]
    if not before:
        return None
    since_s, there = before[-1]
    return at_s if there else since_s


def _changes(feeds: Sequence[Step], reached: list[tuple[float, bool]]) -> list[float]:
    return [*(_at(step) for step in feeds), *(since_s for since_s, _ in reached)]
