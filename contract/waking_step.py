"""One step of waking: state in, an event in, state and what to send out. Time is an argument (`waking.py`)."""

from collections.abc import Iterable

from msgspec.structs import replace

from contract.waking import (
    ASKING,
    GRAVEST,
    HOUR_MS,
    MANY,
    MAX_MATTERS,
    Acked,
    Anchor,
    Asked,
    Cause,
    Cleared,
    Event,
    Kind,
    Matter,
    Message,
    Now,
    Pace,
    Person,
    Raised,
    State,
    Step,
    Taken,
    Tick,
    Told,
    axis_ms,
)


def step(state: State, event: Event, people: tuple[Person, ...], pace: Pace, now: Now) -> Step:
    """One step: the event is taken in, and time has passed. The very same state where nothing came of it."""
    return look(take(state, event, pace, now), people, pace, now)


def take(state: State, event: Event, pace: Pace, now: Now) -> State:
    """The event is taken in, and nobody is told yet: of many that came at once the messages then tell of all."""
    at_ms = axis_ms(state, now)
    matters = _taken_in(state, event, pace, at_ms)
    if matters == state.matters:
        return state
    number = state.number + (len(matters) > len(state.matters))
    return State(anchor=Anchor(now.boot, now.up_ms, now.wall_ms, at_ms), number=number, matters=matters)


def look(state: State, people: tuple[Person, ...], pace: Pace, now: Now) -> Step:
    """Time has passed: who is to be told what. The very same state where nothing came of it."""
    at_ms = axis_ms(state, now)
    after, messages = [], list[Message]()
    for matter in state.matters:
        moved, told = _Round(matter, people, pace, at_ms, now.minute).go()
        messages += told
        if moved.ended_ms is None or at_ms - moved.ended_ms < pace.kept_ms:
            after.append(moved)
    new = tuple(after)
    moved_boot = state.anchor is None or state.anchor.boot != now.boot
    if new == state.matters and not (moved_boot and new):
        return state, ()
    anchor = Anchor(now.boot, now.up_ms, now.wall_ms, at_ms)
    return State(anchor=anchor, number=state.number, matters=new), tuple(messages)


def _taken_in(state: State, event: Event, pace: Pace, at_ms: int) -> tuple[Matter, ...]:
    if isinstance(event, Raised):
        return _raised(state, event.cause, pace, at_ms)
    if isinstance(event, Tick):
        return state.matters
    return tuple(_changed(matter, event, at_ms) for matter in state.matters)


def _changed(matter: Matter, event: Event, at_ms: int) -> Matter:
    """One matter after what happened to its causes or its messages."""
    ids = {cause.id for cause in matter.causes}
    if isinstance(event, Told):
        return _told(matter, event) if event.matter == matter.number else matter
    if isinstance(event, Taken):
        ours = all(cause.id in event.causes for cause in matter.causes if cause.holds)
        return replace(matter, taken_ms=at_ms + event.for_ms if ours and matter.active else None)
    if isinstance(event, Cleared) and event.cause in ids:
        causes = tuple(replace(one, holds=one.holds and one.id != event.cause) for one in matter.causes)
        return replace(matter, causes=causes)
    if isinstance(event, Acked) and event.cause in ids and matter.acked_ms is None and matter.ended_ms is None:
        return replace(matter, acked_ms=at_ms, acked_priority=matter.worst.priority)
    return matter


def _told(matter: Matter, told: Told) -> Matter:
    asked = matter.asked
    if told.kind in ASKING and told.round == matter.round:
        asked = tuple(replace(one, accepted=told.accepted) if one.person == told.person else one for one in asked)
    got = matter.got
    if told.accepted and told.kind is not Kind.OVER and told.person not in got:
        got = (*got, told.person)
    return replace(matter, asked=asked, got=got)


def _raised(state: State, cause: Cause, pace: Pace, at_ms: int) -> tuple[Matter, ...]:
    """The cause joins the matter of its group, or begins one."""
    known = [one for one in state.matters if cause.id in {held.id for held in one.causes} and one.ended_ms is None]
    full = sum(one.ended_ms is None for one in state.matters) >= MAX_MATTERS
    groups = (cause.group, MANY) if full else (cause.group,)
    same = [one for one in state.matters if one.group in groups and one.status is cause.status]
    joined = next((one for one in known or reversed(same) if one.ended_ms is None), None)
    if joined is not None:
        return tuple(_joined(one, cause, pace, at_ms) if one is joined else one for one in state.matters)
    before = max((one.returns for one in same), default=-1)
    begun = Matter(
        number=state.number + 1, group=groups[-1], status=cause.status, causes=(cause,), began_ms=at_ms,
        returns=before + 1,
    )  # fmt: skip
    return (*state.matters, begun)


def _joined(matter: Matter, cause: Cause, pace: Pace, at_ms: int) -> Matter:
    held = next((one for one in matter.causes if one.id == cause.id), None)
    if held == cause:
        return matter
    # an earlier one of its kind at its site is told of by this one: a storm of hours is no longer than its sites
    others = [one for one in matter.causes if one.id != cause.id and (one.holds or not _alike(one, cause))]
    if len(others) >= pace.most_causes:
        others.remove(max(others, key=lambda one: (not one.holds, one.priority)))
    came = held is None or not held.holds
    back = came and any(not one.holds and _alike(one, cause) for one in matter.causes)
    joined = replace(matter, causes=(*others, cause), times=matter.times + back)
    last_ms = max(matter.acked_ms or 0, matter.said_ms or 0)
    graver = cause.priority < matter.acked_priority
    if matter.acked_ms is None or not (graver or (came and at_ms - last_ms >= pace.again_ms)):
        return joined
    return replace(
        joined, round=matter.round + 1, began_ms=at_ms, first_ms=None, asked=(), acked_ms=None, acked_priority=0
    )


def _alike(one: Cause, other: Cause) -> bool:
    return (one.site, one.sv) == (other.site, other.sv)


def sleeps(person: Person, minute: int | None) -> bool:
    """Is it quiet for the person now? Never when nobody knows what time it is."""
    if person.quiet is None or minute is None or person.quiet[0] == person.quiet[1]:
        return False
    since, until = person.quiet
    return since <= minute < until if since < until else minute >= since or minute < until


def concerns(person: Person, matter: Matter) -> bool:
    """Is the person one of those who are woken for it?"""
    if matter.status not in person.wants:
        return False
    return any(_covered(person.scope, cause.site) for cause in matter.causes)


def _covered(scope: str, site: str) -> bool:
    return not scope or scope == site or site.startswith(f"{scope}-")


def caller(people: Iterable[Person], matter: Matter, minute: int | None) -> list[Person]:
    """Who may be called for it now, in order. What must be acted on at once wakes everybody."""
    grave = matter.worst.priority <= GRAVEST
    return [one for one in people if concerns(one, matter) and (grave or not sleeps(one, minute))]


class _Round:
    """One look at one matter."""

    def __init__(self, matter: Matter, people: tuple[Person, ...], pace: Pace, at_ms: int, minute: int | None) -> None:
        self._matter, self._pace, self._at_ms = matter, pace, at_ms
        self._people = people
        self._awake = caller(people, matter, minute)
        self._out: list[Message] = []

    def go(self) -> tuple[Matter, list[Message]]:
        """The matter as time has passed, and what to tell."""
        matter = self._matter
        if matter.ended_ms is not None:
            self._free()
        elif not matter.active:
            self._rest()
        else:
            if matter.calm_ms is not None:
                self._become(calm_ms=None)
            if matter.taken_ms is None or self._at_ms >= matter.taken_ms:
                self._call()
        return self._matter, self._out

    def _become(self, **parts: object) -> None:
        self._matter = replace(self._matter, **parts)

    def _rest(self) -> None:
        """Nothing holds: is it calm for long enough to be over? One that came back must be calm for longer."""
        if self._matter.calm_ms is None:
            self._become(calm_ms=self._at_ms)
        needed_ms = min(HOUR_MS, self._pace.calm_ms * 2 ** min(self._matter.returns, 6))
        if self._at_ms - (self._matter.calm_ms or 0) >= needed_ms:
            self._become(ended_ms=self._at_ms)
            self._free()

    def _free(self) -> None:
        """It is over: say so, once, to each whom it reached."""
        known = {one.id for one in self._people}
        due = [one for one in self._matter.got if one not in self._matter.freed and one in known]
        if due:
            self._become(freed=(*self._matter.freed, *due))
            for person in due:
                self._say(person, Kind.OVER, "over")

    def _call(self) -> None:
        matter, pace = self._matter, self._pace
        if matter.acked_ms is None:
            hold_ms = pace.hold_ms[min(max(matter.worst.priority, 1), len(pace.hold_ms)) - 1]
            if self._at_ms - matter.began_ms >= hold_ms + pace.wait_ms:
                self._escalate()
        self._follow_up()

    def _escalate(self) -> None:
        matter, pace = self._matter, self._pace
        failed = [one for one in matter.asked if one.accepted is False]
        if failed and len(failed) == len(matter.asked) and not self._left():
            if self._at_ms - max(one.at_ms for one in failed) < pace.retry_ms:
                return
            self._become(asked=(), first_ms=None, round=matter.round + 1)
        since_ms = self._at_ms - (self._matter.first_ms if self._matter.first_ms is not None else self._at_ms)
        step = sum(since_ms >= one for one in pace.steps_ms)
        reached = sum(one.accepted is not False for one in self._matter.asked)
        left = self._left()
        for person in left if step >= len(pace.steps_ms) else left[: max(0, step - reached)][:1]:
            self._ask(person)

    def _left(self) -> list[str]:
        asked = {one.person for one in self._matter.asked}
        return [one.id for one in self._awake if one.id not in asked]

    def _ask(self, person: str) -> None:
        matter = self._matter
        first = matter.first_ms is None
        self._become(
            asked=(*matter.asked, Asked(person=person, at_ms=self._at_ms)),
            first_ms=self._at_ms if first else matter.first_ms,
            said_ms=self._at_ms,
            said=(matter.sites, matter.worst.priority),
        )
        self._say(person, Kind.FIRST if first else Kind.NEXT, "ask")

    def _follow_up(self) -> None:
        """Something to add, or nobody has acknowledged for long: said seldom, to those who know of it already."""
        matter = self._matter
        if matter.said_ms is None or self._at_ms - matter.said_ms < self._pace.again_ms:
            return
        told = matter.sites, matter.worst.priority
        if matter.acked_ms is not None and told == matter.said:
            return
        awake = {one.id for one in self._awake}
        kind = Kind.UPDATE if matter.acked_ms is not None else Kind.REMINDER
        self._become(said_ms=self._at_ms, said=told)
        for person in [one for one in matter.got if one in awake]:
            self._say(person, kind, f"again{self._at_ms}")

    def _say(self, person: str, kind: Kind, which: str) -> None:
        matter = self._matter
        name = f"{matter.number}.{matter.round}.{which}.{person}"
        self._out.append(Message(id=name, person=person, kind=kind, matter=matter))
