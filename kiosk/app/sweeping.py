"""Python's sweep for what nobody uses any more, when nobody waits for it.

A page is some ten thousand things that hold each other, so only the sweep frees it. By itself it came in the middle of
making the next page, several times, and took half of the time between touch and frame. It never comes between a page
and its first frame.
"""

import gc

AFTER_S = 1.5
"""After a page has come: it has been drawn, and nobody has read it yet."""
MOST_PAGES = 8
"""A visitor who goes on and on is made to wait a little for every eighth page, so that memory stays flat."""
SELDOM = (200_000, 50, 1000)
"""Python's own sweep stays on, for whatever is made here without a page."""


class Sweeping:
    """Called at every tick with the page that stands there."""

    def __init__(self) -> None:
        self._page: object = None
        self._came_s: float | None = None
        self._pages = 0

    def begin(self) -> None:
        """From now on; what is there already stays for ever and is not looked at again."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(*SELDOM)

    def look(self, page: object, now_s: float) -> None:
        """Is it time?"""
        if page is not self._page:
            self._page, self._came_s = page, now_s
            self._pages += 1
            return  # it has not been drawn yet, and it may be a warning
        waited = self._came_s is not None and now_s - self._came_s >= AFTER_S
        if waited or self._pages > MOST_PAGES:
            self._came_s, self._pages = None, 0
            gc.collect()
