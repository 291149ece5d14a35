"""How long a battery feeds a node: closed forms, what must hold for every battery, and the command."""

import json
import math
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.node.core.channels import TABLE
from firmware.node.core.options import Options
from firmware.node.core.sleeping import SHORTEST_S, sleep_s
from hw.nodes import battery as reckon
from hw.nodes.battery import Battery, Board

ROOT = Path(__file__).resolve().parents[2]
PLAIN = Board("plain", 12.0, 40_000, 100_000, 100, 500_000, True, "a test")
seconds = st.floats(0, 1e5)
batteries = st.builds(
    Battery, st.floats(1, 500), st.sampled_from((12, 24)), st.sampled_from(("flooded", "agm")),
    st.floats(-40, 40), st.floats(0, 0.9),
)  # fmt: skip


def told(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, as somebody calls it from a checkout."""
    command = [sys.executable, "-m", "hw.nodes", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=100)


def test_always_awake_is_capacity_over_current() -> None:
    """With nothing else counted, 100 Ah at 100 mA and 80 percent to use last 800 hours."""
    battery = Battery(100, 12, "flooded", 25.0, 0.2)
    costs = reckon.costs(PLAIN, reckon.cycle(0, 6, 4), battery)
    at_battery = {name: ua for name, ua in costs.items() if name in ("radio", "awake", "asleep")}
    efficiency = reckon.row("converter", "step-down")["efficiency"]

    assert math.isclose(800 / 24 * efficiency, reckon.days(battery, at_battery))


def test_the_battery_empties_itself_as_its_row_says() -> None:
    """A battery that feeds nothing loses 5 percent a month, and 80 percent in 16 months."""
    battery = Battery(70, 12, "flooded", 25.0, 0.2)

    assert math.isclose(16 * 30.44, reckon.days(battery, {"battery itself": battery.self_ua()}))


@pytest.mark.parametrize(("celsius", "expected"), [(40, 1), (25, 1), (0, 0.65), (-9, 0.525), (-18, 0.4), (-60, 0)])
def test_cold_takes_capacity(celsius: float, expected: float) -> None:
    """As the fact sheet says, straight between its points, and never below nothing."""
    assert math.isclose(expected, reckon.share_at(celsius), abs_tol=1e-12)


def test_what_the_set_needs_to_start_is_not_the_nodes() -> None:
    """Of 70 Ah at -18 °C 28 can be had and 14 are the node's; where the cold takes all but the reserve, nothing is."""
    assert math.isclose(14, Battery(70, 12, "flooded", -18, 0.2).usable_ah())
    assert 0 == Battery(70, 12, "flooded", -35, 0.2).usable_ah()


@given(batteries, seconds, seconds, st.floats(0, 60), st.floats(0, 1))
def test_a_longer_period_never_shortens_life(
    battery: Battery, every_s: float, more_s: float, awake_s: float, radio: float
) -> None:
    """Whatever the battery and the wake: to wake less often costs no more."""
    short = reckon.days(battery, reckon.costs(PLAIN, reckon.cycle(every_s or 1, awake_s, radio * awake_s), battery))
    costs = reckon.costs(PLAIN, reckon.cycle((every_s or 1) + more_s, awake_s, radio * awake_s), battery)

    assert short <= reckon.days(battery, costs) * (1 + 1e-9)


@given(st.builds(Battery, st.floats(20, 500)), st.floats(1, 60), st.floats(0, 1), st.floats(1, 200))
def test_a_node_that_keeps_its_budget_lives_as_long_as_wanted(
    battery: Battery, awake_s: float, radio: float, wanted_days: float
) -> None:
    """The setting that is printed, the sleep that a node makes of it, and the days that follow agree."""
    try:
        budget = reckon.budget(PLAIN, battery, wanted_days)
    except reckon.Mistake:
        return
    awake_ms, radio_ms = int(1000 * awake_s), int(1000 * awake_s * radio)
    slept_s = sleep_s(86_400, awake_ms, radio_ms, budget)
    day = reckon.cycle(slept_s + awake_ms / 1000, awake_ms / 1000, radio_ms / 1000)
    days = reckon.days(battery, reckon.costs(PLAIN, day, battery))

    assert SHORTEST_S <= slept_s <= 86_400
    assert slept_s == 86_400 or days >= 0.999 * wanted_days
    assert sleep_s(60, awake_ms, radio_ms, budget) <= 60


def test_measured_days_count_as_measured() -> None:
    """A status of a node says the same as the period from which it comes."""
    assert reckon.cycle(864, 8.64, 4.32) == reckon.measured(864_000, 432_000)


def test_command_prints_days_and_what_costs_most(tmp_path: Path) -> None:
    """Days first, then a line for each cost, the greatest first; with --days the node's setting."""
    status = tmp_path / "status.json"
    status.write_text(json.dumps({"awake_ms": 864_000, "radio_ms": 432_000, "sleeping_ms": 85_536_000}), "utf-8")
    call = ("--board", "esp32-bare", "--battery", "70Ah", "--load", "mains", "--status", str(status), "--days", "60")
    answer = json.loads(told(*call, "--json").stdout)
    lines = told(*call).stdout.splitlines()
    costs = list(answer["costs_ua"].values())

    assert lines[0].startswith(f"{answer['days']} days (14.0 Ah to use")
    assert sorted(costs, reverse=True) == costs
    assert [line.split("mA  ")[1] for line in lines[1:-1]] == list(answer["costs_ua"])
    assert f'"power": {json.dumps(answer["power"])}' == lines[-1]
    assert {"allowed_ua", "awake_ua", "radio_ua", "asleep_ua"} == set(answer["power"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--board", "abacus", "--battery", "70"), "there is no board 'abacus'; there are esp32-bare"),
        (("--board", "pico-w", "--battery", "much"), "write 70Ah"),
        (("--board", "pico-w", "--battery", "70", "--days", "30"), "does not sleep"),
        (("--board", "esp32-bare", "--battery", "7", "--days", "900"), "cannot live 900 days"),
        (("--board", "esp32-bare", "--battery", "70", "--radio", "9"), "the radio is on at most while"),
        (("--board", "esp32-bare", "--battery", "70", "--every", "nan"), "must not be below zero"),
        (("--board", "esp32-bare", "--battery", "70", "--status", "pyproject.toml"), "no status of a node"),
    ],
)
def test_command_refuses_in_one_sentence(arguments: tuple[str, ...], said: str) -> None:
    """A mistake ends with code 2 and says what to do."""
    answer = told(*arguments)

    assert (2, "") == (answer.returncode, answer.stdout)
    assert said in answer.stderr
    assert 1 == answer.stderr.count("\n")


def test_every_part_has_a_place_and_every_number_a_source() -> None:
    """Parts name a circuit that is drawn; every row of the numbers says where it is from."""
    folder = ROOT / "hw" / "nodes"
    parts = tomllib.loads((folder / "parts.toml").read_text("utf-8"))["part"]
    drawn = (folder / "circuits.md").read_text("utf-8")

    assert [] == [part for part in parts if f"\n## {part['circuit']}\n" not in drawn or part["count"] < 1]
    rows = [row for table in reckon.numbers().values() for row in (table if isinstance(table, list) else [table])]
    assert [] == [row for row in rows if not row["source"]]


@pytest.mark.parametrize("node", tomllib.loads((ROOT / "hw/nodes/wiring.toml").read_text("utf-8"))["node"])
def test_the_board_can_do_what_its_wiring_says(node: dict[str, Any]) -> None:
    """The node's own program takes every channel of the example."""
    units = {line.split(" ")[1]: line.split(" ")[2] for line in TABLE.split("\n") if line[:1].isdigit()}
    options = Options(node["board"], node["channels"])
    for signal, channel in node["channels"].items():
        options.check(signal, units[signal], channel)

    assert {"mains.present", "engine.battery_voltage", "fuel.litres"} <= set(node["channels"])
