"""The way out of a made-up computer, a modem manager of the test's own, and answers counted as they came."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.core.box.bearer import BearerLook
from gateway.io import bearer
from gateway.io.bearer import Answers, Bearer

ROUTE = (
    "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n{}\t00000000\t0101A8C0\t0003\t0\t0\t7\t00000000\n"
)

Put = Callable[[str, str], Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Write a file of the made-up computer."""

    def write(path: str, text: str) -> Path:
        file = tmp_path / "root" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file

    return write


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A program of the name of ModemManager's, with the test's own lines."""

    def say(lines: str) -> None:
        program = tmp_path / "bin" / "mmcli"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{lines}\n", "utf-8")
        program.chmod(0o755)

    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return say


async def test_a_computer_without_a_way_out_is_read_without_a_fault(tmp_path: Path) -> None:
    """Nothing is there."""
    assert BearerLook() == await Bearer(tmp_path).look()


async def test_a_cable_and_a_radio_are_told_apart(tmp_path: Path, put: Put) -> None:
    """By the files of their interface."""
    put("proc/net/route", ROUTE.format("wlan0"))
    put("proc/net/wireless", " wlan0: 0000   49.  -61.  -256")
    put("sys/class/net/wlan0/uevent", "DEVTYPE=wlan\n")
    put("sys/class/net/wlan0/type", "1\n")
    put("sys/class/net/wlan0/phy80211/name", "phy0")
    radio = await Bearer(tmp_path / "root").look()
    put("proc/net/route", ROUTE.format("eth0"))
    put("sys/class/net/eth0/type", "1\n")
    cable = await Bearer(tmp_path / "root").look()

    assert ("wlan0", " wlan0: 0000   49.  -61.  -256") == (radio.interface, radio.wireless)
    assert BearerLook(interface="eth0", hardware="1\n") == cable


async def test_a_modem_is_asked_twice(
    tmp_path: Path, put: Put, manager: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """For itself, and for its signal; only where a modem carries."""
    monkeypatch.setattr(bearer, "ASK_WITHIN_S", 30.0)
    put("proc/net/route", ROUTE.format("wwan0"))
    manager('echo "{\\"asked\\": \\"$*\\"}"')
    look = await Bearer(tmp_path / "root").look()

    assert '{"asked": "--modem=any --output-json"}\n' == look.modem
    assert '{"asked": "--modem=any --output-json --signal-get"}\n' == look.modem_signal


@pytest.mark.parametrize("lines", ["exit 1", "exec sleep 60", "kill -9 $$"])
async def test_a_modem_manager_that_fails_or_hangs_is_left_alone(
    lines: str, tmp_path: Path, put: Put, manager: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its signal is not known; the box goes on, and no process is left behind."""
    monkeypatch.setattr(bearer, "ASK_WITHIN_S", 0.2)
    put("proc/net/route", ROUTE.format("wwan0"))
    manager(lines)
    look = await Bearer(tmp_path / "root").look()

    assert ("wwan0", None, None) == (look.interface, look.modem, look.modem_signal)


async def test_a_computer_without_modem_manager_is_asked_once(
    tmp_path: Path, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not come while the program runs."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    put("proc/net/route", ROUTE.format("ppp0"))
    one = Bearer(tmp_path / "root")

    assert (None, None) == ((await one.look()).modem, (await one.look()).modem_signal)


def test_the_middle_of_the_last_hour_is_the_answer_time() -> None:
    """Too few answers make no middle; one slow one moves it little; what nobody answered counts as lost."""
    now = [0.0]
    answers = Answers(lambda: now[0])
    answers.took(0.1)
    answers.took(0.3)
    few = answers.middle_ms(), answers.lost_percent()
    answers.took(9.0)
    answers.took(None)
    some = answers.middle_ms(), answers.lost_percent()
    now[0] = bearer.HOUR_S + 1

    assert ((None, None), (300, 25)) == (few, some)
    assert (None, None) == (answers.middle_ms(), answers.lost_percent())
