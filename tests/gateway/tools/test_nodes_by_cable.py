"""Provisioned over a pseudo-terminal: the real `mpremote`, the real interpreter, a real broker and gateway."""

import fcntl
import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mpremote.transport_serial import SerialTransport

from contract import topics
from contract.messages import Alarms, DevicePicture, decode
from gateway.tools import nodes_calibrate
from tests.gateway.conftest import ROOT, SITE
from tests.gateway.tools.board_played import PlayedBoard
from tests.gateway.tools.nodes_house import WITHIN_S, Answer, Box
from tests.keys.conftest import eventually

NODES = """
[[node]]
name = "tank-1"
title = "Tanken"
every_s = 60
silent_after_s = 3600
update_least_mv = 11800
[[node.channel]]
signal = "room.temperature"
sensor = "played"
options = {values = [2150]}
calibration = [[0, 0], [2000, 2000]]
[[node]]
name = "frys-1"
title = "Frysen"
[[node.channel]]
signal = "freezer.temperature"
sensor = "ds18b20"
options = {pin = 4, rom = "28ff641e83160349"}
[[node]]
name = "dorr-1"
title = "Dörren"
[[node.channel]]
signal = "door.shop"
sensor = "played"
options = {values = [0]}
[[node]]
name = "batt-1"
title = "Startbatteriet"
silent_after_s = 3600
[[node.channel]]
sensor = "played"
signal = "engine.battery_voltage"  # under the bonnet
options = {file = "VALUE"}
"""
RAM_FLASH = """
import os, vfs
class Ram:
    def __init__(self, count):
        self.count, self.data = count, bytearray(count * 4096)
    def readblocks(self, block, buffer, offset=0):
        at = block * 4096 + offset
        buffer[:] = self.data[at : at + len(buffer)]
    def writeblocks(self, block, buffer, offset=0):
        at = block * 4096 + offset
        self.data[at : at + len(buffer)] = buffer
    def ioctl(self, op, arg):
        return {4: self.count, 5: 4096, 6: 0}.get(op)
ram = Ram(48)
vfs.VfsLfs2.mkfs(ram)
vfs.mount(vfs.VfsLfs2(ram), "/flash")
os.chdir("/flash")
"""


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """A box with a gateway that runs."""
    home = tmp_path_factory.mktemp("box")
    one = Box(home, NODES.replace("VALUE", str(home / "value")), "tank-1", "frys-1", "dorr-1", "batt-1")
    try:
        one.build()
        one.start()
        yield one
    finally:
        one.stop()


@pytest.fixture
def boards(tmp_path: Path) -> Iterator[Callable[..., PlayedBoard]]:
    """Makes new boards with MicroPython and nothing else; all are off at the end."""
    made: list[PlayedBoard] = []

    def one(**more: Any) -> PlayedBoard:
        made.append(PlayedBoard(tmp_path / f"board-{len(made)}", **more))
        return made[-1]

    yield one
    for board in made:
        board.close()


def by_cable(box: Box, command: str, name: str, board: PlayedBoard, *more: str) -> Answer:
    """One of the commands that need a cable."""
    return box.nodes(command, name, "--port", board.port, "--wait", "90", *more)


def shows(box: Box, name: str, signal: str, value: float) -> None:
    """Wait until the gateway shows that value."""
    watch = box.enter().asks(topics.device(SITE, name))

    def shown() -> bool:
        pictures = [decode(body, DevicePicture) for _, body in list(watch.heard)]
        return any(one.values[signal].value == value for one in pictures)

    eventually(shown, f"{signal} {value} of {name}", WITHIN_S)
    watch.leave()


def silent(box: Box, name: str) -> None:
    """Wait until the broker has noticed that a board is gone."""
    watch = box.enter().asks(topics.node_status(SITE, name))
    eventually(lambda: any(not json.loads(body)["online"] for _, body in list(watch.heard)), "a last will", 100)
    watch.leave()


def test_a_new_board_becomes_a_node_and_its_heir_goes_on(box: Box, boards: Callable[..., PlayedBoard]) -> None:
    """One command, one sentence, a value. The heir of a dead board, its cable cut twice, is that node."""
    first = boards()
    answer = by_cable(box, "provision", "tank-1", first)

    told = "tank-1 reports: unix, program 1; the cable may be pulled out\n"
    assert (0, told) == (answer.code, answer.out), answer.err + first.tail()
    identity = json.loads((first.root / "start/node.json").read_text())
    assert (SITE, "tank-1", 11800) == (identity["site"], identity["node"], identity["update_least_mv"])
    key = (box.home / "tank-1.key").read_text().strip()
    assert key == identity["link"]["psk_key"]
    assert key not in answer.out + answer.err
    shows(box, "tank-1", "room.temperature", 21.5)
    listed = box.nodes("list")
    assert ["tank-1", "frys-1", "dorr-1", "batt-1"] == [
        one["name"] for one in json.loads(box.nodes("list", "--json").out)["nodes"]
    ]
    assert (0, True) == (listed.code, "tank-1  Tanken: online\n    unix, program 1 · slot a" in listed.out), listed.out

    heir = boards()
    refused = by_cable(box, "replace", "tank-1", heir)
    assert (2, True) == (refused.code, "is connected now, by another board" in refused.err), refused.err
    first.close()
    silent(box, "tank-1")
    refused = by_cable(box, "provision", "tank-1", heir)
    assert (2, True) == (refused.code, "`nodes replace` gives its name to this one" in refused.err), refused.err
    for cut in (3_000, 30_000):
        heir.most = cut
        answer = by_cable(box, "replace", "tank-1", heir)
        assert (1, True) == (answer.code, "then give the same command again" in answer.err), answer.err + heir.tail()
        assert not (heir.root / "main.py").exists(), "half a program would start"
    answer = by_cable(box, "replace", "tank-1", heir)
    assert 0 == answer.code, answer.err + heir.tail()
    assert "its calibration was measured with the old board" in answer.out
    assert identity == json.loads((heir.root / "start/node.json").read_text())
    shows(box, "tank-1", "room.temperature", 21.5)
    alarms = box.enter().asks(topics.alarms(SITE))
    eventually(lambda: alarms.heard, "the alarms")
    open_now = {one.key for _, body in alarms.heard for one in decode(body, Alarms).alarms}
    assert not {one for one in open_now if one.startswith("node-doubled")}, open_now
    alarms.leave()


def test_a_running_board_is_provisioned_again(box: Box, boards: Callable[..., PlayedBoard]) -> None:
    """Its program is stopped, what it holds for the gateway stays, what is foreign goes; another name takes its all."""
    board = boards()
    assert 0 == by_cable(box, "provision", "dorr-1", board).code
    for path in ("a/node/old.py", "b/node/app.mpy", "b/manifest.json", "start/floor", "records/kept"):
        (board.root / path).parent.mkdir(parents=True, exist_ok=True)
        (board.root / path).write_text("x")
    (board.root / "a/node/app.mpy").write_text("broken")

    again = by_cable(box, "provision", "dorr-1", board)

    assert 0 == again.code, again.err + board.tail()
    assert not (board.root / "b").exists()
    assert not (board.root / "a/node/old.py").exists()
    assert (board.root / "records/kept").exists()
    refused = by_cable(box, "provision", "tank-1", board)
    assert (2, f"this board is dorr-1 of {SITE}: give --anew to make it tank-1\n") == (refused.code, refused.err)
    frys = by_cable(box, "provision", "frys-1", board, "--anew")
    assert (1, True) == (frys.code, "lacks onewire, which ds18b20 needs" in frys.err), frys.err
    assert not (board.root / "records").exists(), "one node's records told as another's"


@pytest.mark.parametrize(
    ("lies", "sentence"),
    [
        ({b"'linux'": b"'esp8266'"}, "this board (esp8266) is no sensor node; take an ESP32"),
        ({b"'linux', (1, 29), False": b"'rp2', (1, 29), False"}, "this board has no Wi-Fi"),
        ({b"'linux', (1, 29), False": b"'rp2', (1, 29), True"}, "program 1 is for unix, and this board is pico-w"),
        ({b"(1, 29), False": b"(1, 28), False"}, "MicroPython 1.28 is on this board; put 1.29 or newer on it"),
    ],
)
def test_a_wrong_board_is_left_alone(
    box: Box, boards: Callable[..., PlayedBoard], lies: dict[bytes, bytes], sentence: str
) -> None:
    """One sentence says what to do, and nothing was written."""
    board = boards()
    board.lies = lies
    answer = by_cable(box, "provision", "frys-1", board)
    assert (True, 1) == (sentence in answer.err, answer.err.count("\n")), answer.err
    assert answer.code in (1, 2)
    assert [] == list(board.root.iterdir())


def test_a_board_that_freezes_holds_nobody(
    box: Box, boards: Callable[..., PlayedBoard], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of a file; one sentence after the deadline."""
    for patient in (SerialTransport.read_until, SerialTransport.exec_raw):  # else the test waits ten seconds
        monkeypatch.setattr(patient, "__defaults__", (4, *(patient.__defaults__ or ())[1:]))
    board = boards()
    board.freezes_after = 20_000
    answer = by_cable(box, "provision", "batt-1", board)
    assert 1 == answer.code
    assert (
        f"the board at {board.port} stopped answering; plug it in anew, then give the same command again" in answer.err
    )


def test_without_the_extra_the_command_says_so(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    """And all other commands work as ever."""
    for name in ("nodes_provision", "nodes_board"):
        monkeypatch.delitem(sys.modules, f"gateway.tools.{name}")
    for name in ("mpremote", "mpremote.transport", "mpremote.transport_serial"):
        monkeypatch.setitem(sys.modules, name, None)
    answer = box.nodes("provision", "dorr-1", "--port", "/dev/null")
    assert (1, True) == (answer.code, answer.err.endswith("install this program with its extra `nodes`\n")), answer.err


def test_a_full_flash_says_so(box: Box, boards: Callable[..., PlayedBoard]) -> None:
    """Before anything is written."""
    answer = by_cable(box, "provision", "frys-1", boards(preload=RAM_FLASH, heap="4M"))
    assert (1, True) == (answer.code, "the flash of this board has 1" in answer.err), answer.err
    assert "are needed: erase it" in answer.err


def test_a_port_that_cannot_be_used_says_why(box: Box, boards: Callable[..., PlayedBoard], tmp_path: Path) -> None:
    """Nothing there, no serial port, in use, not allowed."""
    board, plain = boards(), tmp_path / "plain"
    plain.touch()
    for port, sentence in ((tmp_path / "none", "there is nothing at"), (plain, "is no serial port")):
        answer = box.nodes("provision", "frys-1", "--port", port)
        assert (1, True) == (answer.code, sentence in answer.err), answer.err
    with open(board.port, "rb", buffering=0) as held:  # noqa: PTH123 - a port, not a file
        fcntl.flock(held, fcntl.LOCK_EX)
        answer = by_cable(box, "provision", "frys-1", board)
        assert (1, True) == (answer.code, "is in use by another program" in answer.err), answer.err
    Path(board.port).chmod(0)
    script = (
        "import os\nfrom gateway.tools.nodes_board import BoardFault, Board\n"
        f"os.geteuid() or os.setuid(65534)\ntry:\n Board({board.port!r})\nexcept BoardFault as fault:\n print(fault)"
    )
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert "may not be used by this account; give the command as root" in told.stdout, told.stderr


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            ("tank-1", "nobody"),
            "nobody: stands in no [[node]] of the settings; there are: tank-1, frys-1, dorr-1, batt-1",
        ),
        (('address = "127', 'address = "x127'), "is no address in numbers"),
        (('program = "', 'program = "/nowhere'), "cannot be read"),
        (('\nkeys = "', '\nkeys = "/nowhere'), "make it with `sotpunkt-keys node tank-1"),
        (("[provision]", "[[activator]]\nid = 'a'\nname = 'b'\n#"), "address"),
    ],
)
def test_a_mistake_in_the_settings_is_one_sentence(box: Box, change: tuple[str, str], sentence: str) -> None:
    """Told before the cable is looked at."""
    wrong = box.home / "wrong.toml"
    text = box.settings.read_text()
    name = change[1] if change[0] == "tank-1" else "tank-1"
    wrong.write_text(text if name != "tank-1" else text.replace(*change))
    wrong.chmod(0o600)
    settings, box.settings = box.settings, wrong
    try:
        answer = box.nodes("provision", name, "--port", "/dev/null")
    finally:
        box.settings = settings
    assert (2, True) == (answer.code, sentence in answer.err), answer.err
    assert "Traceback" not in answer.err


LAG_S = 3.5
"""Three reports of a node that tells every second."""


class Technician(io.StringIO):
    """Turns the voltage to the next value, then says what the instrument shows.

    Meanwhile the broker stands still: what the node read before reaches the command after what was typed.
    """

    def __init__(self, place: Path, broker: subprocess.Popen[bytes], *turns: tuple[int | str, str]) -> None:
        super().__init__()
        self._place, self._broker, self._turns = place, broker, list(turns)

    def turn(self, value: int | str) -> None:
        """The sensor reads that from now on."""
        new = self._place.with_suffix(".new")
        new.write_text(json.dumps({"value": value}))
        new.replace(self._place)

    def readline(self, *_: Any) -> str:
        """What is typed."""
        if not self._turns:
            return ""
        value, typed = self._turns.pop(0)
        self._broker.send_signal(signal.SIGSTOP)
        time.sleep(LAG_S)
        self.turn(value)
        self._broker.send_signal(signal.SIGCONT)
        return typed + "\n"


def test_two_points_go_from_the_instrument_to_the_node(
    box: Box, boards: Callable[..., PlayedBoard], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An uncalibrated voltage is measured, never shown, written below its signal, and right after the next start."""
    value = box.home / "value"
    who = Technician(value, box.broker.process, (12_000, "12,5"), (14_000, "14.5"))
    who.turn("not_calibrated")
    watch = box.enter().asks(topics.device(SITE, "batt-1"))
    board = boards()
    assert 0 == by_cable(box, "provision", "batt-1", board).code
    eventually(
        lambda: b"not_calibrated" in b"".join(body for _, body in list(watch.heard)), "the word for it", WITHIN_S
    )
    before = box.settings.read_text()

    monkeypatch.setattr(nodes_calibrate, "READINGS", 2)
    answer = box.nodes("calibrate", "batt-1", "engine.battery_voltage", typed=who)

    line = "calibration = [[12000, 12500], [14000, 14500]]"
    assert (0, True) == (answer.code, answer.out.startswith(line + "\n")), answer.err
    head = 'signal = "engine.battery_voltage"  # under the bonnet\n'
    assert before.replace(head, head + line + "\n") == box.settings.read_text()
    pictures = [decode(body, DevicePicture) for _, body in list(watch.heard)]
    shown = {one.values["engine.battery_voltage"].value for one in pictures if "engine.battery_voltage" in one.values}
    assert {None} == shown, "an uncalibrated number was shown"
    watch.leave()
    box.gateway.end()
    down = box.nodes("list")
    assert (0, True) == (down.code, down.out.startswith("the gateway does not run; its last word is of ")), down
    box.start()
    shows(box, "batt-1", "engine.battery_voltage", 14.5)


def test_list_without_a_broker_tells_from_the_store(box: Box, boards: Callable[..., PlayedBoard]) -> None:
    """With the moment of the last word of each node, and what could not be asked."""
    box.gateway.end()
    box.broker.stop()
    listed = box.nodes("list")
    assert 1 == listed.code
    assert "cannot be asked: " in listed.err
    assert "batt-1  Startbatteriet: unknown, last heard 20" in listed.out, listed.out
    assert "frys-1  Frysen: never heard" in listed.out
