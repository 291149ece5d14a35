"""What one reading costs from registers to value."""

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.load import profile
from contract.words import Origin
from gateway.core.wire.decode import decode
from gateway.core.wire.lines import TcpLine
from gateway.core.wire.plan import plans
from gateway.profiles import registry

ROUNDS = 2000


def measure() -> Iterator[dict[str, Any]]:
    """Microseconds per reading, for the bench load and for a DSE controller."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bench.toml"
        path.write_text(profile())
        for name in (str(path), "dse-73xx-mkii"):
            loaded = registry.load(name)
            reads = plans(loaded, TcpLine(host="127.0.0.1"))["fast"]
            words = [[17] * read.block.count for read in reads]
            values = 0
            began = time.perf_counter()
            for turn in range(ROUNDS):
                for read, block in zip(reads, words, strict=True):
                    values += len(decode(read.rows, read.block, block, turn, Origin.MEASURED))
            spent = time.perf_counter() - began
            yield {"profile": loaded.name, "requests": len(reads), "us_per_reading": round(spent / values * 1e6, 3)}
