"""`nodes calibrate`: two points of a channel, read from the live node, true by an instrument; into the settings file.

While it measures the node reports this channel every second. A channel that says "not calibrated" tells no number: for
that time it reports as another one of the same unit, which the settings do not have and the gateway therefore not take.
"""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

import msgspec

from contract import topics
from contract.messages import decode, encode
from contract.nodes import NodeConfig, NodeReport, NodeStatus
from contract.signals import catalogue
from contract.wire import Refused
from contract.words import Quality
from doors.broker_settings import LinkDown
from doors.settings import SettingsFault
from gateway.config import Plan, read
from gateway.config_node import ChannelTable, NodeTable, config_of
from gateway.core.nodes.records import WORDS
from gateway.profiles.channels import Channel, channel_of, channels
from gateway.tools.lines import FAILED, USAGE, fail, say, tell
from gateway.tools.nodes_heard import Ear, NoBroker, listening, node_of
from gateway.tools.nodes_points import Points, line_of, points_of, raw, true_value, with_points, write_settings
from gateway.tools.nodes_update import SETTINGS

READINGS = 5
WITHIN_S = 120.0
"""So long a node may take for so many reports, or to take its settings."""
MADE = b"# Written by hw/host/install"
"""So begin settings that the next installation makes anew from its answers."""
IDENTITY = ((0, 0), (1_000_000, 1_000_000))


def add_calibrate(commands: Any) -> None:
    """Add `calibrate` to the sub-commands of `nodes`."""
    parser = commands.add_parser("calibrate", help="two points of a channel: what it reads, and what is true")
    parser.add_argument("name", metavar="NAME", help="of the node, as in the settings")
    parser.add_argument("channel", metavar="SIGNAL", help="like engine.battery_voltage")
    parser.add_argument(
        "--point", action="append", default=[], metavar="VALUE", help="a true value, twice; asked for when left out"
    )
    parser.add_argument("--settings", type=Path, default=SETTINGS, metavar="FILE", help="of the gateway")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="where an installer makes the settings from them")
    parser.set_defaults(run=run_calibrate)


def run_calibrate(args: argparse.Namespace) -> int:
    """`nodes calibrate`: 0 written, 1 the node or the file did not let it, 2 a mistake; then nothing is changed."""
    try:
        plan = read(args.settings)
        node = node_of(plan, args.name)
        table, channel = _channel(node, args.channel)
        if len(args.point) not in (0, 2):
            raise Refused("--point: give both points, or none and be asked for them")
        trues = [true_value(one, channel.parts) for one in args.point]
        points = asyncio.run(_measure(plan, node, table, channel, trues))
    except (SettingsFault, Refused) as fault:
        return fail(fault, USAGE)
    except (NoBroker, LinkDown) as fault:
        return fail(fault, FAILED)
    say(line_of(points))
    made = args.answers is None and args.settings.read_bytes().startswith(MADE)
    return _write(args.answers or args.settings, node.name, args.channel, points, made=made)


def _write(file: Path, node: str, signal: str, points: Points, *, made: bool) -> int:
    """The line goes into the file, or the technician is told to put it there; the exit code."""
    below = f'put this line below `signal = "{signal}"` of {node}'
    if made:
        return fail(f"{file} is made from the installer's answers: {below} there, and install again", FAILED)
    try:
        changed = with_points(file.read_bytes().decode(), node, signal, points)
        if changed is not None:
            write_settings(file, changed)
    except (OSError, UnicodeDecodeError) as fault:
        return fail(f"{file} cannot be written ({fault}): {below} yourself", FAILED)
    if changed is None:
        return fail(f"{file}: the place was not found; {below} yourself", FAILED)
    say(f"stands in {file} now: start the gateway anew (or install again, from answers), and it tells the node")
    return 0


def _channel(node: NodeTable, signal: str) -> tuple[ChannelTable, Channel]:
    table = next((one for one in node.channel if one.signal == signal), None)
    channel = channel_of(signal)
    if table is None or channel is None:
        raise Refused(
            f"{signal}: {node.name} does not measure it; it has {', '.join(one.signal for one in node.channel)}"
        )
    if channel.unit == "flag" or table.sensor == "part":
        raise Refused(f"{signal}: is not measured on a scale, so there is nothing to calibrate")
    return table, channel


async def _measure(plan: Plan, node: NodeTable, table: ChannelTable, channel: Channel, trues: list[int]) -> Points:
    """Both points; the node works with its own settings again afterwards, however this ends."""
    site, config = plan.facts.site, config_of(node)
    status, report, where = (
        str(one(site, node.name)) for one in (topics.node_status, topics.node_report, topics.node_config)
    )
    async with listening(plan, status, report, where) as ear:
        _there(ear.held, status, where, config, node.name)
        try:
            await _takes(ear, where, config)
            number, quick = await _begin(ear, where, config, node, table, channel)
            found = []
            for which in (0, 1):
                true = await _ask(which, trues, channel, table.signal)
                quick = await _takes(
                    ear, where, msgspec.structs.replace(quick, revision=_other(quick.revision, which + 1))
                )
                readings = await _readings(ear, number)
                found.append((true, [raw(one, table.calibration if number == channel.id else ()) for one in readings]))
        finally:
            # not retained, like what it replaces: what stands at the broker was never touched
            await ear.link.publish(where, encode(config))
    return points_of(found[0][1], found[0][0], found[1][1], found[1][0])


def _there(held: dict[str, bytes], at: str, where: str, config: NodeConfig, name: str) -> None:
    """Is the node there, and does the gateway tell it these settings? Raises Refused."""
    status = decode(held[at], NodeStatus) if held.get(at) else None
    if status is None or not status.online or status.asleep_s:
        raise Refused(
            f"{name} is not connected now: `sotpunkt-gateway nodes list` says more; wake it, then begin again"
        )
    if not held.get(where) or decode(held[where], NodeConfig).revision != config.revision:
        raise Refused(f"the gateway does not work with these settings of {name} yet: start it anew, then begin again")


async def _begin(
    ear: Ear, where: str, config: NodeConfig, node: NodeTable, table: ChannelTable, channel: Channel
) -> tuple[int, NodeConfig]:
    """The node reports the channel every second; the number under which, and how it was told. Raises Refused."""
    quick = await _faster(ear, where, config, channel.id, channel.id)
    _, index = await _next(ear, channel.id)
    if index != WORDS.index(Quality.NOT_CALIBRATED):
        return channel.id, quick
    here = {one.signal for one in node.channel}
    spare = [one for one in channels().values() if one.unit == channel.unit and one.key not in here]
    if not spare:
        raise Refused(
            f"{table.signal}: tells no number before it is calibrated, and no other channel can tell it meanwhile; "
            f"begin with calibration = {[list(point) for point in IDENTITY]} in the settings, and do not believe it yet"
        )
    return spare[-1].id, await _faster(ear, where, config, channel.id, spare[-1].id)


async def _faster(ear: Ear, where: str, config: NodeConfig, was: int, number: int) -> NodeConfig:
    """Let the node tell channel `was` each second as channel `number`; raises Refused."""
    signal = config.channels[str(was)]["signal"]
    others = {
        key: told for key, told in config.channels.items()
        if key != str(was) and (was == number or signal not in told.values())
    }  # fmt: skip
    told = dict(config.channels[str(was)])
    if number != was:
        told["calibration"] = IDENTITY
    quick = msgspec.structs.replace(
        config,
        revision=_other(config.revision, number),
        channels={**others, str(number): told},
        rates={**{key: rate for key, rate in config.rates.items() if key in others}, str(number): 1},
        limits={key: limit for key, limit in config.limits.items() if key in others},
    )
    return await _takes(ear, where, quick)


def _other(revision: int, number: int) -> int:
    """A revision by which the node's answer is known from any other."""
    return (revision ^ (0x2AAAAAAA + number)) & 0x7FFFFFFF or 1


async def _takes(ear: Ear, where: str, config: NodeConfig) -> NodeConfig:
    """The node is told this, and works with it; the same. Whatever it reports later it sends later. Raises Refused."""
    await ear.link.publish(where, encode(config))
    try:
        async with asyncio.timeout(WITHIN_S):
            while True:
                topic, body = await ear.news.get()
                status = decode(body, NodeStatus) if topic.endswith("/status") else None
                if status is not None and status.config == config.revision:
                    return config
                if status is not None and (status.refused or not status.online):
                    raise Refused(f"the node cannot measure it now: {status.refused or 'it went away'}")
    except TimeoutError as late:
        raise Refused("the node does not answer; `sotpunkt-gateway nodes list` says more") from late


async def _ask(which: int, trues: list[int], channel: Channel, signal: str) -> int:
    """The true value of a point, in whole numbers, once the technician says that it stands still."""
    unit, name = catalogue()[signal].unit, ("first", "second")[which]
    if trues:
        sys.stderr.write(f"{name} point: let it stand at {trues[which] / channel.parts:g} {unit}, then press Enter ")
    else:
        sys.stderr.write(f"{name} point: measure it with an instrument; the true value in {unit}: ")
    sys.stderr.flush()
    text = await asyncio.to_thread(sys.stdin.readline)
    if not text:
        raise Refused("nobody answered; nothing is changed")
    return trues[which] if trues else true_value(text, channel.parts)


async def _readings(ear: Ear, number: int) -> list[int]:
    """What the node reads after it has answered; raises Refused."""
    await _next(ear, number)  # measured before, perhaps: it answers between a measurement and its report
    found: list[int] = []
    while len(found) < READINGS:
        value, index = await _next(ear, number)
        if value is None or WORDS[index] is not Quality.GOOD:
            raise Refused(f"the node says {WORDS[index].value}: no number to calibrate; look at the sensor")
        found.append(value)
        tell(f"  {len(found)} of {READINGS}: reads {value}")
    return found


async def _next(ear: Ear, number: int) -> tuple[int | None, int]:
    """(value, quality) of the next live record of a channel; raises Refused."""
    try:
        async with asyncio.timeout(WITHIN_S):
            while True:
                topic, body = await ear.news.get()
                if not topic.endswith("/report"):
                    continue
                report = decode(body, NodeReport)
                rows = [] if report.history else [row for row in report.records if row[2] == number]
                if rows and rows[-1][4] < len(WORDS) and rows[-1][4] != WORDS.index(Quality.NOT_YET_READ):
                    return rows[-1][3], rows[-1][4]
    except TimeoutError as late:
        raise Refused("the node does not report this channel; `sotpunkt-gateway nodes list` says more") from late
