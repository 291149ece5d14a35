"""When was each source that the screen asks last checked?"""

import msgspec

from contract.freshness import Contact, Now, age_ms
from contract.wire import Moment
from doctor.core.contact import span
from doctor.core.finding import Finding, Why, fault, ok, remark

WARNING = ("vma", "smhi")
"""Kinds that warn: without a fresh check of them the screen cannot say that all is quiet."""
ASKED_BY_ITSELF = (*WARNING, "krisinformation")
"""Feeds of a screen that knows where it stands, whatever else the settings name."""
PERIODS, MARGIN_MS, LONGEST_MS = 3, 30_000, 3_600_000
"""As the screen judges them: three intervals and what one request may take; for those that warn an hour at most."""


class FeedLook(msgspec.Struct, frozen=True, kw_only=True):
    """What the keeper has written of one feed: its own moments, `why` its newest try failed ("" when it did not)."""

    name: str
    kind: str = ""
    every_s: float = 60.0
    tried: Moment | None = None
    checked: Moment | None = None
    fault: str = ""
    rejected: int = 0


class FeedsLook(msgspec.Struct, frozen=True, kw_only=True):
    """`wanted`: feeds that the settings ask for. `feeds` None: they cannot be seen, and `why_not` says why."""

    wanted: tuple[str, ...] = ()
    feeds: tuple[FeedLook, ...] | None = ()
    why_not: Why | None = None


def judge(look: FeedsLook, now: Now, boot: str) -> list[Finding]:
    """A sentence for each source."""
    if look.feeds is None:
        return [remark("feeds", "unseen", why=look.why_not)]
    held = {one.name: one for one in look.feeds}
    names = (*look.wanted, *(name for name in held if name not in look.wanted))
    if not any((held[name].kind if name in held else name) in WARNING for name in names):
        found = [remark("feeds", "none")]
    else:
        found = []
    here = Contact(boot, now.mono_ms, now.mono_ms)
    return found + [_one(held.get(name, FeedLook(name=name, kind=name)), here, now) for name in names]


def _one(feed: FeedLook, here: Contact, now: Now) -> Finding:
    warns = feed.kind in WARNING
    grade = fault if warns else remark
    why = Why("feed", feed.fault) if feed.fault else Why("feed_silent" if feed.tried else "feed_untried")
    if feed.checked is None:
        return grade("feeds", "never", source=feed.name, why=why)
    age = age_ms(feed.checked, here, now)
    if age is None:
        return grade("feeds", "timeless", source=feed.name)
    limit = PERIODS * int(max(feed.every_s, 0.0) * 1000) + MARGIN_MS
    if age > (min(limit, LONGEST_MS) if warns else limit):
        return grade("feeds", "old", source=feed.name, time=span(age), why=why)
    if feed.rejected:
        return remark("feeds", "unread", source=feed.name, time=span(age), count=feed.rejected)
    return ok("feeds", "fresh", source=feed.name, time=span(age))
