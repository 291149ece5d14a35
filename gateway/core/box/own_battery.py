"""The box's own battery (a UPS board on the computer): what the kernel says of it → numbers.

Texts are those of Linux' `/sys/class/power_supply/*` (Documentation/ABI/testing/sysfs-class-power): micro-units,
percent, seconds. A board whose maker gives a kernel driver or an overlay shows up there; others say nothing.
"""

from collections.abc import Iterable

import msgspec

from contract.words import Quality
from gateway.core.box.machine import Found, Missing

FILES = (
    "type", "scope", "present", "status", "online", "capacity", "time_to_empty_now", "time_to_empty_avg", "energy_now",
    "power_now", "charge_now", "current_now",
)  # fmt: skip
BELIEVED_SHARE = 0.5
"""Of an estimate: batteries disappoint, in the cold most of all. What the board itself counts is taken as it is."""
LONGEST_S = 14 * 86400.0
RUNS = "Discharging"
FED = ("Charging", "Full", "Not charging")


class PowerSupply(msgspec.Struct, frozen=True):
    """One folder of the kernel: file → text, only those that could be read."""

    texts: dict[str, str]

    def word(self, name: str) -> str:
        """A file's text, "" where there is none."""
        return self.texts.get(name, "").strip()

    def number(self, name: str) -> float | None:
        """A file's whole number, None where there is none."""
        text = self.word(name)
        digits = text.removeprefix("-")
        return float(text) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None


class OwnBattery(msgspec.Struct, frozen=True):
    """`on`: does it carry the box now? `charge` in percent; `left_s`: so long it lasts at least from now."""

    on: Found = None
    charge: Found = None
    left_s: Found = None


def own_battery(supplies: Iterable[PowerSupply], minutes: float | None) -> OwnBattery:
    """All batteries of the box as one. `minutes`: how long a full one carries the box, measured by a person."""
    known = [one for one in supplies if one.word("scope") != "Device"]
    batteries = [one for one in known if one.word("type") in ("Battery", "UPS") and one.word("present") != "0"]
    if not batteries:
        return OwnBattery()
    charges = [number for one in batteries if (number := one.number("capacity")) is not None and 0 <= number <= 100]
    charge = min(charges, default=None)
    return OwnBattery(
        on=_on(batteries, [one for one in known if one not in batteries]),
        charge=charge if charge is not None else Missing(Quality.BAD_DATA, "no charge between 0 and 100 %"),
        left_s=_left_s(batteries, charge, minutes),
    )


def _on(batteries: list[PowerSupply], others: list[PowerSupply]) -> Found:
    """What feeds from outside is the better witness: a full battery floats, and says now this, now that."""
    fed = [number for one in others if (number := one.number("online")) is not None]
    if fed:
        return int(not any(number > 0 for number in fed))
    words = [one.word("status") for one in batteries]
    if RUNS in words:
        return 1
    if any(word in FED for word in words):
        return 0
    return Missing(Quality.BAD_DATA, "neither a charger nor the battery says who feeds the box")


def _left_s(batteries: list[PowerSupply], charge: float | None, minutes: float | None) -> Found:
    told = [seconds for one in batteries if (seconds := _seconds(one)) is not None]
    if told:
        return round(min(LONGEST_S, *told))
    if charge is not None and minutes is not None:
        return round(min(LONGEST_S, minutes * 60 * charge / 100 * BELIEVED_SHARE))
    return Missing(Quality.NOT_CALIBRATED, "the battery does not tell, and [last_words] battery_minutes is not set")


def _seconds(one: PowerSupply) -> float | None:
    """Its own time first, else what is in it over what is drawn from it."""
    for name in ("time_to_empty_now", "time_to_empty_avg"):
        own = one.number(name)
        if own is not None and own > 0:
            return own
    for held, drawn in (("energy_now", "power_now"), ("charge_now", "current_now")):
        amount, rate = one.number(held), one.number(drawn)
        if amount is not None and rate and amount >= 0:
            return amount / abs(rate) * 3600 * BELIEVED_SHARE
    return None
