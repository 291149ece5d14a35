"""The box's own machine, made up in a folder: what is there, what is not, and what goes away while it is read."""

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract.messages import KioskStatus
from contract.words import ClockQuality, Connection, Quality, Status
from doors.broker import BrokerSettings
from doors.clock import Clock
from gateway.config import Plan, Settings, StoreTable
from gateway.config_site import SiteTable
from gateway.core.box.box import KEYS
from gateway.core.box.machine import Certificate, Space, Supply
from gateway.core.facts import Facts
from gateway.core.pipeline import Batch
from gateway.core.site import Now
from gateway.io import box
from gateway.io.bearer import Answers
from gateway.io.box import BoxWatch, Machine

THERMOMETER = "sys/class/thermal/thermal_zone0/temp"
FIRMWARE = "sys/devices/platform/soc/soc:firmware/get_throttled"

Put = Callable[[str, str], Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Write a file of the made-up machine."""

    def write(path: str, text: str) -> Path:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    return write


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """The machine in the folder, with its store there too."""
    return Machine(store=tmp_path, root=tmp_path, certificates=(tmp_path / "ca.pem",))


def test_the_sites_own_certificate_is_looked_at_as_its_own(tmp_path: Path) -> None:
    """Beside the authorities that are believed, and told apart from them."""
    for name in ("ca.pem", "site.crt"):
        (tmp_path / name).write_bytes(b"-----BEGIN")
    machine = Machine(store=tmp_path, root=tmp_path, certificates=(tmp_path / "ca.pem",), own=(tmp_path / "site.crt",))

    assert [False, True] == [one.ours for one in machine.look().certificates]


def test_a_computer_without_anything_is_read_without_a_fault(machine: Machine, tmp_path: Path) -> None:
    """Nothing of the kind is there, and each thing says so in its own way."""
    look = machine.look()

    assert ((), None, None) == (look.wear, look.heat, look.served)
    assert (Certificate(str(tmp_path / "ca.pem"), None, "No such file or directory"),) == look.certificates
    assert Supply() == machine.supply()


def test_everything_that_a_pi_has_is_found(machine: Machine, put: Put) -> None:
    """Thermometer, every card, certificates; what the centre showed goes along."""
    put(THERMOMETER, "48312\n")
    put("sys/block/mmcblk0/device/life_time", "0x01 0x02\n")
    put("sys/block/mmcblk1/device/life_time", "0x04 0x01\n")
    put("sys/block/sda/device/life_time", "0x0B 0x0B\n")
    ca = put("ca.pem", "-----BEGIN")
    look = machine.look(b"shown")

    assert ("48312\n", ("0x01 0x02\n", "0x04 0x01\n")) == (look.heat, look.wear)
    assert ((Certificate(str(ca), b"-----BEGIN"),), b"shown") == (look.certificates, look.served)


def test_space_is_that_of_the_stores_file_system(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """As df counts: blocks kept for the system are neither free nor usable, so a full disk is 0 of something."""
    real = machine.look().space
    assert isinstance(real, Space)
    assert 0 <= real.free <= real.usable

    blocks = {"f_blocks": 1000, "f_bfree": 50, "f_bavail": 0}
    monkeypatch.setattr(box.os, "statvfs", lambda _path: type("Told", (), blocks)())

    assert Space(0, 950) == machine.look().space


def test_a_store_whose_disk_is_gone_says_so(tmp_path: Path) -> None:
    """Its folder cannot be asked; the rest still is."""
    look = Machine(store=tmp_path / "gone", root=tmp_path).look()

    assert f"{tmp_path}/gone: No such file or directory" == look.space


def test_the_firmware_is_asked_only_where_the_driver_is_not(machine: Machine, put: Put) -> None:
    """On newer kernels reading the firmware's file leaves a complaint in the log."""
    put(FIRMWARE, "50005\n")
    assert Supply(throttled="50005\n") == machine.supply()

    put("sys/class/hwmon/hwmon0/name", "cpu_thermal\n")
    put("sys/class/hwmon/hwmon0/in0_lcrit_alarm", "1\n")
    put("sys/class/hwmon/hwmon3/name", "rpi_volt\n")
    assert Supply(throttled="50005\n") == machine.supply()

    put("sys/class/hwmon/hwmon3/in0_lcrit_alarm", "0\n")
    assert Supply(alarm="0\n") == machine.supply()


def test_the_firmware_of_a_newer_board_is_found_too(machine: Machine, put: Put) -> None:
    """Its place in the tree bears an address."""
    put("sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled", "0\n")

    assert Supply(throttled="0\n") == machine.supply()


def test_a_file_that_vanishes_between_two_looks_is_not_there(machine: Machine, put: Put) -> None:
    """It was found and is gone when it is opened, or is gone in the next look."""
    file = put(THERMOMETER, "40000")
    chip = put("sys/class/hwmon/hwmon0/name", "rpi_volt\n")
    alarm = put("sys/class/hwmon/hwmon0/in0_lcrit_alarm", "1")
    assert ("40000", Supply(alarm="1")) == (machine.look().heat, machine.supply())
    for one in (file, alarm, chip):
        one.unlink()

    assert (None, Supply()) == (machine.look().heat, machine.supply())


@pytest.mark.parametrize("number", [errno.EIO, errno.EINVAL, errno.ENODEV, errno.EACCES, errno.ENOENT])
def test_a_driver_that_refuses_is_not_there(
    machine: Machine, put: Put, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Whatever the kernel answers to opening a file, nothing is raised."""
    for path in (THERMOMETER, FIRMWARE, "sys/block/mmcblk0/device/life_time", "ca.pem"):
        put(path, "1")

    def refuse(path: Path, *_: Any) -> Any:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "open", refuse)
    look = machine.look()

    assert (None, (), Supply()) == (look.heat, look.wear, machine.supply())
    assert os.strerror(number) == look.certificates[0].why_not


def test_what_is_no_text_and_what_is_a_folder_is_read_without_a_fault(machine: Machine, put: Put) -> None:
    """Bytes that are no UTF-8, a file without end, a folder in place of a file."""
    put(THERMOMETER, "").write_bytes(b"\xff\xfe\x00")
    put("sys/block/mmcblk0/device/life_time", "0x01 " * 100_000)
    put("ca.pem/inside", "")
    look = machine.look()

    assert "\ufffd\ufffd\0" == look.heat
    assert [box.MAX_TEXT] == [len(one) for one in look.wear]
    assert "Is a directory" == look.certificates[0].why_not


FACTS = Facts(
    site="are-kall", place="Kall", connection=Connection.MANUAL, status=Status.ACTUAL, simulated=False, version="1",
    devices=(), controller=None, screens=1,
)  # fmt: skip


class Door:
    """A road out, as far as the box asks its link."""

    def __init__(self) -> None:
        self.up = False
        self.certificate: bytes | None = None
        self.link = self
        self.answers = Answers(time.monotonic)


def watch(folder: Path, site: Door, centre: Door | None, **more: Any) -> tuple[BoxWatch, list[Batch]]:
    """A watch over the machine in a folder, and what it tells."""
    clock, told = Clock(), []
    central = BrokerSettings(url="mqtts://centre.example:8883", **more) if centre is not None else None
    settings = Settings(
        site=SiteTable(id="are-kall", place="Kall"), store=StoreTable(path=str(folder / "gateway.db")),
        site_broker=BrokerSettings(url="mqtt://127.0.0.1"), central_broker=central,
    )  # fmt: skip

    def now() -> Now:
        return Now(run="r", boot="b", up_ms=clock.up_ms(), wall_ms=1_764_000_000_000, clock=ClockQuality.SYNCED)

    plan = Plan(settings=settings, facts=FACTS, wired=(), keys={})
    one = BoxWatch(plan, clock, now=now, site=site, centre=centre, take=told.append, root=folder)
    return one, told


def test_a_watch_tells_of_machine_links_and_screens(tmp_path: Path, put: Put) -> None:
    """One batch a look, with all signals; the screen's word is in it."""
    put(THERMOMETER, "40000")
    site, centre = Door(), Door()
    one, told = watch(tmp_path, site, centre, ca_file=str(tmp_path / "ca.pem"))
    site.up = centre.up = True
    one.glance()
    one.hear(KioskStatus(screen="butiken", boot="b", up_ms=50_000, drawn_up_ms=20_000))
    one.look()
    (batch,) = told

    assert ("box", set(KEYS)) == (batch.device, set(batch.values))
    assert 40.0 == batch.values["box.temperature"].value
    assert 0 <= batch.values["box.disk_free"].value <= 100
    assert 30 <= batch.values["box.kiosk_silent"].value <= 40
    assert Quality.SENSOR_FAULT is batch.values["box.certificate_days"].quality
    assert Quality.NOT_YET_READ is batch.values["box.uplink"].quality


def test_a_watch_without_a_centre_works_for_itself(tmp_path: Path) -> None:
    """Nothing encrypted, no uplink: neither is fitted, and neither is a fault."""
    one, told = watch(tmp_path, Door(), None)
    one.glance()
    one.look()

    assert {Quality.NOT_FITTED} == {told[0].values[f"box.{key}"].quality for key in ("uplink", "certificate_days")}
