"""SMS through a modem and a lamp: the real `mmcli` and a ModemManager on a private bus, a folder like the kernel's."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from contract.waking import Unsent
from gateway.config_wake import WakeTable
from gateway.core.remembered import Memory
from gateway.core.site import Site
from gateway.core.waking.waking import Sent, Trying
from gateway.core.waking.waking_memory import Sms, Waking
from gateway.io.lamp import Lamp
from gateway.io.modem import Modem
from gateway.io.waking import Wakers

from .modem_manager import NAME, ModemManager, modem_manager, private_bus

PHONE = "+46700000001"


@pytest.fixture(scope="module")
def bus_of_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a bus of our own."""
    process, address = private_bus(tmp_path_factory.mktemp("bus"))
    yield address
    process.terminate()
    process.wait()


@pytest.fixture
def bus(bus_of_module: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A bus that nobody is on; the one that `mmcli` asks."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus_of_module)
    return bus_of_module


@pytest_asyncio.fixture
async def peer(bus: str) -> AsyncIterator[ModemManager]:
    """A ModemManager with one modem."""
    async with modem_manager(bus) as one:
        yield one


TEXTS = {
    "what is sent": "TEST Kall: Strömlöst på platsen. Sedan 14:02. Kvittera: https://kris.are.se/sites/are-kall#x",
    "commas and equals": "Kall, Å Ä Ö: a=1,number=2 [b] {c} ~ £ é €; $(x) `y` %n",
    "double quotes": 'Handlaren "Kall": larm',
    "single quotes": "Handlar'n: x',number='+46999999999",
    "lines and backslashes": "rad 1\nrad 2 \\ slut\\",
    "begins as an option": "--send",
}


async def test_real_mmcli_carries_every_text_whole(peer: ModemManager) -> None:
    """Whatever a text holds, one message with that text goes to that number, and nothing stays in the modem."""
    modem = Modem()
    outcomes = [await modem.send(PHONE, text) for text in TEXTS.values()]

    assert [None] * len(TEXTS) == outcomes
    assert [{"text": text, "number": PHONE} for text in TEXTS.values()] == peer.made
    assert len(TEXTS) == len(peer.sent) == len(peer.deleted)
    assert [] == peer.kept


async def test_text_with_both_quotes_keeps_its_number(peer: ModemManager) -> None:
    """No way to write it: the double ones become single, and no second field is ever read."""
    why = await Modem("0").send(PHONE, 'a\'b",number="+46999999999" \0')

    assert why is None
    assert [{"text": "a'b',number='+46999999999' ", "number": PHONE}] == peer.made


@pytest.mark.parametrize(
    ("state", "refuses", "expected"),
    [
        ("locked", {}, Unsent.SIM_LOCKED),
        ("failed", {}, Unsent.MODEM_FAILED),
        ("enabling", {}, Unsent.NOT_READY),
        ("registered", {"Create": f"{NAME}.Error.Core.Unauthorized"}, Unsent.NO_ACCESS),
        ("registered", {"Send": f"{NAME}.Error.Message.NetworkTimeout"}, Unsent.NOT_TAKEN),
        ("searching", {"Send": f"{NAME}.Error.Message.NoNetwork"}, Unsent.NO_NETWORK),
        ("disabled", {"Enable": f"{NAME}.Error.Core.Unauthorized"}, Unsent.NO_ACCESS),
    ],
)
async def test_modem_says_why_not(peer: ModemManager, state: str, refuses: dict[str, str], expected: Unsent) -> None:
    """A key for each state and error that can be done something about."""
    peer.state, peer.refuses = state, refuses

    assert expected == await Modem().send(PHONE, "x")
    assert [] == peer.sent + peer.kept


async def test_modem_that_is_off_is_turned_on(peer: ModemManager) -> None:
    """One that carries no data is enabled by nobody else, and takes no message before."""
    peer.state = "disabled"

    assert await Modem().send(PHONE, "x") is None
    assert (1, 1) == (peer.enabled, len(peer.sent))


async def test_there_is_no_modem_or_nobody_who_knows(bus: str, tmp_path: Path) -> None:
    """No command, no ModemManager, no modem: each is its own."""
    alone = await Modem().send(PHONE, "x")
    async with modem_manager(bus, modem=False):
        none = await Modem().send(PHONE, "x"), await Modem("3").send(PHONE, "x")

    assert Unsent.NO_MANAGER == alone == await Modem("any", str(tmp_path / "mmcli")).send(PHONE, "x")
    assert (Unsent.NO_MODEM, Unsent.NO_MODEM) == none


async def test_slow_network_is_waited_for_and_a_hanging_one_is_not(
    peer: ModemManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`mmcli` is told to wait, else it gives up after 30 s and a person is called twice; what hangs is ended."""
    peer.slow_s = 0.3
    slow = await Modem().send(PHONE, "x")
    monkeypatch.setattr("gateway.io.modem.WAIT_S", 1)  # only now: a machine that stands still is no slow network
    peer.slow_s = 60.0
    told = await Modem().send(PHONE, "x")
    monkeypatch.setattr("gateway.io.modem.DEADLINE_S", 0.5)
    ended = await Modem().send(PHONE, "x")

    assert slow is None
    assert Unsent.NO_ANSWER == told == ended


class SlowDisk:
    """A site whose disk is behind: what was decided is there only when `written` is called."""

    def __init__(self, sms: Sms) -> None:
        self.steps: list[Trying | Sent] = []
        self.now = self.on_disk = Site(memory=Memory(waking=Waking(waiting=(sms,))))

    def take(self, what: Trying | Sent) -> None:
        """As the judgement does."""
        self.steps.append(what)
        (sms,) = self.now.memory.waking.waiting
        waiting = (msgspec.structs.replace(sms, under_way=True, tries=sms.tries + 1),)
        waking = Waking(waiting=() if isinstance(what, Sent) else waiting)
        self.now = Site(memory=Memory(waking=waking))

    def written(self) -> None:
        """The disk has caught up."""
        self.on_disk = self.now


async def test_slow_disk_makes_no_second_message(peer: ModemManager, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the beginning of a try nor its end counts twice while the disk lags behind."""
    monkeypatch.setattr("gateway.io.waking.LOOK_S", 0.01)
    sms = Sms(
        id="1.1.ask.Kim", matter=1, round=1, person="Kim", kind="first", phone=PHONE, text="x", boot="b", due_ms=0
    )
    disk: Any = SlowDisk(sms)
    now = SimpleNamespace(boot="b", up_ms=1000)
    wakers = Wakers(WakeTable(), stored=lambda: disk.on_disk, now=lambda: now, take=disk.take)  # type: ignore[arg-type,return-value]
    task = asyncio.create_task(wakers.run())
    await _until(lambda: disk.steps)
    await asyncio.sleep(0.1)  # many looks
    begun = list(disk.steps), len(peer.sent)
    disk.written()
    await _until(lambda: len(disk.steps) > 1)
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert ([Trying(sms.id)], 0) == begun
    assert ([Trying(sms.id), Sent(sms.id)], 1) == (disk.steps, len(peer.sent))


async def _until(holds: Any) -> None:
    for _ in range(3000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("not within 30 s")


def test_lamp_is_written_only_when_it_changes(tmp_path: Path) -> None:
    """On and off as the kernel wants it."""
    file = tmp_path / "wake" / "brightness"
    file.parent.mkdir()
    file.write_text("0\n")
    lamp = Lamp("wake", tmp_path)
    lamp.shine(True)
    on = file.read_text()
    file.write_text("touched by nobody")
    lamp.shine(True)
    untouched = file.read_text()
    lamp.shine(False)

    assert ("1\n", "touched by nobody", "0\n") == (on, untouched, file.read_text())


def test_lamp_that_is_not_there_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """And the site goes on; it shines as soon as it can."""
    lamp = Lamp("wake", tmp_path)
    lamp.shine(True)
    lamp.shine(True)
    (tmp_path / "wake").mkdir()
    (tmp_path / "wake" / "brightness").write_text("0\n")
    lamp.shine(True)

    assert 1 == len(caplog.records)
    assert "1\n" == (tmp_path / "wake" / "brightness").read_text()
