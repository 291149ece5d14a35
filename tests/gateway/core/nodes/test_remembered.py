"""What a node remembers, for the centre: a value an hour in its own hour; and how the node itself is."""

from typing import Any

import msgspec
import pytest

from contract.messages import Value
from contract.nodes import NodeBirth, NodeReport, NodeStatus
from contract.records import RememberedBody
from contract.words import ClockQuality, Connection, Origin, Quality, Status
from gateway.core.facts import Facts, NodeFacts
from gateway.core.nodes import node as nodes
from gateway.core.nodes.boots import MOST_BOOTS, MOST_OLD_SPANS, MOST_SPANS, BootKept, NodeKept
from gateway.core.nodes.health import health
from gateway.core.nodes.node import Node
from gateway.core.nodes.records import take
from gateway.core.nodes.remembered import Last, remembered
from gateway.core.pipeline import Earlier
from gateway.core.site import Now

HOUR_MS = 3_600_000
WALL_MS = 497_222 * HOUR_MS
FACTS = Facts(
    site="s", place="S", connection=Connection.AUTOMATIC, status=Status.ACTUAL, simulated=False, version="0",
    devices=(), controller=None,
)  # fmt: skip
NOW = Now(run="r", boot="box", up_ms=100 * HOUR_MS, wall_ms=WALL_MS + 100 * HOUR_MS, clock=ClockQuality.SYNCED)


def then(hour: float, number: float, boot: str = "box", *, dated: bool = True) -> Earlier:
    """A reading of that hour."""
    up_ms = int(hour * HOUR_MS)
    at = Now(run="node t", boot=boot, up_ms=up_ms, wall_ms=WALL_MS + up_ms if dated else None, clock=NOW.clock)
    return Earlier(at=at, values={"freezer.temperature": Value(value=number, origin=Origin.MEASURED, up_ms=up_ms)})


def told(last: dict[str, Last], *earlier: Earlier) -> tuple[dict[str, Last], list[tuple[float, float]]]:
    """What was told then: (hour, value)."""
    last, bodies = remembered("t", last, earlier, FACTS, NOW)
    found = [msgspec.convert(body, RememberedBody) for body in bodies]
    assert all(next(iter(one.values.values())).up_ms == one.at.up_ms for one in found)
    return last, [(one.at.up_ms / HOUR_MS, one.values["freezer.temperature"].value) for one in found]  # type: ignore[misc]


def test_the_past_goes_to_the_centre_once_an_hour_where_it_moved() -> None:
    """Within the dead-band nothing is told but twice a day; over several reports each hour once."""
    last, first = told({}, *(then(1 + minute / 60, -18.0 + minute / 10) for minute in range(0, 60, 5)))
    last, second = told(last, then(1.99, 5.0), then(2.0, -17.9), then(3.0, -12.0))
    _, third = told(last, *(then(hour, -12.0) for hour in range(4, 30)))

    assert ([(1.0, -18.0)], [(3.0, -12.0)]) == (first, second)
    assert 2 <= len(third) <= 3


def test_what_nobody_can_date_has_no_hour() -> None:
    """Of another boot and without a time it stays here; of this boot it is dated with all else of it."""
    assert [] == told({}, then(1, 4.0, "0000000a", dated=False))[1]
    assert [(1.0, 4.0)] == told({}, then(1, 4.0, dated=False))[1]
    assert [(1.0, 4.0)] == told({}, then(1, 4.0, "0000000a"))[1]


def _node(**parts: Any) -> Node:
    return Node(facts=NodeFacts(name="t", silent_after_s=900.0, channels={30: ("room.temperature", 100, "number")}),
                began_ms=0, **parts)  # fmt: skip


def test_how_a_node_is_stands_in_signals_of_its_own() -> None:
    """What it does not tell is missing and says so; a cause that is none of ours is none."""
    birth = NodeBirth(boot="0000000a", up=5, version=7, board="esp32", channels=(), reset="<script>")
    status = NodeStatus(boot="0000000a", online=1, up=9, asleep_s=3600, heap=21_040, queued=12, dropped=3)
    node = nodes.told(nodes.born(_node(), birth, NOW, retained=False), status, NOW, retained=False)
    found = health(node, NOW, Origin.MEASURED)

    assert {
        "node.asleep": 3600, "node.radio": None, "node.memory_free": 21.0, "node.queued": 12, "node.dropped": 3,
        "node.as_told": 1,
        "node.program": 7, "node.restarted_by": None,
    } == {key: one.value for key, one in found.items()}  # fmt: skip
    assert {Quality.NOT_FITTED} == {one.quality for one in found.values() if one.value is None}
    assert {} == health(_node(), NOW, Origin.MEASURED)


@pytest.mark.parametrize("up", [2**32, 10**6])
def test_history_from_the_future_of_this_start_has_no_date(up: int) -> None:
    """Nothing was measured in what is still to come, and it is not said to be of now."""
    node, _ = take(_node(), NodeReport(boot="0000000a", up=50, records=((1, 50, 30, 1, 0),)), NOW, Origin.MEASURED)
    _, taken = take(
        node, NodeReport(boot="0000000a", up=60, records=((2, up, 30, 1, 0),), history=1), NOW, Origin.MEASURED
    )

    assert [(None, "t 0000000a")] == [(one.at.wall_ms, one.at.boot) for one in taken.earlier]


def test_a_node_s_date_of_the_far_future_is_none_also_without_a_clock_here() -> None:
    """While the box does not know the time itself, it believes no year that no program of today sees."""
    blind = msgspec.structs.replace(NOW, wall_ms=None, clock=ClockQuality.UNSYNCED)
    report = NodeReport(boot="0000000b", up=60, records=((2, 50, 30, 1, 0),), history=1, clock=2, wall0=2**32)
    _, taken = take(_node(), report, blind, Origin.MEASURED)

    assert [None] == [one.at.wall_ms for one in taken.earlier]


def test_ten_thousand_boots_full_of_holes_stay_small() -> None:
    """What lies on the disk of one node is bounded, whatever it tells; the boot that speaks keeps all its holes."""
    kept = NodeKept()
    for number in range(10_000):
        spans = tuple((2**31 - seq, 2**31 - seq) for seq in range(2 * MOST_SPANS, 0, -2))
        kept = kept.with_boot(BootKept(boot=f"{number:08x}", spans=spans, wall0_ms=WALL_MS))

    assert MOST_BOOTS == len(kept.boots)
    assert [MOST_SPANS, MOST_SPANS] == [len(one.spans) for one in kept.boots[-2:]]
    assert MOST_OLD_SPANS >= sum(len(one.spans) for one in kept.boots[:-2])
    assert {MOST_SPANS} == {len(one.spans) + one.lost for one in kept.boots}, "told as lost"
    assert len(msgspec.json.encode(kept)) < 20_000
