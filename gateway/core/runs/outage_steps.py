"""The timeline of an outage: which events become a line of it, and what is dropped when it grows too long."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from contract.judgement import TimelineStep
from contract.words import Event
from gateway.core.remembered import OutageSoFar
from gateway.core.runs.step_words import words_of
from gateway.core.site import Change, Now

MAX_STEPS = 100
MAX_DETAIL = 160
ARRIVED = (Event.ON_RESERVE, Event.BACK_ON_MAINS)

Body = Mapping[str, Any]


def _nothing(_body: Body) -> str:
    return ""


def _alarm(body: Body) -> str:
    return f"{body['alarm']['key']} {body['alarm']['device']}"


def _what(body: Body) -> str:
    return str(body.get("detail") or "")


# a lower figure is dropped first; people's own steps go last
TOLD: dict[Event, tuple[int, Callable[[Body], str]]] = {
    Event.SENSOR_FAULT: (0, lambda body: f"{body['device']} {body['signal']}"),
    Event.SENSOR_BACK: (0, lambda body: f"{body['device']} {body['signal']}"),
    Event.DEVICE_SILENT: (0, lambda body: str(body["device"])),
    Event.DEVICE_BACK: (0, lambda body: str(body["device"])),
    Event.ALARM_CLEARED: (1, _alarm),
    Event.ALARM_SHELVED: (1, _alarm),
    Event.ENGINE_WARMING: (1, _nothing),
    Event.ENGINE_COOLING: (1, _nothing),
    Event.POWER_CHANGED: (2, lambda body: str(body["power"])),
    Event.MAINS_BACK: (2, _nothing),
    Event.MAINS_LOST: (2, _nothing),
    Event.ENGINE_STARTING: (2, _nothing),
    Event.ENGINE_RUNNING: (2, _nothing),
    Event.ENGINE_STOPPED: (2, _nothing),
    Event.GATEWAY_STARTED: (2, _what),
    Event.ALARM_ACKED: (3, _alarm),
    Event.ALARM_RAISED: (3, _alarm),
    Event.MAINS_UNSTABLE: (3, _nothing),
    Event.MAINS_SETTLED: (3, lambda body: str(body.get("changes") or "")),
    Event.ON_RESERVE: (4, _nothing),
    Event.BACK_ON_MAINS: (4, _nothing),
    Event.REFUELLED: (4, lambda body: f"{body['after_l'] - body['before_l']:.0f} L"),
    Event.FUEL_LOST: (4, lambda body: f"{body['before_l'] - body['after_l']:.0f} L"),
    Event.RUN_ENDED: (4, lambda body: str(body["run"]["id"])),
    Event.REPORT_ENTERED: (5, lambda body: str(body["report"].get("power") or "")),
    Event.CALLED_OUT: (5, _what),
    Event.CALL_ANSWERED: (5, lambda body: f"{body['answer']['activator']} {'+' if body['answer']['coming'] else '-'}"),
    Event.STEP_CONFIRMED: (5, _what),
    # what people need is theirs: the timeline only tells of what kind it was
    Event.NEED_SAID: (5, lambda body: str(body["need"]["what"])),
    Event.CONFIRMED: (5, _what),
    Event.ENTERED: (5, _what),
    Event.NOTICE_CHANGED: (5, _what),
    Event.SERVICE_DECLARED: (5, _what),
    Event.ACTIVATION_CHANGED: (5, _what),
}
"""Event → how much it weighs when room is short, and what its line says besides."""


def step_of(change: Change, told: Sequence[Change], now: Now) -> TimelineStep | None:
    """The line of an event, or None when it has none. A state that the site arrived in is told once."""
    if change.kind not in TOLD:
        return None
    if change.kind is Event.POWER_CHANGED and any(other.kind in ARRIVED for other in told):
        return None
    _, words = TOLD[change.kind]
    key, params = words_of(change)
    return TimelineStep(
        what=change.kind.value,
        at=now.moment(),
        detail=words(change.body)[:MAX_DETAIL],
        who=_who(change),
        key=key,
        params=params,
    )


def plain(kind: Event, now: Now) -> TimelineStep:
    """A line without words."""
    return TimelineStep(what=kind.value, at=now.moment())


def with_steps(so_far: OutageSoFar, new: Sequence[TimelineStep]) -> OutageSoFar:
    """The timeline with new lines at its end, within its bounds."""
    if not new:
        return so_far
    steps, dropped = [*so_far.steps, *new], so_far.dropped
    while len(steps) > MAX_STEPS:
        del steps[_least(steps)]
        dropped += 1
    return replace(so_far, steps=tuple(steps), dropped=dropped)


def _least(steps: Sequence[TimelineStep]) -> int:
    """Which line is missed least: one that was told before and after, of the lightest kind, the commonest first.

    Never the first line, never the last.
    """
    same = [(step.what, step.detail) for step in steps]
    counts = Counter(same)
    first = {one: place for place, one in reversed(list(enumerate(same)))}
    last = {one: place for place, one in enumerate(same)}

    def missed(place: int) -> tuple[bool, int, int, int]:
        one = same[place]
        repeated = first[one] < place < last[one]
        return not repeated, TOLD[Event(steps[place].what)][0], -counts[one], place

    return min(range(1, len(steps) - 1), key=missed)


def _who(change: Change) -> str:
    """Who did it: named in the event, in what it tells of, or as its source."""
    body = change.body
    source = str(body.get("source") or "")
    if source.startswith("person/"):
        return source.removeprefix("person/")
    acks = body["alarm"]["acks"] if change.kind is Event.ALARM_ACKED else ()
    told = body.get("answer", {}).get("entered_by") or body.get("need", {}).get("who")
    return str(body.get("who") or told or (acks[-1]["who"] if acks else ""))
