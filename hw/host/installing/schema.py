"""What may stand in the answers: a row per setting, so that a typo is refused with a suggestion."""

import difflib
import re
from collections.abc import Callable
from typing import Any

COPIED = (
    "site", "generator", "tank", "test_run", "ups", "call_out", "activator", "checklist", "movable", "responsible",
    "pace", "screens", "last_words", "wake", "bulletins", "device", "nodes", "node", "provision",
)  # fmt: skip
"""Tables that are handed to the gateway as they stand (gateway/README.md); the gateway itself checks them."""
KIOSK = ("place", "fetch", "feeds", "speech", "keys")
"""Tables that are handed to the kiosk as they stand (kiosk/example.toml); the kiosk itself checks them."""
PROGRAMS = ("gateway", "kiosk", "dashboard")
RTC = {
    "pi5": "dtparam=rtc_bbat_vchg=3000000",
    "ds3231": "dtoverlay=i2c-rtc,ds3231",
    "pcf8523": "dtoverlay=i2c-rtc,pcf8523",
    "pcf85063a": "dtoverlay=i2c-rtc,pcf85063a",
    "built-in": "",
}
"""Kinds of clock with a battery, and the line of the Pi's config.txt that each needs."""
JOURNAL = ("memory", "disk")
SSH = ("none", "machine", "staff", "uplink")

Rule = Callable[[Any], str | None]
"""What is wrong with a value, as the rest of a sentence, or None."""


def text(pattern: str, like: str) -> Rule:
    """A text of which every letter is expected: it ends in files that systemd, udev and nft read."""

    def rule(value: Any) -> str | None:
        return None if isinstance(value, str) and re.fullmatch(pattern, value) else f"{value!r} is not like {like}"

    return rule


def one_of(words: tuple[str, ...]) -> Rule:
    """One of some words."""

    def rule(value: Any) -> str | None:
        return None if value in words else f"{value!r} is none of {', '.join(words)}"

    return rule


def many(inner: Rule) -> Rule:
    """A value or a list of such values."""

    def rule(value: Any) -> str | None:
        return next((fault for one in (value if isinstance(value, list) else [value]) if (fault := inner(one))), None)

    return rule


def truth(value: Any) -> str | None:
    """True or false."""
    return None if isinstance(value, bool) else f"{value!r} is not true or false"


def port(value: Any) -> str | None:
    """A port that a program without rights may open."""
    fits = isinstance(value, int) and not isinstance(value, bool) and 1024 <= value <= 65535
    return None if fits else f"{value!r} is not a port from 1024 to 65535"


def count(value: Any) -> str | None:
    """How many there are, at least one."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return None if whole and 1 <= value <= 100_000 else f"{value!r} is no number from 1 to 100000"


def path(value: Any) -> str | None:
    """A file of the box, whole: what runs there does not stand in the folder of the answers."""
    return None if isinstance(value, str) and value.startswith("/") else f"{value!r} is not a whole path (/etc/…)"


def anything(_value: Any) -> str | None:
    """The program that reads it will judge it."""
    return None


INTERFACE = many(text(r"[A-Za-z][A-Za-z0-9_.-]{0,14}", "eth0"))
HOST = text(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?", "ntp.example.se")
FILE = text(r"[^\s\"'\\$%;{}][^\"'\\$%;{}\n]{0,200}", "centre-ca.pem")
ROWS: dict[str, dict[str, Rule]] = {
    "box": {
        "programs": many(one_of(PROGRAMS)),
        "rtc": one_of(tuple(RTC)),
        "journal": one_of(JOURNAL),
        "ntp": many(HOST),
    },
    "centre": {
        "url": text(r"mqtts?://[A-Za-z0-9.\-\[\]:]{1,253}", "mqtts://sotpunkt.example.se:8883"),
        "ca_file": FILE,
        "sites": count,
    },
    "network": {
        "uplink": INTERFACE,
        "staff": INTERFACE,
        "machine": INTERFACE,
        "guest": INTERFACE,
        "serves_guests": truth,
        "nodes_at": text(r"[0-9a-fA-F.:]{2,45}", "10.44.0.1"),
        "plain_nodes": truth,
        "ssh_from": one_of(SSH),
    },
    "owner_page": {"port": port, "names": anything, "certificate_file": path, "key_file": path,
                   "certificate_name": anything},
    "screen": {
        "name": anything, "width": anything, "height": anything, "language": anything, "languages": anything,
        "px_per_mm": anything, "viewing_distance_mm": anything, "idle_return_s": anything, "attract_after_s": anything,
        "backlight": anything, "brightness_percent": anything, "restart_at": anything,
    },
    "line": {
        "name": text(r"[a-z0-9][a-z0-9-]{0,30}", "rs485"),
        "usb_serial": text(r"[A-Za-z0-9_.:-]{1,64}", "FT4ABCDE"),
        "usb_path": text(r"[A-Za-z0-9_.:-]{1,120}", "platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1.3:1.0"),
    },
    "store": {
        "commit_every_s": anything, "max_mb": anything, "max_waiting_records": anything,
        "keep_readings_days": anything, "keep_minutes_days": anything, "keep_quarters_days": anything,
        "keep_events_days": anything,
    },
}  # fmt: skip
NEEDED = {"box": ("rtc",), "network": ("uplink",), "line": ("name",), "centre": ("url",)}
LISTS = ("line", "activator", "device", "node")


def hint(name: str, known: list[str]) -> str:
    """Did you mean …?"""
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"


def faults(tree: dict[str, Any]) -> list[str]:
    """Everything that is wrong with the form of the answers."""
    known = [*COPIED, *KIOSK, *ROWS]
    found = [f"[{name}] unknown table; {hint(name, known)}" for name in tree if name not in known]
    for name, value in tree.items():
        if name not in known:
            continue
        if not isinstance(value, list if name in LISTS else dict):
            found.append(f"[{name}] must be written as {'[[' + name + ']]' if name in LISTS else '[' + name + ']'}")
        elif name in ROWS:
            for table in value if name in LISTS else [value]:
                found += _table(name, table)
    found += [f"[{name}] is missing" for name in ("site", "box", "network") if name not in tree]
    return found


def _table(name: str, table: Any) -> list[str]:
    if not isinstance(table, dict):
        return [f"[{name}] is not a table"]
    rows = ROWS[name]
    found = [f"[{name}] {key}: unknown answer; {hint(key, list(rows))}" for key in table if key not in rows]
    found += [f"[{name}] {key}: is missing" for key in NEEDED.get(name, ()) if key not in table]
    found += [f"[{name}] {key}: {fault}" for key, value in table.items() if key in rows and (fault := rows[key](value))]
    return found
