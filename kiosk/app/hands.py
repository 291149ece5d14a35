"""Hands: four keys, one button, or a finger that looks for something without eyes. No key leads out of the program."""

from typing import TYPE_CHECKING, Any

from kivy.clock import Clock as Frames

from kiosk.core.visitor.keys import Button, Keys, Press, meaning
from kiosk.screens.bar import BarTouch
from kiosk.screens.root import Root
from kiosk.widgets.direction import from_the_right
from kiosk.widgets.reading import at_point

if TYPE_CHECKING:
    from kiosk.app.visitor import Visitor

REPEATED = (Press.NEXT, Press.PREVIOUS, Press.LOUDER, Press.LOWER)
"""What a key that is held goes on doing."""
TOUCH, KEYS, BUTTON = "touch", "keys", "button"


class Hands:
    """Of one visitor. `keys_used`: the ring is shown, for somebody works with keys."""

    def __init__(self, visitor: "Visitor", keys: Keys) -> None:
        self._visitor = visitor
        self._keys = keys
        self._button = Button()
        self._down: set[int] = set()
        self._told: object = None
        self._exploring: object = None
        self.keys_used = False
        self.way = TOUCH
        """By what somebody listens, as in Visit."""
        self.root: Root | None = None
        self._window: object = None

    def attach(self, window: Any, root: Root) -> None:
        """Hear the keys, and the finger while it moves."""
        self.root = root
        if window is not self._window:
            self._window = window
            window.bind(on_key_down=self._key_down, on_key_up=self._key_up, on_touch_move=self._finger_moved)

    def forget(self) -> None:
        """The visitor is gone."""
        self.keys_used, self._told, self.way = False, None, TOUCH

    # --- keys ---

    def _key_down(self, _window: Any, code: int, _scan: int = 0, _text: object = None, held: Any = ()) -> bool:
        """True for every key that means something: nobody else sees it, and Escape never ends anything."""
        press = meaning(self._keys, code, shift="shift" in held, from_right=from_the_right())
        if press is None or self.root is None:
            return False
        woke = self._visitor.wakes()
        self._visitor.used(self.root)
        again = code in self._down
        self._down.add(code)
        if press is not Press.READ:
            self.way = KEYS
        elif self.way == TOUCH:
            self.way = BUTTON
        if woke and press is not Press.READ:
            self._visitor.listening.orient(self.root, KEYS)
            return True
        self._visitor.quiet()
        if press is Press.READ:
            self._button = self._button.pressed(Frames.get_time())
            self._visitor.listening.hush()  # nothing goes on while somebody decides
        elif not again or press in REPEATED:
            self.act(self.root, press)
        return True

    def _key_up(self, _window: Any, code: int, *_: object) -> bool:
        self._down.discard(code)
        if self.root is None or meaning(self._keys, code) is not Press.READ:
            return False
        self._button, press = self._button.released(Frames.get_time())
        if press is not None:
            self._visitor.used(self.root)
            self.act(self.root, press)
        return True

    def act(self, root: Root, press: Press) -> None:
        """What somebody wants, whichever key said it."""
        hears = self._visitor.listening
        if self._visitor.answered(root):
            return
        if press in (Press.NEXT, Press.PREVIOUS):
            self._move(root, 1 if press is Press.NEXT else -1)
        elif press is Press.CHOOSE:
            self._choose(root)
        elif press is Press.BACK:
            self._back(root)
        elif press is Press.READ:
            if hears.on:
                self._move(root, 1)
            else:
                hears.begin(root, self.way)
        elif hears.on and press is Press.AGAIN:
            hears.again(root)
        elif hears.on:
            hears.louder(root, 1 if press is Press.LOUDER else -1)

    def _move(self, root: Root, by: int) -> None:
        hears, magnifier = self._visitor.listening, self._visitor.magnifier
        self.keys_used = True
        if magnifier.turned(by):
            return
        thing = self._visitor.cursor.move(root, by, texts=hears.on or magnifier.on)
        if hears.on:
            hears.one(root, thing)

    def _choose(self, root: Root) -> None:
        thing = self._visitor.cursor.current(root)
        if thing is not None and thing.control:
            self.keys_used = True
            self._visitor.listening.hush()
            self._visitor.cursor.leaves(root.page_name)
            thing.widget.dispatch("on_release")
        elif self._visitor.listening.on:
            self._visitor.listening.again(root)
        else:
            self._move(root, 1)  # nothing is chosen yet: show where we are

    def _back(self, root: Root) -> None:
        """First silence, then the first page, then out of reading aloud; never out of the program."""
        hears = self._visitor.listening
        if hears.speaking:
            hears.hush()
        elif root.page_name != "home":
            root.go("home")
        else:
            hears.end()

    def listen(self, root: Root, what: str) -> None:
        """A button of the bar that has to do with the voice."""
        hears = self._visitor.listening
        self.way = TOUCH
        if what == "read":
            if hears.on:
                hears.end()
                self._visitor.cursor.put(root, None)
            else:
                hears.begin(root, self.way)
        elif what == "volume":
            hears.louder(root, 0)
        elif what in (Press.AGAIN, Press.NEXT, Press.PREVIOUS):
            self._from_bar(root, Press(what))

    def _from_bar(self, root: Root, press: Press) -> None:
        """The finger is on the bar, and the place that matters is where the voice was before."""
        cursor, hears = self._visitor.cursor, self._visitor.listening
        cursor.put(root, hears.last(root))
        if press is Press.AGAIN:
            hears.again(root)
        else:
            self._move(root, 1 if press is Press.NEXT else -1)

    # --- a finger without eyes ---

    def finger_down(self, root: Root, touch: Any) -> bool:
        """While the page is read aloud a touch says what is there; only the second on the same thing chooses it."""
        if not self._visitor.listening.on:
            if self.keys_used:
                self.keys_used = False
                self._visitor.cursor.put(root, None)
            return False
        self.way = TOUCH
        found = at_point(self._visitor.cursor.everything(root), *touch.pos)
        if found is not None and found.control and found.widget is self._told:
            self._visitor.listening.hush()
            self._visitor.cursor.leaves(root.page_name)
            self._told = None
            return False
        self._exploring = touch.uid
        self._tell(root, found)
        return True

    def _finger_moved(self, _window: Any, touch: Any) -> bool:
        """A finger that glides says what it comes to."""
        if self.root is None or not self._visitor.listening.on or touch.uid != self._exploring:
            return False
        self._visitor.here()
        found = at_point(self._visitor.cursor.everything(self.root), *touch.pos)
        if found is not None and found.widget is not self._told:
            self._tell(self.root, found)
        return True

    def _tell(self, root: Root, found: Any) -> None:
        self._told = found.widget if found is not None else None
        if found is None:
            self._visitor.listening.hush()
        else:
            self._visitor.listening.one(root, found, bar=isinstance(found.widget, BarTouch))
