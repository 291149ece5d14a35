"""Sends what the site's own waking has decided, and only what is on the disk: lamp at once, SMS one at a time."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from contract.waking import Unsent
from gateway.config_wake import WakeTable
from gateway.core.site import Now, Site
from gateway.core.waking import waking
from gateway.core.waking.waking import Sent, Trying
from gateway.core.waking.waking_memory import Sms
from gateway.io.lamp import Lamp
from gateway.io.modem import Modem

log = logging.getLogger(__name__)

LOOK_S = 0.5
WORDS = {
    Unsent.NO_MANAGER: "not sent, ModemManager does not run here (apt-get install modemmanager)",
    Unsent.NO_ACCESS: "not sent, this account may not use the modem; run hw/host/install, it makes the rule for polkit",
    Unsent.NO_MODEM: "not sent, there is no such modem; `mmcli -L` lists them",
    Unsent.SIM_LOCKED: "not sent, the SIM card asks for its PIN; take the PIN off the card",
    Unsent.MODEM_FAILED: "not sent, the modem has failed; is there a SIM card in it?",
    Unsent.NOT_READY: "not sent, the modem is just being started",
    Unsent.NO_NETWORK: "not sent, the modem finds no network; look at its aerial",
    Unsent.NOT_TAKEN: "the network did not take it",
    Unsent.NO_ANSWER: "no answer in time; nobody knows whether it went",
}
"""Why not, and what to do."""


class Wakers:
    """Lamp and modem of one site. A message that was under way when the program ended is tried once more, and counted:
    a program that is killed at each try gives up as any other does."""

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
        self._begun: dict[str, int] = {}
        self._ended: dict[str, int] = {}
        """Message → its newest try that was begun here, that has ended here. The disk knows of both a little later."""

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
            known = self._stored().memory.waking
            for sms in waking.due(known, self._now())[:1]:
                await self._look_at(sms)
            names = {one.id for one in known.waiting}
            for held in (self._begun, self._ended):
                for name in set(held) - names:
                    del held[name]
            await asyncio.sleep(LOOK_S)

    async def _look_at(self, sms: Sms) -> None:
        """Begin a try, or make the one that is on the disk as begun; nothing while the disk lags behind."""
        begun, ended = self._begun.get(sms.id, 0), self._ended.get(sms.id, 0)
        if sms.tries < begun or (sms.under_way and sms.tries == ended):
            return
        if not sms.under_way or begun == 0:
            self._begun[sms.id] = sms.tries + 1
            self._take(Trying(sms.id))
            return
        why = await self._modem.send(sms.phone, sms.text)
        log.info("sms to %s (%s): %s", sms.person, sms.kind, WORDS[why] if why else "taken by the network")
        self._ended[sms.id] = sms.tries
        self._take(Sent(sms.id, why))
