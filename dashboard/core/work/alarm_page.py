"""The alarms of all sites in one list: what calls for somebody first, chosen by priority and state, page by page.

Thousands may stand in a county-wide outage: they are counted and sorted as they came, and only one page is worded.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from contract.freshness import Now, age_ms
from contract.messages import Alarm
from contract.orders import Order
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.site.alarm_list import AlarmRow, alarm_row, stage_of
from dashboard.core.site.card import frames
from dashboard.core.sites import Site

STAGES = ("open", "acked", "aside")
PAGE = 50
"""Alarms of one page."""
NAMED = 5
"""Sites that are named where many are meant."""
OLDEST_MS = 2**53


class Choice(Struct, frozen=True, kw_only=True):
    """What somebody wants to see; "" and 0 for all."""

    stage: str = ""
    priority: int = 0
    site: str = ""
    page: int = 1


class Placed(Struct, frozen=True, kw_only=True):
    """One alarm as its site told it, or as it is raised here."""

    site: Site
    alarm: Alarm


class PlacedAlarm(Struct, frozen=True, kw_only=True):
    """One alarm with its site. `heard`: the site is in contact, so that the alarm is as it stands now.

    `frames`: the words that stand round all that the site says (exercise, test, simulated).
    """

    site: str
    place: str
    frames: tuple[str, ...]
    heard: bool
    acts: bool
    alarm: AlarmRow


class AlarmPage(Struct, frozen=True, kw_only=True):
    """One page of a choice. `counts`: of each stage, before the choice; `total`: alarms of the choice, on all pages.

    `first`: the number of its first row, 0 without any. `flood`: the first sites with many alarms in a short time;
    `flood_more`: how many others have that.
    """

    rows: tuple[PlacedAlarm, ...]
    counts: dict[str, int]
    total: int
    first: int
    page: int
    pages: int
    flood: tuple[str, ...]
    flood_more: int
    unheard: int
    unknown: int


def of_site(site: Site, picture: SitePicture, own: tuple[Alarm, ...]) -> list[Placed]:
    """All alarms of one site. `own`: what is raised here."""
    told = picture.alarms.alarms if picture.alarms is not None else ()
    return [Placed(site=site, alarm=one) for one in (*own, *told)]


def page(
    held: Iterable[Placed], sites: Iterable[Site], pictures: Mapping[str, SitePicture],
    pending: Mapping[str, tuple[Order, ...]], choice: Choice, reader: Reader,
) -> AlarmPage:  # fmt: skip
    """The page of a choice; `sites` are those that the reader may see. A page that is none any more is the last."""
    found, shown = list(held), [site for site in sites if choice.site in ("", site.id)]
    counts = dict.fromkeys(STAGES, 0)
    for one in found:
        counts[stage_of(one.alarm)] += 1
    fitting = sorted((one for one in found if _fits(one, choice)), key=lambda one: _order(one, pictures, reader.now))
    pages = max(1, -(-len(fitting) // PAGE))
    number = min(choice.page, pages)
    flood = [site.place for site in shown if (told := pictures[site.id].alarms) is not None and told.flood]
    return AlarmPage(
        rows=tuple(_worded(one, pictures, pending, reader) for one in fitting[(number - 1) * PAGE : number * PAGE]),
        counts=counts,
        total=len(fitting),
        first=(number - 1) * PAGE + 1 if fitting else 0,
        page=number,
        pages=pages,
        flood=tuple(flood[:NAMED]),
        flood_more=len(flood[NAMED:]),
        unheard=sum(not pictures[site.id].in_contact(reader.now) for site in shown),
        unknown=sum(not pictures[site.id].alarms_hold for site in shown),
    )


def _worded(
    one: Placed, pictures: Mapping[str, SitePicture], pending: Mapping[str, tuple[Order, ...]], reader: Reader
) -> PlacedAlarm:
    site, picture = one.site.id, pictures[one.site.id]
    return PlacedAlarm(
        site=site, place=one.site.place, frames=frames(picture, reader), heard=picture.in_contact(reader.now),
        acts=reader.person.acts(site),
        alarm=alarm_row(one.alarm, pending.get(site, ()), picture, reader),
    )  # fmt: skip


def _fits(one: Placed, choice: Choice) -> bool:
    return (
        choice.stage in ("", stage_of(one.alarm))
        and choice.priority in (0, one.alarm.priority)
        and choice.site in ("", one.site.id)
    )


def _order(one: Placed, pictures: Mapping[str, SitePicture], now: Now) -> tuple[int, int, bool, int, str, str, int]:
    """Stage, then urgency, then what came first in its burst, then the newest."""
    alarm = one.alarm
    age = age_ms(alarm.raised, pictures[one.site.id].contact, now)
    return (STAGES.index(stage_of(alarm)), alarm.priority, not alarm.first_out, OLDEST_MS if age is None else age,
            one.site.place, alarm.key, alarm.raised_seq)  # fmt: skip
