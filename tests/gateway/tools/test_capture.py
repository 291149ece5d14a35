"""A technician takes a device's words home in a file that tells nobody whose device it is."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from contract.messages import Value
from contract.words import Origin, Quality
from gateway.core.wire.lines import TcpLine
from gateway.io.device import Device
from gateway.io.modbus import open_line
from gateway.profiles.registry import load
from gateway.tools.capture import run_capture
from simulator.config import read_image
from simulator.core.image import Memory
from simulator.server import Station, serve_tcp
from tests.gateway.io.conftest import Answer, Image, TcpPeer

from .conftest import QUICK, arguments, controller

DSE = ("--profile", "dse-73xx-mkii", *QUICK)
SERIAL_WORDS = "0070 1234"
KEPT = Path(__file__).parents[2] / "captures"
NOBODYS = (None, "CAPTURED", 12345678, 12345678 % 65536)


async def captured(answer, out: Path, *words: str) -> int:
    """Run `capture` against a device on a free port."""
    peer = TcpPeer()
    await peer.start()
    peer.answer = answer
    try:
        return await run_capture(arguments("capture", "--tcp", f"127.0.0.1:{peer.port}", "--out", str(out), *words))
    finally:
        await peer.stop()


async def decoded(port: int, profile_name: str, unit: int) -> dict[str, Value]:
    """Everything that a profile makes of the device at a port."""
    profile = load(profile_name)
    profile = msgspec.structs.replace(profile, link=msgspec.structs.replace(profile.link, pause_s=0.0, timeout_s=20.0))
    line = open_line(TcpLine(host="127.0.0.1", port=port))
    device = Device(line, unit, profile)
    values = await device.values("fast", lambda: 0, Origin.MEASURED)
    values |= await device.values("slow", lambda: 0, Origin.MEASURED)
    await line.close()
    return values


async def of_words(memory: Memory, unit: int, profile_name: str) -> dict[str, Value]:
    """The same, of words that the simulator serves."""
    server, port = await serve_tcp("127.0.0.1", 0, [Station(unit, lambda: memory, lambda: False)])
    try:
        return await decoded(port, profile_name, unit)
    finally:
        await server.shutdown()


async def test_capture_decodes_as_the_device(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Served by the simulator a capture says what the device said, but for its serial number."""
    image, out = controller(unit=10, state="0003"), tmp_path / "dse.toml"
    code = await captured(image, out, *DSE, "--unit", "10", "--note", "running, off load")
    told = capsys.readouterr().out
    peer = TcpPeer()
    await peer.start()
    peer.answer = image
    before = await decoded(peer.port, "dse-73xx-mkii", 10)
    await peer.stop()
    file = read_image(str(out))
    after = await of_words(file.memory, file.unit, "dse-73xx-mkii")

    assert (0, 10) == (code, file.unit)
    assert "DSE 7310/7320 MkII and 7410/7420 MkII: running, off load" == file.title
    assert {"controller.serial"} == {key for key in before if before[key] != after[key]}
    assert (0x00701234, 12345678) == (before["controller.serial"].value, after["controller.serial"].value)
    assert 137 == len(after)
    assert "replaced: controller.serial" in told


async def test_captures_that_are_kept_prove_themselves(tmp_path: Path) -> None:
    """Every capture of the repository, and one made now: its own profile reads it, and it tells nobody whose it is."""
    out = tmp_path / "made-now.toml"
    assert 0 == await captured(controller(), out, *DSE)
    for path in (out, *sorted(KEPT.glob("*.toml"))):
        name = path.read_text("utf-8").split(".")[0].removeprefix("# Captured by profile ")
        file = read_image(str(path))
        values = await of_words(file.memory, file.unit, name)
        private = {key: value.value for key, value in values.items() if key.endswith((".serial", ".name"))}

        assert set() == {value.quality for value in values.values()} & {Quality.COMM_ERROR, Quality.WRONG_DEVICE}, path
        assert {} == {key: value for key, value in private.items() if value not in NOBODYS}, path


async def test_capture_keeps_only_what_a_signal_names(tmp_path: Path) -> None:
    """What nobody knows the meaning of might say whose it is: it is zero in the file."""
    image, out = controller(), tmp_path / "dse.toml"
    image.put(3, 773, "C0DE C0DE")
    named = {at for row in load("dse-73xx-mkii").rows for at in range(row.at, row.end)}
    code = await captured(image, out, *DSE)
    words = read_image(str(out)).memory[3]

    assert 0 == code
    assert {773} == {at for at in (773, 774) if at not in named}
    assert 0 == words[773]
    assert 0xC0DE not in [word for at, word in words.items() if at not in named]
    assert SERIAL_WORDS not in out.read_text("utf-8")


async def test_capture_of_inputs(tmp_path: Path) -> None:
    """Bits come along, too: eight inputs, and only those eight are there afterwards."""

    class Inputs(Image):
        def __call__(self, frame: bytes) -> Answer:
            """Inputs 1 and 4 are closed."""
            return frame[:4] + bytes([0, 4, frame[6], 2, 1, 0b00001001])

    out = tmp_path / "inputs.toml"
    code = await captured(Inputs(), out, "--profile", "waveshare-io-8ch")
    file = read_image(str(out))
    values = await of_words(file.memory, 1, "waveshare-io-8ch")

    assert 0 == code
    assert {2: {at: int(at in (0, 3)) for at in range(8)}} == file.memory
    assert [1, 0, 0, 1, 0, 0, 0, 0] == [values[f"input.di{number}"].value for number in range(1, 9)]


async def test_capture_of_a_device_that_says_itself_where_it_stands(tmp_path: Path) -> None:
    """Its signposts come along, so that the capture can be found its way in again; its serial number does not."""
    image, out = Image(), tmp_path / "meter.toml"
    image.put(3, 40000, "5375 6E53 0001 0042")
    image.put(3, 40004, "4143 4D45")  # ACME
    image.put(3, 40052, "5333 3231")  # S321
    image.fill(3, 40004, 40069, 0)
    image.put(3, 40070, "00CB 0069 " + 105 * "0001 " + "FFFF 0000")
    code = await captured(image, out, "--profile", "sunspec-meter", *QUICK)
    file = read_image(str(out))
    values = await of_words(file.memory, 1, "sunspec-meter")

    assert 0 == code
    assert 10 == values["meter.voltage_l1n"].value
    assert "5333 3231" not in out.read_text("utf-8")
    assert [0x5375, 0x6E53] == [file.memory[3][40000], file.memory[3][40001]]


async def test_capture_of_half_a_device_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An answer that was lost would look like a register that is not there."""
    image, out = controller(), tmp_path / "half.toml"
    code = await captured(lambda frame: None if frame[8:10] == b"\x05\x80" else image(frame), out, *DSE)

    assert (1, False) == (code, out.exists())
    assert "nothing was written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "words", "sentence"),
    [
        ("there.toml", (), "is there already; choose another name"),
        ("a.csv", (), "must end in .toml"),
        ("no/a.toml", (), "--out: there is no folder"),
        ("a.toml", ("--note", "two\nlines"), "--note: write one line of at most 120 letters"),
    ],
)
def test_capture_mistakes_are_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, words: tuple[str, ...], sentence: str
) -> None:
    """Exit code 2 and what to write instead; a file that is there is never written over."""
    (tmp_path / "there.toml").write_text("kept", "utf-8")
    code = asyncio.run(captured(controller(), tmp_path / name, *DSE, *words))
    told = capsys.readouterr().err

    assert (2, 1) == (code, told.count("\n"))
    assert sentence in told
    assert "kept" == (tmp_path / "there.toml").read_text("utf-8")
