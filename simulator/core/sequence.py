"""The life of the set as a table: which stage follows which, by time and by what happens.

    ready → fail_delay → prestart → cranking → warming → running → on_load → returning → unloaded → cooling → stopping
    → ready

A set that does not start by itself walks the same road without the delays; a person opens every gate.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from simulator.core.equipment import STARTS_ALONE, ControlMode, Sequence


class Stage(StrEnum):
    """Where the set is. `returning`: still on load, the mains is back; `unloaded`: load back on the mains."""

    READY = "ready"
    FAIL_DELAY = "fail_delay"
    PRESTART = "prestart"
    CRANKING = "cranking"
    WARMING = "warming"
    RUNNING = "running"
    ON_LOAD = "on_load"
    RETURNING = "returning"
    UNLOADED = "unloaded"
    COOLING = "cooling"
    STOPPING = "stopping"


class Hand(StrEnum):
    """Who decides what the set does next."""

    HALTED = "halted"
    """It must stand still: the mode says so, or the tank is empty."""
    PERSON = "person"
    ALONE_MAINS = "alone_mains"
    """It decides by itself, and sees the mains."""
    ALONE_DARK = "alone_dark"
    """It decides by itself, and sees no mains."""


Feed = Literal["mains", "set", "none"]
TURNING = frozenset({Stage.WARMING, Stage.RUNNING, Stage.ON_LOAD, Stage.RETURNING, Stage.UNLOADED, Stage.COOLING})
CARRIES = frozenset({Stage.ON_LOAD, Stage.RETURNING})

ENGINE_WORD: Mapping[Stage, str] = {
    Stage.READY: "stopped",
    Stage.FAIL_DELAY: "stopped",
    Stage.PRESTART: "pre_start",
    Stage.CRANKING: "pre_start",
    Stage.WARMING: "warming_up",
    Stage.RUNNING: "running",
    Stage.ON_LOAD: "running",
    Stage.RETURNING: "running",
    Stage.UNLOADED: "running",
    Stage.COOLING: "cooling_down",
    Stage.STOPPING: "post_run",
}
"""What the controller calls the stage."""

_AFTER: Mapping[Stage, tuple[str, Stage]] = {
    Stage.FAIL_DELAY: ("mains_fail_delay_s", Stage.PRESTART),
    Stage.PRESTART: ("prestart_s", Stage.CRANKING),
    Stage.CRANKING: ("crank_s", Stage.WARMING),
    Stage.WARMING: ("warm_up_s", Stage.RUNNING),
    Stage.RUNNING: ("transfer_s", Stage.ON_LOAD),
    Stage.RETURNING: ("return_delay_s", Stage.UNLOADED),
    Stage.UNLOADED: ("unload_s", Stage.COOLING),
    Stage.COOLING: ("cool_down_s", Stage.STOPPING),
    Stage.STOPPING: ("stop_s", Stage.READY),
}
"""How long a stage lasts and what follows."""

_SETTLE: Mapping[Hand, Mapping[Stage, Stage]] = {
    Hand.HALTED: {
        Stage.FAIL_DELAY: Stage.READY,
        Stage.PRESTART: Stage.STOPPING,
        Stage.CRANKING: Stage.STOPPING,
        **dict.fromkeys(TURNING, Stage.STOPPING),
    },
    Hand.PERSON: {
        Stage.FAIL_DELAY: Stage.READY,
        Stage.RETURNING: Stage.ON_LOAD,
        Stage.UNLOADED: Stage.RUNNING,
    },
    Hand.ALONE_MAINS: {
        Stage.FAIL_DELAY: Stage.READY,
        Stage.PRESTART: Stage.STOPPING,
        Stage.CRANKING: Stage.STOPPING,
        Stage.WARMING: Stage.UNLOADED,
        Stage.RUNNING: Stage.UNLOADED,
        Stage.ON_LOAD: Stage.RETURNING,
    },
    Hand.ALONE_DARK: {
        Stage.READY: Stage.FAIL_DELAY,
        Stage.RETURNING: Stage.ON_LOAD,
        Stage.UNLOADED: Stage.RUNNING,
        Stage.COOLING: Stage.RUNNING,
    },
}
"""Stages that cannot last under that hand, and what they become at once."""

_BY_HAND: Mapping[str, Mapping[Stage, Stage]] = {
    "manual_start": {Stage.READY: Stage.PRESTART},
    "connect_load": {Stage.RUNNING: Stage.ON_LOAD},
    "disconnect_load": {Stage.ON_LOAD: Stage.RUNNING},
    "manual_stop": {Stage.RUNNING: Stage.COOLING, Stage.WARMING: Stage.STOPPING},
}


def hand_of(mode: ControlMode, *, mains: bool, fuel: bool) -> Hand:
    """Who decides, from the control mode, the mains and whether there is any fuel."""
    if mode in ("stop", "off") or not fuel:
        return Hand.HALTED
    if mode in STARTS_ALONE:
        return Hand.ALONE_MAINS if mains else Hand.ALONE_DARK
    return Hand.PERSON


def settled(stage: Stage, hand: Hand) -> Stage:
    """The stage as it becomes at once under that hand."""
    return _SETTLE[hand].get(stage, stage)


def next_by_time(stage: Stage, hand: Hand, sequence: Sequence) -> tuple[float, Stage] | None:
    """Seconds this stage lasts and what follows; None when only an event ends it."""
    if stage not in _AFTER or (hand is Hand.PERSON and stage is Stage.RUNNING):
        return None
    lasts, follows = _AFTER[stage]
    return float(getattr(sequence, lasts)), follows


def next_by_hand(stage: Stage, hand: Hand, act: str) -> Stage | None:
    """The stage after a person's act at the set; None when it cannot be done now."""
    return _BY_HAND[act].get(stage) if hand is Hand.PERSON else None


def feed(stage: Stage, mains: bool) -> Feed:
    """What the load side of the changeover is fed by."""
    if stage in CARRIES:
        return "set"
    return "mains" if mains else "none"
