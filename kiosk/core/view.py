"""Picture and time become what the screen shows: words, roles and rows, one frozen value; equal means draw nothing.

Nothing here is shown fresh that is not: `contract/freshness.py` judges, and what it does not call fresh is "Vet inte",
with the last known fact beside it, marked as old.
"""

from dataclasses import dataclass

from contract.freshness import DECLARATION_HOLDS_MS, Now, judge, silence_ms
from contract.messages import PublicPicture, ServiceNow
from contract.words import PUBLIC_EVENTS, Declared, Freshness, Opening, Power, Status
from kiosk.core.age import Reader
from kiosk.core.alert_view import AlertView, Ended
from kiosk.core.alerts import Sorted, sort, unsure
from kiosk.core.bulletins import bulletin_view, ended_views
from kiosk.core.content import contact_rows, numbers_line
from kiosk.core.day.section import Entry, Section
from kiosk.core.day.sections import everyday
from kiosk.core.picture import Held, Told
from kiosk.core.theme import Role
from kiosk.core.words import Words, clean

LAST_EVENTS = 12

POWER_ROLES = {
    Power.ON_MAINS: Role.GOOD,
    Power.ON_BATTERY: Role.RESERVE,
    Power.STARTING: Role.RESERVE,
    Power.ON_RESERVE: Role.RESERVE,
    Power.RETURNING: Role.RESERVE,
    Power.DEAD: Role.BAD,
    Power.UNKNOWN: Role.UNKNOWN,
}
DECLARED_ROLES = {
    Declared.OPEN: Role.GOOD,
    Declared.LIMITED: Role.REMARK,
    Declared.CLOSED: Role.BAD,
    Declared.UNKNOWN: Role.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A few words with the role that gives them shape and colour."""

    text: str
    role: Role


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: what, a word about it, smaller text under it."""

    text: str
    word: str = ""
    role: Role = Role.PLAIN
    detail: str = ""


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


def view(held: Held, now: Now, words: Words, site: str, simulated: bool) -> View:
    """What to show of `held` at `now`."""
    reader = Reader(now, held.contact, words)
    picture = held.picture
    fresh = _freshness(picture, reader)
    bulletins = sort(held.bulletins, site, now)
    shown = tuple(bulletin_view(one, reader, fresh is Freshness.FRESH) for one in bulletins.active)
    day = everyday(
        held, reader, _believed(picture, fresh), _line_heard(picture, reader, fresh),
        lambda said: _declared(said, picture, reader, fresh),
    )  # fmt: skip
    contacts = tuple(Row(text) for text in contact_rows(held.contacts, words))
    return View(
        words=words,
        place=clean(picture.place) if picture else words.say("head.no_place"),
        clock=reader.clock(),
        stamps=_stamps(picture, simulated, words),
        fresh=fresh is Freshness.FRESH,
        active=_active(picture, fresh, words),
        power=_power(picture, fresh, words),
        power_since=_since(picture, reader, fresh),
        power_means=words.say(f"power.means_{_believed(picture, fresh)}"),
        power_age=_age(picture, reader, fresh),
        events_title=words.say("power.old_events"),
        events=_events(held.events, reader),
        no_events=words.say("power.no_events"),
        open_now=Line(day.open_text, day.open_role),
        services=day.services,
        doors=_doors(day.doors, contacts),
        sections=day.sections,
        checked=_checked(bulletins, picture, reader, fresh),
        scope=words.say("check.scope"),
        alerts=shown,
        banner=_banner(shown, words),
        ended=ended_views(bulletins.ended, reader),
        notices=_stay(picture, reader) + _notices(picture, reader, fresh),
        contacts=contacts,
        numbers=numbers_line(held.contacts, words),
    )


def _freshness(picture: PublicPicture | None, reader: Reader) -> Freshness:
    if picture is None:
        return Freshness.UNKNOWN
    age = reader.age_ms(picture.head.moment())
    return judge(age, picture.period_s, picture.heartbeat_s, silence_ms(reader.contact, reader.now))


def _active(picture: PublicPicture | None, fresh: Freshness, words: Words) -> str:
    """Open as a crisis point, or somebody is on the way to open it; asked for alone is no news to visitors."""
    if picture is None or fresh is not Freshness.FRESH:
        return ""
    if picture.active:
        return words.say("head.active")
    return words.say("head.preparing") if picture.opening is Opening.PREPARING else ""


def _believed(picture: PublicPicture | None, fresh: Freshness) -> Power:
    return picture.power if picture and fresh is Freshness.FRESH else Power.UNKNOWN


def _stamps(picture: PublicPicture | None, simulated: bool, words: Words) -> tuple[str, ...]:
    stamps = [words.phrase("status", "simulated")] if simulated else []
    if picture and picture.head.status is not Status.ACTUAL:
        stamps.append(words.phrase("status", picture.head.status))
    return tuple(stamps)


def _power(picture: PublicPicture | None, fresh: Freshness, words: Words) -> Line:
    power = _believed(picture, fresh)
    return Line(words.phrase("power", power), POWER_ROLES[power])


def _since(picture: PublicPicture | None, reader: Reader, fresh: Freshness) -> str:
    if picture is None:
        return ""
    if fresh is not Freshness.FRESH:
        return reader.words.say("power.until_then", word=reader.words.phrase("power", picture.power))
    return reader.words.say("power.since", when=reader.since(picture.since)) if picture.since else ""


def _age(picture: PublicPicture | None, reader: Reader, fresh: Freshness) -> str:
    if picture is None:
        return reader.words.say("power.waiting")
    if fresh is Freshness.FRESH:
        return reader.words.say("power.fresh", when=reader.when(picture.head.moment()))
    key = "stale" if fresh is Freshness.STALE else "silent"
    moment = picture.head.moment()
    if aged := reader.aged(moment):
        return reader.words.say(f"power.{key}_ago", when=aged)
    return reader.words.say(f"power.{key}", when=reader.since(moment))


def _events(told: tuple[Told, ...], reader: Reader) -> tuple[Row, ...]:
    """Newest first; what was told in an exercise or a test says so for ever."""
    rows = []
    for one in reversed([one for one in told if one.event.kind in PUBLIC_EVENTS][-LAST_EVENTS:]):
        text = reader.words.phrase("event", one.event.kind)
        if one.status is not Status.ACTUAL:
            text = f"{reader.words.phrase('status', one.status)}: {text}"
        rows.append(Row(text, word=reader.when(one.event.at)))
    return tuple(rows)


def _declared(one: ServiceNow | None, picture: PublicPicture | None, reader: Reader, fresh: Freshness) -> Declared:
    """What may be shown of a declaration; anything doubtful is unknown."""
    if one is None or picture is None or one.declared_at is None or fresh is not Freshness.FRESH:
        return Declared.UNKNOWN
    age = reader.age_ms(one.declared_at)
    outage = picture.power is not Power.ON_MAINS
    if outage and (age is None or age > DECLARATION_HOLDS_MS):
        return Declared.UNKNOWN
    here = reader.wall_ms()
    if one.until_ms is not None and (here is None or here >= one.until_ms):
        return Declared.UNKNOWN
    return one.declared


def _doors(everyday: tuple[str, ...], contacts: tuple[Row, ...]) -> tuple[str, ...]:
    """Only doors that lead somewhere: what can be done here first, then what is known of power and warnings."""
    doors = [*everyday[:1], "power", "important"] if "services" in everyday else ["power", "important", *everyday[:1]]
    doors += everyday[1:]
    return (*doors, "contacts") if contacts else tuple(doors)


def _line_heard(picture: PublicPicture | None, reader: Reader, fresh: Freshness) -> bool:
    """Has the box had the municipality's line just now?"""
    if picture is None or picture.centre_heard is None or fresh is not Freshness.FRESH:
        return False
    age = reader.age_ms(picture.centre_heard)
    return judge(age, picture.heartbeat_s, picture.heartbeat_s, 0) is Freshness.FRESH


def _checked(bulletins: Sorted, picture: PublicPicture | None, reader: Reader, fresh: Freshness) -> Line:
    """What is known of warnings and how fresh that is; "none" only while the box has had the municipality's line.

    Contact with the box alone proves nothing: its own line to the municipality may have been down for days.
    """
    if bulletins.active:
        count = len(bulletins.active)
        key = "check.one" if count == 1 else "check.many"
        if all(unsure(one, reader.now) for one in bulletins.active):
            key = f"{key}_unsure"
        return Line(reader.words.say(key, n=count), Role.REMARK)
    if picture is None:
        return Line(reader.words.say("check.never"), Role.UNKNOWN)
    checked = picture.centre_heard
    if checked is None:
        return Line(reader.words.say("check.no_line"), Role.UNKNOWN)
    line = judge(reader.age_ms(checked), picture.heartbeat_s, picture.heartbeat_s, 0)
    if fresh is line is Freshness.FRESH:
        return Line(reader.words.say("check.none", when=reader.when(checked)), Role.PLAIN)
    return Line(reader.words.say("check.failed", when=reader.since(checked)), Role.UNKNOWN)


def _banner(shown: tuple[AlertView, ...], words: Words) -> Line | None:
    if not shown:
        return None
    first = shown[0]
    count = f" ({words.say('bar.page', n=1, all=len(shown))})" if len(shown) > 1 else ""
    return Line(f"{first.stamp + ': ' if first.stamp else ''}{first.headline}{count}", first.role)


def _stay(picture: PublicPicture | None, reader: Reader) -> tuple[Row, ...]:
    """A point that can be moved says so when it should not stand here, and when no clock can tell."""
    if picture is None or picture.stay is None:
        return ()
    stay, here = picture.stay, reader.wall_ms()
    begins, ends = reader.at(stay.from_ms), reader.at(stay.until_ms)
    if here is None:
        return (Row(reader.words.say("stay.unknown", begins=begins, ends=ends), role=Role.UNKNOWN),)
    if stay.holds(here):
        return ()
    key = "not_yet" if here < stay.from_ms else "over"
    return (Row(reader.words.say(f"stay.{key}", begins=begins, ends=ends), role=Role.REMARK),)


def _notices(picture: PublicPicture | None, reader: Reader, fresh: Freshness) -> tuple[Row, ...]:
    """Local notices that have not run out under a known clock."""
    if picture is None:
        return ()
    here, rows = reader.wall_ms(), []
    for notice in picture.notices:
        if notice.until_ms is not None and here is not None and here >= notice.until_ms:
            continue
        text = notice.sv if reader.words.language == "sv" or not notice.en else notice.en
        since = reader.words.say("notice.since", when=reader.when(notice.since))
        old = "" if fresh is Freshness.FRESH else f" · {reader.words.say('notice.old')}"
        if notice.until_ms is not None and here is None:
            old = f" · {reader.words.say('notice.unsure')}{old}"
        rows.append(Row(clean(text), role=Role.INFORMATION, detail=since + old))
    return tuple(rows)
