"""Commands that the documentation names are commands that exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = re.compile(r"sotpunkt-(gateway|dashboard|kiosk|keys|simulator) ([a-z]+)(?= |$|`)", re.MULTILINE)
TARGET = re.compile(r"^(?:.*`)?make ([a-z]+)", re.MULTILINE)
PAGES = sorted(
    path for path in ROOT.glob("**/*.md") if not {".venv", "node_modules"} & set(path.relative_to(ROOT).parts)
)


def _named(pattern: re.Pattern[str]) -> list[tuple[str, ...]]:
    texts = [page.read_text("utf-8") for page in PAGES]
    return sorted({match.groups() for text in texts for match in pattern.finditer(text)})


@pytest.mark.parametrize(("program", "command"), _named(COMMAND))
def test_documented_command_answers(program: str, command: str) -> None:
    """`sotpunkt-<program> <command> --help` explains itself."""
    asked = [sys.executable, "-m", program, command, "--help"]
    answer = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert 0 == answer.returncode, answer.stderr
    assert command in answer.stdout


@pytest.mark.parametrize("target", [target for (target,) in _named(TARGET)])
def test_documented_target_is_in_the_makefile(target: str) -> None:
    """`make <target>` exists."""
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
