"""What the screen has drawn goes to the gateway, until it has confirmed it."""

import asyncio
import secrets

from contract import topics
from contract.bulletins import ReceiptMark
from doors.broker import Link, LinkDown
from kiosk.config import Settings
from kiosk.core.faults import CannotKeep
from kiosk.io.drawn import read_from
from kiosk.keeper.saying import Saying
from kiosk.keeper.shelf import Shelf

AGAIN_S = 20.0
"""A receipt that the gateway has not confirmed is sent again after so long."""


class Receipts:
    """Numbers, sends and forgets receipts. `link` is set by whoever makes it."""

    link: Link

    def __init__(self, settings: Settings, shelf: Shelf, saying: Saying) -> None:
        self._settings = settings
        self._shelf = shelf
        self._saying = saying
        self.run = secrets.token_hex(8)
        self._number = 0
        self._sent_s: float | None = None

    async def look(self) -> None:
        """Is there anything new to send, or anything to send again?"""
        now_s = asyncio.get_running_loop().time()
        if self._sent_s is None:
            self._sent_s = now_s  # a link that comes up sends all of them by itself
        if self._read_drawn() or now_s - self._sent_s >= AGAIN_S:
            self._sent_s = now_s
            if self.link.up:
                try:
                    await self.send()
                except (LinkDown, CannotKeep) as fault:
                    self._saying.once(f"receipts wait: {fault}")

    async def send(self) -> None:
        """All that the gateway has not confirmed; raises LinkDown, CannotKeep."""
        for _, _, payload in self._shelf.cache.receipts():
            await self.link.publish(topics.receipt(self._settings.site.id), payload)

    def confirm(self, mark: ReceiptMark) -> None:
        """The gateway says what it holds."""
        run = secrets.token_hex(8)
        if self._shelf.no_disk:
            return
        try:
            last = self._shelf.cache.forget_receipts(mark.marks, run)
            if last is not None:
                self.run, self._number = run, last
        except CannotKeep as fault:
            self._saying.once(str(fault))

    def _read_drawn(self) -> bool:
        """Number what the screen has drawn since last time; is there anything new to send?"""
        if self._shelf.no_disk:
            return False  # what was numbered already stands in the cache on the disk
        try:
            before = self._shelf.cache.drawn_offset()
            lines, offset, bad = read_from(self._settings.drawn_path, before)
            if offset == before:
                return False
            if bad:
                self._saying.once(f"{self._settings.drawn_path}: {bad} line(s) cannot be read and are left out")
            lines = [line for line in lines if not line.read]  # that is the screen's own matter
            self._number = self._shelf.cache.take_drawn(lines, self.run, self._number, offset)
        except (CannotKeep, OSError) as fault:
            self._saying.once(f"receipts wait: {fault}")
            self._shelf.heal(fault)
            return False
        return bool(lines)
