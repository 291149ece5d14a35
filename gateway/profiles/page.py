"""The table of devices for people, `docs/devices.md`, made of the profiles. `make rewrite` writes it anew."""

from collections import Counter
from collections.abc import Iterable, Iterator

from contract.alarms import NUMBERED_PREFIX
from contract.signals import ALARM_PREFIX
from gateway.profiles.schema import Profile, Row

KINDS = {
    "generator_controller": "Controllers of generator sets",
    "ups": "UPS, batteries and inverters",
    "meter": "Meters",
    "transfer_switch": "Transfer switches",
    "inputs": "Contacts of sets without a bus",
}
GIVES: dict[str, tuple[str, ...]] = {
    "mode": ("controller.mode",),
    "engine state": ("engine.state",),
    "speed": ("engine.speed",),
    "mains": ("mains.present", "mains.voltage_l1n", "switch.mains_available"),
    "which source carries": ("switch.position",),
    "set live": ("generator.voltage_l1n", "switch.generator_available"),
    "load": ("generator.power", "generator.power_l1", "meter.power", "ups.load_percent"),
    "fuel level": ("fuel.level",),
    "start battery": ("engine.battery_voltage",),
    "oil and coolant": ("engine.coolant_temperature", "engine.oil_pressure"),
    "run time": ("engine.run_time",),
    "starts": ("engine.starts",),
    "service due": ("engine.maintenance_due_in",),
    "voltages": ("meter.voltage_l1n",),
    "energy": ("generator.energy_export", "meter.energy_import"),
    "on battery or mains": ("ups.state",),
    "charge": ("ups.charge",),
    "run time left": ("ups.runtime",),
    "battery health": ("ups.health", "ups.replace_battery"),
    "inputs": ("input.di1",),
}
"""What a site wants to know, and the signals that tell it."""
MARKS = {
    "2f": "two sources, seen on a machine",
    "2d": "two papers of the maker",
    "2": "two sources",
    "1f": "one source, seen on a machine",
    "1d": "one paper of the maker",
    "1": "one source",
    "X": "sources disagree",
}
HEAD = """# Devices

Made from the profiles by `make rewrite`; a test keeps it current. Each row of a profile names its source and its evidence; what is experimental says so wherever it is shown. Where nothing stands under *proves itself*, compare one value with the display before you believe the rest. How to put a device into service: [commissioning.md](commissioning.md).

Evidence: {marks}.
"""  # noqa: E501 - a line of Markdown is a paragraph


def page(profiles: Iterable[Profile]) -> str:
    """The whole page."""
    everything = sorted(profiles, key=lambda one: (one.head.maker, one.head.title))
    parts = [HEAD.format(marks="; ".join(f"`{mark}` {text}" for mark, text in MARKS.items()))]
    for kind, title in KINDS.items():
        of_kind = [one for one in everything if one.head.kind == kind]
        if of_kind:
            parts.append(f"## {title}\n\n" + "\n".join(_table(of_kind)) + "\n")
    return "\n".join(parts)


def _table(profiles: Iterable[Profile]) -> Iterator[str]:
    yield "| device | profile | gives | alarms | proves itself by | rows, by evidence | not known |"
    yield "|---|---|---|---|---|---|---|"
    for one in profiles:
        cells = (_device(one), f"`{one.name}`", gives(one), _alarms(one), _identity(one), evidence(one), _unknown(one))
        yield "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def _device(one: Profile) -> str:
    return one.head.title + (" **(experimental)**" if one.head.experimental else "")


def gives(one: Profile) -> str:
    """What a site wants to know and this device tells; an asterisk where every row of it is experimental."""
    found = []
    for name, keys in GIVES.items():
        rows = [row for row in one.rows if row.key in keys]
        if rows:
            found.append(name + ("*" if all(_weak(one, row) for row in rows) else ""))
    return ", ".join(found)


def evidence(one: Profile) -> str:
    """How many rows have which evidence, the strongest first."""
    count = Counter(row.evidence for row in one.rows)
    found = [f"{count[mark]} × `{mark}`" for mark in MARKS if count[mark]]
    weak = sum(_weak(one, row) for row in one.rows)
    return ", ".join(found) + (f"; {weak} experimental" if weak else "")


def _alarms(one: Profile) -> str:
    names = {row.key.removeprefix(ALARM_PREFIX) for row in one.rows if row.key.startswith(ALARM_PREFIX)}
    numbered = sum(name.startswith(NUMBERED_PREFIX) for name in names)
    told = [f"{len(names) - numbered} by name"] if len(names) > numbered else []
    told += [f"{numbered} by number"] if numbered else []
    told += ["as text"] if any(row.type == "record" for row in one.rows) else []
    return ", ".join(told) or "–"


def _identity(one: Profile) -> str:
    return "; ".join(_proof(row.key, row.one_of) for row in one.identity) or "–"


def _proof(key: str, one_of: tuple[int | str, ...]) -> str:
    shown = ", ".join(str(value) for value in one_of[:6])
    return f"`{key}` {shown}" + (f" and {len(one_of) - 6} more" if len(one_of) > 6 else "")


def _unknown(one: Profile) -> str:
    return " ".join(one.head.unknown) or "–"


def _weak(one: Profile, row: Row) -> bool:
    return row.experimental or one.head.experimental
