"""The card of one site: every word, shape and role decided here, so that page and API only show them."""

import msgspec
from msgspec import Struct

from contract.freshness import LOST_HEARTBEATS, age_ms
from contract.judgement import Activator, Witness
from contract.messages import Alarm, DevicePicture, SiteState, Value
from contract.orders import Order
from contract.words import Origin, Power, Readiness, Status
from dashboard.core import numbers
from dashboard.core.hearing.identity import identity_double
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.site import farewell, sitewords
from dashboard.core.site.alarm_list import AlarmRow, alarm_rows
from dashboard.core.site.certificates import QUIET, CertificateWords
from dashboard.core.site.clock_words import clock_words
from dashboard.core.site.lasting import Lasting, StationWords, battery_lasting, fuel_lasting, station_words
from dashboard.core.site.needs import NeedRow, need_rows
from dashboard.core.site.node_list import NodeRow, node_rows
from dashboard.core.site.opening import OpeningWords, opening_words
from dashboard.core.site.power_roles import POWER_ROLES
from dashboard.core.site.requirements import Requirements, requirements
from dashboard.core.site.stay import StayWords, stay_words
from dashboard.core.site.values import DeviceValues, ValueRow, device_values, source_name, value_row
from dashboard.core.site.verdict import Verdict, verdict
from dashboard.core.sites import Site

Own = tuple[Alarm, ...]
"""Alarms that are raised at the centre."""
NO_DOUBT_S = 2
"""A time that is surer than this is simply right."""
READY_ROLES: dict[Readiness, str] = {
    Readiness.READY: "good",
    Readiness.REMARKS: "remark",
    Readiness.NOT_READY: "bad",
    Readiness.UNKNOWN: "unknown",
}


class WitnessRow(Struct, frozen=True, kw_only=True):
    """One thing that the state rests on. `place`: on which side of the changeover; `doubt`: how far off in time.

    `seen`: when a person saw it; `age_ms`: how long ago it was seen or measured, None when nobody can tell.
    """

    source: str
    says: str
    origin: str
    place: str
    doubt: str
    seen: str
    age_ms: int | None
    ago: str


class Shared(Struct, frozen=True, kw_only=True):
    """What a card says of contact. `lost_after_ms`: silence after which nothing shown counts as now.

    `restarted`: the site is heard, but the program there has not said yet how it stands.
    """

    in_contact: bool
    silence_ms: int | None
    lost_after_ms: int
    silence: str
    heard: str
    lost: str
    restarted: bool
    identity_double: str = ""
    """The sentence for staff when two boxes speak under this site's name; empty when there is one."""
    soon: str = ""
    """What the site foretells of its own silence, while it is heard."""
    gone: str = ""
    """That it fell silent as it had foretold; "" when it did not foretell it."""


class Card(Struct, frozen=True, kw_only=True):
    """One site. `power` and `role` are what was last said; while not in contact they are only the last known."""

    id: str
    place: str
    in_service: bool
    stay: StayWords | None
    certificate: CertificateWords = QUIET
    contact: Shared
    known: bool
    power: Power
    power_words: str
    role: str
    since: str
    since_age_ms: int | None
    since_age: str
    fuel: ValueRow | None
    load: ValueRow | None
    endurance: Lasting | None
    battery: Lasting | None
    station: StationWords | None
    readiness: str
    readiness_role: str
    verdict: Verdict
    requirements: Requirements
    opening: OpeningWords
    activators: tuple[Activator, ...]
    needs: tuple[NeedRow, ...]
    active: bool
    witnesses: tuple[WitnessRow, ...]
    contradictions: tuple[str, ...]
    alarms: tuple[AlarmRow, ...]
    alarms_known: bool
    flood: bool
    frames: tuple[str, ...]
    devices: tuple[DeviceValues, ...]
    nodes: tuple[NodeRow, ...]
    clock: str = ""
    """What the site knows of the time, where that is not sure."""

    @property
    def unacked(self) -> int:
        """Alarms that nobody has acknowledged, as far as the site has told."""
        return sum(alarm.needs_ack for alarm in self.alarms)

    @property
    def wants_time(self) -> bool:
        """May somebody's phone offer its time?"""
        return self.clock != ""

    @property
    def open_needs(self) -> int:
        """Needs that are not solved."""
        return sum(not need.solved for need in self.needs)

    @property
    def role_now(self) -> str:
        """The role to paint: unknown while there is no contact."""
        return self.role if self.contact.in_contact else "unknown"


def card(site: Site, picture: SitePicture, pending: tuple[Order, ...], reader: Reader, own: Own = ()) -> Card:
    """The card of a site from its picture, with the alarms that are raised here (`own`)."""
    state = picture.state
    age = age_ms(state.since, picture.contact, reader.now) if state and state.since else None
    power, readiness = (state.power, state.readiness) if state else (Power.UNKNOWN, Readiness.UNKNOWN)
    fuel, load = _main_values(picture, reader)
    return Card(
        id=site.id, place=site.place, in_service=site.in_service,
        stay=stay_words(picture, reader),
        contact=_contact(picture, reader),
        known=state is not None,
        power=power,
        power_words=reader.phrase("power", power),
        role=POWER_ROLES[power],
        since=_since(state, picture, reader),
        since_age_ms=age,
        since_age=reader.age(age),
        fuel=fuel,
        load=load,
        endurance=fuel_lasting(state, picture, reader),
        battery=battery_lasting(state, picture, reader),
        station=station_words(state.station if state else None, picture, reader),
        readiness=reader.phrase("readiness", readiness),
        readiness_role=READY_ROLES[readiness],
        verdict=verdict(state, picture, reader),
        requirements=requirements(state.requirements if state else (), picture, reader),
        opening=opening_words(state, picture, reader),
        activators=state.activators if state else (),
        needs=need_rows(state.needs if state else (), pending, picture, reader),
        active=bool(state and state.active),
        witnesses=_witnesses(state, picture, reader),
        contradictions=_clashes(state, picture, reader),
        alarms=alarm_rows(picture, pending, reader, own),
        alarms_known=picture.alarms_hold,
        flood=bool(picture.alarms and picture.alarms.flood),
        frames=frames(picture, reader),
        devices=device_values(picture, reader),
        nodes=node_rows(picture, reader),
        clock=clock_words(picture, reader),
    )  # fmt: skip


def frames(picture: SitePicture, reader: Reader) -> tuple[str, ...]:
    """The words that must stand round everything: simulated, exercise, test."""
    held = [one.head for one in (picture.status, picture.birth, picture.state, picture.alarms) if one]
    held += [device.head for device in picture.devices.values()]
    words = ["simulated"] if any(head.simulated for head in held) else []
    words += [one for one in (Status.EXERCISE, Status.TEST) if any(head.status is one for head in held)]
    return tuple(reader.phrase("status", one) for one in words)


def _contact(picture: SitePicture, reader: Reader) -> Shared:
    silence = picture.silence(reader.now)
    head = picture.head
    in_contact = picture.in_contact(reader.now)
    if in_contact:
        lost = reader.t("restarted")
    elif silence is not None:
        lost = reader.t("no_contact_for", age=reader.age(silence))
    elif head is not None and head.wall_ms is not None:
        lost = reader.t("no_contact_since", when=reader.moment(head.moment(), None))
    else:
        lost = reader.t("never_heard")
    gone = "" if in_contact else farewell.gone(picture, reader)
    return Shared(
        in_contact=in_contact and picture.state_is_of_this_run,
        silence_ms=silence,
        lost_after_ms=int(LOST_HEARTBEATS * picture.heartbeat_s * 1000),
        silence=reader.age(silence),
        heard=reader.ago(silence),
        lost=gone or lost,
        soon=farewell.soon(picture, reader),
        gone=gone,
        restarted=in_contact and not picture.state_is_of_this_run,
        identity_double=reader.t("identity_double") if identity_double(picture.runs, reader.now.mono_ms) else "",
    )


def _since(state: SiteState | None, picture: SitePicture, reader: Reader) -> str:
    if state is None or state.since is None:
        return reader.t("since_unknown")
    wall = reader.wall_of(state.since, picture.contact)
    return reader.t("since_unknown") if wall is None else reader.t("since", when=reader.when(wall))


def _main_values(picture: SitePicture, reader: Reader) -> tuple[ValueRow | None, ValueRow | None]:
    """Fuel and load: as the site has judged them, or as their device has said since."""
    state = picture.state
    fuel = _newest("fuel.level", state, state.fuel if state else None, picture, reader)
    return fuel, _newest("generator.power", state, state.load if state else None, picture, reader)


def _newest(
    key: str, state: SiteState | None, judged: Value | None, picture: SitePicture, reader: Reader
) -> ValueRow | None:
    births = [signal for device in (picture.birth.devices if picture.birth else ()) for signal in device.signals]
    birth = next((signal for signal in births if signal.key == key), None)
    device = next((one for one in picture.devices.values() if key in one.values), None)
    if state is not None and judged is not None and not _said_since(device, key, state, judged):
        return value_row(key, birth, judged, state.head, picture, reader)
    return value_row(key, birth, device.values[key], device.head, picture, reader) if device else None


def _said_since(device: DevicePicture | None, key: str, state: SiteState, judged: Value) -> bool:
    """Has the device said something newer than what was judged?"""
    return device is not None and device.head.boot == state.head.boot and device.values[key].up_ms > judged.up_ms


def _clashes(state: SiteState | None, picture: SitePicture, reader: Reader) -> tuple[str, ...]:
    def named(source: str) -> str:
        return source_name(source, picture, reader.language)

    return tuple(sitewords.clash(one, named, reader.language) for one in state.contradictions) if state else ()


def _witnesses(state: SiteState | None, picture: SitePicture, reader: Reader) -> tuple[WitnessRow, ...]:
    return tuple(_witness(one, state, picture, reader) for one in state.witnesses) if state else ()


def _witness(one: Witness, state: SiteState, picture: SitePicture, reader: Reader) -> WitnessRow:
    at = one.at or msgspec.structs.replace(state.head.moment(), up_ms=one.up_ms, wall_ms=None)
    # without its own time, what a person saw may have been in another boot
    known = one.at is not None or one.origin is not Origin.REPORTED
    age = age_ms(at, picture.contact, reader.now) if known else None
    doubt = ""
    if one.doubt_s >= NO_DOUBT_S:
        doubt = reader.t("doubt", age=numbers.age(int(min(one.doubt_s, 1e9) * 1000), reader.language))
    return WitnessRow(
        source=source_name(one.source, picture, reader.language),
        says=sitewords.says(one.says, reader.language),
        origin=reader.phrase("origin", one.origin),
        place=reader.t(f"place_{one.place}") if one.place else "",
        doubt=doubt,
        seen=reader.t("seen_at", when=reader.moment(one.at, picture.contact)) if one.at else "",
        age_ms=age,
        ago="" if age is None else reader.ago(age),
    )
