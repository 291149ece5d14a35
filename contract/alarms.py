"""The catalogue of alarms, read once from `alarms.toml`; those that have only a number are made here."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

NUMBERED = 160
"""So many alarms of one controller can travel without a name; the largest known list of alarms has 156 places."""
NUMBERED_PREFIX = "controller-alarm-"


class AlarmKind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One alarm that can be raised, with its words for people."""

    key: str
    by: Literal["site", "controller", "centre"]
    priority: Annotated[int, Meta(ge=1, le=3)]
    sv: str
    en: str
    do_sv: str = ""
    """What to do about it; never an electrical step."""
    do_en: str = ""


@cache
def catalogue() -> dict[str, AlarmKind]:
    """All alarms by key; a key that stands twice is a fault of the catalogue."""
    rows = tomllib.loads(files("contract").joinpath("alarms.toml").read_text("utf-8"))["alarm"]
    kinds = msgspec.convert(rows, list[AlarmKind]) + [_numbered(number) for number in range(1, NUMBERED + 1)]
    by_key = {kind.key: kind for kind in kinds}
    if len(by_key) != len(kinds):
        raise ValueError("alarms.toml: a key stands twice")
    return by_key


def _numbered(number: int) -> AlarmKind:
    """An alarm of a controller whose names are not known: its number leads to its text on the controller's screen."""
    return AlarmKind(
        key=f"{NUMBERED_PREFIX}{number}",
        by="controller",
        priority=2,
        sv=f"Larm {number} i styrsystemet (läs på dess skärm)",
        en=f"Alarm {number} in the controller (read its screen)",
        do_sv="Läs på styrsystemets skärm vad det är, och ring den som sköter elverket.",
        do_en="Read on the controller what it is, and ring whoever looks after the set.",
    )
