"""What a site says, for measurements of the kiosk: pictures and messages with a time of their own."""

from contract.bulletins import Bulletin, PublicBulletin, Words
from contract.content import ContactsDocument, Service, ServicesDocument
from contract.freshness import Contact, Now
from contract.messages import Head, PublicPicture
from contract.wire import Moment
from contract.words import ClockQuality, Power, Status
from kiosk.core.picture import Held

BEGAN_MS = 1_763_636_400_000
UP_MS = 1_000_000
SERVICES = ServicesDocument(
    services=tuple(
        Service(key=key, icon=key, sv=sv, en=en)
        for key, sv, en in (("shop", "Handla mat", "Buy food"), ("fuel", "Tanka", "Buy fuel"), ("post", "Post", "Mail"))
    )
)
CONTACTS = ContactsDocument(p4_mhz="100,5", rows_sv=("112", "113 13", "1177"), rows_en=("112", "113 13", "1177"))


def moment(at_ms: int) -> Moment:
    """So long after the beginning."""
    return Moment(boot="bench", up_ms=UP_MS + at_ms, wall_ms=BEGAN_MS + at_ms, clock=ClockQuality.SYNCED)


def now_at(at_ms: int) -> Now:
    """The reader's time, so long after the beginning."""
    return Now(UP_MS + at_ms, BEGAN_MS + at_ms, ClockQuality.SYNCED)


def head(site: str, at: Moment, *, simulated: bool = False) -> Head:
    """Who says it."""
    return Head(
        site=site, run="bench", boot=at.boot, up_ms=at.up_ms, wall_ms=at.wall_ms, clock=at.clock,
        status=Status.ACTUAL, simulated=simulated,
    )  # fmt: skip


def picture(site: str, power: Power, at: Moment) -> PublicPicture:
    """A picture of a quiet site."""
    return PublicPicture(
        head=head(site, at), place="Kall", power=power, since=at, active=False, services=(), notices=(), events=(),
        period_s=10.0, heartbeat_s=60.0, centre_heard=at,
    )  # fmt: skip


def bulletin(site: str, number: int, at: Moment | None = None, *, changed: int = 0) -> PublicBulletin:
    """A message of the municipality, new for each number."""
    at = at or moment(number * 86_400_000)
    words = Words(
        headline=f"Koka vattnet ({number})", description=f"Vattnet i Kall kan vara smittat. {changed} " * 12,
        instruction="Koka allt vatten som du dricker eller lagar mat med. " * 6,
    )  # fmt: skip
    said = Bulletin(
        id=f"b-{number}", serial=number + 1, incident=f"i-{number}", msg_type="alert", status=Status.ACTUAL,
        sent_ms=at.wall_ms or 0, expires_ms=None, sender_name="Åre kommun", category="Infra", urgency="immediate",
        severity="severe", certainty="observed", sites=(site,), texts={"sv": words},
    )  # fmt: skip
    return PublicBulletin(head=head(site, at), bulletin=said, received=at)


def held(site: str, power: Power, at_ms: int, bulletins: tuple[PublicBulletin, ...] = ()) -> Held:
    """What the cache would hold."""
    at = moment(at_ms)
    return Held(
        picture=picture(site, power, at), contact=Contact(at.boot, at.up_ms, at.up_ms), bulletins=bulletins,
        services=SERVICES, contacts=CONTACTS, documents={"services": SERVICES, "contacts": CONTACTS},
    )  # fmt: skip
