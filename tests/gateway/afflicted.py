"""Starts the real gateway on an afflicted computer: told what hangs by files, and with a battery made of files.

`python afflicted.py FOLDER COMMAND…`: while FOLDER/poll-hangs is there no device answers or gives up, while
FOLDER/disk-hangs no write comes back, and FOLDER/root is where the computer's sysfs begins. Patience is short.
"""

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

from gateway import __main__ as program
from gateway.io import box, pulse
from gateway.io.device import Device
from gateway.io.store import Store

FOLDER = Path(sys.argv[1])
LOOK_S = 0.02


def main() -> None:
    """The gateway with its computer's afflictions."""
    pulse.AT_LEAST_S = pulse.STORE_S = 0.8
    pulse.TIMEOUTS = 1
    pulse.BEAT_S = 0.2
    ask, keep = Device.values, Store.keep_steps

    async def values(self: Device, *args: Any) -> Any:
        while (FOLDER / "poll-hangs").exists():  # noqa: ASYNC110 - a file is no event
            await asyncio.sleep(LOOK_S)
        return await ask(self, *args)

    def keep_steps(self: Store, *args: Any) -> Any:
        while (FOLDER / "disk-hangs").exists():
            time.sleep(LOOK_S)
        return keep(self, *args)

    Device.values, Store.keep_steps = values, keep_steps  # type: ignore[method-assign]
    if (FOLDER / "root").exists():
        box.BoxWatch.__init__.__kwdefaults__["root"] = FOLDER / "root"
    sys.argv = ["sotpunkt-gateway", *sys.argv[2:]]
    program.main()


if __name__ == "__main__":
    main()
