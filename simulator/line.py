"""A serial line of two bridged pseudo-terminals: one end for the devices, the other for whoever asks them.

What is written into one end comes out of the other, at once or at the pace of a real wire. The asker's end is reached
through a link with a stable name, because pseudo-terminals get a new number each time.
"""

import asyncio
import logging
import os
import tty
from pathlib import Path

from simulator.core.faults import CannotRun

log = logging.getLogger(__name__)

BITS_PER_BYTE = 10
"""Start bit, eight data bits, one stop bit: 8N1."""
CHUNK = 4096


class Line:
    """An open line. `byte_s` real seconds per byte, 0 for no pacing."""

    def __init__(self, link: Path, byte_s: float = 0.0) -> None:
        self.link = link
        self._byte_s = byte_s
        self._free_at = {True: 0.0, False: 0.0}
        self._descriptors: list[int] = []
        self._waiting: set[asyncio.TimerHandle] = set()
        self._said_full = False
        try:
            self._asker, asker_path = self._terminal()
            self._devices, self.device_path = self._terminal()
            _point(link, asker_path)
        except (OSError, CannotRun) as fault:
            self.close()
            raise CannotRun(f"serial line {link}: {fault}") from fault
        loop = asyncio.get_running_loop()
        loop.add_reader(self._asker, self._forward, self._asker, self._devices, True)
        loop.add_reader(self._devices, self._forward, self._devices, self._asker, False)

    def close(self) -> None:
        """Take the line away, and its link."""
        loop = asyncio.get_running_loop()
        for waiting in self._waiting:
            waiting.cancel()
        for descriptor in self._descriptors:
            loop.remove_reader(descriptor)
            os.close(descriptor)
        if self._descriptors and self.link.is_symlink():
            self.link.unlink()
        self._descriptors = []

    def _terminal(self) -> tuple[int, str]:
        """A raw pseudo-terminal: our end, and the path of the other. The other is held open too, so that a program
        that closes it does not hang up the line."""
        ours, theirs = os.openpty()
        self._descriptors += [ours, theirs]
        tty.setraw(theirs)
        os.set_blocking(ours, False)
        return ours, os.ttyname(theirs)

    def _forward(self, source: int, target: int, to_devices: bool) -> None:
        try:
            data = os.read(source, CHUNK)
        except (BlockingIOError, OSError):
            return
        if not self._byte_s:
            self._write(target, data)
            return
        loop = asyncio.get_running_loop()
        # handed over as a whole when its last byte would have arrived
        self._free_at[to_devices] = max(loop.time(), self._free_at[to_devices]) + len(data) * self._byte_s
        handle: asyncio.TimerHandle

        def arrive() -> None:
            self._waiting.discard(handle)
            self._write(target, data)

        handle = loop.call_at(self._free_at[to_devices], arrive)
        self._waiting.add(handle)

    def _write(self, target: int, data: bytes) -> None:
        try:
            os.write(target, data)
        except BlockingIOError:
            # nobody reads: a wire would not keep the bytes either
            if not self._said_full:
                log.warning("serial line %s: nobody reads, bytes are lost", self.link)
                self._said_full = True


def _point(link: Path, target: str) -> None:
    """Make `link` point to `target`, replacing an old link but nothing else."""
    if link.exists() and not link.is_symlink():
        raise CannotRun(f"{link} is a file, not a link; remove it or choose another --dir")
    fresh = link.with_name(f"{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)
