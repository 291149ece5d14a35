"""An ordinary day with everything on it: documents of the demo's village, and what the everyday feeds say, invented."""

from datetime import date
from typing import Any

import msgspec

from contract.content import DOCUMENTS
from contract.wire import Moment
from contract.words import ClockQuality
from demo.core import threads, village
from golden.painted import DIGEST, TOLD
from golden.site import BOOT, MINUTE_MS, MONO_MS, NOON, contact, picture
from kiosk.core.asking.feed import FeedState, Items
from kiosk.core.picture import Held
from kiosk.feeds.departures import Board, Departure
from kiosk.feeds.road import Disruption, Roads
from kiosk.feeds.rss import Item, News

TODAY = date(2025, 11, 20)
NEAREST = {
    "places": [
        {"id": "duved", "title": {"sv": "Bygdegården i Duved", "en": "The village hall in Duved"}, "declared": "open",
         "told": "2025-11-20T11:20:00+01:00", "where": "12 km, mot Duved"},
    ]
}  # fmt: skip


def _bus(number: int, **changed: Any) -> Departure:
    fields = {"trip": f"{number}", "line": "155", "to": "Järpens resecentrum via Huså", "mode": "BUS"} | changed
    return Departure(scheduled_ms=NOON + number * 9 * MINUTE_MS, **fields)


def answers() -> dict[str, Any]:
    """What the feeds say; the longest texts included."""
    board = Board(
        area="740099901",
        departures=(_bus(1, expected_ms=NOON + 12 * MINUTE_MS), _bus(2, cancelled=True), _bus(3)),
    )
    closed = Disruption(
        id="x", kind="Hinder", header="Träd över vägen", text="Vägen är avstängd. " * 60, road="Väg 999", severity=5,
        where="mellan Påhittsby och Fiktiva", ends_ms=NOON + 90 * MINUTE_MS,
    )  # fmt: skip
    news = tuple(
        Item(id=f"{n}", title="Vattnet är avstängt på onsdag " * n, text="Vi byter en ventil.\n" * 40,
             published_ms=NOON - n * 90 * MINUTE_MS)
        for n in range(1, 5)
    )  # fmt: skip
    return {"departures": board, "road": Roads(disruptions=(closed,)), "news": News(publisher="Byn", items=news)}


def documents() -> dict[str, Any]:
    """Everything that the municipality has published for this place."""
    trees: dict[str, Any] = {"services": threads.services(2), "nearest": NEAREST} | village.documents(TODAY)
    return {name: msgspec.convert(tree, DOCUMENTS[name]) for name, tree in trees.items()}


def illustrated() -> dict[str, Any]:
    """The same documents with a picture on every post that may have one."""
    papers = documents()
    for name, field in (("businesses", "businesses"), ("rooms", "rooms"), ("events", "events"),
                        ("information", "pages"), ("here", "things")):  # fmt: skip
        posts = getattr(papers[name], field)
        posts = tuple(msgspec.structs.replace(one, picture=DIGEST, picture_text=TOLD) for one in posts)
        papers[name] = msgspec.structs.replace(papers[name], **{field: posts})
    return papers


def held(*, old: bool = False, pictures: bool = False, **changed: Any) -> Held:
    """That day at noon; `old`: the feeds have not answered for hours."""
    papers = illustrated() if pictures else documents()
    ago = 300 * MINUTE_MS if old else MINUTE_MS
    at = Moment(boot=BOOT, up_ms=MONO_MS - ago, wall_ms=NOON - ago, clock=ClockQuality.SYNCED)
    told = answers()
    watched = (("vma", 60.0), ("smhi", 300.0), ("krisinformation", 600.0), *((name, 300.0) for name in told))
    fields: dict[str, Any] = {
        "picture": picture(), "contact": contact(), "services": papers.pop("services"),
        "contacts": papers.pop("contacts"), "documents": papers,
        "items": tuple(Items(name=name, kind=name, body=msgspec.json.encode(one)) for name, one in told.items()),
        "feeds": tuple(
            FeedState(name=name, every_s=every, tried=at, checked=at, changed=at) for name, every in watched
        ),
    }  # fmt: skip
    return Held(**(fields | changed))
