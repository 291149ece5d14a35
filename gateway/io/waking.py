"""Sends what the site's own waking has decided, and only what is on the disk: lamp at once, SMS one at a time."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from gateway.config_wake import WakeTable
from gateway.core.site import Now, Site
from gateway.core.waking import waking
from gateway.core.waking.waking import Sent, Trying
from gateway.io.lamp import Lamp
from gateway.io.modem import Modem

log = logging.getLogger(__name__)

LOOK_S = 0.5


class Wakers:
    """Lamp and modem of one site. A message that was under way when the program ended is sent again."""

    def __init__(
        self,
        table: WakeTable,
        *,
        stored: Callable[[], Site],
        now: Callable[[], Now],
        take: Callable[[Trying | Sent], None],
    ) -> None:
        self._lamp, self._modem = Lamp(table.lamp), Modem(table.modem, table.command)
        self._stored, self._now, self._take = stored, now, take

    async def run(self) -> None:
        """Until cancelled; the lamp is put out then."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._shine(), name="lamp")
            group.create_task(self._send(), name="modem")

    async def _shine(self) -> None:
        try:
            while True:
                self._lamp.shine(waking.lit(self._stored().memory.waking))
                await asyncio.sleep(LOOK_S)
        finally:
            with contextlib.suppress(OSError):
                self._lamp.shine(False)

    async def _send(self) -> None:
        while True:
            due = waking.due(self._stored().memory.waking, self._now())
            for sms in due[:1]:
                if not sms.under_way:
                    self._take(Trying(sms.id))  # sent when that is on the disk
                    continue
                why = await self._modem.send(sms.phone, sms.text)
                log.info("sms to %s (%s): %s", sms.person, sms.kind, why or "taken by the network")
                self._take(Sent(sms.id, not why))
            await asyncio.sleep(LOOK_S)
