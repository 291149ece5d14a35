"""The picture road: what a site says of itself now. Frozen structs, JSON on the wire.

Unknown fields are ignored, wrong types and sizes refused with one sentence. Times are integer milliseconds:
`wall_ms` since 1970-01-01 UTC, `up_ms` since the sender's operating system booted.
"""

import math
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from contract.judgement import (
    Activator,
    CallNow,
    Contradiction,
    Endurance,
    Grounds,
    NeedNow,
    Reason,
    Reported,
    RequirementNow,
    RunDone,
    Witness,
)
from contract.packing import unpack
from contract.wire import Count, Moment, Ms, Name, Refused, Text, Wire
from contract.words import (
    AlarmState,
    ClockQuality,
    ClockSource,
    Connection,
    Declared,
    Event,
    FarewellWhy,
    Lasts,
    Opening,
    Origin,
    Power,
    Quality,
    Readiness,
    Status,
)

T = TypeVar("T")

VERSION = 1
MAX_MESSAGE = 256 * 1024
"""Bytes. Nothing larger is decoded, whatever the topic."""


class Head(Wire):
    """Who says it, when, and whether it is meant for real. Stands in every message of a site."""

    site: Name
    run: Name
    boot: Name
    up_ms: Ms
    wall_ms: Ms | None
    clock: ClockQuality
    status: Status
    simulated: bool = False
    v: Annotated[int, Meta(ge=VERSION)] = VERSION

    def moment(self) -> Moment:
        """The time of sending."""
        return Moment(boot=self.boot, up_ms=self.up_ms, wall_ms=self.wall_ms, clock=self.clock)


class Value(Wire, omit_defaults=True, gc=False):
    """One signal's value, or None with a quality that says why. `up_ms` is the time of acquisition."""

    value: float | int | str | None
    origin: Origin
    up_ms: Ms
    quality: Quality = Quality.GOOD
    reason: Text = ""

    def __post_init__(self) -> None:
        """Missing is None with a reason; a value never carries a quality that denies it."""
        believed = self.quality in (Quality.GOOD, Quality.SUBSTITUTED)
        if (self.value is not None) != believed:
            raise ValueError(f"quality {self.quality.value} does not go with value {self.value!r}")
        if isinstance(self.value, float) and not math.isfinite(self.value):
            raise ValueError(
                f"{self.value!r} is bad_data: JSON would make it null, and every reader refuse the message"
            )


class Farewell(Wire):
    """The silence that a site foretells of itself; it is no fault. A crash foretells nothing.

    `battery`: its battery ends at about `until_ms`, on its own uptime `until_up_ms`, unless power comes back before.
    `planned`: somebody stopped the program; it ends with this message, and no time is told.
    """

    why: FarewellWhy
    until_ms: Ms | None = None
    """None where the site's clock is not known."""
    until_up_ms: Ms | None = None


class Seen(Wire, omit_defaults=True):
    """What a reader that is told by exception holds of a device, and how lately it was true (`contract/vouching.py`).

    `told` is the uptime in the head of the picture that still holds. `read`: every value in it was read again, and is
    within its dead-band, no earlier than its own period before this uptime. `moved`: what has left its dead-band since.
    `back`: signals that are missing in that picture and are not any more; nobody vouches for them.
    """

    told: Ms
    read: Ms
    moved: Annotated[dict[Name, float | int | str], Meta(max_length=500)] = {}
    back: Annotated[tuple[Name, ...], Meta(max_length=500)] = ()

    def __post_init__(self) -> None:
        """JSON would make null of what is no number."""
        if any(isinstance(one, float) and not math.isfinite(one) for one in self.moved.values()):
            raise ValueError("moved holds a number that is none")


class SiteStatus(Wire, omit_defaults=True):
    """Heartbeat; as the last will it says `online: false`."""

    head: Head
    online: bool
    heartbeat_s: Annotated[float, Meta(gt=0)]
    version: Name
    farewell: Farewell | None = None
    """While `online`: what is near. Otherwise: why it is gone; None: it did not go by itself."""
    state: Ms | None = None
    """Uptime in the head of the SiteState that still holds, where it is told by exception; None: it comes by itself."""
    alarms: Ms | None = None
    """The same of the Alarms, so that one that was lost is missed; both are of the run in this head."""
    seen: Annotated[dict[Name, Seen], Meta(max_length=100)] = {}
    """By device, the same; empty: all pictures come by themselves."""


class SignalBirth(Wire, omit_defaults=True):
    """One signal of a device: what its numbers mean and how often they come."""

    key: Name
    unit: str
    period_s: Annotated[float, Meta(gt=0)]
    experimental: bool = False


class DeviceBirth(Wire):
    """One device at the site."""

    device: Name
    profile: Name
    name: Name
    signals: tuple[SignalBirth, ...]


class Stay(Wire):
    """A unit that can be moved stands at its place from and until then; wall clock, ms UTC."""

    from_ms: Ms
    until_ms: Ms

    def holds(self, wall_ms: int | None) -> bool | None:
        """Does it stand there now? None when no clock can tell."""
        return None if wall_ms is None else self.from_ms <= wall_ms < self.until_ms


class Birth(Wire):
    """The catalogue of a site. Sent at start, at reconnect without a session and on change."""

    head: Head
    place: Name
    connection: Connection
    heartbeat_s: Annotated[float, Meta(gt=0)]
    devices: tuple[DeviceBirth, ...]
    stay: Stay | None = None
    """None: the site stays where it is."""


class DevicePicture(Wire):
    """The newest values of one device, by signal key."""

    head: Head
    device: Name
    values: dict[str, Value]


class ClockNow(Wire):
    """Whom the site has its time from while no time server vouches for it, and since when; `who`: whose phone."""

    source: ClockSource
    at: Moment
    who: Text = ""


class SiteState(Wire):
    """The judgement of the site, computed once, at the site. For staff."""

    head: Head
    power: Power
    since: Moment | None
    witnesses: tuple[Witness, ...]
    contradictions: tuple[Contradiction, ...]
    readiness: Readiness
    reasons: tuple[Reason, ...]
    """Heaviest first."""
    grounds: Grounds = Grounds()
    endurance: Endurance | None = None
    battery: Endurance | None = None
    """How long the UPS or battery carries what hangs on it."""
    station: Reported | None = None
    """Litres of diesel in the fuel station's own tank, as a person said: a reserve, never counted in `endurance`."""
    active: bool = False
    call: CallNow = CallNow()
    needs: tuple[NeedNow, ...] = ()
    requirements: tuple[RequirementNow, ...] = ()
    last_run: RunDone | None = None
    activators: tuple[Activator, ...] = ()
    """Who can be called to open the point, in the order in which they are rung."""
    services: "tuple[ServiceNow, ...]" = ()
    """What visitors are told of the services."""
    last_approved: Moment | None = None
    """When a test or an outage was last good enough to count."""
    fuel: Value | None = None
    load: Value | None = None
    clock: ClockNow | None = None
    """None: time servers hold the clock, or nobody knows the time; which of them, the head says."""


class Ack(Wire):
    """An appended fact: somebody has seen an alarm. Never overwritten."""

    id: Name
    who: Name
    role: Name
    wall_ms: Ms
    comment: Text = ""


class Alarm(Wire):
    """One alarm. Identity is (site, key, device, raised_run, raised_seq) and survives restarts."""

    key: Name
    device: Name
    raised_run: Name
    raised_seq: Count
    state: AlarmState
    priority: Annotated[int, Meta(ge=1, le=3)]
    raised: Moment
    origin: Origin
    cleared: Moment | None = None
    acks: tuple[Ack, ...] = ()
    detail: Text = ""
    holds: bool = True
    """Does the condition hold now, also while the alarm is shelved, suppressed or out of service?"""
    causes: tuple[Name, ...] = ()
    """The rules that hold it up: an alarm may have several."""
    shelved: "Shelf | None" = None
    """Who laid it aside, or took it out of service, and why."""
    suppressed_by: Text = ""
    """The rule's own reason why the alarm is not raised now (suppression by design), a word of `phrases.toml`."""
    again: Moment | None = None
    """When it last came back before anybody had seen it; None: it has come once."""
    first_out: bool = False
    """The first, or among the first in the same reading, of what followed."""
    chattering: bool = False
    """Came three times within a minute; it now stays until it has been quiet for long."""
    woke: bool = False
    """Somebody was to be woken for it, or for what it belongs to."""


class Shelf(Wire):
    """An alarm laid aside by a person; it comes back by itself. `for_s` 0: out of service, until put back."""

    who: Name
    at: Moment
    for_s: Count
    comment: Text


class Alarms(Wire):
    """All alarms that are not normal; absence means cleared and acknowledged."""

    head: Head
    revision: Count
    alarms: tuple[Alarm, ...]
    flood: bool = False
    """More than ten alarms in ten minutes: only the gravest are notified one by one."""


class ServiceNow(Wire):
    """What a person has declared of one service; `until_ms` is theirs too, never made of fuel.

    In what visitors read, a word that no longer holds is `unknown`, and `until_ms` is never later than the fuel lasts.
    """

    service: Name
    declared: Declared
    until_ms: Ms | None
    declared_at: Moment | None


class NoticeNow(Wire):
    """A local notice, written at the site."""

    id: Name
    sv: Text
    en: Text
    since: Moment
    until_ms: Ms | None


class PublicEvent(Wire):
    """A power event that visitors may see. Identity is (run, seq)."""

    run: Name
    seq: Count
    kind: Event
    at: Moment


class ScreenSaid(Wire):
    """The newest sign of life of a screen, as it counted: what names it cannot have been said before it."""

    boot: Name
    up_ms: Ms


MOST_SCREENS = 16
"""Answered in one picture, those heard last."""


class PublicPicture(Wire):
    """All a visitor may know. No fuel, no names, no alarms."""

    head: Head
    place: Name
    power: Power
    since: Moment | None
    active: bool
    services: tuple[ServiceNow, ...]
    notices: tuple[NoticeNow, ...]
    events: Annotated[tuple[PublicEvent, ...], Meta(max_length=50)]
    period_s: Annotated[float, Meta(gt=0)]
    heartbeat_s: Annotated[float, Meta(gt=0)]
    opening: Opening = Opening.CLOSED
    """Is somebody on the way to open the point as a crisis point?"""
    centre_heard: Moment | None = None
    """When the site last had the centre's broker, which is where bulletins come from; None: not in this run."""
    stay: Stay | None = None
    """Of a unit that can be moved, and with it its place."""
    box_lasts: Lasts | None = None
    """While the box, and the screen with it, runs on a battery; never made of fuel. None: it does not, or not known."""
    screens: Annotated[dict[Name, ScreenSaid], Meta(max_length=MOST_SCREENS)] = {}
    """Screen → the sign of life that this answers: a screen on another computer dates by it what it hears first."""


class KioskStatus(Wire):
    """A screen's sign of life, told by its keeper: that it comes proves the keeper, what it says is of the screen.

    Uptimes of the screen's own computer: how long ago `drawn_up_ms` was is counted on them alone, so no clock is
    needed and the screen may stand on another computer than the gateway.
    """

    screen: Name
    boot: Name
    up_ms: Ms
    drawn_up_ms: Ms | None
    """When the panel last took a frame; None: not since this keeper began."""
    why_not: Text = ""
    """Why there is no frame from just now; empty when there is one."""
    unchecked_ms: Ms | None = None
    """For how long the public source of warnings that was checked longest ago has not been; 0: every check is fresh.
    None: this screen asks none."""

    def __post_init__(self) -> None:
        """Nobody has drawn a frame that is still to come."""
        if self.drawn_up_ms is not None and self.drawn_up_ms > self.up_ms:
            raise ValueError("drawn_up_ms lies after up_ms")


def encode(message: msgspec.Struct) -> bytes:
    """A message as JSON bytes."""
    return msgspec.json.encode(message)


def decode(data: bytes, kind: type[T], limit: int = MAX_MESSAGE) -> T:
    """Bytes, packed or not, as a message of `kind`; raises Refused with one sentence."""
    if len(data) > limit:
        raise Refused(f"{kind.__name__}: {len(data)} bytes, at most {limit} are taken")
    try:
        return msgspec.json.decode(unpack(data, limit), type=kind)
    except Refused as fault:
        raise Refused(f"{kind.__name__}: {fault}") from fault
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise Refused(f"{kind.__name__}: {fault}") from fault
