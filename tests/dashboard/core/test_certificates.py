"""What the municipality is told of a site's certificate, and how loud."""

from datetime import date, timedelta

import pytest

from contract.certificates import Admitted, AdmittedList
from dashboard.core.site import certificates

LAST = date(2027, 3, 1)


@pytest.mark.parametrize(
    ("left", "role", "says"),
    [
        (61, "", ""),
        (60, "remark", "går ut 2027-03-01, om 60 dagar"),
        (1, "remark", "om 1 dag."),
        (0, "remark", "om 0 dagar"),
        (-1, "bad", "hörs till och med 2027-03-31"),
        (-30, "bad", "Förnya det nu"),
        (-31, "bad", "släpps inte in längre"),
    ],
)
def test_certificate_is_told_of_sixty_days_ahead_and_in_its_grace(left: int, role: str, says: str) -> None:
    """Louder the nearer the end; the day of the grace's end is named; nothing while all is well."""
    told = certificates.words(LAST, LAST - timedelta(days=left))

    assert (role, True) == (told.role, says in told.sv)
    assert bool(told.sv) is bool(told.en) is bool(role)


def test_site_that_is_locked_out_is_told_of_whatever_its_days() -> None:
    """The newest certificate of a site counts; one that the list does not know has no sentence."""
    first = LAST - timedelta(days=365)
    rows = [
        Admitted(site="are-kall", serial="1", first_day=first, last_day=LAST, fingerprint="", locked="2026-11-22"),
        Admitted(site="are-kall", serial="2", first_day=first, last_day=LAST, fingerprint=""),
        Admitted(site="are-duved", serial="3", first_day=first, last_day=LAST, fingerprint="", locked="2026-11-22"),
    ]
    held = AdmittedList(certificates=tuple(rows))

    assert "" == certificates.of_site(held, "are-kall", first).role
    assert "bad" == certificates.of_site(held, "are-duved", first).role
    assert "" == certificates.of_site(held, "are-nowhere", first).role
