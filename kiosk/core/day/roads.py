"""The roads near the point: what hinders the traffic, gravest first, then nearest; how far, until when, who says so."""

from kiosk.core.age import Reader
from kiosk.core.day.holding import Fed, Holding
from kiosk.core.day.section import Entry, Section
from kiosk.core.look.theme import Role
from kiosk.core.warnings.geometry import distance_km
from kiosk.feeds.alert import Point
from kiosk.feeds.road import Disruption, Roads

SOON_MS = 24 * 3_600_000
"""A disruption that begins within so long is told as coming."""
NEAR_KM = 60.0
"""Where people here drive on an ordinary day; further away only what is grave."""
FAR_KM = 150.0
GRAVE = 4
MOST_ROADS = 40


def road(holding: Holding, reader: Reader, point: Point | None) -> tuple[Section, ...]:
    """That there is nothing is said only after a fresh check. `point`: where the screen stands, if that is known."""
    feeds = holding.said(Roads)
    if not feeds:
        return ()
    here = reader.wall_ms()
    said = {one.id: one for fed in feeds for one in fed.body.disruptions}
    found = [one for one in said.values() if _holds(one, here) and _near(one, point)]
    found.sort(key=lambda one: (-one.severity, _away_km(one, point) or 0.0, -(one.changed_ms or 0), one.id))
    stale = next((fed for fed in feeds if not fed.fresh(reader)), None)
    rows = tuple(_row(one, reader, here, point) for one in found[:MOST_ROADS]) or (_nothing(stale, reader),)
    note = f"{(stale or feeds[0]).checked(reader)} {reader.words.say('road.source')}"
    return (
        Section(name="road", group="travel", icon="road", title=reader.words.say("section.road"), rows=rows, note=note,
                stale=stale is not None, summary=rows[0].text),
    )  # fmt: skip


def _nothing(stale: Fed | None, reader: Reader) -> Entry:
    if stale is not None:
        return Entry(text=reader.words.say("road.unknown"), role=Role.UNKNOWN)
    return Entry(text=reader.words.say("road.none"))


def _holds(one: Disruption, here: int | None) -> bool:
    """In force, or soon; while the clock is not known everything that was said stays."""
    if here is None:
        return True
    begun = one.starts_ms is None or one.starts_ms <= here + SOON_MS
    return begun and (one.ends_ms is None or one.ends_ms > here)


def _near(one: Disruption, point: Point | None) -> bool:
    """What does not say where it is may be near."""
    away = _away_km(one, point)
    return away is None or away <= (FAR_KM if one.severity >= GRAVE else NEAR_KM)


def _away_km(one: Disruption, point: Point | None) -> float | None:
    return None if point is None or one.point is None else distance_km(point, one.point)


def _row(one: Disruption, reader: Reader, here: int | None, point: Point | None) -> Entry:
    say, away = reader.words.say, _away_km(one, point)
    parts = [one.kind] if one.kind and one.kind.lower() not in one.header.lower() else []
    parts += [part for part in (one.road, one.where) if part]
    if away is not None:
        parts.append(say("road.away", n=max(1, round(away))))
    if here is not None and one.starts_ms is not None and one.starts_ms > here:
        parts.append(say("road.from", when=reader.at(one.starts_ms)))
    if one.ends_ms is not None:
        parts.append(say("road.until", when=reader.at(one.ends_ms)))
    if one.changed_ms is not None:
        parts.append(say("road.told", when=reader.at(one.changed_ms)))
    word = say(f"road.severity_{one.severity}") if one.severity in (1, 2, 4, 5) else ""
    role = Role.REMARK if one.severity >= GRAVE else Role.PLAIN
    return Entry(text=one.header, word=word, role=role, detail=" · ".join(parts), more=one.text)
