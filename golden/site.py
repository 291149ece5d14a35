"""What a site says, invented: the messages of which the states are made."""

from typing import Any

from contract.bulletins import Bulletin, PublicBulletin, Words
from contract.content import ContactsDocument, Service, ServicesDocument
from contract.freshness import Contact, Now
from contract.messages import Head, NoticeNow, PublicEvent, PublicPicture, ServiceNow
from contract.wire import Moment
from contract.words import ClockQuality, Declared, Event, Power, Status
from kiosk.core.picture import Told
from kiosk.core.warnings.place import Place

SITE = "are-kall"
BOX = "site-boot"
"""The boot of the site's computer."""
BOOT = "kiosk-boot"
"""The boot of the screen's computer."""
NOON = 1_763_636_400_000
"""2025-11-20 12:00 in Sweden, a Thursday."""
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
UP_MS = 50_000_000
"""The box's uptime at noon."""
MONO_MS = 40 * HOUR_MS
"""The screen's uptime at noon."""
HERE = Place(site=SITE, county="23", municipality="2321", county_name="Jämtlands län")

SERVICES = ServicesDocument(
    services=(
        Service(key="shop", icon="shop", sv="Handla mat", en="Buy food", hours_sv="9–19", hours_en="9–19"),
        Service(key="fuel", icon="fuel", sv="Tanka", en="Buy fuel", hours_sv="dygnet runt", hours_en="all day"),
        Service(key="post", icon="post", sv="Hämta post", en="Collect post"),
        Service(key="pharmacy", icon="pharmacy", sv="Hämta medicin", en="Collect medicine"),
        Service(key="charge", icon="charge", sv="Ladda telefonen", en="Charge your phone"),
    )
)
CONTACTS = ContactsDocument(
    p4_mhz="100,5",
    rows_sv=("112 – fara för liv", "113 13 – frågor i en kris", "1177 – sjukvård", "114 14 – polisen"),
    rows_en=("112 – danger to life", "113 13 – questions in a crisis", "1177 – health care", "114 14 – the police"),
    phone_down={
        "sv": ("Bemannad radio: brandstationen i Kall", "Fast telefon: bygdegården i Huså, 9 km"),
        "en": ("Staffed radio: the fire station in Kall", "Landline: the village hall in Huså, 9 km"),
    },
)


def moment(ago_ms: int = 0) -> Moment:
    """A moment of the site's box, `ago_ms` before noon."""
    return Moment(boot=BOX, up_ms=UP_MS - ago_ms, wall_ms=NOON - ago_ms, clock=ClockQuality.SYNCED)


def own(ago_ms: int = 0) -> Moment:
    """A moment of the screen's own clock, `ago_ms` before noon."""
    return Moment(boot=BOOT, up_ms=MONO_MS - ago_ms, wall_ms=None, clock=ClockQuality.UNSYNCED)


def now(after_ms: int = 0, *, known: bool = True) -> Now:
    """What the screen's clock says so long after noon."""
    if not known:
        return Now(1000, None, ClockQuality.UNSYNCED)
    return Now(MONO_MS + after_ms, NOON + after_ms, ClockQuality.SYNCED)


def contact() -> Contact:
    """The box was heard at noon."""
    return Contact(BOX, UP_MS, MONO_MS)


def head(**changed: Any) -> Head:
    """Sent at noon."""
    at = moment()
    fields = {"site": SITE, "run": "run-1", "status": Status.ACTUAL} | changed
    return Head(boot=at.boot, up_ms=at.up_ms, wall_ms=at.wall_ms, clock=at.clock, **fields)


def picture(power: Power = Power.ON_MAINS, **changed: Any) -> PublicPicture:
    """A picture of the site; `status` and `simulated` go to its head."""
    tops = {name: changed.pop(name) for name in ("status", "simulated") if name in changed}
    fields: dict[str, Any] = {
        "place": "Kall", "since": None, "active": False, "services": (), "notices": (), "events": (),
        "period_s": 10.0, "heartbeat_s": 60.0, "centre_heard": moment(),
    }  # fmt: skip
    return PublicPicture(head=head(**tops), power=power, **(fields | changed))


def said() -> tuple[ServiceNow, ...]:
    """What staff have declared: open, limited, closed; of the others nobody has said anything."""
    told = {"shop": Declared.OPEN, "fuel": Declared.LIMITED, "post": Declared.CLOSED}
    return tuple(
        ServiceNow(service=key, declared=word, until_ms=NOON + HOUR_MS, declared_at=moment(HOUR_MS))
        for key, word in told.items()
    )


def notice(text: str) -> NoticeNow:
    """A notice on the board, put there an hour ago."""
    return NoticeNow(id="n", sv=text, en="", since=moment(HOUR_MS), until_ms=None)


def events() -> tuple[Told, ...]:
    """An outage from its beginning to its end."""
    kinds = (Event.MAINS_LOST, Event.ENGINE_STARTING, Event.ON_RESERVE, Event.MAINS_BACK, Event.BACK_ON_MAINS)
    return tuple(
        Told(event=PublicEvent(run="r", seq=n, kind=kind, at=moment((9 - n) * HOUR_MS)), status=Status.ACTUAL)
        for n, kind in enumerate(kinds, 1)
    )


def bulletin(name: str = "b-1", serial: int = 1, **changed: Any) -> PublicBulletin:
    """A bulletin of the municipality as the gateway passes it on."""
    tops = {key: changed.pop(key) for key in ("simulated",) if key in changed}
    fields: dict[str, Any] = {
        "incident": "i-1", "msg_type": "alert", "status": Status.ACTUAL, "sent_ms": NOON, "expires_ms": None,
        "sender_name": "Åre kommun", "category": "Infra", "urgency": "immediate", "severity": "severe",
        "certainty": "observed", "sites": (SITE,),
        "texts": {"sv": Words(headline="Koka vattnet", description="Vattnet i Kall kan vara smittat.",
                              instruction="Koka allt vatten som du dricker eller lagar mat med.")},
    } | changed  # fmt: skip
    return PublicBulletin(head=head(**tops), bulletin=Bulletin(id=name, serial=serial, **fields), received=moment(),
                          ended=False)  # fmt: skip
