"""Important now: messages in force, messages that have ended, local notices, and what is not watched."""

from kiosk.core.theme import Role
from kiosk.core.view import Row, View
from kiosk.screens.page import Page, load_kv


class Important(Page):
    """Laid out in important.kv."""

    @staticmethod
    def rows(view: View) -> tuple[Row, ...]:
        """Everything on the page, most important first."""
        found = []
        for one in view.alerts:
            text = f"{one.stamp}: {one.headline}" if one.stamp else one.headline
            found.append(Row(text, role=one.role, detail=f"{one.sender}. {one.until}. {one.remark}".strip()))
        found += [Row(one.text, role=Role.PLAIN) for one in view.ended]
        found += view.notices or (Row(view.words.say("notice.none")),)
        return (*found, Row(view.scope))


load_kv(__file__)
