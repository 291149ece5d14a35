"""What the pages show at an hour, got from the running programs over HTTP and judged against what is so."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from demo.core import coordinator, known, own_page
from demo.core.known import Ground, Known
from demo.core.page_text import parts
from demo.core.script import Script
from demo.core.settings import SITE
from demo.house import House, NoAnswer
from demo.io.scenario import plant_tree, tree

LOOKS, BETWEEN_S = 3, 0.4
"""A busy machine can keep a program from its work for a moment of real time, which is minutes of a fast day: what is
wrong is looked at again before it counts."""
LATE_POLLS, LATE_REAL_S = 2, 0.5
BOOT_REAL_S = 3.0
"""A gateway that starts anew beside other programs needs so long to its first poll, which is minutes of a fast day."""


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What stood there in short, what of it was wrong, and how often it had to be looked at."""

    words: str
    wrong: tuple[str, ...]
    looks: int = 1


class Looking:
    """The two pages of one run. Pages that were wrong are kept in the run folder, under `wrong/`."""

    def __init__(self, house: House, script: Script, scenario: str) -> None:
        self._house = house
        self._ground: Ground | None = None
        self._fuel = known.fuel_of(plant_tree(script.plant), tree(scenario))
        self._by_hand = script.connection == "manual"

    def _known(self) -> Known:
        house = self._house
        return self._ground_of().known(house.told, house.ready["conductor"], house.at_s())

    async def coordinator(self, hour: int) -> Looked:
        """The overview and the site's page of the municipality's dashboard."""
        return await self._look(hour, "coordinator", self._coordinator_once)

    async def owner(self, hour: int) -> Looked:
        """The page that the box serves itself."""
        return await self._look(hour, "owner", self._owner_once)

    async def _look(self, hour: int, name: str, once: Callable[[], Any]) -> Looked:
        for number in range(1, LOOKS + 1):
            before = self._known()
            words, judge, pages = await once()
            # what changed while it was asked may be shown as it was or as it is
            wrong: list[str] = min((judge(one) for one in (before, self._known())), key=len)
            if not wrong or number == LOOKS:
                break
            await asyncio.sleep(BETWEEN_S)
        if wrong:
            await asyncio.to_thread(_keep, self._house.folder / "wrong", hour, name, pages)
        return Looked(words=words, wrong=tuple(wrong), looks=number)

    async def _coordinator_once(self) -> tuple[str, Callable[[Known], Sequence[str]], dict[str, str]]:
        web = self._house.web
        try:
            row = (await web.get("/api/overview"))["rows"][0]
            pages = {"overview": await web.text("/"), "site": await web.text(f"/sites/{SITE}")}
        except NoAnswer as fault:
            said = f"coordinator: the page does not answer ({fault})"
            return str(fault), lambda _: [said], {}
        seen = coordinator.Pages(row=row, overview=parts(pages["overview"]), site=parts(pages["site"]))
        return seen.words, lambda now: coordinator.faults(seen, now, self._ground_of()), pages

    async def _owner_once(self) -> tuple[str, Callable[[Known], Sequence[str]], dict[str, str]]:
        pages: dict[str, str] = {}
        try:
            pages["owner"] = await self._house.site_web.text("/")
        except NoAnswer as fault:
            pages["why"] = str(fault)
        page = parts(pages["owner"]) if "owner" in pages else None
        return own_page.words(page), lambda now: own_page.faults(page, now, self._ground_of().late_s), pages

    def _ground_of(self) -> Ground:
        if self._ground is None:
            house = self._house
            begins_ms = (house.clock.wall_ms() or 0) - round(1000 * house.at_s())
            late_s = LATE_POLLS * house.pace.poll_s + LATE_REAL_S * house.pace.rate
            self._ground = Ground(
                fuel=self._fuel, by_hand=self._by_hand, begins_wall_ms=begins_ms, late_s=late_s,
                boot_s=BOOT_REAL_S * house.pace.rate,
            )  # fmt: skip
        return self._ground


def _keep(folder: Path, hour: int, name: str, pages: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for page, html in pages.items():
        (folder / f"{hour:02}-{name}-{page}.html").write_text(html, "utf-8")
