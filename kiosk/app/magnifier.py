"""The third size of text: one thing of the page at a time, as large as the standard asks, moved by keys or buttons."""

from collections.abc import Callable
from typing import Any

from kiosk.app.cursor import Cursor
from kiosk.screens.root import Root
from kiosk.widgets.magnified import Magnified
from kiosk.widgets.reading import Readable


class Magnifier:
    """`on` from the visitor's choice until the end of the visit. `act` hears what its buttons say."""

    def __init__(self, cursor: Cursor, act: Callable[[str], None]) -> None:
        self._cursor = cursor
        self._act = act
        self._widget: Magnified | None = None
        self.on = False

    def show(self, root: Root) -> None:
        """What the cursor is at, over the page; made anew with the rest of the screen. Nothing while it is off."""
        if not self.on or (self._widget is not None and self._widget.parent is not root):
            self._drop()
        if not self.on:
            return
        if self._widget is None:
            self._widget = Magnified(root.view.words, style=root.style, act=self._act, size_hint=(None, None))
            root.add_widget(self._widget)
        elif root.children[0] is not self._widget:
            root.remove_widget(self._widget)
            root.add_widget(self._widget)
        inside = root.frame.children[0]
        if (self._widget.pos, self._widget.size) != (inside.pos, inside.size):
            self._widget.pos, self._widget.size = inside.pos, inside.size
        one = self._cursor.current(root)
        if one is None:
            one = self._first(root)
            self._cursor.put(root, one)
        self._widget.show(one.item if one else None, _role(one))

    def turned(self, by: int) -> bool:
        """Had the text that is shown another page on that side?"""
        return self.on and self._widget is not None and self._widget.turned(by)

    def _drop(self) -> None:
        if self._widget is not None and self._widget.parent is not None:
            self._widget.parent.remove_widget(self._widget)
        self._widget = None

    def _first(self, root: Root) -> Readable | None:
        """Where to begin: what is not for real says so first, else the page's own first text."""
        found = self._cursor.everything(root)
        own = [one for one in found if not root.frame.stamps and _within(one.widget, root.page)]
        return (own or found or [None])[0]


def _within(widget: Any, box: Any) -> bool:
    while widget is not None and widget is not box:
        widget = widget.parent if widget.parent is not widget else None
    return widget is box


def _role(one: Readable | None) -> Any:
    """The colours of what is magnified, so that a warning does not lose its own."""
    widget = one.widget if one is not None else None
    while widget is not None and not hasattr(widget, "role"):
        widget = widget.parent if widget.parent is not widget else None
    return getattr(widget, "role", "plain")
