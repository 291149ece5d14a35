"""What all tests share: the one way to keep an expected text in a file, systemd's ear, no time limit on an example."""

import os
import select
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# a busy machine is no fault of the code; pytest-timeout ends what really hangs
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make rewrite` passes the option."""
    parser.addoption("--rewrite-golden", action="store_true", help="rewrite the expected files instead of comparing")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """`golden(file, text)`: the text is what the file says. With --rewrite-golden the file says it from now on."""

    def compare(file: Path, text: str) -> None:
        if request.config.getoption("--rewrite-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        assert file.read_text("utf-8") == text

    return compare


class SystemdEar:
    """The other end of NOTIFY_SOCKET, as systemd listens to it; `@name` is an abstract one."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.all: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self._socket.setblocking(False)

    def environment(self, watchdog_usec: str = "") -> dict[str, str]:
        """Of a program that systemd starts."""
        told = {"NOTIFY_SOCKET": self.address} | ({"WATCHDOG_USEC": watchdog_usec} if watchdog_usec else {})
        return {name: value for name, value in os.environ.items() if name != "WATCHDOG_PID"} | told

    def hear(self, within_s: float = 0.0) -> list[str]:
        """What has come since the last time; waits at most so long for the first of it."""
        select.select([self._socket], [], [], within_s)
        new: list[str] = []
        while select.select([self._socket], [], [], 0)[0]:
            new.append(self._socket.recv(4096).decode())
        self.all += new
        return new

    def until(self, line: str, within_s: float = 20.0) -> str:
        """The first message from now on in which this line stands."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            for message in self.hear(0.1):
                if line in message:
                    return message
        raise AssertionError(f"not within {within_s} s: {line}; heard {self.all[-5:]}")

    def pings(self, seconds: float) -> int:
        """Signs of life that come in the time from now on."""
        self.hear()
        deadline = time.monotonic() + seconds
        count = 0
        while (left := deadline - time.monotonic()) > 0:
            count += self.hear(left).count("WATCHDOG=1")
        return count

    def lives(self, signs: int, within_s: float = 20.0) -> bool:
        """Do so many signs of life come from now on? How fast is the machine's affair."""
        self.hear()
        deadline = time.monotonic() + within_s
        while signs > 0 and (left := deadline - time.monotonic()) > 0:
            signs -= self.hear(left).count("WATCHDOG=1")
        return signs <= 0

    def close(self) -> None:
        """Nobody listens any more."""
        self._socket.close()


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[SystemdEar]:
    """systemd's ear, on a path."""
    ear = SystemdEar(str(tmp_path / "notify"))
    yield ear
    ear.close()


@pytest.fixture
def systemd_abstract(tmp_path: Path) -> Iterator[SystemdEar]:
    """systemd's ear without a file, as in a container."""
    ear = SystemdEar(f"@sotpunkt-{os.getpid()}-{tmp_path.name}")
    yield ear
    ear.close()
