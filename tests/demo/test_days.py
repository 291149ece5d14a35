"""Days hour by hour, on a short one: the box dies, comes back without a clock, and nothing decided is lost."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHORT = """
title = "Four hours by hand"
length_h = 4
plant = "manual"

[sequence]
prestart_s = 30
crank_s = 10
warm_up_s = 120

[[step]]
at_h = 0.1
do = "mains_fails"

[[conductor]]
at_h = 0.95
do = "link_down"

[[conductor]]
at_h = 1.2
do = "box_off"

[[step]]
at_h = 1.25
do = "manual_start"

[[step]]
at_h = 1.35
do = "connect_load"

[[conductor]]
at_h = 1.4
do = "box_on"
clock = "1970"

[[conductor]]
at_h = 1.95
do = "report"
who = "Volontär 1"
role = "volunteer"
through = "owner-page"
power = "reserve"

[[conductor]]
at_h = 2.0
do = "notice"
notice = "warm-room"
sv = "Bygdegården är varm och öppen."

[[conductor]]
at_h = 2.3
do = "link_up"

[[conductor]]
at_h = 3.05
do = "broker_down"
"""
FAULTY = """
title = "Two faults"
length_h = 1

[[step]]
at_h = 2
do = "mains_fails"

[[conductor]]
at_h = 0.5
do = "box_away"
"""


def _play(tmp_path: Path, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    file = tmp_path / "short.toml"
    file.write_text(text, "utf-8")
    command = [sys.executable, "-m", "demo", "--scenario", str(file), "--dir", str(tmp_path / "run"), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=170)


@pytest.mark.timeout(180)
def test_box_that_dies_loses_nothing_that_was_decided(tmp_path: Path) -> None:
    """Every record of both lives of the box is confirmed in the end, the report and the notice among them; and each
    hour was right on all surfaces, also while the site's own broker is gone."""
    done = _play(tmp_path, SHORT, "--rate", "350")
    assert 0 == done.returncode, f"{done.stdout}\n{done.stderr}"
    *table, line = done.stdout.splitlines()
    figures = json.loads(line)

    assert (4, 0) == (figures["hours"], figures["waiting"])
    assert figures["created"] == figures["confirmed"] + figures["gaps"] > 0
    assert (True, True) == (figures["report_entered"], figures["notice_entered"])
    assert (4, {}, True) == (figures["hours_right"], figures["not_right"], figures["ok"])
    assert ["0", "1", "2", "3"] == [row.split()[0] for row in table if row[:1].isdigit()]


@pytest.mark.parametrize("text", [FAULTY, "title = ", "[[tcp]]\n"])
def test_file_that_is_no_right_scenario_is_refused_with_its_faults(tmp_path: Path, text: str) -> None:
    """What the simulator finds wrong is told as it tells it, and nothing is started."""
    done = _play(tmp_path, text)

    assert 2 == done.returncode
    assert "short.toml" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "run").exists()
