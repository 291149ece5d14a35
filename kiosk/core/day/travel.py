"""Buses and boats, and traffic that must be booked: what leaves next and how sure that is.

Live only where the source says so. "om N min" is counted here from absolute times. Without a fresh answer the stored
timetable is shown and called that; a cut-out that has run out is said, never shown.
"""

from dataclasses import dataclass
from datetime import date

from contract.everyday import OnCall, TimetableDocument
from kiosk.core.age import MINUTE_MS, Reader
from kiosk.core.day import hours
from kiosk.core.day.holding import Fed, Holding
from kiosk.core.day.said import in_language, may_be_over, phone_code, still
from kiosk.core.day.section import Entry, Section
from kiosk.core.day.services import moment_of
from kiosk.core.day.timetable import Leaving, book_before_ms, leaving
from kiosk.core.look.theme import Role
from kiosk.core.words import clean
from kiosk.feeds.departures import Board, Departure

JUST_LEFT_MS = 60_000
LIVE_WINDOW_MS = 60 * MINUTE_MS
"""A board tells one hour; what leaves later is known from the timetable."""
TABLE_AHEAD_MS = 18 * 60 * MINUTE_MS
MOST_DEPARTURES = 24
LIVE_HOLDS_MS = 6 * MINUTE_MS
"""A live time is called so only for so long; while nobody looks the board is asked more seldom than that."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A departure on its way to a row, to be sorted by time."""

    at_ms: int
    entry: Entry


def departures(holding: Holding, reader: Reader) -> tuple[Section, ...]:
    """What leaves from the stops near the point."""
    boards, table = holding.said(Board), holding.timetable
    if not boards and table is None:
        return ()
    here = reader.wall_ms()
    if here is None:
        return (_section(reader, (Entry(text=reader.words.say("travel.no_clock"), role=Role.UNKNOWN),), ""),)
    many = len(boards) > 1 or (table is not None and len(table.stops) > 1)
    lines = [line for fed in boards for line in _live(fed, reader, here, many)]
    lines += _stored(table, boards, reader, here, many)
    lines.sort(key=lambda one: one.at_ms)
    rows = [one.entry for one in lines[:MOST_DEPARTURES]]
    if not rows:
        rows = [_nothing(boards, table, reader)]
    notes = [_live_note(boards, reader)] if boards else []
    notes += [_table_note(table, reader)] if table is not None else []
    notes += _stops(holding, reader)
    stale = bool(boards) and not any(fed.fresh(reader) for fed in boards)
    return (_section(reader, tuple(rows), " ".join(notes), stale=stale),)


def _stops(holding: Holding, reader: Reader) -> list[str]:
    """Where to stand, of a point with one stop: with several each row says it."""
    stops = holding.transport.stops if holding.transport else ()
    if len(stops) != 1:
        return []
    name = ", ".join(part for part in (clean(stops[0].name), clean(stops[0].walk)) if part)
    return [f"{reader.words.say('travel.from_stop', stop=name)}."]


def _section(reader: Reader, rows: tuple[Entry, ...], note: str, *, stale: bool = False) -> Section:
    first = rows[0]
    return Section(
        name="departures", group="travel", icon="bus", title=reader.words.say("section.departures"), rows=rows,
        note=note, stale=stale, summary=f"{first.text}  {first.word}".strip(),
    )  # fmt: skip


def _live(fed: Fed, reader: Reader, here: int, many: bool) -> list[_Line]:
    """A board's rows; of an old one only what the timetable in it still says."""
    board, fresh = fed.body, fed.fresh(reader)
    asked = _asked_ms(fed, reader, here)
    young = fresh and asked is not None and here - asked <= LIVE_HOLDS_MS
    found = []
    for one in board.settled(asked):
        live = young and one.expected_ms is not None
        at_ms = one.expected_ms if live and one.expected_ms is not None else one.scheduled_ms
        if at_ms >= here - JUST_LEFT_MS:
            sure = "travel.live" if live else "travel.table" if fresh else "travel.old_table"
            found.append(_Line(at_ms, _departure(one, at_ms, board.name if many else "", reader, here, sure)))
    return found


def _departure(one: Departure, at_ms: int, stop: str, reader: Reader, here: int, sure: str) -> Entry:
    """`sure`: the words for how sure its time is."""
    say = reader.words.say
    parts = [say("travel.from_stop", stop=stop)] if stop else []
    if one.platform:
        parts.append(say("travel.platform", platform=one.platform))
    if abs(at_ms - one.scheduled_ms) >= MINUTE_MS:
        parts.append(say("travel.new_time", was=reader.at(one.scheduled_ms)))
    parts.append(say(sure))
    text = _named(one.mode, one.line, one.to, reader)
    if one.cancelled:
        word = say("travel.cancelled", when=reader.at(one.scheduled_ms))
        return Entry(text=text, word=word, role=Role.BAD, detail=" · ".join(parts[:-1]))
    return Entry(text=text, word=_in(at_ms, here, reader), detail=" · ".join((*parts, *one.notes)))


def _in(at_ms: int, here: int, reader: Reader) -> str:
    """ "nu", "om 12 min", and beyond an hour the time of day."""
    minutes = (at_ms - here) // MINUTE_MS
    if minutes < 1:
        return reader.words.say("travel.now")
    if at_ms - here < LIVE_WINDOW_MS:
        return f"{reader.words.say('travel.in', n=minutes)}, {reader.at(at_ms)}"
    return reader.at(at_ms)


def _stored(
    table: TimetableDocument | None, boards: tuple[Fed, ...], reader: Reader, here: int, many: bool
) -> list[_Line]:
    """The timetable's rows, from where each fresh board ends; a stop without one from now."""
    if table is None:
        return []
    ends = {fed.body.area: _told_to(fed, reader, here) for fed in boards}
    return [
        _Line(one.at_ms, _tabled(one, one.stop.name if many else "", reader, here))
        for one in leaving(table, here, here + TABLE_AHEAD_MS)
        if one.at_ms >= ends.get(one.stop.area, here)
    ]


def _told_to(fed: Fed, reader: Reader, here: int) -> int:
    """Until when a board says everything that leaves: an hour from its check; an old one says nothing for sure."""
    asked = _asked_ms(fed, reader, here)
    last = max((one.scheduled_ms for one in fed.body.settled(asked)), default=0) + 1
    told = asked + LIVE_WINDOW_MS if asked is not None and fed.fresh(reader) else here
    return max(here, told, last)


def _asked_ms(fed: Fed, reader: Reader, here: int) -> int | None:
    """When the board was asked for, on the wall here."""
    age = reader.age_ms(fed.state.checked) if fed.state is not None and fed.state.checked is not None else None
    return None if age is None else here - age


def _tabled(one: Leaving, stop: str, reader: Reader, here: int) -> Entry:
    say = reader.words.say
    parts = [say("travel.from_stop", stop=stop)] if stop else []
    if one.call.on_call:
        parts.append(_booking(one, reader, here))
    parts.append(say("travel.table"))
    role = Role.REMARK if one.call.on_call else Role.PLAIN
    text = _named(one.call.mode, clean(one.call.line), clean(one.call.to), reader)
    return Entry(text=text, word=_in(one.at_ms, here, reader), role=role, detail=" · ".join(parts))


def _booking(one: Leaving, reader: Reader, here: int) -> str:
    """Must be booked: by whom, and until when; or that it is too late."""
    say, before = reader.words.say, book_before_ms(one)
    if before is not None and before <= here:
        return say("travel.too_late")
    how = clean(one.booking.phone or one.booking.link) if one.booking is not None else ""
    said = say("travel.must_book_at", how=how) if how else say("travel.must_book")
    return f"{said}, {say('travel.book_before', when=reader.at(before))}" if before is not None else said


def _nothing(boards: tuple[Fed, ...], table: TimetableDocument | None, reader: Reader) -> Entry:
    """No departure to show: none leaves, or nobody knows."""
    known = any(fed.fresh(reader) for fed in boards) or (table is not None and _covers(table, reader))
    key = "travel.none" if known else "travel.unknown"
    return Entry(text=reader.words.say(key), role=Role.PLAIN if known else Role.UNKNOWN)


def _covers(table: TimetableDocument, reader: Reader) -> bool:
    moment = moment_of(reader)
    return moment is not None and table.first <= moment.date() <= table.last


def _live_note(boards: tuple[Fed, ...], reader: Reader) -> str:
    oldest = next((fed for fed in boards if not fed.fresh(reader)), boards[0])
    return f"{oldest.checked(reader)} {reader.words.say('travel.source')}"


def _table_note(table: TimetableDocument, reader: Reader) -> str:
    last = f"{table.last.day} {reader.words.part('age.months', table.last.month - 1)}"
    if _covers(table, reader):
        return f"{reader.words.say('travel.table_until', day=last).rstrip('.')}."
    return reader.words.say("travel.table_over", day=last)


def on_call(holding: Holding, reader: Reader) -> tuple[Section, ...]:
    """Traffic that only comes when somebody has booked it."""
    moment = moment_of(reader)
    posts = still(holding.transport.on_call, moment.date() if moment else None) if holding.transport else ()
    if not posts:
        return ()
    rows = tuple(_call(one, reader) for one in posts)
    return (
        Section(name="on-call", group="travel", icon="phone", title=reader.words.say("section.on-call"), rows=rows,
                summary=", ".join(one.text for one in rows)),
    )  # fmt: skip


def _call(one: OnCall, reader: Reader) -> Entry:
    say, language = reader.words.say, reader.words.language
    parts = [say("travel.must_book_at", how=clean(one.phone))]
    if one.ahead_hours is not None:
        decimal = "." if reader.words.main == "en" else ","
        parts.append(say("travel.ahead", n=f"{one.ahead_hours:g}".replace(".", decimal)))
    parts += [_when(one.answers, "answers", reader), _when(one.runs, "runs", reader)]
    parts.append(may_be_over(one, day_of(reader), reader.words))
    return Entry(
        text=in_language(one.title, language), detail=" · ".join(part for part in parts if part),
        more=in_language(one.text, language), code=one.link or phone_code(one.phone),
    )  # fmt: skip


def _when(expression: str, key: str, reader: Reader) -> str:
    """Does it run, is the phone answered: now until when, or when next; "" when nobody can tell."""
    moment = moment_of(reader)
    if not expression or moment is None:
        return ""
    span = hours.at(expression, moment)
    if span.stand is hours.Stand.OPEN:
        until = span.until and reader.at(int(span.until.timestamp() * 1000))
        return reader.words.say(f"travel.{key}_until", when=until) if until else reader.words.say(f"travel.{key}_now")
    opens = hours.next_open(expression, moment) if span.stand is hours.Stand.CLOSED else None
    return reader.words.say(f"travel.{key}_next", when=reader.at(int(opens.timestamp() * 1000))) if opens else ""


def _named(mode: str, line: str, to: str, reader: Reader) -> str:
    """ "Buss 155 mot Järpen"; a line whose name says what it is needs no second word for it."""
    kind = reader.words.say(f"travel.mode_{mode.lower()}")
    word = "" if line.lower().startswith(kind.lower()) else kind
    return " ".join(f"{word} {line} {reader.words.say('travel.to', to=to)}".split())


def day_of(reader: Reader) -> date | None:
    """Today at the site, None while no clock can be believed."""
    moment = moment_of(reader)
    return None if moment is None else moment.date()
