"""What must survive a restart, as it lies in the store. Everything is bounded: it is written whole at each change."""

from typing import Literal

import msgspec

from contract.bulletins import Bulletin
from contract.judgement import CallNow, NeedNow, OutageDone, Reported, RunDone, TimelineStep
from contract.messages import Alarm, NoticeNow, PublicEvent, ServiceNow
from contract.orders import Delivery, Report
from contract.records import AnswerBody
from contract.wire import Moment, Name, Text, Wire
from contract.words import ClockQuality, ClockSource, Power, Status
from gateway.core.fuel.fuel_memory import BatteryMemory, FuelMemory, Known
from gateway.core.readiness.found import Failing, ReadinessTold
from gateway.core.visits import Glass, Visit
from gateway.core.waking.waking_memory import Waking

MAX_PUBLIC_EVENTS = 30
MAX_DONE_ORDERS = 2000
MAX_REFUSED = 200
MAX_RUNS = 20
MAX_OUTAGES = 10
MAX_CLOSED_ALARMS = 50
MAX_WOKEN = 20
MAX_PENDING = 100
MAX_NEEDS = 50
MAX_DELIVERIES = 10

Refused = tuple[int, int, int]
"""Function, first address and count of a block that a device has not."""


class Witnessed(Wire):
    """What somebody reported, who it was, and when the gateway heard it."""

    report: Report
    who: str
    through: str
    at: Moment


class Judged(Wire):
    """The power state and what it rests on, as far as the next judgement needs it. Uptimes are of `boot`."""

    power: Power = Power.UNKNOWN
    since: Moment | None = None
    known: Power = Power.UNKNOWN
    """The last state that was known: a while of not knowing is no news of the plant."""
    known_since: Moment | None = None
    lost: Moment | None = None
    """When it was last known, while it is not; None while it is."""
    outage: bool = False
    """Without mains, or without power for whatever reason, and not back on the mains since."""
    mains_gone: bool = False
    """Mains were lost and the site has not been back on them since."""
    mains: bool | None = None
    """Last known, for the event of its change; None before it was ever known."""
    boot: str = ""
    mains_ms: int = 0
    """Uptime at which `mains` last changed: what was seen of the load side before says nothing of now."""
    feeds: bool | None = None
    """Did the set feed the shop, when last known?"""
    feed_ms: int = 0
    """Uptime at which that last changed."""
    engine: str = ""
    """Last known word."""
    mains_quarrel_ms: int | None = None
    """Uptime at which the witnesses of the mains began to disagree."""
    busy_ms: int | None = None
    """Uptime at which the set began to start or run without carrying the load."""
    clash_ms: int | None = None
    """Uptime at which the set's power and the dead load side began to contradict each other."""
    live_ms: int | None = None
    """Uptime at which the load side was first seen live."""
    flaps: tuple[int, ...] = ()
    """Uptimes of the latest changes of the mains."""
    flapping: bool = False
    """The mains come and go: told as one thing until they have been steady for a while."""
    flap_count: int = 0
    """Changes of the mains since that began."""
    told: Power = Power.UNKNOWN
    """The power state that was last told by an event."""

    @property
    def carried(self) -> Power:
        """The state, or the last known one while nobody knows it: a reserve in use goes on being used."""
        return self.known if self.power is Power.UNKNOWN else self.power


class Held(Wire):
    """A verified bulletin. `digest` is the SHA-256 of the signed bytes."""

    bulletin: Bulletin
    digest: str
    received: Moment
    ended: bool = False
    key_id: Text = ""
    """Empty: kept by a version that did not say."""


class Floor(Wire):
    """The highest serial of an incident whose bulletins are forgotten, and the key that signed it."""

    key_id: Text
    serial: int


class Look(Wire):
    """What one poll of the controller said of the set. Litres, kW; None: not known."""

    at: Moment
    """Of acquisition."""
    engine: Name
    turning: bool
    live: bool | None = None
    """Is its voltage within the limits, cool-down not counted?"""
    loaded: bool | None = None
    """Does it carry the site with such a voltage?"""
    kw: float | None = None
    shut: bool = False
    """A shutdown or an electrical trip is latched."""
    starts: float | None = None
    """The controller's own counter."""
    starts_ms: int = -1
    """Uptime at which the counter was read: it comes more seldom than the rest."""
    hours_s: float | None = None
    """The controller's own count of the time that the engine ran."""
    hours_ms: int = -1
    """Uptime at which that was read."""
    used_l: float | None = None
    level_l: float | None = None
    level_broken: bool = False
    """The sender is at fault: what it says later proves nothing of what was burnt."""


class Streak(Wire):
    """How long something has held unbroken, and its best so far. Seconds."""

    now_s: float = 0.0
    best_s: float = 0.0
    lost_ms: int | None = None
    """Uptime of the look that first did not see it."""


class RunSoFar(Wire):
    """The run that goes on. Uptimes are of `look.at.boot`."""

    id: Name
    started: Moment
    look: Look
    """The last one that saw the set turn."""
    before: Look | None = None
    """The last one that saw it stand; None: nobody saw it start."""
    after: Look | None = None
    """The first one that saw it stand again; the record waits a little for what comes late."""
    hole_ms: int | None = None
    """Uptime of the first look after a time in which nobody looked, while it is not yet clear whether it stopped."""
    phase: Literal["starting", "voltage", "load", "cooling", "stopped"] = "starting"
    cranks: int = 0
    """Times that it was seen to begin cranking."""
    crank_ms: int | None = None
    """Uptime at which it was seen to begin cranking, while it does."""
    crank_end_ms: int = 0
    """Uptime at which it was last seen not to crank any more."""
    cranks_sure: bool = True
    """No crank can hide between two looks."""
    had_voltage: bool = False
    had_load: bool = False
    to_voltage_s: float | None = None
    to_load_s: float | None = None
    live: Streak = Streak()
    loaded: Streak = Streak()
    share: Streak = Streak()
    burn: Streak = Streak()
    """At a load that burns off what low load leaves behind."""
    kw_min: float | None = None
    kw_max: float | None = None
    kw_s: float = 0.0
    """Seconds at load with known power."""
    kws: float = 0.0
    """Kilowatt-seconds in them."""
    load_known: bool = False
    turned_s: float = 0.0
    unbooked_s: float = 0.0
    unbooked_low_s: float = 0.0
    """Not yet in the totals of the memory."""
    used_from_l: float | None = None
    level_from_l: float | None = None
    oil_from_ms: int | None = None
    oil_min_kpa: float | None = None
    battery_min_v: float | None = None
    coolant_c: float | None = None
    fuel_doubt: bool = False
    """Refuelled, or the sender broke: the level no longer tells what was burnt."""
    blind: bool = False
    """It ran, and nothing tells whether it gave voltage."""
    outage: bool = False
    """The mains were known to be lost."""
    dark: bool = False
    """The shop had lost its power, whatever the mains did."""
    as_test: bool = False
    """Mains were seen during it, or the controller stood in a mode for tests."""
    shut: bool = False
    """It stopped itself or tripped."""
    interrupted: bool = False
    alarms: tuple[Name, ...] = ()
    active: tuple[Text, ...] = ()
    """Alarms that stood when it was last looked at."""
    who: Text = ""
    comment: Text = ""


class OutageSoFar(Wire):
    """The outage that goes on, and its timeline. It stays open until the mains have been steady for a while."""

    id: Name
    started: Moment
    run: Name
    """The gateway's run that last wrote here."""
    seen: Moment
    """Up to when its seconds are counted."""
    power: Power = Power.UNKNOWN
    """What has held since."""
    back: Moment | None = None
    """When the site came back on the mains; None while it is not."""
    calm: Moment | None = None
    """From when the mains are counted as steady."""
    returns: int = 0
    """Times that it came back only for a while."""
    without_power_s: float = 0.0
    on_reserve_s: float = 0.0
    on_mains_s: float = 0.0
    unknown_s: float = 0.0
    interrupted: bool = False
    runs: tuple[Name, ...] = ()
    """Runs of the set that ended in it."""
    fuel_l: float | None = None
    fuel_unknown: bool = False
    steps: tuple[TimelineStep, ...] = ()
    dropped: int = 0


class Confirmed(Wire):
    """What a person confirmed last of one thing."""

    ok: bool
    who: Name
    at: Moment
    responsible: Text = ""
    note: Text = ""


class Away(Wire):
    """An activator's absence. Wall clock, ms."""

    activator: Name
    from_ms: int
    until_ms: int


class Filled(Wire):
    """A delivery as a person told it."""

    delivery: Delivery
    who: Name
    at: Moment


class Woken(Wire):
    """When somebody was to be woken, for which alarm, and in which outage (empty: in none)."""

    key: Name
    priority: int
    at: Moment
    outage: Text = ""


class Out(Wire):
    """An alarm that is out of service."""

    key: Name
    device: Name
    who: Name
    at: Moment
    comment: Text


class ClockMemory(Wire):
    """What is known of the time, and of which boot."""

    boot: str = ""
    """Of `offset_ms`; empty while no boot's time was ever known."""
    offset_ms: int = 0
    """Wall clock less uptime, by which the boot is dated."""
    quality: ClockQuality = ClockQuality.UNSYNCED
    source: ClockSource = ClockSource.NTP
    who: Text = ""
    """Whose phone it was."""
    at: Moment | None = None
    """Since when that source is believed."""
    up_ms: int = 0
    """Uptime at which it last was, to the hour: a time grows old."""
    newest_ms: int = 0
    """The newest wall time ever seen, to the hour; a battery clock or a phone that shows less is wrong."""
    dark: str = ""
    """The last boot that did not know its time at first."""


class Lasting(Wire):
    """What was true before an exercise or a test began, and is again when the site is actual."""

    confirmed: dict[str, Confirmed] = {}
    away: tuple[Away, ...] = ()
    deliveries: tuple[Filled, ...] = ()
    station: Reported | None = None
    needs: tuple[NeedNow, ...] = ()
    reports: tuple[Witnessed, ...] = ()
    out_of_service: tuple[Out, ...] = ()
    fuel_told: Known | None = None
    declared_runs: tuple[Name, ...] = ()
    """Runs that a person had told of."""


class Memory(Wire):
    """What must survive a restart."""

    status: Status | None = None
    """Of the settings, when this was written last; None: by a version that did not say."""
    aside: Lasting | None = None
    """Laid aside while the site is not actual."""

    judged: Judged = Judged()
    silent: tuple[str, ...] = ()
    faulty: tuple[str, ...] = ()
    """`device/signal` of sensors in fault."""
    alarms: tuple[Alarm, ...] = ()
    alarm_revision: int = 0
    closed_alarms: tuple[Alarm, ...] = ()
    """Lately closed: an acknowledgement that comes late still finds its alarm."""
    woken: tuple[Woken, ...] = ()
    waking: Waking = Waking()
    pending: dict[str, Moment] = {}
    """`rule/device` → since when its condition holds, while it is not yet an alarm."""
    out_of_service: tuple[Out, ...] = ()
    services: tuple[ServiceNow, ...] = ()
    dark: Moment | None = None
    """When the site last went dead for longer than a changeover takes: declarations from before it are void."""
    bounds: dict[str, int] = {}
    """`fuel`, `battery` → wall clock, ms, until which it at least lasts: last known in this outage, a little early."""
    notices: tuple[NoticeNow, ...] = ()
    active: bool = False
    reports: tuple[Witnessed, ...] = ()
    station: Reported | None = None
    done_orders: tuple[str, ...] = ()
    answered: tuple[AnswerBody, ...] = ()
    """How the last of them were answered."""
    receipts: dict[str, int] = {}
    """Highest receipt number stored, per kiosk run."""
    public_events: tuple[PublicEvent, ...] = ()
    bulletins: tuple[Held, ...] = ()
    documents: dict[str, tuple[int, str]] = {}
    """name → version, sha256"""
    refused: tuple[str, ...] = ()
    """SHA-256 of what was refused lately: brought again after each reconnect, it is told of once."""
    refused_cells: dict[str, tuple[Refused, ...]] = {}
    """device → (function, first, count) of what it answered with exception 02, so that it is not asked anew."""
    fuel: FuelMemory = FuelMemory()
    battery: BatteryMemory = BatteryMemory()
    run: RunSoFar | None = None
    runs: tuple[RunDone, ...] = ()
    """Newest last."""
    hours: dict[str, float] = {}
    """Calendar year (UTC) → hours that the set ran; `unknown` while the clock has not been known since."""
    low_load_h: float = 0.0
    """Hours below 30 % of rated power since it was last burnt clean (≥ 30 % for 30 min)."""
    outage: OutageSoFar | None = None
    outages: tuple[OutageDone, ...] = ()
    confirmed: dict[str, Confirmed] = {}
    """What was confirmed → how, last."""
    away: tuple[Away, ...] = ()
    deliveries: tuple[Filled, ...] = ()
    visit: Visit | None = None
    glass: Glass | None = None
    failing: dict[str, Failing] = {}
    readiness_told: ReadinessTold | None = None
    call: CallNow = CallNow()
    needs: tuple[NeedNow, ...] = ()
    clock: ClockMemory = ClockMemory()
    halts_in_a_row: int = 0
    unknown_nodes: dict[str, Moment] = {}
    floors: dict[str, Floor] = {}
    """Incident → what is remembered of its bulletins that there is no room for any more."""
    key_floors: dict[str, int] = {}
    """Key → no bulletin of an incident that nobody remembers is taken with a serial up to this."""


def keep(memory: Memory, **parts: object) -> Memory:
    """The memory with other parts."""
    return msgspec.structs.replace(memory, **parts)
