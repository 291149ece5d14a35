"""One thing of the page at a time, so large that nobody has to come closer, and four large buttons for going on.

A small panel has no room for a whole page whose letters all cover 0.7 degrees (EN 301 549, 5.1.4). Here each text of
the page comes by itself, on as many pages as it takes, and the buttons' own words are large enough too.
"""

import re
from collections.abc import Callable
from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.properties import ObjectProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout

from kiosk.core.look.style import rgba
from kiosk.core.look.theme import Role
from kiosk.core.visitor.keys import Press
from kiosk.core.voice.passages import paragraphs
from kiosk.core.voice.speaking import Item
from kiosk.core.words import Words
from kiosk.widgets.paged import PagedText
from kiosk.widgets.panel import ORDINARY, Touch
from kiosk.widgets.text import lines, measure

SMALLER = "smaller"
SIZES = (2.4, 1.8, 1.35, 1.0)
"""Times the least size that is large enough: a short text is larger still."""
EDGE_MM = 1.0
"""Beside the word of a button: less than else, for words that must not be smaller."""
PADDING_MM = 2
_SPACES = re.compile(" {2,}")


class Magnified(BoxLayout):
    """Covers the page inside the frame. `act` gets a Press or SMALLER."""

    spoken = ""
    """It says nothing that the page under it does not say."""
    style = ObjectProperty(ORDINARY, rebind=True)
    act: Callable[[str], None] = ObjectProperty(None)

    def __init__(self, words: Words, **kwargs: object) -> None:
        super().__init__(orientation="vertical", **kwargs)
        self._item: Item | None = None
        self.spacing = self.padding = self.style.gap
        self.text = PagedText(style=self.style, passages=(), padding=self.style.mm(PADDING_MM))
        self._buttons = {
            does: Touch(style=self.style, text=words.say(f"one.{does}"), role="accent")
            for does in (Press.PREVIOUS, Press.NEXT, Press.CHOOSE, SMALLER)
        }
        self._words = words
        self.text.fbind("size", self._size)
        self.text.fbind("pages", self._offer)
        self.text.fbind("page", self._offer)
        self.add_widget(self.text)
        self._rows = GridLayout(cols=2, spacing=self.style.gap, size_hint_y=None)
        for does, button in self._buttons.items():
            button.bind(on_release=lambda _, does=does: self.act(does))
            button.padding = self.style.mm(EDGE_MM), self.style.mm(1.5)
            self._rows.add_widget(button)
        self.add_widget(self._rows)
        self.fbind("width", self._heighten)
        self._heighten()
        for name in ("pos", "size"):
            self.fbind(name, self._ground)

    def show(self, item: Item | None, role: Role = Role.PLAIN) -> None:
        """This thing, from its first page."""
        if item != self._item:
            self._item = item
            self.text.page = 0
            self.text.passages = tuple(paragraphs(_SPACES.sub(" ", item.text))) if item is not None else ()
            self._size()
        self.text.role = role
        self._offer()

    def _size(self, *_: object) -> None:
        """No word is divided for being larger than it has to be."""
        width = int(self.text.width - 2 * self.style.mm(PADDING_MM))
        sizes = [self.style.least_px * times for times in SIZES]
        texts = [one.text for one in self.text.passages]
        whole = [px for px in sizes if not any(lines(text, int(px), max(1, width))[1] for text in texts)]
        self.text.sizes = tuple(whole or sizes[-1:])

    def _heighten(self, *_: object) -> None:
        """The buttons are as high as their words need, those too that only come later."""
        style, gap = self.style, self.style.gap
        width = (self.width - 3 * gap) / 2 - 2 * style.mm(EDGE_MM)
        texts = [*(button.text for button in self._buttons.values()), self._words.say("one.more")]
        words = max(measure(text, int(style.least_px), max(1, int(width)))[1] for text in texts)
        self._rows.height = 2 * max(style.target, words + 2 * style.mm(1.5) + 2) + gap

    def turned(self, by: int) -> bool:
        """Was there more of this thing on that side? Then it is shown now."""
        page = self.text.page + by
        if not 0 <= page < len(self.text.pages):
            return False
        self.text.page = page
        return True

    def _offer(self, *_: object) -> None:
        """Choosing only where there is something to choose; "go on" while the text goes on."""
        more = self.text.page + 1 < len(self.text.pages)
        self._buttons[Press.NEXT].text = self._words.say("one.more" if more else "one.next")
        self._buttons[Press.CHOOSE].disabled = self._item is None or not self._item.control

    def _ground(self, *_: object) -> None:
        self.canvas.before.clear()
        with self.canvas.before:
            Color(*rgba(self.style.theme.paper.ground))
            Rectangle(pos=self.pos, size=self.size)

    def on_touch_down(self, touch: Any) -> bool:
        """Nothing under it is touched."""
        super().on_touch_down(touch)
        touch.grab(self)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """What is shown and can be chosen looks like a button, so it is one too; who slides off it has not chosen."""
        if touch.grab_current is not self:
            return bool(super().on_touch_up(touch))
        touch.ungrab(self)
        chosen = self._item is not None and self._item.control
        if chosen and self.text.collide_point(*touch.opos) and self.text.collide_point(*touch.pos):
            self.act(Press.CHOOSE)
        return True
