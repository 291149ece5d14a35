"""Important now: messages in force, news, what has ended and why, local notices, and how each source stands."""

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
            text = f"{one.kind}. {one.headline}"
            detail = " ".join(part for part in (one.sender, one.until, one.checked, one.remark) if part)
            text = f"{one.stamp}: {text}" if one.stamp else text
            found.append(Row(text, role=one.role, detail=detail, striped=not one.real))
        found += [Row(one.text, role=Role.PLAIN) for one in view.ended]
        found += view.notices or (Row(view.words.say("notice.none")),)
        return (*found, *getattr(view, "news", ()), *getattr(view, "sources", ()), Row(view.scope))


load_kv(__file__)
