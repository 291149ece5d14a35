"""When was the municipality last heard, and does anything wait to be told?"""

import msgspec

from doctor.core.finding import Finding, Why, fault, ok, remark

QUIET_MS = 15 * 60_000
"""Three heartbeats of five minutes."""
LONG_MS = 24 * 3_600_000


class ContactLook(msgspec.Struct, frozen=True, kw_only=True):
    """`age_ms`: since the centre's broker was last heard; None: not known, and `why_not` says why.

    `central`: is there one; None: that could not be read. `told_ms`: how old the gateway's word is; `waiting`: records
    that the centre has not confirmed.
    """

    central: bool | None
    age_ms: int | None = None
    told_ms: int | None = None
    why_not: Why | None = None
    waiting: int | None = None
    store_why_not: Why | None = None


def judge(look: ContactLook) -> list[Finding]:
    """How the contact stands, and what waits for it."""
    if look.central is None:
        return [fault("contact", "unseen")]
    if not look.central:
        return [remark("contact", "alone")]
    return [_contact(look), _waiting(look)]


def _contact(look: ContactLook) -> Finding:
    if look.told_ms is not None and look.told_ms > QUIET_MS:
        return fault("contact", "gateway_silent", time=span(look.told_ms))
    if look.age_ms is None:
        return fault("contact", "never", why=look.why_not) if look.why_not else fault("contact", "not_yet")
    if look.age_ms > LONG_MS:
        return fault("contact", "long", time=span(look.age_ms))
    time = span(look.age_ms)
    return remark("contact", "quiet", time=time) if look.age_ms > QUIET_MS else ok("contact", "heard", time=time)


def _waiting(look: ContactLook) -> Finding:
    if look.waiting is None:
        return remark("waiting", "unseen", why=look.store_why_not)
    return (
        ok("waiting", "few", count=look.waiting)
        if look.waiting < 1000
        else remark("waiting", "many", count=look.waiting)
    )


def span(ms: int) -> str:
    """A length of time as `2 d 3 h`, `5 h 10 min`, `12 min`, `40 s`: the same in both languages."""
    seconds = max(0, ms) // 1000
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else f"{seconds} s"
