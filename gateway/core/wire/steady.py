"""Contacts that bounce: what a contact says is told only when it has stood so for its time."""

from collections.abc import Iterable, Mapping

import msgspec

from contract.messages import Value
from gateway.profiles.schema import Row


class Stood(msgspec.Struct, frozen=True):
    """What was told of a contact last, and what it has said since `since_ms` (uptime) without a break."""

    told: Value
    says: Value
    since_ms: int


def steadied(
    rows: Iterable[Row], values: Mapping[str, Value], stood: Mapping[str, Stood]
) -> tuple[dict[str, Value], dict[str, Stood]]:
    """(values to tell, what stands now). A missing value is told at once, and so is the first after one.

    Between, the last word holds as it was acquired now: a contact that bounces is neither old nor unknown.
    """
    told, now = dict(values), dict(stood)
    for row in rows:
        value = values.get(row.key)
        if not row.steady_s or value is None:
            continue
        before = stood.get(row.key)
        if value.value is None or before is None or before.told.value is None or value.value == before.told.value:
            now[row.key] = Stood(value, value, value.up_ms)
            continue
        since_ms = before.since_ms if before.says.value == value.value else value.up_ms
        if value.up_ms - since_ms >= 1000 * row.steady_s:
            now[row.key] = Stood(value, value, since_ms)
            continue
        held = msgspec.structs.replace(before.told, up_ms=value.up_ms)
        told[row.key], now[row.key] = held, Stood(held, value, since_ms)
    return told, now
