"""A board at the end of a cable: `mpremote` speaks to its raw prompt; all that can go wrong is one sentence.

Paths are relative: a board stands at its root, the interpreter that plays one in a folder.
"""

import contextlib
import io
import os
import stat
import struct
import time
from ast import literal_eval
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

from mpremote.transport import TransportError, TransportExecError
from mpremote.transport_serial import SerialTransport

from gateway.tools.nodes_parcel import BOARDS, BoardFacts

SERIAL_S = 3.0
BACK_S = 40.0
"""So long a board may take to be there again after a reset; its USB port goes away meanwhile."""
CHUNK = 1024
AGAIN = "then give the same command again"

_FACTS = """
import os, sys
try:
    import network
    wifi = hasattr(network, "WLAN")
except ImportError:
    wifi = False
told = os.statvfs(".")
print(repr((sys.platform, tuple(sys.implementation[1][:2]), wifi, told[0] * told[3])))
"""
_LOOK = """
import binascii, hashlib, os
def _hash(path):
    seen, piece = hashlib.sha256(), bytearray(512)
    view = memoryview(piece)
    with open(path, "rb") as file:
        while True:
            count = file.readinto(piece)
            if not count:
                return binascii.hexlify(seen.digest()).decode()
            seen.update(view[:count])
def _walk(path):
    try:
        if not os.stat(path)[0] & 0x4000:
            return print(_hash(path), path)
        for entry in list(os.ilistdir(path)):
            _walk(path + "/" + entry[0])
        print("folder", path)
    except OSError:
        pass
for _path in %r:
    _walk(_path)
"""
_IDENTITY = """
import json
try:
    with open("start/node.json") as file:
        told = json.load(file)
    print(repr((str(told["site"]), str(told["node"]))))
except Exception:
    print(None)
"""


class BoardFault(Exception):
    """The board cannot be used; the sentence says why and what to do."""


class Board:
    """An open cable with the board's program stopped."""

    def __init__(self, port: str) -> None:
        self._port = port
        self._way = _opened(port)
        self._made: set[str] = set()

    def __enter__(self) -> Self:
        """With the program stopped, whatever ran."""
        self._stop()
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the port."""
        self._let_go()

    def facts(self) -> BoardFacts:
        """Who it is; raises BoardFault."""
        platform, system, wifi, free = literal_eval(self.run(_FACTS))
        board = BOARDS.get(platform)
        if board is None:
            raise BoardFault(f"this board ({platform}) is no sensor node; take an ESP32 or a Raspberry Pi Pico W")
        identity = literal_eval(self.run(_IDENTITY))
        return BoardFacts(board=board, system=system, wifi=wifi or board == "unix", free=free, identity=identity)

    def has_module(self, name: str) -> bool:
        """Can its programs import that?"""
        return self.run(f"try:\n import {name}\n print(1)\nexcept ImportError:\n print(0)").strip() == "1"

    def files(self, *paths: str) -> dict[str, str]:
        """Path → SHA-256 in hex of all files there and below; a folder stands after what lies in it, as `folder`."""
        found = {}
        for line in self.run(_LOOK % (paths,)).splitlines():
            word, _, path = line.partition(" ")
            found[path] = word
        return found

    def put(self, path: str, body: bytes) -> None:
        """A file, whole or not at all; its folders are made. Raises BoardFault."""
        for folder in folders(path):
            if folder in self._made:
                continue
            self.run(f"import os\ntry:\n os.mkdir({folder!r})\nexcept OSError as e:\n if e.errno != 17: raise")
            self._made.add(folder)
        with _telling(self._port):
            self._way.fs_writefile(f"{path}.new", body, chunk_size=CHUNK)
        self.run(f"import os\nos.rename({f'{path}.new'!r}, {path!r})")

    def remove(self, paths: Iterable[str], found: dict[str, str]) -> None:
        """Take these away, as `files` told them, in its order."""
        for path in paths:
            self.run(f"import os\nos.{'rmdir' if found[path] == 'folder' else 'remove'}({path!r})")

    def run(self, program: str) -> str:
        """Run some lines on the board; what they print. Raises BoardFault."""
        with _telling(self._port):
            return bytes(self._way.exec(program)).decode("utf-8", "replace").strip()

    def restart(self, *, again: bool) -> None:
        """Reset it: with `again` wait until it is there anew, else let go of it and leave it to its program."""
        with contextlib.suppress(TransportError, OSError, struct.error), _quiet():
            self._way.exec_raw_no_follow("import machine\nmachine.reset()")
        self._let_go()
        if again:
            self._await()

    def _await(self) -> None:
        """Until the board is there anew; raises BoardFault."""
        deadline = time.monotonic() + BACK_S
        while True:
            time.sleep(0.2)
            try:
                self._way = _opened(self._port)
                self._stop()
            except BoardFault:
                self._let_go()
                if time.monotonic() > deadline:
                    raise
            else:
                return

    def _stop(self) -> None:
        """To the raw prompt, three times, for a program may be where nothing interrupts it."""
        for _ in range(3):
            with contextlib.suppress(BoardFault), _telling(self._port):
                self._way.enter_raw_repl(soft_reset=False, timeout_overall=3)
            if self._way.in_raw_repl:
                return
        raise BoardFault(
            f"the board at {self._port} does not answer: is MicroPython on it? If it sleeps, press its reset button, "
            f"{AGAIN}"
        )

    def _let_go(self) -> None:
        with contextlib.suppress(OSError, TransportError):
            self._way.close()


def _opened(port: str) -> SerialTransport:
    fault = _port_fault(port)
    if fault:
        raise BoardFault(fault)
    try:
        with _quiet():
            # resolved: a name under /dev/serial/by-id is a link
            way = SerialTransport(os.path.realpath(port), exclusive=True, timeout=SERIAL_S)
    except (TransportError, OSError, ValueError) as busy:
        raise BoardFault(f"{port} is in use by another program; end that, {AGAIN}") from busy
    way.serial.write_timeout = SERIAL_S
    return way


def _port_fault(port: str) -> str:
    place = Path(port)
    try:
        told = place.stat()
    except PermissionError:
        return f"{port} may not be used by this account; give the command as root"
    except OSError:
        return f"there is nothing at {port}: is the cable in? `ls /dev/serial/by-id` shows the boards"
    if not stat.S_ISCHR(told.st_mode):
        return f"{port} is no serial port; `ls /dev/serial/by-id` shows the boards"
    if not os.access(place, os.R_OK | os.W_OK):
        return f"{port} may not be used by this account; give the command as root"
    return ""


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """`mpremote` prints what it does not understand."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield


@contextlib.contextmanager
def _telling(port: str) -> Iterator[None]:
    """Whatever `mpremote` says becomes one sentence. Never what was sent: there are keys in it."""
    try:
        with _quiet():
            yield
    except TransportExecError as fault:
        last = (fault.error_output.strip().splitlines() or ["?"])[-1]
        if "ENOSPC" in last or last == "OSError: 28":
            raise BoardFault(_full()) from fault
        if "MemoryError" in last:
            raise BoardFault(f"the board has too little memory for this; reset it, {AGAIN}") from fault
        raise BoardFault(f"the board could not do it ({last[:200]}); reset it, {AGAIN}") from None
    except OSError as fault:
        if fault.errno == 28:
            raise BoardFault(_full()) from fault
        raise BoardFault(f"the cable at {port} is cut ({fault.strerror or fault}); plug it in, {AGAIN}") from None
    except (TransportError, struct.error, ValueError, SyntaxError) as fault:
        raise BoardFault(f"the board at {port} stopped answering; plug it in anew, {AGAIN}") from fault


def _full() -> str:
    return f"the flash of this board is full; erase it with its maker's tool, put MicroPython on it, {AGAIN}"


def folders(path: str) -> list[str]:
    """The folders of a path, outermost first."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
