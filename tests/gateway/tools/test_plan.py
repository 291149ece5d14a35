"""What can be asked without a wire: the plan of a profile, and which profiles there are."""

import json

import pytest

from gateway.tools.plan import run_plan, run_profiles

from .conftest import arguments

SDM = ("--profile", "eastron-sdm630", "--serial", "/dev/x", "--baud", "9600")


def test_plan_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """The requests of a profile, their cost on a line, and what they save."""
    code = run_plan(arguments("plan", *SDM))

    assert 0 == code
    assert (
        "fast: 11 signals in 3 requests, 108.3 ms on /dev/x; one request per value would take 275.0 ms"
        == capsys.readouterr().out.splitlines()[0]
    )


def test_plan_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The same for programs: every request with its signals, every rate with its cost."""
    code = run_plan(arguments("plan", *SDM, "--json"))
    fast = json.loads(capsys.readouterr().out)["rates"]["fast"]

    assert (0, 108.33, 275.0) == (code, fast["ms"], fast["one_per_value_ms"])
    assert [(4, 0, 17), (4, 52, 53), (4, 70, 71)] == [
        (one["function"], one["first"], one["last"]) for one in fast["requests"]
    ]
    assert ["meter.frequency"] == fast["requests"][2]["signals"]


def test_plan_of_a_device_that_says_itself_where_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    """There is no plan before it answers, and that is said."""
    code = run_plan(arguments("plan", "--profile", "sunspec-meter", "--tcp", "h"))

    assert 0 == code
    assert "sunspec-meter: the device itself says where its registers stand" in capsys.readouterr().out


def test_profiles_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """One line each: name, kind, title, and whether it is experimental."""
    assert 0 == run_profiles(arguments("profiles"))
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}

    assert sorted(lines) == list(lines)
    assert ["dse-73xx-mkii", "generator_controller", "DSE"] == lines["dse-73xx-mkii"].split()[:3]
    assert lines["eaton-modbus-ms"].endswith(" (experimental)")


def test_profiles_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The same for programs, with what is not known of each."""
    assert 0 == run_profiles(arguments("profiles", "--json"))
    found = {one["name"]: one for one in json.loads(capsys.readouterr().out)}

    assert (True, "ups", False) == tuple(
        found["eaton-modbus-ms"][key] for key in ("experimental", "kind", "proves_itself")
    )
    assert found["dse-73xx-mkii"]["proves_itself"]
    assert 1 == len(found["waveshare-io-8ch"]["unknown"])
