"""How long certificates hold, whether key and certificate fit, and who can read the key."""

from datetime import UTC, datetime

import msgspec

from contract.certificates import WARN_DAYS, Standing, last_day, standing
from doctor.core.finding import Finding, Why, fault, ok, remark


class CertificateLook(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate of the settings. `until` None: not readable, and `why_not` says why.

    `own`: the site's own one, whose agreed last day is 30 days before its end; otherwise an authority's.
    """

    path: str
    own: bool
    since: datetime | None = None
    until: datetime | None = None
    key_fits: bool | None = None
    """None: there is no key beside it, or it could not be read."""
    why_not: Why | None = None


class SecretLook(msgspec.Struct, frozen=True):
    """A file that nobody else may read; `fault` says what is wrong with its mode, if it could be `seen`."""

    path: str
    fault: Why | None
    seen: bool = True


def judge(looks: tuple[CertificateLook, ...], secrets: tuple[SecretLook, ...], wall_ms: int | None) -> list[Finding]:
    """A sentence for each certificate, and one for the modes of all secrets."""
    now = None if wall_ms is None else datetime.fromtimestamp(wall_ms / 1000, UTC)
    found = [_certificate(one, now) for one in looks]
    open_to_others = [one for one in secrets if one.fault]
    found += [fault("secrets", "open", path=one.path, why=one.fault) for one in open_to_others]
    unseen = sum(not one.seen for one in secrets)
    if unseen:
        found.append(remark("secrets", "unseen", count=unseen))
    elif secrets and not open_to_others:
        found.append(ok("secrets", "shut", count=len(secrets)))
    return found


def judge_stores(open_to_others: tuple[str, ...]) -> list[Finding]:
    """Stores hold names and telephone numbers of people."""
    return [remark("stores", "open", path=path) for path in open_to_others]


def _certificate(look: CertificateLook, now: datetime | None) -> Finding:
    check = "certificate" if look.own else "authority"
    if look.until is None:
        return fault(check, "unreadable", path=look.path, why=look.why_not)
    if look.key_fits is False:
        return fault(check, "misfit", path=look.path)
    last = last_day(look.until) if look.own else look.until.date()
    if now is None:
        return remark(check, "unknown", path=look.path, day=last)
    if look.since is not None and now < look.since:
        return fault(check, "not_yet", path=look.path, day=look.since.date())
    left = (last - now.date()).days
    told = {"path": look.path, "day": last, "days": left}
    if not look.own:
        if now > look.until:
            return fault(check, "expired", **told)
        return remark(check, "expiring", **told) if left <= WARN_DAYS else ok(check, "good", **told)
    match standing(last, now.date()):
        case Standing.GOOD:
            return ok(check, "good", **told)
        case Standing.EXPIRING:
            return remark(check, "expiring", **told)
        case Standing.IN_GRACE:
            return fault(check, "in_grace", **told)
        case _:
            return fault(check, "expired", **told)
