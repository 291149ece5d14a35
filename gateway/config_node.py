"""The settings of sensor nodes: which may report here, what each channel of theirs is, and what the node is told."""

from typing import Annotated, Any, Literal
from zlib import crc32

import msgspec
from msgspec import Meta

from contract.access import ACCOUNTS
from contract.messages import encode
from contract.nodes import MAX_NODE_MESSAGE, NodeConfig
from contract.signals import catalogue
from contract.words import Place
from gateway.config_sensor import Sensors, ours
from gateway.config_site import Short, Strict
from gateway.core.facts import DeviceFacts, NodeFacts, PlaceFacts, Rule
from gateway.core.nodes.health import signals_of
from gateway.profiles.channels import Channel, channel_of

NODE = "node"
SILENT_PERIODS = 3
SILENT_AT_LEAST_S = 180.0
BAND = 0.5
"""So far within its limit a place is well again."""
Mm = Annotated[int, Meta(gt=0, le=20_000)]


class TankShapeTable(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """The tank that a node measures: inner dimensions in whole millimetres; `table` is [mm, litres], rising."""

    shape: Literal["box", "upright", "lying", "table"]
    length_mm: Mm | None = None
    width_mm: Mm | None = None
    height_mm: Mm | None = None
    diameter_mm: Mm | None = None
    ends: Literal["flat", "klopper", "korbbogen", "half_ellipsoid", "hemisphere"] | None = None
    end_depth_mm: Mm | None = None
    suction_mm: Annotated[int, Meta(ge=0, le=20_000)] = 0
    table: Annotated[tuple[tuple[int, int], ...], Meta(max_length=100)] = ()


NEEDS = {
    "box": ("length_mm", "width_mm", "height_mm"),
    "upright": ("diameter_mm", "height_mm"),
    "lying": ("diameter_mm", "length_mm"),
    "table": ("table",),
}


class ChannelTable(Strict, frozen=True, kw_only=True):
    """One channel of a node. `options`: what its sensor needs to know besides, in the words of the node's program.

    `above`, `below`: beyond it for `for_min` minutes is an alarm, in the unit of the signal; `title`: what people call
    the place. `food`: it has a log for the food control.
    """

    signal: str
    sensor: Annotated[str, Meta(min_length=1, max_length=40)]
    options: dict[str, Any] = {}
    calibration: Annotated[tuple[tuple[int, int], ...], Meta(max_length=20)] = ()
    tank: TankShapeTable | None = None
    every_s: Annotated[int, Meta(ge=1, le=86_400)] | None = None
    title: Annotated[str, Meta(max_length=80)] = ""
    above: float | None = None
    below: float | None = None
    for_min: Annotated[float, Meta(ge=0, le=1440)] = 30.0
    food: bool = False


class NodeTable(Strict, frozen=True, kw_only=True):
    """One sensor node. `name` is its account at the broker, too; `every_s`: how often it reports when all is calm.

    `sleep_s`, `least_mv` and `update_least_mv` go onto the board by cable (`nodes provision`).
    """

    name: str
    title: Short
    place: Place | None = None
    board: Literal["esp32", "pico-w"] | None = None
    every_s: Annotated[int, Meta(ge=1, le=86_400)] = 300
    silent_after_s: Annotated[int, Meta(ge=10, le=7 * 86_400)] | None = None
    sleep_s: Annotated[int, Meta(ge=10, le=86_400)] | None = None
    least_mv: Annotated[int, Meta(ge=0, le=60_000)] | None = None
    update_least_mv: Annotated[int, Meta(ge=0, le=60_000)] | None = None
    channel: Annotated[tuple[ChannelTable, ...], Meta(min_length=1, max_length=32)]


class NodesTable(Strict, frozen=True, kw_only=True):
    """What is common to all sensor nodes. `firmware_keys`: file of the public keys whose programs are handed on."""

    firmware_keys: str = "/etc/sotpunkt/firmware.pub"


def node_faults(nodes: tuple[NodeTable, ...]) -> list[str]:
    """What is wrong with them, one sentence each. Names are looked at together with those of the devices."""
    faults = []
    for node in nodes:
        label = f"[node {node.name}]"
        if node.name in ACCOUNTS:
            faults.append(f"{label} name: is an account of the broker already; choose another")
        period_s = max(_period(node, one) for one in node.channel)
        if node.silent_after_s is not None and node.silent_after_s <= period_s:
            faults.append(f"{label} silent_after_s: {node.silent_after_s} does not exceed every_s {period_s}")
        keys = [one.signal for one in node.channel]
        faults += [
            f"{label} channel {key}: stands twice" for key in sorted({key for key in keys if keys.count(key) > 1})
        ]
        sensors = Sensors(node.board or "", {one.signal: _told(one) for one in node.channel})
        for one in node.channel:
            found = _channel_faults(one) or _sensor_faults(one, sensors)
            faults += [f"{label} channel {one.signal}: {fault}" for fault in found]
        if len(_encoded(node)) > MAX_NODE_MESSAGE:
            faults.append(f"{label} is too long to be told to a node: at most {MAX_NODE_MESSAGE} bytes")
    return faults


def _channel_faults(one: ChannelTable) -> list[str]:
    faults = []
    signal = catalogue().get(one.signal)
    if channel_of(one.signal) is None or signal is None:
        return ["signal: no node can tell it; see docs/nodes.md for what it can"]
    if one.tank is not None and one.signal not in ("fuel.litres", "fuel.level"):
        faults.append("tank: only fuel.litres and fuel.level are measured in a tank")
    if one.tank is not None:
        missing = [name for name in NEEDS[one.tank.shape] if not getattr(one.tank, name)]
        if missing:
            faults.append(f'tank: shape "{one.tank.shape}" needs {" and ".join(missing)}')
        rises = all(a[0] < b[0] and a[1] < b[1] for a, b in zip(one.tank.table, one.tank.table[1:], strict=False))
        if not rises:
            faults.append("tank table: both millimetres and litres must rise from row to row")
    limited = one.above is not None or one.below is not None
    if one.above is not None and one.below is not None and one.below >= one.above:
        faults.append(f"below {one.below:g} must be less than above {one.above:g}")
    if limited and signal.kind != "number":
        faults.append("above and below: only numbers have limits")
    if (limited or one.food) and not one.title:
        faults.append("title: a place that is watched needs the name that people call it by")
    if one.food and (not limited or signal.unit != "°C"):
        faults.append("food: the log needs a temperature with above or below")
    return faults


def _sensor_faults(one: ChannelTable, sensors: Sensors) -> list[str]:
    """What the node itself would refuse, in its own words, and what no option says alone."""
    if ours(one.options):
        return [f"options: {ours(one.options)[0]} is none; it stands beside them"]
    if one.calibration and catalogue()[one.signal].kind != "number":
        return ["calibration: only numbers have one"]
    fault = sensors.fault(one.signal, _channel(one).unit)
    return [fault] if fault else []


def node_facts(node: NodeTable) -> NodeFacts:
    """As the judgement needs it."""
    known = {one.signal: _channel(one) for one in node.channel}
    periods = [_period(node, one) for one in node.channel]
    return NodeFacts(
        name=node.name,
        silent_after_s=node.silent_after_s or max(SILENT_AT_LEAST_S, SILENT_PERIODS * max(periods)),
        channels={one.id: (key, one.parts, catalogue()[key].kind) for key, one in known.items()},
        places=tuple(
            PlaceFacts(
                device=node.name, signal=one.signal, title=one.title, above=one.above, below=one.below,
                for_s=60 * one.for_min, every_s=float(_period(node, one)), food=one.food,
            )
            for one in node.channel if one.above is not None or one.below is not None
        ),
    )  # fmt: skip


def device_of(node: NodeTable) -> DeviceFacts:
    """The node among the devices of the site."""
    signals = {one.signal: (catalogue()[one.signal].unit, float(_period(node, one)), False) for one in node.channel}
    signals |= signals_of(float(node.every_s))
    return DeviceFacts(
        name=node.name, profile=NODE, title=node.title, kind=NODE, place=node.place,
        poll_every_s=float(node.every_s), slow_every_s=float(node.every_s), signals=signals,
    )  # fmt: skip


def place_rules(nodes: tuple[NodeTable, ...]) -> dict[str, Rule]:
    """A rule of its own for each limit of a place: the delays, bands and words are those of all alarms."""
    found: dict[str, Rule] = {}
    for node in nodes:
        for one in node.channel:
            rule = {
                "fact": one.signal, "of": "node", "device": node.name, "on_delay_s": 60 * one.for_min,
                "off_delay_s": 60, "detail": "places_out",
                "alarm": "place-temperature" if catalogue()[one.signal].unit == "°C" else "place-limit",
            }  # fmt: skip
            limits = (("above", one.above, -BAND), ("below", one.below, BAND))
            for name, limit, band in limits:
                if limit is not None:
                    whole = rule | {name: limit, "clear": limit + band}
                    found[f"place-{name}.{node.name}.{one.signal}"] = msgspec.convert(whole, Rule)
    return found


def config_of(node: NodeTable) -> NodeConfig:
    """What the node is told. The revision is another one as soon as anything in it is; it does not count upwards."""
    channels, rates, limits = {}, {}, {}
    for one in node.channel:
        channel = _channel(one)
        number = str(channel.id)
        channels[number] = _told(one)
        rates[number] = _period(node, one)
        if one.above is not None or one.below is not None:
            limits[number] = (_whole(one.below, channel), _whole(one.above, channel))
    config = NodeConfig(revision=0, channels=channels, rates=rates, limits=limits)
    return msgspec.structs.replace(config, revision=crc32(encode(config)) & 0x7FFFFFFF or 1)


def _told(one: ChannelTable) -> dict[str, Any]:
    """What the node is told of one channel."""
    told = {**one.options, "signal": one.signal, "sensor": one.sensor}
    if one.calibration:
        told["calibration"] = one.calibration
    if one.tank is not None:
        told["tank"] = msgspec.to_builtins(one.tank)
    return told


def _encoded(node: NodeTable) -> bytes:
    known = tuple(one for one in node.channel if channel_of(one.signal) is not None)
    return encode(config_of(msgspec.structs.replace(node, channel=known)))


def _channel(one: ChannelTable) -> Channel:
    found = channel_of(one.signal)
    if found is None:
        raise ValueError(one.signal)
    return found


def _period(node: NodeTable, one: ChannelTable) -> int:
    return one.every_s or node.every_s


def _whole(limit: float | None, channel: Channel) -> int | None:
    return None if limit is None else round(limit * channel.parts)
