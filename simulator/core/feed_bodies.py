"""The bodies of the public feeds in the true shape of each source, made from a script. All texts are invented."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from simulator.core.feed_script import FeedScript, Listed, changed_s, listed, root_of, said

SWEDEN = ZoneInfo("Europe/Stockholm")
REFRESH_S = 6 * 3600.0 + 300
"""VMA's `timestamp` moves only so often while nothing changes."""
LEVELS = {"MESSAGE": ("Meddelande", "Message"), "YELLOW": ("Gul", "Yellow"), "ORANGE": ("Orange", "Orange"),
          "RED": ("Röd", "Red")}  # fmt: skip
SENDER = "https://vmaapi.sr.se"


def vma(script: FeedScript, at_s: float, begins_ms: int) -> bytes:
    """Sveriges Radio's list, API v3."""
    since = changed_s(script, "vma", at_s)
    stamp = since + REFRESH_S * ((at_s - since) // REFRESH_S)
    alerts = [_vma_alert(script, one, begins_ms) for one in listed(script, "vma", at_s)]
    return _json({"timestamp": _local(begins_ms, stamp), "alerts": alerts})


def _vma_alert(script: FeedScript, one: Listed, begins_ms: int) -> dict[str, Any]:
    step = one.step
    root = root_of(script, step)
    return {
        "identifier": vma_identifier(step.status, begins_ms, one.first_s, "SRCAP"),
        "sender": SENDER,
        "sent": _local(begins_ms, one.said_s),
        "status": step.status,
        "msgType": step.type.capitalize(),
        "scope": "Public",
        "references": _references(script, step.replaces, step.status, begins_ms),
        "note": "This is an exercise" if step.status == "Exercise" else None,
        "incidents": vma_identifier(root.status, begins_ms, root.starts_s, "SRVMA"),
        "info": None if step.type == "cancel" else _vma_info(one, begins_ms),
    }


def _references(script: FeedScript, name: str | None, status: str, begins_ms: int) -> str | None:
    """The triple of the message before; its `sent` is two hours off, as in the source's own examples."""
    first_s = None if name is None else said(script, name, float("inf"))
    if first_s is None:
        return None
    return f"{SENDER},{vma_identifier(status, begins_ms, first_s, 'SRCAP')},{_local(begins_ms, first_s - 7200)}"


def vma_identifier(status: str, begins_ms: int, at_s: float, head: str) -> str:
    """`SRCAP` + Swedish time + a letter: I for what is real, E for what is not."""
    letter = "I" if status == "Actual" else "E"
    return f"{head}{_moment(begins_ms, at_s).astimezone(SWEDEN):%Y%m%d%H%M%S}{letter}"


def _vma_info(one: Listed, begins_ms: int) -> list[dict[str, Any]]:
    step = one.step
    area = [_vma_area(code) for code in step.areas or ("00",)]
    expires = {} if step.expires_h is None else {"expires": _local(begins_ms, one.said_s + 3600 * step.expires_h)}
    texts = [("sv-SE", step.event or "Viktigt meddelande till allmänheten (VMA)", step.sv)]
    texts += [("en-US", "Important public announcement (VMA)", step.en)] if step.en else []
    return [
        {
            "language": language, "category": ["Safety"], "event": event, "urgency": "Immediate", "severity": "Severe",
            "certainty": "Observed", **expires, "senderName": "Sveriges Radio",
            "description": text.strip().replace("\n", "\r\n"), "instruction": None, "responseType": None,
            "web": "https://example.org/vad-ar-vma",
            "parameters": [{"valueName": "Created", "value": _local(begins_ms, one.said_s)[:19].replace("T", " ")}],
            "area": area,
        }
        for language, event, text in texts
    ]  # fmt: skip


def _vma_area(code: str) -> dict[str, Any]:
    name = {2: "Län", 4: "Kommun"}.get(len(code), "Kommun")
    kind = "Sverige" if code == "00" else name
    return {"areaDesc": f"Område {code}", "geocode": [{"valueName": kind, "value": code}]}


def smhi(script: FeedScript, at_s: float, begins_ms: int) -> bytes:
    """SMHI's impact-based warnings: each name an area of a warning of its own."""
    return _json([_smhi_warning(number, one, begins_ms) for number, one in enumerate(listed(script, "smhi", at_s))])


def _smhi_warning(number: int, one: Listed, begins_ms: int) -> dict[str, Any]:
    step = one.step
    what = {"sv": step.event or "Vind", "en": step.en.split("\n")[0] or "Wind", "code": step.code}
    ends = {} if step.ends_h is None else {"approximateEnd": _utc(begins_ms, one.first_s + 3600 * step.ends_h)}
    ring = [[longitude, latitude] for latitude, longitude in step.outline]
    area = {
        "id": _number(step.name or "", 990_000),
        "created": _utc(begins_ms, one.first_s),
        "published": _utc(begins_ms, one.said_s),
        "approximateStart": _utc(begins_ms, one.first_s + 3600 * step.starts_h),
        **ends,
        "normalProbability": True,
        "pushNotice": True,
        "areaName": {"sv": step.headline or "Påhittade fjällen", "en": step.headline or "Fictional mountains"},
        "warningLevel": {"sv": LEVELS[step.level][0], "en": LEVELS[step.level][1], "code": step.level},
        "eventDescription": what,
        "affectedAreas": [{"id": int(code), "sv": f"Län {code}", "en": f"County {code}"} for code in step.areas],
        "descriptions": [
            {
                "title": {"sv": "Vad händer", "en": "What happens", "code": "HAPPENS"},
                "text": {"sv": step.sv, "en": step.en or step.sv},
            }
        ],
        "area": {
            "type": "Feature",
            "properties": {},
            "geometry": {"type": "Polygon", "coordinates": [[*ring, *ring[:1]]] if ring else []},
        },
    }
    whole = {"mhoClassification": {"sv": "Meteorologi", "en": "Meteorology", "code": "MET"}}
    return {
        "id": 980_000 + number, "normalProbability": True, "event": what | whole, "descriptions": [],
        "warningAreas": [area],
    }  # fmt: skip


def krisinformation(script: FeedScript, at_s: float, begins_ms: int) -> bytes:
    """Krisinformation's news, newest first."""
    return _json([_news(one, begins_ms) for one in reversed(listed(script, "krisinformation", at_s))])


def _news(one: Listed, begins_ms: int) -> dict[str, Any]:
    step = one.step
    country = {"Latitude": "62.8", "Longitude": "16.5", "Altitude": "0"}
    areas = [("Country", "Sverige", country), *(("County", name, None) for name in step.areas)]
    return {
        "Identifier": str(_number(step.name or "", 99_000)),
        "PushMessage": step.headline,
        "Updated": _local(begins_ms, one.said_s),
        "Published": _local(begins_ms, one.first_s),
        "Headline": step.headline,
        "Preamble": step.event,
        "BodyText": step.sv,
        "ImageLink": "",
        "Links": [],
        "Area": [
            {
                "Type": kind, "Description": name, "Coordinate": "16.5,62.8 0" if point else "",
                "CoordinateObject": point, "GeometryInformation": None,
            }
            for kind, name, point in areas
        ],
        "Web": "https://example.org/nyhet",
        "Language": "sv",
        "Event": "News",
        "SenderName": "",
        "Push": True,
        "BodyLinks": [],
        "SourceID": 0,
    }  # fmt: skip


def _number(name: str, above: int) -> int:
    """A number of its own for a name, the same at every run."""
    return above + sum((at + 1) * letter for at, letter in enumerate(name.encode())) % 1000


def _moment(begins_ms: int, at_s: float) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=begins_ms) + timedelta(seconds=round(at_s))


def _local(begins_ms: int, at_s: float) -> str:
    return _moment(begins_ms, at_s).astimezone(SWEDEN).replace(microsecond=0).isoformat()


def _utc(begins_ms: int, at_s: float) -> str:
    return f"{_moment(begins_ms, at_s):%Y-%m-%dT%H:%M:%S}.000Z"


def _json(tree: Any) -> bytes:
    return json.dumps(tree, ensure_ascii=False).encode()
