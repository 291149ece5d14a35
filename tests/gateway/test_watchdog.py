"""The real gateway under a watcher that listens like systemd: it pings while the work goes on, and only then."""

import json
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.core.box.restarts import FREE

ROOT = Path(__file__).parents[2]
AFFLICTED = Path(__file__).with_name("afflicted.py")
WATCHDOG_USEC = "600000"
"""A sign of life every fifth of a second."""
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path, systemd: Any) -> Iterator[Start]:
    """Start a gateway whose one device is silent and whose brokers are not there."""
    running: list[subprocess.Popen[bytes]] = []
    (tmp_path / "site.toml").write_text(
        f'[site]\nid = "test-kall"\nplace = "Test"\nsimulated = true\n'
        f'[store]\npath = "{tmp_path}/gateway.db"\ncommit_every_s = 0.3\n'
        '[site_broker]\nurl = "mqtt://127.0.0.1:1"\nreconnect_max_s = 0.5\n'
        '[[device]]\nname = "genset"\nprofile = "dse-73xx-mkii"\ntcp = "127.0.0.1:1"\n'
        "poll_every_s = 0.2\npause_s = 0\ntimeout_s = 0.1\n",
        "utf-8",
    )

    def run(usec: str = WATCHDOG_USEC, **environment: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, str(AFFLICTED), str(tmp_path), "run", str(tmp_path / "site.toml")]
        told = systemd.environment(usec) | {"PYTHONPATH": str(ROOT)} | environment
        told = {name: value for name, value in told.items() if value}
        with (tmp_path / "log").open("ab") as log:
            running.append(subprocess.Popen(command, cwd=ROOT, env=told, stderr=log))
        return running[-1]

    yield run
    for file in ("poll-hangs", "disk-hangs"):
        (tmp_path / file).unlink(missing_ok=True)
    for one in running:
        one.kill()
        one.wait(40)


def quiet(systemd: Any, within_s: float = 30.0) -> bool:
    """Do the signs of life cease for a whole second?"""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if systemd.pings(1.0) == 0:
            return True
    return False


def test_ready_comes_after_the_first_polls_and_signs_of_life_follow(start: Start, systemd: Any, tmp_path: Path) -> None:
    """A silent device and brokers that are away are no reason not to be ready; the end is announced."""
    (tmp_path / "poll-hangs").touch()
    process = start()
    systemd.until("STATUS=reading the store")
    early = systemd.pings(1.5)
    waiting = [one for one in systemd.all if "READY" in one]
    (tmp_path / "poll-hangs").unlink()
    ready = systemd.until("READY=1")
    lives = systemd.lives(4)
    process.terminate()
    code = process.wait(40)

    assert ([], 0, 0) == (waiting, early, code)
    assert "READY=1\nSTATUS=1 devices polled, silent: genset" == ready
    assert lives
    assert "STOPPING=1\nSTATUS=told to stop" == systemd.until("STOPPING=1")


def test_a_poll_that_never_comes_back_ends_the_signs_of_life(start: Start, systemd: Any, tmp_path: Path) -> None:
    """The loop turns and the store writes, but nobody looks at the machine any more: systemd must know which."""
    start()
    systemd.until("READY=1")
    (tmp_path / "poll-hangs").touch()
    systemd.until("STATUS=stuck: poll of genset")

    assert quiet(systemd)
    (tmp_path / "poll-hangs").unlink()
    systemd.until("WATCHDOG=1")


def test_a_write_that_never_comes_back_ends_the_signs_of_life(start: Start, systemd: Any, tmp_path: Path) -> None:
    """The thread that writes hangs in the disk; polls go on."""
    start()
    systemd.until("READY=1")
    (tmp_path / "disk-hangs").touch()
    systemd.until("STATUS=stuck: store")

    assert quiet(systemd)


def test_a_disk_that_refuses_is_being_tried_and_the_signs_of_life_go_on(start: Start, systemd: Any) -> None:
    """No new start makes room on a disk: what is new waits, is counted, and the program stays."""
    process = start()
    systemd.until("READY=1")
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (4096, 4096))
    systemd.until("the disk refuses")

    assert systemd.lives(4)


def test_a_stopped_process_is_silent_and_goes_on_when_it_may(start: Start, systemd: Any) -> None:
    """SIGSTOP stands for all that freezes a whole program; time in which it did not run is nobody's fault."""
    process = start()
    systemd.until("READY=1")
    process.send_signal(signal.SIGSTOP)
    silent = quiet(systemd)
    process.send_signal(signal.SIGCONT)

    assert silent
    assert systemd.lives(3)


def test_systemds_sigabrt_leaves_a_trace_of_what_hung(start: Start, systemd: Any, tmp_path: Path) -> None:
    """The journal then holds a line for every thread, and nothing is written to the card."""
    process = start()
    systemd.until("READY=1")
    process.send_signal(signal.SIGABRT)

    assert -signal.SIGABRT == process.wait(40)
    assert "Fatal Python error: Aborted" in (tmp_path / "log").read_text("utf-8")


@pytest.mark.parametrize("usec", ["", "-5"])
def test_a_watchdog_time_that_is_none_starts_the_program_all_the_same(usec: str, start: Start, systemd: Any) -> None:
    """It says that it is ready, and sends no signs of life."""
    start(usec)
    systemd.until("READY=1")

    assert 0 == systemd.pings(0.5)


def test_without_systemd_nothing_is_sent(start: Start, systemd: Any, tmp_path: Path) -> None:
    """By hand: no NOTIFY_SOCKET, no note of starts, and it works."""
    process = start("", NOTIFY_SOCKET="")
    deadline = time.monotonic() + 60
    while "site broker" not in (tmp_path / "log").read_text("utf-8") and time.monotonic() < deadline:
        time.sleep(0.05)
    process.terminate()

    assert (0, []) == (process.wait(40), systemd.hear())
    assert not (tmp_path / "starts.json").exists()


def test_a_mistake_in_the_settings_starts_nothing(start: Start, systemd: Any, tmp_path: Path) -> None:
    """Exit code 2, which the unit does not answer with a new start; no store, no note, nothing told."""
    with (tmp_path / "site.toml").open("a", encoding="utf-8") as file:
        file.write("[last_words]\nhalt_below_min = 20\nbattery = 'ups'\n")
    code = start(RUNTIME_DIRECTORY=str(tmp_path)).wait(60)

    assert (2, []) == (code, systemd.hear())
    assert {"site.toml", "log", "notify"} == {one.name for one in tmp_path.iterdir()}
    said = (tmp_path / "log").read_text("utf-8")
    assert "[last_words] halt_below_min: 20 lies above say_below_min 10; what is to be said must be said before" in said
    assert "[last_words] battery: there is no device that is a UPS" in said


def test_a_program_that_keeps_dying_waits_before_it_touches_the_card(
    start: Start, systemd: Any, tmp_path: Path
) -> None:
    """Killed again and again: the next start waits without a write to the store, says so, and tells the centre."""
    memory = tmp_path / "memory"
    memory.mkdir()
    process = start(RUNTIME_DIRECTORY=str(memory))
    systemd.until("READY=1")
    process.kill()
    process.wait(40)
    note = json.loads((memory / "starts.json").read_text("utf-8"))
    (memory / "starts.json").write_text(json.dumps(note | {"count": FREE}), "utf-8")
    journal = tmp_path / "gateway.db-wal"
    before, seen, said = journal.stat().st_mtime_ns, set(), len(systemd.all)
    process = start(RUNTIME_DIRECTORY=str(memory))
    systemd.until("STATUS=6 starts shortly after each other; waiting 5 s")
    while not any("STATUS=reading the store" in one for one in systemd.all[said:]):
        now = journal.stat().st_mtime_ns
        seen |= set() if any("STATUS=reading" in one for one in systemd.hear(0.1)) else {now}
    systemd.until("READY=1")
    process.terminate()
    code = process.wait(40)
    with sqlite3.connect(tmp_path / "gateway.db") as store:
        told = store.execute("SELECT body FROM events WHERE kind = 'gateway_restarting_often'").fetchall()

    assert ({before}, 0, 1) == (seen, code, len(told))
    assert not (memory / "starts.json").exists()
