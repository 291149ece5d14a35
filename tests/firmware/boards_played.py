"""Whole boards for updates: the real loader over a folder, started again whenever it ends, as a reset does."""

import json
import os
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

from firmware.compiling import build, sources
from tests.firmware.nodes_played import MICROPYTHON, ROOT
from tests.firmware.updates import sign

SOONER = (
    ("node.core.trial", "CALM_S = 180", "CALM_S = 1"),
    ("node.updating", "_LATER_MS = const(600_000)", "_LATER_MS = const(500)"),
    ("node.updating", "_AGAIN_MS = const(3_000)", "_AGAIN_MS = const(500)"),
)
"""What takes minutes on a board takes seconds here; all else of the program is as it is delivered."""
HANGS = "hangs now"
Patch = tuple[str, str, str]
HEAP = "64wK"


def program(home: Path, name: str, *patches: Patch) -> Path:
    """The program of this checkout in `home`, made as for a board, with these patches; not yet signed."""
    tree = sources(ROOT / "contract")
    for module, old, new in (*SOONER, *patches):
        text, package = tree[module]
        assert 1 == text.count(old), f"{module} has no {old!r} any more"
        tree[module] = text.replace(old, new), package
    build(home / name, tree)
    return home / name


def release(base: Path, name: str, version: int, **files: str) -> Path:
    """A program beside `base`, signed: the same with other files, by module (`node__app`)."""
    folder = base.with_name(name)
    shutil.copytree(base, folder)
    for module, text in files.items():
        path = folder / (module.replace("__", "/") + ".py")
        path.with_suffix(".mpy").unlink(missing_ok=True)
        path.write_text(text, "utf-8")
    sign(folder, base.with_name("key"), version, "unix=1.29")
    return folder


class Board:
    """A board on a folder. Its watchdog is the test: it kills a program that says that it hangs.

    `patience_s`: the loader's clock, which resets a program on trial that is not confirmed; None: it never rings.
    """

    def __init__(
        self, folder: Path, first: Path, key: Path, settings: dict[str, Any], patience_s: float | None = None
    ) -> None:
        self.folder, self.lives, self.said = folder, 0, ""
        self._patience_s = patience_s
        shutil.copytree(first, folder / "a")
        (folder / "start").mkdir()
        (folder / "start/node.json").write_text(json.dumps(settings), "utf-8")
        shutil.copy(key, folder / "start/firmware.pub")
        shutil.copy(ROOT / "firmware/loader.py", folder)
        main = (ROOT / "firmware/main.py").read_text("utf-8")
        assert "PAUSE_MS = 5000" in main
        (folder / "main.py").write_text(main.replace("PAUSE_MS = 5000", "PAUSE_MS = 50"), "utf-8")
        self._process: subprocess.Popen[str] | None = None
        self._on, self._thread = False, threading.Thread(target=self._run, daemon=True)

    def switch_on(self) -> None:
        """Power."""
        self._on, self._thread = True, threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def switch_off(self) -> None:
        """No power."""
        self._on = False
        while self._thread.is_alive():
            self.reset()
            self._thread.join(0.05)

    def reset(self) -> None:
        """Whatever it does, it begins anew, or is gone when it is switched off."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()

    def kept(self, name: str) -> str:
        """A file of `start/`, nothing when it is not there."""
        path = self.folder / "start" / name
        return path.read_text("utf-8") if path.exists() else ""

    def _run(self) -> None:
        command = [str(MICROPYTHON), "-X", f"heapsize={HEAP}", "main.py"]
        environment = os.environ | {"MICROPYPATH": ".frozen"}
        while self._on:
            self.lives += 1
            self._process = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            assert self._process.stdout is not None
            clock = threading.Timer(self._patience_s or 9999, self._late)
            clock.start()
            for line in self._process.stdout:
                self.said += line
                if HANGS in line:
                    self._process.kill()
            clock.cancel()
            self._process.wait()

    def _late(self) -> None:
        if '"trial": 1' in self.kept("pointer"):
            self.reset()
