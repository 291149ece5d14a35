"""What people do during a run: a coordinator acknowledges an alarm, sends a bulletin, changes a document."""

import asyncio
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contract import topics
from contract.content import PublicDocument
from contract.words import Event
from demo.core import settings, threads, village
from demo.core.faults import CannotRun
from demo.core.settings import SITE
from demo.house import House, NoAnswer
from demo.io.owner import Owner
from demo.saying import say

LOOK_S = 0.2
BULLETIN_AT_S, CONTENT_AT_S = 100.0, 150.0
"""Product seconds into the scenario: when the mains has been gone for a while."""
HEAD = "[[bulletins.key]]"


class Threads:
    """The road down, by the dashboard's own doors: its commands and its addresses."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._versions: dict[int, str] = {}
        self._key = house.folder / "secrets/bulletins/bulletin.key"
        self._settings = house.folder.settings("dashboard")
        self._owner = Owner(house.owner_door(), SITE)

    async def make_key(self) -> None:
        """A key pair: the centre signs with one half, the site believes the other. Raises CannotRun."""
        said = await self._house.command("bulletin", "keys", "--out", self._key.parent)
        try:
            (key,) = tomllib.loads(said[said.index(HEAD) :])["bulletins"]["key"]
        except (ValueError, KeyError) as fault:
            raise CannotRun(f"dashboard bulletin keys did not tell a key: {said[:200]!r}") from fault
        self._house.trust(key)

    async def first_content(self) -> None:
        """What the point offers, before anything happens."""
        await self._content(1)

    async def listen(self) -> None:
        """Stay at the site's broker, with the account that may read what the kiosk reads; ends by cancellation."""
        await self._owner.run()

    async def play(self) -> None:
        """All three, each when its time comes."""
        async with asyncio.TaskGroup() as tasks:
            for step in (self._village, self._bulletin, self._second_content, self._acknowledge):
                tasks.create_task(self._tell(step()))

    async def _tell(self, step: Any) -> None:
        """A step that fails is told; the judgement at the end misses what it should have brought."""
        try:
            say(await step)
        except (CannotRun, NoAnswer) as fault:
            say(f"a step of a person failed: {fault}")

    async def _bulletin(self) -> str:
        await self._house.until_s(BULLETIN_AT_S)
        now_ms = self._house.clock.wall_ms()
        if now_ms is None:
            raise CannotRun("a bulletin needs a clock")
        text = threads.bulletin_text(settings.toml(threads.bulletin(SITE)), now_ms)
        file = self._write("bulletin.toml", text)
        where = ("--key", self._key, "--settings", self._settings, "--clock", self._house.spec)
        await self._house.command("bulletin", "publish", file, *where)
        return f"          centre  A coordinator sends the signed bulletin {threads.BULLETIN_ID}."

    async def _village(self) -> str:
        """What else there is to read on the kiosk on an ordinary day."""
        now_ms = self._house.clock.wall_ms()
        if now_ms is None:
            raise CannotRun("posts with a last day need a clock")
        documents = village.documents(datetime.fromtimestamp(now_ms / 1000, UTC).date())
        for name, tree in documents.items():
            file = self._write(f"{name}.toml", settings.toml(tree))
            where = ("--version", "1", "--site", SITE, "--settings", self._settings)
            await self._house.command("content", "publish", name, file, *where)
        return f"          centre  The kiosk gets {len(documents)} documents: events, buses, rooms, information."

    async def _second_content(self) -> str:
        await self._house.until_s(CONTENT_AT_S)
        await self._content(2)
        return f"          centre  The document “{threads.DOCUMENT}” is changed: one service more."

    async def _content(self, version: int) -> None:
        file = self._write(f"{threads.DOCUMENT}-{version}.toml", settings.toml(threads.services(version)))
        where = ("--version", str(version), "--site", SITE, "--settings", self._settings)
        said = await self._house.command("content", "publish", threads.DOCUMENT, file, *where)
        self._versions[version] = said.rsplit("sha256", 1)[-1].strip()

    async def _acknowledge(self) -> str:
        """As soon as the centre knows of the alarm, somebody sees it."""
        alarm = await self._alarm()
        identity = {name: alarm[name] for name in ("key", "device", "raised_run", "raised_seq")}
        ack = identity | {"who": threads.WHO, "comment": "Givaren byts i morgon.", "idempotency_key": "demo-ack-1"}
        await self._house.web.post(f"/sites/{SITE}/alarms/ack", ack)
        return f"          centre  {threads.WHO} acknowledges the alarm {threads.ALARM}."

    async def _alarm(self) -> dict[str, Any]:
        while True:
            for event in await self._house.dashboard_events():
                alarm = event["body"].get("alarm") or {}
                if event["kind"] == Event.ALARM_RAISED and alarm.get("key") == threads.ALARM:
                    return dict(alarm)
            await asyncio.sleep(LOOK_S)

    async def seen(
        self, gateway: dict[str, Any], kiosk: dict[str, Any], committed: list[dict[str, Any]]
    ) -> dict[str, dict[str, bool]]:
        """What of each thread has come to its end, step by step."""
        try:
            receipts = await self._house.receipts()
        except NoAnswer:
            receipts = []
        document = self._owner.newest(topics.public_content(SITE, threads.DOCUMENT), PublicDocument)
        return {
            "alarm": threads.alarm_seen(gateway["events"], committed),
            "bulletin": threads.bulletin_seen(gateway["events"], kiosk, receipts),
            "content": threads.content_seen(gateway["events"], self._versions, kiosk, document and document.version),
        }

    def _write(self, name: str, text: str) -> Path:
        file = self._house.folder / "content" / name
        file.write_text(text, "utf-8")
        return file
