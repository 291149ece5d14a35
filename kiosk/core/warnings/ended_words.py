"""What has ended lately, each in one sentence with reason and time; what was only replaced is told by its successor."""

from collections.abc import Iterable

from contract.words import Status
from kiosk.core.warnings.alert_view import Ended
from kiosk.core.warnings.alert_words import Teller
from kiosk.core.warnings.lifecycle import ENDED_SHOWN_MS, Life
from kiosk.core.warnings.place import Reach
from kiosk.core.words import clean
from kiosk.feeds.alert import MsgType, Source

Matter = tuple[str, str, str]


def ended_views(lives: Iterable[Life], by: Teller) -> tuple[Ended, ...]:
    """Newest first, each matter once, and only what concerned this place."""
    matters: dict[Matter, list[Life]] = {}
    standing: set[Matter] = set()
    for life in lives:
        if life.why is None:
            standing.add(_matter(life))
        elif not life.alert.news:
            matters.setdefault(_matter(life), []).append(life)
    found = []
    for matter, ended in matters.items():
        if matter in standing or not (told := _told(ended)):
            continue
        at_ms = _at_ms(told, by)
        here = by.time.wall_ms
        if here is not None and at_ms is not None and here - at_ms > ENDED_SHOWN_MS:
            continue
        headline = _headline(ended, by)
        if headline:
            found.append((at_ms or 0, told.message.rank, _ended(told, headline, by)))
    return tuple(view for _, _, view in sorted(found, key=lambda one: one[:2], reverse=True))


def _matter(life: Life) -> Matter:
    """What it is about: its incident, else what ended it, else itself."""
    alert = life.alert
    about = alert.incidents[0] if alert.incidents else (life.by or life.message).alert.id
    return alert.source.value, alert.status.value, about


def _told(ended: list[Life]) -> Life | None:
    """The one that the end is told by: the newest, a cancel before what it ended; None when there is nothing to tell.

    A cancel names no place: it counts where something that concerned this place was ended by it, or where it names
    this place itself.
    """
    here = [life for life in ended if life.reach is not Reach.ELSEWHERE]
    concerned = [life for life in here if life.alert.msg_type is not MsgType.CANCEL or life.reach is Reach.HERE]
    over = [life for life in here if life.why not in ("replaced", None)]
    if not concerned or not over:
        return None
    return max(over, key=lambda life: life.message.rank)


def _headline(ended: list[Life], by: Teller) -> str:
    """Of the newest message that has any text: a cancel often has none."""
    for life in sorted(ended, key=lambda one: one.message.rank, reverse=True):
        if life.alert.words and life.reach is not Reach.ELSEWHERE:
            return clean(by.words.pick(life.alert.words)[1].headline)
    return ""


def _at_ms(life: Life, by: Teller) -> int | None:
    """When it ended; for how long it is told counts from there."""
    if life.ended_ms is not None:
        return life.ended_ms
    if life.ended is not None:
        return by.time.wall_of(life.ended)
    return life.alert.sent_ms


def _ended(life: Life, headline: str, by: Teller) -> Ended:
    alert, words = life.alert, by.words
    real = alert.status is Status.ACTUAL
    if not real:
        headline = f"{words.phrase('status', alert.status)}: {headline}"
    key = f"bulletin.ended_{life.why}" if life.why in ("cancelled", "expired") else f"alert.ended_{life.why}"
    if real and life.why == "cancelled" and alert.source is Source.VMA:
        key = "alert.ended_vma"
    if not real and life.why == "all_clear":
        key = "bulletin.ended_cancelled"
    return Ended(
        source=alert.source,
        id=alert.id,
        serial=alert.revision,
        text=words.say(key, headline=headline),
        detail=_detail(life, by),
        status=alert.status,
    )


def _detail(life: Life, by: Teller) -> str:
    """Why, by whom and when."""
    words = by.words
    ender = (life.by or life.message).alert
    sender = clean(ender.sender) or clean(life.alert.sender) or words.say(f"sources.by_{life.alert.source}")
    if life.ended_ms is not None:
        when = by.reader.at(life.ended_ms)
    elif life.ended is not None:
        when = by.own.when(life.ended)
    else:
        return words.say("alert.by", sender=sender)
    return words.say(f"alert.why_{life.why}", sender=sender, when=when)
