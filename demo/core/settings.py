"""The settings files of all programs of a run, as TOML text. Ports, paths and pace are decided elsewhere."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from demo.core.pace import FASTEST, Pace

SITE, PLACE = "are-kall", "Kall"
HERE = {
    "county": "23", "municipality": "2321", "neighbours": ["2326", "2309"], "latitude": 63.43, "longitude": 13.08,
}  # fmt: skip
"""About where the village lies."""
RATED_KW, TANK_LITRES = 56.0, 1000.0
"""Of the simulator's plants."""
PAUSE_S = 0.02
"""Real seconds between requests: the simulated controller needs less rest than a real one."""
RECONNECT_MAX_S = 1.0
"""Real seconds: nobody wants to wait a minute in a demonstration."""

Table = Mapping[str, Any]


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """Where one device of the plant is reached."""

    name: str
    profile: str
    unit: int
    tcp: str = ""
    serial: str = ""
    baud: int = 0


def wires(ready: Table) -> tuple[Wire, ...]:
    """The devices of the simulator's ready line."""
    by_tcp = [
        Wire(name=name, profile=at["profile"], unit=at["unit"], tcp=f"{at['host']}:{at['port']}")
        for name, at in ready["tcp"].items()
    ]
    by_line = [
        Wire(name=name, profile=at["profile"], unit=at["unit"], serial=at["path"], baud=at["baud"])
        for name, at in ready["rtu"].items()
    ]
    return (*by_tcp, *by_line)


def gateway(
    *,
    pace: Pace,
    devices: Sequence[Wire],
    connection: str,
    store: str,
    site_broker: Table,
    central_broker: Table,
    keys: Sequence[Table],
) -> str:
    """The gateway's file."""
    tree: dict[str, Any] = {
        "site": {"id": SITE, "place": PLACE, "connection": connection, "simulated": True, "status": "test"},
        "store": {"path": store},
        "site_broker": _broker(site_broker),
        "central_broker": _broker(central_broker),
        "pace": {
            "heartbeat_s": pace.heartbeat_s,
            "heartbeat_active_s": pace.heartbeat_active_s,
            "picture_every_s": pace.poll_s,
            "sample_active_every_s": pace.poll_s,
        },
        "generator": {"rated_kw": RATED_KW, "controller": devices[0].name},
        "tank": {"litres": TANK_LITRES},
        # at the pace of days a screen's answer alone takes minutes of the product, so none is waited for
        "screens": {"expected": 1 if pace.rate <= FASTEST else 0},
        "bulletins": {"key": list(keys)},
        "device": [_device(one, pace) for one in devices],
    }
    return toml(tree)


def _device(wire: Wire, pace: Pace) -> Table:
    row: dict[str, Any] = {"name": wire.name, "profile": wire.profile, "unit": wire.unit}
    row |= {"tcp": wire.tcp} if wire.tcp else {"serial": wire.serial, "baud": wire.baud}
    row |= {"poll_every_s": pace.poll_s, "poll_active_every_s": pace.poll_s, "slow_every_s": pace.slow_s}
    row |= {"timeout_s": pace.timeout_s, "pause_s": PAUSE_S}
    if wire.profile == "eastron-sdm630":
        row["place"] = "load"
    return row


def dashboard(*, port: int, broker: Table, store: str) -> str:
    """The dashboard's file, as the municipality runs it."""
    return toml(
        {
            "web": {"host": "127.0.0.1", "port": port},
            "sign_in": {"required": False},
            "broker": _broker(broker),
            "store": {"path": store},
            "view": {"mode": "centre"},
            "site": [
                {"id": SITE, "place": PLACE, "in_service": False, "lat": HERE["latitude"], "lon": HERE["longitude"]}
            ],
        }
    )


def site_page(*, port: int, broker: Table, store: str) -> str:
    """The same program as it runs in the box: the one site's own page, on the site's own broker."""
    return toml(
        {
            "web": {"host": "127.0.0.1", "port": port},
            "sign_in": {"required": False},
            "broker": _broker(broker),
            "store": {"path": store},
            "view": {"mode": "site"},
            "site": [{"id": SITE, "place": PLACE, "in_service": False}],
        }
    )


def kiosk(
    *, broker: Table, cache: str, wake_socket: str, feeds: Mapping[str, str], everyday: Mapping[str, Table]
) -> str:
    """The kiosk's file, for both of its processes. `feeds`: the addresses that it asks, by name; `everyday`: rows."""
    return toml(
        {
            "site": {"id": SITE, "simulated": True},
            "broker": _broker(broker),
            "cache": {"path": cache},
            "screen": {"name": "butiken", "wake_socket": wake_socket},
            "place": HERE,
            "feeds": {**{name: {"url": url} for name, url in feeds.items()}, **everyday},
        }
    )


def _broker(door: Table) -> Table:
    return {**door, "reconnect_max_s": RECONNECT_MAX_S, "answer_within_s": 3.0}


def toml(tree: Table) -> str:
    """Tables, lists of tables and plain values as TOML text."""
    lines: list[str] = []
    _table(tree, "", lines)
    return "\n".join(lines).strip() + "\n"


def _table(tree: Table, path: str, lines: list[str]) -> None:
    inner = {name: value for name, value in tree.items() if isinstance(value, Mapping) or _tables(value)}
    lines += [f"{name} = {_plain(value)}" for name, value in tree.items() if name not in inner]
    for name, value in inner.items():
        here = f"{path}.{name}" if path else name
        for one in [value] if isinstance(value, Mapping) else value:
            lines += ["", f"[{here}]" if isinstance(value, Mapping) else f"[[{here}]]"]
            _table(one, here, lines)


def _tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and isinstance(value[0], Mapping)


def _plain(value: Any) -> str:
    """A value as TOML; JSON's text, number, list and true are TOML's too."""
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_plain(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)
