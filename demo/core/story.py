"""What happens, in plain words, for somebody who looks on."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from contract.daylight import season
from contract.phrases import phrase

HOME = ZoneInfo("Europe/Stockholm")

PLANT: Mapping[str, str] = {
    "mains_fails": "The mains fails.",
    "mains_back": "The mains is back.",
    "engine_starting": "The controller starts the set.",
    "engine_warming": "The engine runs and warms up, still without load.",
    "engine_running": "The engine is warm.",
    "on_reserve": "The changeover closes: the set carries the shop.",
    "back_on_mains": "The load goes back to the mains.",
    "engine_cooling": "The set cools down without load.",
    "engine_stopped": "The set stops, ready for the next time.",
    "sender_fault": "The sender of {what} breaks: the controller shows a code in place of a value.",
    "sender_fault_ends": "The sender of {what} works again.",
    "silent": "{device} stops answering on the serial line.",
    "silent_ends": "{device} answers again.",
    "manual_start": "Somebody starts the set by hand.",
    "connect_load": "Somebody connects the shop to the set.",
    "disconnect_load": "Somebody takes the shop off the set.",
    "manual_stop": "Somebody stops the set.",
    "load_off": "The load side is dark.",
    "tank_empty": "The tank is empty.",
}


def at_plant(line: Mapping[str, Any]) -> str:
    """One event of the simulator as a sentence."""
    words = {"what": line.get("signal") or "", "device": line.get("device") or ""}
    event = str(line["event"])
    text = PLANT.get(event, event.replace("_", " ") + ".")
    return text.format(**words)


def at_centre(event: Mapping[str, Any]) -> str:
    """One committed event in the contract's own words."""
    try:
        words = phrase("event", str(event["kind"]), "en")
    except KeyError:
        words = str(event["kind"])
    body = event.get("body") or {}
    what = "/".join(str(body[name]) for name in ("device", "signal") if body.get(name))
    alarm = body.get("alarm") or {}
    what = what or "/".join(str(alarm[name]) for name in ("key", "device") if alarm.get(name))
    return f"{words} ({what})" if what else words


def clock_time(wall_ms: int | None) -> str:
    """Local time of day, as the shop's clock shows it."""
    if wall_ms is None:
        return "--:--:--"
    moment = datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(HOME)
    # in autumn an hour comes twice
    return f"{moment:%H:%M:%S} {moment:%Z}" if season(moment) else f"{moment:%H:%M:%S}"
