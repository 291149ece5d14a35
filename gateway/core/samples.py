"""What of a device is worth a record: values that moved beyond their dead-band, and now and then all of them.

All devices are sampled at the same times, counted from the boot, so that their records travel in one batch: a message
of its own costs more than what it says.
"""

import msgspec

from contract.messages import Value
from contract.signals import ALARM_PREFIX, Signal, catalogue
from gateway.core.activity import is_active
from gateway.core.announce import short
from gateway.core.facts import Facts
from gateway.core.site import Now, Site


def sample(site: Site, device: str, facts: Facts, now: Now) -> tuple[Site, dict[str, object] | None]:
    """The body of a sample record of a device that has just been read, or None when it is not yet time."""
    values = site.values.get(device, {})
    last, whole_at = site.sampled_ms.get(device, (None, None))
    active = is_active(site, now)
    every_s = facts.sample_active_every_s if active else facts.sample_every_s
    whole_s = facts.snapshot_active_every_s if active else facts.snapshot_every_s
    whole = whole_at is None or _turned(whole_at, now.up_ms, whole_s)
    if not whole and last is not None and not _turned(last, now.up_ms, every_s):
        return site, None
    before = site.sampled.get(device, {})
    told = values if whole else {key: value for key, value in values.items() if moved(key, before.get(key), value)}
    stamp = (now.up_ms, now.up_ms if whole or whole_at is None else whole_at)
    site = msgspec.structs.replace(
        site,
        sampled=site.sampled | {device: before | told},
        sampled_ms=site.sampled_ms | {device: stamp},
    )
    if not told:
        return site, None
    return site, {"device": device, "whole": whole, "values": msgspec.to_builtins(short(told))}


def _turned(last_ms: int, now_ms: int, every_s: float) -> bool:
    """Has a new stretch of that length begun since?"""
    every_ms = max(1, int(every_s * 1000))
    return now_ms // every_ms != last_ms // every_ms


def moved(key: str, before: Value | None, now: Value) -> bool:
    """Is it further from what was told last than its dead-band?"""
    if before is None or before.quality is not now.quality:
        return True
    if not isinstance(before.value, (int, float)) or not isinstance(now.value, (int, float)):
        return before.value != now.value
    kind: Signal | None = None if key.startswith(ALARM_PREFIX) else catalogue().get(key)
    if kind is not None and kind.runs:
        return False
    band = kind.deadband if kind is not None else 0.0
    return abs(now.value - before.value) > band
