"""Numbers to call, stored here, so that they are there when nothing else is."""

from kiosk.screens.page import Page, load_kv


class Contacts(Page):
    """Laid out in contacts.kv."""


load_kv(__file__)
