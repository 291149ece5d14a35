"""What the next shift must know: what is going on, who has what, what is due, what waits, what was written."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from contract.words import Power
from dashboard.core.overview.row import Row
from dashboard.core.overview.told import Line, Told
from dashboard.core.reader import Reader
from dashboard.core.site.card import Card
from dashboard.core.work.holding_words import HoldingRow
from dashboard.core.work.incident_words import IncidentRow
from dashboard.core.work.ownership import INCIDENT, SITE

WORST = ("bad", "unknown", "reserve", "remark", "good")
"""As the shapes are, the worst first."""


class SiteRow(Struct, frozen=True, kw_only=True):
    """One site that somebody has, or that needs somebody."""

    site: str
    place: str
    role: str
    words: str
    since: str
    last_hours: str
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


class Waiting(Struct, frozen=True, kw_only=True):
    """One order that a site has not answered. `silent`: the site is not heard."""

    place: str
    kind: str
    who: str
    entered: str
    silent: bool


def site_rows(
    cards: Iterable[Card], holdings: dict[str, HoldingRow], reader: Reader,
    told: Mapping[str, Told | None] | None = None,
) -> list[SiteRow]:  # fmt: skip
    """Sites with something to say, overdue first, then those that nobody has, each the worst first."""
    of, shown = told or {}, [card for card in cards if _matters(card, holdings[card.id])]
    rows = [_site(card, holdings[card.id], of.get(card.id), reader) for card in shown]
    return sorted(rows, key=lambda one: (one.holding.rank, WORST.index(one.role), one.place))


def calm(row: Row) -> bool:
    """Has a site nothing to say, but perhaps that somebody has it? As `_matters`, told by its row."""
    well = row.in_contact and row.power is Power.ON_MAINS and row.alarms_known
    return well and not (row.unacked or row.needs or row.call)


def _matters(card: Card, held: HoldingRow) -> bool:
    calm = card.contact.in_contact and card.power is Power.ON_MAINS and card.alarms_known
    return bool(held.owner or not calm or card.unacked or card.open_needs or card.opening.alarm)


def _site(card: Card, held: HoldingRow, told: Told | None, reader: Reader) -> SiteRow:
    heard = card.contact.in_contact
    last = reader.t("last_known", state=card.power_words) if card.known else reader.t("nothing_known")
    return SiteRow(
        site=card.id,
        place=card.place,
        role=card.role_now,
        words=card.power_words if heard else card.contact.lost,
        since=card.since if heard else last,
        last_hours=card.endurance.least if card.endurance is not None else "",
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


def due_rows(incidents: Iterable[IncidentRow], sites: Iterable[SiteRow]) -> list[DueRow]:
    """What is due, the first first; what somebody has without a time stands before all that has one."""
    rows = [DueRow(title=one.title, address=f"/incidents/{one.id}", holding=one.holding) for one in incidents]
    rows += [DueRow(title=one.place, address=f"/sites/{one.site}", holding=one.holding) for one in sites]
    held = [one for one in rows if one.holding.owner]
    return sorted(held, key=lambda one: (one.holding.left_ms or 0, one.title))


def title_of(subject: str, places: dict[str, str], incidents: dict[str, str]) -> str:
    """What a fact is about, for people; "" when the reader may not know."""
    kind, _, name = subject.partition(":")
    if kind == SITE:
        return places.get(name, "")
    return incidents.get(name, "") if kind == INCIDENT else ""
