"""Power and reserve power: the state, what it means, what has happened, how fresh that is."""

from kiosk.screens.page import Page, load_kv


class Power(Page):
    """Laid out in power.kv."""


load_kv(__file__)
