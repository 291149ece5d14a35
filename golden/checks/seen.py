"""What of the tree of widgets a person can see."""

from collections.abc import Iterator
from typing import Any


def magnified(root: Any) -> Any:
    """What covers the page while one thing of it is shown at a time; None while the page itself is shown."""
    return next((child for child in root.children if type(child).__name__ == "Magnified"), None)


def visible(root: Any) -> Iterator[Any]:
    """Every widget that has a place on the screen, with its parents before it."""
    over = magnified(root) if hasattr(root, "frame") else None
    if over is None:
        yield from _under(root)
    else:
        yield from _under(root.frame._word)
        yield from _under(over)


def _under(widget: Any) -> Iterator[Any]:
    if not widget.opacity or widget.height <= 1 or widget.width <= 1:
        return
    yield widget
    for child in widget.children:
        yield from _under(child)


def labels(root: Any) -> Iterator[Any]:
    """Every text that can be seen, the page beneath the question "are you still here?" left out."""
    from kivy.uix.label import Label

    for widget in visible(root):
        if isinstance(widget, Label) and widget.text.strip():
            yield widget


def box(widget: Any) -> tuple[int, int, int, int]:
    """Left, bottom, right, top in pixels of the window."""
    left, bottom = widget.to_window(widget.x, widget.y)
    return int(left), int(bottom), int(left + widget.width), int(bottom + widget.height)
