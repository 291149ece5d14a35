"""A text of any length in paragraphs: as large as it fits on one page, else on pages that a large button turns."""

from collections.abc import Iterable

from kivy.clock import Clock
from kivy.properties import ListProperty, NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from kiosk.core.voice.passages import Passage
from kiosk.widgets.panel import Panel
from kiosk.widgets.text import FitLabel, measure, pieces

SIZES: tuple[str | float, ...] = ("title", "lead", "body")
"""Names of sizes, or pixels; tried in this order; the last is used when none fits on one page."""
GAP_MM = 1.2
"""Between two paragraphs."""
Laid = list[tuple[str, int, int]]
"""One page: (text, font px, height px)."""


class PagedText(Panel):
    """`passages` on as many `pages` as it takes; `page` is the one that is drawn. It never scrolls by itself.

    `in_pages`: the same in the order that is better when one page is not enough, () where there is no better one.
    """

    passages = ObjectProperty(())
    in_pages = ObjectProperty(())
    page = NumericProperty(0)
    pages = ListProperty([[]])
    sizes = ObjectProperty(SIZES)

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("orientation", "vertical")
        super().__init__(**kwargs)
        self._divide = Clock.create_trigger(self._divided, -1)
        for name in ("size", "passages", "in_pages", "style", "sizes"):
            self.fbind(name, self._divide)
        for name in ("page", "ink"):
            self.fbind(name, self._show)
        self._divide()

    def turn(self, *_: object) -> None:
        """The next page, and from the last the first again."""
        self.page = (self.page + 1) % len(self.pages)

    def _divided(self, _seconds: float) -> None:
        if self.width < 2 or self.height < 2:
            return
        laid = self._laid(self.passages, self.sizes)
        if len(laid) > 1 and self.in_pages:
            laid = self._laid(self.in_pages, self.sizes[-1:])
        if laid != self.pages:
            self.pages = laid
        self.page = min(self.page, len(laid) - 1)
        self._show()

    def _laid(self, passages: Iterable[Passage], sizes: Iterable[str | float]) -> list[Laid]:
        """In the first size that fits on one page, else in the last."""
        laid: list[Laid] = [[]]
        left, top, right, bottom = self.padding
        for size in sizes:
            room = self.width - left - right, self.height - top - bottom - self.style.mm(GAP_MM)
            font = self.style.text(size) if isinstance(size, str) else size
            laid = paged(passages, font, *room, self.style.mm(GAP_MM))
            if len(laid) == 1:
                break
        return laid

    def _show(self, *_: object) -> None:
        self.clear_widgets()
        if not self.pages or self.width < 2:
            return
        self.spacing = self.style.mm(GAP_MM)
        for text, font, height in self.pages[min(self.page, len(self.pages) - 1)]:
            label = FitLabel(text=text, color=self.ink, size_hint_y=None, height=height, valign="top")
            label.wanted = font
            self.add_widget(label)
        self.add_widget(Widget())  # takes what is left, so that the text begins at the top


def paged(passages: Iterable[Passage], font: float, width: float, height: float, gap: float) -> list[Laid]:
    """Pages of at most `height`: a paragraph goes on over the page where it must, a heading stays with its text."""
    pages: list[Laid] = [[]]
    left, font, least = height, int(font), measure("Åg\nÅg", int(font), int(width))[1] + 2
    if height < 2 * least:
        passages, least = _joined(passages), 0  # no line is left empty where there are three
    waiting: list[str] = []
    for passage in passages:
        if passage.heading:
            waiting.append(passage.text.upper())
            continue
        heads = [(head, *_box(head, font, width)) for head in waiting]
        waiting = []
        needed = sum(box[2] + gap for box in heads)
        tall = _box(passage.text, font, width)[1]
        if pages[-1] and needed + min(tall, least) > left:
            pages.append([])
            left = height
        for head in heads:
            pages[-1].append(head)
            left -= head[2] + gap
        left = _flow(pages, passage.text, font=font, width=width, height=height, left=left, gap=gap)
    return pages


def _joined(passages: Iterable[Passage]) -> list[Passage]:
    """On a page of three lines a heading is the beginning of its text."""
    found, heads = [], ""
    for passage in passages:
        if passage.heading:
            heads += f"{passage.text}: "
        else:
            found.append(Passage(heads + passage.text))
            heads = ""
    return found


def _flow(pages: list[Laid], text: str, *, font: int, width: float, height: float, left: float, gap: float) -> float:
    """Put one paragraph where there is room, and go on overleaf; what is left of the last page."""
    while text:
        piece = pieces(text, font, width, left)[0]
        tall = _box(piece, font, width)[1]
        if tall > left and pages[-1]:
            pages.append([])
            left = height
            continue
        pages[-1].append((piece, font, min(tall, int(height))))
        left -= tall + gap
        rest = pieces(text, font, width, left + tall + gap)[1:]
        text = " ".join(rest)
    return left


def _box(text: str, font: int, width: float) -> tuple[int, int]:
    """(font, height) of one paragraph."""
    return font, measure(text, font, int(width))[1] + 2
