"""Picture and time become what the screen shows: words, roles and rows, one frozen value; equal means draw nothing.

Nothing here is shown fresh that is not: `contract/freshness.py` judges, and what it does not call fresh is "Vet inte",
with the last known fact beside it, marked as old.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from contract.freshness import Now
from contract.words import Freshness
from kiosk.core import site_view
from kiosk.core.age import Reader
from kiosk.core.content import contact_rows, numbers_line
from kiosk.core.day.nearest import nearest
from kiosk.core.day.section import Entry, Section
from kiosk.core.day.sections import Everyday, everyday
from kiosk.core.look.rows import Line, Row
from kiosk.core.picture import Held
from kiosk.core.site_view import POWER_ROLES
from kiosk.core.warnings.alert_view import AlertView, Ended
from kiosk.core.warnings.checks import Time
from kiosk.core.warnings.owed import Owed
from kiosk.core.warnings.place import Place
from kiosk.core.warnings.standing import standing
from kiosk.core.words import Words, clean
from kiosk.feeds.alert import Source

__all__ = ["POWER_ROLES", "Line", "Row", "View", "view"]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything that any page shows now, in one language."""

    words: Words
    place: str
    clock: str
    stamps: tuple[str, ...]
    fresh: bool
    active: str
    power: Line
    power_since: str
    power_means: str
    power_age: str
    events_title: str
    events: tuple[Row, ...]
    no_events: str
    open_now: Line
    services: tuple[Entry, ...]
    doors: tuple[str, ...]
    checked: Line
    scope: str
    alerts: tuple[AlertView, ...]
    banner: Line | None
    ended: tuple[Ended, ...]
    notices: tuple[Row, ...]
    contacts: tuple[Row, ...]
    numbers: str = ""
    """Whom to call and where to listen, on one line: for the foot of a warning."""
    sections: tuple[Section, ...] = ()
    """Everyday pages; each stands behind the door of its group."""
    nearest: tuple[Entry, ...] = ()
    """Where to go when this point is closed, with the age of that word; none where nobody has said."""
    sources: tuple[Row, ...] = ()
    """Each source that is watched: checked just now, last checked when, or never."""
    news: tuple[Row, ...] = ()
    """Krisinformation's news for here, newest first: read when somebody looks for it, never a warning."""
    owed: tuple[Owed, ...] = ()
    """Messages that do not stand, for whoever has to answer that they will not be drawn."""


def view(
    held: Held, now: Now, words: Words, site: str, simulated: bool, *,
    place: Place | None = None, boot: str = "", watched: Mapping[str, Source] | None = None,
) -> View:  # fmt: skip
    """What to show of `held` at `now`.

    `place`: where the screen stands. `boot`: this computer's, on whose uptime the keeper's moments are counted.
    `watched`: source by feed name as set up; None: the feeds that the cache knows.
    """
    reader = Reader(now, held.contact, words)
    picture = held.picture
    fresh = site_view.freshness(picture, reader)
    told = standing(held, reader, Time(now, boot), place or Place(site=site), watched, fresh)
    day = _day(held, reader, fresh, place)
    contacts = tuple(Row(text) for text in contact_rows(held.contacts, words))
    return View(
        words=words,
        place=clean(picture.place) if picture else words.say("head.no_place"),
        clock=reader.clock(),
        stamps=site_view.stamps(picture, simulated, words),
        fresh=fresh is Freshness.FRESH,
        active=site_view.active(picture, fresh, words),
        power=site_view.power(picture, fresh, words),
        power_since=site_view.power_since(picture, reader, fresh),
        power_means=words.say(f"power.means_{site_view.believed(picture, fresh)}"),
        power_age=site_view.power_age(picture, reader, fresh),
        events_title=words.say("power.old_events"),
        events=site_view.events(held.events, reader),
        no_events=words.say("power.no_events"),
        open_now=Line(day.open_text, day.open_role),
        services=day.services,
        doors=_doors(day.doors, contacts),
        sections=day.sections,
        nearest=nearest(held.documents.get("nearest"), reader),
        **{one.name: getattr(told, one.name) for one in fields(told)},
        notices=site_view.stay(picture, reader) + site_view.notices(picture, reader, fresh),
        contacts=contacts,
        numbers=numbers_line(held.contacts, words),
    )


def _day(held: Held, reader: Reader, fresh: Freshness, place: Place | None) -> Everyday:
    """The ordinary day; of power and services only what may be said now."""
    return everyday(
        held, reader, site_view.believed(held.picture, fresh), site_view.line_heard(held.picture, reader, fresh),
        lambda said: site_view.declared(said, held.picture, reader, fresh),
        place.point if place is not None else None,
    )  # fmt: skip


def _doors(everyday: tuple[str, ...], contacts: tuple[Row, ...]) -> tuple[str, ...]:
    """Only doors that lead somewhere: what can be done here first, then what is known of power and warnings."""
    doors = [*(one for one in everyday if one == "services"), "power", "important"]
    doors += [one for one in everyday if one != "services"]
    return (*doors, "contacts") if contacts else tuple(doors)
