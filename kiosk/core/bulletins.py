"""One bulletin as words for the screen: what happens, what to do, who says it, since when and until when."""

from contract.bulletins import Bulletin, PublicBulletin
from contract.bulletins import Words as BulletinWords
from contract.freshness import silence_ms
from contract.words import Status
from kiosk.core.age import HOUR_MS, Reader
from kiosk.core.alert_view import AlertView, Ended
from kiosk.core.alerts import Why, unsure
from kiosk.core.theme import SHAPES, Role
from kiosk.core.words import clean
from kiosk.feeds.alert import Level, Source

ENDED_SHOWN_MS = 12 * HOUR_MS
"""An ended message is told as ended for so long."""


def bulletin_view(held: PublicBulletin, reader: Reader, fresh: bool) -> AlertView:
    """An active bulletin in the reader's language, or in Swedish with a sentence saying so."""
    bulletin, words = held.bulletin, reader.words
    texts, remarks = _texts(bulletin, words.language), []
    if words.language not in bulletin.texts:
        remarks.append(words.say("bulletin.only_swedish"))
    if not fresh:
        silent = silence_ms(reader.contact, reader.now)
        when = reader.since(held.head.moment()) if silent is None else _before(reader, silent)
        remarks.append(words.say("bulletin.unchecked", when=when))
    return AlertView(
        source=Source.MUNICIPALITY,
        id=bulletin.id,
        serial=bulletin.serial,
        incident=bulletin.incident,
        status=bulletin.status,
        level=Level.NONE,
        kind=words.say("bulletin.kind"),
        shape=SHAPES[_role(bulletin)],
        stamp="" if bulletin.status is Status.ACTUAL else words.phrase("status", bulletin.status),
        role=_role(bulletin),
        headline=clean(texts.headline),
        description=clean(texts.description),
        instruction=clean(texts.instruction),
        sender=words.say("bulletin.sender", sender=clean(bulletin.sender_name), when=reader.at(bulletin.sent_ms)),
        area="",
        since=reader.at(bulletin.sent_ms),
        until=_until(held, reader),
        checked="",
        remark=" ".join(remarks),
        language=words.language if words.language in bulletin.texts else "sv",
        takes=True,
        sure=True,
    )


def _until(held: PublicBulletin, reader: Reader) -> str:
    expires = held.bulletin.expires_ms
    if expires is None:
        return reader.words.say("bulletin.open_end")
    key = "bulletin.until_unsure" if unsure(held, reader.now) else "bulletin.until"
    return reader.words.say(key, when=reader.at(expires))


def _before(reader: Reader, silence: int) -> str:
    here = reader.wall_ms()
    return reader.ago(silence, "back") if here is None else reader.at(here - silence)


def _texts(bulletin: Bulletin, language: str) -> BulletinWords:
    return bulletin.texts.get(language) or bulletin.texts["sv"]


def _role(bulletin: Bulletin) -> Role:
    """An exercise keeps its own colour: it must not look like the real thing from across the room."""
    if bulletin.status is not Status.ACTUAL:
        return Role.INFORMATION
    return {"extreme": Role.BAD, "severe": Role.BAD, "moderate": Role.REMARK}.get(bulletin.severity, Role.INFORMATION)


def ended_views(ended: tuple[tuple[PublicBulletin, Why], ...], reader: Reader) -> tuple[Ended, ...]:
    """What ended lately, once per incident; replaced ones are told by what replaced them."""
    views: list[Ended] = []
    incidents: set[str] = set()
    for held, why in ended:
        bulletin = held.bulletin
        if why in ("replaced", "elsewhere") or bulletin.incident in incidents:
            continue
        incidents.add(bulletin.incident)
        here = reader.wall_ms()
        if here is not None and here - bulletin.sent_ms > ENDED_SHOWN_MS:
            continue
        headline = clean(_texts(bulletin, reader.words.language).headline)
        if bulletin.status is not Status.ACTUAL:
            headline = f"{reader.words.phrase('status', bulletin.status)}: {headline}"
        text = reader.words.say(f"bulletin.ended_{why}", headline=headline)
        views.append(Ended(source=Source.MUNICIPALITY, id=bulletin.id, serial=bulletin.serial, text=text))
    return tuple(views)
