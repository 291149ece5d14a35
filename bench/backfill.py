"""History of an outage on its way to the centre: the installed gateway, a Mosquitto, the dashboard, and decisions that
are made meanwhile. `docs/volume.md` tells what the figures mean.
"""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import paho.mqtt.client as paho

from bench.dashboard_house import of_many, until
from bench.processes import broker, cpu_s, python, started
from contract import topics
from contract.messages import decode
from contract.records import RecordBatch
from contract.words import ClockQuality, Status, Stream
from gateway.core.pipeline import Numbered
from gateway.core.site import Now
from gateway.io.store import Store

SITE = "are-kall"
RECORDS = 100_000
EVERY_MS = 8000
"""A sample each eight seconds: 100 000 are nine days of a set that runs."""
DECIDED_EVERY_S = 0.5
WARM_S = 10.0
"""The dashboard prepares its pages when it starts; that is no cost of a record."""
WALL_MS = 1_764_000_000_000


def measure() -> Iterator[dict[str, Any]]:
    """Records a second, processor time of a record at both ends, and how late an order of now is answered."""
    with TemporaryDirectory() as name, broker(Path(name)) as site, broker(Path(name)) as central:
        folder = Path(name)
        _fill(folder / "gateway.db")
        (folder / "dashboard.toml").write_text(_dashboard(central), "utf-8")
        (folder / "gateway.toml").write_text(_gateway(folder, site, central), "utf-8")
        with started(python("dashboard", str(folder / "dashboard.toml")), folder / "dashboard.log") as centre:
            time.sleep(WARM_S)
            with started(python("gateway", "run", str(folder / "gateway.toml")), folder / "gateway.log") as gateway:
                yield {"records": RECORDS, **_watch(folder / "centre.sqlite", site, central, centre.pid, gateway.pid)}


def _watch(store: Path, site: int, central: int, centre: int, gateway: int) -> dict[str, Any]:
    until(lambda: _held(store) > 0, "the first record")
    at_s, there, began = time.monotonic(), _held(store), (cpu_s(gateway), cpu_s(centre))
    with closing(_Orders(site, central)) as orders:
        while _held(store) < RECORDS:
            orders.give()
            time.sleep(DECIDED_EVERY_S)
        spent_s, done = time.monotonic() - at_s, RECORDS - there
        costs = [(now - then) * 1e6 / done for now, then in zip((cpu_s(gateway), cpu_s(centre)), began, strict=True)]
        until(lambda: len(orders.took_s) == len(orders.given_s), "every answer")
        late = of_many(list(orders.took_s.values()))
    return {"records_per_s": round(done / spent_s), "gateway_us": round(costs[0], 1), "centre_us": round(costs[1], 1),
            "processors_busy": round(sum(costs) * done / spent_s / 1e6, 2), "decided_at_centre": late}  # fmt: skip


class _Orders:
    """Somebody at the site's broker who puts up notices, and somebody at the centre's who hears what came of them."""

    def __init__(self, site: int, central: int) -> None:
        self.given_s: dict[str, float] = {}
        self.took_s: dict[str, float] = {}
        self._site, self._central = (paho.Client(paho.CallbackAPIVersion.VERSION2) for _ in range(2))
        self._central.on_connect = lambda client, *_: client.subscribe(topics.record(SITE, Stream.EVENT.value), qos=1)
        self._central.on_message = lambda _, __, message: self._hear(message.payload)
        for client, port in ((self._site, site), (self._central, central)):
            client.connect("127.0.0.1", port)
            client.loop_start()

    def give(self) -> None:
        """One more order; it stands alone in its document."""
        name = f"order-{len(self.given_s)}"
        what = {"kind": "notice", "notice": "bench", "sv": name, "until_ms": WALL_MS * 2}
        order = {"id": name, "who": "Bench", "role": "owner", "entered_ms": 0, "through": "bench", "what": what}
        self.given_s[name] = time.monotonic()
        document = json.dumps({"revision": len(self.given_s), "orders": [order]})
        self._site.publish(topics.local_orders(SITE), document, qos=1)

    def close(self) -> None:
        """Go home."""
        for client in (self._site, self._central):
            client.disconnect()
            client.loop_stop()

    def _hear(self, payload: bytes) -> None:
        for record in decode(payload, RecordBatch).records:
            name = str(record.body.get("order", ""))
            if name in self.given_s:
                self.took_s.setdefault(name, time.monotonic() - self.given_s[name])


def _held(store: Path) -> int:
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as db:
        mark = db.execute("SELECT mark FROM marks WHERE run = 'outage' AND stream = 'sample'").fetchone()
        return int(mark[0]) if mark else 0
    return 0


def _fill(path: Path) -> None:
    store = Store(path, Status.TEST, simulated=True)
    for begin in range(0, RECORDS, 2000):
        at_ms = (begin + 2000) * EVERY_MS
        now = Now(run="outage", boot="before", up_ms=at_ms, wall_ms=WALL_MS + at_ms, clock=ClockQuality.SYNCED)
        store.keep(now, numbered=[_sample(seq) for seq in range(begin + 1, begin + 2001)])
    store.close()


def _sample(seq: int) -> Numbered:
    values = {
        key: {"value": round(base + seq % 97 / 10, 1), "origin": "simulated", "up_ms": seq * EVERY_MS}
        for key, base in (("mains.voltage_l1n", 228.0), ("battery.voltage", 13.0), ("engine.coolant_temperature", 40.0))
    }
    return Numbered(Stream.SAMPLE, seq, "sample", {"device": "genset", "whole": False, "values": values})


def _dashboard(central: int) -> str:
    return (
        f'[web]\nport = 0\n[sign_in]\nrequired = false\n[broker]\nurl = "mqtt://127.0.0.1:{central}"\n[store]\n'
        f'path = "centre.sqlite"\n[[site]]\nid = "{SITE}"\nplace = "Kall"\nin_service = false\n'
    )


def _gateway(folder: Path, site: int, central: int) -> str:
    return (
        f'[site]\nid = "{SITE}"\nplace = "Kall"\nsimulated = true\nstatus = "test"\n[store]\n'
        f'path = "{folder / "gateway.db"}"\n[screens]\nexpected = 0\n'
        f'[site_broker]\nurl = "mqtt://127.0.0.1:{site}"\n[central_broker]\nurl = "mqtt://127.0.0.1:{central}"\n'
    )
