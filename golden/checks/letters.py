"""Letters: the font has each of them, every line of a text is drawn, no texture is larger than small graphics take."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from golden.checks.seen import labels
from golden.panels import Panel

MOST_TEXTURE = 2048
"""Pixels of one side that the smallest graphics chip takes (VideoCore IV)."""
ARABIC = (("اتصل بالرقم 112 الآن", "112"), ("هاتف 0771-793336 نعم", "0771-793336"))
"""A line, and the number that has to stand in it as it stands alone."""


@cache
def glyphs(font: str) -> frozenset[int]:
    """The letters that a font has."""
    from fontTools.ttLib import TTFont

    return frozenset(TTFont(font).getBestCmap())


def faults(root: Any, _panel: Panel) -> Iterator[str]:
    """Letters that would be empty boxes, lines that are missing, textures that would not be there."""
    for label in labels(root):
        drawn, text = label._label, f"{label.text[:40]!r}"
        has = glyphs(drawn.options["font_name_r"])
        missing = {letter for letter in drawn.text if ord(letter) not in has and letter != "\n"}
        if missing:
            yield f"{text}: no glyph for {sorted(missing)}"
        if max(label.texture_size) > MOST_TEXTURE:
            yield f"{text}: a texture of {label.texture_size}"
        wanted = drawn.text.count("\n") + 1
        lines = len(drawn._cached_lines)
        if lines < wanted:
            yield f"{text}: {lines} of {wanted} lines are drawn"


def digit_faults() -> list[str]:
    """Pictures: the row of digits stands in an Arabic line as it stands alone, and its mirror order does not."""
    from kivy.core.text import Label

    from kiosk.widgets.text import FitLabel

    found = []
    for text, number in ARABIC:
        line = FitLabel(text=text, size=(1600, 120), wanted=48)
        line._refit(0)
        line.texture_update()
        rows = _inked(line)
        for digits, wanted in ((number, True), (number[::-1], False)):
            alone = Label(text=digits, font_name=line.font_name, font_size=line.font_size, line_height=line.line_height)
            alone.refresh()
            seen = _cut(_inked(alone))
            there = any(_cut(rows[at : at + len(seen)]) == seen for at in range(len(rows) - len(seen) + 1))
            if there != wanted:
                found.append(f"{digits} is {'not ' if wanted else ''}drawn in {text!r}")
    return found


def _inked(label: Any) -> list[bytes]:
    """The columns of what was drawn, without the empty ones at both ends: 1 where there is ink."""
    texture = label.texture
    wide, high, pixels = texture.width, texture.height, texture.pixels
    columns = [bytes(pixels[4 * (y * wide + x) + 3] > 128 for y in range(high)) for x in range(wide)]
    while columns and not any(columns[0]):
        columns.pop(0)
    while columns and not any(columns[-1]):
        columns.pop()
    return columns


def _cut(columns: list[bytes]) -> list[bytes]:
    """Without the empty rows above and below, which differ with the height of the picture."""
    used = [y for y in range(len(columns[0])) if any(column[y] for column in columns)] if columns else []
    return [column[used[0] : used[-1] + 1] for column in columns] if used else []
