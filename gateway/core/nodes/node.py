"""One sensor node as it is now: which boot speaks, how far its clock lies from ours, how long it may be silent.

A node counts seconds from its own start. How that lies to this computer's uptime is seen from every live message: the
one that came fastest tells best. So a message that was held up on its way makes its values older, never fresher.
"""

import msgspec

from contract.nodes import NodeBirth, NodeStatus
from contract.words import ClockQuality
from gateway.core.facts import NodeFacts
from gateway.core.nodes.boots import NodeKept
from gateway.core.site import Now

DRIFT = 0.02
"""A board that sleeps counts by an oscillator that may go wrong by so much."""
SLEEP_GRACE_MS = 120_000
DOUBLED_MS = 900_000
"""So long after two boards were last heard under one name nothing of either is believed."""
MOST_LIVE = 8
WALL_MOVES_MS = 5_000


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One node. Uptimes of this computer in ms; `offset_ms`: that uptime when the node's was 0."""

    facts: NodeFacts
    kept: NodeKept = NodeKept()
    began_ms: int
    birth: NodeBirth | None = None
    status: NodeStatus | None = None
    heard_ms: int | None = None
    asleep_ms: int | None = None
    """Until when it has said that it sleeps."""
    boot: str = ""
    offset_ms: int = 0
    at_ms: int = 0
    """When `offset_ms` was last looked at."""
    live: tuple[str, ...] = ()
    """Boots that have spoken in this run."""
    doubled_ms: int | None = None
    newest: dict[int, int] = {}
    """Channel → uptime of the newest record, of the boot that speaks."""
    repeated: int = 0
    strange: int = 0
    """Records that came again, and of channels that the settings do not have."""

    def doubled(self, now: Now) -> bool:
        """Do two boards speak under this name?"""
        return self.doubled_ms is not None and now.up_ms - self.doubled_ms < DOUBLED_MS

    def silent(self, now: Now) -> bool:
        """Has it been silent for longer than it may? A sleep that it told of is none until it is over."""
        until_ms = (self.began_ms if self.heard_ms is None else self.heard_ms) + self.facts.silent_after_s * 1000
        return now.up_ms >= max(until_ms, 0 if self.asleep_ms is None else self.asleep_ms)


def heard(node: Node, boot: str, up: int, now: Now) -> Node:
    """It has just spoken, live, at that uptime of its own."""
    offset_ms = now.up_ms - 1000 * up
    node = msgspec.structs.replace(node, heard_ms=now.up_ms, asleep_ms=None)
    if boot == node.boot:
        slack_ms = int(DRIFT * (now.up_ms - node.at_ms))
        best_ms = min(offset_ms, node.offset_ms + slack_ms)
        return _dated(msgspec.structs.replace(node, offset_ms=best_ms, at_ms=now.up_ms), now)
    if boot in node.live:  # no start of one board ever comes again
        node = msgspec.structs.replace(node, doubled_ms=now.up_ms)
    live = (*(one for one in node.live if one != boot), boot)[-MOST_LIVE:]
    node = msgspec.structs.replace(node, boot=boot, offset_ms=offset_ms, at_ms=now.up_ms, live=live, newest={})
    return _dated(node, now)


def told(node: Node, status: NodeStatus, now: Now, *, retained: bool) -> Node:
    """Its status. What was kept by the broker is old, and a last will is no word of the node's own."""
    if retained or not status.online:
        asleep_ms = node.asleep_ms
        if retained and status.online and status.asleep_s and node.heard_ms is None:
            asleep_ms = _wakes(status.asleep_s, now)  # when it fell asleep nobody knows: no later than now
        return msgspec.structs.replace(node, status=status, asleep_ms=asleep_ms)
    if status.up is not None:
        node = heard(node, status.boot, status.up, now)
    asleep_ms = _wakes(status.asleep_s, now) if status.asleep_s else None
    return msgspec.structs.replace(node, status=status, heard_ms=now.up_ms, asleep_ms=asleep_ms)


def born(node: Node, birth: NodeBirth, now: Now, *, retained: bool) -> Node:
    """Its birth."""
    node = msgspec.structs.replace(node, birth=birth)
    return node if retained else heard(node, birth.boot, birth.up, now)


def wakes_after_ms(asleep_s: int) -> int:
    """So long after it fell asleep it must have spoken again."""
    return int(1000 * asleep_s * (1 + DRIFT)) + SLEEP_GRACE_MS


def _wakes(asleep_s: int, now: Now) -> int:
    return now.up_ms + wakes_after_ms(asleep_s)


def _dated(node: Node, now: Now) -> Node:
    """What this computer's clock says of the boot, for what comes of it later."""
    if now.wall_ms is None or now.clock is ClockQuality.UNSYNCED:
        return node
    kept = node.kept.of(node.boot)
    wall0_ms = now.wall_ms - (now.up_ms - node.offset_ms)
    if kept.wall0_ms is not None and abs(kept.wall0_ms - wall0_ms) < WALL_MOVES_MS:
        return node
    return msgspec.structs.replace(node, kept=node.kept.with_boot(msgspec.structs.replace(kept, wall0_ms=wall0_ms)))
