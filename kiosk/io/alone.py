"""One keeper and one screen a cache.

Two keepers would ask all sources twice, send each receipt twice, and overwrite each other's words. Of two screens the
second would take the socket at which the first is woken, and the first would hear of a warning a second late, or never.
"""

import contextlib
import fcntl
import os
import time
from pathlib import Path

from kiosk.core.faults import WrongUse

PATIENCE_S = 2.0
"""Real seconds for one that is just ending."""
LOOK_S = 0.1


def alone(cache: Path) -> int | None:
    """Hold the folder of the cache as its keeper until this process ends; the file descriptor that holds it.

    The folder and no file in it, so that a card that takes nothing needs to take nothing for it. None: there is no
    folder yet, nor can it be made; then there is no cache that two could write. Raises WrongUse.
    """
    return _hold(cache.parent, "another keeper works", cache.parent)


def alone_on(cache: Path, home: Path) -> int | None:
    """Hold the screen's own folder beside the cache likewise, as the one screen that draws it. Raises WrongUse."""
    return _hold(home, "another screen draws what lies", cache.parent)


def _hold(folder: Path, who: str, where: Path) -> int | None:
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    end_s = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < end_s:
                time.sleep(LOOK_S)
                continue
            os.close(held)
            raise WrongUse(
                f"{who} in {where} already; stop that one, or give this one a [cache] path in a folder of its own"
            ) from None
        except OSError:
            return held  # a file system that knows no locks
        return held
