"""Doors on the first page: what there is something behind, in words, with a picture."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.core.look.theme import Role

if TYPE_CHECKING:
    from kiosk.core.view import View

MOST = 8
"""Doors that one page of them may have."""


@dataclass(frozen=True, slots=True)
class Doorway:
    """One large door: the page behind it, its words, and the name of its picture in widgets/icons.py."""

    page: str
    text: str
    icon: str


def doorways(view: "View", *, cards: bool) -> tuple[Doorway, ...]:
    """The doors of the view, advice last; in a crisis what helps then stands first. `cards`: is there any advice?

    A place without mains power is in a crisis of its own, whether anybody warns or not.
    """
    found = [Doorway(name, view.words.say(f"door.{name}"), name) for name in view.doors]
    advice = [Doorway("advice", view.words.say("door.advice"), "advice")] if cards else []
    if not view.alerts and view.power.role not in (Role.BAD, Role.RESERVE):
        return (*found, *advice)
    important = [door for door in found if door.page == "important"]
    return (*important, *advice, *(door for door in found if door.page != "important"))
