"""The documents of an ordinary day: what can be done here, businesses, rooms, events, information, buses and boats.

Days are ISO dates, times of day are those on the wall at the site (Europe/Stockholm) unless they carry an offset.
A post about a person, a business or an association has a last day, so that nothing stands for ever by mistake.
"""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from contract.wire import Name, Text, Wire
from contract.words import Declared

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")
MAX_LINK = 300

Hours = Annotated[str, Meta(max_length=400)]
"""OSM `opening_hours`, specification 0.7.2: "Mo-Fr 09:00-18:00; Sa 10:00-14:00; PH off"; "" where none are known."""
Link = Annotated[str, Meta(max_length=MAX_LINK, pattern=r"^(https?://[^\s<>]+)?\Z")]
"""A web address that a visitor may take along, or ""."""
Texts = Annotated[dict[str, Text], Meta(min_length=1, max_length=20)]
"""A text by language (`sv`, `en`, `fi`, `se` …)."""
ServiceSeconds = Annotated[int, Meta(ge=0, lt=72 * 3600)]
"""Seconds after noon minus twelve hours of the service day; over 24 hours for what leaves after midnight."""


class UnstaffedNeed(StrEnum):
    """What a door needs to let somebody in when no staff is there."""

    BANKID = "bankid"
    NETWORK = "network"
    POWER = "power"


class _Said(Wire, omit_defaults=True, kw_only=True):
    """Something with a title and a text; Swedish is always there, for it is what every other language falls back to."""

    id: Name
    title: Texts
    text: Texts | None = None
    link: Link = ""
    phone: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError (msgspec makes it a ValidationError with the place) for a title without Swedish."""
        for texts in (self.title, self.text or {"sv": ""}):
            if "sv" not in texts:
                raise ValueError("a text needs Swedish: give it under sv")
            strange = [one for one in texts if not LANGUAGE.fullmatch(one)]
            if strange:
                raise ValueError(f"{strange[0]!r} is not a language like sv, en or se")


class _Pictured(_Said, omit_defaults=True, kw_only=True):
    """It may have a picture: by the SHA-256 of its bytes, with words for whoever does not see it."""

    picture: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")] = ""
    picture_text: Texts | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a picture that nobody can have read to them."""
        super().__post_init__()
        if self.picture and not (self.picture_text or {}).get("sv", "").strip():
            raise ValueError("a picture needs words in Swedish for those who do not see it: picture_text = { sv = … }")


class Post(_Pictured, omit_defaults=True, kw_only=True):
    """A post about a person, a business or an association: shown up to and including the day `until`."""

    until: date
    by: str = ""
    """Who asked for it, in words for visitors."""


class Business(Post, omit_defaults=True, kw_only=True):
    """A business nearby; it points on to its own booking and pages."""

    hours: Hours = ""
    where: str = ""


class BusinessesDocument(Wire):
    """The document `businesses`."""

    businesses: Annotated[tuple[Business, ...], Meta(max_length=60)]


class Room(Post, omit_defaults=True, kw_only=True):
    """A room that can be booked, and how: by phone or at a link."""

    places: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    where: str = ""


class RoomsDocument(Wire):
    """The document `rooms`."""

    rooms: Annotated[tuple[Room, ...], Meta(max_length=30)]


class Event(Post, omit_defaults=True, kw_only=True):
    """Something that happens once. A cancelled one is shown as cancelled, for people would come."""

    starts: datetime
    ends: datetime | None = None
    where: str = ""
    cancelled: bool = False


class EventsDocument(Wire):
    """The document `events`."""

    events: Annotated[tuple[Event, ...], Meta(max_length=100)]


class About(StrEnum):
    """Who a page of information is for."""

    MUNICIPAL = "municipal"
    VISITOR = "visitor"


class Information(_Pictured, omit_defaults=True, kw_only=True):
    """One page of information. `paragraphs` by language, for long texts. `search`: more words to find it by."""

    about: About
    changed: date | None = None
    until: date | None = None
    paragraphs: dict[str, tuple[Text, ...]] = {}
    search: tuple[Name, ...] = ()


class InformationDocument(Wire):
    """The document `information`."""

    pages: Annotated[tuple[Information, ...], Meta(max_length=100)]


class Thing(_Pictured, omit_defaults=True, kw_only=True):
    """Something a visitor can do here: "tanka", "låna böcker". `until`: the last day, where it has one."""

    icon: str = ""
    until: date | None = None


class HereDocument(Wire):
    """The document `here`."""

    things: Annotated[tuple[Thing, ...], Meta(max_length=40)]


class Stop(Wire, omit_defaults=True, kw_only=True):
    """A stop near the point. `area`: its rikshållplats (nine digits, 740…), never a local stop's number."""

    area: Annotated[str, Meta(pattern=r"^\d{9}\Z")]
    name: Name
    walk: str = ""


class OnCall(_Said, omit_defaults=True, kw_only=True):
    """Traffic that only comes when somebody has booked it: whom to call, how long before, on which days."""

    phone: Name
    ahead_hours: Annotated[float, Meta(ge=0, le=24 * 14)] | None = None
    """Book at the latest so many hours before; None when the text says it."""
    runs: Hours = ""
    """When it runs, as opening hours ("Mo-Fr 08:00-17:00")."""
    answers: Hours = ""
    """When the phone is answered."""
    until: date | None = None


class TransportDocument(Wire):
    """The document `transport`."""

    stops: Annotated[tuple[Stop, ...], Meta(max_length=6)] = ()
    on_call: Annotated[tuple[OnCall, ...], Meta(max_length=20)] = ()


class Booking(Wire, omit_defaults=True, kw_only=True):
    """How a departure of the timetable is booked (GTFS booking_rules)."""

    id: Name
    phone: str = ""
    link: Link = ""
    minutes_ahead: Annotated[int, Meta(ge=0)] | None = None
    days_ahead: Annotated[int, Meta(ge=0, le=60)] | None = None
    before: str = ""
    """With `days_ahead`: at the latest at this time of that day, HH:MM."""
    text: Text = ""


class TimetableCall(Wire, omit_defaults=True, kw_only=True):
    """One departure from one stop, on the days whose digit in `days` is 1, counted from the table's first day."""

    line: str
    to: str
    mode: Annotated[str, Meta(pattern=r"^(BUS|METRO|TRAIN|TRAM|TAXI|BOAT)\Z")]
    at: ServiceSeconds
    days: Annotated[str, Meta(pattern=r"^[01]+\Z", max_length=60)]
    on_call: bool = False
    booking: str = ""


class TimetableStop(Wire):
    """One stop and everything that leaves from it."""

    area: str
    name: Name
    calls: Annotated[tuple[TimetableCall, ...], Meta(max_length=1500)]


class TimetableDocument(Wire, omit_defaults=True, kw_only=True):
    """The document `timetable`: departures that are known without network, cut out of GTFS for a few stops."""

    first: date
    last: date
    made: date
    source: Name
    stops: Annotated[tuple[TimetableStop, ...], Meta(max_length=6)]
    bookings: Annotated[tuple[Booking, ...], Meta(max_length=60)] = ()


class Nearby(_Said, omit_defaults=True, kw_only=True):
    """Another place with people and warmth: how it stood when somebody there, or the municipality, said so."""

    declared: Declared
    told: datetime
    where: str = ""
    """How far and which way: "12 km, mot Duved"."""

    def __post_init__(self) -> None:
        """Raise ValueError for a moment without offset: its age is what counts."""
        super().__post_init__()
        if self.told.tzinfo is None:
            raise ValueError("told: give it with an offset, like 2025-11-20T12:00:00+01:00")


class NearestDocument(Wire):
    """The document `nearest`: where to go when this point is closed, nearest first."""

    places: Annotated[tuple[Nearby, ...], Meta(max_length=10)]


class HoursOverride(Wire, omit_defaults=True, kw_only=True):
    """What holds for one service between two moments, whatever its ordinary hours say, and who decided it.

    Either `declared` for the whole time, or `hours` within it. A person's word at the site still beats it.
    """

    service: Name
    begins: datetime
    ends: datetime
    author: Name
    declared: Declared = Declared.UNKNOWN
    hours: Hours = ""
    text: Texts | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for an override that never holds, or that would hold for months."""
        if (self.begins.tzinfo is None) != (self.ends.tzinfo is None):
            raise ValueError("begins and ends: give both with an offset, or none")
        if self.ends <= self.begins:
            raise ValueError("ends: is not after begins")
        if (self.ends - self.begins).days > 30:
            raise ValueError("ends: more than 30 days after begins; an override is for an outage")


class OutageHoursDocument(Wire):
    """The document `outage-hours`."""

    overrides: Annotated[tuple[HoursOverride, ...], Meta(max_length=100)]
