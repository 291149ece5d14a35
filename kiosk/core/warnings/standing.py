"""All that the screen tells of warnings at one moment: what stands, what has ended, what was checked, the news."""

from collections.abc import Mapping
from dataclasses import dataclass

from contract.words import Freshness, Status
from kiosk.core.age import Reader
from kiosk.core.look.rows import Line, Row
from kiosk.core.look.theme import Role
from kiosk.core.picture import Held
from kiosk.core.warnings.alert_view import AlertView, Ended
from kiosk.core.warnings.alert_words import Teller, alert_view, gravest_first, teller
from kiosk.core.warnings.checks import Time, checks
from kiosk.core.warnings.ended_words import ended_views
from kiosk.core.warnings.lifecycle import Life, lives, of_bulletin, of_feed
from kiosk.core.warnings.owed import Owed, owed
from kiosk.core.warnings.place import Place, Reach
from kiosk.core.warnings.watched import checked, scope, sources
from kiosk.core.words import Words, clean
from kiosk.feeds.alert import Source

NEWS_SHOWN_MS = 3 * 24 * 3_600_000
"""News fade: older than this by a believed clock is not shown."""
MOST_NEWS = 10
SHORT_AREA = 60
"""Letters: a longer name of where has no room on the banner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """As the fields of `View` with the same names."""

    alerts: tuple[AlertView, ...]
    banner: Line | None
    ended: tuple[Ended, ...]
    checked: Line
    scope: str
    sources: tuple[Row, ...]
    news: tuple[Row, ...]
    owed: tuple[Owed, ...]


def standing(
    held: Held, reader: Reader, time: Time, place: Place, watched: Mapping[str, Source] | None, box: Freshness
) -> Standing:
    """All of it. `watched`: source by feed name as set up; `box`: how fresh the box's picture is."""
    by = teller(reader, time, checks(held, time, watched), box)
    messages = [*(of_bulletin(one) for one in held.bulletins), *(of_feed(one) for one in held.alerts)]
    heard = held.contact.boot if held.contact is not None else ""
    all_lives = lives(messages, place, by.checks, time, heard)
    active = sorted((one for one in all_lives if one.why is None and not one.alert.news), key=gravest_first)
    heads = {(one.bulletin.id, one.bulletin.serial): one.head for one in held.bulletins}
    shown = tuple(
        alert_view(
            one, by, heads.get((one.alert.id, one.alert.revision)) if one.alert.source is Source.MUNICIPALITY else None
        )
        for one in active
    )
    name = clean(held.picture.place) if held.picture is not None else reader.words.say("head.no_place")
    return Standing(
        alerts=shown,
        banner=_banner(shown, reader.words),
        ended=ended_views(all_lives, by),
        checked=checked(tuple(active), by, name, held.picture is not None),
        scope=scope(by),
        sources=sources(by),
        news=_news(all_lives, by),
        owed=owed(all_lives),
    )


def _banner(shown: tuple[AlertView, ...], words: Words) -> Line | None:
    """The first message on one line: that it is an exercise, that it is unsure, what and where; and how many."""
    if not shown:
        return None
    first = shown[0]
    parts = [first.stamp] if first.stamp else []
    if not first.sure:
        parts.append(first.remark.split(".", maxsplit=1)[0])
    if first.all_clear or first.source is Source.SMHI:
        parts.append(first.kind)
    parts.append(first.headline)
    if first.source is Source.VMA and first.area and len(first.area) <= SHORT_AREA:
        parts.append(first.area)
    count = f" ({words.say('bar.page', n=1, all=len(shown))})" if len(shown) > 1 else ""
    return Line(": ".join(parts) + count, first.role)


def _news(all_lives: tuple[Life, ...], by: Teller) -> tuple[Row, ...]:
    """Editorial news for this county and the country, newest first; what calls itself an exercise says so."""
    here = by.time.wall_ms
    found = [
        life.alert
        for life in all_lives
        if life.alert.news
        and life.why is None
        and life.reach is not Reach.ELSEWHERE
        and (here is None or here - life.alert.sent_ms <= NEWS_SHOWN_MS)
    ]
    rows = []
    for alert in sorted(found, key=lambda one: (one.sent_ms, one.id), reverse=True)[:MOST_NEWS]:
        if not alert.words:
            continue
        texts = by.words.pick(alert.words)[1]
        real = alert.status is Status.ACTUAL
        stamp = "" if real else f"{by.words.phrase('status', alert.status)}: "
        detail = "\n".join(
            part for part in (clean(texts.description), by.words.say(f"alert.source_{alert.source}")) if part
        )
        rows.append(
            Row(stamp + clean(texts.headline), by.reader.at(alert.sent_ms), Role.PLAIN, detail, striped=not real)
        )
    return tuple(rows)
