"""Sets without a bus: what the contacts of an input module mean is wired at the site, so the site's settings say it."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contract.signals import ALARM_PREFIX
from gateway.profiles.schema import BIT_FUNCTIONS, Profile, Row

Means = Literal[
    "running",
    "auto",
    "common_shutdown",
    "common_warning",
    "low_fuel",
    "fail_to_start",
    "emergency_stop",
    "mains_present",
    "load_present",
    "generator_present",
    "on_generator",
    "ups_on_battery",
    "ups_battery_low",
    "ups_replace_battery",
]
MEANINGS: dict[str, tuple[str, str, str]] = {
    "running": ("engine.state", "running", "stopped"),
    "auto": ("controller.mode", "auto", "not_auto"),
    "common_shutdown": (ALARM_PREFIX + "common-shutdown", "shutdown", "inactive"),
    "common_warning": (ALARM_PREFIX + "common-warning", "warning", "inactive"),
    "low_fuel": (ALARM_PREFIX + "low-fuel-level-switch", "warning", "inactive"),
    "fail_to_start": (ALARM_PREFIX + "fail-to-start", "shutdown", "inactive"),
    "emergency_stop": (ALARM_PREFIX + "emergency-stop", "shutdown", "inactive"),
    "mains_present": ("mains.present", "", ""),
    "load_present": ("load.present", "", ""),
    "generator_present": ("switch.generator_available", "", ""),
    "on_generator": ("switch.position", "generator", "mains"),
    "ups_on_battery": ("ups.state", "on_battery", "on_mains"),
    "ups_battery_low": (ALARM_PREFIX + "ups-battery-low", "shutdown", "inactive"),
    "ups_replace_battery": ("ups.replace_battery", "", ""),
}
"""Signal, and its words while the contact is active and while it is not; none for a flag."""
OF_THE_SET = ("running", "auto", "common_shutdown", "common_warning", "fail_to_start")
"""A module that carries one of these speaks for the generator set."""
OF_A_UPS = ("ups_on_battery", "ups_battery_low", "ups_replace_battery")


class ContactTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One contact: the number printed at its terminal, from 1 on, and what it means.

    `active`: how the contact stands while that is so. An alarm should be wired so that it opens: then a broken wire is
    an alarm, too. `steady_s`: so long it must stand before it is believed.
    """

    input: Annotated[int, Meta(ge=1, le=128)]
    means: Means
    active: Literal["closed", "open"] = "closed"
    steady_s: Annotated[float, Meta(ge=0, le=600)] = 1.0


def wired(profile: Profile, contacts: Sequence[ContactTable]) -> tuple[Profile, list[str]]:
    """The profile of an input module with its contacts as signals, and a sentence per fault."""
    if profile.head.kind != "inputs":
        return profile, ["contact: only a module of inputs has contacts"] if contacts else []
    if not contacts:
        return profile, ["contact: says nothing yet; name at least one input and what it means"]
    faults: list[str] = []
    rows: list[Row] = []
    within = next(block for block in profile.blocks if (block.function or profile.link.function) in BIT_FUNCTIONS)
    for number, contact in enumerate(contacts, 1):
        at = within.first + contact.input - 1
        if at > within.last:
            faults.append(f"contact {number}: input {contact.input}: the module has {within.last - within.first + 1}")
        if any(row.at == at for row in rows):
            faults.append(f"contact {number}: input {contact.input} stands twice")
        if any(row.key == MEANINGS[contact.means][0] for row in rows):
            faults.append(f"contact {number}: {contact.means} stands twice")
        rows.append(_row(contact, at, within.function or profile.link.function, number))
    means = {contact.means for contact in contacts}
    kind = "generator_controller" if means & set(OF_THE_SET) else "ups" if means & set(OF_A_UPS) else "inputs"
    head = msgspec.structs.replace(profile.head, kind=kind)
    return msgspec.structs.replace(profile, head=head, rows=tuple(sorted(rows, key=lambda row: row.at))), faults


def _row(contact: ContactTable, at: int, function: int, number: int) -> Row:
    key, active, calm = MEANINGS[contact.means]
    return Row(
        key=key,
        function=function,
        at=at,
        type="bit",
        words={1: active, 0: calm} if active else None,
        inverted=contact.active == "open",
        steady_s=contact.steady_s,
        rate="fast",
        evidence="1d",
        source="the wiring of this site",
        label=f"contact {number} ({contact.means})",
    )
