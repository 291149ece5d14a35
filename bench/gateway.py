"""The whole gateway under load, beside two others in the same run.

A yardstick that only stores and forwards, and a bare loop over the Modbus library that only reads and decodes.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.load import profile
from bench.processes import broker, cpu_s, python, rss_mb, started

DEVICES = (1, 10, 50)
WARM_S = 4.0
LONG_S = 15.0
STANDS_S = 0.5
"""Longer than the parts of one step lie apart, shorter than from one step to the next."""


def measure() -> Iterator[dict[str, Any]]:
    """CPU seconds per 1000 readings that were stored and told, memory, and the ratio to the yardstick."""
    for devices in DEVICES:
        with TemporaryDirectory() as name:
            folder = Path(name)
            with broker(folder) as port, started(python("bench.plant", str(devices)), folder / "plant.log") as plant:
                ports = json.loads(plant.stdout.readline() if plant.stdout else "[]")
                mine = _gateway(folder, port, ports)
                other = _yardstick(folder, port, ports)
                bare = _bare(folder, ports)
        yield {
            "devices": devices,
            **mine,
            "bare_pymodbus_cpu_s_per_1000_readings": bare["cpu_s_per_1000_readings"],
            "bare_pymodbus_readings_per_s": bare["readings_per_s"],
            "yardstick_cpu_s_per_1000_readings": other["cpu_s_per_1000_readings"],
            "yardstick_rss_mb": other["rss_mb"],
        }


def _gateway(folder: Path, port: int, ports: list[int]) -> dict[str, Any]:
    (folder / "bench.toml").write_text(profile())
    store = folder / "gateway.db"
    settings = folder / "gateway.toml"
    devices = "".join(
        f'[[device]]\nname = "d{place}"\nprofile = "{folder}/bench.toml"\ntcp = "127.0.0.1:{at}"\npoll_every_s = 1\n'
        for place, at in enumerate(ports)
    )
    settings.write_text(
        f'[site]\nid = "bench"\nplace = "Bench"\nsimulated = true\nstatus = "test"\n[store]\npath = "{store}"\n'
        f'[site_broker]\nurl = "mqtt://127.0.0.1:{port}"\n[central_broker]\nurl = "mqtt://127.0.0.1:{port}"\n'
        f"[pace]\npicture_every_s = 1\n{devices}"
    )
    with started(python("gateway", "run", str(settings)), folder / "gateway.log") as process:
        return _window(process.pid, lambda: _stored(store))


def _yardstick(folder: Path, port: int, ports: list[int]) -> dict[str, Any]:
    store = folder / "yardstick.db"
    command = python("bench.yardstick", str(port), str(store), *map(str, ports))
    with started(command, folder / "yardstick.log") as process:
        return _window(process.pid, lambda: _rows(store, "outbox") * 60)


def _bare(folder: Path, ports: list[int]) -> dict[str, Any]:
    log = folder / "bare.txt"
    command = python("bench.bare_pymodbus", str(log), *map(str, ports))
    with started(command, folder / "bare.log") as process:
        return _window(process.pid, lambda: int(log.read_text() or 0) if log.exists() else 0)


def _window(pid: int, readings: Callable[[], int]) -> dict[str, Any]:
    """Cost between two moments after the start has settled, each just when the count moves: it is stored in steps."""
    time.sleep(WARM_S)
    began, before, cpu = _next_step(readings), readings(), cpu_s(pid)
    time.sleep(LONG_S)
    ended, done, spent = _next_step(readings), readings() - before, cpu_s(pid) - cpu
    return {
        "readings_per_s": round(done / (ended - began), 1),
        "cpu_s_per_1000_readings": round(spent / done * 1000, 4) if done else None,
        "rss_mb": round(rss_mb(pid), 1),
    }


def _next_step(readings: Callable[[], int]) -> float:
    """When the count has moved next and stands again, or has not moved for long: it moves in steps of several parts."""
    before, end = readings(), time.monotonic() + LONG_S
    while (now := readings()) == before and time.monotonic() < end:
        time.sleep(0.02)
    end = time.monotonic() + STANDS_S
    while time.monotonic() < end:
        time.sleep(STANDS_S / 5)
        if (newer := readings()) == now:
            break
        now = newer
    return time.monotonic()


def _stored(path: Path) -> int:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return int(db.execute("SELECT COALESCE(SUM(decoded), 0) FROM readings").fetchone()[0])


def _rows(path: Path, table: str) -> int:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return int(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])  # noqa: S608 - our own name
