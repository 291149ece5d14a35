"""What is now (Site), and the time of one step (Now). What never changes is in `facts.py`, what survives a restart in
`remembered.py`. All frozen: a step takes the old site and gives a new one.
"""

from typing import Any

import msgspec

from contract.judgement import Endurance, Grounds, Reason
from contract.messages import Farewell, ScreenSaid, Value
from contract.page import PageWish
from contract.signals import ALARM_PREFIX
from contract.wire import Moment
from contract.words import ClockQuality, Event, Quality, Readiness, Stream
from gateway.core.alarms.watching import Watching
from gateway.core.fuel.reserves import BatteryNow, FuelNow
from gateway.core.power.evidence import Evidence
from gateway.core.readiness.found import Checked
from gateway.core.remembered import MAX_REFUSED, Look, Memory, RunSoFar, keep
from gateway.core.set_words import STOPPING_WORDS

BROKEN = (Quality.SENSOR_FAULT, Quality.OVER_RANGE, Quality.UNDER_RANGE, Quality.BAD_DATA, Quality.IMPLAUSIBLE)
"""Why a value is missing when its sensor is to blame (facts: reserve power, sections 3 and 15)."""


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


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """The end of the box's own battery, as far as it is near. Uptime in ms."""

    farewell: Farewell | None = None
    """What is foretold now; None: nothing."""
    halt: bool = False
    """Is it time to halt the machine?"""
    low_ms: int | None = None
    """Since when the battery has been near its end, before it is told."""
    safe_ms: int | None = None
    """Since when it has not been, before that is told."""
    believed_ms: int | None = None
    """Until when what was foretold first may still come true."""
    lied: bool = False
    """It did not, so that battery foretells nothing until power is back."""


class Stranger(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who speaks as a sensor node and stands in no settings. `count`: messages in this run."""

    board: str
    count: int
    heard_ms: int


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """The site now. `values` by device and signal; `seqs` counts the records of this run per stream."""

    memory: Memory
    values: dict[str, dict[str, Value]] = {}
    polls_failed: dict[str, int] = {}
    seqs: dict[Stream, int] = {}
    watching: Watching = Watching()
    """What the alarms have seen begin."""
    sampled: dict[str, dict[str, Value]] = {}
    sampled_ms: dict[str, tuple[int, int]] = {}
    """device → uptime of the last sample, of the last whole sample"""
    readiness: Readiness = Readiness.UNKNOWN
    reasons: tuple[Reason, ...] = ()
    grounds: Grounds = Grounds()
    checked: Checked = Checked()
    """What the checks of the readiness found last."""
    evidence: Evidence = Evidence()
    endurance: Endurance | None = None
    battery: Endurance | None = None
    fuel: FuelNow = FuelNow()
    """What the hours of fuel rest on, with flags for alarms and readiness."""
    ups: BatteryNow = BatteryNow()
    bounds: dict[str, int] = {}
    """Until when fuel and battery at least last, as last known in this run; the memory follows when it moves."""
    centre_heard: Moment | None = None
    """When the centre's broker last said anything, in this run."""
    screens: dict[str, ScreenSaid] = {}
    """The newest sign of life of each screen, the last heard last."""
    look: Look | None = None
    """The last look at the set in this run of the program."""
    run: RunSoFar | None = None
    """The run of the set as of that look; the memory follows at most once a minute."""
    undated: bool = True
    """May anything of this boot carry no wall time, or one that was wrong?"""
    strangers: dict[str, Stranger] = {}
    ending: Ending = Ending()
    """How near the end of the box's own battery is."""
    store_trouble: bool = False
    """Something could not be written; it waits in memory."""
    page: PageWish | None = None
    """Which certificate the owner's page needs, as it says itself; None: it has said nothing in this run."""
    contested: bool = False
    """The link to the centre ends again and again soon after it was made, as when two boxes have one identity."""


class Change(msgspec.Struct, frozen=True):
    """One thing that happened and must be kept: becomes a record of its stream."""

    kind: Event
    body: dict[str, Any]


def refuse(site: Site, digest: str, change: Change) -> tuple[Site, list[Change]]:
    """Tell that something was refused, unless the same bytes were refused before."""
    if digest in site.memory.refused:
        return site, []
    return remember(site, refused=(*site.memory.refused, digest)[-MAX_REFUSED:]), [change]


def remember(site: Site, **parts: object) -> Site:
    """The site with other parts of its memory."""
    return msgspec.structs.replace(site, memory=keep(site.memory, **parts))


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


COMMON_SHUTDOWN = ALARM_PREFIX + "common-shutdown"


def shut_down(site: Site, controller: str | None) -> bool | None:
    """Has the set shut itself down, or tripped? By the flags of its controller; else by any alarm that says so.

    Without a flag for it a calm list proves nothing: a cause that the list has no name for may have stopped the set.
    """
    flags = [number_of(site, controller, f"controller.{flag}_alarm") for flag in ("shutdown", "trip")]
    known = [bool(flag) for flag in flags if flag is not None]
    if known:
        return any(known)
    values = site.values.get(controller or "", {})
    words = {key: value.value for key, value in values.items() if key.startswith(ALARM_PREFIX)}
    if any(word in STOPPING_WORDS for word in words.values()):
        return True
    return None if words.get(COMMON_SHUTDOWN) is None else False
