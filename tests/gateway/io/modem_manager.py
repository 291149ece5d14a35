"""A ModemManager on a private bus: what the real `mmcli` says is parsed by `mmcli` itself, and ends here."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

from dbus_fast import DBusError, PropertyAccess, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusSignature
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property

ROOT = "/org/freedesktop/ModemManager1"
MODEM = f"{ROOT}/Modem/0"
NAME = "org.freedesktop.ModemManager1"
READ = PropertyAccess.READ
STATES = {"failed": -1, "locked": 2, "disabled": 3, "enabling": 5, "searching": 7, "registered": 8}
WRONG_STATE = f"{NAME}.Error.Core.WrongState"
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>
"""
PROPERTIES: dict[str, tuple[str, Any]] = {
    "Sim": ("o", f"{ROOT}/SIM/0"), "SimSlots": ("ao", []), "PrimarySimSlot": ("u", 0), "Bearers": ("ao", []),
    "SupportedCapabilities": ("au", [4]), "CurrentCapabilities": ("u", 4), "MaxBearers": ("u", 1),
    "MaxActiveBearers": ("u", 1), "Manufacturer": ("s", "Peer"), "Model": ("s", "P1"), "Revision": ("s", "1"),
    "HardwareRevision": ("s", "1"), "CarrierConfiguration": ("s", ""), "CarrierConfigurationRevision": ("s", ""),
    "DeviceIdentifier": ("s", "1"), "Device": ("s", "/sys/devices/peer"), "Drivers": ("as", ["option1"]),
    "Plugin": ("s", "generic"), "PrimaryPort": ("s", "ttyUSB2"), "Ports": ("a(su)", [["ttyUSB2", 3]]),
    "EquipmentIdentifier": ("s", "1"), "UnlockRequired": ("u", 1), "UnlockRetries": ("a{uu}", {2: 3}),
    "StateFailedReason": ("u", 0), "AccessTechnologies": ("u", 16384), "SignalQuality": ("(ub)", [60, True]),
    "OwnNumbers": ("as", []), "PowerState": ("u", 3), "SupportedModes": ("a(uu)", [[8, 0]]),
    "CurrentModes": ("(uu)", [8, 0]), "SupportedBands": ("au", []), "CurrentBands": ("au", []),
    "SupportedIpFamilies": ("u", 7),
}  # fmt: skip
"""What `mmcli` reads of a modem; without one of them it ends with a segmentation fault."""


class ModemManager:
    """One modem. What it was told stands in `made`, `sent`, `deleted`, `enabled`."""

    def __init__(self, bus: MessageBus) -> None:
        self.bus = bus
        self.state = "registered"
        self.refuses: dict[str, str] = {}
        """Method -> the name of the error that it answers with."""
        self.slow_s = 0.0
        """How long the network takes."""
        self.made: list[dict[str, Any]] = []
        self.sent: list[str] = []
        self.deleted: list[str] = []
        self.enabled = 0
        self.kept: list[str] = []

    def check(self, method: str, *, on: bool = False) -> None:
        """Answer with an error where one was asked for, or where the modem is off."""
        if method in self.refuses:
            raise DBusError(self.refuses[method], "the peer was asked to")
        if on and STATES[self.state] < STATES["searching"] - 1:
            raise DBusError(WRONG_STATE, "Cannot create SMS: device not yet enabled")


class _Manager(ServiceInterface):
    def __init__(self) -> None:
        super().__init__(NAME)

    @dbus_property(access=READ, name="Version")
    def version(self) -> Annotated[str, DBusSignature("s")]:
        """The one of Debian 12."""
        return "1.20.4"


def _read_only(name: str, signature: str, value: Any) -> Any:
    def read(_: Any) -> Any:
        return value

    read.__annotations__["return"] = Annotated[Any, DBusSignature(signature)]
    read.__name__ = name
    return dbus_property(access=READ)(read)


class _Modem(ServiceInterface):
    def __init__(self, peer: ModemManager) -> None:
        self._peer = peer
        super().__init__(f"{NAME}.Modem")

    @dbus_property(access=READ, name="State")
    def state(self) -> Annotated[int, DBusSignature("i")]:
        """As ModemManager numbers them."""
        return STATES[self._peer.state]

    @dbus_method(name="Enable")
    def enable(self, on: Annotated[bool, DBusSignature("b")]) -> None:
        """On or off."""
        self._peer.check("Enable")
        self._peer.enabled += on
        self._peer.state = "registered"

    locals().update({name: _read_only(name, *told) for name, told in PROPERTIES.items()})


class _Sms(ServiceInterface):
    def __init__(self, peer: ModemManager, path: str) -> None:
        self._peer, self._path = peer, path
        super().__init__(f"{NAME}.Sms")

    @dbus_property(access=READ, name="State")
    def state(self) -> Annotated[int, DBusSignature("u")]:
        """Not said."""
        return 0

    @dbus_method(name="Send")
    async def send(self) -> None:
        """Into the network."""
        await asyncio.sleep(self._peer.slow_s)
        self._peer.check("Send")
        self._peer.sent.append(self._path)


class _Messaging(ServiceInterface):
    def __init__(self, peer: ModemManager) -> None:
        self._peer = peer
        super().__init__(f"{NAME}.Modem.Messaging")

    @dbus_property(access=READ, name="Messages")
    def messages(self) -> Annotated[list[str], DBusSignature("ao")]:
        """What it holds."""
        return self._peer.kept

    @dbus_property(access=READ, name="SupportedStorages")
    def storages(self) -> Annotated[list[int], DBusSignature("au")]:
        """The modem's own."""
        return [2]

    @dbus_property(access=READ, name="DefaultStorage")
    def storage(self) -> Annotated[int, DBusSignature("u")]:
        """The modem's own."""
        return 2

    @dbus_method(name="List")
    def list_(self) -> Annotated[list[str], DBusSignature("ao")]:
        """What it holds."""
        return self._peer.kept

    @dbus_method(name="Create")
    def create(self, told: Annotated[dict[str, Variant], DBusSignature("a{sv}")]) -> Annotated[str, DBusSignature("o")]:
        """A message as it will be sent."""
        self._peer.check("Create", on=True)
        self._peer.made.append({name: value.value for name, value in told.items()})
        path = f"{ROOT}/SMS/{len(self._peer.made)}"
        self._peer.bus.export(path, _Sms(self._peer, path))
        self._peer.kept.append(path)
        return path

    @dbus_method(name="Delete")
    def delete(self, path: Annotated[str, DBusSignature("o")]) -> None:
        """Out of its memory."""
        self._peer.deleted.append(path)
        self._peer.kept.remove(path)


def private_bus(folder: Path) -> tuple["subprocess.Popen[str]", str]:
    """(a bus of our own, its address)."""
    (folder / "bus.conf").write_text(BUS.format(path=folder / "bus"), "utf-8")
    process = subprocess.Popen(
        ["dbus-daemon", f"--config-file={folder / 'bus.conf'}", "--nofork", "--print-address=1"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


@asynccontextmanager
async def modem_manager(address: str, *, modem: bool = True) -> AsyncIterator[ModemManager]:
    """ModemManager on that bus, until the end of the block."""
    bus = await MessageBus(bus_address=address).connect()
    peer = ModemManager(bus)
    bus.export(ROOT, _Manager())
    if modem:
        bus.export(MODEM, _Modem(peer))
        bus.export(MODEM, _Messaging(peer))
    await bus.request_name(NAME)
    try:
        yield peer
    finally:
        bus.disconnect()
        await bus.wait_for_disconnect()
