"""A local notice: its name, when it ends, and that one from the site's own people ends within a day."""

from typing import Any

from dashboard.core.access.people import Role
from dashboard.core.forms.fields import BadOrder
from dashboard.core.reader import Reader

HOUR_MS = 3_600_000
LONGEST_H = 24
"""The gateway refuses more, too (`gateway/core/orders/entered.py`)."""
LATE_MS = 60_000


def completed(told: dict[str, Any], key: str, reader: Reader) -> dict[str, Any]:
    """What nobody needs to write; raises BadOrder for a notice of the site's own people that is there too long."""
    told = dict(told)
    if not told.get("notice"):
        told["notice"] = f"n-{key}"[:80]
    hours, now = told.pop("for_h", None), reader.now.wall_ms
    if told.get("withdrawn") in (True, "true") or not _of_the_site(reader):
        return told
    if now is None:
        raise BadOrder(reader.t("wrong_notice_clock"), "for_h")
    if hours is not None:
        told["until_ms"] = now + int(hours) * HOUR_MS
    until = told.get("until_ms")
    if not isinstance(until, int) or until > now + LONGEST_H * HOUR_MS + LATE_MS:
        raise BadOrder(reader.t("wrong_notice_long", n=LONGEST_H), "for_h" if hours is not None else "until_ms")
    return told


def _of_the_site(reader: Reader) -> bool:
    return reader.at_site or reader.person.role is Role.OWNER
