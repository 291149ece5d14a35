"""What the screen says of a picture, of its age, and of what nobody has said."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from contract.freshness import Contact, Now
from contract.messages import Stay
from contract.words import ClockQuality, Declared, Opening, Power, Status
from kiosk.core.look.theme import Role
from kiosk.core.picture import Held, Told
from kiosk.core.view import View, view
from kiosk.io.texts import words

MINUTE, HOUR = 60_000, 3_600_000
MONO = 1_000_000


def see(house: Any, held: Held, gone_ms: int = 0, *, clock: ClockQuality = ClockQuality.SYNCED, **asked: Any) -> View:
    """The view `gone_ms` after the contact at noon."""
    wall = None if clock is ClockQuality.UNSYNCED else house.NOON + gone_ms
    now = Now(MONO + gone_ms, wall, clock)
    return view(held, now, words(asked.get("language", "sv")), house.SITE, asked.get("simulated", False))


def heard(house: Any, power: Power = Power.ON_MAINS, **changed: Any) -> Held:
    """A picture just heard live."""
    return Held(
        picture=house.picture(power, **changed), contact=Contact(house.BOOT, 50_000_000, MONO), services=house.SERVICES
    )


def test_nothing_heard_is_unknown_and_waits(house: Any) -> None:
    """Without a cache the screen says that it does not know yet."""
    seen = see(house, Held())

    assert ("Vet inte", Role.UNKNOWN) == (seen.power.text, seen.power.role)
    assert "Vet inte än. Väntar på platsens dosa." == seen.power_age
    assert "Vi vet inte om det finns varningar. Väntar på platsens dosa." == seen.checked.text


@pytest.mark.parametrize(
    ("gone_s", "word", "age"),
    [
        (0, "El från nätet", "Aktuellt läge. Kontrollerat kl. 12:00."),
        (30, "El från nätet", "Aktuellt läge. Kontrollerat kl. 12:00."),
        (31, "Vet inte", "Gammal uppgift från kl. 12:00."),
        (180, "Vet inte", "Gammal uppgift från kl. 12:00."),
        (181, "Vet inte", "Gammal uppgift från kl. 12:00. Ingen kontakt med platsens dosa sedan dess."),
        (86_400, "Vet inte", "Gammal uppgift från tor 12:00. Ingen kontakt med platsens dosa sedan dess."),
        (864_000, "Vet inte", "Gammal uppgift från 20 nov. kl. 12:00. Ingen kontakt med platsens dosa sedan dess."),
    ],
)
def test_old_facts_are_marked_as_old(house: Any, gone_s: int, word: str, age: str) -> None:
    """Three periods make a fact old, three heartbeats of silence make it unknown, and the screen says since when."""
    seen = see(house, heard(house), gone_s * 1000)

    assert (word, age) == (seen.power.text, seen.power_age)


@pytest.mark.parametrize(
    ("gone_s", "sv", "en"),
    [
        (40, "Den kom för mindre än en minut sedan.", "It came less than a minute ago."),
        (61, "Den kom för 1 min sedan.", "It came 1 min ago."),
        (7_200, "Den kom för 2 tim sedan.", "It came 2 h ago."),
        (432_000, "Den kom för 5 dygn sedan.", "It came 5 days ago."),
    ],
)
def test_age_of_an_old_fact_never_contradicts_it(house: Any, gone_s: int, sv: str, en: str) -> None:
    """Without a clock the age is told in words that fit something old: not "old, from just now"."""
    held = heard(house)
    head = structs.replace(held.picture.head, wall_ms=None, clock=ClockQuality.UNSYNCED)
    held = replace(held, picture=structs.replace(held.picture, head=head))
    told = {one: see(house, held, gone_s * 1000, clock=ClockQuality.UNSYNCED, language=one) for one in ("sv", "en")}

    assert told["sv"].power_age.startswith(f"Gammal uppgift. {sv}")
    assert told["en"].power_age.startswith(f"Old information. {en}")


def test_point_that_is_being_opened_says_so(house: Any) -> None:
    """Somebody is on the way; asked for alone is no news to visitors, and an old picture says nothing of now."""
    coming, asked = (heard(house, Power.DEAD, opening=one) for one in (Opening.PREPARING, Opening.ASKED))

    assert "Punkten öppnas just nu" == see(house, coming).active
    assert "The point is being opened" == see(house, coming, language="en").active
    assert "" == see(house, asked).active
    assert "" == see(house, coming, HOUR).active


def test_open_point_is_open_whatever_the_way_was(house: Any) -> None:
    """Once it is open nobody reads that it is being opened."""
    held = heard(house, Power.ON_RESERVE, active=True, opening=Opening.PREPARING)

    assert "Trygghetspunkten är öppnad" == see(house, held).active


def test_battery_promises_no_more_than_it_carries(house: Any) -> None:
    """On battery the screen says that only the most important has power."""
    seen = see(house, heard(house, Power.ON_BATTERY))

    assert "På batteri, bara det viktigaste har ström" == seen.power.text
    assert "Platsen går på batteri. Bara det viktigaste har ström." == seen.power_means


def test_last_known_state_stands_beside_unknown(house: Any) -> None:
    """What was known is told as the last known, not as now."""
    assert "Senast kända läge: El från nätet" == see(house, heard(house), HOUR).power_since


def test_restart_of_the_computer_uses_wall_clocks(house: Any) -> None:
    """Without live contact since boot the picture is old, told by the wall clocks."""
    held = Held(picture=house.picture())

    seen = see(house, held, 5 * MINUTE)

    assert "Gammal uppgift från kl. 12:00. Ingen kontakt med platsens dosa sedan dess." == seen.power_age
    assert Role.UNKNOWN is seen.power.role


def test_age_without_any_wall_clock(house: Any) -> None:
    """With a box that starts in 1970 the age still counts, in minutes instead of clock time."""
    since = house.moment(3 * MINUTE, wall_ms=None)
    held = heard(house, at=house.moment(wall_ms=None), since=since)

    seen = see(house, held, clock=ClockQuality.UNSYNCED)

    assert ("El från nätet", "Sedan 3 min tillbaka") == (seen.power.text, seen.power_since)
    assert "Klockan är inte ställd" == seen.clock


@pytest.mark.parametrize(
    ("ago_ms", "sentence"),
    [
        (1000, "Inga varningar från kommunen har nått hit. Kontrollerat kl. 11:59."),
        (3 * MINUTE, "Inga varningar från kommunen har nått hit. Kontrollerat kl. 11:57."),
        (4 * MINUTE, "Har inte kunnat kontrolleras sedan kl. 11:56. Vi vet inte om det finns varningar."),
        (72 * HOUR, "Har inte kunnat kontrolleras sedan mån 12:00. Vi vet inte om det finns varningar."),
        (None, "Vi vet inte om det finns varningar. Ingen kontakt med kommunen."),
    ],
)
def test_no_warnings_needs_the_line_to_the_municipality(house: Any, ago_ms: int | None, sentence: str) -> None:
    """The box is heard and fresh, but its own line may be down: then nobody knows whether there are warnings."""
    seen = see(house, heard(house, centre_heard=None if ago_ms is None else house.moment(ago_ms)))

    assert seen.fresh
    assert sentence == seen.checked.text


@given(gone_ms=st.integers(0, 400 * 24 * HOUR), power=st.sampled_from(list(Power)), known=st.booleans())
def test_never_green_when_not_fresh(house: Any, gone_ms: int, power: Power, known: bool) -> None:
    """Whatever the state and the clocks: older than three periods is never shown as now, and never "no warnings"."""
    clock = ClockQuality.SYNCED if known else ClockQuality.UNSYNCED
    seen = see(house, heard(house, power), gone_ms, clock=clock)

    if gone_ms > 30_000:
        assert Role.UNKNOWN is seen.power.role
        assert not seen.fresh
        assert "Inga varningar" not in seen.checked.text
        assert all(row.role is Role.UNKNOWN for row in seen.services)


@pytest.mark.parametrize(
    ("power", "said_h_ago", "until_h", "word"),
    [
        (Power.ON_MAINS, 1, None, "Öppet"),
        (Power.ON_MAINS, 6, None, "Öppet"),
        (Power.ON_MAINS, 1, 7, "Öppet till kl. 19:00"),
        (Power.ON_MAINS, 8, -1, "Vet inte, fråga personalen"),
        (Power.ON_MAINS, None, None, "Vet inte, fråga personalen"),
        (Power.ON_RESERVE, None, None, "Vet inte, fråga personalen"),
        (Power.ON_RESERVE, 3.9, None, "Öppet"),
        (Power.ON_RESERVE, 4.1, None, "Vet inte, fråga personalen"),
        (Power.DEAD, 4.1, 7, "Vet inte, fråga personalen"),
        (Power.UNKNOWN, 4.1, None, "Vet inte, fråga personalen"),
    ],
)
def test_open_only_by_a_word_that_still_holds(
    house: Any, power: Power, said_h_ago: float | None, until_h: float | None, word: str
) -> None:
    """A service is open because a person said so lately enough, never because there is power."""
    said = ()
    if said_h_ago is not None:
        until = None if until_h is None else house.NOON + int(until_h * HOUR)
        at = house.moment(int(said_h_ago * HOUR))
        said = (house.ServiceNow(service="shop", declared=Declared.OPEN, until_ms=until, declared_at=at),)

    assert word == see(house, heard(house, power, services=said)).services[0].word


def test_until_is_not_believed_without_a_clock(house: Any) -> None:
    """A time to close says nothing to a screen that does not know what time it is."""
    said = house.ServiceNow(
        service="shop", declared=Declared.OPEN, until_ms=house.NOON + HOUR, declared_at=house.moment()
    )
    held = heard(house, services=(said,))

    assert Role.UNKNOWN is see(house, held, clock=ClockQuality.UNSYNCED).services[0].role


@pytest.mark.parametrize(
    ("status", "simulated", "stamps"),
    [
        (Status.ACTUAL, False, ()),
        (Status.EXERCISE, False, ("ÖVNING",)),
        (Status.TEST, False, ("PROV",)),
        (Status.ACTUAL, True, ("SIMULERING – inte på riktigt",)),
        (Status.EXERCISE, True, ("SIMULERING – inte på riktigt", "ÖVNING")),
    ],
)
def test_what_is_not_for_real_says_so(house: Any, status: Status, simulated: bool, stamps: tuple[str, ...]) -> None:
    """Simulation, exercise and test stand on the frame in words."""
    assert stamps == see(house, heard(house, status=status, simulated=simulated), simulated=simulated).stamps


def test_simulation_is_framed_before_anything_is_heard(house: Any) -> None:
    """An empty simulated screen is framed too."""
    assert ("SIMULERING – inte på riktigt",) == see(house, Held(), simulated=True).stamps


def test_doors_lead_somewhere(house: Any) -> None:
    """There is no door to a page that has nothing to tell; the national numbers are always there."""
    assert ("power", "important", "contacts") == see(house, Held()).doors
    full = Held(services=house.SERVICES, contacts=house.CONTACTS)
    assert ("services", "power", "important", "contacts") == see(house, full).doors


def test_what_staff_say_is_shown_without_a_document(house: Any) -> None:
    """A site without a municipality has no list of services, and its staff still say what is open: so does the door."""
    said = tuple(
        house.ServiceNow(service=key, declared=Declared.OPEN, until_ms=None, declared_at=house.moment())
        for key in ("heat", "pay_card", "bageri")
    )
    seen = see(house, Held(picture=house.picture(services=said), contact=Contact(house.BOOT, 50_000_000, MONO)))

    assert [("Värme", "Öppet"), ("Betala med kort", "Öppet")] == [(row.text, row.word) for row in seen.services]
    assert "services" in seen.doors
    assert "Öppet: Värme, Betala med kort" == seen.open_now.text


def test_what_staff_say_of_other_services_stands_last(house: Any) -> None:
    """The document comes first, in its own words; what it has is not told twice."""
    said = tuple(
        house.ServiceNow(service=key, declared=Declared.OPEN, until_ms=None, declared_at=house.moment())
        for key in ("heat", "fuel")
    )

    seen = see(house, heard(house, services=said))

    assert ["Handla mat", "Tanka", "Hämta post", "Hämta medicin", "Ladda telefonen", "Värme"] == [
        row.text for row in seen.services
    ]
    assert Role.GOOD is seen.services[1].role


def test_events_of_an_exercise_keep_their_word(house: Any) -> None:
    """What happened in an exercise is never told as if it had happened; staff's events are not told."""
    kinds = [house.Event.MAINS_LOST, house.Event.ALARM_RAISED, house.Event.MAINS_BACK]
    events = [house.PublicEvent(run="r", seq=n, kind=kind, at=house.moment()) for n, kind in enumerate(kinds, 1)]
    told = (
        Told(event=events[0], status=Status.EXERCISE),
        *(Told(event=one, status=Status.ACTUAL) for one in events[1:]),
    )

    seen = see(house, Held(picture=house.picture(), events=told))

    assert ["Strömmen från nätet är tillbaka", "ÖVNING: Strömmen från nätet försvann"] == [r.text for r in seen.events]


def test_english_is_english(house: Any) -> None:
    """The other language is whole."""
    seen = see(house, heard(house, Power.ON_RESERVE), language="en")

    assert ("On reserve power", "Current. Checked 12:00.") == (seen.power.text, seen.power_age)
    assert "Buy food" == seen.services[0].text


def test_notices_run_out_and_are_clean(house: Any) -> None:
    """A notice is gone after its end, and hidden letters in it are not drawn."""
    old = house.NoticeNow(id="a", sv="gammalt", en="", since=house.moment(HOUR), until_ms=house.NOON - 1)
    odd = house.NoticeNow(id="b", sv="Kaf\u202efe\x00 idag", en="", since=house.moment(HOUR), until_ms=None)

    assert ["Kaf fe  idag"] == [row.text for row in see(house, heard(house, notices=(old, odd))).notices]


def test_notice_says_that_it_is_local_and_since_when(house: Any) -> None:
    """No warning of an authority looks like it; who wrote it is for staff."""
    tea = house.NoticeNow(id="a", sv="Te finns", en="", since=house.moment(HOUR), until_ms=None)
    (row,) = see(house, heard(house, notices=(tea,))).notices

    assert ("Te finns", "Lokalt", "Uppsatt kl. 11:00") == (row.text, row.word, row.detail)


def test_times_beyond_the_calendar_do_not_crash(house: Any) -> None:
    """The largest time the wire allows is shown as something."""
    said = house.ServiceNow(service="shop", declared=Declared.OPEN, until_ms=2**53, declared_at=house.moment())

    assert see(house, heard(house, services=(said,))).services[0].word.startswith("Öppet till")


def test_equal_facts_make_equal_views(house: Any) -> None:
    """Within the same minute nothing has to be drawn anew."""
    held = heard(house)

    assert see(house, held, 1000) == see(house, held, 9000)


@pytest.mark.parametrize(
    ("begins_h", "ends_h", "sentence"),
    [
        (-2, -1, "Punkten skulle stå här till kl. 11:00. Fråga personalen vad som gäller nu."),
        (1, 2, "Punkten ska stå här från kl. 13:00. Fråga personalen vad som gäller nu."),
        (-1, 1, None),
    ],
)
def test_a_movable_point_says_when_it_should_not_stand_here(
    house: Any, begins_h: int, ends_h: int, sentence: str | None
) -> None:
    """First among the notices, and only outside its time."""
    stay = Stay(from_ms=house.NOON + begins_h * HOUR, until_ms=house.NOON + ends_h * HOUR)
    seen = see(house, heard(house, stay=stay))

    assert ([sentence] if sentence else []) == [row.text for row in seen.notices]


def test_a_movable_point_without_a_clock_is_not_sure(house: Any) -> None:
    """Nobody knows whether it should stand here."""
    held = heard(house, at=house.moment(wall_ms=None), stay=Stay(from_ms=1, until_ms=2))
    seen = see(house, held, clock=ClockQuality.UNSYNCED)

    assert [True] == [row.text.endswith("Klockan är osäker, fråga personalen.") for row in seen.notices]
