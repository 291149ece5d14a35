"""Needs of the village, told to the municipality ("Säg till kommunen"). Not an emergency call: that is 112.

A need is never shown further than proven: received by the centre's mark over its record, read and solved by people.
"""

import msgspec

from contract.judgement import NeedNow
from contract.orders import NeedMark, NeedSaid, Order
from contract.words import Event, NeedState, Stream
from gateway.core.facts import Facts
from gateway.core.orders.handling import MAX_NOTE, Done, Refusal, entered_at
from gateway.core.remembered import MAX_NEEDS
from gateway.core.site import Change, Now, Site, remember

MAX_READERS = 10
AT_SITE = "owner-page"
"""What was entered through the site's own page: its reader is not the municipality."""


def say(site: Site, order: Order, what: NeedSaid, _facts: Facts, now: Now) -> Done:
    """Save a need; its record goes up before any sample. The same need twice is one."""
    if any(need.id == what.need for need in site.memory.needs):
        return site, []
    need = NeedNow(
        id=what.need,
        what=what.what,
        people=what.people,
        text=what.text,
        who=order.who,
        at=entered_at(order, now),
        run=now.run,
        # what an order tells is numbered first in its step, and this is the first that it tells
        seq=site.seqs.get(Stream.EVENT, 0) + 1,
    )
    return remember(site, needs=(*_room(site.memory.needs), need)), [_told(Event.NEED_SAID, need)]


def mark(site: Site, order: Order, what: NeedMark, _facts: Facts, _now: Now) -> Done:
    """The municipality has read a need, or somebody has solved it. What is solved stays solved."""
    need = next((one for one in site.memory.needs if one.id == what.need), None)
    if need is None:
        raise Refusal("need_gone")
    if what.state == "read" and order.through == AT_SITE:
        raise Refusal("need_read_by_municipality")
    after = _read(need, order, what) if what.state == "read" else _solved(need, order, what)
    kept = msgspec.structs.replace(after, note=after.note[:MAX_NOTE])
    return with_need(site, kept), [] if after == need else [_told(Event.NEED_CHANGED, after)]


def received(site: Site, run: str, stream: Stream, seq: int) -> Site:
    """The centre's mark covers the records of `run` up to `seq`: needs among them have come to the municipality."""
    if stream is not Stream.EVENT:
        return site
    for need in site.memory.needs:
        if need.state is NeedState.SAVED and need.run == run and 0 < need.seq <= seq:
            site = with_need(site, msgspec.structs.replace(need, state=NeedState.RECEIVED))
    return site


def with_need(site: Site, need: NeedNow) -> Site:
    """The site with a need as it stands now, in the place where it stood."""
    return remember(site, needs=tuple(need if one.id == need.id else one for one in site.memory.needs))


def _room(needs: tuple[NeedNow, ...]) -> tuple[NeedNow, ...]:
    """Solved ones leave first, the oldest of them first; what is not solved never leaves."""
    if len(needs) < MAX_NEEDS:
        return needs
    solved = next((need for need in needs if need.state is NeedState.SOLVED), None)
    if solved is None:
        raise Refusal("needs_full", most=MAX_NEEDS)
    return tuple(need for need in needs if need is not solved)


def _read(need: NeedNow, order: Order, what: NeedMark) -> NeedNow:
    readers = need.read_by if order.who in need.read_by else (*need.read_by, order.who)[:MAX_READERS]
    if need.state is NeedState.SOLVED:
        return msgspec.structs.replace(need, read_by=readers)
    return msgspec.structs.replace(need, read_by=readers, state=NeedState.READ, note=what.note or need.note)


def _solved(need: NeedNow, order: Order, what: NeedMark) -> NeedNow:
    if need.state is NeedState.SOLVED:
        return need
    return msgspec.structs.replace(need, state=NeedState.SOLVED, solved_by=order.who, note=what.note or need.note)


def _told(kind: Event, need: NeedNow) -> Change:
    return Change(kind, {"need": msgspec.to_builtins(need)})
