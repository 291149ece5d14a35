"""What a visitor can do on a page that changes how it looks: each step is drawn and checked like a page of its own."""

from collections.abc import Callable, Iterator
from typing import Any

Step = tuple[str, Callable[[], Any]]
"""A name for the picture, and the deed."""


def steps(root: Any) -> Iterator[Step]:
    """As it comes first; then every step that this page has, one after the other."""
    yield "", lambda: None
    page = root.page
    if root.page_name == "power" and root.view.fresh and not root.view.alerts:
        yield "asked", lambda: root.ask(True)
        root.ask(False)
    if getattr(page, "typing", False):
        yield "key", lambda: page.press("0")
        yield "found", lambda: page.press("show")
    yield from _turned(root)
    if hasattr(page, "entries"):
        yield from _opened(page)


def one_by_one(root: Any, magnifier: Any) -> Iterator[Step]:
    """Of the things of a page, each as large as has to be: the first, the longest, its end, the longest control."""
    cursor = magnifier._cursor
    things = cursor.everything(root)
    longest = max(things, key=lambda one: len(one.item.text))
    controls = [one for one in things if one.control]

    def show(one: Any) -> None:
        cursor._ring = None  # it lies under what is shown
        cursor._widget, cursor._text, cursor._at = one.widget, one.item.text, things.index(one)
        magnifier.show(root)

    yield "", lambda: show(things[0])
    yield "longest", lambda: show(longest)
    text = magnifier._widget.text
    if len(text.pages) > 1:
        yield "end", lambda: setattr(text, "page", len(text.pages) - 1)
    if controls:
        yield "control", lambda: show(max(controls, key=lambda one: len(one.item.text)))


def _turned(root: Any) -> Iterator[Step]:
    """Overleaf: of a list, of a long text; the next message."""
    page = root.page
    more = [button for button in _lists(page) for button in [_more(button, root)] if button is not None]
    if more:
        yield "overleaf", lambda: more[0].dispatch("on_release")
    text = page.ids.get("text")
    if text is not None and len(text.pages) > 1:
        yield "page2", text.turn
    if root.page_name == "crisis" and len(root.view.alerts) > 1:
        yield "next", page.next


def _lists(page: Any) -> Iterator[Any]:
    from kiosk.widgets.parts import RowList

    return (widget for widget in page.walk(restrict=True) if isinstance(widget, RowList) and widget.height > 1)


def _more(rows: Any, root: Any) -> Any:
    """The button that turns a list, None where all of it is on one page."""
    from kiosk.widgets.panel import Touch

    word = root.view.words.say("bar.more")
    return next((one for one in rows.walk(restrict=True) if isinstance(one, Touch) and one.text == word), None)


def _opened(page: Any) -> Iterator[Step]:
    """The longest row opened, one with a code before others; then what is done there last."""
    rows = [entry for entry in page.entries if entry.opens and entry.text not in page._ways]
    if not rows:
        return
    yield "opened", lambda: page.open(max(rows, key=lambda entry: (bool(entry.code), len(entry.more))))
    if page.deeds:
        yield "deed", list(page.deeds)[-1][1]
