"""How a node itself is, as signals of it like any others: each says what it tells, or that it does not tell it."""

import msgspec

from contract.messages import Value
from contract.signals import catalogue
from contract.words import Origin, Quality
from gateway.core.nodes.node import Node
from gateway.core.site import Now

EVERY_S = 300.0
"""So often a node that is awake tells how it is."""
SIGNALS = (
    "node.asleep", "node.radio", "node.memory_free", "node.queued", "node.dropped", "node.as_told", "node.program",
    "node.restarted_by",
)  # fmt: skip
CAUSES = {"power": "power_on", "watchdog": "watchdog", "soft": "restart", "brownout": "brownout"}
"""Why a board started, from a node's own words; whatever else it says is no cause."""
NOT_TOLD = "the node does not tell it"


def signals_of(every_s: float) -> dict[str, tuple[str, float, bool]]:
    """Key → unit, period, experimental, for a node that reports so often."""
    return {key: (catalogue()[key].unit, max(EVERY_S, every_s), False) for key in SIGNALS}


def health(node: Node, now: Now, origin: Origin) -> dict[str, Value]:
    """What its birth and its last status say, as of now; to be asked when it has just told it."""
    told: dict[str, float | str | None] = {}
    if node.status is not None and node.status.online:
        status = node.status
        told |= {
            "node.asleep": status.asleep_s,
            "node.radio": status.rssi,
            "node.memory_free": None if status.heap is None else round(status.heap / 1000, 1),
            "node.queued": status.queued,
            "node.dropped": status.dropped,
            "node.as_told": 0 if status.refused else 1,
        }
    if node.birth is not None:
        told |= {"node.program": node.birth.version, "node.restarted_by": CAUSES.get(node.birth.reset)}
    value = Value(value=None, origin=origin, up_ms=now.up_ms, quality=Quality.NOT_FITTED, reason=NOT_TOLD)
    return {
        key: value if said is None else msgspec.structs.replace(value, value=said, quality=Quality.GOOD, reason="")
        for key, said in told.items()
    }
