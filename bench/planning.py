"""What a round of everything costs on a wire by the plan, at best, and with one request per value.

The best is found here anew and without haste, from the rules as they stand in a profile: every way to cut the sorted
values into runs is weighed. That no grouping of other than neighbours is cheaper is proven in the tests.
"""

from collections.abc import Iterator
from typing import Any

from gateway.core.wire.lines import Cost, SerialLine, cost_on
from gateway.core.wire.plan import RATES, Object, cost_s, objects, one_per_value_s, plans, size_of
from gateway.profiles import registry
from gateway.profiles.schema import BIT_FUNCTIONS, Profile

PROFILES = (
    "dse-73xx-mkii",
    "comap-intelilite4",
    "smartgen-hgm6120n",
    "datakom-d-series",
    "apc-smart-ups",
    "eastron-sdm630",
)
BAUDS = (9600, 19200)


def measure() -> Iterator[dict[str, Any]]:
    """Seconds on the wire for each profile and speed."""
    for name in PROFILES:
        profile = registry.load(name)
        for baud in BAUDS:
            line = SerialLine(device="/dev/ttyUSB0", baud=baud)
            cost = cost_on(line, profile.link.pause_s)
            yield {
                "profile": name,
                "baud": baud,
                "wire_s": round(sum(cost_s(reads, cost) for reads in plans(profile, line).values()), 4),
                "optimum_s": round(optimum_s(profile, cost), 4),
                "one_per_value_s": round(sum(one_per_value_s(profile, line).values()), 4),
            }


def optimum_s(profile: Profile, cost: Cost) -> float:
    """The least that any plan of one round of every rate can cost."""
    total = 0.0
    for rate in RATES:
        for within in profile.blocks:
            function = within.function or profile.link.function
            rows = [row for row in profile.rows if row.rate == rate and row.function == function]
            found = objects(row for row in rows if within.first <= row.at <= within.last)
            total += _cheapest_s(found, function, profile, cost)
    return total


def _cheapest_s(found: list[Object], function: int, profile: Profile, cost: Cost) -> float:
    """Shortest way from the first object to behind the last one, each step one allowed block."""
    best = [0.0] + [float("inf")] * len(found)
    for first in range(len(found)):
        for last in range(first, len(found)):
            block = found[first : last + 1]
            if _allowed(block, function, profile):
                size = size_of(function, block[-1].end - block[0].start)
                best[last + 1] = min(best[last + 1], best[first] + cost.of(1, size))
    return best[-1]


def _allowed(block: list[Object], function: int, profile: Profile) -> bool:
    """By the rules as a person reads them: not longer than allowed, and no hole where none is."""
    link = profile.link
    length = block[-1].end - block[0].start
    whole = sum(one.end - one.start for one in block) == length
    most = link.max_bits if function in BIT_FUNCTIONS else link.max_words
    return length <= most and (whole or link.holes == "readable")
