"""Whom to wake, when, and how often: one judgement for the centre and for a site that has to manage alone.

This is what it thinks in; `waking_step.py` thinks it, `waking_words.py` words it.

What happens is gathered in *matters*: causes of one group and one status (actual, exercise, test), which wake once. A
matter waits for a moment (a dip wakes nobody), then asks the first person; the next after ten minutes, everybody after
thirty, until somebody has acknowledged. It is over when nothing of it has held for a while; whoever was told is then
told so, once. Causes that come and go stay one matter. Facts: reserve power, section 14 (a notification for each dip
gets a sender blocked).
"""

from enum import StrEnum

from msgspec import Struct

from contract.wire import Ms, Name, Wire
from contract.words import Status

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
MAX_MATTERS = 60
MANY = "many"
"""The group of what comes when more matters stand than anybody can look at."""
MOST_GAP_MS = 24 * HOUR_MS
"""The most that is believed of a time between two boots."""
GRAVEST = 1


class Kind(StrEnum):
    """What a message is for."""

    FIRST = "first"
    NEXT = "next"
    """Nobody has acknowledged, so one more is asked."""
    UPDATE = "update"
    REMINDER = "reminder"
    OVER = "over"


ASKING = (Kind.FIRST, Kind.NEXT)


class Unsent(StrEnum):
    """Why an SMS of the site's own did not go out."""

    NO_MANAGER = "no_manager"
    """ModemManager is not there, or does not run."""
    NO_ACCESS = "no_access"
    NO_MODEM = "no_modem"
    SIM_LOCKED = "sim_locked"
    MODEM_FAILED = "modem_failed"
    NOT_READY = "not_ready"
    """It is just being started, or turned off."""
    NO_NETWORK = "no_network"
    NOT_TAKEN = "not_taken"
    NO_ANSWER = "no_answer"
    """Not in time: nobody knows whether it went."""


class WokenAlarm(Wire):
    """Which alarm, by what makes it this very one."""

    key: Name
    device: Name
    raised_run: Name
    raised_seq: Ms


class WakingTaken(Wire):
    """The centre has woken somebody for these alarms of a site, so the site's own people may sleep.

    It holds in this boot of the site, until its own uptime: a message that was long on its way is as old as it is, and
    no wall clock counts. The newest replaces the older; what is not named is not taken.
    """

    site: Name
    boot: Name
    until_up_ms: Ms
    alarms: tuple[WokenAlarm, ...] = ()


class Now(Struct, frozen=True, kw_only=True):
    """The time of a step. `minute` of the local day, None while nobody knows it: then nobody is spared."""

    boot: str
    up_ms: int
    wall_ms: int | None
    minute: int | None


class Person(Struct, frozen=True, kw_only=True):
    """Who can be woken, in the order of the list. `quiet`: minutes of the day from … until, over midnight too.

    `scope`: a site, a municipality (the beginning of its sites' ids), or "" for all.
    """

    id: str
    quiet: tuple[int, int] | None = None
    wants: tuple[Status, ...] = (Status.ACTUAL,)
    scope: str = ""


class Cause(Struct, frozen=True, kw_only=True):
    """What may wake somebody. `since_ms` wall clock; `link`: the page that it leads to, without the server's name."""

    id: str
    group: str
    site: str
    place: str
    sv: str
    en: str
    priority: int
    status: Status = Status.ACTUAL
    since_ms: int | None = None
    link: str = ""
    holds: bool = True


class Asked(Struct, frozen=True, kw_only=True):
    """One person asked in this round. `accepted` None: under way."""

    person: str
    at_ms: int
    accepted: bool | None = None


class Matter(Struct, frozen=True, kw_only=True):
    """Causes that wake together. Times in ms of the state's own axis."""

    number: int
    group: str
    status: Status
    causes: tuple[Cause, ...]
    began_ms: int
    calm_ms: int | None = None
    """Since when nothing of it holds."""
    round: int = 1
    first_ms: int | None = None
    """When this round asked its first person."""
    asked: tuple[Asked, ...] = ()
    got: tuple[str, ...] = ()
    """Whom a message of it has reached."""
    freed: tuple[str, ...] = ()
    """Who was told that it is over."""
    acked_ms: int | None = None
    acked_priority: int = 0
    taken_ms: int | None = None
    """Until when somebody else wakes for it."""
    said_ms: int | None = None
    said: tuple[int, int] = (0, 0)
    """Sites and worst priority, as they were told last."""
    returns: int = 0
    times: int = 1
    ended_ms: int | None = None

    @property
    def active(self) -> bool:
        """Does anything of it hold?"""
        return any(cause.holds for cause in self.causes)

    @property
    def shown(self) -> tuple[Cause, ...]:
        """What is to be told of: what holds, or all of it once nothing does."""
        return tuple(cause for cause in self.causes if cause.holds) or self.causes

    @property
    def worst(self) -> Cause:
        """The gravest, the eldest of several."""
        return min(self.shown, key=lambda cause: cause.priority)

    @property
    def sites(self) -> int:
        """How many sites it is about."""
        return len({cause.site for cause in self.shown})


class Anchor(Struct, frozen=True):
    """A moment by the clocks of a boot, and on the state's own axis."""

    boot: str
    up_ms: int
    wall_ms: int | None
    axis_ms: int


class State(Struct, frozen=True, kw_only=True):
    """What must survive a restart."""

    anchor: Anchor | None = None
    number: int = 0
    matters: tuple[Matter, ...] = ()


class Pace(Struct, frozen=True, kw_only=True):
    """How long and how often. `hold_ms` by priority; `wait_ms`: so long somebody else may take it over first."""

    hold_ms: tuple[int, int, int] = (30_000, 2 * MINUTE_MS, 5 * MINUTE_MS)
    wait_ms: int = 0
    steps_ms: tuple[int, ...] = (0, 10 * MINUTE_MS, 30 * MINUTE_MS)
    again_ms: int = HOUR_MS
    """Between two messages of one matter that ask nobody new; what comes so long after the last wakes anew."""
    retry_ms: int = 5 * MINUTE_MS
    """After which all are asked again, when none could be reached."""
    calm_ms: int = 5 * MINUTE_MS
    kept_ms: int = HOUR_MS
    """So long a matter that is over is remembered: what comes back sooner must be calm for longer."""
    most_causes: int = 40
    """Of one matter. More than there can be at once, else a message names too few sites."""


class Message(Struct, frozen=True, kw_only=True):
    """What to tell whom. `id` is the same when it is made again."""

    id: str
    person: str
    kind: Kind
    matter: Matter


class Raised(Struct, frozen=True):
    """A cause has come, or come again."""

    cause: Cause


class Cleared(Struct, frozen=True):
    """A cause does not hold any more."""

    cause: str


class Acked(Struct, frozen=True):
    """Somebody has acknowledged a cause, wherever."""

    cause: str


class Told(Struct, frozen=True):
    """A message reached its person, or could not."""

    matter: int
    round: int
    person: str
    kind: Kind
    accepted: bool


class Taken(Struct, frozen=True):
    """Somebody else wakes for these causes for so long; for all others nobody else does."""

    causes: tuple[str, ...]
    for_ms: int


class Tick(Struct, frozen=True):
    """Time has passed."""


Event = Raised | Cleared | Acked | Told | Taken | Tick
Step = tuple[State, tuple[Message, ...]]
"""The state, and what is to be sent out."""


def axis_ms(state: State, now: Now) -> int:
    """Now on the state's own axis. Over a restart the wall clock counts, as far as it can be believed."""
    anchor = state.anchor
    if anchor is None:
        return 0
    if anchor.boot == now.boot:
        return anchor.axis_ms + max(0, now.up_ms - anchor.up_ms)
    gap = now.up_ms
    if anchor.wall_ms is not None and now.wall_ms is not None:
        gap = max(gap, min(MOST_GAP_MS, now.wall_ms - anchor.wall_ms))
    return anchor.axis_ms + gap


def taken(state: State) -> dict[str, tuple[str, ...]]:
    """Site → its causes for which somebody was really reached here, as long as their matters are not over."""
    found: dict[str, list[str]] = {}
    for matter in state.matters:
        if matter.ended_ms is None and matter.got:
            for cause in matter.causes:
                if cause.holds:
                    found.setdefault(cause.site, []).append(cause.id)
    return {site: tuple(names) for site, names in found.items()}


def calling(state: State) -> bool:
    """Is anybody being called, and nobody has acknowledged? For a lamp or a buzzer."""
    return any(one.ended_ms is None and one.active and one.asked and one.acked_ms is None for one in state.matters)
