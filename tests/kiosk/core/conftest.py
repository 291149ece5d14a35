"""Warnings to think about: messages of every source, kept as the keeper keeps them, seen by a screen in Kall."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from contract.freshness import Contact, Now
from contract.wire import Moment
from contract.words import ClockQuality, Status
from kiosk.core.asking.feed import FeedState, Kept
from kiosk.core.picture import Held
from kiosk.core.view import View, view
from kiosk.core.warnings.place import Place
from kiosk.feeds.alert import Alert, Area, Level, MsgType, Source, Words
from kiosk.io.texts import words

MINUTE, HOUR = 60_000, 3_600_000
NOON = 1_763_636_400_000
"""2025-11-20 12:00 in Sweden."""
BOOT = "kiosk-boot"
UP = 10_000_000
"""The kiosk's uptime at noon."""
BOX_UP = 50_000_000
"""The box's uptime at noon."""
PLACE = Place(
    site="are-kall", county="23", municipality="2321", neighbours=("2309",), county_name="Jämtlands län",
    latitude=63.47, longitude=13.24,
)  # fmt: skip


def at(minutes: float = 0, *, boot: str = BOOT, known: bool = True) -> Moment:
    """A moment of the kiosk, minutes after noon."""
    ms = int(minutes * MINUTE)
    clock = ClockQuality.SYNCED if known else ClockQuality.UNSYNCED
    return Moment(boot=boot, up_ms=UP + ms, wall_ms=NOON + ms if known else None, clock=clock)


def now(minutes: float = 0, *, known: bool = True) -> Now:
    """The kiosk's time, minutes after noon."""
    ms = int(minutes * MINUTE)
    return Now(UP + ms, NOON + ms if known else None, ClockQuality.SYNCED if known else ClockQuality.UNSYNCED)


def text(headline: str, **changed: str) -> Words:
    """One language."""
    return Words(headline=headline, **({"description": "Det här händer.", "area": "Åre kommun"} | changed))


def vma(name: str, sent: float = 0, **changed: Any) -> Alert:
    """A VMA, `sent` minutes after noon."""
    fields: dict[str, Any] = {
        "msg_type": MsgType.ALERT, "status": Status.ACTUAL, "incidents": ("SRVMA-1",), "severity": "severe",
        "sender": "Sveriges Radio", "area": Area(codes=("2321",)),
        "words": {"sv": text("Viktigt meddelande till allmänheten (VMA)")},
    } | changed  # fmt: skip
    sent_ms = NOON + int(sent * MINUTE)
    if fields["msg_type"] is MsgType.CANCEL and "words" not in changed:
        fields |= {"words": {}, "area": Area()}
    return Alert(source=Source.VMA, id=name, revision=sent_ms, sent_ms=sent_ms, **fields)


def smhi(name: str = "990101", sent: float = 0, level: Level = Level.ORANGE, **changed: Any) -> Alert:
    """A weather warning, published `sent` minutes after noon."""
    severity = {Level.RED: "extreme", Level.ORANGE: "severe", Level.YELLOW: "moderate"}.get(level, "minor")
    fields: dict[str, Any] = {
        "msg_type": MsgType.ALERT, "status": Status.ACTUAL, "level": level, "severity": severity, "sender": "SMHI",
        "area": Area(codes=("23",)),
        "words": {"sv": text("Mycket hårda vindbyar"), "en": text("Severe gusts")},
    } | changed  # fmt: skip
    sent_ms = NOON + int(sent * MINUTE)
    return Alert(source=Source.SMHI, id=name, revision=sent_ms, sent_ms=sent_ms, **fields)


def news(name: str = "99001", sent: float = 0, **changed: Any) -> Alert:
    """A news item of Krisinformation."""
    fields: dict[str, Any] = {
        "msg_type": MsgType.ALERT, "status": Status.ACTUAL, "news": True, "sender": "Krisinformation.se",
        "area": Area(codes=("23",)), "words": {"sv": text("Omfattande elavbrott")},
    } | changed  # fmt: skip
    sent_ms = NOON + int(sent * MINUTE)
    return Alert(source=Source.KRISINFORMATION, id=name, revision=sent_ms, sent_ms=sent_ms, **fields)


def kept(alert: Alert, first: Moment | None = None, gone: Moment | None = None) -> Kept:
    """As the keeper keeps it; first heard when it was sent."""
    minutes = (alert.sent_ms - NOON) / MINUTE
    return Kept(alert=alert, first=first or at(minutes), gone=gone)


def state(source: Source, checked: Moment | None, **changed: Any) -> FeedState:
    """How the asking of one feed stands."""
    every_s = {Source.VMA: 60.0, Source.SMHI: 300.0}.get(source, 600.0)
    return FeedState(**({"name": source.value, "every_s": every_s, "tried": checked, "checked": checked} | changed))


@dataclass(frozen=True)
class Screen:
    """What the screen in Kall holds: alerts, feeds, and the house's own picture with contact."""

    house: Any
    alerts: tuple[Kept, ...] = ()
    feeds: tuple[FeedState, ...] = ()
    bulletins: tuple[Any, ...] = ()
    place: Place = PLACE

    def held(self, minutes: float, *, box: bool = True, known: bool = True) -> Held:
        """The cache; `box`: is the municipality's line heard just now?"""
        ms = int(minutes * MINUTE)
        wall = NOON + ms if known else None
        moment = self.house.moment(up_ms=BOX_UP + ms, wall_ms=wall)
        contact = Contact(self.house.BOOT, BOX_UP + ms, UP + ms)
        picture = self.house.picture(at=moment, period_s=10.0, heartbeat_s=60.0)
        return Held(
            picture=picture if box else None, contact=contact if box else None, alerts=self.alerts, feeds=self.feeds,
            bulletins=self.bulletins,
        )  # fmt: skip

    def seen(self, minutes: float = 0, *, known: bool = True, language: str = "sv", **box: Any) -> View:
        """What is shown, minutes after noon."""
        return view(
            self.held(minutes, known=known, **box), now(minutes, known=known), words(language), self.house.SITE, False,
            place=self.place, boot=BOOT,
        )  # fmt: skip

    def checked(self, minutes: float, *sources: Source, **changed: Any) -> "Screen":
        """The same, with these feeds checked then (all three, when none is named)."""
        named = sources or (Source.VMA, Source.SMHI, Source.KRISINFORMATION)
        others = tuple(one for one in self.feeds if one.name not in [source.value for source in named])
        return replace(self, feeds=(*others, *(state(source, at(minutes), **changed) for source in named)))

    def holding(self, *alerts: Any) -> "Screen":
        """The same, with these alerts."""
        return replace(self, alerts=tuple(one if isinstance(one, Kept) else kept(one) for one in alerts))


class Crisis:
    """What tests need by name."""

    at, now, text, vma, smhi, news, kept, state = map(staticmethod, (at, now, text, vma, smhi, news, kept, state))
    MINUTE, HOUR, NOON, BOOT, UP, PLACE = MINUTE, HOUR, NOON, BOOT, UP, PLACE
    Screen = Screen


@pytest.fixture(scope="session")
def crisis() -> type[Crisis]:
    """Makers of warnings."""
    return Crisis


@pytest.fixture
def screen(house: Any) -> Screen:
    """A screen in Kall that has heard nothing yet."""
    return Screen(house)
