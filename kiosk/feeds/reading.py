"""JSON from outside, read with suspicion: bounded, any case of letters in the keys, each fault one sentence.

Nothing here goes deeper than its caller asks, so no nesting can exhaust the stack after `load`.
"""

import json
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from contract.words import Status
from kiosk.feeds.alert import Alert, Answer, BadAnswer, Reject
from kiosk.feeds.plain import clean, line

MAX_ID = 200
MAX_RECORDS = 2000
MAX_ALERTS = 1000
"""Messages of one answer; real ones have some dozens. Each is looked at with every picture."""
MAX_OBJECTS = 100_000
"""JSON objects of one answer; the largest real ones have some thousand. Each costs far more memory than bytes."""
SWEDEN = ZoneInfo("Europe/Stockholm")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_MS = 946_684_800_000
"""The year 2000: no feed is older, and 1970 or year 1 is how a program writes that it has no time."""


class Unreadable(Exception):
    """One record cannot be read; one sentence."""


class LeftOut(Unreadable):
    """One record can be read but is not for a public screen; one sentence."""


class Fields(dict[str, object]):
    """One JSON object; keys in lower case. A key that came twice holds `TWICE`."""

    __slots__ = ()


class _Twice:
    """Stands for a value that was given twice: nobody knows which one was meant."""


TWICE = _Twice()


def load(body: bytes, most: int) -> object:
    """The body as JSON, objects as `Fields`. UTF-8, or UTF-16 or 32 if it says so. Numbers past all sense are None."""
    if len(body) > most:
        raise BadAnswer(f"the answer is larger than {most // 1_000_000} MB and was not read")
    if not body.strip():
        raise BadAnswer("the answer is empty")
    try:
        text = body.decode(json.detect_encoding(body))
        return json.loads(
            text,
            object_pairs_hook=_Objects(),
            parse_int=_whole,
            parse_float=_broken,
            parse_constant=lambda _: None,
        )
    except UnicodeDecodeError as error:
        raise BadAnswer(f"the answer is not UTF-8 (byte {error.start})") from error
    except RecursionError as error:
        raise BadAnswer("the answer is nested too deeply") from error
    except ValueError as error:
        raise BadAnswer(f"the answer is not JSON: {line(str(error), 120)}") from error


class _Objects:
    """Makes the objects of one answer, up to a number."""

    def __init__(self) -> None:
        self._made = 0

    def __call__(self, pairs: list[tuple[str, object]]) -> Fields:
        self._made += 1
        if self._made > MAX_OBJECTS:
            raise BadAnswer(f"the answer holds more than {MAX_OBJECTS} objects")
        fields = Fields()
        for key, value in pairs:
            name = key.strip().lower()
            fields[name] = TWICE if name in fields else value
        return fields


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= 18 else None


def _broken(digits: str) -> float | None:
    number = float(digits) if len(digits) <= 40 else math.inf
    return number if math.isfinite(number) else None


def value(fields: Fields, key: str) -> object:
    """What stands under the key (lower case); None where nothing does."""
    found = fields.get(key)
    if found is TWICE:
        raise Unreadable(f"{key} is given twice")
    return found


def text(fields: Fields, key: str) -> str:
    """The text under the key as it came, not cleaned; "" where none is given."""
    found = value(fields, key)
    return found if isinstance(found, str) else ""


def number_text(fields: Fields, key: str) -> str:
    """A number or a code under the key as text, whether it came as text or as a number."""
    found = value(fields, key)
    return str(found) if isinstance(found, int | float) and not isinstance(found, bool) else text(fields, key)


def words(fields: Fields, key: str) -> str:
    """The text under the key, clean, with its paragraphs."""
    return clean(text(fields, key))


def short(fields: Fields, key: str, most: int = 300) -> str:
    """The text under the key as one clean line."""
    return line(text(fields, key), most)


def inner(fields: Fields, key: str) -> Fields:
    """The object under the key; an empty one where none is given."""
    found = value(fields, key)
    return found if isinstance(found, Fields) else Fields()


def many(fields: Fields, key: str) -> list[object]:
    """The list under the key; one thing alone is a list of one, nothing an empty list."""
    found = value(fields, key)
    if found is None:
        return []
    return found[:MAX_RECORDS] if isinstance(found, list) else [found]


def objects(fields: Fields, key: str) -> list[Fields]:
    """The objects in the list under the key; what is none is passed over."""
    return [found for found in many(fields, key) if isinstance(found, Fields)]


def identifier(fields: Fields, key: str) -> str:
    """The record's own number as text: one word without signs that cannot be seen."""
    found = number_text(fields, key).strip()
    if not found:
        raise Unreadable(f"has no {key}")
    if len(found) > MAX_ID or line(found) != found or " " in found or "\ufffd" in found:
        raise Unreadable(f"has an {key} that cannot be kept")
    return found


_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*([Zz]|[+-−]\d\d:?\d\d)?\Z", re.ASCII
)


def moment_ms(fields: Fields, key: str) -> int | None:
    """The time under the key in ms UTC. `Z`, `-00:00` and any offset; without one it is Swedish time (first of two)."""
    return as_ms(text(fields, key))


def as_ms(written: str) -> int | None:
    """An ISO 8601 date and time in ms UTC; None for what is none, or lies before 2000 (an empty time in disguise)."""
    match = _TIME.match(written.strip()[:60])
    if not match:
        return None
    year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
    second, fraction, offset = int(match[6] or 0), (match[7] or "0")[:3].ljust(3, "0"), match[8]
    leap = second == 60  # a leap second is the end of its minute
    try:
        when = datetime(
            year, month, day, hour, minute, 59 if leap else second, int(fraction) * 1000, tzinfo=_zone(offset)
        )
        found = (when - EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return None
    return found if found >= FIRST_MS else None


def _zone(offset: str | None) -> timezone | ZoneInfo:
    if offset is None:
        return SWEDEN
    if offset in "Zz":
        return UTC
    ahead = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
    return timezone(ahead if offset[0] == "+" else -ahead)


def latitude_longitude(latitude: object, longitude: object) -> tuple[float, float] | None:
    """A point on the earth, rounded to about a metre; None for what is none."""
    if isinstance(latitude, bool) or isinstance(longitude, bool):
        return None
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # False for NaN too
        return None
    return round(float(latitude), 5), round(float(longitude), 5)


def language(tag: str, missing: str) -> str:
    """`sv-SE` becomes `sv`; "und" for what is no language."""
    first = re.split(r"[-_]", tag.strip().lower() or missing)[0]
    return first if re.fullmatch(r"[a-z]{2,3}", first) else "und"


def address(fields: Fields, key: str) -> str:
    """A web address, or "" for anything else: nothing but http is ever shown or made into a code."""
    found = text(fields, key).strip()
    good = len(found) <= 500 and re.fullmatch(r"https?://[!-~]+", found, re.ASCII | re.IGNORECASE)
    return found if good else ""


def records(found: object, what: str) -> Iterator[tuple[str, Fields | Reject]]:
    """Each record of a list with a name for it; what is no object is a reject at once."""
    if not isinstance(found, list):
        raise BadAnswer(f"the answer holds no list of {what}")
    if len(found) > MAX_RECORDS:
        raise BadAnswer(f"the answer holds more than {MAX_RECORDS} {what}")
    for at, record in enumerate(found, 1):
        name = f"{what} {at}"
        yield name, record if isinstance(record, Fields) else Reject(name, "is no object")


def answer(alerts: list[Alert], rejects: list[Reject]) -> Answer:
    """What was read, each message once: the newest edition, and never an exercise in the place of the real one.

    When nothing at all could be read, the answer itself is bad: its form has changed, and what was told before must not
    seem to have ended.
    """
    unread = [reject for reject in rejects if not reject.harmless]
    if not alerts and unread:
        raise BadAnswer(f"none of {len(rejects)} records could be read; first {unread[0].what}: {unread[0].why}")
    if len(alerts) > MAX_ALERTS:
        raise BadAnswer(f"the answer holds {len(alerts)} messages, more than {MAX_ALERTS}; that is no honest answer")
    newest: dict[str, Alert] = {}
    for alert in alerts:
        known = newest.get(alert.id)
        if known is not None and known.status is not alert.status:
            rejects.append(Reject(alert.id, "is listed twice, once for real and once not; the real one is used"))
            newest[alert.id] = min(known, alert, key=lambda one: one.status is not Status.ACTUAL)
        elif known is None or known.revision < alert.revision:
            newest[alert.id] = alert
        elif known.revision == alert.revision and known != alert:
            rejects.append(Reject(alert.id, "is listed twice with different content; the first is used"))
    return Answer(tuple(newest.values()), tuple(rejects))
