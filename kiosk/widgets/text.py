"""Text that is never cut: it shrinks to its box, or is divided into pieces that fit."""

from functools import lru_cache

from kivy.clock import Clock
from kivy.core.text import Label as Measured
from kivy.properties import NumericProperty
from kivy.uix.label import Label

SMALLEST_PX = 8
LINE_HEIGHT = 1.15


@lru_cache(maxsize=4000)
def measure(text: str, font_px: int, width: int) -> tuple[int, int]:
    """Width and height in pixels of `text` wrapped at `width`; the width is that of its widest word at least."""
    label = Measured(text=text, font_size=font_px, text_size=(width, None), line_height=LINE_HEIGHT)
    size = label.render()
    longest = sorted(set(text.split()), key=len, reverse=True)[:5]
    words = (label.get_extents(word)[0] for word in longest)
    return max(int(size[0]), *(word + 3 for word in words), 0), int(size[1])


def fits(text: str, font_px: float, width: float, height: float) -> bool:
    """Does `text` fit whole, with no word divided?"""
    wide, high = measure(text, int(font_px), max(1, int(width)))
    return wide <= width and high <= height


def pieces(text: str, font_px: float, width: float, height: float) -> list[str]:
    """`text` divided at words, so that each piece fits."""
    if fits(text, font_px, width, height):
        return [text]
    words, found = text.split(" "), []
    most = 2 + int(width * height / (font_px * font_px))  # a word takes more room than this
    while words:
        low, high = 1, min(len(words), most)
        while low < high:
            middle = (low + high + 1) // 2
            if measure(" ".join(words[:middle]), int(font_px), max(1, int(width)))[1] <= height:
                low = middle
            else:
                high = middle - 1
        found.append(" ".join(words[:low]).strip("\n"))
        words = words[low:]
    return [piece for piece in found if piece] or [""]


class FitLabel(Label):
    """A label as large as `wanted` pixels, or smaller, so that its text fits the box it is given."""

    wanted = NumericProperty(20)

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("line_height", LINE_HEIGHT)
        super().__init__(**kwargs)
        self._fit = Clock.create_trigger(self._refit, -1)
        self.fbind("size", self._fit)
        self.fbind("text", self._fit)
        self.fbind("wanted", self._fit)
        self._fit()

    def _refit(self, _seconds: float) -> None:
        width, height = self.width - self.padding[0] - self.padding[2], self.height - self.padding[1] - self.padding[3]
        low, high = SMALLEST_PX, max(SMALLEST_PX, int(self.wanted))
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if fits(self.text, middle, width, height) else (low, middle - 1)
        self.font_size = low
        self.text_size = self.size
