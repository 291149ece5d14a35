"""A storm of kills that ends in the middle of one: whoever was killed is started again."""

import asyncio
import random
import sys
from pathlib import Path
from typing import Any

from faults.io.services import AGAIN_S, Services
from faults.kinds.program import KillStorm, OfStorm

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


class OneProgram:
    """As much of a house as a storm needs, over real services; a kill takes as long as on a busy machine."""

    def __init__(self, services: Services) -> None:
        self.random = random.Random(1)
        self.said: list[str] = []
        self._services = services
        self.killing = asyncio.Event()

    def runs(self, program: str) -> bool:
        """Is it running now?"""
        return self._services.runs(program)

    async def kill(self, program: str) -> None:
        """Slowly."""
        self.killing.set()
        await asyncio.sleep(0.2)
        await self._services.kill(program)

    def say(self, sentence: str) -> None:
        """For the person who watches."""
        self.said.append(sentence)


async def test_storm_that_ends_in_a_kill_leaves_everybody_up(tmp_path: Path) -> None:
    """The end of the storm waits for the kill that has begun, and so the start after it comes."""
    services = Services(tmp_path, {}, lambda _: None)
    services.define("gateway", lambda: SLEEPER)
    await services.up("gateway")
    first = services.pid("gateway")
    house: Any = OneProgram(services)
    storm = KillStorm(OfStorm(programs=("gateway",)))
    try:
        await storm.begin(house)
        await asyncio.wait_for(house.killing.wait(), 40)
        await storm.end(house)
        for _ in range(200):
            await asyncio.sleep(0 if services.runs("gateway") else AGAIN_S / 10)
        assert services.pid("gateway") not in (None, first)
        assert ["1 kills"] == house.said
    finally:
        await services.close()
