"""A reader and the card of one site, for the tests of what the dashboard says."""

import zoneinfo
from collections.abc import Callable
from typing import Any

import pytest

from contract.freshness import Now
from contract.words import ClockQuality, Power
from dashboard.core.hearing.picture import SitePicture, fold
from dashboard.core.reader import Reader
from dashboard.core.site.card import Card, card
from dashboard.core.sites import Site

ZONE = zoneinfo.ZoneInfo("Europe/Stockholm")
KALL = Site(id="are-kall", place="Kall", in_service=True)
NOON_MS = 1_764_241_200_000
"""Thursday 27 November 2025, 12:00 in Stockholm."""


def make_reader(language: str = "sv", *, gone_ms: int = 0, wall: bool = True, at_site: bool = False) -> Reader:
    """Somebody who reads `gone_ms` after noon; without a wall clock if so asked."""
    clock = ClockQuality.SYNCED if wall else ClockQuality.UNSYNCED
    now = Now(mono_ms=gone_ms, wall_ms=NOON_MS + gone_ms if wall else None, clock=clock)
    return Reader(language=language, zone=ZONE, now=now, at_site=at_site)


@pytest.fixture
def reader() -> Callable[..., Reader]:
    """`reader(language, gone_ms=…, wall=…, at_site=…)`."""
    return make_reader


class Kall:
    """Kall at noon: its voice, and its card after what it said."""

    def __init__(self, voice: Any) -> None:
        self.site = voice("are-kall").tick(9 * 86_400_000)
        self.pending: tuple[Any, ...] = ()
        self.messages: list[Any] = [self.site.alive(), self.site.birth()]

    def at(self, ago_ms: int = 0) -> Any:
        """A time of Kall, `ago_ms` before noon."""
        moment = self.site.moment(ago_ms)
        return type(moment)(boot=moment.boot, up_ms=moment.up_ms, wall_ms=NOON_MS - ago_ms, clock=moment.clock)

    def picture(self, power: Power = Power.ON_MAINS, **state: Any) -> SitePicture:
        """What is held of Kall when it has judged so."""
        picture = SitePicture(site="are-kall")
        for message in (*self.messages, self.site.state(power, **state)):
            picture = fold(picture, message, 0)
        return picture

    def card(self, power: Power = Power.ON_MAINS, read: Reader | None = None, **state: Any) -> Card:
        """The card of that."""
        return card(KALL, self.picture(power, **state), self.pending, read or make_reader())


@pytest.fixture
def kall(voice: Any) -> Kall:
    """The site of the tests."""
    return Kall(voice)
