"""The witness of the bill: an idle site beside the house under test, its bytes counted on a wire of its own."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from bench.two_places import CannotMeasure
from bench.volume import idle_mb_per_month
from faults.fault import House

ROOT = Path(__file__).resolve().parents[1]
MINUTES = 5.0
"""Real minutes in which a whole idle day is played."""
BESIDES_S = 60.0
"""What its programs need to start, to settle and to end."""
GRACE_S = 20.0


class Volume:
    """Measured by `bench/volume.py` in a process of its own, so that a stopped run can stop it too."""

    def __init__(self, minutes: float) -> None:
        self._long_enough = minutes * 60 >= MINUTES * 60 + BESIDES_S
        self._process: asyncio.subprocess.Process | None = None

    async def prepare(self, house: House) -> None:
        """Begin to count; where that cannot be, a sentence says why."""
        why = "a network of its own needs root" if os.geteuid() else ""
        if not self._long_enough:
            why = f"it takes a run of {MINUTES + BESIDES_S / 60:g} minutes"
        if why:
            house.say(f"idle_mb_per_month is not measured: {why}")
            return
        with (house.folder / "log" / "volume.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "faults.volume", str(MINUTES), cwd=ROOT,
                stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=log, start_new_session=True,
            )  # fmt: skip

    async def figures(self, house: House) -> dict[str, float | None]:
        """Megabytes (10⁶) in 30 days."""
        if self._process is None:
            return {"idle_mb_per_month": None}
        try:
            async with asyncio.timeout(MINUTES * 60 + BESIDES_S):
                said, _ = await self._process.communicate()
            return {"idle_mb_per_month": float(said)}
        except (TimeoutError, ValueError):
            why = (house.folder / "log" / "volume.log").read_text("utf-8", "replace").strip()[-300:]
            house.say(f"idle_mb_per_month is not measured: {why or 'it took too long'}")
            return {"idle_mb_per_month": None}

    async def clear(self, house: House) -> None:  # noqa: ARG002 - as every witness
        """Also in the middle: it takes its namespaces away by itself."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(GRACE_S):
                await self._process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    """As any end of the program, so that everything it holds is let go."""
    raise SystemExit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    try:
        print(idle_mb_per_month(float(sys.argv[1])))
    except CannotMeasure as fault:
        sys.exit(str(fault))
