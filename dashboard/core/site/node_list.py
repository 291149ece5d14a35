"""The sensor nodes of a site in one line each, the worst first: what is wrong, and what a technician wants to know."""

from msgspec import Struct

from contract.messages import DeviceBirth, DevicePicture, Value
from contract.words import Freshness, Quality
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.numbers import quantity
from dashboard.core.reader import Reader, moment_of
from dashboard.core.site.sitewords import word
from dashboard.core.site.values import value_row

PROFILE = "node"
WEAK_DBM = -85
MANY_WAIT = 100
"""So many records wait where a node has been without its link for a while."""
OVERSLEPT_MS = 120_000
"""A board's clock goes wrong while it sleeps; the gateway waits as long before it says that nothing is heard."""
DRIFT = 0.02
ORDER = ("bad", "unknown", "remark", "information", "good")
NOT_CALM = ("watchdog", "brownout")


class NodeRow(Struct, frozen=True, kw_only=True):
    """One node. `remarks`: what somebody should look at; `facts`: how it is, for whoever looks after it."""

    name: str
    device: str
    role: str
    words: str
    remarks: tuple[str, ...]
    facts: tuple[str, ...]


def node_rows(picture: SitePicture, reader: Reader) -> tuple[NodeRow, ...]:
    """All nodes, the worst first."""
    births = picture.birth.devices if picture.birth else ()
    rows = [_row(one, picture.devices.get(one.device), picture, reader) for one in births if one.profile == PROFILE]
    return tuple(sorted(rows, key=lambda row: ORDER.index(row.role)))


def _row(birth: DeviceBirth, held: DevicePicture | None, picture: SitePicture, reader: Reader) -> NodeRow:
    values = held.values if held else {}
    role, words = _state(birth, held, picture, reader)
    remarks = _remarks(values, reader)
    if remarks and role in ("good", "information"):
        role = "remark"
    facts = _facts(values, reader)
    return NodeRow(name=birth.name, device=birth.device, role=role, words=words, remarks=remarks, facts=facts)


def _state(
    birth: DeviceBirth, held: DevicePicture | None, picture: SitePicture, reader: Reader
) -> tuple[str, str]:  # fmt: skip
    """Nothing that is old or missing is well."""
    values = held.values if held else {}
    qualities = {one.quality for one in values.values()}
    if held is None or not qualities or qualities == {Quality.NOT_YET_READ}:
        return "unknown", reader.t("node_never")
    if not picture.in_contact(reader.now):
        return "unknown", reader.t("node_unknown")
    if qualities == {Quality.WRONG_DEVICE}:
        return "bad", reader.t("node_doubled")
    if Quality.COMM_ERROR in qualities:
        return "bad", reader.t("node_silent")
    if (asleep := _asleep(held, picture, reader)) is not None:
        return asleep
    known = {signal.key: signal for signal in birth.signals}
    rows = [value_row(key, known.get(key), one, held.head, picture, reader) for key, one in values.items()]
    if any(row.freshness is Freshness.FRESH and row.shown is not None for row in rows):
        return "good", reader.t("node_well")
    return "unknown", reader.t("node_unknown")


def _asleep(held: DevicePicture, picture: SitePicture, reader: Reader) -> tuple[str, str] | None:
    """It has said that it sleeps, and until when: calm until then, and a little longer."""
    told = _number(held.values.get("node.asleep"))
    if not told:
        return None
    since = reader.wall_of(moment_of(held.head, held.values["node.asleep"]), picture.contact)
    until = None if since is None else since + int(1000 * told)
    if until is None or reader.now.wall_ms is None:
        return "information", reader.t("node_asleep", when=reader.when(None))
    late_ms = reader.now.wall_ms - until
    if late_ms > OVERSLEPT_MS + DRIFT * 1000 * told:
        return "unknown", reader.t("node_overslept", when=reader.when(until))
    return "information", reader.t("node_asleep", when=reader.when(until))


def _remarks(values: dict[str, Value], reader: Reader) -> tuple[str, ...]:
    found = []
    if lost := _number(values.get("node.dropped")):
        found.append(reader.t("node_lost", n=int(lost)))
    if _number(values.get("node.as_told")) == 0:
        found.append(reader.t("node_not_as_told"))
    if (waits := _number(values.get("node.queued"))) and waits >= MANY_WAIT:
        found.append(reader.t("node_waits", n=int(waits)))
    if (radio := _number(values.get("node.radio"))) is not None and radio < WEAK_DBM:
        found.append(reader.t("node_weak"))
    cause = values.get("node.restarted_by")
    if cause is not None and cause.value in NOT_CALM:
        found.append(reader.t("node_restarted", cause=word(str(cause.value), reader.language)))
    return tuple(found)


def _facts(values: dict[str, Value], reader: Reader) -> tuple[str, ...]:
    told = (
        ("node.supply_voltage", "node_supply", "V", 0.1),
        ("node.radio", "node_radio", "dBm", 1.0),
        ("node.memory_free", "node_memory", "kB", 1.0),
        ("node.program", "node_version", "", 1.0),
    )
    found = []
    if (waits := _number(values.get("node.queued"))) and waits < MANY_WAIT:
        found.append(reader.t("node_waits", n=int(waits)))
    cause = values.get("node.restarted_by")
    if cause is not None and cause.value is not None and cause.value not in NOT_CALM:
        found.append(reader.t("node_started", cause=word(str(cause.value), reader.language)))
    for key, text, unit, step in told:
        number = _number(values.get(key))
        if number is not None:
            found.append(reader.t(text, n=quantity(number, unit, step, reader.language)))
    return tuple(found)


def _number(value: Value | None) -> float | None:
    return None if value is None or value.value is None or isinstance(value.value, str) else float(value.value)
