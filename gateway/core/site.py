"""What the gateway holds of its site: what never changes (Facts), what survives a restart (Memory), what is now (Site).

All frozen: a step takes the old site and gives a new one.
"""

from typing import Any

import msgspec

from contract.bulletins import Bulletin
from contract.messages import Alarm, Endurance, Moment, NoticeNow, PublicEvent, ServiceNow, Value, Wire
from contract.orders import Report
from contract.words import ClockQuality, Connection, Event, Place, Power, Readiness, Status, Stream

MAX_PUBLIC_EVENTS = 30
MAX_DONE_ORDERS = 2000
MAX_REFUSED = 200


class DeviceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One device as configured. `place` is where a meter's voltage is seen; periods in seconds."""

    name: str
    profile: str
    title: str
    kind: str
    place: Place | None
    poll_every_s: float
    slow_every_s: float
    signals: dict[str, tuple[str, float, bool]]
    """key → unit, period in seconds, experimental"""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """The site as configured. Power in kW, tank in litres, times in seconds."""

    site: str
    place: str
    connection: Connection
    status: Status
    simulated: bool
    version: str
    devices: tuple[DeviceFacts, ...]
    controller: str | None
    rated_kw: float
    design_load_kw: float
    tank_litres: float
    dead_percent: float
    activate_within_s: float
    heartbeat_s: float
    picture_every_s: float
    sample_every_s: float
    sample_active_every_s: float
    whole_every_s: float
    rules: "dict[str, Rule]"


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a condition must hold before its alarm is raised or cleared (s); `limit` is in the signal's unit."""

    on_delay_s: float = 0.0
    off_delay_s: float = 0.0
    limit: float | None = None
    clear: float | None = None


class Now(msgspec.Struct, frozen=True, kw_only=True):
    """The time of one step."""

    run: str
    boot: str
    up_ms: int
    wall_ms: int | None
    clock: ClockQuality

    def moment(self) -> Moment:
        """As it travels."""
        return Moment(boot=self.boot, up_ms=self.up_ms, wall_ms=self.wall_ms, clock=self.clock)


class Witnessed(Wire):
    """What somebody reported, who it was, and when the gateway heard it."""

    report: Report
    who: str
    through: str
    at: Moment


class Judged(Wire):
    """The power state and what it rests on, as far as the next judgement needs it."""

    power: Power = Power.UNKNOWN
    since: Moment | None = None
    known: Power = Power.UNKNOWN
    """The last state that was known: a while of not knowing is no news of the plant."""
    outage: bool = False
    """Mains were lost and the site has not been back on them since."""
    mains: bool | None = None
    """Last known, for the event of its change; None before it was ever known."""
    mains_ms: int = 0
    """Uptime at which `mains` last changed: what was seen of the load side before says nothing of now."""
    engine: str = ""
    """Last known word."""
    mains_quarrel_ms: int | None = None
    """Uptime at which the witnesses of the mains began to disagree."""


class Memory(Wire):
    """What must survive a restart."""

    judged: Judged = Judged()
    silent: tuple[str, ...] = ()
    faulty: tuple[str, ...] = ()
    """`device/signal` of sensors in fault."""
    alarms: tuple[Alarm, ...] = ()
    alarm_revision: int = 0
    services: tuple[ServiceNow, ...] = ()
    notices: tuple[NoticeNow, ...] = ()
    active: bool = False
    reports: tuple[Witnessed, ...] = ()
    done_orders: tuple[str, ...] = ()
    receipts: dict[str, int] = {}
    """Highest receipt number stored, per kiosk run."""
    public_events: tuple[PublicEvent, ...] = ()
    bulletins: "tuple[Held, ...]" = ()
    documents: dict[str, tuple[int, str]] = {}
    """name → version, sha256"""
    refused: tuple[str, ...] = ()
    """SHA-256 of what was refused lately: brought again after each reconnect, it is told of once."""


class Held(Wire):
    """A verified bulletin. `digest` is the SHA-256 of the signed bytes."""

    bulletin: Bulletin
    digest: str
    received: Moment
    ended: bool = False


class Watch(msgspec.Struct, frozen=True):
    """Since when a condition of an alarm holds, or no longer holds; uptime in ms."""

    since_ms: int
    holds: bool


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """The site now. `values` by device and signal; `seqs` counts the records of this run per stream."""

    memory: Memory
    values: dict[str, dict[str, Value]] = {}
    polls_failed: dict[str, int] = {}
    seqs: dict[Stream, int] = {}
    watches: dict[tuple[str, str], Watch] = {}
    sampled: dict[str, dict[str, Value]] = {}
    sampled_ms: dict[str, tuple[int, int]] = {}
    """device → uptime of the last sample, of the last whole sample"""
    readiness: Readiness = Readiness.UNKNOWN
    reasons: tuple[str, ...] = ()
    endurance: Endurance | None = None
    centre_heard: Moment | None = None
    """When the link to the centre was last up, in this run."""
    store_trouble: bool = False
    """Something could not be written; it waits in memory."""


class Change(msgspec.Struct, frozen=True):
    """One thing that happened and must be kept: becomes a record of its stream."""

    kind: Event
    body: dict[str, Any]


def refuse(site: Site, digest: str, change: Change) -> tuple[Site, list[Change]]:
    """Tell that something was refused, unless the same bytes were refused before."""
    if digest in site.memory.refused:
        return site, []
    memory = msgspec.structs.replace(site.memory, refused=(*site.memory.refused, digest)[-MAX_REFUSED:])
    return msgspec.structs.replace(site, memory=memory), [change]


def value_of(site: Site, device: str | None, key: str) -> Value | None:
    """The newest value of a signal of a device, or None when it was never heard."""
    if device is None:
        return None
    return site.values.get(device, {}).get(key)


def number_of(site: Site, device: str | None, key: str) -> float | None:
    """A signal as a number, or None when it is missing."""
    value = value_of(site, device, key)
    if value is None or value.value is None or isinstance(value.value, str):
        return None
    return float(value.value)


def word_of(site: Site, device: str | None, key: str) -> str | None:
    """A signal as a word, or None when it is missing."""
    value = value_of(site, device, key)
    return value.value if value is not None and isinstance(value.value, str) else None
