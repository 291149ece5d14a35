"""Krisinformation.se's news (API v3): edited in place, never a warning of its own. VMA is never taken from here.

Source: "Källa: Krisinformation.se". Nearly every item names the country beside its counties, so the country counts only
where nothing nearer is named. A county's coordinate is only its middle and is not used.
"""

from contract.words import Status
from kiosk.feeds.alert import Alert, Answer, Area, MsgType, Point, Reject, Shape, Source, Words
from kiosk.feeds.counties import WHOLE_COUNTRY, code_of_name
from kiosk.feeds.plain import from_html, line
from kiosk.feeds.reading import (
    Fields,
    Unreadable,
    address,
    answer,
    identifier,
    inner,
    language,
    latitude_longitude,
    load,
    moment_ms,
    number_text,
    objects,
    records,
    short,
    text,
    value,
)

VERSION = 2
MAX_BODY = 4_000_000
"""Bytes; a real answer has 20 000 to 200 000."""
SENDER = "Krisinformation.se"
MAX_AREAS = 200
POI_KM = 30.0
"""A place that is named without its county concerns those who live so near; the feed gives no size."""


def read(body: bytes) -> Answer:
    """All news items of one answer."""
    alerts: list[Alert] = []
    rejects: list[Reject] = []
    for name, item in records(load(body, MAX_BODY), "items"):
        if isinstance(item, Reject):
            rejects.append(item)
            continue
        try:
            alerts.append(_alert(item))
        except Unreadable as error:
            rejects.append(Reject(_name(item, name), str(error)))
    return answer(alerts, rejects)


def _name(item: Fields, otherwise: str) -> str:
    try:
        return identifier(item, "identifier")
    except Unreadable:
        return otherwise


def _alert(item: Fields) -> Alert:
    """One item. `sent_ms` is the newest edit, `onset_ms` the first publication."""
    number = identifier(item, "identifier")
    published, updated = moment_ms(item, "published"), moment_ms(item, "updated")
    newest = max((time for time in (published, updated) if time is not None), default=None)
    if newest is None:
        raise Unreadable("has no time of publication that can be read")
    headline = line(from_html(text(item, "headline"), 300)) or line(from_html(text(item, "pushmessage"), 300))
    if not headline:
        raise Unreadable("has no headline")
    area, where = _area(objects(item, "area")[:MAX_AREAS])
    tongue = language(text(item, "language"), "sv")
    return Alert(
        source=Source.KRISINFORMATION,
        id=number,
        revision=newest,
        msg_type=MsgType.ALERT,
        status=_status(item),
        sent_ms=newest,
        onset_ms=published,
        category=short(item, "event", 60).lower(),
        news=True,
        sender=short(item, "sendername", 120) or SENDER,
        web=address(item, "web"),
        area=area,
        words={tongue: Words(headline, _body(item), "", where)},
    )


def _body(item: Fields) -> str:
    """The introduction and the text; the text alone when it begins with the introduction."""
    first, rest = from_html(text(item, "preamble")), from_html(text(item, "bodytext"))
    return rest if rest.startswith(first) else "\n\n".join(part for part in (first, rest) if part)


def _status(item: Fields) -> Status:
    """The feed has no status; what calls itself a test (`IsTest`) or an exercise is none of the real ones."""
    event = short(item, "event", 60).lower()
    if "exercise" in event or "övning" in event:
        return Status.EXERCISE
    given = value(item, "istest")
    told = given is True or (isinstance(given, str) and given.strip().lower() == "true")
    return Status.TEST if told or "test" in event else Status.ACTUAL


def _area(parts: list[Fields]) -> tuple[Area, str]:
    """Where, and in words: the counties and places that are named, the whole country only when nothing else is."""
    codes, names, labels, points = [], [], [], []
    country = False
    for part in parts:
        label, kind = short(part, "description"), short(part, "type", 40).lower()
        code = code_of_name(label)
        if kind == "country" or code == WHOLE_COUNTRY:
            country = True
            continue
        if code and kind in ("county", ""):
            codes.append(code)
        elif label:
            names.append(label)
        labels.append(label)
        point = _point(part) if kind == "poi" else None
        if point:
            points.append((point, POI_KM))
    if country and not labels:
        return Area(codes=(WHOLE_COUNTRY,)), "Sverige"
    shape = Shape() if codes else Shape(circles=tuple(points))
    area = Area(tuple(dict.fromkeys(codes)), tuple(dict.fromkeys(names)), (), shape)
    return area, line(", ".join(dict.fromkeys(label for label in labels if label)), 1000)


def _point(part: Fields) -> Point | None:
    """Of a place that is no county: from the object of texts, else from "longitude,latitude altitude"."""
    given = inner(part, "coordinateobject")
    latitude, longitude = number_text(given, "latitude"), number_text(given, "longitude")
    if not latitude or not longitude:
        longitude, _, rest = text(part, "coordinate").strip().partition(",")
        latitude = rest.strip().partition(" ")[0]
    try:
        return latitude_longitude(float(latitude[:40]), float(longitude[:40]))
    except ValueError:
        return None
