"""What the cache holds in each kind of crisis, invented in the true shape: for the walk through all pages, and tests.

Loaded by file: in importlib mode one test file cannot import another.
"""

from typing import Any

from contract.bulletins import Words as BulletinWords
from contract.freshness import Contact, Now
from contract.wire import Moment
from contract.words import ClockQuality, Declared, Power, Status
from kiosk.core.feed import FeedState, Kept
from kiosk.core.picture import Held
from kiosk.core.place import Place
from kiosk.feeds.alert import Alert, Area, Level, MsgType, Source, Words

HOUR_MS = 3_600_000
BOOT = "kiosk-boot"
MONO_MS = 40 * HOUR_MS
HERE = Place(site="are-kall", county="23", municipality="2321", county_name="Jämtlands län")
LONG = (
    "En giftig rök sprider sig från en brand i en lagerbyggnad vid Huså. Röken driver mot söder.\n\n"
    "Räddningstjänsten är på plats och beräknar att släckningen tar hela natten. " + "Röken luktar bränd plast. " * 30
)
ACT = (
    "Gå inomhus. Stäng dörrar, fönster och ventilation.\nLyssna på Sveriges Radio P4.\n"
    "Ring bara 112 om liv är i fara. Ring 113 13 för information. " + "Hjälp grannar som inte hör radion. " * 8
)


def own(ago_ms: int = 0) -> Moment:
    """A moment of the kiosk's own clock, `ago_ms` before now."""
    return Moment(boot=BOOT, up_ms=MONO_MS - ago_ms, wall_ms=None, clock=ClockQuality.UNSYNCED)


def alert(house: Any, source: Source, name: str, **changed: Any) -> Alert:
    """One message of a feed for this municipality, sent two hours ago."""
    sent = house.NOON - 2 * HOUR_MS
    fields: dict[str, Any] = {
        "revision": sent, "msg_type": MsgType.ALERT, "status": Status.ACTUAL, "sent_ms": sent, "sender": "SMHI",
        "expires_ms": house.NOON + 10 * HOUR_MS, "area": Area(codes=("2321",)),
        "words": {
            "sv": Words("Mycket kraftig vind", "Nordvästlig vind med byar på 28 m/s i fjällen.",
                        "Undvik att resa. Surra fast lösa föremål.", "Jämtlandsfjällen"),
            "en": Words("Very strong wind", "Northwesterly wind with gusts of 28 m/s in the mountains.",
                        "Do not travel. Tie down loose things.", "The Jämtland mountains"),
        },
    }  # fmt: skip
    return Alert(source=source, id=name, **(fields | changed))


def vma(house: Any, name: str = "SRVMA-1", **changed: Any) -> Alert:
    """A danger for the public, with as much text as there ever is."""
    words = {"sv": Words("Viktigt meddelande till allmänheten i Huså", LONG, ACT, "Huså och Kall, Åre kommun")}
    fields: dict[str, Any] = {"severity": "extreme", "sender": "Sveriges Radio", "words": words, "expires_ms": None}
    return alert(house, Source.VMA, name, **(fields | changed))


def held(house: Any, messages: tuple[Alert, ...] = (), power: Power = Power.ON_RESERVE, **changed: Any) -> Held:
    """A site on reserve power with some services, fresh feeds, and these messages."""
    said = tuple(
        house.ServiceNow(service=key, declared=word, until_ms=house.NOON + HOUR_MS, declared_at=house.moment(HOUR_MS))
        for key, word in (("shop", Declared.OPEN), ("fuel", Declared.LIMITED), ("post", Declared.CLOSED))
    )
    fields: dict[str, Any] = {
        "picture": house.picture(power, since=house.moment(3 * HOUR_MS), services=said, active=True),
        "contact": Contact(house.BOOT, 50_000_000, MONO_MS),
        "services": house.SERVICES, "contacts": house.CONTACTS,
        "alerts": tuple(Kept(alert=one, first=own(HOUR_MS)) for one in messages),
        "feeds": tuple(
            FeedState(name=name, every_s=every, tried=own(), checked=own(), changed=own())
            for name, every in (("vma", 60.0), ("smhi", 300.0), ("krisinformation", 600.0))
        ),
    }  # fmt: skip
    return Held(**(fields | changed))


def known(house: Any) -> Now:
    """Noon, and the clock is set."""
    return Now(MONO_MS, house.NOON, ClockQuality.SYNCED)


def states(house: Any) -> dict[str, tuple[Held, Now]]:
    """Every kind of crisis by name."""
    smhi = Source.SMHI
    yellow, orange, red = (
        alert(house, smhi, f"smhi-{level}", level=level) for level in (Level.YELLOW, Level.ORANGE, Level.RED)
    )
    gone = Kept(alert=red, first=own(5 * HOUR_MS), gone=own(HOUR_MS))
    bulletin = house.bulletin(
        "b-9", 9, expires_ms=house.NOON + 30 * HOUR_MS,
        texts={"sv": BulletinWords(headline="Koka vattnet i Kall", description="Vattnet kan vara smittat.",
                                   instruction="Koka allt vatten som du dricker.\nHämta vatten vid skolan.")},
    )  # fmt: skip
    before = Now(1000, None, ClockQuality.UNSYNCED)
    was = Moment(boot="an-earlier-boot", up_ms=5000, wall_ms=house.NOON - HOUR_MS, clock=ClockQuality.SYNCED)
    return {
        "yellow": (held(house, (yellow,)), known(house)),
        "orange": (held(house, (orange,)), known(house)),
        "red": (held(house, (red, yellow)), known(house)),
        "vma": (held(house, (vma(house), orange), Power.DEAD), known(house)),
        "practice": (held(house, (vma(house, status=Status.EXERCISE),), Power.ON_MAINS), known(house)),
        "own": (held(house, bulletins=(bulletin,)), known(house)),
        "ended": (held(house, alerts=(gone,), power=Power.ON_MAINS), known(house)),
        "unsure": (held(house, alerts=(Kept(alert=vma(house), first=was),), feeds=(), contact=None), before),
        "bare": (Held(alerts=(Kept(alert=vma(house), first=own(HOUR_MS)),)), known(house)),
    }
