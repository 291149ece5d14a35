"""A technician reads one device once from a terminal."""

import argparse
import asyncio
import json
from importlib.resources import files
from pathlib import Path

import pytest

from gateway.read import add_read_parser, run_plan, run_profiles, run_read

from .io.conftest import Image, TcpPeer


def arguments(*words: str) -> argparse.Namespace:
    """Arguments as a terminal gives them."""
    parser = argparse.ArgumentParser()
    add_read_parser(parser.add_subparsers())
    return parser.parse_args(words)


@pytest.fixture
def profile(tmp_path: Path) -> str:
    """The controller's profile without its pauses, from a file."""
    text = files("gateway.profiles").joinpath("dse-73xx-mkii.toml").read_text("utf-8")
    path = tmp_path / "quick.toml"
    path.write_text(
        text.replace("pause_s = 0.1", "pause_s = 0.0").replace("timeout_s = 1.0", "timeout_s = 0.2"), "utf-8"
    )
    return str(path)


def controller() -> Image:
    """A set with a broken fuel sender."""
    image = Image()
    image.put(3, 768, "0001 8049 0070 1234 0001 0000 0000")
    image.put(3, 1024, "015E 0052 7FFF FFFC 0119 0114 05DC 01F4")
    for page in (3, 4, 5, 6, 7):
        image.fill(3, 256 * page, 256 * page + 255, 0xFFFF)
    image.fill(3, 39424, 39444, 0xFFFF)
    return image


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


def test_read_prints_a_table(profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Signal, value, unit, quality and reason in columns; experimental rows carry an asterisk."""
    code = read(controller(), "--profile", profile)
    lines = capsys.readouterr().out.splitlines()
    cells = {line.split("  ")[0]: line.split() for line in lines}

    assert 0 == code
    assert ["engine.oil_pressure", "350", "kPa", "good"] == cells["engine.oil_pressure"]
    assert ["fuel.level", "–", "%", "sensor_fault", "code", "0xFFFC"] == cells["fuel.level"]
    assert "mains.voltage_l1l2 *" in cells
    assert lines[-1].startswith("DSE 7310/7320 MkII")
    assert 1 == len({line.index("good") for line in lines if " good" in line})


def test_read_prints_json(profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One object with the same facts, for programs."""
    code = read(controller(), "--profile", profile, "--json")
    told = json.loads(capsys.readouterr().out)

    assert 0 == code
    assert told["fits"] is True
    assert {"value": 27.6, "unit": "V", "quality": "good", "reason": "", "experimental": False} == told["signals"][
        "engine.battery_voltage"
    ]
    assert None is told["signals"]["fuel.level"]["value"]
    assert "sensor_fault" == told["signals"]["fuel.level"]["quality"]
    assert 137 == len(told["signals"])


def test_read_of_a_silent_device_is_one_sentence(profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 and the reason, nothing that looks like values."""
    code = read(None, "--profile", profile)
    told = capsys.readouterr()

    assert 1 == code
    assert "" == told.out
    assert told.err.startswith("dse-73xx-mkii, unit 1 on 127.0.0.1:")
    assert told.err.endswith("no answer within 0.2 s\n")


def test_read_of_another_device_is_one_sentence(profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 and what the device calls itself."""
    image = controller()
    image.put(3, 769, "8040")
    code = read(image, "--profile", profile)

    assert 1 == code
    assert "wrong device: controller.model is 32832" in capsys.readouterr().err


def test_read_of_a_silent_device_as_json_is_json(profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A program gets an object then, too."""
    code = read(None, "--profile", profile, "--json")
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


def test_profiles_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """One line each, name first."""
    assert 0 == run_profiles()
    assert ["dse-73xx-mkii", "eastron-sdm630"] == [line.split()[0] for line in capsys.readouterr().out.splitlines()]


def test_plan_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """The requests of a profile and their cost on a line."""
    code = run_plan(arguments("plan", "--profile", "eastron-sdm630", "--serial", "/dev/x", "--baud", "9600"))

    assert 0 == code
    assert "fast: 11 signals in 3 requests, 108.3 ms on /dev/x" == capsys.readouterr().out.splitlines()[0]
