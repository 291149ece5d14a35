"""Services now and next: whose word counts, and when nobody may say "open"."""

from datetime import datetime
from typing import Any

import msgspec
import pytest

from contract.content import Service, ServicesDocument
from contract.everyday import BusinessesDocument, HoursOverride, OutageHoursDocument, UnstaffedNeed
from contract.freshness import Contact, Now
from contract.messages import ServiceNow
from contract.words import ClockQuality, Declared, Power
from kiosk.core.asking.feed import FeedState
from kiosk.core.look.theme import Role
from kiosk.core.picture import Held
from kiosk.core.view import View, view
from kiosk.io.texts import words

HOUR = 3_600_000
SHOP = Service(
    key="food", icon="food", sv="Mat", en="Food", staffed="Mo-Fr 09:00-19:00", unstaffed="Mo-Su 05:00-23:00",
    unstaffed_needs=(UnstaffedNeed.BANKID, UnstaffedNeed.POWER),
)  # fmt: skip


def see(
    house: Any, *services: Service, at_h: float = 0, power: Power = Power.ON_MAINS, said: tuple[ServiceNow, ...] = (),
    clock: ClockQuality = ClockQuality.SYNCED, line: bool = True, language: str = "sv", **held: Any,
) -> View:  # fmt: skip
    """The view at noon of a Thursday plus so many hours, with a site that was heard this second."""
    wall = house.NOON + int(at_h * HOUR)
    at = house.moment(0, up_ms=50_000_000, wall_ms=wall)
    heard = at if line else house.moment(9 * HOUR, up_ms=50_000_000, wall_ms=wall)
    if clock is ClockQuality.UNSYNCED:
        at = house.moment(0, wall_ms=None)
        heard = at
    picture = house.picture(power, at, services=said, centre_heard=heard)
    all_held = Held(
        picture=picture, contact=Contact(house.BOOT, 50_000_000, 1000),
        services=ServicesDocument(services=services or (SHOP,)), **held,
    )  # fmt: skip
    return view(all_held, Now(1000, wall, clock), words(language), house.SITE, False)


@pytest.mark.parametrize(
    ("at_h", "word", "role"),
    [
        (0, "Öppet nu till kl. 19:00", Role.GOOD),
        (8, "Öppet nu, obemannat, till kl. 23:00", Role.GOOD),
        (11.5, "Stängt, öppnar fre 05:00", Role.CLOSED),
    ],
)
def test_ordinary_day_goes_by_the_hours(house: Any, at_h: float, word: str, role: Role) -> None:
    """With staff, without staff, closed: in words, with when it changes."""
    row = see(house, at_h=at_h).services[0]

    assert (word, role) == (row.word, row.role)


def test_first_page_says_it_in_one_line(house: Any) -> None:
    """What is open and until when; when all is closed, when it opens."""
    assert "Öppet nu till kl. 19:00: Mat" == see(house).open_now.text
    assert "Stängt, öppnar fre 05:00" == see(house, at_h=11.5).open_now.text
    assert "Open now until 19:00: Food" in see(house, language="en").open_now.text


@pytest.mark.parametrize("power", [Power.ON_RESERVE, Power.DEAD, Power.ON_BATTERY, Power.STARTING, Power.UNKNOWN])
def test_outage_ends_the_ordinary_hours(house: Any, power: Power) -> None:
    """Whatever the sign on the door says: without mains nobody knows until a person has said it."""
    seen = see(house, power=power)

    assert (Role.UNKNOWN, Role.UNKNOWN) == (seen.services[0].role, seen.open_now.role)


def test_person_beats_the_hours_and_lapses(house: Any) -> None:
    """Declared closed at noon is closed; in an outage a word of five hours ago is worth nothing."""
    said = ServiceNow(service="food", declared=Declared.CLOSED, until_ms=None, declared_at=house.moment(HOUR))
    old = ServiceNow(service="food", declared=Declared.OPEN, until_ms=None, declared_at=house.moment(5 * HOUR))

    assert "Stängt" == see(house, said=(said,)).services[0].word
    assert Role.UNKNOWN is see(house, said=(old,), power=Power.ON_RESERVE).services[0].role


def test_unbelieved_clock_is_unknown(house: Any) -> None:
    """Hours need a clock."""
    row = see(house, clock=ClockQuality.UNSYNCED).services[0]

    assert (Role.UNKNOWN, "Vet inte") == (row.role, row.word)
    assert "Klockan är inte ställd" in row.detail


def test_door_without_network_is_unknown(house: Any) -> None:
    """BankID travels over the network: without a fresh word from outside nobody knows whether the door opens."""
    gone, there = see(house, at_h=8, line=False), see(house, at_h=8)

    assert (Role.UNKNOWN, Role.GOOD) == (gone.services[0].role, there.services[0].role)
    assert "Dörren kräver: BankID, ström" in gone.services[0].detail


def test_feed_that_answers_is_network_too(house: Any) -> None:
    """A public feed heard just now proves the way out, the municipality's line apart."""
    at = house.moment(0, wall_ms=house.NOON + 8 * HOUR)
    feed = FeedState(name="news", every_s=1800.0, checked=at)

    assert Role.GOOD is see(house, at_h=8, line=False, feeds=(feed,)).services[0].role


@pytest.mark.parametrize(
    ("every_s", "minutes", "fault"), [(3600.0, 11, ""), (60.0, 4, ""), (1800.0, 1, "no contact")], ids=str
)
def test_feed_of_an_hour_ago_is_no_network(house: Any, every_s: float, minutes: float, fault: str) -> None:
    """A calendar asked each hour, a feed that is late, one whose newest try failed: nobody knows of the door."""
    now_ms = house.NOON + 8 * HOUR
    at = house.moment(int(minutes * 60_000), wall_ms=now_ms)
    feed = FeedState(name="calendar", every_s=every_s, checked=at, fault=fault)

    assert Role.UNKNOWN is see(house, at_h=8, line=False, feeds=(feed,)).services[0].role


def test_business_in_an_outage_is_open_by_habit_only(house: Any) -> None:
    """Its hours are those of an ordinary day, and nobody has seen it."""
    post = {"id": "b", "title": {"sv": "Bageriet"}, "until": "2025-12-01", "hours": "Th 09:00-15:00"}
    document = msgspec.convert({"businesses": [post]}, BusinessesDocument)
    words_told = [
        next(one for one in see(house, power=power, documents={"businesses": document}).sections
             if one.name == "businesses").rows[0].word
        for power in (Power.ON_MAINS, Power.ON_RESERVE, Power.UNKNOWN)
    ]  # fmt: skip

    assert ["Har öppet till kl. 15:00", *["Brukar ha öppet till kl. 15:00"] * 2] == words_told


def decided(**changed: Any) -> dict[str, Any]:
    """An override as the document `outage-hours`."""
    fields: dict[str, Any] = {
        "service": "food", "begins": datetime(2025, 11, 20, 10), "ends": datetime(2025, 11, 20, 16),  # noqa: DTZ001
        "author": "Åre kommun", "declared": Declared.OPEN,
    }  # fmt: skip
    return {"documents": {"outage-hours": OutageHoursDocument(overrides=(HoursOverride(**(fields | changed)),))}}


def test_decided_hours_beat_the_schedule_and_expire(house: Any) -> None:
    """In an outage the municipality has decided: open until four, by its word; after four nobody knows again."""
    row = see(house, power=Power.ON_RESERVE, **decided()).services[0]

    assert ("Öppet nu till kl. 16:00", Role.GOOD) == (row.word, row.role)
    assert "Bestämt av Åre kommun." in row.detail
    assert Role.UNKNOWN is see(house, at_h=4.1, power=Power.ON_RESERVE, **decided()).services[0].role


def test_decided_hours_within_their_time(house: Any) -> None:
    """Hours of their own within the time, and a person at the site still beats them."""
    own = decided(declared=Declared.UNKNOWN, hours="Mo-Su 11:00-13:00")
    said = ServiceNow(service="food", declared=Declared.CLOSED, until_ms=None, declared_at=house.moment())

    assert "Öppet nu till kl. 13:00" == see(house, power=Power.ON_RESERVE, **own).services[0].word
    assert Role.CLOSED is see(house, at_h=1.5, power=Power.ON_RESERVE, **own).services[0].role
    assert Role.CLOSED is see(house, power=Power.ON_RESERVE, said=(said,), **own).services[0].role


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends": "2025-11-20T09:00:00"}, {"ends": "2026-11-20T09:00:00"}, {"ends": "2025-11-20T16:00:00+01:00"},
        {"author": ""}, {"declared": "maybe"},
    ],
    ids=str,
)  # fmt: skip
def test_override_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    """It ends after it begins, within a month, and somebody stands for it."""
    good = {"service": "food", "begins": "2025-11-20T10:00:00", "ends": "2025-11-20T16:00:00", "author": "Kim"}
    assert msgspec.convert(good, HoursOverride).author

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(good | wrong, HoursOverride)


def test_old_documents_read_as_before(house: Any) -> None:
    """A service with hours only in words: the words, and nobody who says open."""
    old = msgspec.convert({"key": "x", "icon": "x", "sv": "Post", "en": "Post", "hours_sv": "9–18"}, Service)
    row = see(house, old).services[0]

    assert (Role.UNKNOWN, True) == (row.role, "Ordinarie tider: 9–18" in row.detail)


def test_own_text_stands_behind_the_row(house: Any) -> None:
    """What the service's people say, its phone, its link; in the reader's language or in Swedish."""
    library = Service(
        key="library", icon="library", sv="Bibliotek", en="Library", names={"fi": "Kirjasto"}, staffed="24/7",
        texts={"sv": "Böcker på torsdag."}, phone="0771-00 00 00", link="https://bibliotek.example.se",
    )  # fmt: skip
    row = see(house, library, language="en").services[0]

    assert ("Library", "https://bibliotek.example.se") == (row.text, row.code)
    assert "0771-00 00 00" in row.more
    assert "Böcker på torsdag." in row.more
