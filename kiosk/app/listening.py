"""Reading aloud: the page as a whole, one thing at a time, again, louder; and what a finger finds without eyes."""

from collections.abc import Callable

from kiosk.app.cursor import Cursor
from kiosk.core.voice.loudness import LEVELS, Speech, allowed
from kiosk.core.voice.speaking import Item, Spoken, introduction, orientation, said, sentence
from kiosk.io.speech import Voice
from kiosk.screens.root import Root
from kiosk.widgets.reading import Readable


class Listening:
    """`on` from "read aloud" until "stop reading" or the end of the visit. `hour`: of the day, None when unknown."""

    def __init__(self, voice: Voice, settings: Speech, cursor: Cursor, hour: Callable[[], int | None]) -> None:
        self.voice = voice
        self._settings = settings
        self._cursor = cursor
        self._hour = hour
        self.on = False
        self.thrifty: Callable[[], bool] = lambda: False
        """On reserve power? Then the small program speaks."""
        self._level = settings.volume
        self._rows: list[tuple[Spoken, Readable | None]] = []
        self._told: Readable | None = None
        """What was read last of the page itself; what a finger finds on the bar does not count."""

    @property
    def level(self) -> int:
        """How loud it is now."""
        return allowed(self._level, self._settings, self._hour())

    @property
    def most(self) -> int:
        """How loud it may be now."""
        return allowed(LEVELS, self._settings, self._hour())

    @property
    def speaking(self) -> bool:
        """Is something being said?"""
        return self.voice.speaking

    def begin(self, root: Root, way: str) -> None:
        """From now on whatever happens is said; first the page from its top, with a word on how to go on.

        That comes after what stands topmost, for of an exercise the first word is that it is one. `way`: as in Visit.
        """
        self.on = self.voice.available
        if self.on:
            words, (first, *rest) = root.view.words, self._parts(root) or [[]]
            told = introduction(words), sentence(words, f"speech.way_{way}")
            self._say([*_plain(told[0]), *first, *_plain(told[1]), *(row for part in rest for row in part)])

    def orient(self, root: Root, way: str) -> None:
        """To somebody who woke the screen: where they are, whether there is a warning, how to hear more."""
        view = root.view
        known = view.place != view.words.say("head.no_place")
        banner = Item(view.banner.text, view.words.language) if view.banner is not None else None
        self._say(_plain(orientation(view.words, view.place if known else "", banner, way)))

    def end(self) -> None:
        """No more."""
        self.on, self._told = False, None
        self.hush()
        self._level = self._settings.volume

    def hush(self) -> None:
        """Silence now; the mode stays."""
        self._rows = []
        self.voice.stop()

    def last(self, root: Root) -> Readable | None:
        """What was said last, wherever the finger is now."""
        texts = [one for one in self._cursor.everything(root) if self._told is not None and one.item == self._told.item]
        return texts[0] if texts else None

    def page(self, root: Root) -> None:
        """The page from its top."""
        self._say(self._page(root))

    def one(self, root: Root, thing: Readable | None, *, bar: bool = False) -> None:
        """One thing, and the cursor goes there. `bar`: it is on the bar, and "again" does not mean it."""
        self._cursor.put(root, thing)
        self._told = self._told if bar else thing
        if thing is not None:
            self._say([(spoken, thing) for spoken in said(thing.item, root.view.words)])

    def again(self, root: Root) -> None:
        """What was said last, once more."""
        current = self._cursor.current(root)
        if current is None:
            self.page(root)
        else:
            self.one(root, current)

    def louder(self, root: Root, by: int) -> None:
        """One step; from the loudest the button on the screen begins again at the softest (`by` 0)."""
        level = self.level
        self._level = min(self.most, max(1, level + by)) if by else level % self.most + 1
        self.tell(root, "speech.volume", n=self.level, all=self.most)

    def tell(self, root: Root, key: str, **fields: object) -> None:
        """One of the screen's own sentences."""
        self._say(_plain(sentence(root.view.words, key, **fields)))

    def tick(self, root: Root) -> None:
        """The ring goes along with the voice."""
        if not self._rows:
            return
        if not self.voice.tick():
            self._rows = []
            if self.voice.mute:
                self.on = False  # nobody hears it: a touch must act at once
                self.voice.mute = False
            return
        thing = self._rows[min(self.voice.place, len(self._rows) - 1)][1]
        current = self._cursor.current(root)
        if thing is not None and (current is None or current.widget is not thing.widget):
            self._cursor.put(root, thing)
            self._told = thing

    def _page(self, root: Root) -> list[tuple[Spoken, Readable | None]]:
        return [row for part in self._parts(root) for row in part]

    def _parts(self, root: Root) -> list[list[tuple[Spoken, Readable | None]]]:
        """By thing, what is said of it."""
        words = root.view.words
        return [[(one, thing) for one in said(thing.item, words)] for thing in self._cursor.everything(root)]

    def _say(self, rows: list[tuple[Spoken, Readable | None]]) -> None:
        self._rows = rows
        self.voice.speak([spoken for spoken, _ in rows], self.level, thrifty=self.thrifty())


def _plain(spoken: tuple[Spoken, ...]) -> list[tuple[Spoken, Readable | None]]:
    """What belongs to nothing on the page."""
    return [(one, None) for one in spoken]
