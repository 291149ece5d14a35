"""What the first page tells in turn while nobody is there: what is open, the next bus, what is on, a piece of news.

Calm: one line that is another every TURN_S seconds, nothing that moves. A touch stops it, and so does any message.
"""

from typing import TYPE_CHECKING

from kiosk.core.look.rows import Line
from kiosk.core.look.theme import Role

if TYPE_CHECKING:
    from kiosk.core.view import View

TURN_S = 20.0
TOLD = ("departures", "events", "news")


def facts(view: "View") -> tuple[Line, ...]:
    """What is open first; then only what is surely so now: nothing stale, nothing unknown."""
    found = [view.open_now]
    for name in TOLD:
        section = next((one for one in view.sections if one.name == name), None)
        if section is not None and not section.stale and section.rows[0].role is not Role.UNKNOWN:
            row = section.rows[0]
            found.append(
                Line(" ".join(part for part in (f"{section.title}: {row.text}", row.word) if part), Role.PLAIN)
            )
    return tuple(found)


def turn(view: "View", alone_s: float, after_s: float) -> int:
    """Which of the facts stands there; 0, the first, while somebody is here, in a crisis, or switched off (0 s)."""
    if not after_s or view.alerts or alone_s < after_s:
        return 0
    return int((alone_s - after_s) / TURN_S) % len(facts(view))
