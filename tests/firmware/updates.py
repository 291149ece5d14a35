"""Signed programs for sensor nodes, made with the real command, and the interpreter that plays them."""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from keys.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
ON_CHIP = ROOT / "tests/firmware/on_chip"
MICROPYTHON = Path(sys.executable).with_name("micropython")
BOUND_S = 100.0
HEALTHY = "update_board.program(root, slot, trial, {version})"
DEAD = {
    "crash-at-import": "1 / 0\n",
    "hang-at-import": "import update_board\nraise update_board.Watchdog\n",
    "no-python": "def main(\n",
    "missing-part": "from node.core import nothing\n",
    "missing-main": "x = 1\n",
    "crash": "def main(root, slot, trial):\n    None.x\n",
    "no-memory": "def main(root, slot, trial):\n    x = [bytearray(1000) for _ in range(10000)]\n",
    "endless-depth": "def main(root, slot, trial):\n    main(root, slot, trial)\n",
    "ends": "def main(root, slot, trial):\n    pass\n",
    "leaves": "import sys\n\n\ndef main(root, slot, trial):\n    sys.exit(0)\n",
    "hang": "import update_board\n\n\ndef main(root, slot, trial):\n    raise update_board.Watchdog\n",
}
"""Programs that do not work, by what becomes of them."""


def release(home: Path, name: str, version: int, app: str = "", *, key: str = "key", board: str = "unix=1.29") -> Path:
    """A signed program in `home`; without `app` one that calls the player with its version."""
    folder = home / name
    (folder / "node/core").mkdir(parents=True)
    (folder / "node/__init__.py").touch()
    (folder / "node/core/__init__.py").touch()
    healthy = f"import update_board\n\n\ndef main(root, slot, trial):\n    {HEALTHY.format(version=version)}\n"
    (folder / "node/app.py").write_text(app or healthy, "utf-8")
    (folder / "node/core/tank.py").write_text(f"VERSION = {version}\n{'# ' + 'x' * 70}\n" * 13, "utf-8")
    sign(folder, home / key, version, board)
    return folder


def sign(folder: Path, key: Path, version: int, board: str) -> None:
    """As a person does."""
    with contextlib.redirect_stdout(None):
        if not key.exists():
            main(["firmware", "new", str(key)])
        main(["firmware", "sign", str(folder), "--key", str(key), "--version", str(version), "--board", board])
    pieces = folder.parent / "pieces"
    pieces.mkdir(exist_ok=True)
    for path in folder.rglob("*"):
        if path.is_file():
            shutil.copy(path, pieces / hashlib.sha256(path.read_bytes()).hexdigest()[:40])


def releases(home: Path) -> Path:
    """All that is played: working versions, dead ones, and one of a foreign key."""
    release(home, "v1", 1)
    release(home, "v2", 2)
    for number, (name, app) in enumerate(DEAD.items(), 3):
        release(home, name, number, app)
    for version in (98, 99, 100):
        release(home, f"v{version}", version)
    shutil.copytree(home / "v99", home / "foreign")
    sign(home / "foreign", home / "foreign-key", 99, "unix=1.29")
    shutil.copy(home / "key/firmware.pub", home)
    return home


def played(script: str, *arguments: Any, path: Path = ON_CHIP) -> dict[str, Any]:
    """What a script found on the real interpreter, with the heap of a chip."""
    command = [str(MICROPYTHON), "-X", "heapsize=64wK", str(ON_CHIP / script), *map(str, arguments)]
    environment = os.environ | {"MICROPYPATH": f"{path}:{ROOT / 'firmware'}:{ON_CHIP}:.frozen"}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=BOUND_S)
    last = answer.stdout.strip().rpartition("\n")[2]
    assert last.startswith("RESULT "), answer.stdout[-3000:] + answer.stderr[-3000:]
    return json.loads(last.removeprefix("RESULT "))
