"""What the sites' own waking has come to, as the sites told it: beside what was sent from here."""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from contract.records import CalledBody
from contract.waking import Cause, Matter
from dashboard.core.notify.causes import woken
from dashboard.core.reader import Reader
from dashboard.core.site.called_words import called_role, called_words
from dashboard.core.sites import Site

SLACK_MS = 60_000
"""A call may seem a little earlier than its alarm, where the site's clock was set between them."""
MOST = 3


class OwnCall(Struct, frozen=True, kw_only=True):
    """One record of a site. `wall_ms` None: no clock could be believed."""

    site: str
    wall_ms: int | None
    status: str
    simulated: bool
    told: CalledBody


class OwnRow(Struct, frozen=True, kw_only=True):
    """A line. `mark` stands first when it was not for real."""

    place: str
    site: str
    when: str
    words: str
    role: str
    mark: str


def own_call(site: str, wall_ms: int | None, status: str, simulated: bool, body: bytes) -> OwnCall | None:
    """A record as it is kept; None for one that nobody can read."""
    try:
        told = msgspec.json.decode(body, type=CalledBody)
    except (msgspec.DecodeError, ValueError):
        return None
    return OwnCall(site=site, wall_ms=wall_ms, status=status, simulated=simulated, told=told)


def own_rows(calls: Iterable[OwnCall], sites: Mapping[str, Site], reader: Reader) -> list[OwnRow]:
    """Those of sites that the reader may see, as they came: the newest first."""
    return [_row(one, sites[one.site], reader) for one in calls if one.site in sites and reader.person.sees(one.site)]


def _row(one: OwnCall, site: Site, reader: Reader) -> OwnRow:
    word = "test" if one.simulated else one.status
    return OwnRow(
        place=site.place, site=site.id, when=reader.when(one.wall_ms), words=called_words(one.told, reader),
        role=called_role(one.told), mark="" if word == "actual" else reader.phrase("waking", word),
    )  # fmt: skip


def of_matter(matter: Matter, calls: Iterable[OwnCall], reader: Reader) -> tuple[str, ...]:
    """What its sites have done themselves about it, the newest first."""
    told = [f"{reader.when(one.wall_ms)} {called_words(one.told, reader, what=False)}" for one in calls
            if _is_of(one, matter) and reader.person.sees(one.site)]  # fmt: skip
    return tuple(told[:MOST])


def _is_of(one: OwnCall, matter: Matter) -> bool:
    since = [cause.since_ms for cause in matter.causes if _is_about(one, cause)]
    return one.wall_ms is not None and any(ms is not None and one.wall_ms >= ms - SLACK_MS for ms in since)


def _is_about(one: OwnCall, cause: Cause) -> bool:
    alarm = woken(cause.id)
    return alarm is not None and (cause.site, alarm.key) == (one.site, one.told.about)
