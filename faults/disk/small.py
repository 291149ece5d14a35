"""The smallest site on which a gateway really works: a plant, two Mosquittos, somebody who listens at each.

For what a whole house would only slow down: hundreds of power cuts in a row, and the wear of the card by the day.
"""

import asyncio
import contextlib
import json
import os
import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contract import topics
from contract.bulletins import Receipt, ReceiptMark
from contract.messages import KioskStatus, decode, encode
from contract.orders import Order, Orders, Report
from contract.records import Mark, RecordBatch
from contract.words import Status
from demo.io.brokers import PLACES, free_ports, listens
from doors.broker import BrokerSettings, Link, LinkDown
from faults.fault import CannotFault

SITE = "are-disk"
HERE = topics.mark(SITE).removesuffix("down/mark")
KIOSK_RUN = "kiosk-of-the-run"
START_S = 20.0

Key = tuple[str, str, int]
"""Run, stream and number of a record."""


class SmallSite:
    """Everything but the gateway runs from `open` to `close`; the gateway is started and killed at will."""

    def __init__(
        self,
        folder: Path,
        *,
        marks: bool = True,
        more: str = "",
        clock: str = "",
        poll_every_s: float = 5,
        scenario: str = "",
    ) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.data.mkdir()
        self.store = self.data / "gateway.db"
        self.heard: dict[Key, bytes] = {}
        """Records at the broker: they were committed."""
        self.messages: dict[str, tuple[int, bytes]] = {}
        """By topic at the site's broker: how often heard, and the newest payload."""
        self.marked: dict[str, int] = {}
        """Receipts that the gateway has confirmed, by kiosk run."""
        self._marks = marks
        self._more = more
        self._clock = clock
        self._scenario = scenario
        self._poll = f"poll_every_s = {poll_every_s}\n"
        self._runs: list[asyncio.subprocess.Process] = []
        self._gateway: asyncio.subprocess.Process | None = None
        self._orders: dict[str, Order] = {}
        self._revision = 0
        self._saying: set[asyncio.Task[None]] = set()
        self._links: dict[str, Link] = {}
        self._tasks: list[asyncio.Task[None]] = []

    # --- what stands ---

    async def open(self) -> None:
        """Plant, broker and centre; raises CannotFault."""
        broker = shutil.which("mosquitto", path=PLACES)
        if broker is None:
            raise CannotFault("mosquitto is not installed; on Debian: apt install mosquitto")
        ports = dict(zip(("site", "central"), free_ports(2), strict=True))
        for name, port in ports.items():
            conf = self.folder / f"{name}.conf"
            conf.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n", "utf-8")
            self._runs.append(await self._start([broker, "-c", str(conf)], {}))
        plant = [sys.executable, "-m", "simulator", "run", "automatic", "--dir", str(self.folder / "plant")]
        plant += ["--clock", self._clock] if self._clock else []
        if self._scenario:
            (self.folder / "scenario.toml").write_text(self._scenario, "utf-8")
            plant += ["--scenario", str(self.folder / "scenario.toml")]
        self._runs.append(process := await self._start(plant, {}, asyncio.subprocess.PIPE))
        line = await asyncio.wait_for(process.stdout.readline(), START_S) if process.stdout else b""
        if not line:
            raise CannotFault("the small site's plant has not started")
        ready = json.loads(line)
        self._settings(ports, ready)
        for name, port in ports.items():
            await self._listen(name, port)

    async def _listen(self, name: str, port: int) -> None:
        if not await listens("127.0.0.1", port, START_S):
            raise CannotFault(f"the small site's {name} broker does not listen")
        self._links[name] = link = Link(
            BrokerSettings(url=f"mqtt://127.0.0.1:{port}", reconnect_max_s=0.5),
            name=f"small {name}", client_id=f"small-{name}", subscribe=(f"{HERE}#",),
            on_message=self._hear_site if name == "site" else self._hear_centre, on_up=_nothing,
        )  # fmt: skip
        self._tasks.append(asyncio.create_task(link.run(), name=name))
        for _ in range(200):
            if link.up:
                return
            await asyncio.sleep(0.05)
        raise CannotFault(f"the small site's {name} broker does not answer")

    def _settings(self, ports: Mapping[str, int], ready: Mapping[str, Any]) -> None:
        genset, meter = f"127.0.0.1:{ready['tcp']['genset']['port']}", ready["rtu"]["meter"]
        (self.folder / "site.toml").write_text(
            f'[site]\nid = "{SITE}"\nplace = "Test"\nsimulated = true\nstatus = "test"\n'
            f'[site_broker]\nurl = "mqtt://127.0.0.1:{ports["site"]}"\nreconnect_max_s = 0.5\n'
            f'[central_broker]\nurl = "mqtt://127.0.0.1:{ports["central"]}"\nreconnect_max_s = 0.5\n'
            "[generator]\nrated_kw = 56\n[tank]\nlitres = 1000\n"
            f'[[device]]\nname = "genset"\nprofile = "dse-73xx-mkii"\ntcp = "{genset}"\n{self._poll}'
            '[[device]]\nname = "meter"\nprofile = "eastron-sdm630"\n'
            f'serial = "{meter["path"]}"\nbaud = {meter["baud"]}\n{self._poll}'
            f'[store]\npath = "{self.store}"\n{self._more}',
            "utf-8",
        )

    async def _start(
        self, command: list[str], also: Mapping[str, str], out: int = asyncio.subprocess.DEVNULL
    ) -> asyncio.subprocess.Process:
        with (self.folder / "log").open("ab") as log:
            return await asyncio.create_subprocess_exec(*command, stdout=out, stderr=log, env=os.environ | dict(also))

    async def close(self) -> None:
        """End everything."""
        await self.kill()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for process in self._runs:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()

    # --- the gateway ---

    async def start(self, also: Mapping[str, str]) -> None:
        """A new life of the gateway."""
        command = [sys.executable, "-m", "gateway", "run", str(self.folder / "site.toml")]
        self._gateway = await self._start([*command, *(["--clock", self._clock] if self._clock else [])], also)

    async def kill(self) -> None:
        """SIGKILL."""
        await self._end("kill")

    async def stop(self) -> int:
        """SIGTERM; its exit code."""
        return await self._end("terminate")

    async def _end(self, how: str) -> int:
        process, self._gateway = self._gateway, None
        if process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            getattr(process, how)()
        return await process.wait()

    @property
    def runs(self) -> bool:
        """Has the gateway not ended by itself?"""
        return self._gateway is not None and self._gateway.returncode is None

    def said(self) -> str:
        """What all programs have said."""
        return (self.folder / "log").read_text("utf-8", "replace")

    # --- the centre, the owner and the kiosk in one ---

    def _hear_site(self, topic: str, payload: bytes, _retained: bool) -> None:
        self.messages[topic] = (self.messages.get(topic, (0, b""))[0] + 1, payload)
        if topic == topics.receipt_mark(SITE):
            for run, number in decode(payload, ReceiptMark).marks.items():
                self.marked[run] = max(number, self.marked.get(run, 0))

    def _hear_centre(self, topic: str, payload: bytes, _retained: bool) -> None:
        if topic.startswith(topics.record(SITE, "+").removesuffix("+")):
            batch = decode(payload, RecordBatch)
            for one in batch.records:
                self.heard[batch.run, batch.stream.value, one.seq] = encode(one)
                self._orders.pop(str(one.body.get("order", "")), None)
            if self._marks:
                top = Mark(site=SITE, wall_ms=1, marks={batch.run: {batch.stream: batch.records[-1].seq}})
                self._say("central", topics.mark(SITE), encode(top), retain=False)

    def order(self, number: int) -> None:
        """An order to be answered by a record; all that have no answer are told again."""
        what = Report(observed_ms=1, power="mains")
        one = Order(
            id=f"o-{number}", who="provare", role="coordinator", entered_ms=1, through="dashboard", what=what,
            status=Status.TEST,
        )  # fmt: skip
        self._orders[one.id] = one
        self._revision += 1
        told = Orders(revision=self._revision, orders=tuple(self._orders.values())[-20:])
        self._say("central", topics.orders(SITE), encode(told), retain=True)

    def receipt(self) -> None:
        """The next receipt of a kiosk, or the same again until the mark has reached it."""
        one = Receipt(
            kiosk_run=KIOSK_RUN, number=self.marked.get(KIOSK_RUN, 0) + 1, screen="butiken", bulletin="b-1", serial=1,
            status=Status.TEST, first_frame=None, why_not="played",
        )  # fmt: skip
        self._say("site", topics.receipt(SITE), encode(one), retain=False)

    def kiosk_draws(self) -> None:
        """A screen's sign of life; without one an alarm rises after some minutes, and the site is not at rest."""
        up_ms = int(time.monotonic() * 1000)
        alive = KioskStatus(screen="butiken", boot=KIOSK_RUN, up_ms=up_ms, drawn_up_ms=up_ms)
        self._say("site", topics.kiosk_status(SITE), encode(alive), retain=False)

    def _say(self, where: str, topic: str, payload: bytes, *, retain: bool) -> None:
        async def say() -> None:
            with contextlib.suppress(LinkDown):
                await self._links[where].publish(topic, payload, retain=retain)

        task = asyncio.get_running_loop().create_task(say())
        self._saying.add(task)
        task.add_done_callback(self._saying.discard)

    def count(self, topic: str) -> int:
        """How often a message came on this topic of the site (`up/status`)."""
        return self.messages.get(HERE + topic, (0, b""))[0]

    def newest(self, topic: str) -> dict[str, Any]:
        """The newest message on it, or {}."""
        got: dict[str, Any] = json.loads(self.messages.get(HERE + topic, (0, b"{}"))[1])
        return got


async def _nothing() -> None:
    """Nothing is told anew."""
