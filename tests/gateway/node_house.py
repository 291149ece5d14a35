"""A house for sensor nodes: a broker as installed, a gateway, and boards that say what a node says."""

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from contract import topics
from contract.messages import decode
from contract.nodes import NodeMark
from doors.clock import spec_of

from .conftest import SITE, Gateway
from .node_door import NodeDoor

MACHINE = "127.0.0.4"
"""An address of this machine that stands for the box's on the machine network."""
RATE = 20
WALL_MS, UP_MS = 1_790_000_000_000, 600_000
NODES = ("tank-1", "frys-1", "quiet-1", "twin-1", "real-1", "doze-1", "door-9")
SETTINGS = """
[[node]]
name = "tank-1"
title = "Tanken"
every_s = 60
silent_after_s = 3600
[[node.channel]]
signal = "fuel.litres"
sensor = "played"
tank = {shape = "lying", diameter_mm = 1000, length_mm = 1500}
[[node.channel]]
sensor = "played"
signal = "room.temperature"
[[node]]
name = "frys-1"
title = "Frysen"
silent_after_s = 3600
[[node.channel]]
sensor = "played"
signal = "freezer.temperature"
title = "Frysen vid kassan"
above = -15.0
for_min = 0.5
food = true
[[node]]
name = "quiet-1"
title = "Motorrummet"
every_s = 10
silent_after_s = 40
[[node.channel]]
sensor = "played"
signal = "room.temperature"
[[node]]
name = "real-1"
title = "Riktig"
silent_after_s = 3600
[[node.channel]]
signal = "room.temperature"
sensor = "played"
options = {values = [2150]}
[[node]]
name = "doze-1"
title = "Sovande"
every_s = 30
silent_after_s = 31
[[node.channel]]
signal = "room.temperature"
sensor = "played"
options = {values = [2150]}
[[node]]
name = "twin-1"
title = "Dubbel"
silent_after_s = 3600
[[node.channel]]
sensor = "played"
signal = "room.temperature"
"""


class House(NodeDoor):
    """A broker as installed, a gateway without machines, and whoever comes in."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, MACHINE, NODES, plain=True)
        self.began_s = time.monotonic()
        self.spec = spec_of(RATE, WALL_MS, UP_MS, "boot-of-the-box")
        self.gateway = Gateway(home, self.spec, self.head() + SETTINGS)

    def start(self) -> None:
        """The gateway runs."""
        self.listens(self.gateway)

    def up(self) -> int:
        """Seconds of the product's time since the house stands, the uptime of every played node."""
        return int(RATE * (time.monotonic() - self.began_s)) + 100

    def rows(self, device: str) -> list[dict[str, Any]]:
        """What the store holds of a device, in the order in which it came."""
        with closing(sqlite3.connect(f"file:{self.gateway.store}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            found = db.execute("SELECT * FROM readings WHERE device = ? ORDER BY id", (device,)).fetchall()
        return [dict(row) for row in found]

    def remembered(self, device: str) -> list[dict[str, Any]]:
        """What waits for the centre of what a node remembers."""
        with closing(sqlite3.connect(f"file:{self.gateway.store}?mode=ro", uri=True)) as db:
            found = db.execute("SELECT body FROM outbox WHERE kind = 'remembered' ORDER BY place").fetchall()
        return [body for body in map(json.loads, (row[0] for row in found)) if body["device"] == device]


class Board:
    """A played node: says what a node says."""

    def __init__(self, house: House, name: str, boot: str) -> None:
        self.name, self.boot, self._house = name, boot, house
        self.client = house.enter(name)
        self.client.asks(f"sot/1/{SITE}/node/{name}/#")

    def says(self, what: str, retain: bool = False, **body: Any) -> None:
        """One message; whatever is left out is as of now."""
        whole = {"v": 1, "boot": self.boot, "up": self._house.up(), **body}
        self.client.says(f"sot/1/{SITE}/node/{self.name}/{what}", json.dumps(whole), retain=retain)

    def reports(self, *records: tuple[int, int, int | None, int], up: int | None = None, **body: Any) -> None:
        """(seq, channel, value, quality), all of now, or of that uptime."""
        now = self._house.up() if up is None else up
        rows = [(seq, now, channel, value, quality) for seq, channel, value, quality in records]
        self.says("report", **{"up": now, "records": rows, **body})

    def mark(self) -> int:
        """What it may forget of its own boot, as last told."""
        told = [body for topic, body in list(self.client.heard) if topic == topics.node_mark(SITE, self.name) and body]
        return decode(told[-1], NodeMark).boots.get(self.boot, 0) if told else 0
