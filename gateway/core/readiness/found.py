"""What the checks of the readiness found, what of it must survive a restart, and how long a person's word counts.

The checks themselves: `checks.py`.
"""

from enum import StrEnum

import msgspec

from contract.wire import Moment, Name, Text, Wire
from contract.words import Basis, Readiness


class Outcome(StrEnum):
    """What one check says, lightest first."""

    OK = "ok"
    REMARK = "remark"
    MISSING = "missing"
    FAIL = "fail"


class Finding(msgspec.Struct, frozen=True):
    """What one check says now. `reason` is a key of `reasons.toml`, `detail` the number or thing it names."""

    check: str
    outcome: Outcome
    basis: Basis
    reason: str = ""
    detail: str = ""


class Failing(Wire):
    """What a check of the readiness measured as wrong, as long as nothing has said otherwise since."""

    reason: Name
    at: Moment
    """Since when it is wrong; once it can no longer be measured: since when that is so."""
    detail: Text = ""
    lost: bool = False
    """It can no longer be measured."""


class ReadinessTold(Wire):
    """The verdict on the readiness that was last told by an event, and the keys of its reasons."""

    readiness: Readiness
    reasons: tuple[str, ...] = ()


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What the next look at the readiness needs of the last one. Uptimes in ms; None: not seen in this run."""

    found: dict[str, Finding] = {}
    worse_ms: dict[str, int] = {}
    """Since when a check measures worse than it says: a short dip is no finding."""
    ran_ms: int | None = None
    """When the set was last seen doing anything but standing."""
    cranked_ms: int | None = None
    """When the set was last seen starting."""
    mains_ms: int | None = None
    """When the mains came back."""
    differs_ms: int | None = None
    """Since when the verdict differs from what was told."""


REPORT_HOLDS_DAYS: dict[str, float] = {
    "mode": 7.0,
    "shutdown": 7.0,
    "estop": 7.0,
    "battery": 30.0,
    "charger": 30.0,
    "heater": 7.0,
    "fuel": 30.0,
    "fuel_age": 30.0,
    "fuel_cold": 30.0,
    "test": 30.0,
    "service": 30.0,
    "contact": 7.0,
    "ups": 30.0,
    "breaker": 30.0,
    "transport": 30.0,
    "road": 30.0,
}
"""Checks that people may report, and for how many days their word counts. What anybody may have moved holds a week."""
