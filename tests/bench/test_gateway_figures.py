"""The measurements of the gateway are there, and what they compare with is right."""

import json
import subprocess

import pytest

from bench import latency, planning
from bench.__main__ import BENCHES
from bench.processes import python
from gateway.core.wire.decode import Registers
from gateway.core.wire.lines import SerialLine, cost_on
from gateway.core.wire.plan import Block, cost_s, plans
from gateway.io.modbus import open_line
from gateway.profiles.registry import registry

LINE = SerialLine(device="/dev/x", baud=9600)


@pytest.mark.parametrize("name", ["plan", "rtu", "tcp", "latency"])
def test_figure_is_there_by_its_name(name: str) -> None:
    """`make bench ONLY=name`."""
    assert callable(BENCHES[name])


@pytest.mark.parametrize("name", sorted(registry()))
def test_plan_of_each_profile_costs_what_the_best_costs(name: str) -> None:
    """Every profile of the program, against a search without haste."""
    profile = registry()[name]
    cost = cost_on(LINE, profile.link.pause_s)
    planned = sum(cost_s(reads, cost) for reads in plans(profile, LINE).values())

    assert planning.optimum_s(profile, cost) == pytest.approx(planned)


def test_plan_figures_are_in_their_order() -> None:
    """The best is no dearer than the plan, and the plan is cheaper than one request per value."""
    lines = list(planning.measure())

    assert 2 * len(planning.PROFILES) == len(lines)
    assert all(one["optimum_s"] <= one["wire_s"] < one["one_per_value_s"] for one in lines)


async def test_paced_meter_takes_the_time_of_its_bytes() -> None:
    """Three questions at 9600 baud are three answers, none of them faster than the wire, all with the silence kept."""
    command = python("bench.paced_line", "9600")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as meter:  # noqa: ASYNC220
        assert meter.stdin is not None
        assert meter.stdout is not None
        line = open_line(SerialLine(device=meter.stdout.readline().strip(), baud=9600))
        found = [await line.timed_read(1, Block(3, at, 2), 20.0) for at in (0, 100, 150)]
        await line.close()
        meter.stdin.write("\n")
        meter.stdin.flush()
        seen = json.loads(meter.stdout.readline())
        meter.stdin.close()

    assert [Registers([0, 1]), Registers([100, 101]), Registers([150, 151])] == [outcome for outcome, _ in found]
    assert min(took_s for _, took_s in found) >= (8 + 3.5) * LINE.character_s
    assert (3, 0) == (seen["asked"], seen["broken"])


def test_share_of_answers_is_counted_from_below() -> None:
    """p50 and p99 of a hundred, and nothing of nothing."""
    seconds = [place / 1000 for place in range(100)]

    assert (50.0, 99.0, None) == (latency._at(seconds, 0.5), latency._at(seconds, 0.99), latency._at([], 0.5))
