"""Updates of a sensor node: cut at every operation of its flash, and what comes back.

Played as in the tests: the real loader and the real check of the signature, MicroPython with the heap of a chip,
littlefs with the blocks of a Pico W. Each erase and each program is cut before and in its middle; then the way back
is cut as well, at every fifth of its own operations. Bricked is what did not end with the new program, confirmed.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.firmware.updates import played, releases


def measure() -> Iterator[dict[str, Any]]:
    """How many cuts, how many of them on the way back from another, and how many boards were lost."""
    with TemporaryDirectory() as folder:
        home = releases(Path(folder))
        began = time.perf_counter()
        found = played("update_cuts.py", home, 1)
    yield {**found, "seconds": round(time.perf_counter() - began, 1)}
