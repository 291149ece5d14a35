"""The authority's list beside the dashboard: read anew when it changes, and no reason to fall when it is bad."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from contract.certificates import Admitted, AdmittedList
from dashboard.io.certificates import AdmittedFile


def written(path: Path, *last_days: date) -> None:
    """A list with one site."""
    rows = tuple(
        Admitted(site="are-kall", serial="1", first_day=date(2025, 1, 1), last_day=day, fingerprint="")
        for day in last_days
    )
    path.write_bytes(msgspec.json.encode(AdmittedList(certificates=rows)))
    os.utime(path, ns=(1, path.stat().st_mtime_ns + len(last_days)))


def test_the_page_says_that_a_certificate_is_in_its_grace(office: Any, tmp_path: Path) -> None:
    """In the overview and on the page of the site; a list that changes is read anew."""
    path = tmp_path / "sites.json"
    office.desk._admitted = AdmittedFile(str(path))
    written(path, date(2019, 1, 1))
    assert "släpps inte in längre" in office.page()
    assert "släpps inte in längre" in office.client.get("/?lang=sv").text
    written(path, date(2019, 1, 1), date(2099, 1, 1))
    assert "Certifikatet" not in office.page()


def test_a_list_that_cannot_be_read_says_nothing(office: Any, tmp_path: Path, caplog: Any) -> None:
    """Missing, no JSON, a folder: one line in the log and no word on the page."""
    for name, content in (("missing", None), ("broken", b"{"), ("other", b"[]")):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        office.desk._admitted = AdmittedFile(str(path))
        assert "Certifikatet" not in office.page()
        assert 1 == len([one for one in caplog.messages if one.startswith(f"{name} cannot be read")])
