"""Advice that needs no network: the cards as large doors, those first that fit what is going on."""

from kiosk.core.advice import first
from kiosk.core.doorways import Doorway
from kiosk.core.look.theme import Role
from kiosk.core.view import View
from kiosk.screens.page import Page, load_kv
from kiosk.widgets.doors import Doors

__all__ = ["Advice", "Doors"]


class Advice(Page):
    """Laid out in advice.kv."""

    def doors(self, view: View) -> tuple[Doorway, ...]:
        """A door for each card, then what works here and whom to call."""
        cards = []
        for name in first(view.alerts, dark=view.power.role in (Role.BAD, Role.RESERVE)):
            card = self.library.cards[name]
            cards.append(Doorway(f"card-{name}", view.words.pick(card.texts())[1].title, card.icon))
        ways = [Doorway(name, view.words.say(f"door.{name}"), name) for name in ("contacts", "services")]
        return (*cards[:2], ways[0], *cards[2:], *(way for way in ways[1:] if way.page in view.doors))


load_kv(__file__)
