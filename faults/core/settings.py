"""The settings files of a house under test, as TOML trees. Ports, paths and doors are decided elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

SITE, PLACE = "are-kall", "Kall"
ANSWER_S, KEEPALIVE_S, RECONNECT_MAX_S = 15.0, 6, 1.0
"""Real seconds: long enough for the worst link of a schedule, short enough for a run of minutes."""

Table = Mapping[str, Any]


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How often things happen, in product seconds; `rate` product seconds in a real one.

    `window_s`: how long the plant's telling value holds.
    """

    rate: float
    poll_s: float
    picture_s: float
    sample_s: float
    heartbeat_s: float
    window_s: float
    fast: bool = False
    """So fast that nobody can judge from outside what was shown when."""
    defaults: bool = False
    """The product's own paces are taken: the gateway's file says nothing of them."""


LIFE = Pace(rate=1.0, poll_s=1.0, picture_s=1.0, sample_s=2.0, heartbeat_s=4.0, window_s=2.0)
"""As in life, only more talkative."""


def ordinary(rate: float) -> Pace:
    """As a site is set up when nobody says anything of paces (gateway/config.py), played so many times as fast."""
    return Pace(rate=rate, poll_s=5.0, picture_s=10.0, sample_s=3600.0, heartbeat_s=300.0, window_s=2.0 * rate,
                defaults=True)  # fmt: skip


def fast(hours: float, for_s: float) -> Pace:
    """So many hours in so many real seconds, with a sample a minute as a real site's."""
    rate = hours * 3600 / for_s
    return Pace(
        rate=rate, poll_s=60.0, picture_s=60.0, sample_s=60.0, heartbeat_s=min(3600.0, max(60.0, rate)),
        window_s=max(60.0, 2 * rate), fast=True,
    )  # fmt: skip


def plant(ports: Sequence[int]) -> dict[str, Any]:
    """A set and a meter, each on its own listener."""
    return {
        "title": "A shop with a set that takes over by itself",
        "mode": "auto",
        "outdoor_c": -8,
        "generator": {"rated_kw": 56, "tank_l": 1000, "fuel_percent": 90},
        "load": {"kw": 13.5, "swing_kw": 1.5},
        "tcp": [
            {"port": ports[0], "device": [
                {"name": "genset", "profile": "dse-73xx-mkii", "unit": 1, "fixed": [[39424, 70]],
                 # written as keys of TOML, where a dot needs quotes
                 "values": {'"controller.model"': 32841, '"controller.serial"': 7320041}}]},
            {"port": ports[1], "device": [{"name": "meter", "profile": "eastron-sdm630", "unit": 1}]},
        ],
    }  # fmt: skip


def gateway(
    *, pace: Pace, ports: Sequence[int], store: str, site: Table, central: Table, keys: Sequence[Table], screen: bool
) -> dict[str, Any]:
    """The gateway's file."""
    device: dict[str, Any] = {"timeout_s": 0.5, "pause_s": 0.02}
    paces: dict[str, Any] = {}
    if not pace.defaults:
        device |= {"poll_every_s": pace.poll_s, "poll_active_every_s": pace.poll_s, "slow_every_s": pace.poll_s}
        paces = {"heartbeat_s": pace.heartbeat_s, "heartbeat_active_s": pace.heartbeat_s,
                 "picture_every_s": pace.picture_s, "sample_every_s": pace.sample_s,
                 "sample_active_every_s": pace.sample_s}  # fmt: skip
    return {
        "site": {"id": SITE, "place": PLACE, "connection": "automatic", "simulated": True, "status": "test"},
        "store": {"path": store, "commit_every_s": 3.0},
        "site_broker": _broker(site),
        "central_broker": _broker(central),
        "pace": paces,
        "generator": {"rated_kw": 56, "controller": "genset"},
        "tank": {"litres": 1000},
        "screens": {"expected": int(screen)},
        "bulletins": {"key": list(keys)},
        "device": [
            {"name": "genset", "profile": "dse-73xx-mkii", "unit": 1, "tcp": f"127.0.0.1:{ports[0]}", **device},
            {"name": "meter", "profile": "eastron-sdm630", "unit": 1, "tcp": f"127.0.0.1:{ports[1]}", "place": "load",
             **device},
        ],
    }  # fmt: skip


def dashboard(*, port: int, broker: Table, store: str, mode: str = "centre") -> dict[str, Any]:
    """The dashboard's file, as the municipality runs it; or, with mode "site", the page of its own in the box."""
    return {
        "web": {"host": "127.0.0.1", "port": port},
        "sign_in": {"required": False},
        "broker": _broker(broker),
        "store": {"path": store},
        "view": {"mode": mode},
        "site": [{"id": SITE, "place": PLACE, "in_service": False}],
    }


def kiosk(*, broker: Table, cache: str, wake_socket: str) -> dict[str, Any]:
    """The kiosk's file, for both of its processes."""
    return {
        "site": {"id": SITE, "simulated": True},
        "broker": _broker(broker),
        "cache": {"path": cache},
        "screen": {"name": "butiken", "wake_socket": wake_socket},
    }


def _broker(door: Table) -> dict[str, Any]:
    return {
        **door, "reconnect_max_s": RECONNECT_MAX_S, "answer_within_s": ANSWER_S, "keepalive_s": KEEPALIVE_S,
    }  # fmt: skip
