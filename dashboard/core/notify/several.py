"""A matter of several sites that are one incident leads to the page of the incident, where all of it is looked after.

Both gather by the same things (municipality, then region or operator; `causes.group`, `work/incidents.py`): a matter is
there from the first site on, an incident from the second, so that a call never waits for one and is never made twice.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from contract.waking import Matter
from contract.words import Status
from dashboard.core.work.incidents import Incident

GROUPS = {"mains": "outage", "silence": "silence"}
"""First part of a matter's group -> the kind of incident that it is about."""


def incident_of(matter: Matter, incidents: Iterable[Incident]) -> Incident | None:
    """The open incident that holds most of its sites, at least two."""
    kind = GROUPS.get(matter.group.partition("/")[0])
    sites = {cause.site for cause in matter.shown}
    found = [
        (len(sites & set(one.sites)), one.id, one)
        for one in incidents
        if one.kind == kind and not one.over and (one.frame == "") is (matter.status is Status.ACTUAL)
    ]
    best = max(found, key=lambda one: one[:2], default=None)
    return best[2] if best is not None and best[0] > 1 else None


def led(matter: Matter, incidents: Iterable[Incident]) -> Matter:
    """The same matter, its links leading to the incident where there is one."""
    found = incident_of(matter, incidents)
    if found is None:
        return matter
    return replace(matter, causes=tuple(replace(one, link=f"/incidents/{found.id}") for one in matter.causes))
