"""One device at its own pace: oftener while something moves at the site, and nothing urgent behind what is slow."""

import asyncio
from collections.abc import Callable

from contract.messages import Value
from contract.words import Origin, Quality
from doors.clock import Clock
from gateway.core.facts import DeviceFacts
from gateway.core.pipeline import Batch
from gateway.io.device import Device


class Poller:
    """Reads a device for ever. A slow or silent one delays nobody else."""

    def __init__(
        self,
        device: Device,
        facts: DeviceFacts,
        clock: Clock,
        origin: Origin,
        take: Callable[[Batch], None],
        polled: Callable[[str], None],
    ) -> None:
        self._device = device
        self._facts = facts
        self._clock = clock
        self._origin = origin
        self._take = take
        self._polled = polled
        self._told = device.refused
        self._moving = False
        self._stirred = asyncio.Event()
        self._slow_ms = clock.up_ms()
        self._slow: dict[str, Value] = {}

    def hurry(self, moving: bool) -> None:
        """Does something move at the site? When it begins to, the device is read at once."""
        if moving and not self._moving:
            self._stirred.set()
        self._moving = moving

    async def run(self) -> None:
        """Until cancelled."""
        up_ms = self._clock.up_ms
        due_ms = up_ms()
        while True:
            self._stirred.clear()
            values = await self._device.values("fast", up_ms, self._origin)
            silent = bool(values) and all(value.quality is Quality.COMM_ERROR for value in values.values())
            self._tell(values)
            self._polled(self._facts.name)
            due_ms = max(due_ms + int(1000 * self._period_s()), up_ms())
            if not silent:
                await self._slow_ones(due_ms)
            await self._rest(min(due_ms - up_ms(), 1000 * self._period_s()) / 1000)
            due_ms = min(due_ms, up_ms())

    async def _slow_ones(self, due_ms: int) -> None:
        """What is slow goes one request at a time, at least one a round, until the next fast poll is due."""
        up_ms = self._clock.up_ms
        if up_ms() >= self._slow_ms and not self._device.under_way:
            self._device.begin("slow")
            self._slow_ms = up_ms() + int(self._facts.slow_every_s * 1000)
        while self._device.under_way:
            self._slow |= await self._device.step(up_ms, self._origin)
            if up_ms() >= due_ms:
                break
        if self._slow and not self._device.under_way:
            values, self._slow = self._slow, {}
            self._tell(values)

    def _tell(self, values: dict[str, Value]) -> None:
        refused = self._device.refused
        cells = tuple((one.function, one.start, one.count) for one in refused) if refused != self._told else None
        self._told = refused
        self._take(Batch(device=self._facts.name, values=values, refused=cells))

    def _period_s(self) -> float:
        moving = self._facts.poll_active_every_s
        return moving if self._moving and moving is not None else self._facts.poll_every_s

    async def _rest(self, seconds: float) -> None:
        """Until the next poll is due, or until something begins to move."""
        waits = (asyncio.ensure_future(self._stirred.wait()), asyncio.ensure_future(self._clock.sleep(seconds)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
