"""What the page on content tells an editor to write can be sent, and every document has its example there."""

import re
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import msgspec
import pytest

from contract.content import DOCUMENTS
from contract.everyday import Business, Event, OnCall
from dashboard.core.sending.documents import document
from dashboard.core.sending.remarks import remarks

PAGE = Path(__file__).resolve().parents[2] / "docs/content.md"
EXAMPLES = dict(re.findall(r"```toml\n# ([a-z-]+)\.toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
MADE_BY_A_PROGRAM = {"timetable"}


def test_every_document_has_an_example() -> None:
    """But the timetable, which nobody writes by hand."""
    assert set(DOCUMENTS) - MADE_BY_A_PROGRAM == set(EXAMPLES)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_example_can_be_sent(name: str) -> None:
    """As it stands; on a day in its time nothing in it would be hidden from visitors."""
    _, data = document(name, tomllib.loads(EXAMPLES[name]), 1, f"{name}.toml")
    told = remarks(name, data, date(2026, 1, 20))

    assert [] == [one for one in told if "nobody will see" in one or "changes nothing" in one]


@pytest.mark.parametrize("kind", [Business, Event, OnCall])
def test_page_names_the_fields_that_a_document_may_have(kind: type[msgspec.Struct]) -> None:
    """A field that nobody is told of is one that nobody uses."""
    page = PAGE.read_text("utf-8")

    assert [] == [field for field in kind.__struct_fields__ if not re.search(rf"\b{field}\b", page)]


def test_check_says_what_is_doubtful_and_refuses_what_is_wrong(tmp_path: Path) -> None:
    """By the command, without settings: 0 with remarks, 2 with the place of each fault, never a traceback."""
    file = tmp_path / "events.toml"
    file.write_text(EXAMPLES["events"], "utf-8")
    late = _check(file, "--day", "2027-01-01")
    file.write_text(EXAMPLES["events"].replace("where", "were"), "utf-8")
    wrong = _check(file)

    assert (0, True) == (late.returncode, "has passed; nobody will see it" in late.stdout)
    assert (2, True) == (wrong.returncode, "events[0].were: is not known; did you mean where?" in wrong.stderr)
    assert "Traceback" not in late.stderr + wrong.stderr
    assert 2 == _check(file, "--day", "soon").returncode


def _check(file: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dashboard", "content", "check", "events", str(file), *more]
    return subprocess.run(command, cwd=PAGE.parents[1], capture_output=True, text=True, timeout=60)
