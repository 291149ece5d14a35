"""A schedule drawn from a seed: every kind of fault in turn, with kills sprinkled over all of it."""

from collections.abc import Callable, Sequence
from typing import Any

from faults.core.schedule import Planned, Schedule

Chance = Callable[[], float]
"""The next number of [0, 1)."""

VICTIMS = (("gateway", 7), ("site-broker", 4), ("central-broker", 3), ("dashboard", 2), ("kiosk-keeper", 2),
           ("kiosk-screen", 1))  # fmt: skip
"""Who is killed, and how often out of nineteen times."""
KILL_EVERY_S = 4.0
QUIET_S = 6.0
"""At the beginning, so that there is something to lose."""
CALM_S = 4.0
"""Between two faults that last, so that what the first broke can show itself."""
OUTAGE_S = 45.0

ROUND: tuple[tuple[str, float, dict[str, Any]], ...] = (
    ("freeze", 8.0, {"program": "central-broker"}),
    ("forget", 2.0, {"broker": "site"}),
    ("mute", 10.0, {"broker": "central"}),
    ("garbage", 8.0, {}),
    ("refuse", 8.0, {"broker": "site"}),
    ("bad-net", 16.0, {}),
    ("twin", 10.0, {}),
    ("forget", 2.0, {"broker": "central"}),
    ("certificate-expired", 8.0, {"whose": "broker"}),
    ("clock-1970", 8.0, {}),
    ("cut", 22.0, {"link": "uplink"}),
    ("freeze", 8.0, {"program": "site-broker"}),
    ("refuse", 8.0, {"broker": "central"}),
    ("mute", 10.0, {"broker": "site"}),
    ("certificate-expired", 8.0, {"whose": "site"}),
    ("freeze", 16.0, {"program": "gateway"}),
    ("clock-jump", 8.0, {"by_s": -7200.0}),
    ("cut", 14.0, {"link": "site", "every_s": 3.0}),
    ("clock-jump", 8.0, {"by_s": 93_600.0}),
)


def draw(
    seed: int, minutes: float, chance: Chance, extra: Sequence[tuple[str, float, dict[str, Any]]] = ()
) -> Schedule:
    """A schedule for so many minutes. `extra`: faults of other rooms (disks), as (name, seconds, parameters)."""
    end_s = minutes * 60
    long = end_s >= 150
    last_s = end_s - (OUTAGE_S + 12.0 if long else 2.0)
    lasting = _lasting([*ROUND, *extra], last_s, chance)
    faults = [*lasting, *_kills(last_s, chance)]
    if long:
        faults.append(
            Planned(name="long-outage", at_s=round(last_s + 2.0, 1), for_s=OUTAGE_S, parameters={"hours": 48.0})
        )
    faults.sort(key=lambda one: one.at_s)
    return Schedule(
        seed=seed, minutes=minutes, screen=True, persistence=chance() < 0.5, settle_s=120.0, faults=tuple(faults)
    )


def _lasting(kinds: list[tuple[str, float, dict[str, Any]]], last_s: float, chance: Chance) -> list[Planned]:
    """One after the other in drawn order, round after round, until the time is used up."""
    found: list[Planned] = []
    at_s = QUIET_S
    while True:
        waiting = list(kinds)
        while waiting:
            name, for_s, parameters = waiting.pop(int(chance() * len(waiting)))
            if at_s + for_s > last_s:
                return found
            found.append(Planned(name=name, at_s=round(at_s, 1), for_s=for_s, parameters=parameters))
            at_s += for_s + CALM_S * (0.5 + chance())


def _kills(last_s: float, chance: Chance) -> list[Planned]:
    pot = [name for name, times in VICTIMS for _ in range(times)]
    found, at_s = [], QUIET_S
    while (at_s := at_s + KILL_EVERY_S * 2 * chance()) < last_s:
        found.append(Planned(name="kill", at_s=round(at_s, 2), parameters={"program": pot[int(chance() * len(pot))]}))
    return found
