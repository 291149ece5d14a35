"""Where the keys, the voice and the exploring finger are on the page."""

from kiosk.core.visitor.keys import step
from kiosk.screens.root import Root
from kiosk.widgets.magnified import Magnified
from kiosk.widgets.reading import Readable, readables
from kiosk.widgets.ring import Ring


class Cursor:
    """One thing on the page, found again when the page is made anew, and when the visitor comes back to it."""

    def __init__(self) -> None:
        self._ring: Ring | None = None
        self._widget: object = None
        self._at: int | None = None
        self._text = ""
        self._left: dict[str, str] = {}
        """By page: the words of what was chosen there last."""

    def everything(self, root: Root) -> list[Readable]:
        """All that can be reached now; while the question stands there, only that."""
        return readables(root.asks or root, root.view.words.language)

    def reachable(self, root: Root, *, texts: bool) -> list[Readable]:
        """What the keys go through: controls, and for whoever listens the texts too."""
        return [one for one in self.everything(root) if texts or one.control]

    def current(self, root: Root) -> Readable | None:
        """What the cursor is at: the same widget, else the same words, else what has come to that place."""
        if self._at is None:
            return None
        found = self.everything(root)
        for fits in (lambda one: one.widget is self._widget, lambda one: one.item.text == self._text):
            for one in found:
                if fits(one):
                    return one
        return None

    def put(self, root: Root, one: Readable | None) -> None:
        """Go to one thing, or nowhere, and show where."""
        found = self.everything(root)
        self._widget = one.widget if one else None
        self._text = one.item.text if one else ""
        self._at = next((place for place, other in enumerate(found) if one and other.widget is one.widget), None)
        self.show(root)

    def move(self, root: Root, by: int, *, texts: bool) -> Readable | None:
        """The next or the previous thing, in a ring."""
        found = self.reachable(root, texts=texts)
        now = self.current(root)
        at = next((place for place, one in enumerate(found) if now and one.widget is now.widget), None)
        place = step(len(found), at if at is not None else self._near(root, found, by), by)
        one = found[place] if place is not None else None
        self.put(root, one)
        return one

    def _near(self, root: Root, found: list[Readable], by: int) -> int | None:
        """Where to go on from when what the cursor was at is gone, or is no control."""
        if self._at is None:
            return None
        order = {id(one.widget): place for place, one in enumerate(self.everything(root))}
        before = [place for place, one in enumerate(found) if order[id(one.widget)] < self._at]
        if by > 0:
            return before[-1] if before else None
        return before[-1] + 1 if before else 0

    def show(self, root: Root) -> None:
        """The ring where the cursor is; made anew with the rest of the screen."""
        one = self.current(root)
        if self._ring is None or self._ring.parent is not root:
            if one is None:
                return
            self._ring = Ring(style=root.style)
            root.add_widget(self._ring)
        elif next(child for child in root.children if not isinstance(child, Magnified)) is not self._ring:
            root.remove_widget(self._ring)
            root.add_widget(self._ring)
        self._ring.style = root.style
        self._ring.target = one.widget if one else None
        self._ring.follow()

    def leaves(self, page: str) -> None:
        """Something was chosen on a page: that is where the cursor will be when the visitor comes back."""
        self._left[page] = self._text

    def arrives(self, root: Root, *, shown: bool) -> None:
        """Another page: where the visitor was on it before, else nowhere yet. `shown`: keys are in use."""
        text = self._left.get(root.page_name, "")
        found = [one for one in self.everything(root) if one.control]
        again = next((one for one in found if one.item.text == text), None)
        self.put(root, again or (found[0] if found else None) if shown else None)

    def forget(self, root: Root) -> None:
        """The visitor is gone."""
        self._left.clear()
        self.put(root, None)
