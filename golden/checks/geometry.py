"""Boxes: nothing lies on another, reaches outside, is cut, or is too small for an eye or a thumb."""

from collections.abc import Iterator
from typing import Any

from golden.checks.seen import labels, magnified, visible
from golden.panels import Panel
from kiosk.core.look.style import CAPITAL

LEAST_MM = 2.6
"""Height of the font, under which nobody reads standing up."""
NEARLY = 0.9
"""Of the height that capitals should have, what a text read at length has in "larger"; "largest" has all of it."""
LEAST_WIDE_MM, LEAST_HIGH_MM = 16.9, 19.9
"""Of what is to be touched."""


def faults(root: Any, panel: Panel) -> Iterator[str]:
    """Overlaps, what reaches outside, texts cut or too small, targets too small."""
    from kiosk.widgets.panel import Touch

    for widget in visible(root):
        name = type(widget).__name__
        drawn = [child for child in widget.children if child.opacity and child.width > 1 and child.height > 1]
        for one, other in _pairs(drawn):
            if _overlap(one, other):
                yield f"{name}: {type(one).__name__} lies on {type(other).__name__}"
        for child in drawn:
            if _outside(child, widget):
                yield f"{name}: {type(child).__name__} reaches outside"
        if (isinstance(widget, Touch) or getattr(widget, "chooses", False)) and not widget.disabled:
            wide, tall = widget.width / panel.px_per_mm, widget.height / panel.px_per_mm
            if wide < LEAST_WIDE_MM or tall < LEAST_HIGH_MM:
                yield f"{_name(widget)!r}: {wide:.1f} x {tall:.1f} mm is too small to touch"
    for label in labels(root):
        yield from _label(label, panel, root)


def _name(widget: Any) -> str:
    return str(getattr(widget, "text", "") or getattr(widget, "spoken", ""))[:40]


def _pairs(widgets: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Each two of them, without the question and the ring, which are meant to lie on top."""
    calm = [widget for widget in widgets if type(widget).__name__ not in ("StillHere", "Ring")]
    for place, one in enumerate(calm):
        for other in calm[place + 1 :]:
            yield one, other


def _overlap(one: Any, other: Any) -> bool:
    """Do two boxes share more than an edge?"""
    return min(one.right, other.right) - max(one.x, other.x) > 1 and min(one.top, other.top) - max(one.y, other.y) > 1


def _outside(child: Any, parent: Any) -> bool:
    """Does a child reach beyond its parent?"""
    return (
        child.x < parent.x - 1 or child.y < parent.y - 1 or child.right > parent.right + 1 or child.top > parent.top + 1
    )


def _read(label: Any) -> bool:
    """Is it read at length: a paragraph, the words of a row? (In "largest" all the rest comes so large.)"""
    from kiosk.widgets.paged import PagedText
    from kiosk.widgets.parts import RowBox

    above = label.parent
    row = above.parent if above is not None else None
    return isinstance(above, PagedText) or (isinstance(row, RowBox) and label.text == row.row.text)


def _label(label: Any, panel: Panel, root: Any) -> Iterator[str]:
    """Cut, or too small to read."""
    from kiosk.widgets.text import measure

    wide, high = measure(label.text, int(label.font_size), int(label.width - label.padding[0] - label.padding[2]))
    text = f"{label.text[:40]!r}"
    if wide > label.width + 1 or high > label.height + 1:
        yield f"{text}: {wide}x{high} is cut in {label.width:.0f}x{label.height:.0f}"
    if label.texture_size[0] > label.width + 1 or label.texture_size[1] > label.height + 1:
        yield f"{text}: the texture is larger than its label"
    if label.font_size < LEAST_MM * panel.px_per_mm:
        yield f"{text}: {label.font_size / panel.px_per_mm:.1f} mm is too small to read"
    capital = label.font_size * CAPITAL / panel.px_per_mm
    if magnified(root) is not None:
        if capital < root.style.capital_mm * 0.99 and label is not root.frame._word:
            yield f"{text}: a capital of {capital:.1f} mm instead of {root.style.capital_mm:.1f} in largest text"
        return
    if root.style.larger and _read(label) and capital < root.style.capital_mm * NEARLY:
        yield f"{text}: a capital of {capital:.1f} mm instead of {root.style.capital_mm:.1f} in larger text"
