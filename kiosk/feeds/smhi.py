"""SMHI's impact-based warnings (IBWW version 1): each warning area is one message, edited in place while it lasts.

There is no update and no cancel: an area that is missing from a good answer has ended. `MESSAGE` is no warning.
Source: "Källa: SMHI" (CC BY 4.0); the drawing is made simpler, the words are not touched.
"""

from dataclasses import dataclass
from typing import Literal

from contract.words import Status
from kiosk.feeds.alert import Alert, Answer, Area, Level, MsgType, Reject, Shape, Source, Words
from kiosk.feeds.counties import NAMES
from kiosk.feeds.geojson import shape_of
from kiosk.feeds.outline import simplified
from kiosk.feeds.plain import clean, line
from kiosk.feeds.reading import (
    MAX_RECORDS,
    Fields,
    Unreadable,
    answer,
    identifier,
    inner,
    load,
    moment_ms,
    number_text,
    objects,
    records,
    short,
    text,
)

VERSION = 2
MAX_BODY = 4_000_000
"""Bytes; a real answer has 10 000 to 1 000 000. Read, a hostile one of this size takes some 100 MB of memory."""
MAX_DRAWN_POINTS = 100_000
"""Points of all drawings of one answer; later drawings are left out (their counties remain), to bound the time."""
LANGUAGES = ("sv", "en")
SEAS = range(41, 59)
"""Sea districts, and Vänern (58): no county has such a number."""
Severity = Literal["extreme", "severe", "moderate", "minor", "unknown"]
LEVELS: dict[str, tuple[Level, Severity]] = {
    "MESSAGE": (Level.MESSAGE, "minor"),
    "YELLOW": (Level.YELLOW, "moderate"),
    "ORANGE": (Level.ORANGE, "severe"),
    "RED": (Level.RED, "extreme"),
}
"""With the severity that MeteoAlarm and CAP give to the same colour."""


@dataclass(slots=True)
class Drawn:
    """How many points the drawings of one answer had so far."""

    points: int = 0


def read(body: bytes) -> Answer:
    """All warning areas of all warnings."""
    alerts: list[Alert] = []
    rejects: list[Reject] = []
    drawn = Drawn()
    for name, warning in records(load(body, MAX_BODY), "warnings"):
        if isinstance(warning, Reject):
            rejects.append(warning)
            continue
        for area in _areas(warning, name, rejects):
            try:
                alerts.append(_alert(warning, area, drawn))
            except Unreadable as error:
                rejects.append(Reject(_name(area, f"an area of {name}"), str(error)))
    return answer(alerts, rejects)


def _areas(warning: Fields, name: str, rejects: list[Reject]) -> list[Fields]:
    """The areas of one warning; what is none is told. No name here may be taken for an area's own number."""
    found = warning.get("warningareas")
    label = f"warning {_name(warning, name)}"
    if not isinstance(found, list):
        rejects.append(Reject(label, "holds no list of areas"))
        return []
    if len(found) > MAX_RECORDS:
        rejects.append(Reject(label, f"holds more than {MAX_RECORDS} areas"))
        return []
    areas = [area for area in found if isinstance(area, Fields)]
    if len(areas) < len(found):
        rejects.append(Reject(label, f"{len(found) - len(areas)} of its areas are no objects"))
    return areas


def _name(record: Fields, otherwise: str) -> str:
    try:
        return identifier(record, "id")
    except Unreadable:
        return otherwise


def _alert(warning: Fields, area: Fields, drawn: Drawn) -> Alert:
    number = identifier(area, "id")
    published = moment_ms(area, "published")
    if published is None:
        published = moment_ms(area, "created")
    if published is None:
        raise Unreadable("has no time of publication that can be read")
    code = short(inner(area, "warninglevel"), "code", 40).upper()
    if code not in LEVELS:
        raise Unreadable(f"has the unknown level {code}" if code else "has no level")
    level, severity = LEVELS[code]
    words = _words(warning, area)
    if not words:
        raise Unreadable("has no text")
    event = short(inner(area, "eventdescription"), "code", 60) or short(inner(warning, "event"), "code", 60)
    return Alert(
        source=Source.SMHI,
        id=number,
        revision=published,
        msg_type=MsgType.ALERT,
        status=Status.ACTUAL,
        sent_ms=published,
        onset_ms=moment_ms(area, "approximatestart"),
        expires_ms=moment_ms(area, "approximateend"),
        severity=severity,
        level=level,
        category=event.lower(),
        sender="SMHI",
        area=_area(area, drawn),
        words=words,
    )


def _words(warning: Fields, area: Fields) -> dict[str, Words]:
    """The languages that have all that any language has; when none has, Swedish with what there is."""
    sections = [*objects(area, "descriptions"), *objects(warning, "descriptions")]
    spoken = {tongue: _spoken(warning, area, sections, tongue) for tongue in LANGUAGES}
    most = max(len(texts) for _, texts in spoken.values())
    whole = {tongue: found for tongue, found in spoken.items() if found[0] and len(found[1]) == most}
    if not whole and any(headline or texts for headline, texts in spoken.values()):
        first, second = (spoken[tongue] for tongue in LANGUAGES)
        whole = {LANGUAGES[0]: (first[0] or second[0], first[1] if len(first[1]) >= len(second[1]) else second[1])}
    return {
        tongue: Words(headline, clean("\n\n".join(dict.fromkeys(texts))), "", _where(area, tongue))
        for tongue, (headline, texts) in whole.items()
    }


def _spoken(warning: Fields, area: Fields, sections: list[Fields], tongue: str) -> tuple[str, list[str]]:
    """Headline and texts in one language, in the order in which they came, whatever their codes are."""
    headline = short(inner(area, "eventdescription"), tongue) or short(inner(warning, "event"), tongue)
    texts = []
    for section in sections:
        title, said = short(inner(section, "title"), tongue), _lines(inner(section, "text"), tongue)
        if said:
            texts.append(f"{title}\n{said}" if title else said)
    return headline, texts


def _lines(fields: Fields, tongue: str) -> str:
    """A text whose line ends may have been written out as a backslash and an n."""
    return clean(text(fields, tongue).replace("\\r", "").replace("\\n", "\n"))


def _where(area: Fields, tongue: str) -> str:
    named = inner(area, "areaname")
    told = short(named, tongue) or short(named, LANGUAGES[0])
    affected = (short(found, tongue) or short(found, LANGUAGES[0]) for found in objects(area, "affectedareas"))
    return told or line(", ".join(dict.fromkeys(name for name in affected if name)))


def _area(area: Fields, drawn: Drawn) -> Area:
    """Counties and seas as codes; what is neither as `smhi-99` with its name, so that nobody believes to know it."""
    codes, names = [], []
    for affected in objects(area, "affectedareas"):
        digits = number_text(affected, "id").strip()
        number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 3 else -1
        code = f"{number:02d}"
        if code in NAMES or number in SEAS:
            codes.append(code)
            continue
        codes += [f"smhi-{number}"] if number >= 0 else []
        names.append(short(affected, "sv") or short(affected, "en"))
    return Area(
        codes=tuple(dict.fromkeys(codes)),
        names=tuple(dict.fromkeys(name for name in names if name)),
        shape=_shape(area, drawn),
    )


def _shape(area: Fields, drawn: Drawn) -> Shape:
    if drawn.points > MAX_DRAWN_POINTS:
        return Shape()
    found = shape_of(area.get("area"))
    if found is None:
        return Shape()
    drawn.points += sum(len(ring) for polygon in found.polygons for ring in polygon) + sum(map(len, found.lines))
    return simplified(found) or Shape()
