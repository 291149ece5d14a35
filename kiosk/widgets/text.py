"""Text that is never cut: it shrinks to its box, or is divided into pieces that fit.

Lines are made here and not by Kivy: in the order in which the text is read, by the width that each will have, at most
`MOST_LETTERS` long; then `kiosk/core/look/script.py` turns each line that is read from the right.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from kivy import kivy_data_dir
from kivy.clock import Clock
from kivy.core.text import Label as Measured
from kivy.properties import NumericProperty
from kivy.uix.label import Label

from kiosk.core.look import script
from kiosk.widgets.direction import from_the_right

SMALLEST_PX = 8
LEAST_OF_WANTED = 0.6
"""Buttons side by side have words of one size, as long as it is at least this part of what it should be."""
LINE_HEIGHT = 1.15
MOST_LETTERS = 75
"""In one line: longer ones lose the eye on its way back (WCAG 2.2, 1.4.8 allows 80)."""

_GAP = re.compile(r" (?!\d)|(?<!\d) ")
"""Where a line may end: not inside "113 13"."""
Line = tuple[str, bool]
"""Words in the order in which they are read; does the paragraph end here?"""


Hand = tuple[str, int, bool]
"""How a text is written: file of its font, font px, from the right?"""


@lru_cache(maxsize=4000)  # measuring asks for it ten thousand times a page
def _file(text: str) -> str:
    return str(Path(kivy_data_dir) / "fonts" / f"{script.font(text)}.ttf")


def _hand(text: str, font_px: int) -> Hand:
    return _file(text), font_px, script.right_to_left(text, from_the_right())


@lru_cache(maxsize=200)
def _ruler(font: str, font_px: int) -> Measured:
    return Measured(text="", font_name=font, font_size=font_px, line_height=LINE_HEIGHT)


_TALLEST = {False: "Åg", True: "Ågﺃﺡﻉﻱ"}
"""Letters as high and as low as any, by whether the text is read from the right: a line is as high as its letters."""


@lru_cache(maxsize=200)
def _heights(font: str, font_px: int, right: bool) -> tuple[float, float]:
    """Height of one line, and of each one more."""
    letters = _TALLEST[right]
    one, two = (
        Measured(
            text=text, font_name=font, font_size=font_px, text_size=(10_000, None), line_height=LINE_HEIGHT
        ).render()[1]
        for text in (letters, f"{letters}\n{letters}")
    )
    return one, two - one


@lru_cache(maxsize=20_000)
def _extent(line: str, hand: Hand) -> int:
    """Width of a line as it will be drawn."""
    font, font_px, right = hand
    seen = script.drawn(line, right)
    return int(_ruler(font, font_px).get_extents(seen)[0]) if seen else 0


def _broken(word: str, hand: Hand, width: int) -> list[str]:
    """A word that is wider than the line, in parts."""
    found = [""]
    for letter in word:
        if found[-1] and _extent(found[-1] + letter, hand) + 1 > width:
            found.append("")
        found[-1] += letter
    return found


def lines(text: str, font_px: int, width: int) -> tuple[tuple[Line, ...], bool]:
    """`text` as lines of at most `width` pixels; had a word to be broken?"""
    return _lines(text, _hand(text, font_px), width)


@lru_cache(maxsize=4000)
def _lines(text: str, hand: Hand, width: int) -> tuple[tuple[Line, ...], bool]:
    found: list[Line] = []
    broke = False
    for paragraph in text.split("\n"):
        words: list[str] = []
        for word in _GAP.split(paragraph):
            if _extent(word, hand) + 1 <= width:
                words.append(word)
            else:
                broke = True
                words += _broken(word, hand, width)
        laid = _filled(words, hand, width)
        found += [(line, False) for line in laid[:-1]] + [(laid[-1], True)]
    return tuple(found), broke


def _filled(words: list[str], hand: Hand, width: int) -> list[str]:
    """Words on lines, as many on each as fit.

    How many that is likely to be comes from the widths of the words, which are known; only that is measured, and one
    word more or less. A line measured anew with each word took most of the time before a warning's first frame.
    """
    widths = [_extent(word, hand) for word in words]
    gap = max(0, _extent("n n", hand) - _extent("nn", hand))
    found, start = [], 0
    while start < len(words):
        end, wide = start + 1, widths[start]
        while end < len(words) and wide + gap + widths[end] + 1 <= width:
            wide += gap + widths[end]
            end += 1
        while end > start + 1 and not _holds(words[start:end], hand, width):
            end -= 1
        while end < len(words) and _holds(words[start : end + 1], hand, width):
            end += 1
        found.append(" ".join(words[start:end]))
        start = end
    return found


def _holds(words: list[str], hand: Hand, width: int) -> bool:
    line = " ".join(words)
    return len(line) <= MOST_LETTERS and _extent(line, hand) + 1 <= width


def measure(text: str, font_px: int, width: int) -> tuple[int, int]:
    """Width and height in pixels of `text` wrapped at `width`; more than `width` when a word had to be broken."""
    text, width = script.marked(text), max(1, int(width))
    laid, broke = lines(text, int(font_px), width)
    hand = _hand(text, int(font_px))
    one, more = _heights(*hand)
    wide = max(_extent(line, hand) for line, _ in laid) + 1
    if broke:
        wide = max(wide, *(_extent(word, hand) + 1 for word in _GAP.split(text)))
    return wide, int(one + more * (len(laid) - 1) + 0.999)


def fits(text: str, font_px: float, width: float, height: float) -> bool:
    """Does `text` fit whole, with no word divided?"""
    wide, high = measure(text, int(font_px), max(1, int(width)))
    return wide <= width and high <= height


def common(texts: Iterable[str], wanted: float, width: float, height: float) -> float:
    """The size in which all of these fit their boxes, which are alike; one long text does not make all too small."""
    size, least = int(wanted), int(wanted * LEAST_OF_WANTED)
    while size > least and not all(fits(text, size, width, height) for text in texts):
        size -= 1
    return size


def pieces(text: str, font_px: float, width: float, height: float) -> list[str]:
    """`text` divided between lines, so that each piece fits."""
    if fits(text, font_px, width, height):
        return [text]
    one, more = _heights(*_hand(text, int(font_px)))
    count = max(1, int((height - one) / more) + 1)
    if script.borrowed(text):
        count = max(1, count - 1)  # room for the mark on each piece
    laid, _ = lines(text, int(font_px), max(1, int(width)))
    found, begun = [], ""
    for number, (line, ends) in enumerate(laid, 1):
        begun += line + ("\n" if ends else " ")
        if number % count == 0 or number == len(laid):
            found.append(begun.strip())
            begun = ""
    return [piece for piece in script.whole(found) if script.bare(piece)] or [""]


class FitLabel(Label):
    """A label as large as `wanted` pixels, or smaller, so that its text fits the box it is given.

    `text` is in the order in which it is read. `halign` "left" means where reading begins.
    """

    wanted = NumericProperty(20)

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("line_height", LINE_HEIGHT)
        super().__init__(**kwargs)
        self._fit = Clock.create_trigger(self._refit, -1)
        self.fbind("size", self._fit)
        self.fbind("text", self._fit)
        self.fbind("wanted", self._fit)
        self._fit()

    def _room(self) -> tuple[float, float]:
        left, top, right, bottom = self.padding
        return self.width - left - right, self.height - top - bottom

    def _refit(self, _seconds: float) -> None:
        self._fit.cancel()
        width, height = self._room()
        low, high = SMALLEST_PX, max(SMALLEST_PX, int(self.wanted))
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if fits(self.text, middle, width, height) else (low, middle - 1)
        self.font_size, self.font_name = low, _file(script.marked(self.text))
        # with a height and "middle" Kivy 2.3.1 lays out from the middle newline and drops one of an odd count of lines
        self.text_size = (self.width, None if self.valign == "middle" else self.height)
        self._trigger_texture()

    def texture_update(self, *arguments: object) -> None:
        """Kivy is given the lines as they are drawn; `text` stays as it is read. Drawn once, when its size is known."""
        if self._fit.is_triggered:
            return
        text = script.marked(self.text)
        right = script.right_to_left(text, from_the_right())
        laid, _ = lines(text, int(self.font_size), max(1, int(self._room()[0]))) if text else ((), False)
        self._label.text = "\n".join(script.drawn(line, right) for line, _ in laid)
        self._label.options["halign"] = self._side(right, any(letter.isalpha() for letter in text))
        super().texture_update(*arguments)
        if len(self._label._cached_lines) > len(laid) and self.texture is not None:
            # a font that Kivy has opened anew measures otherwise until it has drawn once: a full line was divided
            self.texture.bind()
            super().texture_update(*arguments)

    def _side(self, right: bool, letters: bool) -> str:
        """Where each line stands: a number stands as its page does, words as they are read."""
        if self.halign not in ("left", "right"):
            return self.halign
        turned = from_the_right() if self.halign == "right" or not letters else right
        return {"left": "right", "right": "left"}[self.halign] if turned else self.halign
