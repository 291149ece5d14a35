"""The outside observer: asks the dashboard and the kiosk all the time what they show as now, and knows what is so."""

import asyncio
from typing import Any

from faults.core import truth
from faults.core.settings import LIFE
from faults.core.truth import Shown
from faults.house import House

EVERY_S = 0.4
LATE_MS = 2500
"""How late plant, poll and judgement may be, beyond what the readers themselves allow: three polls of a busy machine
would be too much, one with its waiting for an answer is not."""
JUDGED_MS = 5000
"""From the mains at the plant to the word at the gateway: two polls, the set's own delays, and its waiting."""
LOST_HEARTBEATS, STALE_PERIODS = 3, 3
MOST_MS = round(STALE_PERIODS * LIFE.heartbeat_s * 1000)
"""What a page may allow itself at most, whatever period the site says of itself."""
FRESH = "fresh"


class Watch:
    """Counts what was asked, what was shown as fresh, and what of it was wrong."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.asked = {"dashboard": 0, "kiosk": 0}
        self.fresh = {"dashboard": 0, "kiosk": 0}
        self.wrong: list[str] = []
        self.oldest_fresh_s = 0.0
        """How old the oldest value was that was rightly shown as fresh."""

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._dashboard())
            tasks.create_task(self._kiosk())

    async def _dashboard(self) -> None:
        while True:
            if self._quiet():
                await asyncio.sleep(EVERY_S)
                continue
            house, plant = self._house, self._house.plant
            asked_ms, boots = house.clock.up_ms(), house.boots
            card = await house.card()
            if card and plant is not None and boots == house.boots and not self._quiet():
                self._judge("dashboard", plant, card_shown(card, asked_ms))
            await asyncio.sleep(EVERY_S)

    async def _kiosk(self) -> None:
        last: dict[str, Any] = {}
        while True:
            told, plant = self._house.kiosk_shows, self._house.plant
            if told is not last and not self._quiet() and plant is not None:
                last = told
                self._judge("kiosk", plant, kiosk_shown(told, self._house.clock.up_ms()))
            await asyncio.sleep(EVERY_S / 2)

    def _quiet(self) -> bool:
        """In fast time a second of waiting is an hour; nobody's word can be judged then."""
        return self._house.pace is not LIFE

    def _judge(self, where: str, plant: truth.Plant, shown: Shown | None) -> None:
        self.asked[where] += 1
        if shown is None:
            return
        self.fresh[where] += shown.power is not None or shown.value is not None
        if shown.value is not None:
            self.oldest_fresh_s = max(self.oldest_fresh_s, plant.stale_ms(shown.value, shown.asked_ms) / 1000)
        why = truth.wrong(plant, shown)
        if why is not None:
            self.wrong.append(f"{why} (at {self._house.at_s():.1f} s)")
            self._house.say(f"STALE: {why}")


def card_shown(card: dict[str, Any], asked_ms: int) -> Shown:
    """What the dashboard's card says as now."""
    contact = card["contact"]
    in_contact = bool(contact["in_contact"])
    row = next(
        (row for device in card["devices"] for row in device["rows"] if row["key"] == "engine.turbo_pressure"), None
    )
    value = truth.number_of(row["shown"]) if row is not None and row["freshness"] == FRESH else None
    return Shown(
        where="the dashboard",
        asked_ms=asked_ms,
        power=str(card["power"]) if in_contact else None,
        power_within_ms=round(LOST_HEARTBEATS * LIFE.heartbeat_s * 1000) + JUDGED_MS,
        value=value if value is not None and value >= truth.FIRST_VALUE else None,
        # the centre is told what moved with each heartbeat (contract/vouching.py), and may wait for one of them
        value_within_ms=round((STALE_PERIODS * LIFE.poll_s + LIFE.heartbeat_s) * 1000) + LATE_MS,
    )


def kiosk_shown(told: dict[str, Any], now_ms: int) -> Shown | None:
    """What the kiosk's view says as now; its own time is older than the moment at which its word came here."""
    if not told.get("fresh"):
        return None
    return Shown(
        where="the kiosk",
        asked_ms=min(int(told["up_ms"]), now_ms),
        power=str(told["power"]),
        power_within_ms=round(LOST_HEARTBEATS * LIFE.heartbeat_s * 1000) + JUDGED_MS,
    )
