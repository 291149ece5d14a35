"""Keys and voice: every control has a name, next goes through all and back the same way, reading follows the eye."""

from itertools import pairwise
from typing import Any

from golden.checks.seen import magnified, visible


def faults(root: Any) -> list[str]:
    """What is wrong with the way through the page."""
    from kiosk.app.cursor import Cursor

    if magnified(root) is not None:
        return _nameless(root)  # the way through the page is the same as in larger text
    cursor = Cursor()
    things = cursor.everything(root)
    cursor.everything = lambda _root: things  # the page stands still, and it would be read anew for each key
    return _nameless(root) + _keys_reach(root, cursor) + _order(things)


def _nameless(root: Any) -> list[str]:
    """Whoever cannot see hears of a control by its words only."""
    from kiosk.widgets.panel import Touch

    found = []
    for widget in visible(root):
        touch = isinstance(widget, Touch)
        if (touch or getattr(widget, "chooses", False)) and not widget.disabled:
            said = str(widget.text if touch else getattr(widget, "spoken", ""))
            found += [] if said.strip() else [f"a control without a name: {type(widget).__name__}"]
    return found


def _keys_reach(root: Any, cursor: Any) -> list[str]:
    """Next goes through every control once and begins again; previous goes the same way back."""
    names = [one.item.text for one in cursor.reachable(root, texts=False)]
    if not names:
        return [] if root.page_name == "glance" else ["nothing to choose"]
    found = []
    cursor.forget(root)
    forth = [cursor.move(root, 1, texts=False).item.text for _ in names]
    if forth != names or cursor.move(root, 1, texts=False).item.text != names[0]:
        found.append(f"next goes {forth}, not {names}")
    back = [cursor.move(root, -1, texts=False).item.text for _ in names]
    if back != names[::-1]:
        found.append(f"previous goes {back}, not back through {names}")
    cursor.forget(root)
    return found


def _order(things: list[Any]) -> list[str]:
    """Two things that are read one after the other stand so: below, or further along the row."""
    from kiosk.widgets.direction import from_the_right

    found = []
    for one, other in pairwise(things):
        a, b = one.widget, other.widget
        (ax, ay), (bx, by) = a.to_window(a.x, a.y), b.to_window(b.x, b.y)
        across = min(ax + a.width, bx + b.width) - max(ax, bx) > 2
        level = min(ay + a.height, by + b.height) - max(ay, by) > 2
        above = across and by >= ay + a.height - 2
        before = level and (bx >= ax + a.width - 2 if from_the_right() else bx + b.width <= ax + 2)
        if above or before:
            found.append(f"{one.item.text[:25]!r} is read before {other.item.text[:25]!r}")
    return found
