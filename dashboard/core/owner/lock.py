"""Whether the page is encrypted, in one line: what does not work without, and when the certificate ends.

Without HTTPS, or with a certificate that has ended, a browser installs no page and keeps none for reading without a
network; everything else works.
"""

from msgspec import Struct

from contract.page import WARN_DAYS
from dashboard.core.access.lapse import DAY_MS
from dashboard.core.reader import Reader


class LockLine(Struct, frozen=True, kw_only=True):
    """The line, and its role; both empty when there is nothing to say."""

    role: str = ""
    words: str = ""


def lock_line(*, encrypted: bool, loopback: bool, ends_ms: int | None, reader: Reader) -> LockLine:
    """What to say. `loopback`: the page was asked for on this machine; `ends_ms`: when its certificate ends."""
    now = reader.now.wall_ms
    if not encrypted:
        return LockLine() if loopback else LockLine(role="information", words=reader.t("lock_plain"))
    if ends_ms is None or now is None:
        return LockLine()
    if ends_ms <= now:
        return LockLine(role="remark", words=reader.t("lock_over", when=reader.when(ends_ms)))
    days = (ends_ms - now) // DAY_MS
    if days <= WARN_DAYS:
        return LockLine(role="information", words=reader.t("lock_soon", n=days, when=reader.when(ends_ms)))
    return LockLine()
