"""Search in information: a few large keys with several letters each. What was pressed is gone with the visitor."""

from kivy.clock import Clock
from kivy.properties import ObjectProperty
from kivy.uix.gridlayout import GridLayout

from kiosk.core.day.search import KEYS, found, possible
from kiosk.screens.page import load_kv
from kiosk.screens.section import Everyday
from kiosk.widgets.panel import ORDINARY, Touch


class LetterKeys(GridLayout):
    """One button for each key, with those that would find nothing taken away; then remove and show."""

    keys = ObjectProperty(())
    style = ObjectProperty(ORDINARY, rebind=True)
    press = ObjectProperty(None)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._lay = Clock.create_trigger(self._laid, -1)
        for name in ("keys", "style", "size"):
            self.fbind(name, self._lay)
        self._lay()

    def _laid(self, _seconds: float) -> None:
        self.clear_widgets()
        if self.width < 2 or not self.keys:
            return
        gap = self.style.gap
        rows = max(1, int((self.height + gap) / (self.style.target + gap)))
        fits = max(1, int((self.width + gap) / (self.style.narrow + gap)))
        self.cols = min(fits, max(-(-len(self.keys) // rows), min(6, fits) if self.width > self.height else 3))
        self.spacing = gap
        for text, role, name in self.keys:
            touch = Touch(style=self.style, text=text, role=role, disabled=not name)
            touch.bind(on_release=lambda _, name=name: self.press(name))
            self.add_widget(touch)


class Search(Everyday):
    """Laid out in search.kv. First the keys, then the list of what was found, then a page of it."""

    keys = ObjectProperty(())

    def __init__(self, **kwargs: object) -> None:
        self._pressed: tuple[int, ...] = ()
        super().__init__(typing=True, **kwargs)

    def step_back(self) -> bool:
        """From the page to the list, from the list to the keys."""
        if super().step_back():
            return True
        if not self.typing:
            self.typing = True
            return True
        return False

    def press(self, name: str) -> None:
        """A key, "remove" or "show"."""
        if name == "remove":
            self._pressed = self._pressed[:-1]
        elif name == "show":
            self.typing = False
        else:
            self._pressed = (*self._pressed, int(name))
        self._write()

    def _write(self, *_: object) -> None:
        say = self.view.words.say
        results = found(self.view.sections, self._pressed)
        self.entries = results
        nexts = possible(self.view.sections, self._pressed)
        count = say("section.search_one") if len(results) == 1 else say("section.search_found", n=len(results))
        pressed = " ".join(KEYS[key] for key in self._pressed)
        self.title = f"{pressed}: {count}" if pressed else say("section.search_ask")
        keys = [(letters, "plain", str(number) if number in nexts else "") for number, letters in enumerate(KEYS)]
        last = f"{say('section.search_back')} {KEYS[self._pressed[-1]]}" if self._pressed else ""
        keys.append((last, "accent", "remove" if self._pressed else ""))
        keys.append((count, "accent", "show" if results else ""))
        self.keys = tuple(keys)
        self._read()


load_kv(__file__)
