"""`python -m bench [NAME]`: run all measurements, or one. Compare figures of one run, not of two machines."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from bench import (
    backfill,
    dashboard_ingest,
    dashboard_load,
    dashboard_outage,
    dashboard_push,
    decoding,
    demo,
    gateway,
    history,
    keeping,
    kiosk,
    latency,
    node,
    node_update,
    planning,
    storing,
    volume,
    wire,
)

Bench = Callable[[], Iterator[dict[str, Any]]]

BENCHES: dict[str, Bench] = {
    "decode": decoding.measure,
    "store": storing.measure,
    "keep": keeping.measure,
    "plan": planning.measure,
    "rtu": wire.measure,
    "tcp": gateway.measure,
    "latency": latency.measure,
    "demo": demo.measure,
    "kiosk": kiosk.measure,
    "volume": volume.measure,
    "backfill": backfill.measure,
    "history": history.measure,
    "ingest": dashboard_ingest.measure,
    "push": dashboard_push.measure,
    "overview": dashboard_load.overview,
    "pages": dashboard_load.pages,
    "played": dashboard_outage.measure,
    "node": node.measure,
    "node_update": node_update.measure,
}


def main() -> int:
    """Exit 0 when every measurement ran, 2 for an unknown name."""
    names = sys.argv[1:] or list(BENCHES)
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"there is no measurement {unknown[0]!r}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    for name in names:
        for figures in BENCHES[name]():
            print(json.dumps({"bench": name, **figures}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
