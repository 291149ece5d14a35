"""What people do while everything breaks: reports, acknowledgements, needs, calls, bulletins. All of it counts.

What was taken (202 from the dashboard, or from the site's own page) must be answered by the site in the end.
"""

import asyncio
import random
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from contract.words import NeedKind
from demo.core.faults import CannotRun
from demo.core.settings import toml
from demo.core.threads import bulletin, services
from demo.io.processes import answer
from demo.io.web import NoAnswer, Web
from faults.core.settings import SITE
from faults.house import House
from faults.io.services import installed

EVERY_S = 2.0
BULLETIN_EVERY_S, FIRST_BULLETIN_S = 45.0, 8.0
OWNER_EVERY_S = 8.0
LASTS = (timedelta(minutes=10), timedelta(days=5))
"""Bulletins by turns: one that expires, one that outlives a long outage and every wrong clock."""
TRIES = 60
AGAIN_S = 1.0
HEAD = "[[bulletins.key]]"
WHO, OWNER = "Samordnare 1", "Handlaren"


class Work:
    """A stream of deeds, the same for the same seed. `accepted`: ids of orders that somebody has promised to keep."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._chance = random.Random(house.schedule.seed + 1)  # noqa: S311 - a schedule must be repeatable
        self.accepted: set[str] = set()
        self.at_the_site = 0
        """How many of them were given at the site's own page, which needs no centre."""
        self.refused: dict[str, int] = {}
        """How often a page refused an order for good, by its words."""
        self.bulletins = 0
        self._bulletins_tried = 0
        self._number = 0
        self._key = house.folder / "secrets/bulletins/bulletin.key"

    async def make_key(self) -> None:
        """A key pair for bulletins, by the dashboard's own command. Raises CannotRun."""
        said = await self._command("bulletin", "keys", "--out", str(self._key.parent))
        (key,) = tomllib.loads(said[said.index(HEAD) :])["bulletins"]["key"]
        self._house.keys.append(key)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._orders(EVERY_S, own=False))
            tasks.create_task(self._orders(OWNER_EVERY_S, own=True))
            tasks.create_task(self._bulletins())

    async def _orders(self, every_s: float, *, own: bool) -> None:
        """At the municipality's dashboard, or at the site's `own` page; sometimes both acknowledge the same alarm."""
        while True:
            await asyncio.sleep(every_s * self._chance.uniform(0.3, 1.7))
            deed = self._chance.choice(self._deeds())
            address, body = deed()
            if address == "alarms/ack":
                body |= await self._alarm(own=own)
                if "key" not in body:
                    continue
            self._number += 1
            body |= {
                "who": OWNER if own else WHO,
                "idempotency_key": f"faults-{self._house.schedule.seed}-{self._number}",
            }
            taken = await self._post(self._house.own_web if own else self._house.web, address, body)
            self.at_the_site += own and taken

    def _deeds(self) -> list[Callable[[], tuple[str, dict[str, Any]]]]:
        chance = self._chance
        services_known = ("groceries", "fuel", "post")
        return [
            # nothing about power: a person is believed, and the truth here is the plant's
            lambda: ("reports", {"people_present": chance.randint(0, 40), "needs": "ved"}),
            lambda: ("alarms/ack", {}),
            lambda: ("alarms/ack", {}),
            lambda: ("activation", {"active": chance.random() < 0.5, "reason": "prov"}),
            lambda: ("declarations", {"service": chance.choice(services_known), "declared": "open"}),
            lambda: ("notices", {"notice": f"n{chance.randint(1, 3)}", "sv": "Det finns varm soppa.", "for_h": 6}),
            lambda: ("needs", {"what": chance.choice(list(NeedKind)).value, "people": chance.randint(1, 9)}),
            lambda: ("calls", {"reason": "prov"}),
            lambda: ("deliveries", {"litres": chance.randint(50, 400), "product": "diesel"}),
        ]

    async def _alarm(self, *, own: bool) -> dict[str, Any]:
        """One that nobody has acknowledged, as the page lists it."""
        card = await self._house.card(own=own)
        names = ("key", "device", "raised_run", "raised_seq")
        rows = [row for row in card.get("alarms", ()) if row.get("needs_ack") and all(name in row for name in names)]
        return {name: rows[0][name] for name in names} if rows else {}

    async def _post(self, web: Web, address: str, body: dict[str, Any]) -> bool:
        """As a page does: again with the same key until it is taken, or refused for good. Was it taken?"""
        for _ in range(TRIES):
            try:
                taken = await web.post(f"/sites/{SITE}/{address}", body)
            except NoAnswer as fault:
                if ": 4" in str(fault):
                    self.refused[str(fault)] = self.refused.get(str(fault), 0) + 1
                    return False
                await asyncio.sleep(AGAIN_S)
                continue
            self.accepted.add(str(taken["id"]))
            return True
        return False

    async def _bulletins(self) -> None:
        await asyncio.sleep(FIRST_BULLETIN_S)
        file = self._house.folder / "content/services.toml"
        file.write_text(toml(services(1)), "utf-8")
        settings = str(self._house.files.settings("dashboard"))
        await self._try("content", "publish", "services", str(file), "--version", "1", "--site", SITE,
                        "--settings", settings)  # fmt: skip
        while True:
            if await self._bulletin(settings):
                self.bulletins += 1
            await asyncio.sleep(BULLETIN_EVERY_S * self._chance.uniform(0.7, 1.3))

    async def _bulletin(self, settings: str) -> bool:
        now_ms = self._house.clock.wall_ms() or 0
        sent = datetime.fromtimestamp(now_ms / 1000, UTC).replace(microsecond=0)
        self._bulletins_tried += 1  # one that was kept and not sent has its name for good
        tree = bulletin(SITE) | {"id": f"prov-{self._house.schedule.seed}-{self._bulletins_tried}"}
        lasts = LASTS[self._bulletins_tried % len(LASTS)]
        times = f"sent = {sent.isoformat()}\nexpires = {(sent + lasts).isoformat()}\n"
        file = self._house.folder / "content/bulletin.toml"
        file.write_text(times + toml(tree), "utf-8")
        return await self._try("bulletin", "publish", str(file), "--key", str(self._key), "--settings", settings,
                               "--clock", self._house.spec)  # fmt: skip

    async def _try(self, *arguments: str) -> bool:
        try:
            await self._command(*arguments)
        except CannotRun as fault:
            self._house.say(f"a person could not: {fault}")
            return False
        return True

    async def _command(self, *arguments: str) -> str:
        # as the dashboard itself: where a fault of its disk writes down what is written, this is written too
        environment = self._house.environment | self._house.also.get("dashboard", {})
        command, log = installed("dashboard", *arguments), self._house.folder / "log/commands.log"
        got = await answer(command, environment=environment, within_s=60.0, also_to=log)
        if got.code:
            raise CannotRun(f"dashboard {' '.join(arguments[:2])}: {got.why}")
        return got.out.decode("utf-8")
