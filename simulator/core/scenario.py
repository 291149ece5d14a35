"""What a scenario file may say. `check_*` finds every fault of the file itself; `timeline.py` plays it."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from contract.words import Quality
from simulator.core.equipment import Celsius, ControlMode, NotNegative, Part, Percent

Seconds = Annotated[float, Meta(ge=0, le=31 * 86_400)]
Hours = Annotated[float, Meta(ge=0, le=31 * 24)]
Word = Annotated[str, Meta(min_length=1, max_length=200)]

Do = Literal[
    "mains_fails",
    "mains_back",
    "manual_start",
    "connect_load",
    "disconnect_load",
    "manual_stop",
    "set_mode",
    "refuel",
    "outdoor",
    "set_value",
    "sender_fault",
    "alarm",
    "silent",
]
Conduct = Literal[
    "link_down", "link_up", "broker_down", "broker_up", "box_off", "box_on", "clock_set", "report", "notice"
]
WINDOWS: tuple[Do, ...] = ("set_value", "sender_fault", "alarm", "silent")
"""Steps that last for a while on one device."""


class When(Part, kw_only=True):
    """The time of a step: exactly one of the two, from the beginning of the scenario."""

    at_s: Seconds | None = None
    at_h: Hours | None = None

    @property
    def starts_s(self) -> float:
        """In product seconds."""
        return self.at_s if self.at_s is not None else 3600 * (self.at_h or 0.0)


class Step(When, kw_only=True):
    """One thing that happens at the plant. What a step needs and takes is in `TAKES`."""

    do: Do
    for_s: Seconds | None = None
    for_h: Hours | None = None
    device: Word | None = None
    signal: Word | None = None
    value: float | int | str | None = None
    quality: Quality | None = None
    alarm: Word | None = None
    level: Word | None = None
    mode: ControlMode | None = None
    litres: NotNegative | None = None
    celsius: Celsius | None = None

    @property
    def lasts_s(self) -> float | None:
        """In product seconds; None is to the end."""
        if self.for_s is not None:
            return self.for_s
        return None if self.for_h is None else 3600 * self.for_h


class Conductor(When, kw_only=True):
    """One thing that happens round the plant: the simulator checks it and leaves it to whoever conducts the run."""

    do: Conduct
    clock: Literal["1970", "kept"] | None = None
    who: Word | None = None
    role: Word | None = None
    through: Word | None = None
    power: Literal["mains", "reserve", "none"] | None = None
    set_running: bool | None = None
    load_connected: bool | None = None
    litres: NotNegative | None = None
    dipstick_cm: NotNegative | None = None
    needs: Word | None = None
    notice: Word | None = None
    sv: Word | None = None
    en: Word | None = None


class Start(Part, kw_only=True):
    """How the plant stands when the scenario begins; what is left out is as the plant file says."""

    mains: bool = True
    engine: Literal["ready", "on_load"] = "ready"
    mode: ControlMode | None = None
    fuel_percent: Percent | None = None
    coolant_c: Celsius | None = None
    outdoor_c: Celsius | None = None


class Scenario(Part, kw_only=True):
    """One scenario file. `sequence` replaces single times of the plant's own start and return."""

    title: Word
    length_s: Seconds | None = None
    length_h: Hours | None = None
    plant: Word | None = None
    start: Start = Start()
    sequence: dict[str, NotNegative] = {}
    step: tuple[Step, ...] = ()
    conductor: tuple[Conductor, ...] = ()

    @property
    def ends_s(self) -> float:
        """Length in product seconds."""
        return self.length_s if self.length_s is not None else 3600 * (self.length_h or 0.0)


TAKES: dict[str, tuple[set[str], set[str]]] = {
    "mains_fails": (set(), set()),
    "mains_back": (set(), set()),
    "manual_start": (set(), set()),
    "connect_load": (set(), set()),
    "disconnect_load": (set(), set()),
    "manual_stop": (set(), set()),
    "set_mode": ({"mode"}, set()),
    "refuel": ({"litres"}, set()),
    "outdoor": ({"celsius"}, set()),
    "set_value": ({"device", "signal", "value"}, {"for_s", "for_h"}),
    "sender_fault": ({"device", "signal"}, {"for_s", "for_h", "quality"}),
    "alarm": ({"device", "alarm"}, {"for_s", "for_h", "level"}),
    "silent": ({"device"}, {"for_s", "for_h"}),
    "link_down": (set(), set()),
    "link_up": (set(), set()),
    "broker_down": (set(), set()),
    "broker_up": (set(), set()),
    "box_off": (set(), set()),
    "box_on": (set(), {"clock"}),
    "clock_set": (set(), set()),
    "report": (
        {"who", "role", "through"},
        {"power", "set_running", "load_connected", "litres", "dipstick_cm", "needs"},
    ),
    "notice": ({"notice", "sv"}, {"en"}),
}
"""Per step: the settings it needs, and those it may have."""


def conductor_lines(scenario: Scenario) -> list[dict[str, Any]]:
    """What the simulator leaves to others, in order of time, with `at_s` and without what is not given."""
    steps = sorted(scenario.conductor, key=lambda step: step.starts_s)
    return [
        {"at_s": step.starts_s, "do": step.do}
        | {name: getattr(step, name) for name in _fields(step) if getattr(step, name) is not None}
        for step in steps
    ]


def check_scenario(scenario: Scenario, sequence_names: tuple[str, ...]) -> list[str]:
    """All faults of the file that can be seen without a plant, with the number of the step."""
    faults = _exactly_one(scenario, "length_s", "length_h", "")
    if not faults and scenario.ends_s == 0:
        faults.append("length_s: is not above 0")
    faults += [
        f"[sequence] {name}: unknown setting; known are {', '.join(sequence_names)}"
        for name in scenario.sequence
        if name not in sequence_names
    ]
    for number, step in enumerate(scenario.step, 1):
        faults += _check_step(step, f"[step {number}] {step.do}: ", scenario.ends_s)
    for number, conductor in enumerate(scenario.conductor, 1):
        faults += _check_step(conductor, f"[conductor {number}] {conductor.do}: ", scenario.ends_s)
    return faults or _overlaps(scenario.step)


def _check_step(step: Step | Conductor, where: str, ends_s: float) -> list[str]:
    needs, may = TAKES[step.do]
    given = {name for name in _fields(step) if getattr(step, name) is not None}
    faults = [f"{where}{name} is missing" for name in sorted(needs - given)]
    faults += [f"{where}{name} has no meaning here" for name in sorted(given - needs - may)]
    faults += _exactly_one(step, "at_s", "at_h", where)
    if {"for_s", "for_h"} <= given:
        faults.append(f"{where}has both for_s and for_h; give one")
    if isinstance(step, Step) and step.lasts_s == 0:
        faults.append(f"{where}lasts 0 s; leave it out or give a time")
    if step.starts_s > ends_s > 0:
        faults.append(f"{where}at {step.starts_s:g} s is after the end at {ends_s:g} s")
    return faults


def _exactly_one(thing: Any, first: str, second: str, where: str) -> list[str]:
    given = [name for name in (first, second) if getattr(thing, name) is not None]
    if len(given) == 1:
        return []
    return [f"{where}give {first} or {second}" + (", not both" if given else "")]


def _fields(step: Step | Conductor) -> list[str]:
    return [field.name for field in msgspec.structs.fields(step) if field.name not in ("do", "at_s", "at_h")]


def _overlaps(steps: tuple[Step, ...]) -> list[str]:
    """Two windows on the same thing at the same time cannot both be shown."""
    faults = []
    windows = [(number, step) for number, step in enumerate(steps, 1) if step.do in WINDOWS]
    for index, (number, step) in enumerate(windows):
        for other_number, other in windows[index + 1 :]:
            if _target(step) == _target(other) and _meet(step, other):
                faults.append(f"[step {other_number}] {other.do}: overlaps step {number} on the same device")
    return faults


def _target(step: Step) -> tuple[str | None, str]:
    if step.do == "silent":
        return step.device, ""
    return step.device, f"alarm.{step.alarm}" if step.do == "alarm" else str(step.signal)


def _meet(one: Step, other: Step) -> bool:
    first, second = sorted((one, other), key=_starts)
    return first.lasts_s is None or first.starts_s + first.lasts_s > second.starts_s


_starts: Callable[[Step], float] = lambda step: step.starts_s  # noqa: E731 - a name for the sort key
