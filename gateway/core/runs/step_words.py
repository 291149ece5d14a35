"""What a line of an outage's timeline says, as a key of `contract/notes.toml` with what is filled in."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from contract.words import Event
from gateway.core.site import Change

MAX_PART, MAX_PARTS = 100, 320
"""Bytes of one part and of all as they travel: a timeline has a hundred lines, and is one record of one message."""

Body = Mapping[str, Any]
Words = tuple[str, dict[str, Any]]


def words_of(change: Change) -> Words:
    """The key and its parts, as text; ("", {}) for an event that needs no more words than its own."""
    body = change.body
    key, parts = _MAKERS[change.kind](body) if change.kind in _MAKERS else _as_told(body)
    return (key, _bounded(parts)) if key else ("", {})


def _bounded(parts: Mapping[str, Any]) -> dict[str, str]:
    """The parts as text, cut where they are too long; what there is no room for is left out."""
    held: dict[str, str] = {}
    room = MAX_PARTS
    for name, told in parts.items():
        text = "" if told is None else _cut(str(told), min(MAX_PART, room))
        if text:
            held[name] = text
            room -= _bytes(text)
    return held


def _cut(text: str, room: int) -> str:
    if _bytes(text) <= room:
        return text
    while text and _bytes(text) + len("…".encode()) > room:
        text = text[: min(room, len(text) - 1)]
    return f"{text}…" if text else ""


def _bytes(text: str) -> int:
    """Without the quotes; a control character is six."""
    return len(msgspec.json.encode(text)) - 2


def _as_told(body: Body) -> Words:
    return str(body.get("key") or ""), dict(body.get("params") or {})


def _signal(body: Body) -> Words:
    return "signal", {"device": body["device"], "signal": body["signal"]}


def _device(body: Body) -> Words:
    return "device", {"device": body["device"]}


def _alarm(body: Body) -> Words:
    return "alarm", {"alarm": body["alarm"]["key"], "device": body["alarm"]["device"]}


def _power(body: Body) -> Words:
    return "power", {"power": body["power"]}


def _swings(body: Body) -> Words:
    return ("swings", {"n": body["changes"]}) if body.get("changes") else ("", {})


def _litres(body: Body) -> Words:
    return "litres", {"litres": f"{abs(body['after_l'] - body['before_l']):.0f}"}


def _run(body: Body) -> Words:
    run = body["run"]
    seconds = round(max(run["running_s"], run["loaded_s"]))
    return "run" if run["approved"] else "run_not_approved", {"run": run["kind"], "seconds": seconds}


def _report(body: Body) -> Words:
    seen = body["report"].get("power")
    return ("power_seen", {"power": seen}) if seen else ("", {})


def _answer(body: Body) -> Words:
    said = body["answer"]
    parts = {"activator": said["activator"], "minutes": said["in_minutes"], "said": said["note"]}
    return "coming" if said["coming"] else "not_coming", parts


def _need(body: Body) -> Words:
    # what people need is theirs: the timeline only tells of what kind it was
    return "need", {"need": body["need"]["what"]}


_MAKERS: dict[Event, Callable[[Body], Words]] = {
    Event.SENSOR_FAULT: _signal,
    Event.SENSOR_BACK: _signal,
    Event.DEVICE_SILENT: _device,
    Event.DEVICE_BACK: _device,
    Event.ALARM_CLEARED: _alarm,
    Event.ALARM_SHELVED: _alarm,
    Event.ALARM_ACKED: _alarm,
    Event.ALARM_RAISED: _alarm,
    Event.POWER_CHANGED: _power,
    Event.MAINS_SETTLED: _swings,
    Event.REFUELLED: _litres,
    Event.FUEL_LOST: _litres,
    Event.RUN_ENDED: _run,
    Event.REPORT_ENTERED: _report,
    Event.CALL_ANSWERED: _answer,
    Event.NEED_SAID: _need,
}
