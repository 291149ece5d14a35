"""The agreed last day, the 30 days after it, and keys that do not fit."""

from datetime import UTC, datetime, timedelta

import pytest

from doctor.core.certificates import CertificateLook, SecretLook, judge
from doctor.core.finding import Why

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)


def _look(days: int, **more) -> CertificateLook:
    """A certificate whose agreed last day is so many days away."""
    until = datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC) + timedelta(days=days + 30)
    return CertificateLook(
        **({"path": "site.crt", "own": True, "since": NOW - timedelta(days=400), "until": until} | more)
    )


@pytest.mark.parametrize(
    ("days", "text", "grade"),
    [
        (61, "certificate.good", "ok"),
        (60, "certificate.expiring", "remark"),
        (0, "certificate.expiring", "remark"),
        (-1, "certificate.in_grace", "fault"),
        (-30, "certificate.in_grace", "fault"),
        (-31, "certificate.expired", "fault"),
    ],
)
def test_agreed_last_day_decides(days: int, text: str, grade: str) -> None:
    """The words speak of the agreed last day, 30 days before the certificate itself ends."""
    (found,) = judge((_look(days),), (), NOW_MS)

    assert (text, grade) == (found.text, found.grade)


def test_without_a_clock_nothing_is_said_to_hold() -> None:
    """Unknown is never green."""
    (found,) = judge((_look(300),), (), None)

    assert ("certificate.unknown", "remark") == (found.text, found.grade)


def test_what_does_not_fit_is_named_before_the_days() -> None:
    """A key of another certificate, a certificate that begins later, and one that is not there."""
    looks = (
        _look(300, key_fits=False),
        _look(300, since=NOW + timedelta(days=2)),
        CertificateLook(path="x", own=False, why_not=Why("missing")),
    )

    assert ["certificate.misfit", "certificate.not_yet", "authority.unreadable"] == [
        one.text for one in judge(looks, (), NOW_MS)
    ]


def test_secrets_that_could_not_be_seen_are_not_called_shut() -> None:
    """What this account may not see is said so; an open one is a fault."""
    assert ["secrets.unseen"] == [one.text for one in judge((), (SecretLook("a", None, seen=False),), NOW_MS)]
    assert ["secrets.open"] == [one.text for one in judge((), (SecretLook("a", Why("secret_open")),), NOW_MS)]
    assert ["secrets.shut"] == [one.text for one in judge((), (SecretLook("a", None),), NOW_MS)]
