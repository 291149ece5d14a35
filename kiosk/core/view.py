"""Picture and time become what the screen shows: words, roles and rows, one frozen value; equal means draw nothing.

Nothing here is shown fresh that is not: `contract/freshness.py` judges, and what it does not call fresh is "Vet inte",
with the last known fact beside it, marked as old.
"""

from dataclasses import dataclass
from typing import Literal

from contract.freshness import DECLARATION_HOLDS_MS, Now, judge, silence_ms
from contract.messages import PublicPicture, ServiceNow
from contract.words import PUBLIC_EVENTS, Declared, Freshness, Opening, Power, Service, Status
from kiosk.core.age import Reader
from kiosk.core.alert_view import AlertView, Ended
from kiosk.core.alerts import Sorted, sort, unsure
from kiosk.core.bulletins import bulletin_view, ended_views
from kiosk.core.content import contact_rows
from kiosk.core.picture import Held, Told
from kiosk.core.theme import Role
from kiosk.core.words import Words, clean

Door = Literal["services", "power", "important", "contacts"]
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
    services: tuple[Row, ...]
    doors: tuple[Door, ...]
    checked: Line
    scope: str
    alerts: tuple[AlertView, ...]
    banner: Line | None
    ended: tuple[Ended, ...]
    notices: tuple[Row, ...]
    contacts: tuple[Row, ...]


def view(held: Held, now: Now, words: Words, site: str, simulated: bool) -> View:
    """What to show of `held` at `now`."""
    reader = Reader(now, held.contact, words)
    picture = held.picture
    fresh = _freshness(picture, reader)
    bulletins = sort(held.bulletins, site, now)
    shown = tuple(bulletin_view(one, reader, fresh is Freshness.FRESH) for one in bulletins.active)
    services = _services(held, reader, fresh)
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
        open_now=_open_now(services, words),
        services=services,
        doors=_doors(services, contacts),
        checked=_checked(bulletins, picture, reader, fresh),
        scope=words.say("check.scope"),
        alerts=shown,
        banner=_banner(shown, words),
        ended=ended_views(bulletins.ended, reader),
        notices=_stay(picture, reader) + _notices(picture, reader, fresh),
        contacts=contacts,
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


def _services(held: Held, reader: Reader, fresh: Freshness) -> tuple[Row, ...]:
    """Every service of the document, then what people said of others; open only by a person's word that still holds,
    never from power.
    """
    said = {one.service: one for one in held.picture.services} if held.picture else {}
    listed = held.services.services if held.services is not None else ()
    known = {service.key for service in listed}
    rows = []
    for service in listed:
        name = service.sv if reader.words.language == "sv" else service.en
        hours = service.hours_sv if reader.words.language == "sv" else service.hours_en
        rows.append(_service(name, hours, said.get(service.key), held.picture, reader, fresh))
    # a site without a centre has no document, and its staff still say what is open
    others = [key for key in Service if key in said and key not in known]
    return (
        *rows,
        *(_service(reader.words.phrase("service", key), "", said[key], held.picture, reader, fresh) for key in others),
    )


def _service(
    name: str, hours: str, one: ServiceNow | None, picture: PublicPicture | None, reader: Reader, fresh: Freshness
) -> Row:
    """One service: what it is, how it stands, its hours and who said so when."""
    declared = _declared(one, picture, reader, fresh)
    detail = [reader.words.say("service.hours", hours=clean(hours))] if hours else []
    if one and one.declared_at and declared is not Declared.UNKNOWN:
        detail.append(reader.words.say("service.said", when=reader.when(one.declared_at)))
    return Row(clean(name), _service_word(one, declared, reader), DECLARED_ROLES[declared], " · ".join(detail))


def _service_word(one: ServiceNow | None, declared: Declared, reader: Reader) -> str:
    word = reader.words.phrase("declared", declared)
    if one and one.until_ms is not None and declared in (Declared.OPEN, Declared.LIMITED):
        return f"{word} {reader.words.say('service.until', when=reader.at(one.until_ms))}"
    return word


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


def _open_now(services: tuple[Row, ...], words: Words) -> Line:
    """One line for the first page: what is open, else what is not, else that nobody has said."""
    for role, key in ((Role.GOOD, "open"), (Role.REMARK, "limited"), (Role.BAD, "closed")):
        names = [row.text for row in services if row.role is role]
        if names:
            return Line(words.say(f"service.summary_{key}", names=", ".join(names)), role)
    return Line(words.say("service.summary_unknown"), Role.UNKNOWN)


def _doors(services: tuple[Row, ...], contacts: tuple[Row, ...]) -> tuple[Door, ...]:
    """Only doors that lead somewhere."""
    doors: list[Door] = ["services"] if services else []
    doors += ["power", "important"]
    return (*doors, "contacts") if contacts else tuple(doors)


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
