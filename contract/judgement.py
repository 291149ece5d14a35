"""The parts of a site's judgement: what is known of its power, fuel, readiness, runs, call-out and needs.

Times in hours where the name ends in `_h`, seconds in `_s`, litres in `_l`, kilowatts in `_kw`. What is not known is
None. Keys are words of catalogues: `reasons.toml`, `phrases.toml`.
"""

from typing import Annotated, Literal

from msgspec import Meta

from contract.wire import Count, Moment, Ms, Name, Text, Wire
from contract.words import Basis, Clash, NeedKind, NeedState, Opening, Origin, Place, Sot

Share = Annotated[float, Meta(ge=0)]
NoteKey = Annotated[str, Meta(max_length=80)]
"""A key of `notes.toml`; "" where there are no words but those of `detail`."""
Filled = Annotated[dict[Name, Text], Meta(max_length=8)]
"""What is filled into the words of a key."""


class Witness(Wire):
    """One thing that speaks for or against a power state. `doubt_s`: how far off its own time may be.

    `at`: when a person saw it, which may have been in another boot; of instruments `up_ms` says it.
    """

    source: Name
    says: Text
    origin: Origin
    up_ms: Ms
    place: Place | None = None
    doubt_s: Share = 0.0
    at: Moment | None = None


class Contradiction(Wire):
    """Facts that cannot be true together. `detail`: who says yes, then ` | `, then who says no."""

    key: Clash
    detail: Text = ""


class Endurance(Wire):
    """Hours left as an 80 % interval, from what the basis says, counted at `at`.

    `until_ms`: the wall clock at the low bound, None while the clock is not known or nothing is being used.
    """

    low_h: Annotated[float, Meta(ge=0)]
    high_h: float | None
    basis: Name
    at: Moment
    until_ms: Ms | None = None
    usable_l: float | None = None
    rate_lh: float | None = None
    load_kw: float | None = None
    level_up_ms: Ms | None = None
    """Uptime at which the level was last measured."""


class Reported(Wire):
    """A number that a person gave."""

    value: float
    who: Name
    at: Moment


class Reason(Wire):
    """Why the site is not simply ready, a key of `reasons.toml`; `detail` names the thing or the number."""

    key: Name
    detail: Text = ""
    basis: Basis = Basis.MEASURED


class Grounds(Wire):
    """What the verdict on readiness rests on: how many checks were measured, reported, missing."""

    measured: Count = 0
    reported: Count = 0
    missing: Count = 0


class RequirementNow(Wire):
    """One of the five SOT requirements: what somebody declared, what is measured, who answers for it."""

    key: Sot
    declared: bool | None = None
    measured: bool | None = None
    responsible: Text = ""
    confirmed: Moment | None = None
    confirmed_by: Text = ""


class Activator(Wire):
    """Somebody who can be called to open the point, as the settings name them."""

    id: Name
    name: Name
    phone: Text = ""


class AnswerNow(Wire):
    """What a called activator said, or what somebody wrote down of it."""

    activator: Name
    coming: bool
    in_minutes: Count | None
    note: Text
    entered_by: Name
    at: Moment
    lapsed: bool = False
    """Promised, and neither opened nor any step confirmed within the time that was said, and some slack."""


class StepNow(Wire):
    """One step of the site's own checklist. `blocked`: why it cannot be confirmed now, a key of `reasons.toml`.

    Without an approved list the words of an electrical step are those that say whom to ring.
    """

    id: Name
    sv: Text
    en: Text
    """Empty where the site has written no English."""
    electrical: bool = False
    position: Text = ""
    """What the switch must stand at, by the site's own list; confirmed with the step."""
    blocked: Text = ""
    done_by: Text = ""
    done: Moment | None = None
    note: Text = ""


class CallNow(Wire):
    """The call-out and the way to an open point."""

    opening: Opening = Opening.CLOSED
    id: Text = ""
    reason: Text = ""
    by: Text = ""
    since: Moment | None = None
    call_next: Activator | None = None
    """Whom to ring now; None when nobody is left or somebody comes. The gateway itself rings nobody."""
    ring_since: Moment | None = None
    """Since when it is the turn of `call_next`."""
    waiting: Moment | None = None
    """Since when nobody has promised to come; None while somebody has, and when the point is open."""
    resumed: Moment | None = None
    """Stands in for `waiting`, or for the time of a promise, while nobody can tell how long ago that was."""
    unanswered: bool = False
    """Nobody has promised to come within the set time, or nobody is left to ask."""
    answers: tuple[AnswerNow, ...] = ()
    """The last of each activator, newest last."""
    steps: tuple[StepNow, ...] = ()
    approved_by: Text = ""
    """The electrician who approved the electrical steps, with date; empty: there is no approved list."""


class NeedNow(Wire):
    """A need of the village, told to the municipality. Not an emergency call."""

    id: Name
    what: NeedKind
    people: Count | None
    text: Annotated[str, Meta(max_length=300)]
    who: Name
    at: Moment
    state: NeedState = NeedState.SAVED
    run: Name = "-"
    seq: Count = 0
    """The record that carries it: received is proven by the centre's mark over it."""
    read_by: tuple[Name, ...] = ()
    solved_by: Text = ""
    note: Text = ""


class RunDone(Wire):
    """One run of the set, from the first crank to standstill. Loads are while the set carried the site."""

    id: Name
    kind: Literal["test", "outage", "failed", "unknown"]
    """`unknown`: it carried load while nobody saw the mains, so that it may have been a test or an outage."""
    started: Moment
    ended: Moment
    declared: bool = False
    """Told by a person, not seen by instruments."""
    cranks: Count | None = None
    to_voltage_s: Share | None = None
    to_load_s: Share | None = None
    running_s: Share = 0.0
    """Longest unbroken time with voltage, cool-down not counted."""
    loaded_s: Share = 0.0
    """Longest unbroken time at load."""
    at_share_s: Share = 0.0
    """Longest unbroken time at or above the advised share of rated power."""
    turned_s: Share = 0.0
    """All the time that the engine was seen to turn: counts towards its yearly hours."""
    load_min_kw: float | None = None
    load_mean_kw: float | None = None
    load_max_kw: float | None = None
    load_mean_percent: float | None = None
    """The mean as a share of rated power."""
    fuel_l: float | None = None
    battery_min_v: float | None = None
    coolant_end_c: float | None = None
    oil_min_kpa: float | None = None
    alarms: tuple[Name, ...] = ()
    approved: bool = False
    why_not: tuple[Name, ...] = ()
    """Keys of `reasons.toml`."""
    remarks: tuple[Name, ...] = ()
    interrupted: bool = False
    """The box was down or blind during it: its numbers are of what was seen."""
    who: Text = ""
    comment: Text = ""


class TimelineStep(Wire):
    """One line of an outage's timeline: an event, or what a person did. `key`, `params`: what `detail` says, in words
    of `notes.toml`.
    """

    what: Name
    at: Moment
    detail: Text = ""
    who: Text = ""
    key: NoteKey = ""
    params: Filled = {}


class OutageDone(Wire):
    """One outage from the loss of mains until the site was back on them for good: the mains were then steady for
    5 min. The four times make up the whole, as far as it was seen.
    """

    id: Name
    started: Moment
    ended: Moment
    without_power_s: Share = 0.0
    on_reserve_s: Share = 0.0
    on_mains_s: Share = 0.0
    """In between, when they did not stay."""
    unknown_s: Share = 0.0
    returns: Count = 0
    """Times that the mains came back only for a while."""
    interrupted: bool = False
    """The box was down during it."""
    runs: tuple[Name, ...] = ()
    """The runs of the set that ended in it."""
    fuel_l: float | None = None
    """Burnt in these runs; None when of any of them it is not known."""
    steps: tuple[TimelineStep, ...] = ()
    dropped: Count = 0
    """Steps that did not fit."""
