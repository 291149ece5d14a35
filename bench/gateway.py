"""The whole gateway under load, beside a yardstick that only stores and forwards, in the same run."""

import json
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.load import profile
from bench.processes import broker, cpu_s, python, rss_mb, started

DEVICES = (1, 10, 50)
WARM_S = 4.0
LONG_S = 15.0


def measure() -> Iterator[dict[str, Any]]:
    """CPU seconds per 1000 readings that were stored and told, memory, and the ratio to the yardstick."""
    for devices in DEVICES:
        with TemporaryDirectory() as name:
            folder = Path(name)
            with broker(folder) as port, started(python("bench.plant", str(devices)), folder / "plant.log") as plant:
                ports = json.loads(plant.stdout.readline() if plant.stdout else "[]")
                mine = _gateway(folder, port, ports)
                other = _yardstick(folder, port, ports)
        ratio = mine["cpu_s_per_1000"] / other["cpu_s_per_1000"] if other["cpu_s_per_1000"] else None
        yield {
            "devices": devices,
            **mine,
            "yardstick_cpu_s_per_1000": other["cpu_s_per_1000"],
            "yardstick_rss_mb": other["rss_mb"],
            "ratio_cpu": ratio and round(ratio, 2),
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


def _window(pid: int, readings: Any) -> dict[str, Any]:
    """Cost between two moments, after the start has settled."""
    time.sleep(WARM_S)
    before, cpu = readings(), cpu_s(pid)
    time.sleep(LONG_S)
    done, spent = readings() - before, cpu_s(pid) - cpu
    return {
        "readings_per_s": round(done / LONG_S, 1),
        "cpu_s_per_1000": round(spent / done * 1000, 4) if done else None,
        "rss_mb": round(rss_mb(pid), 1),
    }


def _stored(path: Path) -> int:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return int(db.execute("SELECT COALESCE(SUM(decoded), 0) FROM readings").fetchone()[0])


def _rows(path: Path, table: str) -> int:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return int(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])  # noqa: S608 - our own name
