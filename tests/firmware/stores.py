"""Starts a play of the store on the real MicroPython interpreter with the heap of a chip."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PLAYED = ROOT / "tests/firmware/on_chip"
MICROPYTHON = Path(sys.executable).with_name("micropython")


def play(folder: Path, what: str, *arguments: object) -> dict[str, Any]:
    """What one play of `on_chip/store_played.py` told; its flash lies in the folder."""
    command = [MICROPYTHON, "-X", "heapsize=64wK", PLAYED / "store_played.py", what, folder / "flash", *arguments]
    environment = os.environ | {"MICROPYPATH": f"{ROOT / 'firmware'}:{PLAYED}:.frozen"}
    answer = subprocess.run([str(one) for one in command], env=environment, capture_output=True, text=True, timeout=110)

    assert 0 == answer.returncode, answer.stdout + answer.stderr
    return json.loads(answer.stdout)
