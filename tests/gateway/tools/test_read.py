"""A technician reads one device once from a terminal."""

import asyncio
import json

import pytest

from gateway.tools.lines import CONTACT_FORM
from gateway.tools.read import run_read
from tests.gateway.io.conftest import Image, TcpPeer

from .conftest import QUICK, SILENT, arguments, controller, over_rtu

DSE = ("--profile", "dse-73xx-mkii", *QUICK)
NOBODY = ("--profile", "dse-73xx-mkii", *SILENT)


def read(image: Image | None, *words: str) -> int:
    """Run `read` against a device on a free port; None: nobody answers."""

    async def run() -> int:
        peer = TcpPeer()
        await peer.start()
        if image is not None:
            peer.answer = image
        try:
            return await run_read(arguments("read", "--tcp", f"127.0.0.1:{peer.port}", *words))
        finally:
            await peer.stop()

    return asyncio.run(run())


def test_read_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Signal, value, unit, quality and reason in columns; experimental rows carry an asterisk."""
    code = read(controller(), *DSE)
    lines = capsys.readouterr().out.splitlines()
    cells = {line.split("  ")[0]: line.split() for line in lines}

    assert 0 == code
    assert ["engine.oil_pressure", "350", "kPa", "good"] == cells["engine.oil_pressure"]
    assert ["fuel.level", "–", "%", "sensor_fault", "code", "0xFFFC"] == cells["fuel.level"]
    assert "mains.voltage_l1l2 *" in cells
    assert lines[-1].startswith("DSE 7310/7320 MkII")
    assert 1 == len({line.index("good") for line in lines if " good" in line})


def test_read_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    """One object with the same facts, for programs."""
    code = read(controller(), *DSE, "--json")
    told = json.loads(capsys.readouterr().out)

    assert 0 == code
    assert told["fits"] is True
    assert {"value": 27.6, "unit": "V", "quality": "good", "reason": "", "experimental": False} == told["signals"][
        "engine.battery_voltage"
    ]
    assert None is told["signals"]["fuel.level"]["value"]
    assert "sensor_fault" == told["signals"]["fuel.level"]["quality"]
    assert 137 == len(told["signals"])


def test_read_of_a_silent_device_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 and the reason, nothing that looks like values."""
    code = read(None, *NOBODY)
    told = capsys.readouterr()

    assert 1 == code
    assert "" == told.out
    assert told.err.startswith("dse-73xx-mkii, unit 1 on 127.0.0.1:")
    assert told.err.endswith("no answer within 0.2 s\n")


def test_read_of_another_device_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 and what the device calls itself."""
    image = controller()
    image.put(3, 769, "8040")
    code = read(image, *DSE)

    assert 1 == code
    assert "wrong device: controller.model is 32832" in capsys.readouterr().err


def test_read_of_a_silent_device_as_json_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    """A program gets an object then, too."""
    code = read(None, *NOBODY, "--json")
    told = json.loads(capsys.readouterr().out)

    assert 1 == code
    assert told["fits"] is False
    assert {None} == {signal["value"] for signal in told["signals"].values()}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--profile", "dse-73xx", "--tcp", "h"), 'unknown profile "dse-73xx"; did you mean dse-73xx-mkii?'),
        (
            ("--profile", "eastron-sdm630", "--tcp", "h:x"),
            '--tcp: "h:x" is not HOST:PORT, for example 192.168.1.20:502',
        ),
        (
            ("--profile", "eastron-sdm630", "--tcp", "h:0"),
            '--tcp: "h:0" is not HOST:PORT, for example 192.168.1.20:502',
        ),
        (("--profile", "eastron-sdm630", "--tcp", "h", "--unit", "300"), "--unit: 300 is not between 1 and 247"),
        (("--profile", "eastron-sdm630", "--serial", "/dev/x", "--unit", "0"), "--unit: 0 is not between 1 and 247"),
        (
            ("--profile", "eastron-sdm630", "--rtu-over-tcp", ":"),
            '--rtu-over-tcp: ":" is not HOST:PORT, for example 192.168.1.20:502',
        ),
        (
            ("--profile", "eastron-sdm630", "--rtu-over-tcp", "h", "--unit", "0"),
            "--unit: 0 is not between 1 and 247",
        ),
        (
            ("--profile", "eastron-sdm630", "--tcp", "h", "--anyway", "because"),
            "--anyway: write why, in at least 10 letters; it is told with every value",
        ),
        (
            ("--profile", "eastron-sdm630", "--tcp", "h", "--timeout", "99"),
            "--timeout: 99 is not between 0.02 and 30 seconds",
        ),
        (
            ("--profile", "eastron-sdm630", "--tcp", "h", "--contact", "1=running"),
            "--contact: only a module of inputs has contacts",
        ),
        (
            ("--profile", "waveshare-io-8ch", "--tcp", "h", "--contact", "1=runing"),
            '--contact: nobody knows what "runing" means; did you mean running?',
        ),
        (
            ("--profile", "waveshare-io-8ch", "--tcp", "h", "--contact", "running"),
            f'--contact: "running" is not {CONTACT_FORM}, for example 3=common_shutdown,open',
        ),
        (
            ("--profile", "waveshare-io-8ch", "--tcp", "h", "--contact", "9=running"),
            "--contact 1: input 9: the module has 8",
        ),
        (
            ("--profile", "eastron-sdm630", "--serial", "/dev/x", "--baud", "5"),
            "--baud: 5 is not between 300 and 1000000",
        ),
    ],
)
def test_read_mistakes_are_one_sentence(
    words: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and what to write instead."""
    code = asyncio.run(run_read(arguments("read", *words)))

    assert 2 == code
    assert f"{sentence}\n" == capsys.readouterr().err


async def test_read_through_a_converter(tcp_peer: TcpPeer, capsys: pytest.CaptureFixture[str]) -> None:
    """A converter that passes RTU frames as they are is read as the serial line behind it."""
    answer = over_rtu(controller(unit=3))

    async def converter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while frame := await reader.read(8):
            told = answer(frame)
            writer.write(told if isinstance(told, bytes) else b"")
        writer.close()

    server = await asyncio.start_server(converter, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    code = await run_read(arguments("read", "--rtu-over-tcp", f"127.0.0.1:{port}", *DSE, "--unit", "3"))
    server.close()

    assert 0 == code
    assert f"unit 3 on 127.0.0.1:{port} (RTU over TCP): the device is one of" in capsys.readouterr().out


def test_read_anyway_tells_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    """A device that does not prove itself is read where a reason is written, and the reason stands in the answer."""
    code = read(controller(model="8040"), *DSE, "--anyway", "new firmware, compared by hand", "--json")
    told = json.loads(capsys.readouterr().out)

    assert (0, 27.6) == (code, told["signals"]["engine.battery_voltage"]["value"])
    assert told["sentence"].startswith("wrong device: controller.model is 32832")
    assert told["sentence"].endswith("read all the same: new firmware, compared by hand")


def test_read_tells_what_contacts_mean(capsys: pytest.CaptureFixture[str]) -> None:
    """Each contact is told by its meaning; one that opens for its alarm tells of a broken wire, too."""

    class Inputs(Image):
        def __call__(self, frame: bytes) -> bytes:
            """Input 1 is closed, all others are open."""
            return frame[:4] + bytes([0, 4, frame[6], 2, 1, 0b00000001])

    contacts = ("--contact", "1=running", "--contact", "2=common_shutdown,open", "--contact", "3=low_fuel")
    code = read(Inputs(), "--profile", "waveshare-io-8ch", *QUICK, *contacts, "--json")
    told = json.loads(capsys.readouterr().out)["signals"]

    assert 0 == code
    assert {
        "engine.state": "running",
        "alarm.common-shutdown": "shutdown",
        "alarm.low-fuel-level-switch": "inactive",
    } == {key: one["value"] for key, one in told.items()}
