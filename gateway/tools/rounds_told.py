"""What `watch` tells where there is no window to draw in: lines for people, JSON for programs."""

import argparse
from contextlib import AbstractContextManager

import msgspec

from contract.words import Quality
from gateway.core.wire.rounds import Rounds, Wire
from gateway.io.device import Device
from gateway.tools.lines import Reach, say
from gateway.tools.read import shown, signals, table

MANY = 3


def wire_of(device: Device) -> Wire:
    """How the wire to a device was so far."""
    tally = device.tally
    return Wire(
        asked=tally.asked,
        silent=tally.silent,
        garbled=tally.garbled,
        refused=tally.refused,
        again=tally.again,
        slowest_s=tally.slowest_s,
    )


class Lines(AbstractContextManager["Lines"]):
    """For a terminal that can only write on, and for files: everything once, then what changes, a line each."""

    def __init__(self, args: argparse.Namespace, reach: Reach) -> None:
        self._only: str = args.only
        self._reach = reach
        self._told = 0

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def show(self, device: Device, rounds: Rounds, sentence: str) -> None:
        """One round."""
        profile = device.profile
        if rounds.number == 1:
            for text in table(profile, {key: one for key, one in rounds.values.items() if self._only in key}):
                say(text)
            say(f"{profile.head.title}, unit {self._reach.unit} on {self._reach.line.name}: {sentence}. Ctrl-C ends.")
        units = {row.key: row.unit for row in profile.rows}
        for key in _worth_a_line([key for key in rounds.changed() if self._only in key], rounds):
            value, before = rounds.values[key], rounds.changes[key].before
            why = f"  {value.quality.value} {value.reason}" if value.value is None else ""
            unit = f" {units.get(key, '')}".rstrip()
            say(f"round {rounds.number}: {key}: {shown(before)} → {shown(value)}{unit}{why}")
        wire = wire_of(device)
        failed = wire.silent + wire.garbled
        if failed > self._told:
            say(f"round {rounds.number}: {sentence}; {wire.sentence}")
        self._told = failed

    def end(self, device: Device) -> None:
        """The last word: how the wire was."""
        say(wire_of(device).sentence)


def _worth_a_line(changed: list[str], rounds: Rounds) -> list[str]:
    """A device that falls silent, or is back, is one line instead of a hundred."""
    lost = [key for key in changed if rounds.values[key].quality is Quality.COMM_ERROR]
    back = [key for key in changed if rounds.changes[key].before.quality is Quality.COMM_ERROR]
    if len(lost) > MANY:
        say(f"round {rounds.number}: {len(lost)} signals are silent")
        changed = [key for key in changed if key not in lost]
    if len(back) > MANY:
        say(f"round {rounds.number}: {len(back)} signals are heard")
        changed = [key for key in changed if key not in back]
    return changed


class Objects(AbstractContextManager["Objects"]):
    """For programs: one JSON object a round."""

    def __init__(self, args: argparse.Namespace, reach: Reach) -> None:
        self._only: str = args.only
        self._reach = reach

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def show(self, device: Device, rounds: Rounds, sentence: str) -> None:
        """One round."""
        wire = wire_of(device)
        told = {
            "profile": self._reach.profile.name,
            "line": self._reach.line.name,
            "unit": self._reach.unit,
            "round": rounds.number,
            "fits": device.verdict.fits,
            "sentence": sentence,
            "changed": [key for key in rounds.changed() if self._only in key],
            "wire": msgspec.to_builtins(wire) | {"error_percent": wire.error_percent},
            "signals": {key: one for key, one in signals(device.profile, rounds.values).items() if self._only in key},
        }
        say(msgspec.json.encode(told).decode())

    def end(self, device: Device) -> None:
        """Every line is whole by itself."""
