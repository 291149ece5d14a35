"""Who has what: facts that are only ever added, and what follows from them now.

Somebody *has* a site or an incident when they took it, or it was given to them. It counts as *looked after* only with a
taker who has said so and a next time that has not passed. Source: that an acknowledged alarm says no more than that
somebody has seen it.
"""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from contract.freshness import Now
from contract.words import ClockQuality

SITE, INCIDENT, SHIFT = "site", "incident", "shift"
"""What a subject begins with: `site:are-kall`, `incident:i-0123456789ab`, `shift:` for what is about all."""


class Act(StrEnum):
    """What somebody did. `late`: somebody else was first; it changed nothing, and is kept."""

    TAKE = "take"
    GIVE = "give"
    NOTE = "note"
    DONE = "done"
    LATE = "late"
    ACK_ALL = "ack_all"
    HAND_OVER = "hand_over"


OWNS = (Act.TAKE, Act.GIVE, Act.DONE)
"""These decide who has it; the rest stands beside."""


class AckTried(Struct, frozen=True, kw_only=True):
    """One alarm of many that were acknowledged in one press. `order` "" and `fault` says why it was not."""

    site: str
    alarm: str
    order: str = ""
    fault: str = ""


class Fact(Struct, frozen=True, kw_only=True):
    """One thing that somebody did, by this computer's clocks. `number`: order in the store, 0 until it is there.

    `next_ms`: when it is to be looked at again, ms UTC. `in_ms`: so long after this, where it was said like that: it
    holds by the uptime also while nobody knows the time. `meant`: what one that came too late wanted.
    """

    id: str
    subject: str
    act: Act
    who: str
    role: str
    boot: str
    up_ms: int
    wall_ms: int | None
    clock: ClockQuality
    number: int = 0
    to: str = ""
    next_ms: int | None = None
    in_ms: int | None = None
    text: str = ""
    meant: str = ""
    tried: tuple[AckTried, ...] = ()


class Holding(Struct, frozen=True, kw_only=True):
    """Who has one site or incident. `revision`: the number of the fact that decided it, 0 while nobody ever had it.

    `giver`: who gave it, until the one who got it has taken it. `done`: who said last that nothing is left to do.
    `boot`, `up_ms`: the moment of that fact. `due`: the fact that set the next time.
    """

    subject: str
    revision: int = 0
    owner: str = ""
    since_ms: int | None = None
    boot: str = ""
    up_ms: int = 0
    giver: str = ""
    due: Fact | None = None
    done: str = ""

    @property
    def held(self) -> bool:
        """Has anybody got it?"""
        return bool(self.owner)

    @property
    def confirmed(self) -> bool:
        """Has the one who has it said so?"""
        return self.held and not self.giver

    def left_ms(self, now: Now, boot: str) -> int | None:
        """How long until the next time, negative when it has passed; None without one, or when nobody can tell.

        What was said as a length is counted on the uptime while this computer's boot lasts.
        """
        due = self.due
        if due is None:
            return None
        if due.in_ms is not None and due.boot == boot:
            return due.up_ms + due.in_ms - now.mono_ms
        return None if due.next_ms is None or now.wall_ms is None else due.next_ms - now.wall_ms


class Wanted(Struct, frozen=True, kw_only=True):
    """What somebody wants to do. `saw`: the revision that their page showed; `over`: take it from whoever has it."""

    act: Act
    saw: int
    to: str = ""
    next_ms: int | None = None
    in_ms: int | None = None
    text: str = ""
    over: bool = False


def holding(subject: str, facts: Iterable[Fact]) -> Holding:
    """Who has it after these facts, in the order of the store."""
    told = Holding(subject=subject)
    for fact in facts:
        told = _after(told, fact)
    return told


def _after(told: Holding, fact: Fact) -> Holding:
    if fact.act not in OWNS:
        return told
    new = Holding(
        subject=told.subject, revision=fact.number, since_ms=fact.wall_ms, boot=fact.boot, up_ms=fact.up_ms
    )  # fmt: skip
    timed = fact if fact.next_ms is not None or fact.in_ms is not None else None
    if fact.act is Act.TAKE:
        return replace(new, owner=fact.who, due=timed)
    if fact.act is Act.GIVE:
        return replace(new, owner=fact.to, giver=fact.who, due=timed or told.due)
    return replace(new, done=fact.who)


def too_late(held: Holding, wanted: Wanted, who: str) -> bool:
    """Has somebody else decided it since the page was drawn? Notes are never too late, nor is who has it already.

    With `over` it is taken from whoever was seen to have it, and from nobody else.
    """
    if wanted.act not in OWNS:
        return False
    if held.revision != wanted.saw:
        return not (wanted.act is not Act.GIVE and held.owner == who)
    return wanted.act is not Act.GIVE and held.held and held.owner != who and not wanted.over


def same(before: Fact, now: Fact) -> bool:
    """Do both mean one press, so that one key may stand for both? What is told in times moves with the sending."""
    return _meant(before) == _meant(now)


def _meant(one: Fact) -> tuple[str, ...]:
    return one.who, one.meant or one.act.value, one.to, one.text


def decided(held: Holding, wanted: Wanted, blank: Fact) -> Fact:
    """The fact that comes of it. `blank`: who and when. What comes too late changes nothing and is kept."""
    late = too_late(held, wanted, blank.who)
    return replace(
        blank, act=Act.LATE if late else wanted.act, to=wanted.to, next_ms=wanted.next_ms, in_ms=wanted.in_ms,
        text=wanted.text, meant=wanted.act.value if late else "",
    )  # fmt: skip
