"""The picture of this place in words: power and how old that is, what happened, what staff have said, notices."""

from contract.freshness import DECLARATION_HOLDS_MS, judge, silence_ms
from contract.messages import PublicPicture, ServiceNow
from contract.words import PUBLIC_EVENTS, Declared, Freshness, Opening, Power, Status
from kiosk.core.age import Reader
from kiosk.core.look.rows import Line, Row
from kiosk.core.look.theme import Role
from kiosk.core.picture import Told
from kiosk.core.words import Words, clean

LAST_EVENTS = 12

POWER_ROLES = {
    Power.ON_MAINS: Role.GOOD,
    Power.ON_BATTERY: Role.RESERVE,
    Power.STARTING: Role.RESERVE,
    Power.ON_RESERVE: Role.RESERVE,
    Power.RETURNING: Role.RESERVE,
    Power.DEAD: Role.BAD,
    Power.UNKNOWN: Role.UNKNOWN,
}


def freshness(picture: PublicPicture | None, reader: Reader) -> Freshness:
    """How fresh the box's picture is."""
    if picture is None:
        return Freshness.UNKNOWN
    age = reader.age_ms(picture.head.moment())
    return judge(age, picture.period_s, picture.heartbeat_s, silence_ms(reader.contact, reader.now))


def active(picture: PublicPicture | None, fresh: Freshness, words: Words) -> str:
    """Open as a crisis point, or somebody is on the way to open it; asked for alone is no news to visitors."""
    if picture is None or fresh is not Freshness.FRESH:
        return ""
    if picture.active:
        return words.say("head.active")
    return words.say("head.preparing") if picture.opening is Opening.PREPARING else ""


def believed(picture: PublicPicture | None, fresh: Freshness) -> Power:
    """The power as it may be shown."""
    return picture.power if picture and fresh is Freshness.FRESH else Power.UNKNOWN


def stamps(picture: PublicPicture | None, simulated: bool, words: Words) -> tuple[str, ...]:
    """What is not for real, in words for the frame."""
    found = [words.phrase("status", "simulated")] if simulated else []
    if picture and picture.head.status is not Status.ACTUAL:
        found.append(words.phrase("status", picture.head.status))
    return tuple(found)


def power(picture: PublicPicture | None, fresh: Freshness, words: Words) -> Line:
    """The power as a line."""
    now = believed(picture, fresh)
    return Line(words.phrase("power", now), POWER_ROLES[now])


def power_since(picture: PublicPicture | None, reader: Reader, fresh: Freshness) -> str:
    """Since when it is so, or what was known last."""
    if picture is None:
        return ""
    if fresh is not Freshness.FRESH:
        return reader.words.say("power.until_then", word=reader.words.phrase("power", picture.power))
    return reader.words.say("power.since", when=reader.since(picture.since)) if picture.since else ""


def power_age(picture: PublicPicture | None, reader: Reader, fresh: Freshness) -> str:
    """How old the picture is."""
    if picture is None:
        return reader.words.say("power.waiting")
    if fresh is Freshness.FRESH:
        return reader.words.say("power.fresh", when=reader.when(picture.head.moment()))
    key = "stale" if fresh is Freshness.STALE else "silent"
    moment = picture.head.moment()
    if aged := reader.aged(moment):
        return reader.words.say(f"power.{key}_ago", when=aged)
    return reader.words.say(f"power.{key}", when=reader.since(moment))


def events(told: tuple[Told, ...], reader: Reader) -> tuple[Row, ...]:
    """Newest first; what was told in an exercise or a test says so for ever."""
    rows = []
    for one in reversed([one for one in told if one.event.kind in PUBLIC_EVENTS][-LAST_EVENTS:]):
        text = reader.words.phrase("event", one.event.kind)
        if one.status is not Status.ACTUAL:
            text = f"{reader.words.phrase('status', one.status)}: {text}"
        rows.append(Row(text, word=reader.when(one.event.at)))
    return tuple(rows)


def declared(one: ServiceNow | None, picture: PublicPicture | None, reader: Reader, fresh: Freshness) -> Declared:
    """What may be shown of a declaration; anything doubtful is unknown."""
    if one is None or picture is None or one.declared_at is None or fresh is not Freshness.FRESH:
        return Declared.UNKNOWN
    age = reader.age_ms(one.declared_at)
    outage = picture.power is not Power.ON_MAINS
    if outage and (age is None or age > DECLARATION_HOLDS_MS):
        return Declared.UNKNOWN
    here = reader.wall_ms()
    if one.until_ms is not None and (here is None or here >= one.until_ms):
        return Declared.UNKNOWN
    return one.declared


def line_heard(picture: PublicPicture | None, reader: Reader, fresh: Freshness) -> bool:
    """Has the box had the municipality's line just now?"""
    if picture is None or picture.centre_heard is None or fresh is not Freshness.FRESH:
        return False
    age = reader.age_ms(picture.centre_heard)
    return judge(age, picture.heartbeat_s, picture.heartbeat_s, 0) is Freshness.FRESH


def stay(picture: PublicPicture | None, reader: Reader) -> tuple[Row, ...]:
    """A point that can be moved says so when it should not stand here, and when no clock can tell."""
    if picture is None or picture.stay is None:
        return ()
    told, here = picture.stay, reader.wall_ms()
    begins, ends = reader.at(told.from_ms), reader.at(told.until_ms)
    if here is None:
        return (Row(reader.words.say("stay.unknown", begins=begins, ends=ends), role=Role.UNKNOWN),)
    if told.holds(here):
        return ()
    key = "not_yet" if here < told.from_ms else "over"
    return (Row(reader.words.say(f"stay.{key}", begins=begins, ends=ends), role=Role.REMARK),)


def notices(picture: PublicPicture | None, reader: Reader, fresh: Freshness) -> tuple[Row, ...]:
    """Local notices that have not run out under a known clock."""
    if picture is None:
        return ()
    here, rows = reader.wall_ms(), []
    for notice in picture.notices:
        if notice.until_ms is not None and here is not None and here >= notice.until_ms:
            continue
        text = reader.words.own({"sv": clean(notice.sv), "en": clean(notice.en)})
        since = reader.words.say("notice.since", when=reader.when(notice.since))
        old = "" if fresh is Freshness.FRESH else f" · {reader.words.say('notice.old')}"
        if notice.until_ms is not None and here is None:
            old = f" · {reader.words.say('notice.unsure')}{old}"
        rows.append(Row(text, word=reader.words.say("notice.local"), role=Role.INFORMATION, detail=since + old))
    return tuple(rows)
