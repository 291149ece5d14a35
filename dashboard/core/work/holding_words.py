"""Who has it, in one sentence; and what was written about it."""

from collections.abc import Iterable

from msgspec import Struct

from dashboard.core.reader import Reader
from dashboard.core.work.ownership import Act, Fact, Holding

SOON_MS = 30 * 60_000
"""Said beforehand that somebody should look again."""


class HoldingRow(Struct, frozen=True, kw_only=True):
    """Who has one site or incident. `role`: bad when the next time has passed, good only when it is looked after.

    `mine`: the reader has it. `rank`: 0 overdue, 1 nobody has it, 2 not confirmed or no next time, 3 looked after.
    """

    subject: str
    revision: int
    owner: str
    mine: bool
    sentence: str
    role: str
    rank: int
    overdue: bool
    soon: bool
    confirmed: bool
    looked_after: bool
    left_ms: int | None
    next: str


class FactRow(Struct, frozen=True, kw_only=True):
    """One thing that somebody did, as a line."""

    number: int
    when: str
    who: str
    what: str
    text: str
    late: bool


def holding_row(held: Holding, reader: Reader, boot: str = "") -> HoldingRow:
    """Who has it, for a reader now. `boot`: of this computer, on whose uptime lengths are counted."""
    left_ms = held.left_ms(reader.now, boot) if held.held else None
    overdue = left_ms is not None and left_ms < 0
    cared = held.confirmed and left_ms is not None and not overdue
    return HoldingRow(
        subject=held.subject, revision=held.revision, owner=held.owner,
        mine=held.held and held.owner == reader.person.name, sentence=_sentence(held, left_ms, reader, boot),
        role="bad" if overdue else "good" if cared else "remark" if held.held else "unknown",
        rank=0 if overdue else 3 if cared else 2 if held.held else 1, overdue=overdue,
        soon=cared and left_ms is not None and left_ms <= SOON_MS, confirmed=held.confirmed, looked_after=cared,
        left_ms=left_ms, next=_next(held, left_ms, reader),
    )  # fmt: skip


def since(held: Holding, reader: Reader, boot: str) -> str:
    """Since when somebody has it: the time of day, else how long ago."""
    if held.since_ms is None and held.boot == boot and boot:
        return reader.t("work_ago", age=reader.age(max(0, reader.now.mono_ms - held.up_ms)))
    return reader.when(held.since_ms)


def _next(held: Holding, left_ms: int | None, reader: Reader) -> str:
    """When the next time is: a time of day, else in how long; "" when there is none."""
    if held.due is None or not held.held:
        return ""
    if left_ms is not None and reader.now.wall_ms is not None:
        return reader.when(reader.now.wall_ms + left_ms)
    if left_ms is not None:
        return reader.t("work_in" if left_ms >= 0 else "work_ago", age=reader.age(abs(left_ms)))
    return reader.when(held.due.next_ms)


def _sentence(held: Holding, left_ms: int | None, reader: Reader, boot: str) -> str:
    when, began = _next(held, left_ms, reader), since(held, reader, boot)
    if not held.held:
        return reader.t("work_done_by", who=held.done, when=began) if held.done else reader.t("work_nobody")
    overdue = left_ms is not None and left_ms < 0
    if held.giver:
        said = reader.t("work_given", who=held.owner, giver=held.giver, since=began)
        return f"{said} {reader.t('work_was_due', when=when)}" if overdue else said
    if left_ms is None:
        return reader.t("work_has_unsure" if when else "work_has_no_time", who=held.owner, since=began, when=when)
    return reader.t("work_overdue" if overdue else "work_has", who=held.owner, since=began, when=when)


def fact_rows(facts: Iterable[Fact], reader: Reader, boot: str = "") -> tuple[FactRow, ...]:
    """What was done, the newest first."""
    return tuple(_fact(one, reader, boot) for one in sorted(facts, key=lambda one: -one.number))


def _fact(one: Fact, reader: Reader, boot: str) -> FactRow:
    told = Holding(subject=one.subject, since_ms=one.wall_ms, boot=one.boot, up_ms=one.up_ms)
    return FactRow(
        number=one.number, when=since(told, reader, boot), who=one.who, what=_what(one, reader), text=one.text,
        late=one.act is Act.LATE,
    )  # fmt: skip


def _what(one: Fact, reader: Reader) -> str:
    due = reader.when(one.next_ms) if one.next_ms is not None else ""
    if not due and one.in_ms is not None:
        due = reader.t("work_in", age=reader.age(max(0, one.in_ms)))
    if one.act is Act.LATE:
        return reader.t(f"work_late_{one.meant}" if one.meant in ("take", "give", "done") else "work_late_take")
    if one.act in (Act.GIVE, Act.HAND_OVER):
        return reader.t(f"work_did_{one.act.value}", to=one.to)
    if one.act is Act.TAKE and due:
        return reader.t("work_did_take_until", when=due)
    if one.act is Act.ACK_ALL:
        return reader.t("work_did_ack_all", n=sum(bool(x.order) for x in one.tried), of=len(one.tried))
    return reader.t(f"work_did_{one.act.value}")
