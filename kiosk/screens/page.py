"""What all pages have: a view, a style, and a way to other pages."""

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.widgets import parts

__all__ = ["Page", "load_kv", "parts"]


class Page(BoxLayout):
    """One page. `view` is replaced as a whole; `go` takes the name of a page."""

    view: Any = ObjectProperty(None, rebind=True)
    style: Any = ObjectProperty(None, rebind=True)
    go: Any = ObjectProperty(None)
    portrait = BooleanProperty(False)


def load_kv(module: str) -> None:
    """Load the .kv that lies beside a page's .py."""
    Builder.load_file(str(Path(module).with_suffix(".kv")))
