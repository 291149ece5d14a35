"""The settings of one device: how it is reached, by which profile it is read and how often."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contract.words import Place
from gateway.config_site import Strict
from gateway.core.facts import DeviceFacts
from gateway.core.wire.lines import SerialLine, TcpLine
from gateway.profiles import registry
from gateway.profiles.contacts import ContactTable
from gateway.profiles.contacts import wired as with_contacts
from gateway.profiles.schema import Profile, ProfileFault

ONCE_S = 86400.0
"""Period told for signals that are read once: identity does not grow old within a day."""


class DeviceTable(Strict, frozen=True, kw_only=True):
    """One device: exactly one of `tcp`, `rtu_over_tcp` and `serial`. `timeout_s` and `pause_s` are real seconds."""

    name: str
    profile: str
    tcp: str | None = None
    rtu_over_tcp: str | None = None
    serial: str | None = None
    baud: Annotated[int, Meta(ge=300, le=1_000_000)] = 9600
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1
    unit: Annotated[int, Meta(ge=0, le=255)] | None = None
    poll_every_s: Annotated[float, Meta(ge=0.1, le=3600)] = 5.0
    poll_active_every_s: Annotated[float, Meta(ge=0.1, le=3600)] = 2.0
    slow_every_s: Annotated[float, Meta(ge=0.1, le=86400)] = 60.0
    timeout_s: Annotated[float, Meta(ge=0.02, le=30)] | None = None
    pause_s: Annotated[float, Meta(ge=0, le=5)] | None = None
    place: Place | None = None
    not_the_profiles: Annotated[str, Meta(min_length=10, max_length=200)] = ""
    contact: tuple[ContactTable, ...] = ()


class Wired(msgspec.Struct, frozen=True, kw_only=True):
    """A device ready to be opened."""

    table: DeviceTable
    profile: Profile
    line: TcpLine | SerialLine
    unit: int


def wire(table: DeviceTable, faults: list[str]) -> Wired | None:
    """A device with its profile and line; None, and a sentence per fault, when it cannot be."""
    label = f"[device {table.name}]"
    if sum(one is not None for one in (table.tcp, table.rtu_over_tcp, table.serial)) != 1:
        faults.append(f"{label} needs exactly one of tcp, rtu_over_tcp and serial")
        return None
    try:
        profile = registry.load(table.profile)
        line = _line(table)
        msgspec.convert(msgspec.to_builtins(line), type(line))
    except (ProfileFault, ValueError) as fault:
        faults.append(f"{label} {fault}")
        return None
    pace = {name: value for name in ("timeout_s", "pause_s") if (value := getattr(table, name)) is not None}
    profile = msgspec.structs.replace(profile, link=msgspec.structs.replace(profile.link, **pace))
    profile, wrong = with_contacts(profile, table.contact)
    faults += [f"{label} {fault}" for fault in wrong]
    unit = table.unit if table.unit is not None else profile.head.default_unit
    return Wired(table=table, profile=profile, line=line, unit=unit)


def _line(table: DeviceTable) -> TcpLine | SerialLine:
    if table.serial is not None:
        return SerialLine(device=table.serial, baud=table.baud, parity=table.parity, stop_bits=table.stop_bits)
    rtu = table.rtu_over_tcp is not None
    text = table.rtu_over_tcp or table.tcp or ""
    host, colon, port = text.rpartition(":")
    if not colon:
        return TcpLine(host=text, rtu=rtu)
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"{'rtu_over_tcp' if rtu else 'tcp'}: {text!r} is not like 192.0.2.10:502")
    return TcpLine(host=host.strip("[]"), port=int(port), rtu=rtu)


def speeds(tables: tuple[DeviceTable, ...], faults: list[str]) -> None:
    """A serial line is one wire: two speeds on it would be two masters. Nor is one address two kinds of line."""
    told: dict[tuple[str, str], object] = {}
    for table in tables:
        line = table.serial or table.tcp or table.rtu_over_tcp or ""
        kinds: dict[str, object] = {"rtu_over_tcp": table.rtu_over_tcp is not None}
        if table.serial is not None:
            kinds = {"baud": table.baud, "parity": table.parity, "stop_bits": table.stop_bits}
        for name, value in kinds.items():
            before = told.setdefault((line, name), value)
            if before != value:
                what = f"runs at {before} already" if name == "baud" else f"has {name} {before} already"
                faults.append(f"[device {table.name}] {name}: {line} {what}")


def device_facts(one: Wired) -> DeviceFacts:
    """As the judgement needs it."""
    table, head = one.table, one.profile.head
    period = {"fast": table.poll_every_s, "slow": table.slow_every_s, "once": ONCE_S}
    place = table.place or (Place.LOAD if head.kind == "meter" else None)
    return DeviceFacts(
        name=table.name,
        profile=head.name,
        title=head.title[:80],
        kind=head.kind,
        place=place,
        poll_every_s=table.poll_every_s,
        poll_active_every_s=min(table.poll_every_s, table.poll_active_every_s),
        slow_every_s=table.slow_every_s,
        signals={row.key: (row.unit, period[row.rate], row.experimental) for row in one.profile.rows},
    )
