"""The table `[wake]` of the settings: whom the site wakes by itself, with what, and how long the centre may take."""

import re
import zoneinfo
from typing import Annotated

import msgspec
from msgspec import Meta

from gateway.config_site import Short, Strict
from gateway.core.facts import WakeFacts, WakePerson

PHONE = re.compile(r"\+?\d{5,15}")
QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
LED = re.compile(r"[A-Za-z0-9_:.+-]{0,80}")


class WakePersonTable(Strict, frozen=True, kw_only=True):
    """One person, in the order in which they are woken. `quiet`: `22:00-06:00`; what must be done at once wakes all."""

    name: Short
    phone: str
    quiet: str = ""
    exercises: bool = False

    @property
    def number(self) -> str:
        """The telephone number without what people put between the digits."""
        return re.sub(r"[\s()-]", "", self.phone)

    def facts(self) -> WakePerson:
        """As the judgement knows it."""
        match = QUIET.fullmatch(self.quiet)
        told = [int(one) for one in match.groups()] if match else []
        quiet = (told[0] * 60 + told[1], told[2] * 60 + told[3]) if told else None
        return WakePerson(name=self.name, phone=self.number, quiet=quiet, exercises=self.exercises)


class WakeTable(Strict, frozen=True, kw_only=True):
    """Off until somebody is named or a lamp is. `modem`, `command`: as ModemManager knows them."""

    person: tuple[WakePersonTable, ...] = ()
    lamp: str = ""
    modem: Annotated[str, Meta(min_length=1, max_length=200)] = "any"
    command: Annotated[str, Meta(min_length=1, max_length=200)] = "mmcli"
    centre_within_s: Annotated[float, Meta(ge=0, le=1800)] = 120.0
    timezone: str = "Europe/Stockholm"

    def facts(self, *, centre: bool) -> WakeFacts | None:
        """As the judgement knows it; None while nobody is to be woken here. `centre`: is there one at all?"""
        if not self.person and not self.lamp:
            return None
        return WakeFacts(
            people=tuple(one.facts() for one in self.person),
            centre=centre,
            centre_within_s=self.centre_within_s,
            timezone=self.timezone,
            lamp=bool(self.lamp),
        )


def wake_faults(table: WakeTable) -> list[str]:
    """What the types can not see."""
    faults = []
    for one in table.person:
        if PHONE.fullmatch(one.number) is None:
            faults.append(f"[wake person {one.name}] phone: {one.phone!r} is no number like +46 70 000 00 01")
        if one.quiet and QUIET.fullmatch(one.quiet) is None:
            faults.append(f"[wake person {one.name}] quiet: {one.quiet!r} is not like 22:00-06:00")
    names = [one.name for one in table.person]
    faults += [f"[wake person {one}] name: stands twice" for one in sorted({n for n in names if names.count(n) > 1})]
    if LED.fullmatch(table.lamp) is None or ".." in table.lamp:
        faults.append(f"[wake] lamp: {table.lamp!r} is no name under /sys/class/leds")
    if table.timezone not in zoneinfo.available_timezones():
        faults.append(f"[wake] timezone: {table.timezone!r} is not known here; use for example Europe/Stockholm")
    if not msgspec.json.encode(table.modem).isascii():
        faults.append("[wake] modem: is a number or a path as `mmcli -L` shows it")
    return faults
