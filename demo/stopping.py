"""The end of a run: by itself, by Ctrl-C, or by SIGTERM; in every case the run's own clean-up is waited for."""

import asyncio
import signal
import sys
from collections.abc import Coroutine

STOPPED = 1


async def until_stopped(work: Coroutine[None, None, int], *, ends_well: bool) -> int:
    """Run until it ends or is told to; its exit code. `ends_well`: being stopped is how it is meant to end."""
    loop = asyncio.get_running_loop()
    task = loop.create_task(work, name="run")
    stopped = False

    def stop() -> None:
        nonlocal stopped
        if not stopped:
            stopped = True
            print("\nstopping …", file=sys.stderr, flush=True)
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    try:
        return await task
    except asyncio.CancelledError:
        if not stopped:
            raise
        return 0 if ends_well else STOPPED
