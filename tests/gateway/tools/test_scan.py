"""A technician looks who is on a wire: gently, reading only, at the right speed."""

import asyncio
import fcntl
import json
import os
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.tools.scan import run_scan
from tests.gateway.io.conftest import Image, SerialPeer, TcpPeer

from .conftest import Outside, arguments, controller, over_rtu
from .terminal import Terminal

SHORT_S = 0.05
NOBODY = ("--units", "1-3", "--timeout", "0.05")
PATIENT = ("--timeout", "0.5")


async def scan(peer: SerialPeer, *words: str, listen_s: float = SHORT_S) -> int:
    """Run `scan` on a serial line."""
    return await run_scan(arguments("scan", "--serial", peer.path, *words), listen_s)


def at_speed(peer: SerialPeer, speed: int, answer: Callable) -> Callable:
    """A device that understands only its own speed: at any other it hears noise, and noise comes back."""

    def answered(frame: bytes):
        right = termios.tcgetattr(peer._slave)[5] == speed
        return answer(frame) if right else b"\xff\x00\xfe"

    return answered


async def test_scan_is_refused_where_another_master_talks(
    serial_peer: SerialPeer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever hears somebody else ask asks nothing at all."""

    async def other_master() -> None:
        for _ in range(1000):
            serial_peer.send(bytes.fromhex("010300000001840A"))
            await asyncio.sleep(0.05)

    other = asyncio.create_task(other_master())
    code = await scan(serial_peer, listen_s=30)
    other.cancel()

    assert 1 == code
    assert [] == serial_peer.asked
    assert "somebody else talks on this line, so it is not scanned" in capsys.readouterr().err


async def test_scan_finds_units_at_their_speed(serial_peer: SerialPeer, capsys: pytest.CaptureFixture[str]) -> None:
    """Speeds are tried in turn; at the right one the units answer, are recognised, and no other speed disturbs them."""
    serial_peer.answer = at_speed(serial_peer, termios.B19200, over_rtu(controller(2)))
    code = await scan(serial_peer, "--baud", "9600,19200,38400", "--units", "2", *PATIENT)
    told = capsys.readouterr()

    assert 0 == code
    assert [["19200", "8N1", "2", "DSE"]] == [
        line.split()[:4] for line in told.out.splitlines() if line.startswith("19200")
    ]
    assert (
        f"next: sotpunkt-gateway read --profile dse-73xx-mkii --serial {serial_peer.path} --baud 19200 --unit 2"
        in told.out
    )
    assert "38400" not in told.err
    assert {3, 4} == {frame[1] for _, frame in serial_peer.asked}


async def test_scan_of_an_empty_line_says_what_to_look_at(
    serial_peer: SerialPeer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody there: exit code 1, what was asked, what to try; each unit was asked by both functions, and no more."""
    code = await scan(serial_peer, "--baud", "9600,19200", *NOBODY)
    told = capsys.readouterr()

    assert (1, "") == (code, told.out)
    assert "nobody answered: asked 12 times, units 1 to 3, at 9600 8N1, 19200 8N1; look at A and B" in told.err
    asked = [(frame[0], frame[1]) for _, frame in serial_peer.asked]
    assert 2 * [(unit, function) for unit in (1, 2, 3) for function in (3, 4)] == asked


async def test_scan_of_noise_says_that_something_came(
    serial_peer: SerialPeer, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is unreadable is no device, but it is a hint."""
    serial_peer.answer = lambda _: b"\xff\x00\xfe"
    code = await scan(serial_peer, "--baud", "9600", *NOBODY)

    assert 1 == code
    assert "something unreadable came at 9600 N: try other speeds" in capsys.readouterr().err


@pytest.mark.parametrize(("words", "found"), [((), [1]), (("--yes",), [1, 3])])
async def test_scan_stops_at_a_set_that_runs(
    serial_peer: SerialPeer, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], found: list[int]
) -> None:
    """Where nobody sits to be asked, a running set ends the scan; a script says --yes beforehand."""
    serial_peer.answer = over_rtu(controller(1, state="0003"), controller(3))
    code = await scan(serial_peer, "--baud", "9600", "--units", "1,3", "--json", *PATIENT, *words)
    told = json.loads(capsys.readouterr().out)

    assert (0 if words else 1) == code
    assert found == [one["unit"] for one in told["found"]]
    assert True is told["found"][0]["runs"]
    assert ("" if words else "unit 1: its engine runs, so the scan ended there; --yes goes on all the same") == told[
        "refused"
    ]


async def test_scan_tells_what_it_cannot_recognise(tcp_peer: TcpPeer, capsys: pytest.CaptureFixture[str]) -> None:
    """A controller of an unknown model says which it is; a device without identity is told as no more than there.

    A device that says itself where its registers stand is found by what it says.
    """
    stranger, mute, sunspec = controller(1, model="1234"), Image(2), Image(3)
    sunspec.put(3, 40000, "5375 6E53 0001 0042 " + 66 * "0000 " + "00CB 0069 " + 105 * "0001 " + "FFFF 0000")
    tcp_peer.answer = lambda frame: stranger(frame) or mute(frame) or sunspec(frame)
    code = await run_scan(arguments("scan", "--tcp", f"127.0.0.1:{tcp_peer.port}", "--units", "1-3", *PATIENT))
    told = capsys.readouterr()

    assert 0 == code
    assert "answers, but no profile knows it (controller.manufacturer 1, controller.model 4660)" in told.out
    assert f"127.0.0.1:{tcp_peer.port}     2  answers, but does not prove itself" in told.out
    assert f"127.0.0.1:{tcp_peer.port}     3  Meter that speaks SunSpec, profile sunspec-meter" in told.out
    assert "profiles whose devices cannot prove themselves, to try with read:" in told.out
    assert "listening" not in told.err


async def test_scan_needs_the_line_for_itself(
    serial_peer: SerialPeer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A port that a program of this machine holds is told so, as one that cannot do it, is none or is not there."""
    held = os.open(serial_peer.path, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(held, fcntl.LOCK_EX)
    codes = [await scan(serial_peer)]
    os.close(held)
    (tmp_path / "file").write_text("", "utf-8")
    codes.append(await scan(serial_peer, "--baud", "9600", "--parity", "E"))  # a pseudo-terminal has no parity
    for name in ("file", "nothing"):
        codes += [await run_scan(arguments("scan", "--serial", str(tmp_path / name)), SHORT_S)]
    lines = [
        line
        for line in capsys.readouterr().err.splitlines()
        if " units, at most" not in line and "listening" not in line
    ]

    shut = "cannot be opened; in use, no serial port, or without that speed or parity"
    assert [1, 1, 1, 1] == codes
    assert [] == serial_peer.asked
    assert [
        f"{serial_peer.path}: {shut}",
        f"{serial_peer.path}: {shut}",
        f"{tmp_path / 'file'}: {shut}",
        f"{tmp_path / 'nothing'}: there is no such serial port; check the cable",
    ] == lines


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--units", "0-3"), '--units: "0-3" does not lie within 1-247'),
        (("--units", "9-3"), '--units: "9-3" does not lie within 1-247'),
        (("--units", "a"), '--units: "a" is no number; write it as 1-20,100'),
        (("--baud", "9600,"), '--baud: "" is no number; write it as 9600,19200'),
        (("--baud", "5"), "--baud: 5 is not between 300 and 1000000"),
        (("--parity", "n,x"), '--parity: "X" is none of N, E and O'),
        (("--timeout", "0"), "--timeout: 0 is not between 0.05 and 30 seconds"),
    ],
)
async def test_scan_mistakes_are_one_sentence(
    words: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and what to write instead; nothing was opened."""
    code = await run_scan(arguments("scan", "--serial", "/dev/x", *words), SHORT_S)

    assert (2, f"{sentence}\n") == (code, capsys.readouterr().err)


def test_scan_asks_whoever_sits_there(outside: Outside, terminal: Callable[..., Terminal]) -> None:
    """In a terminal the person is asked while a set runs; anything but yes ends the scan with what was found."""
    running = controller(1, state="0003")
    outside.answer = running
    window = terminal("scan", "--tcp", outside.address, "--units", "1-9", "--timeout", "30")
    window.until("Go on? [y/N]")
    window.type("n\n")
    code = window.end()

    assert 1 == code
    assert "unit 1: its engine runs, so the scan ended there" in window.shown
    assert "next: sotpunkt-gateway read --profile dse-73xx-mkii" in window.shown
    assert {1} == {frame[6] for frame in outside.peer.asked}


def test_scan_interrupted_tells_what_it_found(outside: Outside, terminal: Callable[..., Terminal]) -> None:
    """Ctrl-C ends it with exit code 130; what was found until then is not lost."""
    outside.answer = controller(1)
    window = terminal("scan", "--tcp", outside.address, "--units", "1-247", "--timeout", "30")
    window.until("unit 2 (2 of 247), 1 found")
    window.type("\x03")
    code = window.end()

    assert 130 == code
    assert "next: sotpunkt-gateway read --profile dse-73xx-mkii" in window.shown
    assert "Traceback" not in window.shown
