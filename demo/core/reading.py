"""Numbers and times as pages write them in Swedish, read back."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Stockholm")
SECONDS = {"s": 1, "min": 60, "h": 3600, "dygn": 86_400}
NEAR = 0.04
"""What a gauge in whole tenths of a per cent and a load that swings may do to true hours."""


def age_s(text: str) -> float | None:
    """The first age in a text (“för 1 dygn 3 h sedan”, “nyss”) in seconds; None where there is none."""
    said = re.search(r"nyss|för ((?:\d+ (?:dygn|h|min|s) ?)+)sedan", text.replace("\u00a0", " "))
    if said is None:
        return None
    return float(sum(int(number) * SECONDS[unit] for number, unit in re.findall(r"(\d+) (dygn|h|min|s)", said[0])))


def interval(text: str) -> tuple[float, float] | None:
    """Hours from and to (“Troligen 104–155 h”, “90 min–3 h”)."""
    said = re.search(r"([\d ]+)(?: (min|h))?–([\d ]+) (min|h)", text.replace("\u00a0", " "))
    if said is None:
        return None
    first, unit, last, last_unit = said.groups()
    return _hours(first, unit or last_unit), _hours(last, last_unit)


def _hours(number: str, unit: str) -> float:
    return float(number.replace(" ", "")) / (60 if unit == "min" else 1)


def holds(found: tuple[float, float], hours: float) -> bool:
    """Does the interval hold these hours, or lie so near that gauge and rounding explain it?"""
    return found[0] * (1 - NEAR) - 1 <= hours <= found[1] * (1 + NEAR) + 1


def between(text: str, begins_wall_ms: int, from_s: float, until_s: float) -> bool:
    """Is the clock time of a text (its last HH:MM) one of those from and until, in seconds from the beginning?"""
    said = re.findall(r"(\d\d):(\d\d)", text)
    if not said:
        return False
    minute = 60 * int(said[-1][0]) + int(said[-1][1])
    first = datetime.fromtimestamp(begins_wall_ms / 1000 + from_s, UTC).astimezone(ZONE)
    after = (minute - (60 * first.hour + first.minute)) % 1440
    return after <= (until_s - from_s) / 60 + 1
