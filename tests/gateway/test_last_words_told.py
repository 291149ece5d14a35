"""The real gateway on a battery that ends: it says so, keeps everything, leaves – and stays when power comes back."""

import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract import topics
from contract.messages import Farewell, SiteStatus, decode, encode
from contract.records import Mark, RecordBatch
from contract.words import Event, FarewellWhy, Stream
from doors.clock import spec_of
from gateway.core.box.own_battery import FILES
from gateway.io.counts import counts

from .conftest import SITE, Broker, Listener, eventually

ROOT = Path(__file__).parents[2]
AFFLICTED = Path(__file__).with_name("afflicted.py")
RATE = 20
HALT = 75
PATIENT_S = 50.0
"""For a mark that comes: however late the test itself may be on a busy machine."""
UNIT = ROOT / "hw/host/systemd/sotpunkt-gateway.service"


class Box:
    """A gateway whose battery the test drains, with both brokers; the test is the centre."""

    def __init__(
        self, folder: Path, centre: Broker, boot: str = "boot-of-the-test", mark_within_s: float = PATIENT_S
    ) -> None:
        self.folder = folder
        self.store = folder / "gateway.db"
        self.battery(status="Charging", left_s=3600)
        settings = folder / "site.toml"
        settings.write_text(
            f'[site]\nid = "{SITE}"\nplace = "Test"\nsimulated = true\n[store]\npath = "{self.store}"\n'
            f'[site_broker]\nurl = "mqtt://127.0.0.1:1"\n[central_broker]\nurl = "mqtt://127.0.0.1:{centre.port}"\n'
            f"reconnect_max_s = 0.3\nanswer_within_s = 10\n"
            f"[last_words]\nhalts = true\nmark_within_s = {mark_within_s}\n",
            "utf-8",
        )
        spec = spec_of(RATE, 1_764_000_000_000, 600_000, boot)
        command = [sys.executable, str(AFFLICTED), str(folder), "run", str(settings), "--clock", spec]
        with (folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, stderr=log)

    def battery(self, status: str, left_s: int) -> None:
        """What the kernel says of it from now on."""
        folder = self.folder / "root/sys/class/power_supply/board"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in {"type": "Battery", "status": status, "capacity": "40", FILES[6]: str(left_s)}.items():
            new = folder / f".{name}"
            new.write_text(f"{text}\n", "utf-8")
            new.replace(folder / name)


class Centre(Listener):
    """The municipality: hears the site, and confirms its events when it may."""

    def statuses(self) -> list[SiteStatus]:
        """All words about being there, in order."""
        return [decode(payload, SiteStatus) for topic, payload in list(self.heard) if topic == topics.status(SITE)]

    def events(self) -> list[tuple[str, int, str]]:
        """(run, number, kind) of every event."""
        batches = [
            decode(payload, RecordBatch)
            for topic, payload in list(self.heard)
            if topic == topics.record(SITE, Stream.EVENT.value)
        ]
        return [(batch.run, record.seq, record.kind) for batch in batches for record in batch.records]

    def confirm(self) -> None:
        """Everything heard so far is kept."""
        marks: dict[str, dict[Stream, int]] = {}
        for run, number, _ in self.events():
            marks.setdefault(run, {})[Stream.EVENT] = number
        mark = Mark(site=SITE, wall_ms=1_764_000_000_000, marks=marks)
        self.say("down/mark", encode(mark), retain=True)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """The centre's broker."""
    one = Broker(tmp_path)
    one.start()
    yield one
    one.kill()


@pytest.fixture
def centre(broker: Broker) -> Iterator[Centre]:
    """The centre at its broker."""
    one = Centre(broker)
    yield one
    one.stop()


@pytest.fixture
def box(tmp_path: Path, broker: Broker, centre: Centre, request: pytest.FixtureRequest) -> Iterator[Box]:
    """A gateway that has been heard; its parameter, if any: for how long it waits for a mark."""
    one = Box(tmp_path, broker, mark_within_s=getattr(request, "param", PATIENT_S))
    eventually(lambda: centre.statuses() and centre.statuses()[-1].online, "the gateway")
    yield one
    one.process.kill()
    one.process.wait(40)


def foretold(centre: Centre) -> Farewell | None:
    """What the newest status foretells."""
    return centre.statuses()[-1].farewell


def kinds(centre: Centre) -> list[str]:
    """The events of the box's end."""
    return [kind for _, _, kind in centre.events() if kind in (Event.BOX_ENDING, Event.BOX_STAYS)]


def asked_of_the_machine(box: Box) -> str:
    """What the unit makes of how this program ended: its own line, before a systemctl that only writes down."""
    (line,) = [one for one in UNIT.read_text("utf-8").splitlines() if one.startswith("ExecStopPost=+")]
    tools, told = box.folder / "tools", box.folder / "asked"
    tools.mkdir()
    (tools / "systemctl").write_text(f'#!/bin/sh\necho "$@" >>{told}\n', "utf-8")
    (tools / "systemctl").chmod(0o755)
    for code in (0, 2, box.process.returncode):
        env = {"PATH": f"{tools}:/usr/bin:/bin", "EXIT_STATUS": str(code)}
        subprocess.run(shlex.split(line.partition("+")[2]), env=env, check=True, timeout=60)
    return told.read_text("utf-8").strip()


def test_a_box_says_when_it_falls_silent_and_leaves_with_everything_kept(
    box: Box, centre: Centre, broker: Broker
) -> None:
    """Said while it is there, with its hour; at the bound all is confirmed, it says good-bye and asks to halt.

    The next boot finds power there: nothing is foretold any more, and nobody had to do anything.
    """
    box.battery("Discharging", 540)
    near = eventually(lambda: foretold(centre), "the foretelling")
    online = centre.statuses()[-1].online
    eventually(lambda: kinds(centre) == [Event.BOX_ENDING], "the event")
    box.battery("Discharging", 200)
    until = time.monotonic() + 40
    while box.process.poll() is None and time.monotonic() < until:
        centre.confirm()
        time.sleep(0.1)
    last = eventually(lambda: not centre.statuses()[-1].online and centre.statuses()[-1], "the good-bye")
    in_one_file = not box.store.with_name("gateway.db-wal").exists()
    figures = counts(box.store)
    halted = asked_of_the_machine(box)
    told = len(centre.statuses())
    next_boot = Box(box.folder, broker, "next-boot")
    eventually(lambda: len(centre.statuses()) > told and centre.statuses()[-1].online, "the next boot")
    back = centre.statuses()[-1]
    next_boot.process.kill()
    next_boot.process.wait(40)

    assert (True, FarewellWhy.BATTERY, HALT) == (online, near.why, box.process.returncode)
    assert FarewellWhy.BATTERY is last.farewell.why
    assert near.until_ms is not None
    assert (0, True) == (figures["waiting"]["event"], in_one_file)
    assert ("--no-block poweroff", "next-boot", None) == (halted, back.head.boot, back.farewell)


def test_power_that_comes_back_in_time_keeps_the_box(box: Box, centre: Centre) -> None:
    """It takes its word back, with an event, and goes on."""
    box.battery("Discharging", 540)
    eventually(lambda: foretold(centre), "the foretelling")
    box.battery("Charging", 540)
    eventually(lambda: foretold(centre) is None, "the word taken back")
    eventually(lambda: kinds(centre) == [Event.BOX_ENDING, Event.BOX_STAYS], "the event")

    assert (True, None) == (centre.statuses()[-1].online, box.process.poll())


@pytest.mark.parametrize("box", [2.0], indirect=True)
def test_a_box_leaves_in_time_though_nobody_answers(box: Box, centre: Centre, broker: Broker) -> None:
    """No broker, no mark: what was decided lies on the disk, and the machine is not kept from its halt."""
    box.battery("Discharging", 540)
    eventually(lambda: foretold(centre), "the foretelling")
    broker.kill()
    box.battery("Discharging", 60)

    assert HALT == box.process.wait(60)
    assert counts(box.store)["waiting"]["event"] >= 2


def test_a_planned_stop_says_that_it_was_one_and_a_kill_says_nothing(box: Box, centre: Centre, broker: Broker) -> None:
    """An update or a restart is no fault; a crash is told by the last will, without a word of why."""
    box.process.send_signal(signal.SIGTERM)
    code = box.process.wait(40)
    planned = eventually(lambda: not centre.statuses()[-1].online and centre.statuses()[-1], "the good-bye")
    again = Box(box.folder, broker)
    eventually(lambda: centre.statuses()[-1].online, "the next run")
    again.process.kill()
    again.process.wait(40)
    crashed = eventually(lambda: not centre.statuses()[-1].online and centre.statuses()[-1], "the last will")

    assert (0, Farewell(why=FarewellWhy.PLANNED), None) == (code, planned.farewell, crashed.farewell)


def test_a_machine_shut_down_on_its_last_battery_tells_the_battery_as_the_reason(box: Box, centre: Centre) -> None:
    """The board's own program may be the one that shuts it down: SIGTERM then is no plan of anybody."""
    box.battery("Discharging", 540)
    eventually(lambda: foretold(centre), "the foretelling")
    box.process.send_signal(signal.SIGTERM)
    code = box.process.wait(40)
    last = eventually(lambda: not centre.statuses()[-1].online and centre.statuses()[-1], "the good-bye")

    assert (0, FarewellWhy.BATTERY) == (code, last.farewell.why)
