"""Who said when they would look to it again, and did not: that wakes, as anything does that nobody looks after.

A cause is named by the fact that set the time, so that whoever takes it anew, gives it on or ends it, ends the cause;
and by its status, so that what turns out to be an exercise never goes on as if it were real.
"""

from collections.abc import Iterable, Mapping

from contract.freshness import Now
from contract.waking import Cause
from contract.words import Status
from dashboard.core.sites import Site
from dashboard.core.texts.pages import text
from dashboard.core.work.incidents import Incident
from dashboard.core.work.ownership import INCIDENT, SITE, Holding
from dashboard.core.work.seen import Seen

OVERDUE = "overdue"
PRIORITY = 2
"""To be acted on today: quiet hours hold, and the next one is called."""


def causes(
    holdings: Iterable[Holding], incidents: Iterable[Incident], sites: Mapping[str, Site], seen: Mapping[str, Seen],
    now: Now, boot: str,
) -> tuple[tuple[Cause, bool], ...]:  # fmt: skip
    """Each that is overdue now; none is acknowledged, for only looking to it ends it."""
    by_id, found = {one.id: one for one in incidents}, []
    for held in holdings:
        left = held.left_ms(now, boot)
        if held.held and left is not None and left < 0 and (cause := _cause(held, left, by_id, sites, seen, now)):
            found.append((cause, False))
    return tuple(found)


def _cause(
    held: Holding, left: int, incidents: Mapping[str, Incident], sites: Mapping[str, Site], seen: Mapping[str, Seen],
    now: Now,
) -> Cause | None:  # fmt: skip
    kind, _, name = held.subject.partition(":")
    incident = incidents.get(name) if kind == INCIDENT else None
    members = (name,) if kind == SITE else incident.open_sites if incident else ()
    site = next((sites[one] for one in members if one in sites), None)
    if site is None:
        return None
    frame = incident.frame if incident else seen[site.id].frame if site.id in seen else ""
    status = _status(frame)
    link = f"/incidents/{name}" if incident else f"/sites/{site.id}#panel-ownership"
    return Cause(
        id=f"{OVERDUE}/{held.subject}/{held.revision}/{status}", group=f"{OVERDUE}/{site.id.split('-', 1)[0]}",
        site=site.id, place=site.place, sv=text("notify_overdue", "sv"), en=text("notify_overdue", "en"),
        priority=PRIORITY, status=status, link=link,
        since_ms=None if now.wall_ms is None else now.wall_ms + left,
    )  # fmt: skip


def _status(frame: str) -> Status:
    """What is simulated counts as a test."""
    words = frame.split("+")
    if Status.EXERCISE.value in words:
        return Status.EXERCISE
    return Status.ACTUAL if frame == "" else Status.TEST
