"""What the site's own broker was told by the gateway: whoever reads it believes it, so it must still be so afterwards.

An order whose answer was shown is let go by whoever gave it; a bulletin that was shown may stand on a screen.
"""

from collections.abc import Callable
from random import getrandbits
from typing import NamedTuple

from contract import topics
from contract.bulletins import PublicBulletin
from contract.messages import decode
from contract.records import MAX_ANSWERS, Answers
from contract.wire import Refused
from demo.io.brokers import Door
from doors.broker import BrokerSettings, Link

LONG_MS = 3 * 86_400_000
"""Bulletins that are valid for longer are judged: no fault of a clock can make them expire."""


class ShownBulletin(NamedTuple):
    """As it was shown last. `run`: of the gateway that said it."""

    run: str
    serial: int
    expires_ms: int


class Promises:
    """Listens directly at the site's broker. `at_s`: the run's time; `twin`: is there a second gateway just now?"""

    def __init__(self, door: Door, site: str, at_s: Callable[[], float], twin: Callable[[], bool]) -> None:
        self._site, self._at_s, self._twin = site, at_s, twin
        self.answered: dict[str, float] = {}
        """When an order was first shown as answered."""
        self.forgotten: dict[str, float] = {}
        """Shown as answered, and not known to the gateway's next run: when that was seen."""
        self.shown: dict[str, ShownBulletin] = {}
        self.pictures = 0
        self._last: tuple[str, set[str]] | None = None
        self._link = Link(
            BrokerSettings(**door.rows(), reconnect_max_s=0.5, answer_within_s=5.0),
            name="judge at the site",
            client_id=f"judge-{getrandbits(48):x}",
            subscribe=(topics.answers(site), topics.public_all(site)),
            on_message=self.hear,
            on_up=_nothing,
        )

    async def run(self) -> None:
        """Until cancelled."""
        await self._link.run()

    def hear(self, topic: str, payload: bytes, _retained: bool) -> None:
        """One message; what is no word of the gateway's is left out."""
        try:
            if topic == topics.answers(self._site):
                self._hear_answers(decode(payload, Answers))
            elif "/public/bulletin/" in topic and payload:
                self._hear_bulletin(decode(payload, PublicBulletin))
            self.pictures += topic == topics.public_picture(self._site)
        except Refused:
            return

    def _hear_answers(self, said: Answers) -> None:
        orders = {one.order for one in said.answers}
        for order in orders:
            self.answered.setdefault(order, self._at_s())
        if self._twin():  # two that know different things speak by turns
            self._last = None
            return
        if self._last is not None and self._last[0] != said.head.run and len(said.answers) < MAX_ANSWERS:
            for order in self._last[1] - orders:
                self.forgotten.setdefault(order, self._at_s())
        self._last = said.head.run, orders

    def _hear_bulletin(self, said: PublicBulletin) -> None:
        one = said.bulletin
        if one.expires_ms is not None and one.expires_ms - one.sent_ms > LONG_MS:
            self.shown[one.id] = ShownBulletin(said.head.run, one.serial, one.expires_ms)

    def missing(self, wall_ms: int) -> list[str]:
        """Bulletins that are valid, were shown, and are not among what the gateway's newest run has shown."""
        run = self._last[0] if self._last else None
        return [name for name, one in self.shown.items() if one.expires_ms > wall_ms and one.run != run]

    def broken(self, done: set[str], wall_ms: int) -> list[str]:
        """A sentence for each promise that was not kept; `done`: orders whose answer lies at the centre."""
        gone = [
            f"lost: the order {order} was shown as answered at {at_s:.1f} s, and nobody knows of it now"
            for order, at_s in self.answered.items()
            if order not in done
        ]
        gone += [
            f"lost: the order {order} was shown as answered at {self.answered[order]:.1f} s, and the gateway's next "
            f"run knew nothing of it at {at_s:.1f} s"
            for order, at_s in self.forgotten.items()
        ]
        return gone + [
            f"lost: the bulletin {name} was shown at the site and is not held" for name in self.missing(wall_ms)
        ]


async def _nothing() -> None:
    return
