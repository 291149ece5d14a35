"""One card of advice, in the visitor's language or in another that the card is written in."""

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.core.advice import ORIGINAL, passages
from kiosk.screens.page import Page, load_kv
from kiosk.widgets.deeds import Deed, Deeds
from kiosk.widgets.paged import PagedText

__all__ = ["Card", "Deeds", "PagedText"]


class Card(Page):
    """Laid out in card.kv. `topic` is the card's id; `language` the one that it is read in."""

    language = StringProperty(ORIGINAL)
    title = StringProperty("")
    told = ObjectProperty(())
    deeds = ObjectProperty(())
    beside = BooleanProperty(False)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._chosen = ""
        for name in ("view", "style", "portrait", "screen_height"):
            self.fbind(name, self._write)
        for name in ("pages", "page"):
            self.ids.text.fbind(name, self._offer)
        self._write()

    def _write(self, *_: object) -> None:
        self.beside = not self.portrait
        card = self.library.cards[self.topic]
        self.language = self._chosen or self.view.words.pick(card.texts())[0]
        self.title = card.texts()[self.language].title
        self.told = passages(card, self.language, self.library.frames[self.language])
        self._offer()

    def _offer(self, *_: object) -> None:
        """On to the next page, and the card's other languages by their own names."""
        text, words = self.ids.text, self.view.words
        deeds: list[Deed] = []
        if len(text.pages) > 1:
            deeds.append((words.say("crisis.turn", n=text.page + 1, all=len(text.pages)), text.turn))
        languages = self.library.languages()
        other = languages[(languages.index(self.language) + 1) % len(languages)]
        deeds.append((self.library.frames[other].name, lambda: self._speak(other)))
        self.deeds = tuple(deeds)

    def _speak(self, language: str) -> None:
        self._chosen = language
        self.ids.text.page = 0
        self._write()


load_kv(__file__)
