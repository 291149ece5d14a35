"""Everyday sections: no empty doors, ages with everything, live only when it is, and posts that end."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from contract.content import DOCUMENTS
from contract.everyday import TimetableDocument
from contract.freshness import Contact, Now
from contract.wire import Moment
from contract.words import ClockQuality, Power
from kiosk.core.asking.feed import FeedState, Items
from kiosk.core.day import search
from kiosk.core.day.section import Entry, Section
from kiosk.core.look.theme import Role
from kiosk.core.picture import Held
from kiosk.core.view import View, view
from kiosk.core.warnings.place import Place
from kiosk.feeds.calendar import Calendar
from kiosk.feeds.departures import Board, Departure
from kiosk.feeds.road import Disruption, Roads
from kiosk.feeds.rss import Item, News
from kiosk.io.texts import words

MINUTE = 60_000
AREA = "740099901"


class Day:
    """What is held of the day, and the view of it at noon of a Thursday."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.documents: dict[str, Any] = {}
        self.items: list[Items] = []
        self.feeds: list[FeedState] = []

    def document(self, name: str, **body: Any) -> "Day":
        """One document, read as the kiosk reads it."""
        self.documents[name] = msgspec.convert(body, DOCUMENTS[name])
        return self

    def feed(self, kind: str, said: Any, ago_ms: int = MINUTE, every_s: float = 120.0) -> "Day":
        """A feed that was checked so long ago."""
        at = Moment(boot=self.house.BOOT, up_ms=50_000_000 - ago_ms, wall_ms=self.house.NOON - ago_ms,
                    clock=ClockQuality.SYNCED)  # fmt: skip
        self.items.append(Items(name=kind, kind=kind, body=msgspec.json.encode(said)))
        self.feeds.append(FeedState(name=kind, every_s=every_s, checked=at))
        return self

    def see(
        self, *, clock: ClockQuality = ClockQuality.SYNCED, language: str = "sv", later_ms: int = 0,
        place: Place | None = None,
    ) -> View:  # fmt: skip
        """The view."""
        picture = self.house.picture(Power.ON_MAINS, self.house.moment(0))
        held = Held(
            picture=picture, contact=Contact(self.house.BOOT, 50_000_000, 1000), documents=self.documents,
            items=tuple(self.items), feeds=tuple(self.feeds),
        )  # fmt: skip
        now = Now(1000 + later_ms, self.house.NOON + later_ms, clock)
        return view(held, now, words(language), self.house.SITE, False, place=place)

    def section(self, name: str, **how: Any) -> Section:
        """One section."""
        return next(one for one in self.see(**how).sections if one.name == name)


@pytest.fixture
def day(house: Any) -> Day:
    """Nothing held yet."""
    return Day(house)


def leaves(house: Any, minutes: int, live: int | None = None, **changed: Any) -> Departure:
    """A bus in so many minutes by the timetable, live in `live`."""
    at = house.NOON + minutes * MINUTE
    expected = None if live is None else house.NOON + live * MINUTE
    fields = {"trip": f"t/{minutes}", "line": "155", "to": "Järpen", "mode": "BUS", "expected_ms": expected}
    return Departure(scheduled_ms=at, **(fields | changed))


def table(*calls: dict[str, Any], first: str = "2025-11-19", days: int = 7, **more: Any) -> dict[str, Any]:
    """A timetable document of one stop."""
    begins = date.fromisoformat(first)
    rows = [{"line": "155", "to": "Järpen", "mode": "BUS", "days": "1" * days} | call for call in calls]
    return {
        "first": first, "last": (begins + timedelta(days=days - 1)).isoformat(), "made": first, "source": "x",
        "stops": [{"area": AREA, "name": "Kall", "calls": rows}],
    } | more  # fmt: skip


def test_nothing_held_is_no_section_and_no_door(day: Day) -> None:
    """No empty doors."""
    seen = day.document("businesses", businesses=[]).document("here", things=[]).see()

    assert () == seen.sections
    assert not {"services", "travel", "local", "information"} & set(seen.doors)


def test_live_is_called_live_and_counted_here(day: Day, house: Any) -> None:
    """The live time counts, and says what it was; a minute later it is a minute less, without a new answer."""
    day.feed("departures", Board(area=AREA, departures=(leaves(house, 8, live=12), leaves(house, 20))))
    first, second = day.section("departures").rows

    assert ("Buss 155 mot Järpen", "om 12 min, kl. 12:12") == (first.text, first.word)
    assert "Ny tid, skulle gått kl. 12:08" in first.detail
    assert ("om 20 min, kl. 12:20", "Enligt tidtabell") == (second.word, second.detail)
    assert day.section("departures", later_ms=MINUTE).rows[0].word.startswith("om 11 min")


def test_old_board_is_no_live_board(day: Day, house: Any) -> None:
    """When nobody has answered for long, only the timetable in it is left, and it is called that."""
    day.feed("departures", Board(area=AREA, departures=(leaves(house, 8, live=12),)), ago_ms=20 * MINUTE)
    section = day.section("departures")

    assert ("om 8 min, kl. 12:08", "Enligt tidtabell, kan ha ändrats") == (section.rows[0].word, section.rows[0].detail)
    assert section.stale
    assert "Har inte kunnat kontrolleras sedan kl. 11:40." in section.note


def test_cancelled_is_shown_as_cancelled(day: Day, house: Any) -> None:
    """Not dropped, for people stand and wait; never with "om N min"."""
    day.feed("departures", Board(area=AREA, departures=(leaves(house, 8, cancelled=True),)))
    (row,) = day.section("departures").rows

    assert (Role.BAD, "INSTÄLLD, kl. 12:08") == (row.role, row.word)


def test_timetable_follows_where_the_board_ends(day: Day, house: Any) -> None:
    """The board tells an hour; the timetable's rows of that hour would be the same buses again."""
    day.feed("departures", Board(area=AREA, departures=(leaves(house, 30, live=31),)))
    day.document("timetable", **table({"at": 12 * 3600 + 1800}, {"at": 14 * 3600}))

    assert ["om 31 min, kl. 12:31", "kl. 14:00"] == [row.word for row in day.section("departures").rows]


def test_offline_the_timetable_stands_alone(day: Day) -> None:
    """No feed at all: what the cut-out knows, called a timetable, with its last day."""
    day.document("timetable", **table({"at": 12 * 3600 + 1800}, {"at": 25 * 3600}))
    section = day.section("departures")

    assert [("om 30 min, kl. 12:30", "Enligt tidtabell"), ("fre 01:00", "Enligt tidtabell")] == [
        (row.word, row.detail) for row in section.rows
    ]
    assert "Tidtabellen gäller till och med 25 nov." == section.note


def test_timetable_that_has_run_out_says_so(day: Day) -> None:
    """Old times are not shown as if they held."""
    day.document("timetable", **table({"at": 12 * 3600 + 1800}, first="2025-11-01"))
    section = day.section("departures")

    assert [(Role.UNKNOWN, "Vi vet inte vad som går just nu.")] == [(row.role, row.text) for row in section.rows]
    assert "för gammal" in section.note


def test_without_a_clock_nothing_leaves_in_minutes(day: Day, house: Any) -> None:
    """No "om N min" from a clock that nobody believes."""
    day.feed("departures", Board(area=AREA, departures=(leaves(house, 8, live=12),)))
    (row,) = day.section("departures", clock=ClockQuality.UNSYNCED).rows

    assert (Role.UNKNOWN, "") == (row.role, row.word)


@pytest.mark.parametrize(("ahead", "said"), [(30, "senast kl. 14:30"), (180, "det är för sent nu")])
def test_on_call_says_how_and_until_when_to_book(day: Day, ahead: int, said: str) -> None:
    """A departure that only comes when it is booked: by whom, until when, and when that is too late."""
    rules = [{"id": "b", "phone": "0771-00 00 00", "minutes_ahead": ahead}]
    day.document("timetable", **table({"at": 15 * 3600, "on_call": True, "booking": "b"}, bookings=rules))
    (row,) = [row for row in day.section("departures").rows if "15:00" in row.word and "fre" not in row.word]

    assert Role.REMARK is row.role
    assert said in row.detail


def test_calls_of_the_municipality_tell_phone_hours_and_days(day: Day) -> None:
    """Not open today: when it runs next."""
    ride = {
        "id": "r",
        "title": {"sv": "Närtrafik"},
        "phone": "0771-00 00 00",
        "ahead_hours": 2.5,
        "runs": "Fr 09:00-12:00",
    }
    (row,) = day.document("transport", on_call=[ride]).section("on-call").rows

    assert "Måste bokas: 0771-00 00 00 · minst 2,5 tim före · Går nästa gång fre 09:00" == row.detail
    assert "tel:0771000000" == row.code
    english = day.section("on-call", language="en").rows[0]
    assert "2.5" in english.detail
    ride |= {"runs": "Mo-Fr 08:00-16:00", "answers": "Mo-Fr 13:00-17:00"}
    (row,) = day.document("transport", on_call=[ride]).section("on-call").rows
    assert "Telefonen besvaras från kl. 13:00 · Går nu, till kl. 16:00" in row.detail


def test_one_stop_is_named_with_how_far_it_is(day: Day) -> None:
    """Where to stand, said once."""
    stop = {"area": AREA, "name": "Kall kyrka", "walk": "300 m"}
    day.document("transport", stops=[stop]).document("timetable", **table({"at": 12 * 3600 + 1800}))

    assert day.section("departures").note.endswith(" Från Kall kyrka, 300 m.")


def test_roads_near_here_come_first_by_how_grave_and_how_near(day: Day, house: Any) -> None:
    """Gravest, then nearest; far away only what is grave, very far away nothing; what does not say where stays."""

    def at(name: str, severity: int, point: Any) -> Disruption:
        return Disruption(id=name, kind="Hinder", header=name, severity=severity, point=point,
                          changed_ms=house.NOON - 60 * MINUTE)  # fmt: skip

    found = [
        at("near", 2, (63.5, 13.1)), at("nearer", 2, (63.44, 13.1)), at("far works", 2, (62.2, 13.1)),
        at("far and closed", 5, (62.4, 13.1)), at("Skåne", 5, (55.6, 13.0)), at("nowhere", 4, None),
    ]  # fmt: skip
    day.feed("road", Roads(disruptions=tuple(found)))
    here = Place(site="are-kall", county="23", latitude=63.43, longitude=13.08)
    rows = day.section("road", place=here).rows

    assert ["far and closed", "nowhere", "nearer", "near"] == [row.text for row in rows]
    assert "Hinder · 115 km härifrån · Uppgift från kl. 11:00" == rows[0].detail
    assert 6 == len(day.section("road").rows)


def test_no_obstacles_only_after_a_fresh_check(day: Day) -> None:
    """An empty answer that is old says nothing."""
    assert "Inga hinder är kända på vägarna i närheten." == day.feed("road", Roads()).section("road").rows[0].text
    day.feeds.clear()
    day.items.clear()
    old = day.feed("road", Roads(), ago_ms=60 * MINUTE).section("road")

    assert (Role.UNKNOWN, True) == (old.rows[0].role, old.stale)


def test_disruption_that_is_over_is_gone_and_a_coming_one_says_when(day: Day, house: Any) -> None:
    """In force, soon, later, over."""
    hour = 60 * MINUTE
    found = [
        Disruption(id=name, kind="x", header=name, starts_ms=house.NOON + begin, ends_ms=house.NOON + end)
        for name, begin, end in (
            ("now", -hour, hour), ("soon", hour, 9 * hour), ("later", 90 * hour, 99 * hour), ("over", -9 * hour, -hour)
        )
    ]  # fmt: skip
    rows = day.feed("road", Roads(disruptions=tuple(found))).section("road").rows

    assert ["now", "soon"] == [row.text for row in rows]
    assert "från kl. 13:00" in rows[1].detail


def test_post_is_gone_after_its_last_day(day: Day) -> None:
    """Shown on its last day, not the day after, and not while nobody knows the day."""
    post = {"id": "p", "title": {"sv": "Bageriet"}, "until": "2025-11-20"}
    day.document("businesses", businesses=[post])

    assert "Bageriet" == day.section("businesses").rows[0].text
    assert () == day.see(later_ms=12 * 60 * MINUTE).sections
    assert () == day.see(clock=ClockQuality.UNSYNCED).sections


def test_without_a_clock_only_what_is_about_nobody_stays(day: Day) -> None:
    """A page with a last day is marked, one without is as ever; a business, which is somebody's, is hidden."""
    page = {"id": "p", "about": "visitor", "title": {"sv": "Skidspår"}, "until": "2025-11-10"}
    ride = {"id": "r", "title": {"sv": "Närtrafik"}, "phone": "0771-00 00 00", "until": "2025-12-01"}
    thing = {"id": "w", "title": {"sv": "Surfa"}}
    post = {"id": "b", "title": {"sv": "Bageriet"}, "until": "2025-12-01"}
    day.document("information", pages=[page]).document("transport", on_call=[ride])
    day.document("here", things=[thing]).document("businesses", businesses=[post])
    seen = {one.name: one.rows[0] for one in day.see(clock=ClockQuality.UNSYNCED).sections}

    assert {"visitor", "on-call", "here"} == seen.keys()
    assert "Kan ha gått ut – klockan är inte säker" == seen["visitor"].detail
    assert seen["on-call"].detail.endswith("Kan ha gått ut – klockan är inte säker")
    assert "" == seen["here"].detail


def test_disruptions_stand_apart_from_news_and_first(day: Day, house: Any) -> None:
    """Which address tells of them is the operator's setting, never guessed from words."""
    item = Item(id="x", title="Vattnet stängs av", published_ms=house.NOON - MINUTE)
    day.feed("disruptions", News(items=(item,))).feed("news", News(items=(item, item)), every_s=1800.0)
    names = [one.name for one in day.see().sections]

    assert ["disruptions", "news"] == names
    assert 1 == len(day.section("disruptions").rows)


def test_number_is_a_code_to_take_along(day: Day) -> None:
    """A post with a telephone and no page; what is no number is no code."""
    post = {"id": "b", "title": {"sv": "Bageriet"}, "until": "2025-12-01"}
    rows = [post | {"phone": phone} for phone in ("+46 (0)647-000 01", "0647-000 01", "fråga i kassan")]
    codes = [row.code for row in day.document("businesses", businesses=rows).section("businesses").rows]

    assert ["tel:+4664700001", "tel:064700001"] == codes[:2]
    assert "" == codes[2]


def test_events_of_all_kinds_by_time(day: Day) -> None:
    """Own and from calendars in one list; cancelled as cancelled; whole days without a time."""
    own = {"id": "e", "title": {"sv": "Kaffe"}, "until": "2025-12-01", "starts": "2025-11-22T14:00:00"} | {
        "ends": "2025-11-22T16:00:00"
    }
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Loppis\r\nDTSTART;VALUE=DATE:"
        "20251121\r\nDTEND;VALUE=DATE:20251122\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nSUMMARY:Kör\r\nSTATUS:CANCELLED"
        "\r\nDTSTART:20251123T180000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    rows = (
        day.document("events", events=[own])
        .feed("calendar", Calendar(text=text), every_s=3600.0)
        .section("events")
        .rows
    )

    assert [("Loppis", "fre 21 nov."), ("Kaffe", "lör 14:00–16:00"), ("Kör", "INSTÄLLT, sön 18:00")] == [
        (row.text, row.word) for row in rows
    ]
    assert Role.BAD is rows[2].role


def test_news_have_a_time_fade_and_never_a_code(day: Day, house: Any) -> None:
    """Newest first; two months later gone; a date in the future is no date; a stranger's link is no code to scan."""
    days = 24 * 60 * MINUTE
    found = [
        Item(id=name, title=name, text="x", link="https://example.org/x", published_ms=at)
        for name, at in (
            ("week", house.NOON - 7 * days), ("today", house.NOON - MINUTE), ("old", house.NOON - 90 * days),
            ("future", house.NOON + days), ("undated", None),
        )
    ]  # fmt: skip
    rows = day.feed("news", News(publisher="Byn", items=tuple(found)), every_s=1800.0).section("news").rows

    assert ["today", "week", "future", "undated"] == [row.text for row in rows]
    assert "Okänt datum · Byn" == rows[2].detail
    assert {""} == {row.code for row in rows}


def test_broken_or_foreign_items_are_no_section(day: Day) -> None:
    """What this version cannot read is not shown, and takes nothing with it."""
    day.items = [Items(name="a", kind="departures", body=b"{"), Items(name="b", kind="weather", body=b"{}")]

    assert () == day.see().sections


def test_language_falls_back_to_swedish(day: Day) -> None:
    """A text that was not translated is shown in Swedish, not left out."""
    page = {"id": "p", "about": "visitor", "title": {"sv": "Leder", "en": "Trails"}, "text": {"sv": "Tolv km."}}
    (row,) = day.document("information", pages=[page]).section("visitor", language="en").rows

    assert "Trails" == row.text
    assert "Tolv km." in row.more


PAGES = (
    Section(
        name="municipal", group="information", icon="i", title="x",
        rows=(
            Entry(text="Sopor", more="Glas och papper"), Entry(text="Hemtjänst", search="ålder"), Entry(text="Båtar"),
        ),
    ),
    Section(name="news", group="local", icon="i", title="x", rows=(Entry(text="Soppa"),)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("word", "expected"),
    [("sop", ["Sopor"]), ("GLAS", ["Sopor"]), ("åld", ["Hemtjänst"]), ("bå", ["Båtar"]), ("zz", []),
     ("", ["Båtar", "Hemtjänst", "Sopor"])],
)  # fmt: skip
def test_search_finds_by_first_letters(word: str, expected: list[str]) -> None:
    """In title, more words and text; only in information."""
    assert expected == [one.text for one in search.found(PAGES, search.pressed(word))]


def test_no_key_leads_to_nothing() -> None:
    """A key that is offered finds something, whatever was pressed before."""
    waiting: list[tuple[int, ...]] = [()]
    seen = 0
    while waiting and seen < 500:
        keys = waiting.pop()
        seen += 1
        assert search.found(PAGES, keys)
        waiting += [(*keys, key) for key in search.possible(PAGES, keys)]
    assert 20 < seen < 500


def test_every_letter_lies_on_one_key() -> None:
    """Also those of neighbours: é with e, á with a, å with ä and ö."""
    assert {search.key_of("a"), search.key_of("á"), search.key_of("Ä"), search.key_of("-")} == {0, 8, None}
    assert search.key_of("7") == len(search.KEYS) - 1


def test_document_of_a_newer_kind_is_left_alone(day: Day) -> None:
    """A struct under the wrong name is not taken for another."""
    day.documents["events"] = msgspec.convert(table({"at": 1}), TimetableDocument)

    assert () == day.see().sections
