"""`nodes list`: every sensor node of the settings, how it is and what it lacks; and who reports unasked."""

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from contract import topics
from contract.messages import Alarms, DevicePicture, SiteStatus, Value, decode
from contract.nodes import NodeBirth, NodeStatus
from contract.wire import Refused
from contract.words import AlarmState, Quality
from doors.clock import Clock
from doors.settings import SettingsFault
from gateway.config import Plan, read
from gateway.config_node import NodeTable, config_of
from gateway.core.nodes import updates
from gateway.core.nodes.node import wakes_after_ms
from gateway.io.nodes_last import last_heard
from gateway.io.store_file import StoreFault
from gateway.tools.lines import FAILED, USAGE, fail, say, tell
from gateway.tools.nodes_heard import NoBroker, held, name_in
from gateway.tools.nodes_update import SETTINGS

NO_WORD = (Quality.COMM_ERROR, Quality.NOT_YET_READ, Quality.WRONG_DEVICE)
"""With these the gateway speaks for a node that it does not hear, or not believe."""
BATTERIES = ("node.supply_voltage", "engine.battery_voltage")
STRANGER = "node-unknown"
NONE = "no sensor nodes in the settings"
OPEN = (AlarmState.UNACKED, AlarmState.ACKED)
T = TypeVar("T")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One node. `state`: online, asleep, silent, never heard or unknown; `at_ms`: since or until when, wall clock."""

    name: str
    title: str
    state: str
    at_ms: int | None = None
    board: str = ""
    version: int | None = None
    slot: str = ""
    trial: bool = False
    battery_v: float | None = None
    rssi_dbm: int | None = None
    queued: int | None = None
    dropped: int | None = None
    lacks: tuple[str, ...] = ()


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer. `gateway_ms`: when the gateway last said anything; `trouble`: what could not be asked."""

    nodes: tuple[Row, ...]
    strangers: tuple[str, ...] = ()
    stranger_alarm: str = ""
    gateway_runs: bool = False
    gateway_ms: int | None = None
    trouble: tuple[str, ...] = ()


def add_list(commands: Any) -> None:
    """Add `list` to the sub-commands of `nodes`."""
    listed = commands.add_parser("list", help="every sensor node, how it is and what it lacks")
    listed.add_argument("--json", action="store_true", help="one JSON object")
    listed.add_argument("--settings", type=Path, default=SETTINGS, metavar="FILE", help="of the gateway")
    listed.set_defaults(run=run_list)


def run_list(args: argparse.Namespace) -> int:
    """`nodes list`: 0, or 1 when the broker could not be asked; what is known otherwise is told all the same."""
    try:
        plan = read(args.settings)
    except SettingsFault as fault:
        return fail(fault, USAGE)
    listed = asyncio.run(_look(plan))
    if args.json:
        say(msgspec.json.encode(listed).decode())
    else:
        say("\n".join(_lines(listed)))
    for trouble in listed.trouble:
        tell(trouble)
    return FAILED if listed.trouble else 0


async def _look(plan: Plan) -> Listed:
    site, trouble = plan.facts.site, []
    asked = (
        topics.node_birth(site, "+"), topics.node_status(site, "+"), topics.device(site, "+"), topics.status(site),
        topics.alarms(site),
    )  # fmt: skip
    stands: dict[str, bytes] = {}
    try:
        stands = await held(plan, *asked)
    except NoBroker as fault:
        trouble.append(f"{fault}; what follows is from the store alone")
    last: dict[str, int] = {}
    try:
        last = last_heard(Path(plan.settings.store.path), tuple(one.name for one in plan.settings.node))
    except StoreFault as fault:
        trouble.append(str(fault))
    return told(plan, stands, last, Clock().wall_ms(), tuple(trouble))


def told(
    plan: Plan, stands: dict[str, bytes], last: dict[str, int], now_ms: int | None, trouble: tuple[str, ...]
) -> Listed:
    """The answer, from what stands at the broker by topic, and from when the store last heard each node.

    `now_ms`: wall clock, None where this machine does not know it.
    """
    site = plan.facts.site
    gateway = _read(stands, topics.status(site), SiteStatus)
    rows = []
    for node in plan.settings.node:
        birth = _read(stands, topics.node_birth(site, node.name), NodeBirth)
        status = _read(stands, topics.node_status(site, node.name), NodeStatus)
        picture = _read(stands, topics.device(site, node.name), DevicePicture)
        rows.append(_row(node, birth, status, picture, last.get(node.name), now_ms, blind=bool(trouble) and not stands))
    known = {one.name for one in plan.settings.node}
    births = {name_in(topic) for topic in stands if topic.endswith(("/birth", "/status")) and "/node/" in topic}
    alarms = _read(stands, topics.alarms(site), Alarms)
    open_now = [one for one in alarms.alarms if one.state in OPEN] if alarms else []
    return Listed(
        nodes=tuple(rows),
        strangers=tuple(sorted(births - known)),
        stranger_alarm=next((one.detail for one in open_now if one.key.startswith(STRANGER)), ""),
        gateway_runs=gateway is not None and gateway.online,
        gateway_ms=None if gateway is None else gateway.head.wall_ms,
        trouble=trouble,
    )


def _row(
    node: NodeTable, birth: NodeBirth | None, status: NodeStatus | None, picture: DevicePicture | None,
    last_ms: int | None, now_ms: int | None, *, blind: bool,
) -> Row:  # fmt: skip
    values = {} if picture is None else picture.values
    own = [values[one.signal] for one in node.channel if one.signal in values]
    mute = bool(own) and all(one.quality is Quality.COMM_ERROR for one in own)
    state, at_ms = _state(status, picture, last_ms, now_ms, mute=mute)
    if blind:
        state, at_ms = ("never heard" if last_ms is None else "unknown"), last_ms
    volts = next((values[key].value for key in BATTERIES if key in values), None)
    here = status is not None and bool(status.online)
    return Row(
        name=node.name, title=node.title, state=state, at_ms=at_ms,
        board=birth.board if birth else "", version=birth.version if birth else None,
        slot=status.slot if status is not None else "", trial=bool(status and status.trial),
        battery_v=volts if isinstance(volts, int | float) else None,
        rssi_dbm=status.rssi if here and status else None,
        queued=status.queued if here and status else None, dropped=status.dropped if here and status else None,
        lacks=() if blind else tuple(_lacks(node, status if here else None, values)),
    )  # fmt: skip


def _state(
    status: NodeStatus | None, picture: DevicePicture | None, last_ms: int | None, now_ms: int | None, *, mute: bool
) -> tuple[str, int | None]:
    """(state, since or until when in ms of the wall clock, None where nobody knows).

    `mute`: its link stands, but the gateway hears no values of it.
    """
    said_ms = status.wall * 1000 if status is not None and status.wall is not None else None
    heard = [one for one in (last_ms, said_ms, _newest_ms(picture)) if one is not None]
    heard_ms = max(heard) if heard else None
    if status is None:
        return ("never heard", None) if heard_ms is None else ("silent", heard_ms)
    if not status.online:
        return "silent", heard_ms
    if status.asleep_s:
        if said_ms is None:
            return "asleep", None
        awake_ms = said_ms + 1000 * status.asleep_s
        late = now_ms is not None and now_ms >= said_ms + wakes_after_ms(status.asleep_s)
        return ("silent", heard_ms) if late else ("asleep", awake_ms)
    return ("silent" if mute else "online"), heard_ms


def _newest_ms(picture: DevicePicture | None) -> int | None:
    """When the newest value of a picture that is the node's own was measured."""
    if picture is None or picture.head.wall_ms is None:
        return None
    own = [one.up_ms for one in picture.values.values() if one.quality not in NO_WORD]
    return picture.head.wall_ms - (picture.head.up_ms - max(own)) if own else None


def _lacks(node: NodeTable, status: NodeStatus | None, values: dict[str, Value]) -> list[str]:
    found = []
    if status is not None and status.refused:
        found.append(status.refused)
    if status is not None and status.config != config_of(node).revision:
        has = "works with other settings than these" if status.config else "has no settings yet"
        found.append(f"{has}: is the gateway started anew?")
    if status is not None and status.trial:
        found.append("its program is on trial")
    if status is not None and status.update:
        found.append(f"update: it {updates.sentence(status.update)}")
    for one in node.channel:
        value = values.get(one.signal)
        if value is None:
            found.append(f"{one.signal}: nothing known")
        elif value.value is None:
            found.append(f"{one.signal}: {value.quality.value} {value.reason}".strip())
    return found


def _read(stands: dict[str, bytes], topic: Any, kind: type[T]) -> T | None:
    """A message that stands at the broker; None when nothing does, or nothing that can be read."""
    body = stands.get(str(topic))
    try:
        return decode(body, kind) if body else None
    except Refused:
        return None


def _lines(listed: Listed) -> list[str]:
    lines = []
    if not listed.gateway_runs:
        lines.append(f"the gateway does not run; its last word is of {_when(listed.gateway_ms)}")
    for row in listed.nodes:
        lines.append(f"{row.name}  {row.title}: {_told_state(row)}")
        facts = [
            f"{row.board}, program {row.version}" if row.board else "",
            f"slot {row.slot}{' on trial' * row.trial}" if row.slot else "",
            f"battery {row.battery_v:.2f} V" if row.battery_v is not None else "",
            f"{row.rssi_dbm} dBm" if row.rssi_dbm is not None else "",
            f"{row.queued} wait, up to {row.dropped} lost" if row.queued is not None else "",
        ]
        if any(facts):
            lines.append("    " + " · ".join(fact for fact in facts if fact))
        lines += [f"    note: {one}" for one in row.lacks]
    for name in listed.strangers:
        lines.append(f"{name}  unknown: stands in no settings, nothing of it is taken")
    if listed.stranger_alarm:
        lines.append(f"unknown nodes that report now: {listed.stranger_alarm}")
    # a node writes some of this itself: no letter of it may steer the terminal
    return ["".join(one if one.isprintable() else "?" for one in line) for line in lines] or [NONE]


def _told_state(row: Row) -> str:
    if row.state == "asleep":
        return f"asleep until {_when(row.at_ms)}"
    if row.state == "silent":
        return f"silent since {_when(row.at_ms)}"
    return f"{row.state}, last heard {_when(row.at_ms)}" if row.state == "unknown" else row.state


def _when(wall_ms: int | None) -> str:
    if wall_ms is None:
        return "nobody knows when"
    return datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
