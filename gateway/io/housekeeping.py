"""Keeps the store within its bounds: a round every few minutes, between the writes of the keeper."""

import asyncio
import logging
from collections.abc import Callable

from gateway.config import StoreTable
from gateway.core.site import Now
from gateway.io.keeping import Keeper
from gateway.io.store import Store, StoreFault
from gateway.io.thinning import Limits

log = logging.getLogger(__name__)

BETWEEN_STEPS_S = 0.02
"""Real seconds between two steps, in which everything else goes on."""
MOST_IN_MEMORY = 50_000
"""Records that wait in a store in memory."""
_DONE = object()


async def housekeep(store: Store, keeper: Keeper, table: StoreTable, now: Now, told: Callable[[], None]) -> None:
    """One round; a store that cannot be used costs a line in the log. `told`: look whether there is trouble to tell."""
    try:
        most = (
            table.max_waiting_records if store.stands_in_for is None else min(MOST_IN_MEMORY, table.max_waiting_records)
        )
        await asyncio.wrap_future(keeper.later(lambda: store.thin(most, now)))
        told()
        if store.stands_in_for is not None:
            await asyncio.wrap_future(keeper.later(store.bound_readings))
            return
        await asyncio.to_thread(store.checkpoint)
        steps = store.upkeep(now, Limits.of(table))
        while await asyncio.wrap_future(keeper.later(lambda: next(steps, _DONE))) is not _DONE:  # noqa: ASYNC110 – a pause
            await asyncio.sleep(BETWEEN_STEPS_S)
        await asyncio.to_thread(store.checkpoint)
    except StoreFault as fault:
        log.error("%s", fault)
