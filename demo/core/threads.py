"""The three threads of the road down: an alarm acknowledged, a bulletin shown, a document changed. What proves each."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from contract.words import Event

Told = Mapping[str, Any]

ALARM = "sensor-fault"
WHO = "Samordnare 1"
BULLETIN_ID = "prov-2026-1"
DOCUMENT = "services"
SECOND = 2
LASTS = timedelta(hours=2)
EVERY_DAY = "Mo-Su 08:00-20:00; Dec 24 off"


def bulletin(site: str) -> dict[str, Any]:
    """A bulletin as a person writes it; its times are written by `bulletin_text`, for TOML knows more than JSON."""
    return {
        "id": BULLETIN_ID,
        "msg_type": "alert",
        "status": "test",
        "sender_name": "Åre kommun",
        "category": "infra",
        "urgency": "immediate",
        "severity": "moderate",
        "certainty": "observed",
        "sites": [site],
        "texts": {
            "sv": {
                "headline": "Strömavbrott i Kallbygden",
                "description": "Nätet är borta i hela Kallbygden. Butiken har reservkraft.",
                "instruction": "Behöver du värme, vatten eller hjälp: kom till butiken.",
            },
            "en": {
                "headline": "Power cut around Kall",
                "description": "The mains is down in the whole area. The shop has reserve power.",
                "instruction": "If you need warmth, water or help: come to the shop.",
            },
        },
    }


def bulletin_text(text: str, now_ms: int) -> str:
    """The file's text with its times in front."""
    sent = datetime.fromtimestamp(now_ms / 1000, UTC).replace(microsecond=0)
    return f"sent = {sent.isoformat()}\nexpires = {(sent + LASTS).isoformat()}\n{text}"


def services(version: int) -> dict[str, Any]:
    """The document `services`; the second version has one service more."""
    rows = [
        _service("groceries", "Mat och vatten", "Food and water", EVERY_DAY)
        | {"unstaffed": "Mo-Su 05:00-23:00"}
        | {"unstaffed_needs": ["bankid", "network", "power"]},
        _service("fuel", "Bensin och diesel", "Petrol and diesel", "24/7"),
        _service("post", "Post och paket", "Post and parcels", "Mo-Fr 10:00-18:00; PH off")
        | {"texts": {"sv": "Hämta paket med legitimation. Brev går kl. 15.", "en": "Collect parcels with an ID card."}},
        _service("pharmacy", "Apoteksvaror", "Pharmacy goods", EVERY_DAY)
        | {"texts": {"sv": "Receptfritt finns i hyllan. Recept lämnas ut i kassan.", "en": "Ask at the counter."}},
        _service("library", "Bibliotek", "Library", "Tu,Th 15:00-18:00; PH off")
        | {"texts": {"sv": "Beställ böcker här, de kommer på torsdag.", "en": "Order books here."}},
    ]
    if version > 1:
        rows.append(_service("warmth", "Värmestuga", "Warm room", ""))
    return {"services": rows}


def _service(key: str, sv: str, en: str, staffed: str) -> dict[str, Any]:
    return {"key": key, "icon": key, "sv": sv, "en": en, "staffed": staffed}


def alarm_seen(gateway: Iterable[Told], dashboard: Iterable[Told]) -> dict[str, bool]:
    """Raised, acknowledged through the dashboard, merged at the gateway, cleared; and committed at the centre."""
    here = [one for one in gateway if _alarm(one).get("key") == ALARM]
    there = [one for one in dashboard if one["kind"] == Event.ALARM_ACKED]
    acked = [one for one in here if one["kind"] == Event.ALARM_ACKED]
    raised = next((one for one in here if one["kind"] == Event.ALARM_RAISED), None)
    same = [one for one in acked if raised and _who_is(one) == _who_is(raised)]
    return {
        "raised": raised is not None,
        "acknowledged_at_gateway": any(ack["who"] == WHO for one in same for ack in _alarm(one).get("acks", ())),
        "acknowledgement_committed": bool(there),
        "cleared": any(one["kind"] == Event.ALARM_CLEARED for one in here),
    }


def bulletin_seen(gateway: Iterable[Told], kiosk: Told, receipts: Iterable[Told]) -> dict[str, bool]:
    """Taken after its signature was checked, held by the kiosk, drawn, and the proof of it stored at the centre."""
    mine = [one for one in receipts if one.get("bulletin") == BULLETIN_ID]
    return {
        "taken_by_gateway": any(
            one["kind"] == Event.BULLETIN_TAKEN and one["body"].get("bulletin") == BULLETIN_ID for one in gateway
        ),
        "held_by_kiosk": any(one["id"] == BULLETIN_ID for one in kiosk.get("bulletins", ())),
        "receipt_at_centre": bool(mine),
        "first_frame_in_receipt": any(one.get("first_frame") for one in mine),
    }


def content_seen(
    gateway: Iterable[Told], versions: Mapping[int, str], kiosk: Told, on_topic: int | None
) -> dict[str, bool]:
    """Both versions taken, told apart by their SHA-256, and the second is where the kiosk reads it.

    `versions`: version → SHA-256. `on_topic`: the version on the kiosk's topic, for a kiosk that does not tell which
    documents it holds.
    """
    held = kiosk.get("documents")
    last = (
        {"second_version_on_the_kiosks_topic": on_topic == SECOND}
        if held is None
        else {"second_version_at_kiosk": any((one["name"], one["version"]) == (DOCUMENT, SECOND) for one in held)}
    )
    taken = [
        one["body"].get("sha256")
        for one in gateway
        if one["kind"] == Event.CONTENT_TAKEN and one["body"].get("document") == DOCUMENT
    ]
    return {
        "first_version_taken": versions.get(1) in taken,
        "second_version_taken": versions.get(2) in taken,
    } | last


def _alarm(one: Told) -> Told:
    alarm = (one.get("body") or {}).get("alarm")
    return alarm if isinstance(alarm, dict) else {}


def _who_is(one: Told) -> tuple[Any, ...]:
    alarm = _alarm(one)
    return tuple(alarm.get(name) for name in ("key", "device", "raised_run", "raised_seq"))
