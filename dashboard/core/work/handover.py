"""What the next shift must know: what is going on, who has what, what is due, what waits, what was written."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from contract.words import Power
from dashboard.core.overview.row import Row
from dashboard.core.overview.told import Line, Told
from dashboard.core.reader import Reader
from dashboard.core.site.card import Card
from dashboard.core.work.holding_words import HoldingRow
from dashboard.core.work.incident_words import GRAVEST, IncidentRow
from dashboard.core.work.ownership import INCIDENT, SITE

PAGE = 50
"""Sites of one page."""
MOST = 100
"""Lines of a list that stands beside them; how many more there are is said."""


class SiteRow(Struct, frozen=True, kw_only=True):
    """One site that somebody has, or that needs somebody."""

    site: str
    place: str
    role: str
    words: str
    since: str
    alarms: tuple[str, ...]
    alarms_known: bool
    heard_once: bool
    """Has it ever said which alarms it has?"""
    told: tuple[str, ...]
    """What people have told of it that it has not taken in."""
    needs: tuple[str, ...]
    holding: HoldingRow
    frames: tuple[str, ...]


class DueRow(Struct, frozen=True, kw_only=True):
    """One thing that has a next time, or ought to have."""

    title: str
    address: str
    holding: HoldingRow


class Part(Struct, frozen=True, kw_only=True):
    """One page of the sites. `first`: the number of its first, 0 without any; `total`: of all pages."""

    rows: tuple[Row, ...]
    first: int
    page: int
    pages: int
    total: int


class Waiting(Struct, frozen=True, kw_only=True):
    """One order that a site has not answered. `silent`: the site is not heard."""

    place: str
    kind: str
    who: str
    entered: str
    silent: bool


def chosen(rows: Iterable[Row], held: Mapping[str, HoldingRow]) -> list[Row]:
    """Sites with something to say: overdue first, then those that nobody has, each the worst first."""
    found = [one for one in rows if held[one.id].owner or not calm(one)]
    return sorted(found, key=lambda one: (held[one.id].rank, GRAVEST.index(one.role_now), one.place))


def calm(row: Row) -> bool:
    """Has a site nothing to say, but perhaps that somebody has it?"""
    well = row.in_contact and row.power is Power.ON_MAINS and row.alarms_known
    return well and not (row.unacked or row.needs or row.call)


def part(found: Sequence[Row], number: int, *, whole: bool) -> Part:
    """One page of the sites; a page that is none any more is the last. `whole`: all of them, as for paper."""
    size = max(1, len(found)) if whole else PAGE
    pages = max(1, -(-len(found) // size))
    at = min(number, pages)
    first = (at - 1) * size
    return Part(rows=tuple(found[first : first + size]), first=first + 1 if found else 0, page=at, pages=pages,
                total=len(found))  # fmt: skip


def site_row(card: Card, held: HoldingRow, told: Told | None, reader: Reader) -> SiteRow:
    """What the next shift reads of one site."""
    heard = card.contact.in_contact
    last = reader.t("last_known", state=card.power_words) if card.known else reader.t("nothing_known")
    return SiteRow(
        site=card.id,
        place=card.place,
        role=card.role_now,
        words=card.power_words if heard else card.contact.lost,
        since=card.since if heard else last,
        alarms=tuple(alarm.name for alarm in card.alarms if alarm.needs_ack),
        alarms_known=card.alarms_known and heard,
        heard_once=card.alarms_known,
        told=tuple(_told(line) for line in told.lines) if told else (),
        needs=tuple(need.what for need in card.needs if not need.solved),
        holding=held,
        frames=card.frames,
    )


def _told(line: Line) -> str:
    frame = f"{line.frame}: " if line.frame else ""
    return f"{frame}{line.words}, {line.said}"


def due_rows(
    incidents: Iterable[IncidentRow], places: Mapping[str, str], held: Mapping[str, HoldingRow]
) -> list[DueRow]:  # fmt: skip
    """What is due, the first first; what somebody has without a time stands before all that has one.

    `places`: of the sites, by id, that `held` is about.
    """
    rows = [DueRow(title=one.title, address=f"/incidents/{one.id}", holding=one.holding) for one in incidents]
    rows += [DueRow(title=places[site], address=f"/sites/{site}", holding=one) for site, one in held.items()]
    taken = [one for one in rows if one.holding.owner]
    return sorted(taken, key=lambda one: (one.holding.left_ms or 0, one.title))


def title_of(subject: str, places: dict[str, str], incidents: dict[str, str]) -> str:
    """What a fact is about, for people; "" when the reader may not know."""
    kind, _, name = subject.partition(":")
    if kind == SITE:
        return places.get(name, "")
    return incidents.get(name, "") if kind == INCIDENT else ""
