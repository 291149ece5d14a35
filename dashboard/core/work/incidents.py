"""Incidents: several sites in the same trouble at the same time are one thing to look after.

Two kinds. An *outage*: sites of one region whose mains went within an hour of each other. A *silence*: sites on one
operator that fell silent within a quarter of an hour of each other. They are made of how sites stand now, never of
records: history that comes late makes none. An incident keeps its id while it lasts, whoever comes and goes in it.
"""

import hashlib
from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from contract.words import Power
from dashboard.core.work.seen import Seen

NEAR_MS = {"outage": 60 * 60_000, "silence": 15 * 60_000}
"""What begins no further apart belongs together: a storm takes lines for an hour, a mast takes all at once."""
FEWEST = 2
"""One site alone is no incident: it is looked after as itself."""
SETTLED_MS = 5 * 60_000
"""All sites must have been well for so long: mains that come and go do not make incident after incident."""
TROUBLED = (Power.DEAD, Power.ON_BATTERY, Power.STARTING, Power.ON_RESERVE, Power.RETURNING)


class Kind(StrEnum):
    """What the sites have in common."""

    OUTAGE = "outage"
    SILENCE = "silence"


class Member(Struct, frozen=True, kw_only=True):
    """One site of an incident, in ms of this computer's uptime; `back_ms` None while it is still in trouble."""

    site: str
    began_ms: int
    back_ms: int | None = None


class Incident(Struct, frozen=True, kw_only=True):
    """Several sites in one trouble. `where`: the region, or the operator; "" when the settings do not say.

    Times in ms of this computer's uptime, which no wrong clock moves; `rebased` takes them into another boot.
    `frame`: the words that must stand round it (simulated, exercise, test), joined by "+"; "" for what is real.
    """

    id: str
    kind: Kind
    municipality: str
    where: str
    frame: str
    since_ms: int
    members: tuple[Member, ...]
    over_ms: int | None = None

    @property
    def over(self) -> bool:
        """Are all its sites well again?"""
        return self.over_ms is not None

    @property
    def sites(self) -> tuple[str, ...]:
        """All sites that were ever in it."""
        return tuple(one.site for one in self.members)

    @property
    def open_sites(self) -> tuple[str, ...]:
        """Those that are still in trouble."""
        return tuple(one.site for one in self.members if one.back_ms is None)


Group = tuple[Kind, str, str, str]
"""Kind, municipality, region or operator, frame: sites that differ in one of these are never one incident."""


def folded(held: Iterable[Incident], seen: Sequence[Seen], now_ms: int) -> tuple[Incident, ...]:
    """The incidents after a look at all sites; one that is over is the last time in the answer.

    `held`: those of the look before, or as they were kept. `now_ms`: this computer's uptime.
    """
    by_site = {one.site: one for one in seen}
    found = [_looked_at(one, by_site, now_ms) for one in held if not one.over]
    for kind in Kind:
        for group, troubles in _free(kind, found, seen).items():
            found = _placed(found, group, troubles)
    return tuple(_drawn_in(one, seen) if one.kind is Kind.OUTAGE else one for one in found)


def rebased(one: Incident, by_ms: int) -> Incident:
    """The same incident, counted on an uptime that shows so much more."""

    def moved(ms: int | None) -> int | None:
        return None if ms is None else ms + by_ms

    members = tuple(
        replace(member, began_ms=member.began_ms + by_ms, back_ms=moved(member.back_ms)) for member in one.members
    )
    return replace(one, since_ms=one.since_ms + by_ms, over_ms=moved(one.over_ms), members=members)


def _looked_at(one: Incident, by_site: dict[str, Seen], now_ms: int) -> Incident:
    members = tuple(_member(one, member, by_site.get(member.site), now_ms) for member in one.members)
    backs = [member.back_ms for member in members if member.back_ms is not None]
    over = len(backs) == len(members) and now_ms - max(backs) >= SETTLED_MS
    return replace(one, members=members, over_ms=max(backs) if over else None)


def _member(one: Incident, member: Member, seen: Seen | None, now_ms: int) -> Member:
    """A site that is gone from the settings is in no trouble here any more."""
    if seen is not None and (seen.judged is False or _holds(one, seen)):
        return replace(member, back_ms=None) if seen.judged else member
    return member if member.back_ms is not None else replace(member, back_ms=now_ms)


def _holds(one: Incident, seen: Seen) -> bool:
    """Is it still in this trouble? In an outage a site that is not heard, or does not know, has not come back."""
    if seen.frame != one.frame:
        return False
    if one.kind is Kind.SILENCE:
        return seen.silent_ms is not None
    return seen.silent_ms is not None or not seen.heard or seen.power is not Power.ON_MAINS


def _began(kind: Kind, seen: Seen) -> int | None:
    """Since when a site is in such a trouble that it can make an incident; None when it is not."""
    if not seen.judged:
        return None
    if kind is Kind.SILENCE:
        return seen.silent_ms
    return seen.power_ms if seen.power in TROUBLED else None


def _free(kind: Kind, found: list[Incident], seen: Sequence[Seen]) -> dict[Group, list[Member]]:
    """Sites in trouble that are in no open incident of the kind, by what they have in common, the first first."""
    taken = {(one.frame, site) for one in found if one.kind is kind and not one.over for site in one.sites}
    groups: dict[Group, list[Member]] = {}
    for one in seen:
        began = _began(kind, one)
        if began is not None and (one.frame, one.site) not in taken:
            groups.setdefault(_group(kind, one), []).append(Member(site=one.site, began_ms=began))
    return {group: sorted(members, key=lambda one: (one.began_ms, one.site)) for group, members in groups.items()}


def _group(kind: Kind, seen: Seen) -> Group:
    return kind, seen.municipality, seen.operator if kind is Kind.SILENCE else seen.region, seen.frame


def _placed(found: list[Incident], group: Group, troubles: list[Member]) -> list[Incident]:
    """Each into the open incident that it belongs to; those left over make one where there are enough together."""
    left: list[Member] = []
    for one in troubles:
        number = next((n for n, held in enumerate(found) if _of(held) == group and _near(held, one)), None)
        if number is None:
            left.append(one)
        else:
            found[number] = replace(found[number], members=(*found[number].members, one))
    return [*found, *(_made(group, cluster) for cluster in _clusters(group[0], left) if len(cluster) >= FEWEST)]


def _of(one: Incident) -> Group | None:
    return None if one.over else (one.kind, one.municipality, one.where, one.frame)


def _near(one: Incident, new: Member) -> bool:
    return any(abs(member.began_ms - new.began_ms) <= NEAR_MS[one.kind] for member in one.members)


def _clusters(kind: Kind, members: list[Member]) -> list[list[Member]]:
    """Each begins no further from the one before than what belongs together."""
    clusters: list[list[Member]] = []
    for one in members:
        if clusters and one.began_ms - clusters[-1][-1].began_ms <= NEAR_MS[kind]:
            clusters[-1].append(one)
        else:
            clusters.append([one])
    return clusters


def _made(group: Group, members: list[Member]) -> Incident:
    kind, municipality, where, frame = group
    first = members[0]
    meant = "|".join((*group, str(first.began_ms), first.site))
    return Incident(
        id=f"i-{hashlib.sha256(meant.encode()).hexdigest()[:12]}", kind=kind, municipality=municipality, where=where,
        frame=frame, since_ms=first.began_ms, members=tuple(members),
    )  # fmt: skip


def _drawn_in(one: Incident, seen: Sequence[Seen]) -> Incident:
    """Sites of the region that fell silent in the outage may be without power as well: they are in it, as unknown."""
    if one.over:
        return one
    silent = [
        Member(site=site.site, began_ms=site.silent_ms)
        for site in seen
        if site.judged and site.silent_ms is not None and site.site not in one.sites
        and _group(one.kind, site) == _of(one)
    ]  # fmt: skip
    return replace(one, members=(*one.members, *(member for member in silent if _near(one, member))))
