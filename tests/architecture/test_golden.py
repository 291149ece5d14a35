"""The one way to keep an expected text: compared always, rewritten only when asked."""

import subprocess
import sys
from pathlib import Path

ASKS = """
from pathlib import Path

def test_it(golden):
    golden(Path(__file__).with_name("expected.txt"), "new")
"""


def _pytest(folder: Path, *arguments: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, str(folder)]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=60).returncode


def test_golden_file_is_rewritten_only_when_asked(tmp_path: Path, root: Path) -> None:
    """A difference fails and leaves the file; asked for, it is written and then holds."""
    (tmp_path / "conftest.py").write_text((root / "tests/conftest.py").read_text("utf-8"), "utf-8")
    (tmp_path / "test_asks.py").write_text(ASKS, "utf-8")
    (tmp_path / "expected.txt").write_text("old", "utf-8")

    assert 1 == _pytest(tmp_path)
    assert "old" == (tmp_path / "expected.txt").read_text("utf-8")

    assert 0 == _pytest(tmp_path, "--rewrite-golden")
    assert "new" == (tmp_path / "expected.txt").read_text("utf-8")
