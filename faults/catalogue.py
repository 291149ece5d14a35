"""All faults by name. A room of its own (`faults/disk`) adds its own by exporting FAULTS and WITNESS."""

import importlib
from collections.abc import Mapping
from typing import Any

from faults.core.schedule import Known
from faults.fault import Fault, Witness
from faults.kinds import broker, clock, link, people, program
from faults.volume import Volume

_OWN = (program, broker, link, clock, people)


def catalogue() -> dict[str, type[Fault]]:
    """Every fault, by name."""
    found: dict[str, type[Fault]] = {}
    for room in (*_OWN, _disk()):
        for one in getattr(room, "FAULTS", ()):
            if one.name in found:
                raise ValueError(f"two faults are called {one.name!r}")
            found[one.name] = one
    return dict(sorted(found.items()))


def known() -> Mapping[str, Known]:
    """What a schedule must know of each."""
    return {name: one.known() for name, one in catalogue().items()}


def witnesses(minutes: float) -> list[Witness]:
    """Those that measure a run of so many minutes."""
    made = getattr(_disk(), "WITNESS", None)
    return [*([made()] if made is not None else []), Volume(minutes)]


def drawn() -> dict[str, tuple[tuple[str, float, dict[str, Any]], ...]]:
    """What a drawn schedule takes from the other room in its `first` round, and `then`: (name, seconds, parameters)."""
    return {"first": tuple(getattr(_disk(), "FIRST", ())), "then": tuple(getattr(_disk(), "THEN", ()))}


def _disk() -> Any:
    """The room of the disk faults, or None where it is not there."""
    try:
        return importlib.import_module("faults.disk")
    except ModuleNotFoundError as fault:
        if fault.name != "faults.disk":
            raise
        return None
