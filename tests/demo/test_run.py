"""The demonstration as its user starts it: the whole house, judged; and nothing left of it afterwards."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from demo.core import pace

ROOT = Path(__file__).parents[2]
SECONDS = pace.shortest_s(610.0) + 20
"""A step of the scenario is two real seconds: if the machine stands still for one the gateway sees it none the less."""
WITHIN_S = 60.0


def _demo(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "demo", *map(str, arguments)]


def _refused(*arguments: str | Path) -> tuple[int, str]:
    done = subprocess.run(_demo(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=WITHIN_S)
    return done.returncode, done.stderr


def _of(run: Path) -> dict[int, str]:
    """Every process of this machine that was started for that run: they all name its folder."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if str(run) in command and int(entry.name) != os.getpid():
            found[int(entry.name)] = command
    return found


class Shown:
    """A demonstration that somebody looks at, and what it says."""

    def __init__(self, run: Path) -> None:
        self.said: list[str] = []
        self._spoke = threading.Condition()
        self.process = subprocess.Popen(
            _demo("--headless", "--dir", run), cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            with self._spoke:
                self.said.append(line)
                self._spoke.notify_all()

    def hear(self, text: str) -> None:
        """Wait until it has said this; fails when it does not."""
        with self._spoke:
            assert self._spoke.wait_for(lambda: any(text in line for line in self.said), WITHIN_S), self.said


@pytest.mark.timeout(150)
def test_outage_is_played_and_every_judgement_passes(tmp_path: Path) -> None:
    """Plant to pixel and back: events, missing values, records and the three threads are as they must be."""
    run, shots = tmp_path / "run", tmp_path / "shots"
    done = subprocess.run(
        _demo("--headless", "--seconds", SECONDS, "--shots", shots, "--dir", run),
        cwd=ROOT, capture_output=True, text=True, timeout=140,
    )  # fmt: skip
    logs = "\n".join(f"{log.name}: {log.read_text()[-300:]}" for log in (run / "log").iterdir())

    assert 0 == done.returncode, f"{done.stdout}\n{done.stderr}\n{logs}"
    figures = json.loads(done.stdout)
    assert {"alarm": True, "bulletin": True, "content": True} == figures["threads"]
    assert figures["created"] == figures["confirmed"] + figures["gaps"]
    assert figures["missing"]["sensor_fault"] > 0 < figures["missing"]["comm_error"]
    assert {"kiosk-home.png", "kiosk-power.png"} <= {picture.name for picture in shots.glob("*.png")}
    assert {} == _of(run)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_demonstration_leaves_no_process(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C or SIGTERM ends all programs, and looking on until then was no failure."""
    run = tmp_path / "run"
    shown = Shown(run)
    try:
        shown.hear("Ctrl-C stops it all")
        names = {"mosquitto", "simulator", "gateway", "dashboard", "kiosk keeper", "kiosk screen"}
        missing = names
        for _ in range(300):  # a process that just becomes its program has no command line for a moment
            commands = " ".join(_of(run).values())
            missing = {name for name in names if name not in commands}
            if not missing:
                break
            time.sleep(0.1)
        assert set() == missing

        shown.process.send_signal(number)
        assert 0 == shown.process.wait(WITHIN_S), shown.said
        assert {} == _of(run)
    finally:
        shown.process.terminate()
        shown.process.wait(WITHIN_S)


def test_program_that_dies_is_named(tmp_path: Path) -> None:
    """A child that ends by itself is reported at once, and the others go on."""
    run = tmp_path / "run"
    shown = Shown(run)
    try:
        shown.hear("Ctrl-C stops it all")
        until = time.monotonic() + WITHIN_S
        while not (found := [pid for pid, command in _of(run).items() if "kiosk keeper" in command]):
            assert time.monotonic() < until, shown.said
        (keeper,) = found
        os.kill(keeper, signal.SIGKILL)

        shown.hear("kiosk-keeper was ended by signal 9")
        assert any("gateway" in command for command in _of(run).values())
    finally:
        shown.process.terminate()
        shown.process.wait(WITHIN_S)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--seconds", "5"), f"--seconds 5: the scenario needs at least {pace.shortest_s(610.0)} s"),
        (("--seconds", "0"), "'0' is not a number above 0"),
        (("--scenario", "flood"), "flood"),
        (("--scenario", "three-days", "--broker", "mqtt://h"), "leave --broker out"),
        (("--scenario", "three-days", "--seconds", "20"), "these days need at least 225 s"),
        (("--broker", "h:1883"), "is not like mqtt://HOST:PORT"),
        (("--port", "99999"), "is not a port"),
        (("--rate", "5", "--seconds", "60"), "give one of them"),
    ],
)
def test_wrong_use_is_one_sentence(arguments: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    """Exit code 2 and what to do instead; nothing is started."""
    run = tmp_path / "run"
    code, said = _refused("--dir", run, *arguments)

    assert 2 == code, said
    assert sentence in said
    assert "Traceback" not in said
    assert {} == _of(run)


def test_broker_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    """A closed port is found before anything else is started."""
    code, said = _refused("--headless", "--broker", "mqtt://127.0.0.1:9", "--dir", tmp_path / "run")

    assert 1 == code
    assert "--broker mqtt://127.0.0.1:9: nothing listens there" in said
    assert "Traceback" not in said


def test_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    """The dashboard's own sentence is passed on, and everything that was started is ended."""
    run = tmp_path / "run"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = _refused("--headless", "--port", port, "--dir", run)

    assert 1 == code
    assert str(port) in said
    assert "Traceback" not in said
    assert {} == _of(run)


def test_folder_of_another_run_is_not_touched(tmp_path: Path) -> None:
    """Data that somebody may want to look at is not written over."""
    (tmp_path / "data").mkdir()
    code, said = _refused("--headless", "--dir", tmp_path)

    assert (1, f"{tmp_path} holds another run; give --dir an empty folder, or remove it\n") == (code, said)
    assert ["data"] == [path.name for path in tmp_path.iterdir()]
