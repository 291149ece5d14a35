"""The certificate of the owners' page: is it there, for this key and this name, how long, and who must act."""

from datetime import UTC, datetime

import msgspec

from contract.page import WARN_DAYS
from doctor.core.finding import Finding, Why, fault, ok, remark


class PageLook(msgspec.Struct, frozen=True, kw_only=True):
    """What lies there. `name`: the page's public name, "" where the settings name the files themselves.

    `key_fits`, `name_fits` None: could not be seen, or nobody asks. `unseen`: only with sudo; `missing`: no file;
    `why_not`: there, and of no use.
    """

    name: str
    path: str
    since: datetime | None = None
    until: datetime | None = None
    key_fits: bool | None = None
    name_fits: bool | None = None
    key_missing: bool = False
    missing: bool = False
    unseen: Why | None = None
    why_not: Why | None = None


def judge(look: PageLook | None, wall_ms: int | None) -> list[Finding]:
    """One sentence; none where the page is meant to be without a certificate."""
    if look is None:
        return []
    told = {"path": look.path, "name": look.name}
    if look.unseen is not None:
        return [remark("page_certificate", "unseen", why=look.unseen, **told)]
    if look.key_missing:
        return [fault("page_certificate", "no_key", **told)]
    if look.missing:
        return [
            remark("page_certificate", "waits", **told) if look.name else fault("page_certificate", "missing", **told)
        ]
    if look.until is None:
        return [fault("page_certificate", "unreadable", why=look.why_not, **told)]
    if look.key_fits is False:
        return [fault("page_certificate", "misfit", **told)]
    if look.name_fits is False:
        return [fault("page_certificate", "other_name", **told)]
    return [_days(look, look.until, wall_ms, told)]


def _days(look: PageLook, until: datetime, wall_ms: int | None, told: dict[str, str]) -> Finding:
    if wall_ms is None:
        return remark("page_certificate", "unknown", day=until.date(), **told)
    now = datetime.fromtimestamp(wall_ms / 1000, UTC)
    if look.since is not None and now < look.since:
        return fault("page_certificate", "not_yet", day=look.since.date(), **told)
    days = (until - now).days
    told |= {"day": str(until.date()), "days": str(days)}
    if now >= until and look.name:
        return fault("page_certificate", "over", **told)
    if now >= until:
        return fault("page_certificate", "over_by_hand", **told)
    if days <= WARN_DAYS and look.name:
        return remark("page_certificate", "expiring", **told)
    if days <= WARN_DAYS:
        return remark("page_certificate", "expiring_by_hand", **told)
    if look.key_fits is None:
        return ok("page_certificate", "good_unseen_key", **told)
    return ok("page_certificate", "good", **told)
