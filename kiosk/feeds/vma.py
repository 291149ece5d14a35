"""Sveriges Radio's VMA API (v3, and v2): viktigt meddelande till allmänheten, as CAP in JSON.

The whole list is read; what concerns this place is decided elsewhere. The envelope's `timestamp` is not read: it moves
when the content moves, so it says nothing of how fresh the answer is. Source: "Källa: Sveriges Radio", text unaltered.
"""

import re

from kiosk.feeds.alert import Alert, Answer, BadAnswer, Reject, Source
from kiosk.feeds.cap import message
from kiosk.feeds.plain import line
from kiosk.feeds.reading import Fields, LeftOut, Unreadable, answer, as_ms, load, records, text

VERSION = 2
MAX_BODY = 2_000_000
"""Bytes; a real answer has 5 000."""
SENDER = "Sveriges Radio"
TITLES = {"sv": "Viktigt meddelande till allmänheten (VMA)", "en": "Important public announcement (VMA)"}


def read(body: bytes) -> Answer:
    """All messages of one answer. An answer without a list of alerts is bad: it does not say that there are none."""
    envelope = load(body, MAX_BODY)
    if not isinstance(envelope, Fields):
        raise BadAnswer("the answer is no object with a list of alerts")
    alerts: list[Alert] = []
    rejects: list[Reject] = []
    for name, record in records(envelope.get("alerts"), "alerts"):
        if isinstance(record, Reject):
            rejects.append(record)
            continue
        number = line(text(record, "identifier"), 200) if isinstance(record.get("identifier"), str) else ""
        try:
            found = message(record, Source.VMA, SENDER, TITLES, _time_in(number))
        except Unreadable as error:
            rejects.append(Reject(number or name, str(error), harmless=isinstance(error, LeftOut)))
            continue
        alerts.append(found.alert)
        rejects += [Reject(number, f"{remark}; the rest of it is used") for remark in found.remarks]
    return answer(alerts, rejects)


def _time_in(number: str) -> int | None:
    """The time that stands in SR's number, `SRCAP` + YYYYMMDDhhmmss in Swedish time: for a `sent` that is broken."""
    match = re.fullmatch(r"SRCAP(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)[A-Z]?", number, re.ASCII)
    return as_ms("{}-{}-{}T{}:{}:{}".format(*match.groups())) if match else None
