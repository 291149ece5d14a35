"""A schedule drawn from a seed: every kind of fault in turn, kills sprinkled over all of it, and storms of kills.

The first round holds each kind that a site must survive once; the second what is like them; then all again and again.
"""

from collections.abc import Callable, Sequence
from itertools import chain, repeat
from typing import Any

from faults.core.schedule import Planned, Schedule

Chance = Callable[[], float]
"""The next number of [0, 1)."""

VICTIMS = (("gateway", 7), ("site-broker", 4), ("central-broker", 3), ("dashboard", 2), ("owner-page", 1),
           ("kiosk-keeper", 2), ("kiosk-screen", 1))  # fmt: skip
"""Who is killed, and how often out of twenty times."""
KILL_EVERY_S = 4.0
QUIET_S = 6.0
"""At the beginning, so that there is something to lose."""
CALM_S = 4.0
"""Between two faults that last, so that what the first broke can show itself."""
OUTAGE_S = 45.0
LONG_S = 1200.0
"""A run of that length has a time at the product's own paces too, this long:"""
DEFAULT_PACE_S = 600.0

Kind = tuple[str, float, dict[str, Any]]
"""Name, seconds, parameters."""

STORM_S, STORM_EVERY_S = 6.0, 30.0
"""A storm kills whatever has just come back, and before it is quite there; so often one begins."""

FIRST: tuple[Kind, ...] = (
    ("freeze", 8.0, {"program": "central-broker"}),
    ("forget", 2.0, {"broker": "site"}),
    ("mute", 10.0, {"broker": "central"}),
    ("garbage", 8.0, {}),
    ("refuse", 8.0, {"broker": "site"}),
    ("bad-net", 16.0, {}),
    ("twin", 10.0, {}),
    ("certificate-expired", 8.0, {"whose": "broker"}),
    ("clock-1970", 8.0, {}),
    ("cut", 12.0, {"link": "uplink"}),
)
"""Each kind once; the shortest form that still breaks something."""

THEN: tuple[Kind, ...] = (
    ("forget", 2.0, {"broker": "central"}),
    ("freeze", 8.0, {"program": "site-broker"}),
    ("refuse", 8.0, {"broker": "central"}),
    ("mute", 10.0, {"broker": "site"}),
    ("certificate-expired", 8.0, {"whose": "site"}),
    ("freeze", 16.0, {"program": "gateway"}),
    ("clock-jump", 8.0, {"by_s": -7200.0}),
    ("cut", 14.0, {"link": "site", "every_s": 3.0}),
    ("clock-jump", 8.0, {"by_s": 93_600.0}),
    ("delay", 10.0, {}),
    ("slow", 10.0, {}),
    ("loss", 10.0, {}),
    ("down", 8.0, {"program": "gateway"}),
)


def draw(seed: int, minutes: float, chance: Chance, first: Sequence[Kind] = (), then: Sequence[Kind] = ()) -> Schedule:
    """A schedule for so many minutes. `first`, `then`: faults of other rooms (disks) for the first and later rounds."""
    end_s = minutes * 60
    long = end_s >= 150
    last_s = end_s - (OUTAGE_S + 12.0 if long else 2.0)
    lasting = _lasting([*FIRST, *first], [*THEN, *then], last_s, chance)
    faults = [*lasting, *_kills(last_s, chance), *_storms(last_s, chance)]
    if long:
        faults.append(
            Planned(name="long-outage", at_s=round(last_s + 2.0, 1), for_s=OUTAGE_S, parameters={"hours": 48.0})
        )
    if end_s >= LONG_S:
        faults.append(Planned(name="default-pace", at_s=round((last_s - DEFAULT_PACE_S) / 2, 1), for_s=DEFAULT_PACE_S))
    faults.sort(key=lambda one: one.at_s)
    return Schedule(
        seed=seed, minutes=minutes, screen=True, persistence=chance() < 0.5, settle_s=120.0, faults=tuple(faults)
    )


def _lasting(first: list[Kind], then: list[Kind], last_s: float, chance: Chance) -> list[Planned]:
    """One after the other in drawn order: the first round, the second, then all, until the time is used up."""
    found: list[Planned] = []
    at_s = QUIET_S
    for kinds in chain((first, then), repeat([*first, *then])):
        waiting = list(kinds)
        while waiting:
            name, for_s, parameters = waiting.pop(int(chance() * len(waiting)))
            if at_s + for_s > last_s:
                return found
            found.append(Planned(name=name, at_s=round(at_s, 1), for_s=for_s, parameters=parameters))
            at_s += for_s + CALM_S * (0.5 + chance())
    return found


def _kills(last_s: float, chance: Chance) -> list[Planned]:
    pot = [name for name, times in VICTIMS for _ in range(times)]
    found, at_s = [], QUIET_S
    while (at_s := at_s + KILL_EVERY_S * 2 * chance()) < last_s:
        found.append(Planned(name="kill", at_s=round(at_s, 2), parameters={"program": pot[int(chance() * len(pot))]}))
    return found


def _storms(last_s: float, chance: Chance) -> list[Planned]:
    found, at_s = [], QUIET_S
    while (at_s := at_s + STORM_EVERY_S * (0.5 + chance())) + STORM_S < last_s:
        found.append(Planned(name="kill-storm", at_s=round(at_s, 1), for_s=STORM_S))
    return found
