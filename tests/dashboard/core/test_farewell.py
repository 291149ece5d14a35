"""A silence that was foretold is said to be one, excuses nobody for longer than it should, and makes nothing green."""

import zoneinfo
from typing import Any

import pytest

from contract.freshness import Now
from contract.messages import Farewell, SiteStatus
from contract.words import ClockQuality, FarewellWhy, Power
from dashboard.core.hearing.picture import SitePicture, fold
from dashboard.core.reader import Reader
from dashboard.core.site import farewell
from dashboard.core.site.card import Card, card
from dashboard.core.site.farewell import excused
from dashboard.core.sites import Site

ZONE = zoneinfo.ZoneInfo("Europe/Stockholm")
KALL = Site(id="are-kall", place="Kall", in_service=True)
MINUTE = 60_000


def battery(site: Any, minutes: int = 9, *, clock: bool = True) -> Farewell:
    """The end of the battery so many minutes after now, on the clocks of the site."""
    until_ms = site.wall_ms + minutes * MINUTE if clock else None
    return Farewell(why=FarewellWhy.BATTERY, until_ms=until_ms, until_up_ms=site.up_ms + minutes * MINUTE)


def said(site: Any, what: Farewell | None, *, online: bool = True) -> SiteStatus:
    """The status of a site that foretells."""
    return SiteStatus(head=site.head(), online=online, heartbeat_s=300.0, version="0.1.0", farewell=what)


def pictured(*messages: Any, mono_ms: int | None = 0) -> SitePicture:
    """What is held after the messages."""
    picture = SitePicture(site="are-kall")
    for message in messages:
        picture = fold(picture, message, mono_ms)
    return picture


def reader(mono_ms: int, wall_ms: int | None, language: str = "sv") -> Reader:
    """Somebody who reads then."""
    clock = ClockQuality.UNSYNCED if wall_ms is None else ClockQuality.SYNCED
    return Reader(language=language, zone=ZONE, now=Now(mono_ms=mono_ms, wall_ms=wall_ms, clock=clock))


def seen(picture: SitePicture, site: Any, minutes: int, language: str = "sv", *, clock: bool = True) -> Card:
    """The card so many minutes after the last word."""
    wall_ms = site.wall_ms + minutes * MINUTE if clock else None
    return card(KALL, picture, (), reader(minutes * MINUTE, wall_ms, language))


@pytest.fixture
def kall(voice: Any) -> Any:
    """A site at 04:31 in Sweden."""
    one = voice("are-kall")
    one.up_ms += 1_764_041_460_000 - one.wall_ms
    return one


def test_a_site_that_is_heard_says_when_it_falls_silent(kall: Any) -> None:
    """With its hour, beside what holds now."""
    picture = pictured(kall.state(Power.ON_BATTERY), said(kall, battery(kall)))
    shown = seen(picture, kall, 1)

    assert ("Tystnar 04:40, batteri slut", "") == (shown.contact.soon, shown.contact.gone)
    assert (True, "remark") == (shown.contact.in_contact, shown.role_now)


@pytest.mark.parametrize(
    ("expected", "language"),
    [
        ("Tystnade som sagt 04:40, batteri slut", "sv"),
        ("Fell silent as foretold 04:40, battery empty", "en"),
    ],
)
def test_its_silence_is_then_told_as_foretold(kall: Any, expected: str, language: str) -> None:
    """In place of the words for lost contact; nothing about it is green, and what was known stays the last known."""
    shown = seen(pictured(kall.state(Power.ON_BATTERY), said(kall, battery(kall))), kall, 60, language)

    assert (expected, expected) == (shown.contact.gone, shown.contact.lost)
    assert (False, "unknown") == (shown.contact.in_contact, shown.role_now)


def test_the_last_will_of_a_box_that_went_dark_early_takes_nothing_back(kall: Any) -> None:
    """The broker's will was written at the connect, before anything was foretold."""
    will = said(kall, None, online=False)
    kall.up_ms += MINUTE
    picture = pictured(said(kall, battery(kall, 8)), will)

    assert "Tystnade som sagt 04:40, batteri slut" == seen(picture, kall, 2).contact.gone


def test_a_goodbye_is_told_with_its_own_time(kall: Any) -> None:
    """A box that was halted fell silent then, whatever it had foretold."""
    picture = pictured(said(kall, battery(kall, 5), online=False))

    assert "Tystnade som sagt 04:31, batteri slut" == seen(picture, kall, 90).contact.gone


def test_without_a_clock_no_hour_is_invented(kall: Any) -> None:
    """Counted on the uptime where this computer knows the time, else without an hour."""
    now_ms = kall.wall_ms
    kall.clock = ClockQuality.UNSYNCED
    picture = pictured(said(kall, battery(kall, clock=False)))
    kall.clock = ClockQuality.SYNCED

    assert now_ms == kall.wall_ms
    assert "Tystnar 04:40, batteri slut" == seen(picture, kall, 0).contact.soon
    assert "Tystnar snart, batteri slut" == seen(picture, kall, 0, clock=False).contact.soon
    assert "Tystnade som sagt, batteri slut" == seen(picture, kall, 60, clock=False).contact.gone


def test_planned_work_is_excused_for_an_hour(kall: Any) -> None:
    """Then it is a silence like any other, also for a centre that was started meanwhile."""
    picture = pictured(said(kall, Farewell(why=FarewellWhy.PLANNED), online=False))
    retained = pictured(said(kall, Farewell(why=FarewellWhy.PLANNED), online=False), mono_ms=None)

    assert "Stoppad för planerat arbete 04:31" == seen(picture, kall, 59).contact.gone
    assert "" == seen(picture, kall, 61).contact.gone
    assert "Stoppad för planerat arbete 04:31" == seen(retained, kall, 59).contact.gone
    assert "" == seen(retained, kall, 61).contact.gone


def test_planned_work_of_unknown_age_is_not_excused(kall: Any) -> None:
    """A centre without a clock that was started anew cannot tell how long it has been."""
    retained = pictured(said(kall, Farewell(why=FarewellWhy.PLANNED), online=False), mono_ms=None)

    assert "" == seen(retained, kall, 1, clock=False).contact.gone


@pytest.mark.parametrize(("hours", "expected"), [(23, True), (25, False)])
def test_a_battery_that_ended_calls_nobody_for_a_day(kall: Any, hours: int, expected: bool) -> None:
    """Then somebody should see why the box has not come back; the words stay true."""
    picture = pictured(said(kall, battery(kall)), said(kall, battery(kall), online=False))
    then = reader(hours * 60 * MINUTE, kall.wall_ms + hours * 60 * MINUTE)

    assert expected is excused(picture, then.now)
    assert "batteri slut" in seen(picture, kall, hours * 60).contact.gone


def test_a_death_of_unknown_age_is_excused_for_a_day_of_listening(kall: Any) -> None:
    """Neither the site nor a centre that was started anew knows the time: the alarm comes late, but it comes."""
    kall.clock = ClockQuality.UNSYNCED
    retained = pictured(said(kall, battery(kall, clock=False), online=False), mono_ms=None)
    now = reader(5 * MINUTE, None).now

    assert [True, False] == [excused(retained, now, hours * 60 * MINUTE) for hours in (23, 25)]


def test_a_battery_that_lied_excuses_no_later_silence(kall: Any) -> None:
    """The box was to end at 04:40 and was heard long after: what ends it then is another thing, which is told."""
    foretold = said(kall, battery(kall))
    kall.up_ms += 69 * MINUTE
    soon = fold(pictured(foretold), said(kall, battery(kall, -60)), 69 * MINUTE)
    kall.up_ms += MINUTE
    late = fold(soon, kall.state(), 70 * MINUTE)

    assert [True, False] == [excused(one, reader(90 * MINUTE, None).now) for one in (soon, late)]
    assert "" == seen(late, kall, 90).contact.gone


def test_a_crash_is_a_silence_like_any_other(kall: Any) -> None:
    """A will without a word of why excuses nothing."""
    picture = pictured(said(kall, None), said(kall, None, online=False))

    assert ("", False) == (seen(picture, kall, 60).contact.gone, farewell.foretold(picture, reader(0, None).now))


def test_what_a_former_run_foretold_is_over(kall: Any) -> None:
    """The site is there again, and then falls silent: nobody has foretold that."""
    picture = pictured(said(kall, battery(kall), online=False))
    kall.run = "run-next"
    kall.up_ms += MINUTE
    picture = fold(picture, kall.state(), 0)

    assert "" == seen(picture, kall, 60).contact.gone


def test_a_word_that_was_taken_back_is_not_held_against_anybody(kall: Any) -> None:
    """Power came back before the end."""
    foretold = said(kall, battery(kall))
    kall.up_ms += MINUTE
    picture = pictured(foretold, said(kall, None))

    assert ("", "") == (seen(picture, kall, 1).contact.soon, seen(picture, kall, 60).contact.gone)
