"""From a node's report to values: once each, as old as they are, missing with a reason, past is past."""

from typing import Any

import pytest

from contract.missing import missing_words
from contract.nodes import NodeReport, NodeStatus
from contract.wire import Refused
from contract.words import ClockQuality, Origin, Quality
from gateway.core.facts import NodeFacts
from gateway.core.nodes import node as nodes
from gateway.core.nodes.health import SIGNALS
from gateway.core.nodes.node import Node
from gateway.core.nodes.records import Taken, all_missing, take
from gateway.core.site import Now

WALL_MS = 1_790_000_000_000
FACTS = NodeFacts(
    name="tank-1",
    silent_after_s=900.0,
    channels={
        1: ("mains.present", 1, "flag"),
        10: ("fuel.litres", 1000, "number"),
        30: ("room.temperature", 100, "number"),
    },
)


def at(second: float, clock: ClockQuality = ClockQuality.SYNCED) -> Now:
    """A moment of the gateway, whose day began at uptime 0."""
    wall_ms = None if clock is ClockQuality.UNSYNCED else WALL_MS + int(1000 * second)
    return Now(run="run", boot="box", up_ms=int(1000 * second), wall_ms=wall_ms, clock=clock)


def fresh(began_s: float = 0.0) -> Node:
    """A node of which nothing was heard."""
    return Node(facts=FACTS, began_ms=int(1000 * began_s))


def says(node: Node, now: Now, *rows: tuple[int, int, int, int | None, int], **more: Any) -> tuple[Node, Taken]:
    """A report with these rows."""
    report = {"boot": "0000000a", "up": max(row[1] for row in rows), "records": rows} | more
    return take(node, NodeReport(**report), now, Origin.MEASURED)


def test_a_value_is_as_old_as_it_is_when_its_message_was_held_up() -> None:
    """The fastest message tells how the clocks lie; one that comes later than that was older when it came."""
    node, first = says(fresh(), at(1000), (1, 50, 30, 2000, 0))
    node, late = says(node, at(1100), (2, 60, 30, 2100, 0))

    assert 1_000_000 == first.values["room.temperature"].up_ms
    assert 1_010_000 <= late.values["room.temperature"].up_ms <= 1_013_000
    assert 21.0 == late.values["room.temperature"].value


def test_the_same_record_is_taken_once_and_the_newest_is_now() -> None:
    """Several of one channel: the last is shown, the others lie in the past; again, none of them is anything."""
    rows = ((1, 100, 30, 1000, 0), (2, 160, 30, 1100, 0), (3, 160, 10, 412_345, 0))
    node, taken = says(fresh(), at(500), *rows)
    node, again = says(node, at(501), *rows)

    assert {"room.temperature": 11.0, "fuel.litres": 412.345} == {key: one.value for key, one in taken.values.items()}
    assert [(440_000, 10.0)] == [(one.at.up_ms, one.values["room.temperature"].value) for one in taken.earlier]
    assert ({}, (), False, 3) == (again.values, again.earlier, again.moved, node.repeated)


def test_boots_full_of_holes_are_kept_once_however_often_they_come() -> None:
    """Of ten boots every second record comes, then all of them three times: each is taken once, or told as lost."""
    boots = [f"{number:08x}" for number in range(10)]
    node, taken, came = fresh(), [], 0
    for boot, first, step in [*((boot, 1, 2) for boot in boots), *((boot, 1, 1) for boot in boots * 3)]:
        rows = tuple((seq, seq, 30, seq, 0) for seq in range(first, 161, step))
        node, told = says(node, at(10_000), *rows, boot=boot, history=1)
        taken += [(boot, one.at.up_ms) for one in told.earlier]
        came += len(rows)
    lost = sum(one.lost for one in node.kept.boots)

    assert 10 * 160 == len(set(taken)) + lost
    assert (len(taken), came - len(taken)) == (len(set(taken)), node.repeated)
    assert dict.fromkeys(boots, 160) == node.kept.marks()


def test_what_is_missing_before_all_holes_is_taken() -> None:
    """A boot with as many holes as it may have takes what fills them, the first of all, and no other hole."""
    node, _ = says(fresh(), at(10_000), *((seq, seq, 30, 0, 0) for seq in range(5, 205, 2)), history=1)
    node, more = says(node, at(10_000), (300, 300, 30, 0, 0), history=1)
    node, first = says(node, at(10_000), *((seq, seq, 30, 0, 0) for seq in range(1, 10)), history=1)

    assert (0, 6) == (len(more.earlier), len(first.earlier))
    assert {"0000000a": 9} == node.kept.marks()


@pytest.mark.parametrize(
    ("raw", "quality", "channel", "expected"),
    [
        (2000, 2, 30, Quality.SENSOR_FAULT),
        (None, 0, 30, Quality.BAD_DATA),
        (2000, 99, 30, Quality.BAD_DATA),
        (2, 0, 1, Quality.BAD_DATA),
        (None, 11, 30, Quality.SENSOR_FAULT),
        (None, 9, 10, Quality.NOT_CALIBRATED),
        (None, 3, 10, Quality.OVER_RANGE),
    ],
)
def test_a_failed_sensor_never_becomes_a_number(raw: int | None, quality: int, channel: int, expected: Quality) -> None:
    """Whatever number stands beside it; and each reason has words for people."""
    _, taken = says(fresh(), at(500), (1, 100, channel, raw, quality))
    (value,) = taken.values.values()

    assert (None, expected) == (value.value, value.quality)
    assert not value.reason or missing_words(value.reason)


def test_what_came_out_of_order_moves_the_mark_when_the_rest_is_there() -> None:
    """After a time without a link the newest comes first; what the node still holds must not be forgotten."""
    node, _ = says(fresh(), at(900), (50, 800, 30, 2000, 0))
    assert {} == node.kept.marks()
    old = [(seq, 10 * seq, 30, seq, 0) for seq in range(1, 50)]
    node, taken = says(node, at(905), *old, up=805, history=1, oldest=1)

    assert {"0000000a": 50} == node.kept.marks()
    assert {} == taken.values
    assert [110_000 + 10_000 * step for step in range(49)] == [one.at.up_ms for one in taken.earlier]
    assert all(one.at.boot == "box" and one.at.wall_ms == WALL_MS + one.at.up_ms for one in taken.earlier)


def test_history_of_an_earlier_boot_is_dated_by_whoever_knew_it() -> None:
    """Our own clock first, then the node's word, then nobody; never what is still to come."""
    known, _ = says(fresh(), at(1000), (1, 400, 30, 2000, 0))
    later, _ = says(known, at(2000), (1, 5, 30, 2000, 0), boot="0000000b")
    _, ours = says(later, at(2010), (2, 500, 30, 2100, 0), history=1, oldest=2, wall0=WALL_MS // 1000 - 7777)
    _, theirs = says(later, at(2010), (1, 9, 30, 1, 0), boot="0000000c", history=1, wall0=WALL_MS // 1000, clock=2)
    _, nobodys = says(later, at(2010), (1, 9, 30, 1, 0), boot="0000000c", history=1)
    _, ahead = says(later, at(2010), (1, 9, 30, 1, 0), boot="0000000c", history=1, wall0=WALL_MS // 1000 + 9999)

    assert WALL_MS + 1_100_000 == ours.earlier[0].at.wall_ms
    assert (WALL_MS + 9000, ClockQuality.HOLDOVER) == (theirs.earlier[0].at.wall_ms, theirs.earlier[0].at.clock)
    for taken in (nobodys, ahead):
        assert (None, ClockQuality.UNSYNCED) == (taken.earlier[0].at.wall_ms, taken.earlier[0].at.clock)


def test_without_a_clock_the_past_is_dated_when_the_box_learns_the_time() -> None:
    """It lies in the box's own boot, like all else that waits for the time."""
    node, _ = says(fresh(), at(900, ClockQuality.UNSYNCED), (9, 500, 30, 1, 0))
    _, taken = says(node, at(901, ClockQuality.UNSYNCED), (1, 100, 30, 1, 0), up=501, history=1, oldest=1)

    assert ("box", 500_000, None) == (taken.earlier[0].at.boot, taken.earlier[0].at.up_ms, taken.earlier[0].at.wall_ms)


def test_while_the_disk_refuses_nothing_counts_as_received() -> None:
    """The value is shown; the node keeps its record and sends it again."""
    report = NodeReport(boot="0000000a", up=100, records=((1, 100, 30, 2000, 0),))
    node, taken = take(fresh(), report, at(500), Origin.MEASURED, to_disk=False)

    assert 20.0 == taken.values["room.temperature"].value
    assert ({}, False, ()) == (node.kept.marks(), taken.moved, taken.earlier)


def test_a_boot_that_comes_back_is_a_second_board_and_neither_is_believed() -> None:
    """Not before: a restart is no second board, nor is a last will that comes late, or what the broker kept."""
    node, _ = says(fresh(), at(10), (1, 9, 30, 1000, 0))
    node, _ = says(node, at(20), (1, 1, 30, 3000, 0), boot="0000000b")
    will, kept = NodeStatus(boot="0000000a", online=0), NodeStatus(boot="0000000a", online=1, up=8)
    node = nodes.told(nodes.told(node, will, at(21), retained=False), kept, at(21), retained=True)
    node, calm = says(node, at(30), (2, 11, 30, 3000, 0), boot="0000000b")
    node, twice = says(node, at(40), (2, 39, 30, 1000, 0))
    marks = node.kept.marks()
    _, still = says(node, at(41), (3, 22, 30, 3000, 0), boot="0000000b")

    assert 30.0 == calm.values["room.temperature"].value
    for taken in (twice, still):
        assert {Quality.WRONG_DEVICE} == {one.quality for one in taken.values.values()}
        assert set(twice.values) == {"fuel.litres", "room.temperature", "mains.present", *SIGNALS}
    assert {"0000000a": 1, "0000000b": 2} == marks


def test_a_report_from_the_future_is_refused() -> None:
    """A record cannot be later than the report that carries it."""
    with pytest.raises(Refused, match="record 1 is of uptime 900, the report of 100"):
        says(fresh(), at(10), (1, 900, 30, 1, 0), up=100)


def test_unknown_channels_are_counted_and_not_waited_for() -> None:
    """A newer program of a node tells more than the settings have."""
    node, taken = says(fresh(), at(10), (1, 5, 99, 7, 0))

    assert ({}, 1, {"0000000a": 1}) == (taken.values, node.strange, node.kept.marks())


@pytest.mark.parametrize(
    ("asleep_s", "after_s", "expected"),
    [(0, 899, False), (0, 900, True), (3600, 900, False), (3600, 3790, False), (3600, 3800, True), (60, 899, False)],
)
def test_silence_is_none_while_it_sleeps_as_it_said(asleep_s: int, after_s: float, expected: bool) -> None:
    """A sleep that has passed by more than a board's clock may err is silence."""
    status = NodeStatus(boot="0000000a", online=1, up=5, asleep_s=asleep_s)
    node = nodes.told(fresh(), status, at(100), retained=False)

    assert expected is node.silent(at(100 + after_s))


def test_a_node_that_was_never_heard_is_silent_after_its_time() -> None:
    """Counted from the start of the gateway; what the broker kept of an earlier day proves nothing."""
    kept = NodeStatus(boot="0000000a", online=1, up=5)
    node = nodes.told(fresh(began_s=50), kept, at(60), retained=True)

    assert [False, True] == [node.silent(at(949)), node.silent(at(950))]
    assert {Quality.COMM_ERROR} == {
        one.quality for one in all_missing(node, Quality.COMM_ERROR, "", at(950), Origin.MEASURED).values()
    }
