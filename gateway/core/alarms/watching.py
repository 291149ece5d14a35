"""What the alarms have seen begin in this run of the program. Uptimes in ms; forgotten at a restart, but for what is
about to become an alarm (`alarm_pending.py`).
"""

import msgspec


class Pending(msgspec.Struct, frozen=True):
    """A rule that is about to change its mind. `since_ms` moves on while nothing is known."""

    since_ms: int
    seen_ms: int
    begins: bool = False
    """Is it about to become an alarm, not to end as one?"""
    paused: bool = False
    """Nothing is known of it now."""


class Raised(msgspec.Struct, frozen=True):
    """One alarm raised lately."""

    key: str
    device: str
    at_ms: int


class Burst(msgspec.Struct, frozen=True):
    """Alarms of one group (`alarm_wake.group`) that follow each other."""

    first_ms: int
    """When the condition of the first of them began."""
    last_ms: int
    """When the last of them was raised."""


class Watching(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, bounded by the number of rules, devices and alarms."""

    pending: dict[tuple[str, str], Pending] = {}
    """(rule, device) → since when it says otherwise than before"""
    recalled: bool = False
    """Has what the run before saw begin been taken over?"""
    falling: dict[tuple[str, str], int] = {}
    """(alarm, device) → since when it would be less grave"""
    raised: tuple[Raised, ...] = ()
    bursts: dict[str, Burst] = {}
    flood: bool = False
    engine: str | None = None
    """Its last known word."""
    engine_ms: int = 0
    """Since when it has been at rest, or not."""
    cranked_ms: int | None = None
    """When it may last have cranked."""
    started_ms: int | None = None
    """When it last began to run."""
