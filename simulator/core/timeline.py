"""A scenario played on a plant: all that will happen, worked out once, and the state at any moment of it."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import msgspec

from contract.words import Event, Quality
from simulator.core.equipment import Plant
from simulator.core.faults import BadInput
from simulator.core.physics import State, dry_at, glide
from simulator.core.readings import Said
from simulator.core.scenario import WINDOWS, Scenario, Step
from simulator.core.sequence import ENGINE_WORD, Stage, feed, hand_of, next_by_hand, next_by_time, settled

HORIZON_S = 400 * 86_400.0
"""A set that nobody stops runs at most this long after its last event."""
MAX_FRAMES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One event of the plant. `expect` is what a gateway that watches it should say, if anything."""

    at_s: float
    event: str
    expect: Event | None = None
    device: str | None = None
    signal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A while in which one device shows something else: nothing at all, a code, or a value."""

    from_s: float
    to_s: float
    device: str
    silent: bool = False
    signal: str | None = None
    said: Said | Quality = None

    def covers(self, at_s: float) -> bool:
        """Is it so at that moment? The end is outside."""
        return self.from_s <= at_s < self.to_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """`frames` are the states right after each event, in order; between two of them nothing happens."""

    plant: Plant
    ends_s: float
    frames: tuple[State, ...]
    happenings: tuple[Happening, ...]
    windows: tuple[Window, ...]

    def at(self, at_s: float) -> State:
        """The plant at that moment; before the beginning it stands as it began."""
        place = bisect_right(self.frames, at_s, key=lambda frame: frame.at_s)
        return glide(self.frames[max(0, place - 1)], self.plant, at_s)

    def open_windows(self, device: str, at_s: float) -> Iterator[Window]:
        """What a device shows instead of the truth at that moment."""
        return (window for window in self.windows if window.device == device and window.covers(at_s))


def play(plant: Plant, scenario: Scenario, source: str) -> Timeline:
    """Work out a whole scenario; raises BadInput for steps that cannot be done when they come."""
    plant = _adjusted(plant, scenario)
    frames, faults = _frames(plant, scenario)
    if faults:
        raise BadInput(source, faults)
    windows = tuple(_window(step, HORIZON_S) for step in scenario.step if step.do in WINDOWS)
    happenings = [*_of_steps(scenario), *_of_windows(scenario), *_of_frames(frames)]
    return Timeline(
        plant=plant,
        ends_s=scenario.ends_s,
        frames=tuple(frames),
        happenings=tuple(sorted(happenings, key=lambda happening: happening.at_s)),
        windows=windows,
    )


def _adjusted(plant: Plant, scenario: Scenario) -> Plant:
    """The plant with what the scenario says of its beginning and of its times."""
    start = scenario.start
    generator = msgspec.structs.replace(
        plant.generator,
        fuel_percent=plant.generator.fuel_percent if start.fuel_percent is None else start.fuel_percent,
        coolant_c=plant.generator.coolant_c if start.coolant_c is None else start.coolant_c,
    )
    return msgspec.structs.replace(
        plant,
        generator=generator,
        mode=start.mode or plant.mode,
        outdoor_c=plant.outdoor_c if start.outdoor_c is None else start.outdoor_c,
        sequence=msgspec.structs.replace(plant.sequence, **scenario.sequence),
    )


def _beginning(plant: Plant, scenario: Scenario) -> State:
    generator = plant.generator
    return State(
        at_s=0.0,
        stage=Stage.ON_LOAD if scenario.start.engine == "on_load" else Stage.READY,
        stage_since_s=0.0,
        mains=scenario.start.mains,
        mode=plant.mode,
        outdoor_c=plant.outdoor_c,
        fuel_l=generator.tank_l * generator.fuel_percent / 100,
        fuel_used_l=generator.fuel_used_l,
        run_time_s=generator.run_time_s,
        starts=generator.starts,
        energy_kwh=generator.energy_kwh,
        load_kwh=plant.load.kwh,
        coolant_c=generator.coolant_c,
        battery_v=generator.battery_v,
    )


def _frames(plant: Plant, scenario: Scenario) -> tuple[list[State], list[str]]:
    """The states after each event, and a sentence for every step that does not fit its moment."""
    numbered = [(number, step) for number, step in enumerate(scenario.step, 1) if step.do not in WINDOWS]
    waiting = sorted(numbered, key=lambda pair: pair[1].starts_s)
    faults: list[str] = []
    frames = [_settle(_beginning(plant, scenario))]
    while len(frames) < MAX_FRAMES:
        due = _own_next(frames[-1], plant, waiting[0][1].starts_s if waiting else HORIZON_S)
        if due is not None:
            frames.append(_settle(due))
        elif waiting:
            number, step = waiting.pop(0)
            state = glide(frames[-1], plant, step.starts_s)
            after = _do(state, plant, step)
            if isinstance(after, str):
                faults.append(f"[step {number}] {step.do} at {step.starts_s:g} s: {after}")
            else:
                frames.append(_settle(after))
        else:
            return frames, faults
    return frames, [*faults, f"more than {MAX_FRAMES} events"]


def _own_next(state: State, plant: Plant, until_s: float) -> State | None:
    """What the set does by itself next, not later than `until_s`."""
    hand = hand_of(state.mode, mains=state.mains, fuel=state.fuel_l > 0)
    timed = next_by_time(state.stage, hand, plant.sequence)
    due_s = state.stage_since_s + timed[0] if timed else HORIZON_S
    dry_s = dry_at(state, plant, min(due_s, until_s))
    if dry_s is not None:
        return replace(glide(state, plant, dry_s), fuel_l=0.0)
    if timed is None or due_s > until_s:
        return None
    return _enter(glide(state, plant, due_s), timed[1])


def _enter(state: State, stage: Stage) -> State:
    started = 1 if (state.stage, stage) == (Stage.CRANKING, Stage.WARMING) else 0
    return replace(state, stage=stage, stage_since_s=state.at_s, starts=state.starts + started)


def _settle(state: State) -> State:
    hand = hand_of(state.mode, mains=state.mains, fuel=state.fuel_l > 0)
    stage = settled(state.stage, hand)
    return state if stage is state.stage else _enter(state, stage)


def _do(state: State, plant: Plant, step: Step) -> State | str:
    """The state right after a step, or why it cannot be done now."""
    if step.do in ("mains_fails", "mains_back"):
        mains = step.do == "mains_back"
        return replace(state, mains=mains) if mains is not state.mains else "the mains is already so"
    if step.do == "set_mode":
        return replace(state, mode=step.mode or state.mode)
    if step.do == "outdoor":
        return replace(state, outdoor_c=state.outdoor_c if step.celsius is None else step.celsius)
    if step.do == "refuel":
        return replace(state, fuel_l=min(plant.generator.tank_l, state.fuel_l + (step.litres or 0.0)))
    hand = hand_of(state.mode, mains=state.mains, fuel=state.fuel_l > 0)
    stage = next_by_hand(state.stage, hand, step.do)
    if stage is None:
        return f"cannot be done now, the set is {state.stage.value} in mode {state.mode}"
    return _enter(state, stage)


def _window(step: Step, end_s: float) -> Window:
    to_s = end_s if step.lasts_s is None else step.starts_s + step.lasts_s
    device = step.device or ""
    if step.do == "silent":
        return Window(from_s=step.starts_s, to_s=to_s, device=device, silent=True)
    if step.do == "alarm":
        signal, said = f"alarm.{step.alarm}", step.level or "warning"
        return Window(from_s=step.starts_s, to_s=to_s, device=device, signal=signal, said=said)
    said_instead = step.value if step.do == "set_value" else (step.quality or Quality.SENSOR_FAULT)
    return Window(from_s=step.starts_s, to_s=to_s, device=device, signal=step.signal, said=said_instead)


def _of_frames(frames: list[State]) -> Iterator[Happening]:
    """What the set does by itself or on a person's act, seen from outside."""
    engine = {
        "pre_start": Event.ENGINE_STARTING,
        "warming_up": Event.ENGINE_WARMING,
        "running": Event.ENGINE_RUNNING,
        "cooling_down": Event.ENGINE_COOLING,
        "post_run": Event.ENGINE_STOPPED,
    }
    for was, now in pairwise(frames):
        fed_was, fed_now = feed(was.stage, was.mains), feed(now.stage, now.mains)
        if fed_now != fed_was and "set" in (fed_was, fed_now):
            expect = {"set": Event.ON_RESERVE, "mains": Event.BACK_ON_MAINS, "none": None}[fed_now]
            yield Happening(at_s=now.at_s, event=expect.value if expect else "load_off", expect=expect)
        word = ENGINE_WORD[now.stage]
        if word != ENGINE_WORD[was.stage] and word in engine:
            yield Happening(at_s=now.at_s, event=engine[word].value, expect=engine[word])
        if now.fuel_l <= 0 < was.fuel_l:
            yield Happening(at_s=now.at_s, event="tank_empty")


def _of_steps(scenario: Scenario) -> Iterator[Happening]:
    expect = {"mains_fails": Event.MAINS_LOST, "mains_back": Event.MAINS_BACK}
    for step in scenario.step:
        if step.do not in WINDOWS:
            yield Happening(at_s=step.starts_s, event=step.do, expect=expect.get(step.do))


def _of_windows(scenario: Scenario) -> Iterator[Happening]:
    expect = {
        "sender_fault": (Event.SENSOR_FAULT, Event.SENSOR_BACK),
        "silent": (Event.DEVICE_SILENT, Event.DEVICE_BACK),
        "alarm": (Event.ALARM_RAISED, Event.ALARM_CLEARED),
        "set_value": (None, None),
    }
    for step in scenario.step:
        if step.do not in WINDOWS:
            continue
        begins, ends = expect[step.do]
        signal = f"alarm.{step.alarm}" if step.alarm else step.signal
        yield Happening(at_s=step.starts_s, event=step.do, expect=begins, device=step.device, signal=signal)
        if step.lasts_s is not None:
            at_s = step.starts_s + step.lasts_s
            yield Happening(at_s=at_s, event=f"{step.do}_ends", expect=ends, device=step.device, signal=signal)
