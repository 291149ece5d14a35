"""A technician watches a device: what changes is marked, and the wire is measured meanwhile."""

import asyncio
import json
from collections.abc import Callable

import pytest

from gateway.tools.watch import run_watch
from tests.gateway.io.conftest import Answer, Image, TcpPeer

from .conftest import PATIENT, QUICK, SILENT, Outside, arguments, controller
from .terminal import Terminal

DSE = ("--profile", "dse-73xx-mkii", *QUICK, "--every", "0.1")
BATTERY = (3, 1029)


def watch(answer: Callable[[bytes], Answer], *words: str) -> int:
    """Run `watch` against a device on a free port."""

    async def run() -> int:
        peer = TcpPeer()
        await peer.start()
        peer.answer = answer
        try:
            return await run_watch(arguments("watch", "--tcp", f"127.0.0.1:{peer.port}", *words))
        finally:
            await peer.stop()

    return asyncio.run(run())


class Draining(Image):
    """A set whose start battery falls by 0.1 V in the second round, and again in the third."""

    def __init__(self) -> None:
        super().__init__()
        self.registers = controller().registers
        self.rounds = 0

    def __call__(self, frame: bytes) -> Answer:
        """Page 4 is asked once a round."""
        if int.from_bytes(frame[8:10], "big") == 1024:
            self.registers[BATTERY] = 276 - self.rounds
            self.rounds += 1
        return super().__call__(frame)


def test_watch_marks_a_change(capsys: pytest.CaptureFixture[str]) -> None:
    """Three rounds: everything once, then a line for what changed, last how the wire was."""
    code = watch(Draining(), *DSE, "--rounds", "3", "--only", "engine")
    told = capsys.readouterr().out

    assert 0 == code
    assert ["engine.battery_voltage", "27.6", "V", "good"] in [line.split() for line in told.splitlines()]
    changes = [line for line in told.splitlines() if line.startswith("round ")]
    assert [
        "round 2: engine.battery_voltage: 27.6 → 27.5 V",
        "round 3: engine.battery_voltage: 27.5 → 27.4 V",
    ] == changes
    assert "controller.mode" not in told
    assert " requests, 0 % errors (0 without answer, 0 garbled), 0 asked again, 0 refused, slowest" in told


def test_watch_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """One object a round, with what changed and the figures of the wire."""
    code = watch(Draining(), *DSE, "--rounds", "3", "--json")
    rounds = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert (0, [1, 2, 3]) == (code, [one["round"] for one in rounds])
    assert [[], ["engine.battery_voltage"], ["engine.battery_voltage"]] == [one["changed"] for one in rounds]
    assert [27.6, 27.5, 27.4] == [one["signals"]["engine.battery_voltage"]["value"] for one in rounds]
    assert (0, 0) == (rounds[2]["wire"]["silent"], rounds[2]["wire"]["again"])
    assert rounds[2]["wire"]["slowest_s"] > 0


def test_watch_counts_what_was_lost(capsys: pytest.CaptureFixture[str]) -> None:
    """A lost answer is told, asked for again, and stands in the share of errors."""
    image, lost = controller(), []

    def forgetful(frame: bytes) -> Answer:
        if int.from_bytes(frame[8:10], "big") == 1408 and not lost:
            lost.append(frame)
            return None
        return image(frame)

    code = watch(forgetful, *DSE, "--rounds", "2", "--json")
    first, second = (json.loads(line)["wire"] for line in capsys.readouterr().out.splitlines())

    assert 0 == code
    assert (1, 0) == (first["silent"], first["again"])
    assert (1, 1) == (second["silent"], second["again"])
    assert round(100 / second["asked"], 2) == second["error_percent"]


def test_watch_goes_on_while_nobody_answers(capsys: pytest.CaptureFixture[str]) -> None:
    """A technician moves the cable and watches; a device that never answered is exit code 1 at the end."""
    code = watch(lambda _: None, *DSE, *SILENT, "--rounds", "2")
    told = capsys.readouterr()

    assert 1 == code
    assert "round 2: unit 1 on 127.0.0.1" in told.out
    assert told.err.endswith("never answered\n")


def test_watch_of_another_device_ends_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """No value of a device that is not the one is shown."""
    code = watch(controller(model="8040"), *DSE)
    told = capsys.readouterr()

    assert 1 == code
    assert "engine" not in told.out
    assert "wrong device: controller.model is 32832" in told.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--every", "0"), "--every: 0 is not between 0.1 and 3600 seconds"),
        (("--rounds", "0"), "--rounds: 0 is not at least 1"),
    ],
)
def test_watch_mistakes_are_one_sentence(
    words: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and what to write instead."""
    code = watch(controller(), *DSE, *words)

    assert (2, f"{sentence}\n") == (code, capsys.readouterr().err)


def test_watch_in_a_window_until_ctrl_c(outside: Outside, terminal: Callable[..., Terminal]) -> None:
    """In a real terminal the table stands, a change carries an arrow and what it was, and Ctrl-C ends it well."""
    image = controller()
    outside.answer = image
    window = terminal("watch", "--tcp", outside.address, *DSE, *PATIENT, "--only", "engine")
    window.until("27.6")
    image.registers[BATTERY] = 275
    window.until("← was 27.6")
    window.type("\x03")
    code = window.end()

    assert 0 == code
    assert "27.5" in window.shown
    assert "Traceback" not in window.shown
    assert "0 % errors" in window.shown
