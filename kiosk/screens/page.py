"""What all pages have: a view, a style, and a way to other pages."""

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import AliasProperty, BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.widgets import parts

__all__ = ["Page", "load_kv", "parts"]

SHORT_MM = 105
"""A screen lower than this has no room for anything beside the most important."""


class Page(BoxLayout):
    """One page. `view` is replaced as a whole; `go` takes the name of a page, `act` that of a deed ("read", "back").

    `topic`: of a page that there are several of, which one (a card's id, a section's). `screen_height`: of the whole
    screen, pixels. `library`: the cards of advice. `pictures`: gives the texture of a
    digest, or None.
    """

    view: Any = ObjectProperty(None, rebind=True)
    style: Any = ObjectProperty(None, rebind=True)
    go: Any = ObjectProperty(None)
    act: Any = ObjectProperty(None)
    library: Any = ObjectProperty(None)
    pictures: Any = ObjectProperty(None, allownone=True)
    topic = StringProperty("")
    portrait = BooleanProperty(False)
    screen_height = NumericProperty(0)

    def step_back(self) -> bool:
        """Was there a step to take back on the page itself? Then the way back ends here."""
        return False

    @property
    def short(self) -> bool:
        """Is the whole screen low?"""
        return bool(self.style) and self.screen_height < self.style.mm(SHORT_MM)

    def _is_slim(self) -> bool:
        return bool(self.style) and self.portrait and 0 < self.width < self.style.mm(SHORT_MM)

    slim = AliasProperty(_is_slim, bind=("style", "portrait", "width"))
    """Is it a small upright panel?"""


def load_kv(module: str) -> None:
    """Load the .kv that lies beside a page's .py."""
    Builder.load_file(str(Path(module).with_suffix(".kv")))
