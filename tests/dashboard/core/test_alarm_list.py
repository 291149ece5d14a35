"""The alarm list: what calls for somebody stands first with what to do; what is laid aside says until when and why."""

from typing import Any

import msgspec
import pytest

from contract.alarms import catalogue
from contract.messages import Shelf
from contract.orders import AckAlarm, Order, OutOfService, Shelve
from contract.words import AlarmState
from dashboard.core.site.alarm_list import AlarmRow


def _rows(kall: Any, *alarms: Any, **parts: Any) -> tuple[AlarmRow, ...]:
    kall.messages.append(msgspec.structs.replace(kall.site.alarms(*alarms), **parts))
    return kall.card().alarms


def _order(what: Any) -> Order:
    return Order(id="o", who="Jour", role="coordinator", entered_ms=1, through="dashboard", what=what)


def test_what_calls_for_somebody_stands_first(kall: Any) -> None:
    """Unacknowledged, then grave, then what came first; laid aside comes last."""
    site = kall.site
    rows = _rows(
        kall,
        site.alarm("store-trouble", 1, state=AlarmState.SHELVED, priority=1),
        site.alarm("fuel-low", 2, state=AlarmState.ACKED, priority=1),
        site.alarm("battery-low", 3, priority=2),
        site.alarm("gen-shutdown", 5, priority=1, first_out=True),
        site.alarm("no-power-at-site", 4, priority=1),
    )

    assert [5, 4, 3, 2, 1] == [row.raised_seq for row in rows]
    assert [False, False, False, False, True] == [row.quiet for row in rows]


def test_marks_say_what_came_first_and_what_chatters(kall: Any) -> None:
    """First-out and chattering are words, not colours."""
    (row,) = _rows(kall, kall.site.alarm(first_out=True, chattering=True))

    assert ("Kom först", "Kommer och går") == row.tags


def test_shelved_until_when_by_whom_and_why(kall: Any) -> None:
    """Half past one it comes back by itself."""
    shelf = Shelf(who="Bo", at=kall.at(1_800_000), for_s=7200, comment="givaren byts")

    (row,) = _rows(kall, kall.site.alarm(state=AlarmState.SHELVED, shelved=shelf, holds=False))

    assert "Vilar till 13:30, bestämt av Bo: givaren byts" == row.aside
    assert ("felet är borta just nu", False) == (row.holds, row.needs_ack)


def test_shelved_without_a_clock_says_how_long(kall: Any, voice: Any) -> None:
    """Where nobody can tell the time of day, the length stands there."""
    at = type(kall.at())(boot="boot-0", up_ms=5, wall_ms=None, clock=kall.at().clock)
    shelf = Shelf(who="Bo", at=at, for_s=7200, comment="")

    (row,) = _rows(kall, kall.site.alarm(state=AlarmState.SHELVED, shelved=shelf))

    assert "Vilar i 2\u00a0h, bestämt av Bo" == row.aside


@pytest.mark.parametrize(
    ("expected", "why"),
    [
        ("Dämpat: någon arbetar med elverket", "service_visit"),
        ("Dämpat: något nytt", "något_nytt"),
        ("Dämpat av platsens regler", ""),
    ],
)
def test_suppressed_says_why(kall: Any, expected: str, why: str) -> None:
    """A rule of the site holds it back; its reason stands in words."""
    (row,) = _rows(kall, kall.site.alarm(state=AlarmState.SUPPRESSED, suppressed_by=why))

    assert (expected, "felet finns kvar") == (row.aside, row.holds)


def test_out_of_service_says_by_whom(kall: Any) -> None:
    """Since when, who did it and why; without that, at least that it is silent."""
    shelf = Shelf(who="Bo", at=kall.at(60_000), for_s=0, comment="givaren är borta")
    site = kall.site

    told, bare = _rows(
        kall,
        site.alarm("fuel-low", 1, state=AlarmState.OUT_OF_SERVICE, shelved=shelf),
        site.alarm("battery-low", 2, state=AlarmState.OUT_OF_SERVICE),
    )

    assert "Ur drift sedan 11:59, av Bo: givaren är borta" == told.aside
    assert ("Ur drift: larmar inte", True) == (bare.aside, bare.out_of_service)


def test_flood_is_told(kall: Any) -> None:
    """More alarms than anybody can read: the list says where to begin."""
    _rows(kall, kall.site.alarm(), flood=True)

    assert kall.card().flood


def test_every_alarm_of_the_site_says_what_to_do(kall: Any) -> None:
    """What the site judges itself comes with what to do; an alarm nobody knows is shown by its key."""
    known, strange = _rows(kall, kall.site.alarm("gen-shutdown", 1, priority=1), kall.site.alarm("brand-new", 2))

    assert (catalogue()["gen-shutdown"].do_sv, "brand-new", "") == (known.do, strange.name, strange.do)
    assert set() == {kind.key for kind in catalogue().values() if kind.by == "site" and not (kind.do_sv and kind.do_en)}


@pytest.mark.parametrize(
    ("what", "words", "needs_ack"),
    [
        (AckAlarm(key="fuel-low", device="genset", raised_run="run-1", raised_seq=7), "Kvittering", False),
        (Shelve(key="fuel-low", device="genset", for_s=60, comment="x"), "Vilande larm", True),
        (OutOfService(key="fuel-low", device="genset", out=True, comment="x"), "Larm ur drift", True),
        (Shelve(key="fuel-low", device="meter", for_s=60, comment="x"), "", True),
    ],
)
def test_what_waits_for_the_site_stands_at_its_alarm(kall: Any, what: Any, words: str, needs_ack: bool) -> None:
    """What somebody did here is not yet done there; another alarm's order is not this one's."""
    kall.pending = (_order(what),)

    (row,) = _rows(kall, kall.site.alarm())

    assert (f"Jour: {words}" if words else "", needs_ack) == (row.waiting, row.needs_ack)


def test_of_two_who_did_something_both_stand_there(kall: Any) -> None:
    """Neither's action is hidden behind the other's while the site has not answered."""
    ack = AckAlarm(key="fuel-low", device="genset", raised_run="run-1", raised_seq=7)
    shelve = Shelve(key="fuel-low", device="genset", for_s=60, comment="x")
    kall.pending = tuple(
        msgspec.structs.replace(_order(what), who=who) for who, what in (("Eva", ack), ("Bo", ack), ("Bo", shelve))
    )
    (row,) = _rows(kall, kall.site.alarm())

    assert "Eva: Kvittering; Bo: Kvittering; Bo: Vilande larm" == row.waiting


def test_device_is_called_by_its_title(kall: Any) -> None:
    """People read the title of the settings; what belongs to the whole site names no device."""
    one, whole = _rows(kall, kall.site.alarm(seq=1), kall.site.alarm(seq=2, device="site"))

    assert ("Elverk", "") == (one.device_name, whole.device_name)


@pytest.mark.parametrize(
    ("expected", "raw"),
    [
        ("", ""),
        ("för hand (HAND)", "manual"),
        ("stoppande", "shutdown"),
        ("frånslag", "trip"),
        ("Bränslenivå", "fuel.level"),
        ("Bränslenivå, Oljetryck", "fuel.level, engine.oil_pressure"),
        ("0\u00a0%", "0.0 %"),
        ("29,6\u00a0%", "29.6 %"),
        ("\u221212,5\u00a0°C", "-12.5 °C"),
        ("3,5\u00a0%/h", "3.5 %/h"),
        ("Bo ringde 18:20", "Bo ringde 18:20"),
    ],
)
def test_details_are_read_in_words(kall: Any, expected: str, raw: str) -> None:
    """Words of controllers, names of signals, numbers with a comma; a sentence stays as it is."""
    (row,) = _rows(kall, kall.site.alarm(detail=raw))

    assert expected == row.detail
