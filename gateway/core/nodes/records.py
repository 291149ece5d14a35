"""From a node's report to readings: what is new in it, what of that is now, and when the rest was.

Each record is taken once, whoever sends it how often. What was measured before never becomes the present.
"""

from collections.abc import Sequence

import msgspec

from contract.dating import CEILING_MS, FLOOR_MS
from contract.messages import Value
from contract.nodes import NodeReport
from contract.wire import Refused
from contract.words import ClockQuality, Origin, Quality
from gateway.core.nodes.boots import MOST_SPANS, BootKept, added, lost_below
from gateway.core.nodes.health import SIGNALS
from gateway.core.nodes.node import Node, heard
from gateway.core.pipeline import Earlier
from gateway.core.site import Now

WORDS = tuple(Quality)
"""A quality on a node's wire is its place here (`firmware/node/core/quality.py`)."""
AHEAD_MS = 60_000
CLOCKS = (ClockQuality.UNSYNCED, ClockQuality.HOLDOVER, ClockQuality.SYNCED)
DOUBLED = "two boards report under this name"
NO_SENSOR = "the node does not reach its sensor"

Row = tuple[int, int, int, int | None, int]


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What a report brought. `moved`: there is something that the disk must know."""

    values: dict[str, Value] = {}
    earlier: tuple[Earlier, ...] = ()
    moved: bool = False


def take(node: Node, report: NodeReport, now: Now, origin: Origin, *, to_disk: bool = True) -> tuple[Node, Taken]:
    """A report, understood; raises Refused. `to_disk` False: the disk refuses, so nothing counts as received."""
    live = not report.history
    if live:
        late = next((row for row in report.records if row[1] > report.up), None)
        if late is not None:
            raise Refused(f"NodeReport: record {late[0]} is of uptime {late[1]}, the report of {report.up}")
        node = heard(node, report.boot, report.up, now)
    else:
        node = msgspec.structs.replace(node, heard_ms=now.up_ms, asleep_ms=None)
    if node.doubled(now):
        return node, Taken(values=all_missing(node, Quality.WRONG_DEVICE, DOUBLED, now, origin))
    before = node.kept
    kept, new = _new(before.of(report.boot), report)
    node = msgspec.structs.replace(node, repeated=node.repeated + len(report.records) - len(new))
    current = _newest(node, new) if live else {}
    known = [row for row in new if row[2] in node.facts.channels]
    node = msgspec.structs.replace(
        node,
        strange=node.strange + len(new) - len(known),
        newest=node.newest | {channel: row[1] for channel, row in current.items()},
    )
    rows = [row for row in known if current.get(row[2]) != row]
    present = [row for row in known if current.get(row[2]) == row]
    earlier = _earlier(node, report, rows, now, origin) if to_disk else ()
    if to_disk:
        node = msgspec.structs.replace(node, kept=node.kept.with_boot(kept))
    values = {_key(node, row): value_of(node, row, _here_ms(node, row[1], now), origin) for row in present}
    return node, Taken(values=values, earlier=earlier, moved=to_disk and node.kept != before)


def all_missing(node: Node, quality: Quality, reason: str, now: Now, origin: Origin) -> dict[str, Value]:
    """Every signal without value, for one reason; those of the node itself, too."""
    value = Value(value=None, origin=origin, up_ms=now.up_ms, quality=quality, reason=reason)
    return dict.fromkeys([*(key for key, _, _ in node.facts.channels.values()), *SIGNALS], value)


def value_of(node: Node, row: Row, up_ms: int, origin: Origin) -> Value:
    """One record as a value. A number with a quality that denies it is none, and one that is missing is no number."""
    _, _, channel, raw, index = row
    _, parts, kind = node.facts.channels[channel]
    quality, reason, number = Quality.BAD_DATA, "", None
    if index >= len(WORDS):
        reason = f"the node tells quality {index}, which is unknown"
    elif WORDS[index] is Quality.COMM_ERROR:  # the node itself is heard
        quality, reason = Quality.SENSOR_FAULT, NO_SENSOR
    elif WORDS[index] not in (Quality.GOOD, Quality.SUBSTITUTED):
        quality = WORDS[index]
    elif raw is None:
        reason = "the node tells no number"
    elif kind == "flag" and raw not in (0, 1):
        reason = f"the node tells {raw}, which is neither yes nor no"
    else:
        quality, number = WORDS[index], raw if parts == 1 else raw / parts
    return Value(value=number, origin=origin, up_ms=up_ms, quality=quality, reason=reason)


def _new(kept: BootKept, report: NodeReport) -> tuple[BootKept, list[Row]]:
    """The boot with what has come, and the records that had not come before."""
    if report.oldest is not None:
        kept = lost_below(kept, report.oldest)
    new = []
    for row in report.records:
        if kept.has(row[0]):
            continue
        spans = added(kept.spans, row[0], row[0])
        if len(spans) > max(MOST_SPANS, len(kept.spans)) and row[0] != kept.mark + 1:
            break  # it comes again, after what is missing before it
        kept = msgspec.structs.replace(kept, spans=spans)
        new.append(row)
    return kept, new


def _newest(node: Node, rows: Sequence[Row]) -> dict[int, Row]:
    """Channel → the record that is now, if it is no older than what is shown."""
    found: dict[int, Row] = {}
    for row in rows:
        best_up = found[row[2]][1] if row[2] in found else node.newest.get(row[2], 0)
        if row[1] >= best_up:
            found[row[2]] = row
    return found


def _key(node: Node, row: Row) -> str:
    return node.facts.channels[row[2]][0]


def _here_ms(node: Node, up: int, now: Now) -> int:
    """A moment of the boot that speaks, in this computer's uptime."""
    return max(0, min(now.up_ms, 1000 * up + node.offset_ms))


def _earlier(node: Node, report: NodeReport, rows: Sequence[Row], now: Now, origin: Origin) -> tuple[Earlier, ...]:
    """Records of the past, those of one second together."""
    found: dict[int, dict[str, Value]] = {}
    for row in sorted(rows, key=lambda row: row[1]):
        values = found.setdefault(row[1], {})
        values[_key(node, row)] = value_of(node, row, 1000 * row[1], origin)
    return tuple(Earlier(at=moment(node, report, up, now), values=values) for up, values in found.items())


def moment(node: Node, report: NodeReport, up: int, now: Now) -> Now:
    """When a record was. By this computer's own clock where it can; else as the node says; else nobody knows."""
    run = f"node {node.facts.name}"
    if report.boot == node.boot:
        here_ms = 1000 * up + node.offset_ms
        ago_ms = max(0, now.up_ms - here_ms)
        if 0 <= here_ms <= now.up_ms + AHEAD_MS:
            # dated together with all else of this boot, also when its time becomes known later
            wall_ms = None if now.wall_ms is None else now.wall_ms - ago_ms
            return Now(run=run, boot=now.boot, up_ms=min(here_ms, now.up_ms), wall_ms=wall_ms, clock=now.clock)
    own = node.kept.of(report.boot).wall0_ms
    if own is not None:
        wall_ms, clock = own + 1000 * up, ClockQuality.HOLDOVER
    elif report.wall0 is not None:
        wall_ms, clock = 1000 * (report.wall0 + up), min(CLOCKS[report.clock], ClockQuality.HOLDOVER, key=CLOCKS.index)
    else:
        wall_ms, clock = None, ClockQuality.UNSYNCED
    if wall_ms is not None and (not FLOOR_MS <= wall_ms < CEILING_MS or _ahead(wall_ms, now)):
        wall_ms, clock = None, ClockQuality.UNSYNCED
    return Now(run=run, boot=f"{node.facts.name} {report.boot}", up_ms=1000 * up, wall_ms=wall_ms, clock=clock)


def _ahead(wall_ms: int, now: Now) -> bool:
    """Nothing was measured in what is still to come."""
    return now.wall_ms is not None and wall_ms > now.wall_ms + AHEAD_MS
