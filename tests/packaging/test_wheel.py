"""The built wheel, installed where no checkout is, is the whole product."""

import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(400)  # the first of each environment waits until pip has installed it
ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
ROOMS = [
    *(room for room in PROJECT["tool"]["importlinter"]["root_packages"] if room not in ("faults", "golden")),
    "firmware",
]
"""What a site needs; `faults` and `golden` run from a checkout, to break houses and to draw pages."""
SCRIPTS = PROJECT["project"]["scripts"]


def _kept() -> set[str]:
    """All files of the rooms that git keeps or would keep."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *ROOMS]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {path for path in answer.stdout.split("\0") if path and (ROOT / path).is_file()}


def test_wheel_holds_the_rooms_and_nothing_else(wheel: Path) -> None:
    """Code, catalogues, profiles, layouts, pages: every kept file of a room is in the wheel, and no test is."""
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    assert _kept() == inside


def test_wheel_says_what_it_is(wheel: Path) -> None:
    """Name, version, licence and its text travel along."""
    archive = zipfile.ZipFile(wheel)
    (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    lines = archive.read(metadata).decode("utf-8").splitlines()

    assert {"Name: sotpunkt", f"Version: {PROJECT['project']['version']}", "License-Expression: EUPL-1.2"} <= set(lines)
    assert metadata.replace("METADATA", "licenses/LICENSE") in archive.namelist()


def test_gateway_installs_alone(gateway_alone) -> None:
    """A gateway without screen and web needs neither Kivy nor Litestar nor a test tool."""
    foreign = gateway_alone.has("kivy", "litestar", "uvicorn", "sqlalchemy", "amqtt", "pytest", "hatchling")

    assert [] == foreign
    assert ["pymodbus", "aiomqtt", "msgspec"] == gateway_alone.has("pymodbus", "aiomqtt", "msgspec")


def test_gateway_alone_starts(gateway_alone) -> None:
    """With its own extra alone the gateway's command answers."""
    answer = gateway_alone.run("sotpunkt-gateway", "--help")

    assert (0, "") == (answer.returncode, answer.stderr)
    assert "sotpunkt-gateway" in answer.stdout


@pytest.mark.parametrize("script", SCRIPTS)
def test_command_answers_help(everything, script: str) -> None:
    """Every installed command tells how it is used, without noise and without starting anything."""
    answer = everything.run(script, "--help")

    assert (0, "") == (answer.returncode, answer.stderr)
    assert script in answer.stdout


@pytest.mark.parametrize("script", SCRIPTS)
def test_command_refuses_what_it_does_not_know(everything, script: str) -> None:
    """A mistyped command line ends with exit code 2 and how it is used, not a traceback."""
    answer = everything.run(script, "--no-such-option")

    assert 2 == answer.returncode, answer.stderr
    assert f"usage: {script}" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_installed_catalogues_can_be_read(everything) -> None:
    """The catalogues are found as package data, outside the checkout."""
    ask = (
        "import contract, pathlib; from contract.signals import catalogue; from contract.phrases import phrase;"
        "print(pathlib.Path(contract.__file__).parent.parent.name, len(catalogue()) > 10, phrase('power', 'dead'))"
    )
    answer = everything.run("python", "-c", ask)

    assert answer.stdout.startswith("site-packages True "), answer.stdout + answer.stderr
