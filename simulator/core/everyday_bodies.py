"""The bodies of everyday feeds in the true shape of each source, made from a script and its time. All is invented."""

import json
from datetime import UTC, date, datetime, time, timedelta
from html import escape
from typing import Any

from simulator.core.feed_bodies import SWEDEN
from simulator.core.feed_script import FeedScript, FeedStep, Listed, listed

AREA, STOP = "740099901", "Kall kyrka"
WINDOW = timedelta(minutes=60)
PATHS = {
    "departures": f"/v1/departures/{AREA}",
    "road": "/v2/data.json",
    "news": "/nyheter.rss",
    "calendar": "/evenemang.ics",
}
KEYED = ("departures", "road")
"""Whoever asks these without a key gets an error in the source's own form."""
MEDIA = {"news": "application/rss+xml; charset=utf-8", "calendar": "text/calendar; charset=utf-8"}


def departures(script: FeedScript, at_s: float, begins_ms: int) -> bytes:
    """Trafiklab's board of one stop: what leaves within the hour; times without offset, as they are sent."""
    now = moment(begins_ms, at_s).astimezone(SWEDEN)
    found = []
    for one in listed(script, "departures", at_s):
        for scheduled in _leaving(one.step, now):
            late = timedelta(seconds=one.step.late_s)
            if now <= scheduled + late and scheduled <= now + WINDOW:
                found.append(_departure(one.step, scheduled, scheduled + late))
    found.sort(key=lambda row: row["scheduled"])
    asked = f"{now:%Y-%m-%dT%H:%M:%S}"
    stop = {"id": AREA, "name": STOP, "transport_modes": ["BUS", "BOAT"], "alerts": []}
    query = {"queryTime": asked, "query": AREA}
    return _json({"timestamp": asked, "query": query, "stops": [stop], "departures": found})


def _leaving(step: FeedStep, now: datetime) -> list[datetime]:
    """Its times of yesterday, today and tomorrow."""
    days = [now.date() + timedelta(days=number) for number in (-1, 0, 1)]
    return [_at(day, clock) for day in days for clock in step.clocks]


def _departure(step: FeedStep, scheduled: datetime, expected: datetime) -> dict[str, Any]:
    live = step.late_s != 0 or step.cancelled
    end = {"id": "740099902", "name": step.headline}
    return {
        "scheduled": f"{scheduled:%Y-%m-%dT%H:%M:%S}",
        "realtime": f"{expected:%Y-%m-%dT%H:%M:%S}",
        "delay": int(step.late_s),
        "canceled": step.cancelled,
        "is_realtime": live,
        "route": {
            "name": None, "designation": step.name, "transport_mode": step.mode, "transport_mode_code": 700,
            "direction": step.headline, "origin": {"id": AREA, "name": STOP}, "destination": end,
        },
        "trip": {
            "trip_id": f"{step.name}-{scheduled:%H%M}", "start_date": f"{scheduled:%Y-%m-%d}", "technical_number": 1,
        },
        "agency": {"id": "505000000000000001", "name": "Påhittad trafik", "operator": None},
        "stop": {"id": "74009990100", "name": STOP, "lat": 63.43, "lon": 13.08},
        "scheduled_platform": None,
        "realtime_platform": None,
        "alerts": [],
    }  # fmt: skip


def road(script: FeedScript, at_s: float, begins_ms: int) -> bytes:
    """Trafikverket's situations; fields without a value are left out, as there."""
    rows = [{"Id": f"SE_X_{one.step.name}", "Deviation": [_deviation(one, begins_ms)]}
            for one in listed(script, "road", at_s)]  # fmt: skip
    return _json({"RESPONSE": {"RESULT": [{"Situation": rows}]}})


def _deviation(one: Listed, begins_ms: int) -> dict[str, Any]:
    step = one.step
    ends = None if step.ends_h is None else _local(begins_ms, one.first_s + 3600 * step.ends_h)
    point = step.outline[0] if step.outline else None
    fields = {
        "Id": f"SE_X_{step.name}_1",
        "MessageType": step.event or "Hinder",
        "Header": step.headline,
        "Message": step.sv,
        "SeverityCode": step.severity,
        "RoadNumber": step.road,
        "CountyNo": [int(code) for code in step.areas] or [0],
        "LocationDescriptor": step.where,
        "StartTime": _local(begins_ms, one.first_s + 3600 * step.starts_h),
        "EndTime": ends,
        "CreationTime": _local(begins_ms, one.first_s),
        "VersionTime": _local(begins_ms, one.said_s),
        "Suspended": False,
        "Geometry": {"Point": {"WGS84": f"POINT ({point[1]} {point[0]})"}} if point else None,
    }
    return {name: value for name, value in fields.items() if value not in (None, "")}


def road_refused() -> bytes:
    """What is said to who brings no key that is one."""
    return _json({"RESPONSE": {"RESULT": [{"ERROR": {"SOURCE": "Security", "MESSAGE": "Invalid authentication"}}]}})


def news(script: FeedScript, at_s: float, begins_ms: int) -> bytes:
    """A municipality's RSS, newest first; what stands in `sv` is HTML and travels escaped."""
    items = "".join(
        f"<item><title>{escape(one.step.headline)}</title><link>https://kommunen.example.se/{one.step.name}</link>"
        f"<guid isPermaLink='false'>{one.step.name}</guid><description>{escape(one.step.sv)}</description>"
        f"<pubDate>{moment(begins_ms, one.first_s):%a, %d %b %Y %H:%M:%S} +0000</pubDate></item>"
        for one in reversed(listed(script, "news", at_s))
    )
    head = "<title>Åre kommun</title><link>https://kommunen.example.se</link><description>x</description>"
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>{head}{items}</channel></rss>".encode()


def calendar(script: FeedScript, at_s: float, begins_ms: int) -> bytes:
    """A village association's iCalendar: each step the days `in_days` on, at its first time of day."""
    rows = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//invented//EN", "X-WR-CALNAME:Kalls byalag"]
    for one in listed(script, "calendar", at_s):
        rows += _event(one, begins_ms)
    return ("\r\n".join([*rows, "END:VCALENDAR"]) + "\r\n").encode()


def _event(one: Listed, begins_ms: int) -> list[str]:
    step = one.step
    day = (moment(begins_ms, one.first_s).astimezone(SWEDEN) + timedelta(days=step.in_days)).date()
    if step.clocks:
        when = [f"DTSTART;TZID=Europe/Stockholm:{_at(day, step.clocks[0]):%Y%m%dT%H%M%S}"]
        when += [f"DTEND;TZID=Europe/Stockholm:{_at(day, clock):%Y%m%dT%H%M%S}" for clock in step.clocks[1:2]]
    else:
        when = [f"DTSTART;VALUE=DATE:{day:%Y%m%d}"]
    status = ["STATUS:CANCELLED"] if step.cancelled else []
    texts = [("SUMMARY", step.headline), ("LOCATION", step.where), ("DESCRIPTION", step.sv)]
    told = [f"{name}:{_escaped(text)}" for name, text in texts if text]
    return ["BEGIN:VEVENT", f"UID:{step.name}@byalag.example.se", *when, *told, *status, "END:VEVENT"]


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.strip().replace("\n", "\\n")


def moment(begins_ms: int, at_s: float) -> datetime:
    """A time of the script, UTC."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=begins_ms) + timedelta(seconds=round(at_s))


def _at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), SWEDEN)


def _local(begins_ms: int, at_s: float) -> str:
    return f"{moment(begins_ms, at_s).astimezone(SWEDEN).replace(microsecond=0).isoformat(timespec='milliseconds')}"


def _json(tree: Any) -> bytes:
    return json.dumps(tree, ensure_ascii=False).encode()
