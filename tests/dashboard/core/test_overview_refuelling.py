"""Who needs diesel first: by the clock, with litres that fit, and what is not known said."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from contract.words import Power
from dashboard.core.access.people import Person, Role
from dashboard.core.hearing.picture import SitePicture, fold
from dashboard.core.navigation import NAV, entries
from dashboard.core.overview import refuelling
from dashboard.core.overview.refuelling import Stop
from dashboard.core.overview.risk import Around
from dashboard.core.overview.row import row
from dashboard.core.reader import Reader
from dashboard.core.site.card import card
from dashboard.core.sites import Site

HOUR_MS = 3_600_000
HARD = "\u00a0"


@pytest.fixture
def listed(voice: Any, reader: Callable[..., Reader]) -> Callable[..., list[Stop]]:
    """`listed({name: …}, everyone=…)`: the list of sites; of each power, hours, age, settings of the site."""

    def make(told: dict[str, dict[str, Any]], *, everyone: bool = False) -> list[Stop]:
        found = []
        for name, one in told.items():
            gone_ms = one.get("gone_ms", 0)
            speaker, picture = voice(name).tick(9 * 86_400_000), SitePicture(site=name)
            speaker.up_ms += 1_764_241_200_000 - gone_ms - (speaker.wall_ms or 0)
            lasts = one.get("hours")
            endurance = None
            if lasts:
                endurance = msgspec.structs.replace(speaker.endurance(*lasts), rate_lh=one.get("rate", 6.0))
            state = speaker.state(one.get("power", Power.ON_RESERVE), endurance=endurance)
            for message in (speaker.alive(), speaker.device(**one.get("values", {})), state):
                picture = fold(picture, message, -gone_ms)
            site = Site(id=name, place=name.capitalize(), in_service=True, **one.get("site", {}))
            found.append((site, picture, row(site, picture, card(site, picture, (), reader()), Around(), reader())))
        return refuelling.stops(found, reader(), everyone=everyone)

    return make


def test_order_is_by_when_somebody_must_call(listed: Callable[..., list[Stop]]) -> None:
    """Fuel for ten hours that takes nine to get comes before fuel for five that takes one."""
    stops = listed({
        "near": {"hours": (5.0, 8.0), "site": {"fuel_lead_h": 1.0}},
        "far": {"hours": (10.0, 12.0), "site": {"fuel_lead_h": 9.0}},
    })  # fmt: skip

    assert ["far", "near"] == [one.row.id for one in stops]
    assert ["13:00", "16:00"] == [one.leave_by for one in stops]
    assert ["22:00", "17:00"] == [one.until for one in stops]


def test_too_late_is_said(listed: Callable[..., list[Stop]]) -> None:
    """Where the lead time is longer than the fuel lasts, the line says now."""
    (stop,) = listed({"a": {"hours": (5.0, 8.0)}})

    assert stop.late
    assert stop.leave_by.startswith("NU")


def test_litres_that_fit_are_never_more_than_fit(listed: Callable[..., list[Stop]]) -> None:
    """Of the level and the tank in the settings, rounded down to tens, and what it burns in a day."""
    (stop,) = listed({"a": {"hours": (5.0, 8.0), "values": {"fuel__level": 62.0}, "site": {"tank_l": 1000.0}}})

    assert (f"620{HARD}L", f"330{HARD}L", f"144{HARD}L") == (stop.now_l, stop.fits, stop.a_day)


def test_tank_is_told_by_level_and_litres(listed: Callable[..., list[Stop]]) -> None:
    """A site that tells litres and percent needs no setting."""
    (stop,) = listed({"a": {"hours": (5.0, 8.0), "values": {"fuel__level": 50.0, "fuel__litres": 300.0}}})

    assert (f"300{HARD}L", f"270{HARD}L") == (stop.now_l, stop.fits)


def test_silent_site_is_counted_on_and_said_to_be(listed: Callable[..., list[Stop]]) -> None:
    """Two hours without contact: two hours less, twelve litres less, and the line says that it is an estimate."""
    told = {"hours": (20.0, 30.0), "gone_ms": 2 * HOUR_MS, "values": {"fuel__litres": 300.0}, "site": {"tank_l": 600.0}}
    (stop,) = listed({"a": told})

    assert "beräknat, ingen kontakt" == stop.estimated
    assert f"288{HARD}L" == stop.now_l
    assert "tors"[:3] not in stop.until
    assert stop.row.low_h == pytest.approx(18.0, abs=0.01)


def test_unknown_fuel_is_asked_about_not_forgotten(listed: Callable[..., list[Stop]]) -> None:
    """A set that runs on nobody knows how much stands between those that are known and those that stand still."""
    told = {
        "still": {"power": Power.ON_MAINS, "hours": (10.0, 12.0)},
        "blind": {},
        "known": {"hours": (30.0, 40.0)},
    }
    stops = listed(told)

    assert ["known", "blind", "still"] == [one.row.id for one in stops]
    assert ("", "", "") == (stops[1].until, stops[1].leave_by, stops[1].fits)


def test_only_who_needs_it_is_listed(listed: Callable[..., list[Stop]]) -> None:
    """A full tank on mains is on the whole list only."""
    told = {"well": {"power": Power.ON_MAINS, "hours": (80.0, 90.0)}}

    assert [] == listed(told)
    assert ["well"] == [one.row.id for one in listed(told, everyone=True)]


def test_ways_between_pages_follow_the_role() -> None:
    """Each is led where it may go, at the site and at the centre, and nobody who is not in is led anywhere."""

    def paths(role: Role, mode: Any, *, account: int = 1, scope: str = "") -> list[str]:
        person = Person(role=role, account=account, scope=scope)
        return [one.path for one in entries(person, mode, signs_in=True)]

    assert "/refuelling" in paths(Role.VIEWER, "centre", scope="are")
    assert "/log" not in paths(Role.COORDINATOR, "centre", scope="are")
    assert "/log" in paths(Role.ADMINISTRATOR, "site")
    assert "/refuelling" not in paths(Role.ADMINISTRATOR, "site")
    assert [] == paths(Role.VIEWER, "centre", account=0)
    for mode in ("centre", "site"):
        there = [one.path for one in NAV if mode in one.modes]
        assert sorted(set(there)) == sorted(there)
