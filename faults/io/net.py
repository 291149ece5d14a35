"""A network namespace whose one cable loses packets and is slow. Needs root, `ip`, `nft` and `tc`.

The door of a relay is opened inside it, so that a program outside reaches its broker only over that cable.
"""

import asyncio
import ctypes
import os
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from demo.io.processes import answer
from faults.core.dial import Dial
from faults.fault import CannotFault

CLONE_NEWNET = 0x40000000
TOOLS = ("ip", "nft", "tc")
PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


class Cable:
    """One namespace and the cable to it; `address` is where its inside is reached."""

    def __init__(self, number: int) -> None:
        self._name = f"sotfaults{number}"
        self._outer, self._inner = f"sotf{number}a", f"sotf{number}b"
        third = number % 250
        self._outer_ip, self.address = f"10.77.{third}.1", f"10.77.{third}.2"
        self._made = False
        self._losses, self._rates = Dial(), Dial(min)
        self._turning = asyncio.Lock()

    async def make(self) -> None:
        """Lay it; raises CannotFault."""
        missing = [tool for tool in TOOLS if shutil.which(tool, path=PLACES) is None]
        if os.geteuid() != 0 or missing:
            why = f"{', '.join(missing)} not installed" if missing else "it needs root"
            raise CannotFault(f"no network namespace: {why}")
        self._made = True
        await self._run("ip", "netns", "add", self._name)
        await self._run("ip", "link", "add", self._outer, "type", "veth", "peer", "name", self._inner)
        await self._run("ip", "link", "set", self._inner, "netns", self._name)
        await self._run("ip", "addr", "add", f"{self._outer_ip}/30", "dev", self._outer)
        await self._run("ip", "link", "set", self._outer, "up")
        await self._inside("ip", "addr", "add", f"{self.address}/30", "dev", self._inner)
        await self._inside("ip", "link", "set", self._inner, "up")
        await self._inside("ip", "link", "set", "lo", "up")

    def door(self) -> socket.socket:
        """A listening socket inside."""
        with ThreadPoolExecutor(1) as other:  # a thread of its own moves; the program stays where it is
            return other.submit(self._door).result()

    def _door(self) -> socket.socket:
        libc = ctypes.CDLL(None, use_errno=True)
        inside = os.open(f"/run/netns/{self._name}", os.O_RDONLY)
        try:
            if libc.setns(inside, CLONE_NEWNET) != 0:
                raise CannotFault(f"no way into the network namespace: {os.strerror(ctypes.get_errno())}")
            return socket.create_server((self.address, 0), reuse_port=False)
        finally:
            os.close(inside)

    async def lose(self, holder: object, percent: int) -> None:
        """Lose so many of a hundred packets, each way; 0 repairs it, unless somebody else still wants it so."""
        _turn(self._losses, holder, percent)
        async with self._turning:
            await self._inside("nft", "flush", "ruleset")
            if self._losses.value:
                await self._inside("nft", "add", "table", "ip", "sot")
                for hook, side in (("input", "iif"), ("output", "oif")):
                    await self._inside(
                        "nft", "add", "chain", "ip", "sot", hook, f"{{ type filter hook {hook} priority 0; }}"
                    )
                    rule = f"{side} {self._inner} numgen random mod 100 < {self._losses.value} drop"
                    await self._inside("nft", "add", "rule", "ip", "sot", hook, *rule.split())

    async def slow(self, holder: object, bytes_per_s: int) -> None:
        """So many bytes a second each way; 0 repairs it, unless somebody else still wants it so."""
        _turn(self._rates, holder, bytes_per_s)
        async with self._turning:
            for run, side in ((self._run, self._outer), (self._inside, self._inner)):
                if self._rates.value:
                    rate = ("rate", f"{8 * self._rates.value}bit", "burst", "3000", "latency", "3s")
                    await run("tc", "qdisc", "replace", "dev", side, "root", "tbf", *rate)
                else:
                    await run("tc", "qdisc", "del", "dev", side, "root", harmless=True)

    async def remove(self) -> None:
        """Take it away."""
        if self._made:
            self._made = False
            await self._run("ip", "netns", "del", self._name, harmless=True)
            await self._run("ip", "link", "del", self._outer, harmless=True)

    async def _inside(self, *command: str, harmless: bool = False) -> None:
        await self._run("ip", "netns", "exec", self._name, *command, harmless=harmless)

    async def _run(self, *command: str, harmless: bool = False) -> None:
        got = await answer(list(command), environment={"PATH": PLACES}, within_s=10.0)
        if got.code and not harmless:
            raise CannotFault(f"{' '.join(command[:4])}: {got.why}")


def _turn(dial: Dial, holder: object, value: int) -> None:
    if value:
        dial.turn(holder, value)
    else:
        dial.leave(holder)


def free_number() -> int:
    """A number that no other run uses now."""
    taken = {path.name for path in Path("/run/netns").glob("sotfaults*")} if Path("/run/netns").is_dir() else set()
    return next(number for number in range(os.getpid() % 200, 10**6) if f"sotfaults{number}" not in taken)
