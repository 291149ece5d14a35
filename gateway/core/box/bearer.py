"""What carries the way to the centre, how well it is received, and how often it was gone.

Texts are those of Linux (`/proc/net/route`, `/proc/net/wireless`, `uevent` of an interface) and of ModemManager's
`mmcli --output-json`. What cannot be read is missing with a reason, never zero.
"""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from contract.words import Quality
from gateway.core.box.machine import Found, Missing

UP = 0x1
BEST_LINK = 70.0
"""Of `link` in /proc/net/wireless: cfg80211 counts to 70."""
WEAKEST_DBM, STRONGEST_DBM = -150.0, 0.0
HOUR_MS = 3_600_000
HOURS = 24
MODEM_TYPES = ("512", "519", "530")
"""Of ARP hardware in sysfs: point-to-point, raw IP of a modem, its older number."""
MAX_NAME = 15


class BearerLook(msgspec.Struct, frozen=True, kw_only=True):
    """One look. `interface` "": no way out is set up. The texts are of that interface alone."""

    interface: str = ""
    uevent: str = ""
    hardware: str = ""
    wireless: str | None = None
    modem: str | None = None
    modem_signal: str | None = None


class Received(msgspec.Struct, frozen=True):
    """How well it is heard: percent and dBm."""

    percent: Found = None
    dbm: Found = None


def default_interface(routes: str, routes6: str = "") -> str:
    """The interface that everything without a way of its own takes, by the least metric; "" when there is none."""
    found = [*_ways(routes), *_ways6(routes6)]
    return min(found)[1] if found else ""


def bearer(look: BearerLook) -> str | Missing:
    """`ethernet`, `wifi`, `mobile` or `other`. Behind a router everything is ethernet: the modem is not the box's."""
    return bearer_word(look) or Missing(Quality.COMM_ERROR, "no way out is set up on this computer")


def bearer_word(look: BearerLook) -> str:
    """The word for what carries; "" when nothing does."""
    if not look.interface:
        return ""
    lines = look.uevent.split()
    if "DEVTYPE=wlan" in lines or look.wireless is not None:
        return "wifi"
    if "DEVTYPE=wwan" in lines or look.hardware.strip() in MODEM_TYPES or look.interface.startswith(("wwan", "ppp")):
        return "mobile"
    return "ethernet" if look.hardware.strip() == "1" else "other"


def received(look: BearerLook) -> Received:
    """Of a radio; a wire has no signal."""
    word = bearer_word(look)
    if word == "wifi":
        return _wifi(look.wireless or "", look.interface)
    if word == "mobile":
        return _mobile(look.modem, look.modem_signal)
    none = Missing(Quality.NOT_FITTED, "the way out is no radio of this computer")
    return Received(none, none)


def _ways(routes: str) -> Iterator[tuple[int, str]]:
    """Iface Destination Gateway Flags RefCnt Use Metric Mask …, numbers in hexadecimal but for the metric."""
    for line in routes.splitlines()[1:]:
        parts = line.split()
        try:
            to, flags, metric, mask = parts[1], int(parts[3], 16), int(parts[6]), parts[7]
        except (IndexError, ValueError):
            continue
        if to == mask == "00000000" and flags & UP and _is_name(parts[0]):
            yield metric, parts[0]


def _ways6(routes: str) -> Iterator[tuple[int, str]]:
    """Destination, its length, source, its length, next hop, metric, references, use, flags, interface."""
    for line in routes.splitlines():
        parts = line.split()
        try:
            to, length, metric, flags = int(parts[0], 16), int(parts[1], 16), int(parts[5], 16), int(parts[8], 16)
        except (IndexError, ValueError):
            continue
        if not to and not length and flags & UP and len(parts) > 9 and _is_name(parts[9]) and parts[9] != "lo":
            yield metric, parts[9]


def _is_name(text: str) -> bool:
    """Can it be an interface, and nothing but a name in a path?"""
    return 0 < len(text) <= MAX_NAME and "/" not in text and text not in (".", "..")


def _wifi(text: str, interface: str) -> Received:
    for line in text.splitlines():
        name, colon, rest = line.strip().partition(":")
        parts = rest.split()
        if not colon or name != interface or len(parts) < 3:
            continue
        link, level = _number(parts[1].rstrip(".")), _number(parts[2].rstrip("."))
        if level is not None and level > 0:
            level -= 256  # drivers that count in one unsigned byte
        return Received(
            _percent(None if link is None else round(100 * link / BEST_LINK), "/proc/net/wireless"),
            _dbm(level, "/proc/net/wireless"),
        )
    none = Missing(Quality.BAD_DATA, "/proc/net/wireless does not know the interface")
    return Received(none, none)


def _mobile(modem: str | None, signal: str | None) -> Received:
    if modem is None and signal is None:
        none = Missing(Quality.NOT_FITTED, "no modem answers (ModemManager)")
        return Received(none, none)
    quality = _dig(_tree(modem), "modem", "generic", "signal-quality", "value")
    signals = _dig(_tree(signal), "modem", "signal")
    powers = [
        number
        for radio in ("5g", "lte", "umts", "gsm")
        for name in ("rsrp", "rscp", "rssi")
        if (number := _number(_dig(signals, radio, name))) is not None
    ]
    no_dbm = Missing(Quality.NOT_FITTED, "the modem is not asked for its power (mmcli --signal-setup)")
    return Received(_percent(_number(quality), "mmcli"), _dbm(powers[0], "mmcli") if powers else no_dbm)


def _tree(text: str | None) -> object:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _dig(tree: object, *names: str) -> object:
    for name in names:
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


def _number(told: Any) -> float | None:
    """A number as text; ModemManager writes `--` for what it does not know."""
    try:
        number = float(told) if isinstance(told, str | int | float) else None
    except (ValueError, OverflowError):
        return None
    return number if number is not None and abs(number) < 1e6 else None


def _percent(number: float | None, who: str) -> Found:
    if number is None or not 0 <= number <= 100:
        return Missing(Quality.BAD_DATA, f"{who} tells no quality between 0 and 100 %")
    return round(number)


def _dbm(number: float | None, who: str) -> Found:
    if number is None or not WEAKEST_DBM <= number < STRONGEST_DBM:
        return Missing(Quality.BAD_DATA, f"{who} tells no power in dBm")
    return round(number)


class Outages(msgspec.Struct, frozen=True):
    """Hours of uptime → how often the link was lost in them, and ms without it; only the last day is kept.

    Counted in whole hours, so that a link that comes and goes all day takes no more room than one that holds.
    """

    hours: dict[int, tuple[int, int]] = {}
    up: bool | None = None
    """As seen last; None: it has not been up in this run."""
    seen_ms: int = 0


def seen(outages: Outages, up: bool, now_ms: int) -> Outages:
    """One look more. A first connection that takes its time is no outage of a link that was there."""
    if outages.up is None:
        return Outages(outages.hours, True, now_ms) if up else outages
    hours = dict(outages.hours)
    if not outages.up:
        for hour, gone_ms in _spread(outages.seen_ms, now_ms):
            count, before_ms = hours.get(hour, (0, 0))
            hours[hour] = (count, before_ms + gone_ms)
    if outages.up and not up:
        count, before_ms = hours.get(now_ms // HOUR_MS, (0, 0))
        hours[now_ms // HOUR_MS] = (count + 1, before_ms)
    oldest = now_ms // HOUR_MS - HOURS
    return Outages({hour: one for hour, one in hours.items() if hour > oldest}, up, now_ms)


def totals(outages: Outages) -> tuple[int, int]:
    """(how often, seconds) in the last day."""
    told = outages.hours.values()
    return sum(count for count, _ in told), round(sum(gone_ms for _, gone_ms in told) / 1000)


def _spread(from_ms: int, until_ms: int) -> Iterator[tuple[int, int]]:
    """A time cut at the full hours; at most the last day of it."""
    from_ms = max(from_ms, until_ms - HOURS * HOUR_MS)
    while from_ms < until_ms:
        end_ms = min(until_ms, (from_ms // HOUR_MS + 1) * HOUR_MS)
        yield from_ms // HOUR_MS, end_ms - from_ms
        from_ms = end_ms
