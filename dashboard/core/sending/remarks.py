"""What is doubtful in a content document that can be sent: what nobody would see, and what visitors would miss."""

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from contract.content import DOCUMENTS, Service
from contract.everyday import Event, HoursOverride, TimetableDocument
from contract.words import Service as Declarable

PLACE = ZoneInfo("Europe/Stockholm")
MOST = 20


def day_of(wall_ms: int) -> date:
    """Today at the sites."""
    return datetime.fromtimestamp(wall_ms / 1000, PLACE).date()


def remarks(name: str, data: bytes, today: date | None) -> list[str]:
    """One sentence each, with the place in the document; none for a document whose form nobody here knows.

    `today` None: days are not compared.
    """
    kind = DOCUMENTS.get(name)
    if kind is None:
        return []
    found = list(_of(msgspec.json.decode(data, type=kind), "", today))
    if name != "contacts" and (only := _only_swedish(msgspec.json.decode(data))):
        found.append(f"{only} texts are in Swedish only; visitors with another language read them in Swedish")
    return found[:MOST]


def _of(one: object, where: str, today: date | None) -> Iterator[str]:
    """Of a struct and of everything in it."""
    if isinstance(one, tuple):
        for number, inner in enumerate(one):
            yield from _of(inner, f"{where}[{number}]", today)
    elif isinstance(one, msgspec.Struct):
        yield from (f"{where}: {said}" if where else said for said in _said(one, today))
        for field in one.__struct_fields__:
            inner = getattr(one, field)
            if isinstance(inner, tuple) and inner and isinstance(inner[0], msgspec.Struct):
                yield from _of(inner, f"{where}.{field}".lstrip("."), today)


def _said(one: msgspec.Struct, today: date | None) -> Iterator[str]:
    if isinstance(one, Service):
        yield from _of_service(one)
    if today is not None:
        yield from _over(one, today)


def _over(one: msgspec.Struct, today: date) -> Iterator[str]:
    """What is over on this day, or would be gone too early."""
    until = getattr(one, "until", None)
    if isinstance(until, date) and until < today:
        yield f"its last day, {until}, has passed; nobody will see it"
    if isinstance(one, Event):
        yield from _of_event(one, today)
    if isinstance(one, HoursOverride) and _day(one.ends) < today:
        yield f"ended on {_day(one.ends)}; it changes nothing any more"
    if isinstance(one, TimetableDocument) and one.last < today:
        yield f"its last day, {one.last}, has passed; the screen will say that it is too old. Cut a new one"


def _of_event(one: Event, today: date) -> Iterator[str]:
    last = _day(one.ends or one.starts)
    if last < today:
        yield f"was over on {last}; nobody will see it"
    if one.until < _day(one.starts):
        yield f"its last day, {one.until}, comes before it begins on {_day(one.starts)}; nobody will see it"


def _of_service(one: Service) -> Iterator[str]:
    if one.key not in list(Declarable):
        known = ", ".join(Declarable)
        yield f"people at the site cannot declare {one.key!r} open or closed, only {known}; it goes by its hours"
        if not one.staffed and not one.unstaffed:
            yield "it has no hours that can be judged, so the screen will never say whether it is open"
    if one.unstaffed and not one.unstaffed_needs:
        yield "unstaffed without unstaffed_needs: the screen will say open at night also without power and network"


def _day(moment: datetime) -> date:
    return (moment if moment.tzinfo is None else moment.astimezone(PLACE)).date()


def _only_swedish(tree: object) -> int:
    """How many texts by language have no other language than Swedish."""
    if isinstance(tree, list):
        return sum(_only_swedish(one) for one in tree)
    if not isinstance(tree, dict):
        return 0
    if set(tree) == {"sv"}:
        return 1
    return sum(_only_swedish(one) for one in tree.values())
