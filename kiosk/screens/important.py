"""Important now: messages in force, news, what has ended and why, local notices, and how each source stands."""

from contract.words import Status
from kiosk.core.view import Row, View
from kiosk.core.voice.passages import where, who
from kiosk.screens.page import Page, load_kv


class Important(Page):
    """Laid out in important.kv."""

    @staticmethod
    def rows(view: View) -> tuple[Row, ...]:
        """Everything on the page, most important first."""
        found = []
        for one in view.alerts:
            short = one.kind.partition(" – ")[0]  # what VMA stands for is told on its own page, where there is room
            kind = f"{one.stamp}: {short}" if one.stamp else short
            known = " ".join((*who(one), *where(one, view.words), *([one.remark] if one.remark else [])))
            found.append(Row(one.headline, word=kind, role=one.role, detail=known, striped=not one.real))
        found += [Row(one.text, detail=one.detail, striped=one.status is not Status.ACTUAL) for one in view.ended]
        found += view.notices or (Row(view.words.say("notice.none")),)
        return (*found, *view.news, *view.sources, *([Row(view.scope)] if view.scope else []))


load_kv(__file__)
