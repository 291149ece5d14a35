"""The alarms of all sites in one list: what calls for somebody first, chosen by priority and state."""

from collections.abc import Iterable

from msgspec import Struct

from contract.freshness import Now
from contract.messages import Alarm
from contract.orders import Order
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.site.alarm_list import AlarmRow, alarm_rows
from dashboard.core.sites import Site

STAGES = ("open", "acked", "aside")
FIRST = 200
"""So many stand on the page; a flood over all sites is chosen from, not scrolled through."""


class Choice(Struct, frozen=True, kw_only=True):
    """What somebody wants to see; "" and 0 for all."""

    stage: str = ""
    priority: int = 0
    site: str = ""


class PlacedAlarm(Struct, frozen=True, kw_only=True):
    """One alarm with its site. `heard`: the site is in contact, so that the alarm is as it stands now."""

    site: str
    place: str
    heard: bool
    acts: bool
    alarm: AlarmRow


class AlarmPage(Struct, frozen=True, kw_only=True):
    """What the page shows. `flood`: sites with many in a short time; `counts`: of each stage, before the choice."""

    rows: tuple[PlacedAlarm, ...]
    counts: dict[str, int]
    flood: tuple[str, ...]
    unheard: int
    unknown: int
    left_out: int


def of_site(
    site: Site, picture: SitePicture, pending: tuple[Order, ...], own: tuple[Alarm, ...], reader: Reader
) -> list[PlacedAlarm]:
    """The alarms of one site."""
    heard, acts = picture.in_contact(reader.now), reader.person.acts(site.id)
    return [
        PlacedAlarm(site=site.id, place=site.place, heard=heard, acts=acts, alarm=one)
        for one in alarm_rows(picture, pending, reader, own)
    ]


def page(
    rows: Iterable[PlacedAlarm], sites: Iterable[Site], pictures: dict[str, SitePicture], choice: Choice, now: Now
) -> AlarmPage:
    """The page of a choice; `sites` are those that the reader may see."""
    held, shown = list(rows), [site for site in sites if choice.site in ("", site.id)]
    fitting = sorted((one for one in held if _fits(one, choice)), key=_order)
    flooded = [site.place for site in shown if (told := pictures[site.id].alarms) is not None and told.flood]
    return AlarmPage(
        rows=tuple(fitting[:FIRST]),
        counts={stage: sum(one.alarm.stage == stage for one in held) for stage in STAGES},
        flood=tuple(flooded),
        unheard=sum(not pictures[site.id].in_contact(now) for site in shown),
        unknown=sum(not pictures[site.id].alarms_hold for site in shown),
        left_out=max(0, len(fitting) - FIRST),
    )


def _fits(one: PlacedAlarm, choice: Choice) -> bool:
    return (
        choice.stage in ("", one.alarm.stage)
        and choice.priority in (0, one.alarm.priority)
        and choice.site in ("", one.site)
    )


def _order(one: PlacedAlarm) -> tuple[int, int, bool, int, str, str, int]:
    """Stage, then urgency, then what came first in its burst, then the newest."""
    alarm = one.alarm
    age = 2**53 if alarm.age_ms is None else alarm.age_ms
    return (STAGES.index(alarm.stage), alarm.priority, not alarm.first_out, age, one.place, alarm.key,
            alarm.raised_seq)  # fmt: skip
