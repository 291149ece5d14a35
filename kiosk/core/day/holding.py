"""What the cache holds of an ordinary day, typed: the municipality's documents and what the everyday feeds said."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from contract.everyday import (
    BusinessesDocument,
    EventsDocument,
    HereDocument,
    InformationDocument,
    OutageHoursDocument,
    RoomsDocument,
    TimetableDocument,
    TransportDocument,
)
from kiosk.core.age import Reader
from kiosk.core.asking.feed import FeedState, Items
from kiosk.feeds.calendar import Calendar
from kiosk.feeds.departures import Board
from kiosk.feeds.road import Roads
from kiosk.feeds.rss import News

KINDS: dict[str, type[msgspec.Struct]] = {
    "departures": Board,
    "road": Roads,
    "news": News,
    "disruptions": News,
    "calendar": Calendar,
}
STALE_TIMES = 3
"""After so many intervals without a good answer what a feed said is old."""
D = TypeVar("D")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """What one feed said last, and how its asking stands."""

    name: str
    kind: str
    body: Any
    state: FeedState | None

    def fresh(self, reader: Reader) -> bool:
        """Has it been checked within three intervals?"""
        if self.state is None or self.state.checked is None:
            return False
        age = reader.age_ms(self.state.checked)
        return age is not None and age <= STALE_TIMES * self.state.every_s * 1000

    def checked(self, reader: Reader) -> str:
        """When it was checked, in words; whether that is still new enough is said with it. What is not asked at all to
        save power is no failure, and says so."""
        state, words = self.state, reader.words
        if state is not None and state.resting is not None:
            resting = words.say("day.resting", when=reader.since(state.resting))
            known = state.checked is not None and words.say("day.checked", when=reader.when(state.checked))
            return f"{resting} {known}" if known else resting
        if self.state is None or self.state.checked is None:
            return reader.words.say("day.never_checked")
        if self.fresh(reader):
            return reader.words.say("day.checked", when=reader.when(self.state.checked))
        return reader.words.say("day.unchecked", when=reader.since(self.state.checked))


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Everything of it."""

    documents: Mapping[str, Any]
    feeds: tuple[Fed, ...]

    @classmethod
    def of(cls, documents: Mapping[str, Any], items: tuple[Items, ...], states: tuple[FeedState, ...]) -> "Holding":
        """From what the cache gives; what this version cannot read is left out."""
        by_name = {state.name: state for state in states}
        found = []
        for one in items:
            body = _read(one.kind, one.body)
            if body is not None:
                found.append(Fed(name=one.name, kind=one.kind, body=body, state=by_name.get(one.name)))
        return cls(documents=documents, feeds=tuple(found))

    def document(self, name: str, kind: type[D]) -> D | None:
        """One document, None when there is none of this kind."""
        found = self.documents.get(name)
        return found if isinstance(found, kind) else None

    def said(self, form: type[msgspec.Struct], kind: str = "") -> tuple[Fed, ...]:
        """What all feeds said in this form; with `kind` only those of that kind."""
        return tuple(one for one in self.feeds if isinstance(one.body, form) and kind in ("", one.kind))

    @property
    def here(self) -> HereDocument | None:
        """What can be done here."""
        return self.document("here", HereDocument)

    @property
    def businesses(self) -> BusinessesDocument | None:
        """Businesses nearby."""
        return self.document("businesses", BusinessesDocument)

    @property
    def rooms(self) -> RoomsDocument | None:
        """Rooms that can be booked."""
        return self.document("rooms", RoomsDocument)

    @property
    def events(self) -> EventsDocument | None:
        """What happens nearby."""
        return self.document("events", EventsDocument)

    @property
    def information(self) -> InformationDocument | None:
        """Pages of the municipality and for visitors."""
        return self.document("information", InformationDocument)

    @property
    def transport(self) -> TransportDocument | None:
        """Stops, and traffic that must be booked."""
        return self.document("transport", TransportDocument)

    @property
    def timetable(self) -> TimetableDocument | None:
        """Departures that are known without network."""
        return self.document("timetable", TimetableDocument)

    @property
    def outage_hours(self) -> OutageHoursDocument | None:
        """Decided exceptions from ordinary hours."""
        return self.document("outage-hours", OutageHoursDocument)


@lru_cache(maxsize=64)
def _read(kind: str, body: bytes) -> Any:
    """The views of a minute read the same bytes sixty times."""
    wanted = KINDS.get(kind)
    if wanted is None:
        return None
    try:
        return msgspec.json.decode(body, type=wanted)
    except msgspec.MsgspecError:
        return None
