"""The catalogue of alarms, read once from `alarms.toml`."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec
from msgspec import Meta


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
    kinds = msgspec.convert(rows, list[AlarmKind])
    by_key = {kind.key: kind for kind in kinds}
    if len(by_key) != len(kinds):
        raise ValueError("alarms.toml: a key stands twice")
    return by_key
