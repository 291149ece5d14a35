"""How long a site may come in with its certificate: agreed last day, grace, warning. The one home of these rules.

A site's certificate is made to run GRACE_DAYS longer than was agreed. So TLS is never told to look away: a site whose
agreed last day is over is still accepted for that time, and every reader can tell from the certificate alone.
"""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import msgspec

GRACE_DAYS = 30
WARN_DAYS = 60
"""So long ahead both ends say that a certificate must be renewed."""
RENEW_AFTER = 0.6
"""Part of its agreed life after which a certificate should be renewed."""
DAY = timedelta(days=1)


class Standing(StrEnum):
    """How a site's certificate stands on a given day."""

    GOOD = "good"
    EXPIRING = "expiring"
    """The agreed last day is WARN_DAYS away or less."""
    IN_GRACE = "in_grace"
    """The agreed last day is over; the site is still accepted."""
    EXPIRED = "expired"
    """The grace is over too; the broker refuses."""
    LOCKED = "locked"


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """One certificate that the centre has given to a site, as `sites.json` of the authority holds it.

    `serial` in hexadecimal; the days in UTC; `locked` is the moment from which the site is refused, RFC 3339;
    `authority` is the serial number of the authority's own certificate, "" in lists from before it could change.
    """

    site: str
    serial: str
    first_day: date
    last_day: date
    fingerprint: str
    locked: str | None = None
    authority: str = ""


class AdmittedList(msgspec.Struct, frozen=True, kw_only=True):
    """The file `sites.json`: every certificate ever given, oldest first."""

    v: int = 1
    certificates: tuple[Admitted, ...] = ()

    def newest(self) -> dict[str, Admitted]:
        """The certificate that counts for each site: the one given last."""
        return {one.site: one for one in self.certificates}


def not_after(last_day: date) -> datetime:
    """What stands in a certificate whose agreed last day this is: the last second of the grace."""
    end = datetime(last_day.year, last_day.month, last_day.day, tzinfo=UTC) + DAY + GRACE_DAYS * DAY
    return end - timedelta(seconds=1)


def last_day(until: datetime) -> date:
    """The agreed last day of a site's certificate that says `until` (not after)."""
    return (until - GRACE_DAYS * DAY).date()


def standing(last: date, today: date, *, locked: bool = False) -> Standing:
    """How a certificate with this agreed last day stands today."""
    if locked:
        return Standing.LOCKED
    left = (last - today).days
    if left < -GRACE_DAYS:
        return Standing.EXPIRED
    if left < 0:
        return Standing.IN_GRACE
    return Standing.EXPIRING if left <= WARN_DAYS else Standing.GOOD


def due(first: date, last: date, today: date) -> bool:
    """Is it time to renew? From 60 % of the agreed life on."""
    return (today - first).days >= RENEW_AFTER * (last - first).days


def read_list(text: bytes) -> AdmittedList:
    """The authority's list; raises msgspec.DecodeError (and its ValidationError)."""
    return msgspec.json.decode(text, type=AdmittedList)
