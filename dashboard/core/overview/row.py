"""One site as one row of the overview: words, shapes and rank decided here, so that list and map only show them."""

import math
from binascii import crc32

import msgspec
from msgspec import Struct

from contract.freshness import age_ms, hours_left
from contract.words import Opening, Power
from dashboard.core import numbers
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.overview.risk import OUT_OF_MAINS, UNFED, Around, Guess, Likely, battery_left, guess
from dashboard.core.overview.told import Told
from dashboard.core.reader import Reader
from dashboard.core.site.card import Card
from dashboard.core.site.lasting import Lasting
from dashboard.core.sites import Site

HOUR_MS = 3_600_000
TIERS = {
    Power.DEAD: 0,
    Power.ON_BATTERY: 4,
    Power.ON_RESERVE: 5,
    Power.STARTING: 7,
    Power.RETURNING: 8,
    Power.ON_MAINS: 9,
}
TOLD_TIERS = {"none": 1, "reserve": 5, "mains": 6}
"""Where a site stands that only people tell of: as an estimate would, never as well as one that is heard."""
LIKELY_TIERS = {Likely.OUT: 1, Likely.MAY: 2, Likely.NOTHING: 3, Likely.CARRIES: 6, Likely.CALM: 6}
"""Where a site stands that nobody hears, among those that are heard: never as well as one that has mains."""
NEEDED_H, DAY_H = 6.0, 24.0
"""Less than this is as good as gone: diesel takes as long from the call until it is in the tank. An outage may last a
day.
"""
MOST_H = 999
READY_WORST = ("bad", "unknown", "remark", "good")


class Lasts(Struct, frozen=True):
    """How long, as a number, its clock time and the interval; `lost`: what stands before it without contact."""

    least: str
    until: str
    between: str
    lost: str


class Row(Struct, frozen=True, kw_only=True):
    """One site. Moments are in ms of the server's own clock (`_at`), so that a kept row can say every age anew.

    `role`, `word`: as last said; without contact (`in_contact` false) they are only the last known, and `guess` says
    what is probable. `rank`: sorts worst first. `low_h`: hours of fuel at the least, None when nobody can tell.
    `battery`: only while it carries the site, or would tell of a silence.
    """

    id: str
    place: str
    region: str
    lat: float | None
    lon: float | None
    in_service: bool
    frames: tuple[str, ...]
    in_contact: bool
    restarted: bool
    foretold: str
    soon: str
    known: bool
    power: Power
    role: str
    word: str
    since: str
    since_at: int | None
    heard_at: int | None
    lost_after_ms: int
    lost: str
    guess: Guess | None
    told: Told | None
    """What people have told that the site has not; see `told.py`."""
    fuel: Lasts | None
    battery: Lasts | None
    low_h: float | None
    burning: bool
    ready_role: str
    ready: str
    reason: str
    reasons_more: int
    unacked: int
    urgent: int
    alarms_known: bool
    services: tuple[str, ...]
    limited: tuple[str, ...]
    opening: str
    call: str
    call_words: str
    call_tel: str
    call_phone: str
    needs: int
    notes: tuple[tuple[str, str], ...]
    """(role, sentence): a unit that is elsewhere, a certificate that ends, two boxes of one name."""
    rank: tuple[int, int, int, int, int, int]

    @property
    def role_now(self) -> str:
        """What is painted: unknown without contact."""
        return self.role if self.in_contact else "unknown"

    @property
    def out_of_mains(self) -> bool:
        """Is it heard, and has it no mains?"""
        return self.in_contact and self.power in OUT_OF_MAINS

    @property
    def told_out(self) -> bool:
        """Do people say that it has no mains, while nobody hears the site itself?"""
        return self.silent and self.told is not None and self.told.power in ("none", "reserve")

    @property
    def silent(self) -> bool:
        """Does nobody know how it is now?"""
        return not self.in_contact or self.power is Power.UNKNOWN

    @property
    def version(self) -> str:
        """Changes with every word of it."""
        return f"{crc32(msgspec.msgpack.encode(self)):08x}"


def row(
    site: Site, picture: SitePicture, card: Card, around: Around, reader: Reader, told: Told | None = None
) -> Row:  # fmt: skip
    """The row of a site from its card, its picture, and what people have told."""
    there = card.contact.in_contact
    estimate = None
    if not there or card.power is Power.UNKNOWN:
        estimate = guess(picture, around, reader)
    low_h, burning = fuel_left(picture, reader)
    power_told = told is not None and told.power is not None
    now = reader.now.mono_ms
    services = card.opening.services
    more = len(card.verdict.reasons)
    ring = card.opening.ring if card.opening.alarm else None
    return Row(
        id=site.id, place=site.place, region=region_of(site), lat=site.lat, lon=site.lon, in_service=site.in_service,
        frames=card.frames, in_contact=there, restarted=card.contact.restarted, foretold=card.contact.gone,
        soon=card.contact.soon, known=card.known, power=card.power, role=card.role,
        word=reader.t(f"short_{card.power.value}"), since=_since(card, picture, reader),
        since_at=None if card.since_age_ms is None else now - card.since_age_ms,
        heard_at=None if card.contact.silence_ms is None else now - card.contact.silence_ms,
        lost_after_ms=card.contact.lost_after_ms, lost=card.contact.lost,
        guess=None if power_told else estimate, told=told, fuel=_lasts(card.endurance),
        battery=_lasts(card.battery) if _battery_counts(card, estimate) else None, low_h=low_h,
        burning=told.burning if not there and told and told.burning is not None else burning,
        ready_role=card.readiness_role, ready=reader.t(f"ready_{card.readiness_role}"),
        reason=card.verdict.reasons[0].words if more else "", reasons_more=max(0, more - 1),
        unacked=card.unacked, urgent=_urgent(card), alarms_known=card.alarms_known,
        services=tuple(one.name for one in services if one.role == "good"),
        limited=tuple(one.name for one in services if one.role == "remark"),
        opening=card.opening.word if card.opening.opening is not Opening.CLOSED else "",
        call=card.opening.alarm, call_words=ring.words if ring else "", call_tel=ring.tel if ring else "",
        call_phone=ring.phone if ring else "", needs=card.open_needs, notes=_notes(card, reader),
        rank=_rank(card, estimate, told, _left_h(picture, low_h, reader)),
    )  # fmt: skip


def _since(card: Card, picture: SitePicture, reader: Reader) -> str:
    """Where the server knows no time of day, the site's own, near enough for the age beside it to say which day."""
    state, age = picture.state, card.since_age_ms
    if reader.now.wall_ms is not None or state is None or age is None:
        return card.since
    wall = reader.wall_of(state.since, picture.contact)
    if wall is None:
        return card.since
    return reader.t("since", when=numbers.when(wall, reader.zone, wall + age, reader.language))


def region_of(site: Site) -> str:
    """What the site is grouped under: as its settings say, else the municipality that its id begins with."""
    return site.region or site.id.split("-", 1)[0].capitalize()


def fuel_left(picture: SitePicture, reader: Reader) -> tuple[float | None, bool]:
    """(hours at the least, is it being burnt?), counted on without contact; None when nobody can tell."""
    state = picture.state
    if state is None or state.endurance is None:
        return None, state is not None and state.power in (Power.ON_RESERVE, Power.RETURNING)
    one = state.endurance
    burning = state.power in (Power.ON_RESERVE, Power.RETURNING) or (
        state.power is Power.UNKNOWN and one.until_ms is not None
    )
    power = Power.ON_RESERVE if burning else state.power
    left = hours_left(one, power, age_ms(one.at, picture.contact, reader.now))
    return (None if left is None else left[0]), burning


def _battery_counts(card: Card, estimate: Guess | None) -> bool:
    """Does its battery say more than the row does already? An estimate of a site without mains names it itself."""
    if estimate is None and card.contact.in_contact:
        return card.power is Power.ON_BATTERY
    return estimate is None or card.power not in UNFED


def _left_h(picture: SitePicture, low_h: float | None, reader: Reader) -> float | None:
    """Hours at the least until what carries the site ends; infinite where nothing does, None when nobody can tell."""
    state = picture.state
    if state is None or state.power in (Power.ON_RESERVE, Power.RETURNING):
        return low_h
    if state.power is Power.ON_BATTERY:
        left = battery_left(state.battery, picture, reader)
        return None if left is None else left[0]
    return 0.0 if state.power is Power.DEAD else math.inf


def _rank(
    card: Card, estimate: Guess | None, told: Told | None, left_h: float | None
) -> tuple[int, int, int, int, int, int]:  # fmt: skip
    """A call nobody answers, how it stands, how soon that ends, what is unacknowledged, readiness, hours."""
    tier = TIERS.get(card.power, 3) if estimate is None else LIKELY_TIERS[estimate.likely]
    if estimate is not None and told is not None:
        # what somebody saw counts before what is estimated; what is too old to be believed still warns
        tier = TOLD_TIERS[told.power] if told.power else min(tier, LIKELY_TIERS[Likely.MAY]) if told.was_dark else tier
    soon = 1 if left_h is None else sum(left_h >= limit for limit in (NEEDED_H, DAY_H))
    hours = int(DAY_H if left_h is None else min(max(left_h, 0), MOST_H))
    ready = READY_WORST.index(card.readiness_role)
    return int(not card.opening.alarm), tier, soon, _urgent(card), ready, hours


def _urgent(card: Card) -> int:
    """The most urgent alarm that nobody has acknowledged; 9 without one."""
    return min((alarm.priority for alarm in card.alarms if alarm.needs_ack), default=9)


def _lasts(one: Lasting | None) -> Lasts | None:
    if one is None:
        return None

    return Lasts(least=one.least, until=one.until, between=one.between, lost=one.lost)


def _notes(card: Card, reader: Reader) -> tuple[tuple[str, str], ...]:
    notes = []
    if card.stay and card.stay.role != "plain":
        notes.append((card.stay.role, card.stay.words))
    if card.certificate.role:
        notes.append((card.certificate.role, card.certificate.sv if reader.language == "sv" else card.certificate.en))
    if card.contact.identity_double:
        notes.append(("bad", card.contact.identity_double))
    return tuple(notes)
