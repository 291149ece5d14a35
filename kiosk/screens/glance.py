"""The page of a closed point, to be read through the window: closed, when it opens, where it is open, warnings."""

from kiosk.screens.page import Page, load_kv


class Glance(Page):
    """Laid out in glance.kv."""


load_kv(__file__)
