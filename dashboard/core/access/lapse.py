"""How long ago something was, across restarts and with clocks that may be wrong; and how long a session lasts.

Within one boot only the uptime counts: no step of a clock makes a session older or younger. Across boots the wall clock
counts as far as it is believed, and never for less than this boot has lasted.
"""

from msgspec import Struct

from contract.words import ClockQuality
from dashboard.core.access.people import Role

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
HALF_BELIEVED_MS = 7 * DAY_MS
"""The most that is believed of a time between two boots when not both ends were vouched for: a battery clock that has
stood still, or runs ahead, throws no owner out."""
UNKNOWN_GAP_MS = HOUR_MS
"""What a restart counts for when nobody knows how long it took: so that no clock that stays unknown keeps a session."""


class Instant(Struct, frozen=True):
    """One moment by all clocks. `wall_ms` None: the time was not known."""

    boot: str
    up_ms: int
    wall_ms: int | None
    clock: ClockQuality


class Lasts(Struct, frozen=True):
    """How long a session lasts, in ms: at most, and without anything being done."""

    longest_ms: int
    idle_ms: int


LASTS = {
    Role.VIEWER: Lasts(30 * DAY_MS, 14 * DAY_MS),
    Role.OWNER: Lasts(30 * DAY_MS, 14 * DAY_MS),
    Role.COORDINATOR: Lasts(24 * HOUR_MS, 6 * HOUR_MS),
    Role.ADMINISTRATOR: Lasts(12 * HOUR_MS, 30 * MINUTE_MS),
}
CODE_WAITS_MS = 5 * MINUTE_MS
"""How long the second step of signing in may take."""
TICKET_MS = HOUR_MS
"""How long somebody may take who has opened a link."""
LINK_MS = {"setup": 3 * DAY_MS, "invite": 7 * DAY_MS, "renew": DAY_MS}


def gap_ms(then: Instant, now: Instant) -> int:
    """How much time has gone by, never less than nothing."""
    if then.boot == now.boot:
        return max(0, now.up_ms - then.up_ms)
    if then.wall_ms is None or now.wall_ms is None:
        return now.up_ms + UNKNOWN_GAP_MS
    told = max(now.wall_ms - then.wall_ms, now.up_ms)
    if then.clock is ClockQuality.SYNCED and now.clock is ClockQuality.SYNCED:
        return told
    return min(told, max(HALF_BELIEVED_MS, now.up_ms))


def over(age_ms: int, idle_ms: int, role: Role) -> bool:
    """Has a session ended? `age_ms`: since it began, `idle_ms`: since something was done in it."""
    lasts = LASTS[role]
    return age_ms > lasts.longest_ms or idle_ms > lasts.idle_ms


def worth_writing(idle_ms: int, role: Role) -> bool:
    """Is it time to note that something was done? Not at each page: a card wears with every note."""
    return idle_ms * 60 > LASTS[role].idle_ms
