"""The outside observer: asks the dashboard and the kiosk all the time what they show as now, and knows what is so."""

import asyncio
from typing import Any

from faults.core import truth
from faults.core.settings import Pace
from faults.core.truth import Shown
from faults.house import House

EVERY_S = 0.4
LATE_MS = 2500
"""How late plant, poll and judgement may be, beyond what the readers themselves allow: three polls of a busy machine
would be too much, one with its waiting for an answer is not."""
JUDGED_S = 3.0
"""From the mains at the plant to the word at the gateway, besides two polls: the set's own delays, and its waiting."""
SLOW_S = 60.0
"""What is polled seldom, where the product's own paces are taken."""
FRESH = "fresh"


class Watch:
    """Counts what was asked, what was shown as fresh, and what of it was wrong."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.asked = {"dashboard": 0, "owner's page": 0, "kiosk": 0}
        self.fresh = dict.fromkeys(self.asked, 0)
        self.wrong: list[str] = []
        self.oldest_fresh_s = 0.0
        """How old the oldest value was that was rightly shown as fresh."""

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._card("dashboard", own=False))
            tasks.create_task(self._card("owner's page", own=True))
            tasks.create_task(self._kiosk())

    async def _card(self, where: str, *, own: bool) -> None:
        while True:
            if self._quiet():
                await asyncio.sleep(EVERY_S)
                continue
            house, plant = self._house, self._house.plant
            asked_ms, boots = house.clock.up_ms(), house.boots
            card = await house.card(own=own)
            if card and plant is not None and boots == house.boots and not self._quiet():
                self._judge(where, plant, card_shown(card, asked_ms, self._house.pace, where=f"the {where}"))
            await asyncio.sleep(EVERY_S)

    async def _kiosk(self) -> None:
        last: dict[str, Any] = {}
        while True:
            told, plant = self._house.kiosk_shows, self._house.plant
            if told is not last and not self._quiet() and plant is not None:
                last = told
                self._judge("kiosk", plant, kiosk_shown(told, self._house.clock.up_ms(), self._house.pace))
            await asyncio.sleep(EVERY_S / 2)

    def _quiet(self) -> bool:
        """In fast time a second of waiting is an hour; nobody's word can be judged then."""
        return self._house.pace.fast

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


def card_shown(card: dict[str, Any], asked_ms: int, pace: Pace, *, where: str = "the dashboard") -> Shown:
    """What the card of the dashboard, or of the site's own page, says as now."""
    contact = card["contact"]
    in_contact = bool(contact["in_contact"])
    row = next(
        (row for device in card["devices"] for row in device["rows"] if row["key"] == "engine.turbo_pressure"), None
    )
    value = truth.number_of(row["shown"]) if row is not None and row["freshness"] == FRESH else None
    return Shown(
        where=where,
        asked_ms=asked_ms,
        power=str(card["power"]) if in_contact else None,
        power_within_ms=truth.silence_ms(pace.heartbeat_s) + judged_ms(pace),
        value=value if value is not None and value >= truth.FIRST_VALUE else None,
        value_within_ms=_limit_ms(row, pace) + round(LATE_MS * pace.rate) if row is not None else 0,
    )


def kiosk_shown(told: dict[str, Any], now_ms: int, pace: Pace) -> Shown | None:
    """What the kiosk's view says as now; its own time is older than the moment at which its word came here."""
    if not told.get("fresh"):
        return None
    return Shown(
        where="the kiosk",
        asked_ms=min(int(told["up_ms"]), now_ms),
        power=str(told["power"]),
        power_within_ms=truth.limit_ms(pace.picture_s) + judged_ms(pace),
    )


def judged_ms(pace: Pace) -> int:
    """From the mains at the plant to the word at the gateway."""
    return round(1000 * (2 * pace.poll_s + JUDGED_S * pace.rate))


def _limit_ms(row: dict[str, Any], pace: Pace) -> int:
    """What the page itself says of the row, but no more than the site's settings allow it to say."""
    most = truth.limit_ms(SLOW_S if pace.defaults else pace.poll_s, pace.heartbeat_s)
    return min(int(row["limit_ms"]), most)
