"""Starts programs on the real MicroPython interpreter with the heap of a chip, and the brokers that they meet."""

import asyncio
import fcntl
import functools
import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from firmware.compiling import build, compile_file, program_files, sources
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
MICROPYTHON = Path(sys.executable).with_name("micropython")
MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
BOUND_S = 60.0
KEY = "00112233445566778899aabbccddeeff"
"""What a node of a test and its broker share; 16 bytes as hex digits."""
KEPT_S = 86_400
"""So long a folder with a board's files stays that nobody made anew."""


class Played:
    """A MicroPython process that tells JSON lines; `told` keeps them."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.told: list[dict[str, Any]] = []

    async def until(self, wanted: Callable[[dict[str, Any]], bool], within_s: float = BOUND_S) -> dict[str, Any]:
        """The next line that is as wanted; what else is said fails the test with all that was heard."""
        assert self.process.stdout is not None
        try:
            async with asyncio.timeout(within_s):
                while line := await self.process.stdout.readline():
                    self.told.append(json.loads(line))
                    if wanted(self.told[-1]):
                        return self.told[-1]
        except (TimeoutError, ValueError) as fault:
            raise AssertionError(f"{fault!r} after {self.told[-8:]}") from fault
        raise AssertionError(f"ended after {self.told[-8:]}: {(await self.said())[-2000:]}")

    async def said(self) -> str:
        """What it wrote to its second channel: faults."""
        assert self.process.stderr is not None
        return (await self.process.stderr.read()).decode()

    async def stop(self) -> None:
        """It is gone."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()


def _stand() -> str:
    """Of all that a board's files are made from."""
    made_from = [*(ROOT / "firmware").rglob("*.py"), *(ROOT / "contract").glob("*.py")]
    return hashlib.sha256(b"".join(one.read_bytes() for one in sorted(made_from))).hexdigest()[:16]


def _shared(kind: str, make: Callable[[Path], object]) -> Path:
    """What `make` puts into a folder, once for all processes and runs of tests on one stand of the program."""
    home = Path(tempfile.gettempdir()) / f"sotpunkt-boards-{os.getuid()}"
    home.mkdir(mode=0o700, exist_ok=True)
    with (home / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stand = _stand()
        folder = home / f"{kind}-{stand}"
        if folder.exists():
            return folder
        for old in home.glob(f"{kind}-*"):
            if time.time() - old.stat().st_mtime > KEPT_S:  # perhaps another checkout still needs it
                shutil.rmtree(old, ignore_errors=True)
        new = Path(tempfile.mkdtemp(prefix="new-", dir=home))
        make(new)
        assert stand == _stand(), "the program was changed while it was made ready: start the tests again"
        return new.rename(folder)


@functools.cache
def compiled() -> Path:
    """A folder with what lies on a board: the node's program and the shared topics as .mpy, file by file."""

    def make(folder: Path) -> None:
        for file, place in [*program_files(ROOT / "contract"), (ROOT / "firmware" / "loader.py", "loader.mpy")]:
            compile_file(file, folder / place, place)

    return _shared("compiled", make)


@functools.cache
def released() -> Path:
    """A folder with the program as a board gets it, in few files with few names."""
    return _shared("released", lambda folder: build(folder / "a", sources(ROOT / "contract"))) / "a"


@functools.cache
def short_name(name: str) -> str:
    """What a class, or an attribute that files share, is called in `released`; private names are known to no test."""
    for line in released().with_name("a.names").read_text("utf-8").splitlines():
        new, _, old = line.partition(" ")
        if old == name or (new[0] != "." and old.endswith(f".{name}")):
            return new.removeprefix(".")
    return name


def begun(player: str) -> tuple[str, str]:
    """Arguments that start a compiled player after its import, which would hold memory as long as it lasts."""
    return "-c", f"import {player}\n{player}.main('.')"


async def play(
    script: Path | str, *arguments: str, board: Path, heap: str = "64wK", program: Path | str | None = None
) -> Played:
    """Start a program as on a chip, compiled and with 64 Ki words of heap; `board` is where it stands.

    `program`: the folder of the node's program if it is not to be the one of `compiled`.
    """
    process = await asyncio.create_subprocess_exec(
        *(str(MICROPYTHON), "-X", f"heapsize={heap}", str(script), *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=board,
        env=os.environ | {"MICROPYPATH": f"{program or compiled()}:.frozen"},
    )
    return Played(process)


class NodeBroker:
    """A real Mosquitto with the doors of a box: password on `port`, shared key on `psk_port`; it keeps nothing."""

    def __init__(self, folder: Path, *accounts: str, acl: str = "") -> None:
        self.port, self.psk_port = free_port(), free_port()
        self._process: asyncio.subprocess.Process | None = None
        self._folder = folder
        (folder / "psk").write_text("".join(f"{name}:{KEY}\n" for name in accounts), "utf-8")
        (folder / "plain").write_text("".join(f"{name}:secret-{name}\n" for name in accounts), "utf-8")
        (folder / "acl").write_text(acl or "topic readwrite #\n" + "".join(_all(name) for name in accounts), "utf-8")
        lines = [
            "per_listener_settings true",
            "max_inflight_messages 20",
            "set_tcp_nodelay true",
            *(["user root"] if os.geteuid() == 0 else []),
        ]
        lines += [f"listener {self.port} 127.0.0.1", f"password_file {folder}/passwords"]
        lines += ["allow_anonymous false", f"acl_file {folder}/acl", f"listener {self.psk_port} 127.0.0.1"]
        lines += [f"psk_file {folder}/psk", "psk_hint sotpunkt", "use_identity_as_username true", "tls_version tlsv1.2"]
        lines += ["allow_anonymous false", f"acl_file {folder}/acl"]
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n", "utf-8")

    async def start(self) -> "NodeBroker":
        """Start, and wait until both doors are open."""
        passwords = self._folder / "passwords"
        if not passwords.exists():
            shutil.copyfile(self._folder / "plain", passwords)
            passwords.chmod(0o600)
            hashed = await asyncio.create_subprocess_exec("mosquitto_passwd", "-U", str(passwords))
            assert 0 == await hashed.wait()
        log = (self._folder / "mosquitto.log").open("ab")
        command = (str(MOSQUITTO), "-c", str(self._folder / "mosquitto.conf"))
        self._process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
        log.close()
        async with asyncio.timeout(BOUND_S):
            for port in (self.port, self.psk_port):
                while not await _open(port):
                    assert self._process.returncode is None, (self._folder / "mosquitto.log").read_text("utf-8")
                    await asyncio.sleep(0.01)
        return self

    def freeze(self) -> None:
        """It holds its sockets and does nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        self._signal(signal.SIGCONT)

    async def kill(self) -> None:
        """Gone without a goodbye, and with it all that it knew."""
        if self._process is not None and self._process.returncode is None:
            self._signal(signal.SIGKILL)
            await self._process.wait()

    def _signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def plain(self, account: str) -> dict[str, Any]:
        """Settings of a link that comes in with its password, with short pauses."""
        return {"user": account, "password": f"secret-{account}"} | settings_for(self.port, account)

    def secured(self, account: str) -> dict[str, Any]:
        """Settings of a link that comes in with its key; the key as text of 16 hex pairs, for JSON."""
        return {"psk_identity": account, "psk_key": KEY} | settings_for(self.psk_port, account)


def _all(name: str) -> str:
    return f"\nuser {name}\ntopic readwrite #\n"


def settings_for(port: int, client: str) -> dict[str, Any]:
    """Where and how long: pauses short, so that a test sees many attempts; a busy machine loses no link by an answer
    that is late. Who tests how long is waited says it.
    """
    where = {"host": "127.0.0.1", "port": port, "client": client, "keepalive_s": 20}
    return where | {"answer_ms": 20_000, "first_pause_ms": 20, "longest_pause_ms": 100}


async def _open(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
