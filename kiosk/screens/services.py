"""What you can do here: every service, and what a person has said of it."""

from kiosk.screens.page import Page, load_kv


class Services(Page):
    """Laid out in services.kv."""


load_kv(__file__)
