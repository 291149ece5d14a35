"""How much of a serial line's time the gateway uses: a meter on a pseudo-terminal paced like the wire."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.processes import python, started
from contract.words import Origin
from gateway.core.wire.lines import SerialLine, cost_on
from gateway.core.wire.plan import cost_s, plans
from gateway.io.device import Device
from gateway.io.modbus import open_line
from gateway.profiles import registry

ROUNDS = 20
PROFILE = "eastron-sdm630"


def measure() -> Iterator[dict[str, Any]]:
    """Share of the plan's own limit, per baud rate."""
    for baud in (9600, 19200):
        with TemporaryDirectory() as name:
            folder = Path(name)
            plant = folder / "plant.toml"
            plant.write_text(
                'title = "Bench"\nmode = "auto"\n[generator]\nrated_kw = 56\ntank_l = 1000\nfuel_percent = 60\n'
                "[load]\nkw = 10\n"
                f'[[rtu]]\nname = "rtu"\nbaud = {baud}\npaced = true\n'
                f'[[rtu.device]]\nname = "meter"\nprofile = "{PROFILE}"\nunit = 1\n'
            )
            command = python("simulator", "run", str(plant), "--scenario", "calm", "--dir", str(folder))
            with started(command, folder / "simulator.log") as process:
                ready = json.loads(process.stdout.readline() if process.stdout else "{}")
                yield asyncio.run(_rounds(ready["rtu"]["meter"]["path"], baud))


async def _rounds(path: str, baud: int) -> dict[str, Any]:
    profile = registry.load(PROFILE)
    serial = SerialLine(device=path, baud=baud)
    line = open_line(serial)
    device = Device(line, 1, profile)
    limit = cost_s(plans(profile, serial)["fast"], cost_on(serial, profile.link.pause_s))
    await device.values("fast", lambda: 0, Origin.SIMULATED)
    readings = missing = 0
    began = time.perf_counter()
    for _ in range(ROUNDS):
        values = await device.values("fast", lambda: 0, Origin.SIMULATED)
        readings += len(values)
        missing += sum(value.value is None for value in values.values())
    spent = time.perf_counter() - began
    await line.close()
    return {
        "baud": baud,
        "readings_per_s": round(readings / spent, 1),
        "missing": missing,
        "of_limit": round(limit * ROUNDS / spent, 3),
    }
