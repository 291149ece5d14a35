"""What the README of the simulator shows is true."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from contract.words import Event
from simulator.core.scenario import TAKES, WINDOWS

ROOT = Path(__file__).parents[2]
README = (ROOT / "simulator" / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
FILES = [(language, text) for language, text in BLOCKS if language in ("toml", "csv")]


def test_every_kind_of_file_is_shown():
    """There is an example of a plant, a scenario, and an image in both forms."""
    assert ["# plant", "# scenario", "# image", "function,at,word"] == [text.splitlines()[0] for _, text in FILES]


@pytest.mark.parametrize(("language", "text"), FILES, ids=lambda part: part.split("\n")[0].strip("# "))
def test_example_files_pass_the_check(tmp_path, language, text):
    """Each example, copied into a file, is accepted by `check`."""
    path = tmp_path / f"example.{language}"
    path.write_text(text, "utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "simulator", "check", path], cwd=ROOT, capture_output=True, text=True, timeout=100
    )

    assert (0, "") == (done.returncode, done.stderr)


def test_every_step_stands_in_a_table():
    """Each step of a scenario has its line, with the settings it needs and may have."""
    shown: dict[str, str] = {}
    for line in README.splitlines():
        names = re.findall(r"`([a-z_]+)`", line.split("|")[1]) if line.startswith("| `") else []
        shown |= dict.fromkeys(names, line)

    assert set(TAKES) <= set(shown)
    for step, (needs, may) in TAKES.items():
        assert [] == [name for name in needs | may if f"`{name}`" not in shown[step]], step
    assert set(WINDOWS) <= set(TAKES)


def test_example_lines_are_lines_of_the_program():
    """The printed lines shown are JSON, and what they expect are events of the contract."""
    lines = [json.loads(line) for language, text in BLOCKS if language == "json" for line in text.splitlines()]

    assert [True, None, None, False] == [line.get("ready") for line in lines]
    assert ["mains_lost", "sensor_fault"] == [Event(line["expect"]).value for line in lines if "expect" in line]
