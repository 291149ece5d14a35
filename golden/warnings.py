"""Messages of other authorities, invented in the true shape, with as much text as there ever is."""

from typing import Any

from contract.words import Status
from golden.site import HOUR_MS, NOON
from kiosk.feeds.alert import Alert, Area, Level, MsgType, Source, Words

LONG = (
    "En giftig rök sprider sig från en brand i en lagerbyggnad vid Huså. Röken driver mot söder.\n\n"
    "Räddningstjänsten är på plats och beräknar att släckningen tar hela natten. " + "Röken luktar bränd plast. " * 30
)
ACT = (
    "Gå inomhus. Stäng dörrar, fönster och ventilation.\nLyssna på Sveriges Radio P4.\n"
    "Ring bara 112 om liv är i fara. Ring 113 13 för information. " + "Hjälp grannar som inte hör radion. " * 8
)
WIND = {
    "sv": Words("Mycket kraftig vind", "Nordvästlig vind med byar på 28 m/s i fjällen.",
                "Undvik att resa. Surra fast lösa föremål.", "Jämtlandsfjällen"),
    "en": Words("Very strong wind", "Northwesterly wind with gusts of 28 m/s in the mountains.",
                "Do not travel. Tie down loose things.", "The Jämtland mountains"),
}  # fmt: skip


def alert(source: Source, name: str, **changed: Any) -> Alert:
    """One message of a feed for this municipality, sent two hours ago."""
    sent = NOON - 2 * HOUR_MS
    fields: dict[str, Any] = {
        "revision": sent, "msg_type": MsgType.ALERT, "status": Status.ACTUAL, "sent_ms": sent, "sender": "SMHI",
        "expires_ms": NOON + 10 * HOUR_MS, "area": Area(codes=("2321",)), "words": WIND,
    }  # fmt: skip
    return Alert(source=source, id=name, **(fields | changed))


def weather(level: Level) -> Alert:
    """A weather warning of that level."""
    return alert(Source.SMHI, f"smhi-{level}", level=level)


def vma(name: str = "SRVMA-1", **changed: Any) -> Alert:
    """A danger for the public, in Swedish only and long."""
    words = {"sv": Words("Viktigt meddelande till allmänheten i Huså", LONG, ACT, "Huså och Kall, Åre kommun")}
    fields: dict[str, Any] = {"severity": "extreme", "sender": "Sveriges Radio", "words": words, "expires_ms": None}
    return alert(Source.VMA, name, **(fields | changed))


def news() -> Alert:
    """A piece of news of Krisinformation: to be found, never a warning."""
    words = {"sv": Words("Omfattande elavbrott i Jämtland", "Stormen har fällt ledningar.", "", "Jämtlands län")}
    return alert(Source.KRISINFORMATION, "99001", news=True, sender="Krisinformation.se", words=words)
