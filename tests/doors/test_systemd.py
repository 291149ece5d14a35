"""What is told to systemd, over real datagram sockets; and that nothing of it can harm a program."""

import asyncio
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from doors.progress import Progress
from doors.systemd import LONGEST_BETWEEN_S, SHORTEST_WATCHDOG_S, Notifier, runtime_folder


def test_a_program_says_that_it_is_ready_alive_and_going(systemd: Any) -> None:
    """One datagram each, with a sentence for people; the same sentence is told once."""
    one = Notifier.here(systemd.environment("600000"))
    one.ready("two devices")
    one.status("two devices")
    one.alive()
    one.status("one is\nsilent")
    one.stopping("told to stop")

    assert [
        "READY=1\nSTATUS=two devices",
        "WATCHDOG=1",
        "STATUS=one is silent",
        "STOPPING=1\nSTATUS=told to stop",
    ] == systemd.hear(1)


def test_an_abstract_name_is_a_socket_too(systemd_abstract: Any) -> None:
    """A name that begins with @ has no file."""
    Notifier.here(systemd_abstract.environment()).ready("here")

    assert ["READY=1\nSTATUS=here"] == systemd_abstract.hear(1)


@pytest.mark.parametrize("address", ["", "notify", "http://x", "/" + "x" * 200, "/a\0b", "@" + "ö" * 60])
def test_nobody_is_told_without_a_socket_that_can_be_one(address: str, tmp_path: Path) -> None:
    """No NOTIFY_SOCKET, or one that no socket can have: silence, and no fault."""
    one = Notifier.here({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1000000"})
    one.ready("here")
    one.alive()

    assert (False, None) == (one.heard, one.every_s)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("expected", "usec"),
    [
        (20.0, "60000000"),
        (SHORTEST_WATCHDOG_S / 3, "1"),
        (LONGEST_BETWEEN_S, "999999999999999999"),
        (None, ""),
        (None, "0"),
        (None, "-1"),
        (None, "1e6"),
        (None, " 60000000"),
        (None, "٣٠٠٠٠٠٠٠"),
        (None, "9" * 5000),
        (None, "1_000_000"),
    ],
)
def test_a_hostile_time_makes_no_busy_loop_and_no_fault(expected: float | None, usec: str, systemd: Any) -> None:
    """Three signs of life in the time, never more than ten a second; what is no time asks for none."""
    told = {"NOTIFY_SOCKET": systemd.address, "WATCHDOG_USEC": usec}

    assert expected == pytest.approx(Notifier.here(told).every_s)


OWN = str(os.getpid())


@pytest.mark.parametrize(
    ("expected", "pid"), [(2.0, ""), (2.0, OWN), (None, "1"), (None, "x")], ids=["unsaid", "own", "other", "none"]
)
def test_the_watchdog_is_the_duty_of_one_process(expected: float | None, pid: str, systemd: Any) -> None:
    """A child inherits the environment, but not the duty."""
    told = systemd.environment("6000000") | {"WATCHDOG_PID": pid}

    assert expected == Notifier.here(told).every_s


def test_a_listener_that_is_gone_or_deaf_stops_nobody(tmp_path: Path) -> None:
    """A socket that nobody reads fills up; a file that is no socket refuses: the program goes on."""
    deaf = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    deaf.bind(str(tmp_path / "deaf"))
    one = Notifier(str(tmp_path / "deaf"), 1.0)
    for _ in range(5000):
        one.alive()
    deaf.close()
    one.alive()
    gone = Notifier(str(tmp_path / "nobody"), 1.0)
    gone.stopping("told to stop")

    assert one.heard


@pytest.mark.parametrize(
    ("expected", "told"),
    [(None, ""), (None, "run/x"), ("/run/sotpunkt", "/run/sotpunkt"), ("/run/a", "/run/a:/run/b")],
)
def test_the_folder_in_memory_is_the_first_one(expected: str | None, told: str) -> None:
    """As RuntimeDirectory= names it; nothing relative."""
    assert (None if expected is None else Path(expected)) == runtime_folder({"RUNTIME_DIRECTORY": told})


async def test_ready_comes_after_every_first_round_and_signs_of_life_only_while_all_move(systemd: Any) -> None:
    """One that has not begun holds READY back; one that is stuck is named, and holds the signs of life back."""
    clock = [0.0]
    progress = Progress(lambda: clock[0])
    progress.expect("poll of meter", 10)
    progress.expect("store", 100)
    one = Notifier(systemd.address, 0.02)
    task = asyncio.create_task(one.watch(progress, lambda: "all is well"))

    async def listen(seconds: float) -> list[str]:
        heard: list[str] = []
        for _ in range(round(seconds / 0.02)):
            await asyncio.sleep(0.02)
            heard += systemd.hear()
        return heard

    progress.done("store")
    before = await listen(0.3)
    progress.done("poll of meter")
    ready = await listen(0.4)
    for second in range(12):
        clock[0] = float(second)
        await listen(0.06)
    stuck = await listen(0.2)
    progress.done("poll of meter")
    again = await listen(0.2)
    task.cancel()

    assert [] == before
    assert "READY=1\nSTATUS=all is well" == ready[0]
    assert {"WATCHDOG=1"} == set(ready[1:])
    assert [] == stuck
    assert "STATUS=stuck: poll of meter" in systemd.all
    assert {"WATCHDOG=1", "STATUS=all is well"} == set(again)
