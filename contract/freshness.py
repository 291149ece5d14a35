"""How old is what we hold, and may it still be shown as now? Judged by the reader, never sent.

Age is counted on the sender's uptime as long as its operating system has not restarted since, so no wall clock is
needed: the sender repeats its uptime in every message. Only when that road is closed (nothing heard live yet, or
another boot) the wall clocks are compared, and only if both can be believed. Otherwise the age is None: unknown.
"""

from msgspec import Struct

from contract.dating import STEP_MS
from contract.judgement import Endurance
from contract.messages import Head
from contract.wire import Moment
from contract.words import ClockQuality, Freshness, Power

STALE_PERIODS = 3
LOST_HEARTBEATS = 3
DECLARATION_HOLDS_MS = 4 * 3600 * 1000
"""In an outage, and where no clock can judge its hours, what was declared of a service longer ago says nothing."""
LONGEST_WAY_MS = 24 * 3600 * 1000
"""No broker stands still for longer with a word of a site in it, and nobody notices."""
DRIFT = 0.0002
"""How far two crystal clocks may run apart, generously (200 ppm)."""
ROUNDED_MS = 1
"""What the whole milliseconds of two clocks may hide, in each message."""
SLOWER = 0.9
"""Of the stated consumption: what the site may have used in silence at the low end, when its load fell."""


class Now(Struct, frozen=True):
    """The reader's time: its own monotonic clock (ms) and its wall clock."""

    mono_ms: int
    wall_ms: int | None
    clock: ClockQuality


class Contact(Struct, frozen=True):
    """The newest live (not retained) word of a site, and the reader's own time at which it was said at the latest.

    That is when it came, unless it is known to have been held up on its way (`heard`).
    """

    boot: str
    up_ms: int
    mono_ms: int

    @classmethod
    def of(cls, head: Head, mono_ms: int) -> "Contact":
        """Contact made by a live message, of which nothing came before."""
        return cls(head.boot, head.up_ms, mono_ms)


def heard(was: Contact | None, head: Head, mono_ms: int, own_boot: str = "") -> Contact:
    """The contact after a live message that came at `mono_ms`, the reader's own time.

    A message that lay in a queue makes nothing younger: what the site's clock must show by now is known from what came
    before, so the message was said so much earlier as its uptime lies behind. `own_boot`: the boot on whose uptime the
    reader counts; a site that counts on the same one dates its words exactly.
    """
    if head.boot == own_boot and head.up_ms <= mono_ms:
        newest = head.up_ms if was is None or was.boot != own_boot else max(head.up_ms, was.up_ms)
        return Contact(own_boot, newest, newest)
    if was is None or was.boot != head.boot:
        return Contact.of(head, mono_ms)
    if head.up_ms <= was.up_ms:
        return was
    # counted on the site's time between the two, so that a whole queue that comes at once gains no more than its clocks
    since = head.up_ms - was.up_ms
    return Contact(head.boot, head.up_ms, min(mono_ms, was.mono_ms + since + int(since * DRIFT) + ROUNDED_MS))


def proven(
    was: Contact | None, head: Head, mono_ms: int, own_boot: str, said_after_ms: int | None
) -> Contact | None:  # fmt: skip
    """The contact of a reader that believes no first word: it may have lain in a frozen broker for any time.

    `said_after_ms`: a question of the reader's that the message answers, on the reader's own time; so it was said after
    that. None: it answers none. Then only what follows a known word of the same boot, or counts on `own_boot`, is
    dated; after anything else the contact stays as it was.
    """
    exact = head.boot == own_boot and head.up_ms <= mono_ms
    if exact or (was is not None and was.boot == head.boot):
        contact = heard(was, head, mono_ms, own_boot)
    elif said_after_ms is None:
        return was
    else:
        return Contact(head.boot, head.up_ms, min(said_after_ms, mono_ms))
    if exact or said_after_ms is None or contact.up_ms != head.up_ms or contact.mono_ms >= said_after_ms:
        return contact
    return Contact(head.boot, head.up_ms, min(said_after_ms, mono_ms))


def way_ms(head: Head, wall_ms: int | None, clock: ClockQuality) -> int:
    """How long a message that came just now was under way, by clocks that time servers hold at both ends, in ms.

    0 where there are none, or where they say the same; or something that no way can be, so that one of them is wrong.
    """
    if head.wall_ms is None or wall_ms is None or {head.clock, clock} != {ClockQuality.SYNCED}:
        return 0
    way = wall_ms - head.wall_ms
    return way if STEP_MS < way <= LONGEST_WAY_MS else 0


def age_ms(moment: Moment, contact: Contact | None, now: Now) -> int | None:
    """How long ago `moment` was, in ms; None when nobody can tell."""
    if contact is not None and contact.boot == moment.boot:
        return max(0, contact.up_ms - moment.up_ms + now.mono_ms - contact.mono_ms)
    if moment.wall_ms is None or now.wall_ms is None:
        return None
    if ClockQuality.UNSYNCED in (moment.clock, now.clock):
        return None
    age = now.wall_ms - moment.wall_ms
    return age if age >= 0 else None


def silence_ms(contact: Contact | None, now: Now) -> int | None:
    """How long ago the site said its newest word; None when it was never heard live."""
    return None if contact is None else max(0, now.mono_ms - contact.mono_ms)


def limit_ms(period_s: float, told_every_s: float = 0.0) -> int:
    """Older than this is stale: three periods, and the time between two words that it still holds.

    `told_every_s`: the heartbeat, where only what moves is told (`contract/vouching.py`); 0 where all comes by itself.
    """
    return int((STALE_PERIODS * max(period_s, 0.001) + told_every_s) * 1000)


def judge(
    age: int | None, period_s: float, heartbeat_s: float, silence: int | None, told_every_s: float = 0.0
) -> Freshness:
    """Fresh, stale (older than its limit) or unknown (no age, or silent for three heartbeats)."""
    if age is None or silence is None or silence > LOST_HEARTBEATS * heartbeat_s * 1000:
        return Freshness.UNKNOWN
    return Freshness.FRESH if age <= limit_ms(period_s, told_every_s) else Freshness.STALE


def hours_left(endurance: Endurance, power: Power, age: int | None) -> tuple[float, float | None] | None:
    """The interval counted down by its age while the set carries the site; None when the age is unknown.

    The low end falls as time goes, so that its clock time stays where the site has put it: the site's interval holds
    what the load may become. The high end falls slower, for nobody has seen the load since: the interval widens.
    """
    if power not in (Power.ON_RESERVE, Power.RETURNING):
        return endurance.low_h, endurance.high_h
    if age is None:
        return None
    gone = age / 3_600_000
    high = None if endurance.high_h is None else max(0.0, endurance.high_h - SLOWER * gone)
    return max(0.0, endurance.low_h - gone), high
