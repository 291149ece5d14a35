"""How this place stands in a crisis, for the lower third of a warning: what works first, then what does not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.core.look.theme import Role

if TYPE_CHECKING:
    from kiosk.core.day.section import Entry
    from kiosk.core.view import View

ORDER = (Role.GOOD, Role.REMARK, Role.UNKNOWN, Role.CLOSED)
"""What can be used stands first; a word that nobody has given is never counted as a yes."""
WORKS = ORDER[:2]
LONG = 30
"""Letters: a longer word for the power needs the room of what stands under it."""
BETWEEN = "\u00a0· "
"""A line may end after it, never before."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One thing: what, and how it stands, with until when."""

    text: str
    word: str
    role: Role


def cells(view: "View", room: int) -> tuple[Cell, ...]:
    """The power, then the services; when there is not room for all, the last cell says how many more there are."""
    ask = view.words.say("crisis.ask")
    services = [Cell(row.text, ask if row.role is Role.UNKNOWN else row.word, row.role) for row in _ordered(view)]
    if 1 + len(services) <= room:
        return (power(view), *services)
    shown = services[: max(0, room - 2)]
    left = len(services) - len(shown)
    others = Cell(view.words.say("crisis.others", n=left), view.words.say("door.services"), Role.PLAIN)
    return (power(view), *shown, others)[: max(1, room)]


def power(view: "View") -> Cell:
    """The power, and since when it is so."""
    ask = view.words.say("crisis.ask")
    since = view.power_since if len(view.power.text) <= LONG else ""
    return Cell(power_text(view), ask if view.power.role is Role.UNKNOWN else since, view.power.role)


def power_text(view: "View") -> str:
    """ "Vet inte" alone would not say what."""
    known = view.power.role is not Role.UNKNOWN
    return view.power.text if known else f"{view.words.say('crisis.power')}: {view.power.text}"


def notices(view: "View") -> tuple[str, ...]:
    """The local notices in full, each with when it was put up; then, shorter, where they stand. () for none."""
    if not view.notices:
        return ()
    say = view.words.say
    rows = [f"{row.text} ({row.detail})" if row.detail else row.text for row in view.notices]
    return f"{say('notice.title')}: {' · '.join(rows)}", say("crisis.notices", door=say("door.important"))


def in_short(view: "View", fits: Callable[[str], bool]) -> str:
    """What works here with until when, and the notices, as one text that still `fits`.

    What is open and what is put on the board come before what is closed or not known; what has no room is counted.
    """
    for said in _shorter(view):
        if fits(said):
            return said
    return view.open_now.text


def _shorter(view: "View") -> Iterator[str]:
    """Every way to say it, the fullest first."""
    groups = _groups(view)
    works = sum(1 for role, _, _ in groups if role in WORKS)
    told = notices(view)
    if not works:
        yield from (BETWEEN.join((view.open_now.text, note)) for note in told)
        return
    for note in told or ("",):
        for count in dict.fromkeys((len(groups), works)):
            yield _joined(view, groups[:count], note)
    for note in dict.fromkeys((*told[1:], "")):
        for count in range(works, 0, -1):
            yield _joined(view, groups[:count], note)


def _joined(view: "View", groups: list[tuple[Role, str, list[str]]], note: str) -> str:
    left = len(view.services) - sum(len(names) for _, _, names in groups)
    parts = [f"{word}: {', '.join(names)}" for _, word, names in groups]
    others = [view.words.say("crisis.others", n=left)] if left else []
    return BETWEEN.join((*parts, *others, *([note] if note else [])))


def _groups(view: "View") -> list[tuple[Role, str, list[str]]]:
    """Services of which the same is said, with those words."""
    found: dict[tuple[Role, str], list[str]] = {}
    for row in _ordered(view):
        found.setdefault((row.role, row.word), []).append(row.text)
    return [(role, word, names) for (role, word), names in found.items()]


def _ordered(view: "View") -> list["Entry"]:
    return sorted(view.services, key=lambda row: ORDER.index(row.role) if row.role in ORDER else len(ORDER))
