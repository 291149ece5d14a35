"""How much of a serial line's time the gateway uses: 60 values in 10 islands on a pseudo-terminal paced like the wire.

Beside it libmodbus reads the same blocks as fast as it can, without the silence that the paper demands after an answer.
"""

import asyncio
import ctypes
import ctypes.util
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.load import profile
from bench.processes import python
from contract.words import Origin
from gateway.core.wire.lines import SerialLine, cost_on
from gateway.core.wire.plan import Read, cost_s, plans
from gateway.io.device import Device
from gateway.io.modbus import open_line
from gateway.profiles import registry
from gateway.profiles.schema import Profile

ROUNDS = 20
BAUDS = (9600, 19200)
Seen = Callable[[], dict[str, float]]


def measure() -> Iterator[dict[str, Any]]:
    """Share of the limit that the wire sets for the plan, per baud rate, and how often the silence was broken."""
    with TemporaryDirectory() as name:
        path = Path(name) / "bench.toml"
        path.write_text(profile())
        loaded = registry.load(str(path))
    for baud in BAUDS:
        with _meter(baud) as (path_, seen):
            serial = SerialLine(device=path_, baud=baud)
            reads = plans(loaded, serial)["fast"]
            limit_s = ROUNDS * cost_s(reads, cost_on(serial, loaded.link.pause_s))
            spent_s, readings, missing = asyncio.run(_gateway(serial, loaded))
            own = seen()
            foreign_s = _libmodbus(path_, baud, reads)
            other = seen()
        yield {
            "baud": baud,
            "share_of_wire_limit": round(limit_s / spent_s, 3),
            "readings_per_s": round(readings / spent_s, 1),
            "missing": missing,
            "silences_broken": own["broken"],
            "requests": own["asked"],
            "meter_late_share": round(own["late_s"] / spent_s, 3),
            "libmodbus_share_of_wire_limit": foreign_s and round(limit_s / foreign_s, 3),
            "libmodbus_silences_broken": foreign_s and other["broken"],
        }


@contextmanager
def _meter(baud: int) -> Iterator[tuple[str, Seen]]:
    """The path of a paced line, and what it has seen since it was asked last."""
    pipe = subprocess.PIPE
    with subprocess.Popen(python("bench.paced_line", str(baud)), stdin=pipe, stdout=pipe, text=True) as process:
        if (told := process.stdout) is None or (asks := process.stdin) is None:
            raise RuntimeError("the meter has no pipes")

        def seen() -> dict[str, float]:
            asks.write("\n")
            asks.flush()
            found: dict[str, float] = json.loads(told.readline())
            return found

        try:
            yield told.readline().strip(), seen
        finally:
            asks.close()


async def _gateway(serial: SerialLine, loaded: Profile) -> tuple[float, int, int]:
    """(seconds, readings, how many of them without value) of some rounds."""
    line = open_line(serial)
    device = Device(line, 1, loaded)
    readings = missing = 0
    await device.values("fast", lambda: 0, Origin.SIMULATED)
    began = time.perf_counter()
    for _ in range(ROUNDS):
        values = await device.values("fast", lambda: 0, Origin.SIMULATED)
        readings += len(values)
        missing += sum(value.value is None for value in values.values())
    spent_s = time.perf_counter() - began
    await line.close()
    return spent_s, readings, missing


def _libmodbus(path: str, baud: int, reads: tuple[Read, ...]) -> float | None:
    """Seconds of the same rounds; None where the library is missing."""
    found = ctypes.util.find_library("modbus")
    if found is None:
        return None
    library = ctypes.CDLL(found)
    library.modbus_new_rtu.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.modbus_new_rtu(path.encode(), baud, ctypes.c_char(b"N"), 8, 1))
    library.modbus_set_slave(context, 1)
    library.modbus_set_response_timeout(context, 2, 0)
    words = (ctypes.c_uint16 * 125)()
    if library.modbus_connect(context) != 0:
        return None
    began = time.perf_counter()
    for _ in range(ROUNDS):
        for read in reads:
            if library.modbus_read_registers(context, read.block.start, read.block.count, words) < 0:
                return None
    spent_s = time.perf_counter() - began
    library.modbus_close(context)
    return spent_s
