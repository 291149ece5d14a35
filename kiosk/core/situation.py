"""How this place stands in a crisis, for the lower third of a warning: what works first, then what does not."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.core.look.theme import Role

if TYPE_CHECKING:
    from kiosk.core.view import View

ORDER = (Role.GOOD, Role.REMARK, Role.UNKNOWN, Role.BAD)
"""What can be used stands first; a word that nobody has given is never counted as a yes."""
LONG = 30
"""Letters: a longer word for the power needs the room of what stands under it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One thing: what, and how it stands, with until when."""

    text: str
    word: str
    role: Role


def cells(view: "View", room: int) -> tuple[Cell, ...]:
    """The power, then the services; when there is not room for all, the last cell says how many more there are."""
    ask = view.words.say("crisis.ask")
    since = view.power_since if len(view.power.text) <= LONG else ""
    power = Cell(view.power.text, ask if view.power.role is Role.UNKNOWN else since, view.power.role)
    rows = sorted(view.services, key=lambda row: ORDER.index(row.role) if row.role in ORDER else len(ORDER))
    services = [Cell(row.text, ask if row.role is Role.UNKNOWN else row.word, row.role) for row in rows]
    if 1 + len(services) <= room:
        return (power, *services)
    shown = services[: max(0, room - 2)]
    left = len(services) - len(shown)
    others = Cell(view.words.say("crisis.others", n=left), view.words.say("door.services"), Role.PLAIN)
    return (power, *shown, others)[: max(1, room)]
