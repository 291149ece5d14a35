"""The catalogue of signals, read once from `signals.toml`."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from contract.words import Place

ALARM_PREFIX = "alarm."
"""Signals under this prefix are a controller's own alarm conditions, one word each; see `alarms.toml`."""


class Signal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One signal that can travel. `deadband` is in `unit`; `calm`: the dead-band while nothing happens at the site.

    `runs`: it counts by itself, so that its move is no news: it is told only where everything is. `words`: all that a
    word can be.
    """

    key: str
    unit: str
    kind: Literal["number", "counter", "word", "flag", "code", "text"]
    sv: str
    en: str
    deadband: float = 0.0
    calm: float | None = None
    runs: bool = False
    place: Place | None = None
    words: tuple[str, ...] = ()


@cache
def catalogue() -> dict[str, Signal]:
    """All signals by key; a key that stands twice is a fault of the catalogue."""
    rows = tomllib.loads(files("contract").joinpath("signals.toml").read_text("utf-8"))["signal"]
    signals = msgspec.convert(rows, list[Signal])
    by_key = {signal.key: signal for signal in signals}
    if len(by_key) != len(signals):
        raise ValueError("signals.toml: a key stands twice")
    return by_key
