"""The figures of a store that is being written: of one moment, so that they add up."""

import threading
from pathlib import Path

from contract.words import ClockQuality, Status, Stream
from gateway.core.pipeline import Numbered
from gateway.core.site import Now
from gateway.io.counts import counts
from gateway.io.store import Store

NOW = Now(up_ms=1000, wall_ms=None, clock=ClockQuality.UNSYNCED, run="r-1", boot="b-1")


def test_figures_add_up_while_the_gateway_writes(tmp_path: Path) -> None:
    """Created is always confirmed and waiting, however the marks fall between two questions."""
    path = tmp_path / "g.db"
    store = Store(path, Status.ACTUAL, simulated=True)
    ended = threading.Event()
    sums = []

    def look() -> None:
        while not ended.is_set() and len(sums) < 100_000:
            told = counts(path)
            sums.append(
                told["created"]["event"] - told["confirmed"]["event"] - told["waiting"]["event"],
            )

    looking = threading.Thread(target=look)
    looking.start()
    for seq in range(1, 20_000):
        store.keep(NOW, numbered=[Numbered(Stream.EVENT, seq, "mains_lost", {})])
        store.confirm("r-1", Stream.EVENT, seq)
        if seq >= 400 and len(sums) >= 10:  # whoever looks may get his turn late
            break
    ended.set()
    looking.join()
    store.close()

    assert {0} == set(sums)
