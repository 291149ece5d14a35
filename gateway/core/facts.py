"""The site as its settings describe it: what never changes while the program runs.

Power in kW, volumes in litres, lengths in cm, times in seconds, days or hours as the name says.
"""

from functools import cached_property
from typing import Literal

import msgspec

from contract import vouching
from contract.judgement import Activator
from contract.words import Connection, Place, Sot, Status

BOX = "box"
"""Name and kind of the gateway's own computer among the devices; no witness of the plant."""


class DeviceFacts(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One device as configured. `place` is where a voltage is seen that it tells of; periods in seconds."""

    name: str
    profile: str
    title: str
    kind: str
    """generator_controller · meter · ups · transfer_switch · node · box"""
    place: Place | None
    poll_every_s: float
    slow_every_s: float
    signals: dict[str, tuple[str, float, bool]]
    """key → unit, period in seconds, experimental"""
    poll_active_every_s: float | None = None
    """The first period while something moves at the site; None: the same."""

    @cached_property
    def vouched(self) -> frozenset[str]:
        """Signals of which a heartbeat may say that they still hold, or that they have moved."""
        return frozenset(key for key, (_, period_s, _) in self.signals.items() if vouching.can_vouch(key, period_s))


class TankFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The set's own tank. `litres` 0: nobody knows."""

    litres: float = 0.0
    dead_percent: float = 5.0
    """Of the volume: cannot be drawn."""
    shape: Literal["rectangular", "lying_cylinder", "table"] = "rectangular"
    height_cm: float | None = None
    """Inner height; for a lying cylinder the diameter. Needed for a dipstick and for `table`."""
    ends: Literal["flat", "dished"] = "flat"
    table: tuple[tuple[float, float], ...] = ()
    """Strapping table: (cm, litres), rising."""
    gauge: Literal["volume", "height"] = "volume"
    """What a percent of the sender is a percent of."""
    fuel: Literal["diesel", "hvo"] = "diesel"
    minimum_h: float = 24.0
    """Hours that must at least be there for the site to be ready."""
    delivery_h: float = 0.0
    """How long it takes to get fuel: warnings come that much earlier."""


class SetFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The generator set."""

    rated_kw: float = 50.0
    design_load_kw: float = 15.0
    consumption: tuple[tuple[float, float], ...] = ()
    """(kW, L/h) of the maker's data sheet, rising; empty: the pooled line."""
    rating: Literal["ESP", "LTP", "PRP", "COP"] | None = None
    heater: bool = True
    """Has it a coolant heater?"""
    battery_v: Literal[12, 24] | None = None
    """Nominal; None: told from its voltage."""
    start_within_s: float = 90.0
    """From the order to start until it runs (facts: reserve power, section 4)."""
    return_within_s: float = 1500.0
    """From the return of the mains until the load is back on them; return delay + 10 min."""


class RunFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a test run must be at this site to count."""

    every_days: float = 31.0
    minutes: float = 30.0
    load_percent: float = 30.0
    load_required: bool = False
    """False: the share is advice, for a shop that cannot reach it."""


class UpsFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The UPS or battery, as far as its own words do not say it."""

    points: tuple[tuple[float, float], ...] = ()
    """Two points of the data sheet: (load in % of the UPS, minutes)."""
    chemistry: Literal["lead", "lfp"] = "lead"
    discharge_tested: str | None = None
    """Date of the last discharge test, YYYY-MM-DD."""
    installed: str | None = None
    """Date of its batteries, YYYY-MM-DD."""


class LastWordsFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The battery that the box itself hangs on, and what is said and done when it ends. Minutes of its low bound."""

    battery: Literal["auto", "own", "ups", "none"] = "auto"
    """`own`: a UPS board that the kernel knows; `ups`: the site's UPS; `auto`: the first of them that there is."""
    battery_minutes: float | None = None
    """How long a full one of its own carries the box, where it does not tell itself."""
    say_below_min: float = 10.0
    halt_below_min: float = 5.0
    halts: bool = False
    """Does anything start the machine again by itself when power is back?"""


class StepFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the checklist, in the site's own words."""

    id: str
    sv: str
    en: str = ""
    electrical: bool = False
    position: str = ""
    """Where the switch must stand, confirmed with this step."""


class CallFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Who opens the point, and how."""

    activators: tuple[Activator, ...] = ()
    """In the order in which they are rung."""
    answer_within_s: float = 900.0
    next_after_s: float = 300.0
    """So long before the next one is rung."""
    approved_by: str = ""
    approved_on: str = ""
    """Electrician and date, YYYY-MM-DD, of the electrical steps."""
    steps: tuple[StepFacts, ...] = ()


class MovableFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that can be moved stands here only for a while. Wall clock, ms."""

    from_ms: int
    until_ms: int


Setting = Literal["start_within_s", "return_within_s", "activate_within_s"]
"""A time that the site's own settings say."""


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a condition becomes an alarm, and when it is gone. Times in seconds, limits in the unit of the fact.

    Exactly one of `is_`, `below` and `above` is the condition. All other names are of facts (`alarm_facts.py`).
    """

    fact: str
    """Name of a fact, or a signal of the device (with a dot in it)."""
    of: Literal["site", "controller", "wired", "node", "box", "every", "reported"] = "site"
    """Which devices it is asked of: the set's controller, all but nodes and box, …; `reported`: whoever names it."""
    device: str = ""
    """Only of the one with this name."""
    alarm: str = ""
    """Key of the alarm, where it is not the rule's own name: one alarm may have several rules."""
    is_: bool | None = msgspec.field(default=None, name="is")
    below: float | None = None
    above: float | None = None
    clear: float | None = None
    """Once raised, it holds until the fact is back at this (hysteresis)."""
    plus: Literal["", "delivery_h"] = ""
    """A setting that moves both limits."""
    when: tuple[str, ...] = ()
    """Only while all of these are true; where one is false there is nothing to complain of."""
    blind: tuple[str, ...] = ()
    """While one of these is true the fact says nothing: time stands still for this rule."""
    suppress: tuple[str, ...] = ()
    """While one of these is true the alarm is listed as suppressed by design, and nobody is woken."""
    until: str = ""
    """Once raised, it holds until this is true."""
    latch: bool = False
    """Holds until somebody has acknowledged the alarm, also when the condition is gone."""
    on_delay_s: float | Setting = 0.0
    on_delay_manual_s: float | Setting | None = None
    """At a site that is connected by hand."""
    off_delay_s: float = 0.0
    priority: int | None = None
    """Instead of the catalogue's."""
    priority_when: dict[str, int] = {}
    """fact → priority while it is true; the first one counts."""
    mild_when: dict[str, int] = {}
    """fact → no graver than this while it is true."""
    always_wakes: bool = False
    """Never held back because somebody was woken shortly before."""
    detail: str = ""
    """A fact or signal to show instead of the fact itself."""
    unit: str = ""

    def __post_init__(self) -> None:
        """A rule that cannot be meant is refused."""
        if sum(one is not None for one in (self.is_, self.below, self.above)) != 1:
            raise ValueError(f"{self.fact}: exactly one of is, below and above")
        limit = self.below if self.below is not None else self.above
        if self.clear is None:
            return
        if limit is None or self.clear == limit or (self.clear > limit) is (self.below is None):
            raise ValueError(f"{self.fact}: clear {self.clear} must lie on the good side of the limit")


class PlaceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A named place that a node watches: outside `below` … `above` for so long is an alarm. `food`: it has a log."""

    device: str
    signal: str
    title: str
    above: float | None
    below: float | None
    for_s: float
    every_s: float
    """So often it is read when all is calm."""
    food: bool

    def out(self, number: float) -> bool:
        """Is that beyond a limit?"""
        return (self.above is not None and number > self.above) or (self.below is not None and number < self.below)


class NodeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One sensor node as configured."""

    name: str
    silent_after_s: float
    """Without a word for so long it is silent, unless it has said that it sleeps."""
    channels: dict[int, tuple[str, int, str]]
    """Number on the wire → signal, how many of it make one, kind of the signal"""
    places: tuple[PlaceFacts, ...] = ()


class WakePerson(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the site wakes itself. `quiet`: minutes of the local day, from … until."""

    name: str
    phone: str
    quiet: tuple[int, int] | None = None
    exercises: bool = False


class WakeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """How the site wakes its own people. `centre`: there is one, which may take it over within `centre_within_s`."""

    people: tuple[WakePerson, ...] = ()
    centre: bool = False
    centre_within_s: float = 120.0
    timezone: str = "Europe/Stockholm"
    lamp: bool = False


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """The site as configured."""

    site: str
    place: str
    connection: Connection
    status: Status
    simulated: bool
    version: str
    devices: tuple[DeviceFacts, ...]
    controller: str | None
    set: SetFacts = SetFacts()
    tank: TankFacts = TankFacts()
    run: RunFacts = RunFacts()
    ups: UpsFacts = UpsFacts()
    call: CallFacts = CallFacts()
    last_words: LastWordsFacts = LastWordsFacts()
    wake: WakeFacts | None = None
    """None: this site wakes nobody by itself."""
    movable: MovableFacts | None = None
    responsible: dict[Sot, str] = {}
    """Who answers for each of the five SOT requirements."""
    screens: int = 0
    """How many screens must show signs of life."""
    bulletin_keys: frozenset[str] = frozenset()
    """Ids of the keys whose bulletins may stand on a screen."""
    activate_within_s: float = 900.0
    heartbeat_s: float = 300.0
    heartbeat_active_s: float = 60.0
    picture_every_s: float = 10.0
    sample_every_s: float = 3600.0
    sample_active_every_s: float = 60.0
    snapshot_every_s: float = 43_200.0
    snapshot_active_every_s: float = 900.0
    nodes: tuple[NodeFacts, ...] = ()
    """The sensor nodes among the devices."""
    rules: dict[str, Rule] = {}
