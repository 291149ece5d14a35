"""The demonstration itself, headless: its own JSON line is the measurement."""

import json
import subprocess
from collections.abc import Iterator
from tempfile import TemporaryDirectory
from typing import Any

from bench.processes import python

SECONDS = 60


def measure() -> Iterator[dict[str, Any]]:
    """One run."""
    with TemporaryDirectory() as shots:
        command = python("demo", "--headless", "--seconds", str(SECONDS), "--shots", shots)
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS * 4, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    figures = json.loads(lines[-1]) if lines else {"fault": done.stderr.strip()[-300:]}
    figures.pop("bench", None)
    yield {**figures, "exit": done.returncode}
