"""Colours as they are on the panel: the ink of every text on its ground, and levels that differ without colour."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from golden.checks.seen import box, labels, visible
from kiosk.core.look.theme import contrast

CRISIS, ELSEWHERE = 7.0, 4.5
"""Least contrast of text that matters in a crisis, and of other text."""
ROWS = 16
"""Rows of pixels of a text that are looked at, at most."""
LINE = 5
"""Lower than any letter: rows that lie further apart may all fall between the lines of a tall text."""
CELLS = 20
"""A symbol is compared as so many times so many cells."""
LEAST_APART = 0.08
"""Two symbols differ in at least this part of their cells."""
LEVELS = ("level_yellow", "level_orange", "level_red", "vma")


def faults(root: Any, pixels: bytes, wide: int) -> Iterator[str]:
    """Texts whose ink does not stand out from their ground, or that are not there at all; b"": nobody looked."""
    if not pixels:
        return
    words = memoryview(pixels).cast("I")
    crisis = root.page_name == "crisis"
    for label in labels(root):
        if root.asks is not None and not _within(label, root.asks):
            continue  # the question lies on top of it
        if any(one.opacity < 1 for one in _above(label)):
            continue  # just being pressed
        found = _ink(words, wide, _text_box(label))
        if found is None:
            yield f"{label.text[:40]!r}: nothing is drawn"
            continue
        ink, ground = found
        least = CRISIS if crisis or _in_banner(label) or root.style.high else ELSEWHERE
        if contrast(ink, ground) < least:
            yield f"{label.text[:40]!r}: {ink} on {ground} is {contrast(ink, ground):.1f}:1, not {least}:1"


def _text_box(label: Any) -> tuple[int, int, int, int]:
    """Of a label's box only the height where its text stands."""
    left, bottom, right, top = box(label)
    spare = max(0, int(top - bottom - label.texture_size[1]))
    if label.valign == "top":
        return left, bottom + spare, right, top
    return left, bottom + spare // 2, right, top - spare // 2


def _above(widget: Any) -> Iterator[Any]:
    while widget is not None and widget.parent is not widget:
        yield widget
        widget = widget.parent


def _within(widget: Any, outer: Any) -> bool:
    return any(one is outer for one in _above(widget))


def _in_banner(label: Any) -> bool:
    return any(type(one).__name__ in ("Banner", "Situation") for one in _above(label))


def _ink(words: Any, wide: int, sides: tuple[int, int, int, int]) -> tuple[str, str] | None:
    """(ink, ground) of a box as #RRGGBB: the most frequent colour, and the one that stands out most from it."""
    left, bottom, right, top = sides
    high = len(words) // wide
    left, bottom, right, top = max(0, left), max(0, bottom), min(wide, right), min(high, top)
    step = max(1, min((top - bottom) // ROWS, LINE))
    counted: Counter[int] = Counter()
    for y in range(bottom, top, step):
        counted.update(words[y * wide + left : y * wide + right : 2])
    if len(counted) < 2:
        return None
    ground = _colour(counted.most_common(1)[0][0])
    ends = (_colour(find(counted, key=_bright)) for find in (min, max))
    return max(ends, key=lambda one: contrast(one, ground)), ground


def _bright(pixel: int) -> int:
    """How bright a pixel is, roughly: only the darkest and the brightest can be the ink."""
    return 3 * (pixel & 255) + 7 * (pixel >> 8 & 255) + (pixel >> 16 & 255)


def _colour(pixel: int) -> str:
    return f"#{pixel & 255:02X}{pixel >> 8 & 255:02X}{pixel >> 16 & 255:02X}"


def level_print(root: Any, pixels: bytes, wide: int) -> dict[str, tuple[bool, ...]]:
    """The largest symbol of each level on the page as cells that are lighter or darker, without any colour."""
    from kiosk.widgets.symbol import Symbol

    words = memoryview(pixels).cast("I")
    found: dict[str, tuple[float, tuple[bool, ...]]] = {}
    for widget in visible(root):
        if isinstance(widget, Symbol) and widget.shape in LEVELS:
            side = min(widget.size)
            if side > found.get(widget.shape, (0, ()))[0]:
                found[widget.shape] = side, _cells(words, wide, widget, side)
    return {name: cells for name, (_, cells) in found.items()}


def _cells(words: Any, wide: int, symbol: Any, side: float) -> tuple[bool, ...]:
    left, bottom = symbol.to_window(symbol.center_x - side / 2, symbol.center_y - side / 2)
    greys = []
    for row in range(CELLS):
        for column in range(CELLS):
            x, y = int(left + (column + 0.5) * side / CELLS), int(bottom + (row + 0.5) * side / CELLS)
            pixel = words[y * wide + x]
            greys.append(0.299 * (pixel & 255) + 0.587 * (pixel >> 8 & 255) + 0.114 * (pixel >> 16 & 255))
    middle = (min(greys) + max(greys)) / 2
    ground = greys[0] > middle
    return tuple((grey > middle) != ground for grey in greys)


def alike(prints: Mapping[str, tuple[bool, ...]]) -> list[str]:
    """Levels whose symbols are hard to tell apart in grey."""
    found = []
    for one, other in combinations(sorted(prints), 2):
        apart = sum(a != b for a, b in zip(prints[one], prints[other], strict=True)) / CELLS**2
        if apart < LEAST_APART:
            found.append(f"{one} and {other} differ in {apart:.0%} of their cells only")
    return found
