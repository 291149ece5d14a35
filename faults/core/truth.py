"""What was so at the plant, and whether something that was shown as now had been so lately.

Two witnesses: a value that is another every few seconds, so that it tells when it was true; and the mains, which comes
and goes by the plant's own account. Times are milliseconds of the plant's uptime.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

FIRST_VALUE, STEP_VALUE = 100, 10
"""The value of the first window, and how much each next one is higher: more than its dead-band."""
STALE_PERIODS, LOST_HEARTBEATS = 3, 3
"""What the product promises its readers. Written down here once more, so that whoever loosens it there is found out."""
OTHERS = ("on_battery", "starting", "on_reserve", "dead")
"""States of power that the mains being there, and feeding, makes wrong. *returning* lies between, *unknown* is never
wrong."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What a surface showed as now. `value` None: not shown, or not as fresh; `power` None likewise.

    `asked_ms`: the time before it was asked, so that a slow answer is not held against it.
    """

    where: str
    asked_ms: int
    power: str | None
    power_within_ms: int
    value: int | None = None
    value_within_ms: int = 0


class Plant(msgspec.Struct, kw_only=True):
    """One life of the plant. `window_ms`: how long each value holds; `fed`: (up_ms, fed by the mains?), in order."""

    begins_ms: int
    window_ms: int
    fed: list[tuple[int, bool]]

    def hear(self, told: dict[str, Any]) -> None:
        """One event as the simulator tells it."""
        if told.get("event") in ("mains_fails", "back_on_mains"):
            self.fed.append((int(told["up_ms"]), told["event"] == "back_on_mains"))

    def stale_ms(self, value: int, at_ms: int) -> int:
        """How long ago the value was last true; below 0 for one that is still to come."""
        number = (value - FIRST_VALUE) // STEP_VALUE
        ended = self.begins_ms + (number + 1) * self.window_ms
        begun = self.begins_ms + number * self.window_ms
        return min(0, at_ms - begun) if at_ms < ended else at_ms - ended

    def was(self, fed: bool, since_ms: int, until_ms: int) -> bool:
        """Was the place at any time of that while fed by the mains (or was it not)?"""
        state, begun = True, 0
        for at_ms, now_fed in [*self.fed, (10**15, True)]:
            if state is fed and begun <= until_ms and at_ms > since_ms:
                return True
            state, begun = now_fed, at_ms
        return False


def limit_ms(period_s: float, told_every_s: float = 0.0) -> int:
    """How old a value may be that is shown as now: three periods, and the heartbeat where only changes are told."""
    return round(1000 * (STALE_PERIODS * period_s + told_every_s))


def silence_ms(heartbeat_s: float) -> int:
    """How long a state may be shown as now of which nothing more was heard."""
    return round(1000 * LOST_HEARTBEATS * heartbeat_s)


def wrong(plant: Plant, shown: Shown) -> str | None:
    """Why what was shown as now may not be shown so; None when it may."""
    at_ms = shown.asked_ms
    if shown.value is not None:
        stale = plant.stale_ms(shown.value, at_ms)
        if stale > shown.value_within_ms:
            return f"{shown.where} shows as fresh a value that was true {stale / 1000:.1f} s ago"
        if stale < -shown.value_within_ms:
            return f"{shown.where} shows a value that is still to come ({-stale / 1000:.1f} s)"
    if shown.power is not None:
        since = at_ms - shown.power_within_ms
        if shown.power == "on_mains" and not plant.was(True, since, at_ms):
            return f"{shown.where} shows mains as now, which has been gone for more than {(at_ms - since) / 1000:.1f} s"
        if shown.power in OTHERS and not plant.was(False, since, at_ms):
            return f"{shown.where} shows {shown.power} as now, after {(at_ms - since) / 1000:.1f} s of mains"
    return None


def number_of(text: str | None) -> int | None:
    """The whole number in "1 230 kPa"."""
    digits = re.sub(r"\D", "", (text or "").rpartition(" ")[0] or (text or ""))
    return int(digits) if digits else None


def scenario(title: str, length_s: int, window_s: float, outages: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """A scenario file: the telling value in every window, and the outages (from, to) in between."""
    steps: list[dict[str, Any]] = [
        {"at_s": place * window_s, "do": "set_value", "device": "genset", "signal": "engine.turbo_pressure",
         "value": FIRST_VALUE + STEP_VALUE * place, "for_s": window_s}
        for place in range(int(length_s / window_s))
    ]  # fmt: skip
    for begins, ends in outages:
        steps += [{"at_s": begins, "do": "mains_fails"}, {"at_s": ends, "do": "mains_back"}]
    quick = {"mains_fail_delay_s": 1, "prestart_s": 1, "crank_s": 1, "warm_up_s": 2, "transfer_s": 1,
             "return_delay_s": 3, "unload_s": 1, "cool_down_s": 3, "stop_s": 2}  # fmt: skip
    return {
        "title": title, "length_s": length_s, "start": {"fuel_percent": 90.0}, "sequence": quick,
        "step": sorted(steps, key=lambda step: step["at_s"]),
    }  # fmt: skip
