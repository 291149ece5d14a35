"""What killed programs leave is taken away, and nothing of those that live."""

import os
import subprocess
from pathlib import Path

from faults.io.files import forget_faketime


def test_memory_of_killed_programs_is_let_go(tmp_path: Path) -> None:
    """Of a dead program, made since then: gone. Of a living one, older, or of another name: stays."""
    with subprocess.Popen(["true"]) as ended:
        ended.wait()
    names = [f"faketime_shm_{ended.pid}", f"sem.faketime_sem_{ended.pid}", f"faketime_shm_{os.getpid()}", "other_1"]
    for name in names:
        (tmp_path / name).write_text("", "ascii")
    since_s = (tmp_path / names[0]).stat().st_mtime
    forget_faketime(since_s + 3600, tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    forget_faketime(since_s - 3600, tmp_path)

    assert sorted(names) == before
    assert sorted(names[2:]) == sorted(path.name for path in tmp_path.iterdir())
