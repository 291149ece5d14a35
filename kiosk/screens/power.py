"""Power and reserve power: the state, what it means, how fresh that is, and what has happened."""

from kivy.properties import BooleanProperty

from kiosk.core.look.theme import Role
from kiosk.core.view import Row, View
from kiosk.screens.page import Page, load_kv


class Power(Page):
    """Laid out in power.kv. `roomy`: the large block has place for what the state means; `tight`: for one line only."""

    roomy = BooleanProperty(False)
    tight = BooleanProperty(False)

    @staticmethod
    def rows(view: View, roomy: bool, tight: bool) -> tuple[Row, ...]:
        """What it means for you, then how fresh it is, then the story, newest first."""
        told = (Row(view.power_since),) if tight and view.power_since else ()
        told += () if roomy else (Row(view.power_means),)
        told += (Row(view.power_age, role=Role.PLAIN if view.fresh else Role.UNKNOWN),)
        if view.events and not view.fresh:
            told += (Row(view.events_title),)
        return (*told, *(view.events or (Row(view.no_events),)))


load_kv(__file__)
