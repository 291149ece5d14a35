"""How a site was fed, stretch by stretch, from its records. Time of which nobody knows is a stretch of its own.

The last state is never drawn on: it holds as long as its run of the gateway told everything (`knowledge`), and the
next run begins with what its own first event says that it was before.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from contract.words import Event, Power
from dashboard.core.site.knowledge import Span

NOBODY = "nobody_knows"
"""No records, no contact, a restart: nobody knows how it was."""
UNSTABLE = "unstable"
"""The mains came and went, told as one thing."""
POWER_KINDS = (
    Event.POWER_CHANGED, Event.MAINS_LOST, Event.ENGINE_STARTING, Event.ENGINE_WARMING, Event.ENGINE_RUNNING,
    Event.ON_RESERVE, Event.MAINS_BACK, Event.MAINS_UNSTABLE, Event.MAINS_SETTLED, Event.BACK_ON_MAINS,
    Event.ENGINE_COOLING, Event.ENGINE_STOPPED,
)  # fmt: skip
"""Events that carry the power state."""
GRAVEST = (
    Power.DEAD, Power.ON_RESERVE, Power.ON_BATTERY, Power.STARTING, Power.RETURNING, UNSTABLE, Power.UNKNOWN, NOBODY,
    Power.ON_MAINS,
)  # fmt: skip
"""What is shown where one narrow column holds several: a short outage never vanishes beside a long calm."""
SEEN_SHARE = 0.25
"""So much of a column must be without knowledge to be drawn so; the list beneath names every stretch."""
QUIET = (Power.UNKNOWN, NOBODY)


class Told(Struct, frozen=True, kw_only=True):
    """One event that carries the power state. `frame`: exercise, test or simulated, "" when it was meant for real."""

    wall_ms: int
    kind: str
    power: Power
    was: Power
    frame: str = ""


class Now(Struct, frozen=True, kw_only=True):
    """What the site says of itself at this moment, heard live. `since_ms` None: not known since when."""

    power: Power
    since_ms: int | None
    until_ms: int
    frame: str = ""


class Stretch(Struct, frozen=True, kw_only=True):
    """A time in one state: a word of Power, NOBODY or UNSTABLE."""

    from_ms: int
    until_ms: int
    state: str
    frame: str = ""

    @property
    def long_ms(self) -> int:
        """How long."""
        return self.until_ms - self.from_ms


def stretches(
    told: Sequence[Told],
    known: Sequence[Span],
    begin_ms: int,
    end_ms: int,
    *,
    holes: Sequence[Span] = (),
    now: Now | None = None,
) -> list[Stretch]:
    """All of begin…end without a hole, in order. `told`: in order of time, from before `begin_ms` too."""
    times = [one.wall_ms for one in told]
    ends_of_holes = {hole.until_ms for hole in holes}
    found: list[Stretch] = []
    for span in known:
        if span.until_ms <= begin_ms or span.from_ms >= end_ms:
            continue
        inside = told[bisect_left(times, span.from_ms) : bisect_right(times, span.until_ms)]
        before = told[: bisect_left(times, span.from_ms)]
        found += _of_span(span, inside, None if span.from_ms in ends_of_holes else before[-1:])
    whole = _filled(found, begin_ms, end_ms)
    return _joined(_present(whole, now, begin_ms, end_ms) if now is not None else whole)


def _of_span(span: Span, inside: Sequence[Told], before: Sequence[Told] | None) -> list[Stretch]:
    """The stretches of a time known in full. `before`: what was told last before it; None: something is missing."""
    if inside:
        first = inside[0]
        state, frame = str(first.was), first.frame
    elif before:
        state, frame = _state(before[-1]), before[-1].frame
    else:
        state, frame = NOBODY, ""
    found, at = [], span.from_ms
    unsteady = False
    for one in inside:
        found.append(Stretch(from_ms=at, until_ms=one.wall_ms, state=state, frame=frame))
        unsteady = (unsteady or one.kind == Event.MAINS_UNSTABLE) and one.kind != Event.MAINS_SETTLED
        state, at, frame = UNSTABLE if unsteady else str(one.power), one.wall_ms, one.frame
    return [*found, Stretch(from_ms=at, until_ms=span.until_ms, state=state, frame=frame)]


def _state(one: Told) -> str:
    return UNSTABLE if one.kind == Event.MAINS_UNSTABLE else str(one.power)


def _filled(found: list[Stretch], begin_ms: int, end_ms: int) -> list[Stretch]:
    """Cut to begin…end, and what lies between is known by nobody."""
    whole, at = [], begin_ms
    for one in sorted(found, key=lambda stretch: (stretch.from_ms, stretch.until_ms)):
        begin, end = max(one.from_ms, at), min(one.until_ms, end_ms)
        if begin >= end:
            continue
        if begin > at:
            whole.append(Stretch(from_ms=at, until_ms=begin, state=NOBODY))
        whole.append(replace(one, from_ms=begin, until_ms=end))
        at = end
    if at < end_ms:
        whole.append(Stretch(from_ms=at, until_ms=end_ms, state=NOBODY))
    return whole


def _present(whole: list[Stretch], now: Now, begin_ms: int, end_ms: int) -> list[Stretch]:
    """What the site says now outweighs records that have not come yet, since when it says so and no longer."""
    since = None if now.since_ms is None else max(begin_ms, now.since_ms)
    until = min(now.until_ms, end_ms)
    if since is None or since >= until:
        return whole
    kept = [replace(one, until_ms=min(one.until_ms, since)) for one in whole if one.from_ms < since]
    kept.append(Stretch(from_ms=since, until_ms=until, state=str(now.power), frame=now.frame))
    return [*kept, Stretch(from_ms=until, until_ms=end_ms, state=NOBODY)] if until < end_ms else kept


def _joined(whole: list[Stretch]) -> list[Stretch]:
    """Neighbours of one state are one stretch; what has no length is none."""
    joined: list[Stretch] = []
    for one in whole:
        if one.long_ms <= 0:
            continue
        if joined and (joined[-1].state, joined[-1].frame) == (one.state, one.frame):
            joined[-1] = replace(joined[-1], until_ms=one.until_ms)
        else:
            joined.append(one)
    return joined


def totals(whole: Sequence[Stretch]) -> dict[str, int]:
    """How long in each state, ms, the gravest first."""
    sums: dict[str, int] = {}
    for one in whole:
        sums[one.state] = sums.get(one.state, 0) + one.long_ms
    return {str(state): sums[state] for state in GRAVEST if state in sums}


def columns(whole: Sequence[Stretch], begin_ms: int, end_ms: int, count: int) -> list[Stretch]:
    """The same drawn in `count` columns of one width, joined: in each the gravest state that is in it."""
    if not whole or end_ms <= begin_ms:
        return []
    width = (end_ms - begin_ms) / count
    found, place = [], 0
    for number in range(count):
        left, right = begin_ms + number * width, begin_ms + (number + 1) * width
        while place < len(whole) - 1 and whole[place].until_ms <= left:
            place += 1
        chosen = _gravest(whole, place, left, right)
        found.append(replace(chosen, from_ms=round(left), until_ms=round(right)))
    return _joined(found)


def _gravest(whole: Sequence[Stretch], place: int, left: float, right: float) -> Stretch:
    shares: dict[str, float] = {}
    first: dict[str, Stretch] = {}
    while place < len(whole) and whole[place].from_ms < right:
        one = whole[place]
        share = (min(one.until_ms, right) - max(one.from_ms, left)) / (right - left)
        shares[one.state] = shares.get(one.state, 0.0) + share
        first.setdefault(one.state, one)
        place += 1
    for state in GRAVEST:
        if state in shares and (state not in QUIET or shares[state] >= SEEN_SHARE):
            return first[state]
    return first[max(shares, key=lambda state: shares[state])]
