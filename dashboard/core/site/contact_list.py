"""Who to call about a site, from what the site itself tells: who can open it, and who answers for what."""

import re

from msgspec import Struct

from contract.messages import SiteState
from dashboard.core.reader import Reader
from dashboard.core.site.opening import dialled

PHONE = re.compile(r"\+?\d[\d \u00a0\u202f()/-]{5,}\d")
"""A telephone number in words of people."""


class Callee(Struct, frozen=True, kw_only=True):
    """Somebody to call. `tel` is what a telephone takes, "" when there is no number; `turn`: to be called now."""

    name: str
    phone: str
    tel: str
    turn: bool
    answers_for: str


class Callees(Struct, frozen=True, kw_only=True):
    """`opening`: in the order in which the site rings them; `others`: who answers for a requirement."""

    opening: tuple[Callee, ...]
    others: tuple[Callee, ...]


def callees(state: SiteState | None, reader: Reader) -> Callees:
    """The people of a site; nobody when it has told nothing."""
    if state is None:
        return Callees(opening=(), others=())
    turn = state.call.call_next.id if state.call.call_next else None
    opening = tuple(
        Callee(
            name=one.name,
            phone=one.phone or reader.t("no_phone"),
            tel=dialled(one.phone),
            turn=one.id == turn,
            answers_for="",
        )
        for one in state.activators
    )
    named = {one.name for one in opening}
    return Callees(opening=opening, others=tuple(_others(state, reader, named)))


def _others(state: SiteState, reader: Reader, named: set[str]) -> list[Callee]:
    """Each once, with all that they answer for; a number in what was written dials."""
    tasks: dict[str, list[str]] = {}
    for one in state.requirements:
        if one.responsible and one.responsible not in named:
            tasks.setdefault(one.responsible, []).append(reader.phrase("sot", one.key))
    found = []
    for who, of in tasks.items():
        number = PHONE.search(who)
        phone = number[0] if number else ""
        name = who.replace(phone, "").strip(" ,;:()") if phone else who
        found.append(Callee(name=name or who, phone=phone, tel=dialled(phone), turn=False, answers_for=", ".join(of)))
    return found
