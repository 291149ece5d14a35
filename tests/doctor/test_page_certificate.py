"""The certificate of the owners' page as its files lie there: what is said, how grave, and who must act."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from doctor import config
from doctor.core.finding import Finding
from doctor.core.page_certificate import judge
from doctor.io import page_certificate
from doctor.io.texts import catalogue, sentence

TODAY = datetime.now(UTC).date()
NOW_MS = int(time.time() * 1000)
NAME = "localhost"  # what the authority of these tests signs


@pytest.fixture
def told(box: Any) -> Callable[..., list[Finding]]:
    """`told(web)`: what is found with these lines of the page's settings."""

    def run(web: str = f'certificate_name = "{NAME}"', wall_ms: int | None = NOW_MS) -> list[Finding]:
        (box.etc / "dashboard.toml").write_text(
            f'[web]\n{web}\n[store]\npath = "{box.state}/store.sqlite"\n[view]\nmode = "site"\n', "utf-8"
        )
        known = config.read(box.etc)
        return judge(page_certificate.look(known.page_name, known.page_files, known.page_store), wall_ms)

    return run


@pytest.fixture
def lay(box: Any, authority: Any) -> Callable[[int], None]:
    """`lay(days)`: key and certificate of the page, so many days before its end."""
    signs = authority()

    def run(days: int) -> None:
        chain, key = signs.make("page", TODAY + timedelta(days=days), str(days))
        for path, name in ((chain, "page.pem"), (key, "page.key")):
            (box.state / name).write_bytes(path.read_bytes())

    return run


@pytest.mark.parametrize(
    ("days", "text", "grade"),
    [(60, "good", "ok"), (30, "expiring", "remark"), (0, "expiring", "remark"), (-1, "over", "fault")],
)
def test_days_left_decide(told: Any, lay: Any, days: int, text: str, grade: str) -> None:
    """From 30 days before the end the municipality is named as the one who must act."""
    lay(days)
    (found,) = told()

    assert (f"page_certificate.{text}", grade) == (found.text, found.grade)
    assert ("ommun" in sentence(found, catalogue("sv"))) == (text != "good")


def test_page_that_waits_for_its_first_certificate(told: Any, lay: Any, box: Any) -> None:
    """A key alone is a note; without one the page was never begun; what asks for no certificate gets no sentence."""
    nothing, never = told(web="port = 8080"), told()
    lay(60)
    (box.state / "page.pem").unlink()

    assert ([], ["page_certificate.no_key"]) == (nothing, [one.text for one in never])
    assert ["page_certificate.waits"] == [one.text for one in told()]


@pytest.mark.parametrize("kind", ["misfit", "other_name", "unreadable"])
def test_what_does_not_fit_is_a_fault(told: Any, lay: Any, box: Any, kind: str) -> None:
    """The key of another, another name, and a file of no use: never well, however long it would hold."""
    lay(60)
    before = (box.state / "page.key").read_bytes()
    name = "other.example.se" if kind == "other_name" else NAME
    if kind == "misfit":
        lay(61)
        (box.state / "page.key").write_bytes(before)
    if kind == "unreadable":
        (box.state / "page.pem").write_text("half of one")

    assert [(f"page_certificate.{kind}", "fault")] == [
        (one.text, one.grade) for one in told(web=f'certificate_name = "{name}"')
    ]


def test_without_a_clock_nothing_is_said_to_hold(told: Any, lay: Any) -> None:
    """Unknown is never green."""
    lay(300)

    assert [("page_certificate.unknown", "remark")] == [(one.text, one.grade) for one in told(wall_ms=None)]


def test_files_given_by_hand_are_renewed_by_whoever_laid_them_there(told: Any, lay: Any, box: Any) -> None:
    """Seen from the folder of the settings; the sentence names the file and not the municipality."""
    lay(3)
    (box.etc / "own.pem").write_bytes((box.state / "page.pem").read_bytes())
    (box.etc / "own.key").write_bytes((box.state / "page.key").read_bytes())
    (found,) = told(web='certificate_file = "own.pem"\nkey_file = "own.key"')
    (missing,) = told(web='certificate_file = "none.pem"\nkey_file = "own.key"')

    assert ("page_certificate.expiring_by_hand", "page_certificate.missing") == (found.text, missing.text)
    assert str(Path("own.pem")) in sentence(found, catalogue("sv"))
