"""What people nearby offer and want to say: businesses, rooms, events, news, what can be done here, information."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from contract.everyday import About, Business, Event, Information
from kiosk.core.age import Reader, local
from kiosk.core.day import hours
from kiosk.core.day.holding import Fed, Holding
from kiosk.core.day.said import in_language, may_be_over, phone_code, still
from kiosk.core.day.section import Entry, Section
from kiosk.core.day.services import aware, moment_of
from kiosk.core.day.travel import day_of
from kiosk.core.look.theme import Role
from kiosk.core.words import clean
from kiosk.feeds.calendar import Calendar, Happening, happenings
from kiosk.feeds.rss import Item, News

NEWS_FADES = timedelta(days=60)
EVENTS_AHEAD = timedelta(days=60)
EVENT_LASTS = timedelta(hours=2)
"""An event that does not say when it ends stays in the list for so long."""
MOST_EVENTS = 40
MOST_NEWS = 30


def here(holding: Holding, reader: Reader) -> tuple[Section, ...]:
    """What can be done here, beside the services."""
    posts = still(holding.here.things, day_of(reader)) if holding.here else ()
    return _plain("here", "services", "information", tuple(_entry(one, reader) for one in posts), reader)


def businesses(holding: Holding, reader: Reader, *, ordinary: bool) -> tuple[Section, ...]:
    """Businesses nearby, with their own hours where they gave them. `ordinary`: is this surely an ordinary day?"""
    posts = still(holding.businesses.businesses, day_of(reader)) if holding.businesses else ()
    return _plain("businesses", "local", "shop", tuple(_business(one, reader, ordinary) for one in posts), reader)


def _business(one: Business, reader: Reader, ordinary: bool) -> Entry:
    """No "open" without a clock; the hours are the owner's word, and in an outage no more than a habit."""
    form = "hours" if ordinary else "usual"
    word, span = "", hours.at(one.hours, moment_of(reader))
    if span.stand is hours.Stand.OPEN:
        until = reader.at(_ms(span.until)) if span.until else ""
        word = reader.words.say(f"day.{form}_until", when=until) if until else reader.words.say(f"day.{form}_now")
    elif span.stand is hours.Stand.CLOSED:
        opens = hours.next_open(one.hours, moment_of(reader))
        word = reader.words.say(f"day.{form}_from", when=reader.at(_ms(opens))) if opens else ""
    return _entry(one, reader, word=word, detail=(clean(one.where),))


def rooms(holding: Holding, reader: Reader) -> tuple[Section, ...]:
    """Rooms to book, and how."""
    posts = still(holding.rooms.rooms, day_of(reader)) if holding.rooms else ()
    found = []
    for one in posts:
        word = reader.words.say("day.places", n=one.places) if one.places else ""
        found.append(_entry(one, reader, word=word, detail=(clean(one.where),)))
    return _plain("rooms", "local", "room", tuple(found), reader)


def events(holding: Holding, reader: Reader) -> tuple[Section, ...]:
    """What happens from now on, by time: the point's own and those of calendars. Nothing while no clock can tell."""
    moment = moment_of(reader)
    if moment is None:
        return ()
    own = still(holding.events.events, moment.date()) if holding.events else ()
    found = [(aware(one.starts), _event(one, reader)) for one in own if _ahead(one, moment)]
    calendars = holding.said(Calendar)
    for fed in calendars:
        told = happenings(fed.body.text, moment.date())
        found += [(local(one.starts_ms), _happening(one, reader)) for one in told if _coming(one, moment)]
    found.sort(key=lambda one: one[0])
    rows = tuple(entry for _, entry in found[:MOST_EVENTS])
    return _plain("events", "local", "calendar", rows, reader, feeds=calendars)


def _ahead(one: Event, moment: datetime) -> bool:
    starts = aware(one.starts)
    ends = aware(one.ends) if one.ends is not None else starts + EVENT_LASTS
    return ends > moment and starts < moment + EVENTS_AHEAD


def _coming(one: Happening, moment: datetime) -> bool:
    if one.last_day:
        return one.last_day >= moment.date().isoformat() and one.starts_ms < _ms(moment + EVENTS_AHEAD)
    ends = one.ends_ms if one.ends_ms is not None else one.starts_ms + int(EVENT_LASTS.total_seconds() * 1000)
    return ends > _ms(moment) and one.starts_ms < _ms(moment + EVENTS_AHEAD)


def _event(one: Event, reader: Reader) -> Entry:
    word, role = _span(_ms(aware(one.starts)), _ms(aware(one.ends)) if one.ends else None, reader), Role.PLAIN
    if one.cancelled:
        word, role = reader.words.say("day.cancelled", when=word), Role.BAD
    return _entry(one, reader, word=word, role=role, detail=(clean(one.where),))


def _happening(one: Happening, reader: Reader) -> Entry:
    word = _days(one, reader) if one.first_day else _span(one.starts_ms, one.ends_ms, reader)
    if one.cancelled:
        word = reader.words.say("day.cancelled", when=word)
    role = Role.BAD if one.cancelled else Role.PLAIN
    return Entry(text=one.title, word=word, role=role, detail=one.where, more=one.text)


def _span(starts_ms: int, ends_ms: int | None, reader: Reader) -> str:
    """ "ons 14:00–16:00"; only the beginning of what ends on another day."""
    starts, ends = local(starts_ms), local(ends_ms) if ends_ms is not None else None
    told = reader.at(starts_ms)
    if ends is None or ends <= starts or ends.date() != starts.date():
        return told
    return f"{told}–{reader.of_day(ends)}"


def _days(one: Happening, reader: Reader) -> str:
    """ "lör", "12 dec.", "12 dec. – 14 dec.": days without a time of day."""
    first, last = date.fromisoformat(one.first_day), date.fromisoformat(one.last_day)
    return _day(first, reader) if first == last else f"{_day(first, reader)} – {_day(last, reader)}"


def _day(day: date, reader: Reader) -> str:
    return f"{reader.words.part('age.weekdays', day.weekday())} {day.day} " + reader.words.part(
        "age.months", day.month - 1
    )


def news(holding: Holding, reader: Reader, name: str = "news") -> tuple[Section, ...]:
    """News of all feeds, newest first; old ones fade away, what has no time stands last.

    `name`: the kind of feed. What disturbs the everyday has addresses of its own, and comes first.
    """
    feeds, here_ms = holding.said(News, name), reader.wall_ms()
    dated = []
    for fed in feeds:
        for one in fed.body.items:
            known = one.published_ms if here_ms is None or (one.published_ms or 0) <= here_ms else None
            if here_ms is None or known is None or here_ms - known <= NEWS_FADES.total_seconds() * 1000:
                dated.append((-(known or 0), _item(one, known, fed, reader)))
    dated.sort(key=lambda one: one[0])
    return _plain(name, "local", "news", tuple(entry for _, entry in dated[:MOST_NEWS]), reader, feeds=feeds)


def _item(one: Item, known_ms: int | None, fed: Fed, reader: Reader) -> Entry:
    when = reader.at(known_ms) if known_ms is not None else reader.words.say("day.no_date")
    parts = [part for part in (when, fed.body.publisher) if part]
    return Entry(text=one.title, detail=" · ".join(parts), more=one.text)


def information(holding: Holding, reader: Reader) -> tuple[Section, ...]:
    """Pages of the municipality, and pages for visitors."""
    if holding.information is None:
        return ()
    pages = still(holding.information.pages, day_of(reader))
    found: list[Section] = []
    for about in About:
        rows = tuple(page_entry(one, reader) for one in pages if one.about is about)
        found += _plain(about.value, "information", "information", rows, reader)
    return tuple(found)


def page_entry(one: Information, reader: Reader) -> Entry:
    """One page, with all of its text."""
    language = reader.words.language
    paragraphs = one.paragraphs.get(language) or one.paragraphs.get("sv", ())
    parts = [in_language(one.text, language), *(clean(part) for part in paragraphs)]
    if one.phone:
        parts.append(reader.words.say("day.phone", phone=clean(one.phone)))
    details = [reader.words.say("day.changed", day=_day(one.changed, reader)) if one.changed else ""]
    details.append(may_be_over(one, day_of(reader), reader.words))
    return Entry(
        text=in_language(one.title, language), detail=" · ".join(part for part in details if part),
        more="\n\n".join(part for part in parts if part),
        code=one.link or phone_code(one.phone), search=" ".join(clean(word) for word in one.search),
        **_picture(one, reader),
    )  # fmt: skip


def _entry(one: Any, reader: Reader, *, word: str = "", role: Role = Role.PLAIN, detail: Sequence[str] = ()) -> Entry:
    """A post as an entry: phone and who asked for it stand with its text."""
    language = reader.words.language
    parts = [in_language(one.text, language)]
    if one.phone:
        parts.append(reader.words.say("day.phone", phone=clean(one.phone)))
    if by := clean(getattr(one, "by", "")):
        parts.append(reader.words.say("day.by", by=by))
    text = "\n".join(part for part in parts if part)
    detail = (*detail, may_be_over(one, day_of(reader), reader.words))
    return Entry(
        text=in_language(one.title, language), word=word, role=role, detail=" · ".join(part for part in detail if part),
        more=text, code=one.link or phone_code(one.phone), **_picture(one, reader),
    )  # fmt: skip


def _picture(one: Any, reader: Reader) -> dict[str, Any]:
    """Its picture, with words for those who do not see it."""
    if not one.picture:
        return {}
    told = in_language(one.picture_text, reader.words.language)
    return {"picture": one.picture, "picture_text": reader.words.say("section.picture", text=told)}


def _plain(
    name: str, group: str, icon: str, rows: tuple[Entry, ...], reader: Reader, feeds: tuple[Fed, ...] = ()
) -> tuple[Section, ...]:
    """A section of rows, or none; of feeds with how old they are."""
    if not rows:
        return ()
    note = " ".join(dict.fromkeys(fed.checked(reader) for fed in feeds))
    stale = any(not fed.fresh(reader) for fed in feeds)
    summary = ", ".join(row.text for row in rows[:3])
    title = reader.words.say(f"section.{name}")
    return (Section(name=name, group=group, icon=icon, title=title, rows=rows, note=note, stale=stale,
                    summary=summary),)  # fmt: skip


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
