"""The files the simulator takes: plant, scenario, register image. Each is checked, and refused with all its faults."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from contract.topics import valid_level
from doors import settings
from gateway.profiles.registry import load as load_profile
from gateway.profiles.schema import Profile, ProfileFault
from simulator.core.equipment import Part, Plant, Sequence
from simulator.core.faults import BadInput
from simulator.core.feed_script import FeedScript, script_faults
from simulator.core.image import Image, ImageFile, from_csv, from_toml
from simulator.core.scenario import Scenario, check_scenario

T = TypeVar("T", bound=msgspec.Struct)

MAX_BYTES = 1024 * 1024
Unit = Annotated[int, Meta(ge=1, le=247)]
Cell = tuple[Annotated[int, Meta(ge=0, le=65535)], Annotated[int, Meta(ge=0, le=65535)]]


class Device(Part, kw_only=True):
    """One Modbus device. `powered_by = "load"`: it is dead, and silent, when the load side has no voltage.

    `values` are constants by signal key, `fixed` raw words as [address, word] for cells that the profile does not name.
    """

    name: str
    profile: str
    unit: Unit
    powered_by: Literal["own", "load"] = "own"
    values: dict[str, float | int | str] = {}
    fixed: tuple[Cell, ...] = ()


class Tcp(Part, kw_only=True):
    """One Modbus TCP listener; port 0 takes a free one."""

    device: tuple[Device, ...]
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 0


class Rtu(Part, kw_only=True):
    """One serial line: a pseudo-terminal reached through the link `name` in the run folder.

    `paced`: bytes take the time they would take on a real wire at this speed.
    """

    device: tuple[Device, ...]
    name: str = "rtu"
    baud: Annotated[int, Meta(ge=1200, le=921600)] = 19200
    paced: bool = False


class PlantFile(Plant, kw_only=True):
    """A whole plant file: the place, and how its devices are reached."""

    title: str
    tcp: tuple[Tcp, ...] = ()
    rtu: tuple[Rtu, ...] = ()

    def groups(self) -> list[tuple[Device, ...]]:
        """The devices that share one wire, wire by wire."""
        return [*(link.device for link in self.tcp), *(link.device for link in self.rtu)]

    def devices(self) -> list[Device]:
        """All devices, in the order of the file."""
        return [device for group in self.groups() for device in group]


def read_plant(name_or_path: str) -> tuple[PlantFile, dict[str, Profile]]:
    """A plant of the program by name, or any by path, with the profile of each device; raises BadInput."""
    source, text = _text(name_or_path, "plants")
    plant = _parse(text, PlantFile, source)
    profiles: dict[str, Profile] = {}
    faults = _plant_faults(plant)
    for device in plant.devices():
        try:
            profiles[device.name] = load_profile(device.profile)
        except ProfileFault as fault:
            faults += [f"device {device.name}: {sentence}" for sentence in fault.faults]
    if faults:
        raise BadInput(source, faults)
    return plant, profiles


def read_scenario(name_or_path: str) -> tuple[str, Scenario]:
    """A scenario of the program by name, or any by path, with the name of its file; raises BadInput."""
    source, text = _text(name_or_path, "scenarios")
    scenario = _parse(text, Scenario, source)
    faults = check_scenario(scenario, tuple(field.name for field in msgspec.structs.fields(Sequence)))
    if faults:
        raise BadInput(source, faults)
    return source, scenario


def read_feeds(name_or_path: str) -> FeedScript:
    """A script of public feeds of the program by name, or any by path; raises BadInput."""
    source, text = _text(name_or_path, "feeds")
    script = _parse(text, FeedScript, source)
    if faults := script_faults(script):
        raise BadInput(source, faults)
    return script


def read_image(path: str, unit: int | None = None) -> Image:
    """A register image as TOML, or as CSV by its ending, for `unit` if given; raises BadInput."""
    source, text = _text(path, "")
    if path.endswith(".csv"):
        image, faults = from_csv(text, title=Path(path).stem)
    else:
        image, faults = from_toml(_parse(text, ImageFile, source))
    if faults:
        raise BadInput(source, faults)
    return image if unit is None else msgspec.structs.replace(image, unit=unit)


def built_in(folder: str) -> list[str]:
    """Names of the plants or scenarios that come with the program, sorted."""
    return sorted(path.name.removesuffix(".toml") for path in _folder(folder).iterdir() if path.name.endswith(".toml"))


def kind_of(path: str) -> Literal["plant", "scenario", "image"]:
    """What a file is, by its ending or the tables in it; a file that is nothing of it is read as a scenario."""
    if path.endswith(".csv"):
        return "image"
    _, text = _text(path, "")
    heads = {line.strip().strip("[]").split(".")[0] for line in text.splitlines() if line.strip().startswith("[")}
    if heads & {"tcp", "rtu"}:
        return "plant"
    return "image" if heads & {"words", "fill"} else "scenario"


def _folder(folder: str) -> Traversable:
    return files("simulator").joinpath(folder)


def _text(name_or_path: str, folder: str) -> tuple[str, str]:
    """The name to use in sentences, and the text."""
    if folder and "/" not in name_or_path and not name_or_path.endswith(".toml"):
        names = built_in(folder)
        if name_or_path not in names:
            raise BadInput(name_or_path, [f"there is no such name among the {folder}; there are {', '.join(names)}"])
        return name_or_path, _folder(folder).joinpath(f"{name_or_path}.toml").read_text("utf-8")
    path = Path(name_or_path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadInput(path.name, [f"is larger than {MAX_BYTES} bytes"])
        return path.name, path.read_text("utf-8")
    except UnicodeDecodeError as fault:
        raise BadInput(path.name, ["is not a text file in UTF-8"]) from fault
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise BadInput(name_or_path, [f"cannot be read: {reason}; check the path"]) from fault


def _parse(text: str, kind: type[T], source: str) -> T:
    try:
        return settings.parse(text, kind, source)
    except settings.SettingsFault as fault:
        raise BadInput(source, fault.faults) from fault
    except RecursionError as fault:
        raise BadInput(source, ["is nested too deeply"]) from fault


def _plant_faults(plant: PlantFile) -> list[str]:
    """What the types cannot see: names, units and lines that stand twice."""
    faults = []
    if not plant.devices():
        faults.append("has no device; give at least one [[tcp]] or [[rtu]] with a device")
    names = [device.name for device in plant.devices()]
    lines = [line.name for line in plant.rtu]
    faults += [f"device name {name!r} stands twice" for name in sorted({n for n in names if names.count(n) > 1})]
    faults += [f"rtu name {name!r} stands twice" for name in sorted({n for n in lines if lines.count(n) > 1})]
    faults += [f"{name!r} is not a name of a-z, 0-9 and -" for name in (*names, *lines) if not valid_level(name)]
    for group in plant.groups():
        units = [device.unit for device in group]
        if len(set(units)) != len(units):
            sharers = ", ".join(device.name for device in group)
            faults.append(f"two of {sharers} have the same unit on the same wire")
    return faults
