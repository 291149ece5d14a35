"""What a run must have shown. Every function takes what was counted and gives sentences, one for each failed judgement.

Times are product milliseconds of uptime. Nothing here asks anybody anything.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from contract.words import PUBLIC_EVENTS, Quality

FAULT_QUALITIES = (Quality.SENSOR_FAULT, Quality.COMM_ERROR)
"""Reasons that only a fault of the scenario may bring; others belong to the machine (not fitted …)."""


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """One event that the scenario must lead to. Device and signal are None where the event speaks of the site."""

    kind: str
    up_ms: int
    device: str | None = None
    signal: str | None = None

    def __str__(self) -> str:
        """For sentences."""
        what = "/".join(part for part in (self.device, self.signal) if part)
        return f"{self.kind} ({what})" if what else self.kind

    @property
    def same(self) -> tuple[str, str | None, str | None]:
        """What makes two events the same one."""
        return self.kind, self.device, self.signal


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A while in which a device (signal None), or one signal of it, could not give a value."""

    device: str
    signal: str | None
    quality: str
    from_ms: int
    to_ms: int


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """Values missing for one reason, as the gateway stored them: of one signal, or of a whole device (signal None)."""

    device: str
    signal: str | None = None
    quality: str
    first_up_ms: int
    last_up_ms: int
    count: int


def expected_events(told: Iterable[Mapping[str, Any]]) -> tuple[Expected, ...]:
    """The events that the simulator's lines promise, in order of time."""
    promised = [
        Expected(kind=line["expect"], up_ms=line["up_ms"], device=line.get("device"), signal=line.get("signal"))
        for line in told
        if line.get("expect")
    ]
    return tuple(sorted(promised, key=lambda event: event.up_ms))


def fault_windows(told: Iterable[Mapping[str, Any]]) -> tuple[Window, ...]:
    """Sender faults and silences, from the simulator's lines of their begin and end."""
    open_ones: dict[tuple[Any, Any], tuple[str, int]] = {}
    windows = []
    for line in told:
        event, at = line.get("event", ""), (line.get("device"), line.get("signal"))
        if event == "sender_fault":
            open_ones[at] = Quality.SENSOR_FAULT.value, line["up_ms"]
        elif event == "silent":
            open_ones[at] = Quality.COMM_ERROR.value, line["up_ms"]
        elif event in ("sender_fault_ends", "silent_ends") and at in open_ones:
            quality, from_ms = open_ones.pop(at)
            device, signal = at
            window = Window(device=device, signal=signal, quality=quality, from_ms=from_ms, to_ms=line["up_ms"])
            windows.append(window)
    return tuple(windows)


def public_only(expected: Iterable[Expected]) -> tuple[Expected, ...]:
    """Those that a visitor may see, which are all that a kiosk ever hears of."""
    return tuple(event for event in expected if event.kind in PUBLIC_EVENTS)


def events(place: str, expected: Sequence[Expected], got: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every expected event stands there once and in order, and none of these kinds stands there besides."""
    kinds = {event.kind for event in expected}
    named = {event.kind for event in expected if event.device}
    seen = [_same(one, named) for one in got if one["kind"] in kinds]
    wanted = Counter(event.same for event in expected)
    found = Counter(seen)
    faults = []
    for event in dict.fromkeys(expected):
        count, due = found[event.same], wanted[event.same]
        if count != due:
            faults.append(f"{place}: {event} stands there {_times(count)}, expected {_times(due)}")
    strays = [" ".join(filter(None, same)) for same in found if same not in wanted]
    faults += [f"{place}: {stray} stands there, but nothing in the scenario leads to it" for stray in strays]
    order = [event.same for event in expected]
    if not faults and seen != order:
        at = next(place for place, (one, other) in enumerate(zip(seen, order, strict=True)) if one != other)
        faults.append(f"{place}: {seen[at][0]} comes where {order[at][0]} was expected")
    return faults


def identities(place: str, got: Iterable[Mapping[str, Any]]) -> list[str]:
    """No event is there twice under one (run, seq)."""
    counted = Counter((one["run"], one["seq"]) for one in got)
    return [
        f"{place}: event {run} {seq} stands there {count} times" for (run, seq), count in counted.items() if count > 1
    ]


def missing(
    windows: Sequence[Window], series: Sequence[Series], *, poll_ms: int, slack_ms: int, silence_ms: int
) -> list[str]:
    """Values missing by a fault's reason fill the windows of the scenario, give or take a poll, and nothing else.

    `poll_ms` is the time between two polls, `slack_ms` how much later than it begins a fault can be stored: one poll
    and the wire's waiting for an answer; `silence_ms` the same of a device that falls silent, and speaks again.
    """
    faults = []
    claimed: set[int] = set()
    for window in windows:
        mine = [
            at
            for at, one in enumerate(series)
            if one.quality == window.quality
            and one.device == window.device
            and (window.signal is None or one.signal in (None, window.signal))
            and one.first_up_ms <= window.to_ms + silence_ms
            and one.last_up_ms >= window.from_ms - slack_ms
        ]
        claimed.update(mine)
        faults += _window(window, [series[at] for at in mine], poll_ms, slack_ms, silence_ms)
    for at, one in enumerate(series):
        if at not in claimed and one.quality in FAULT_QUALITIES:
            what = "/".join(filter(None, (one.device, one.signal)))
            faults.append(f"{what}: {one.count} values missing as {one.quality}, but no fault of the scenario was then")
    return faults


def _window(window: Window, mine: Sequence[Series], poll_ms: int, slack_ms: int, silence_ms: int) -> list[str]:
    what = f"{'/'.join(filter(None, (window.device, window.signal)))} {window.quality}"
    if not mine:
        return [f"{what}: the fault of the scenario left no missing value"]
    first, last = min(one.first_up_ms for one in mine), max(one.last_up_ms for one in mine)
    faults = []
    late_ms = slack_ms if window.signal else silence_ms
    if not window.from_ms <= first <= window.from_ms + late_ms:
        late = _s(first - window.from_ms)
        faults.append(f"{what}: begins {late} from the fault, at most {_s(late_ms)} late is right")
    if not window.to_ms - slack_ms <= last <= window.to_ms + late_ms:
        faults.append(f"{what}: ends {_s(last - window.to_ms)} from the fault's end, {_s(late_ms)} is the most")
    polls = (window.to_ms - window.from_ms) / poll_ms
    most = max(one.count for one in mine) if window.signal else None
    if most is not None and abs(most - polls) > 1 + (slack_ms - poll_ms) / poll_ms:
        faults.append(f"{what}: {most} values are missing, {polls:.1f} polls fit into the fault")
    return faults


def books(created: Mapping[str, int], confirmed: Mapping[str, int], waiting: Mapping[str, int], gaps: int) -> list[str]:
    """Every record created was confirmed by the centre, or thinned away and said so."""
    faults = []
    made, sure, left = sum(created.values()), sum(confirmed.values()), sum(waiting.values())
    if not made:
        faults.append("store: no record was created")
    for stream, count in sorted(waiting.items()):
        if count:
            faults.append(f"store: {count} records of stream {stream} still wait for the centre's mark")
    if made != sure + gaps + left:
        faults.append(f"store: {made} records created, but {sure} confirmed + {gaps} in gaps + {left} waiting")
    return faults


def flowed(readings: int, published: int | None, folded: Mapping[str, int]) -> list[str]:
    """Something went along every part of the road. `published` None: the gateway does not tell."""
    faults = [] if readings else ["store: no reading was decoded"]
    if published == 0:
        faults.append("gateway: no message was published")
    return faults + [f"{place}: no message was folded" for place, count in folded.items() if not count]


def threads(steps: Mapping[str, Mapping[str, bool]]) -> list[str]:
    """Every step of every thread (alarm, bulletin, content) was seen."""
    return [
        f"thread {thread}: {step.replace('_', ' ')} was not seen"
        for thread, seen in steps.items()
        for step, happened in seen.items()
        if not happened
    ]


def _same(one: Mapping[str, Any], named: set[str]) -> tuple[str, str | None, str | None]:
    """Device and signal count only where the scenario names them; they stand beside the kind or in its body."""
    kind = one["kind"]
    if kind not in named:
        return kind, None, None
    body = one.get("body") or one
    return kind, body.get("device"), body.get("signal")


def _times(count: int) -> str:
    return {0: "not at all", 1: "once"}.get(count, f"{count} times")


def _s(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.1f} s"
