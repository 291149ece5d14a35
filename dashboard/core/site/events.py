"""The list of what happened at a site, from its records."""

from typing import Any

from msgspec import Struct

from contract.words import Status
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.site.event_words import NOWHERE, detail, event_name, timeline


class Stored(Struct, frozen=True, kw_only=True):
    """One record as the store gives it back. `number`: order of commitment; `wall_ms`: dated, or None."""

    number: int
    run: str
    stream: str
    seq: int
    kind: str
    wall_ms: int | None
    up_ms: int
    status: str
    simulated: bool
    historical: bool
    body: dict[str, Any]


class EventRow(Struct, frozen=True, kw_only=True):
    """One line of the list; `more` are the lines under an outage."""

    number: int
    kind: str
    when: str
    what: str
    detail: str
    more: tuple[str, ...]
    late: bool
    frame: str


def event_rows(stored: list[Stored], reader: Reader, picture: SitePicture = NOWHERE) -> tuple[EventRow, ...]:
    """The lines, in the order given. `picture`: of the site, for the names of its people and devices."""
    return tuple(
        EventRow(
            number=one.number,
            kind=one.kind,
            when=reader.when(one.wall_ms) if one.wall_ms is not None else _between(one, stored, reader),
            what=event_name(one.kind, reader),
            detail=detail(one.kind, one.body, reader, picture),
            more=timeline(one.kind, one.body, reader, picture),
            late=one.historical,
            frame=_frame(one, reader),
        )
        for one in stored
    )


def _between(one: Stored, stored: list[Stored], reader: Reader) -> str:
    """Of a boot that never knew its time: after what came before it, before what came after it."""
    dated = {other.number: other.wall_ms for other in stored if other.wall_ms is not None}
    before = max((number for number in dated if number < one.number), default=None)
    after = min((number for number in dated if number > one.number), default=None)
    said = [reader.t("time_unknown")]
    if before is not None:
        said.append(reader.t("time_after", when=reader.when(dated[before])))
    if after is not None:
        said.append(reader.t("time_before", when=reader.when(dated[after])))
    return ", ".join(said)


def _frame(one: Stored, reader: Reader) -> str:
    if one.simulated:
        return reader.phrase("status", "simulated")
    return "" if one.status == Status.ACTUAL else reader.phrase("status", one.status)
