"""Every state of the kiosk by name: what the cache holds, and the time; nothing here draws.

A state is the same in every language. `pages` are those on which it can be seen; the others look as in another state.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from contract.bulletins import Words as Said
from contract.content import Service, ServicesDocument
from contract.freshness import Now
from contract.wire import Moment
from contract.words import ClockQuality, Lasts, Opening, Power, Status
from golden import day, site, warnings
from golden.site import HOUR_MS, NOON
from kiosk.core.asking.feed import FeedState, Kept
from kiosk.core.picture import Held
from kiosk.core.view import View, view
from kiosk.core.words import Words
from kiosk.feeds.alert import Alert, Level

EVERY = ("",)
"""All pages that there are."""
EACH = ("calm", "trouble", "vma", "nothing", "practice")
"""States whose pages are also looked at one thing at a time."""
CRISIS = ("home", "important", "crisis", "glance", "power")
PLACE = ("home", "power", "services", "important", "contacts", "advice", "glance")
EVERYDAY = ("home", "services", "travel", "local", "information", "section", "search", "glance")
PICTURES = ("section",)
"""Where what is read may have a picture."""
FEEDS = (("vma", 60.0), ("smhi", 300.0), ("krisinformation", 600.0))


@dataclass(frozen=True, slots=True)
class State:
    """What the screen holds at `now`. `simulated`: a site of the simulator. `known`: is the clock right?

    `stamp`: a message on it is not for real. `pages`: kinds of pages on which it is drawn.
    """

    held: Held
    now: Now
    pages: tuple[str, ...]
    simulated: bool = False
    stamp: bool = False

    @property
    def framed(self) -> bool:
        """Is the whole site not for real?"""
        picture = self.held.picture
        return self.simulated or (picture is not None and picture.head.status is not Status.ACTUAL)

    def seen(self, words: Words) -> View:
        """What is shown, in one language."""
        return view(self.held, self.now, words, site.SITE, self.simulated, place=site.HERE, boot=site.BOOT)


def _fresh(minutes: float = 0) -> tuple[FeedState, ...]:
    """The feeds of warnings, all of them checked so long ago."""
    at = site.own(int(minutes * site.MINUTE_MS))
    return tuple(FeedState(name=name, every_s=every, tried=site.own(), checked=at, changed=at) for name, every in FEEDS)


def held(power: Power, messages: tuple[Alert, ...] = (), **changed: Any) -> Held:
    """A site on that power with some services, fresh feeds, and these messages; `picture` changes its picture."""
    told = {"since": site.moment(3 * HOUR_MS), "services": site.said()} | changed.pop("picture", {})
    fields: dict[str, Any] = {
        "picture": site.picture(power, **told), "contact": site.contact(), "events": site.events(),
        "services": site.SERVICES, "contacts": site.CONTACTS,
        "alerts": tuple(Kept(alert=one, first=site.own(HOUR_MS)) for one in messages), "feeds": _fresh(),
    }  # fmt: skip
    return Held(**(fields | changed))


def _place() -> dict[str, State]:
    """The place itself: power, silence, age, a start with nothing."""
    long = {"notices": (site.notice("Kaffe. " * 280),)}
    dry = Held(feeds=_fresh(), contacts=site.CONTACTS)
    last = {"box_lasts": Lasts.LAST_HOUR, "active": True}
    return {
        "calm": State(held(Power.ON_MAINS, picture=long), site.now(), EVERY),
        "reserve": State(held(Power.ON_RESERVE, picture={"active": True}), site.now(), PLACE),
        "battery": State(held(Power.ON_BATTERY, picture={"opening": Opening.PREPARING}), site.now(), PLACE),
        "last-hour": State(held(Power.ON_BATTERY, picture=last), site.now(), PLACE),
        "dead-broker": State(held(Power.ON_RESERVE), site.now(20 * site.MINUTE_MS), PLACE),
        "old": State(held(Power.DEAD, picture=long), site.now(26 * HOUR_MS), PLACE),
        "no-site": State(dry, site.now(), PLACE),
        "nothing": State(Held(), site.now(known=False), EVERY),
        "exercise": State(
            held(Power.RETURNING, picture={"status": Status.EXERCISE, "simulated": True}, bulletins=(_practice(),)),
            site.now(), EVERY, simulated=True, stamp=True,
        ),
    }  # fmt: skip


def _tea() -> Any:
    return site.notice("Varmt och te i bygdegården till kl. 21.")


def _practice() -> Any:
    return site.bulletin(status=Status.EXERCISE, simulated=True)


def _bulletins() -> dict[str, State]:
    """The municipality's own messages: one, and as much as there ever is."""
    water = site.bulletin(
        "b-9", 9, expires_ms=NOON + 30 * HOUR_MS,
        texts={"sv": Said(headline="Koka vattnet i Kall", description="Vattnet kan vara smittat.",
                          instruction="Koka allt vatten som du dricker.\nHämta vatten vid skolan.")},
    )  # fmt: skip
    longest = site.bulletin(
        "b-2", 2, incident="i-2", severity="moderate", expires_ms=NOON + 30 * HOUR_MS,
        texts={"sv": Said(headline="Strömavbrott i Kall, Huså och Konäs. " * 4, description="Ledningen är av. " * 110,
                          instruction="Spara på mobilens batteri. " * 70)},
    )  # fmt: skip
    board = (_tea(), site.notice("Kaffe. " * 280))
    both = held(Power.ON_RESERVE, bulletins=(site.bulletin(), longest), picture={"active": True, "notices": board})
    return {
        "own": State(held(Power.ON_RESERVE, bulletins=(water,)), site.now(), CRISIS),
        "trouble": State(both, site.now(), EVERY),
    }


def _alerts() -> dict[str, State]:
    """Every kind of message of an authority."""
    yellow, orange, red = (warnings.weather(level) for level in (Level.YELLOW, Level.ORANGE, Level.RED))
    vma, practice, trial = (
        warnings.vma(status=status) for status in (Status.ACTUAL, Status.EXERCISE, Status.TEST)
    )  # fmt: skip
    gone = Kept(alert=red, first=site.own(5 * HOUR_MS), gone=site.own(HOUR_MS))
    was = Moment(boot="an-earlier-boot", up_ms=5000, wall_ms=NOON - HOUR_MS, clock=ClockQuality.SYNCED)
    earlier = held(Power.ON_RESERVE, alerts=(Kept(alert=vma, first=was),), feeds=(), contact=None)
    bare = Held(alerts=(Kept(alert=vma, first=site.own(HOUR_MS)),))
    at = site.now()
    return {
        "yellow": State(held(Power.ON_RESERVE, (yellow, warnings.news())), at, CRISIS),
        "orange": State(held(Power.ON_RESERVE, (orange,)), at, CRISIS),
        "red": State(held(Power.ON_MAINS, (red, yellow)), at, CRISIS),
        "vma": State(held(Power.DEAD, (vma, orange), picture={"notices": (_tea(),)}), at, CRISIS),
        "practice": State(held(Power.ON_MAINS, (practice,)), at, CRISIS, stamp=True),
        "trial": State(held(Power.ON_MAINS, (trial,)), at, CRISIS, stamp=True),
        "simulated": State(held(Power.ON_RESERVE, (vma,)), at, CRISIS, simulated=True),
        "ended": State(held(Power.ON_MAINS, alerts=(gone,)), at, CRISIS),
        "unsure": State(earlier, site.now(known=False), CRISIS),
        "bare": State(bare, at, CRISIS),
    }


def _days() -> dict[str, State]:
    """Ordinary days: everything fresh, everything old, and closed until the afternoon."""
    closed = ServicesDocument(
        services=(Service(key="shop", icon="shop", sv="Handla mat", en="Buy food", staffed="Mo-Fr 14:00-19:00"),)
    )
    full = day.held()
    return {
        "day": State(full, site.now(), EVERYDAY),
        "day-old": State(day.held(old=True), site.now(), EVERYDAY),
        "day-pictures": State(day.held(pictures=True), site.now(), PICTURES),
        "closed": State(replace(full, services=closed), site.now(), PLACE),
    }


def states() -> dict[str, State]:
    """All of them, in the order in which they are shown."""
    parts: tuple[Callable[[], dict[str, State]], ...] = (_place, _alerts, _bulletins, _days)
    return {name: state for part in parts for name, state in part().items()}
