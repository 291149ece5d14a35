"""Commands that are run on the way: short, with an end in time, and one sentence when they fail."""

import os
import subprocess
from pathlib import Path

from installing.tree import CannotInstall, Tree

LONG_S = 1800.0
SHORT_S = 60.0


class Failed(CannotInstall):
    """A command did not do it; `lines` is all that it said."""

    def __init__(self, what: str, lines: list[str]) -> None:
        super().__init__(f"{what}: {' / '.join(lines[-3:])}")
        self.lines = lines


def run(command: list[str], what: str, within_s: float = SHORT_S) -> str:
    """What a command prints; raises CannotInstall, where the command itself failed Failed with what it said."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", "PIP_NO_INPUT": "1"}
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within_s,
            env=environment,
            check=False,
        )
    except FileNotFoundError as fault:
        raise CannotInstall(f"{what}: there is no {command[0]} here; install it and begin again") from fault
    except subprocess.TimeoutExpired as fault:
        raise CannotInstall(f"{what}: {command[0]} did not end within {within_s:.0f} s") from fault
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()
        raise Failed(what, said)
    return done.stdout


def inside(tree: Tree, command: list[str], what: str, within_s: float = SHORT_S) -> str:
    """The same, run by the programs of the tree itself."""
    return run(command if tree.live else ["chroot", str(tree.root), *command], what, within_s)


def has(tree: Tree, path: str) -> bool:
    """Is this program in the tree? A link there leads within the tree, not on our own machine."""
    here = tree.at(path)
    return here.exists() or here.is_symlink()


def systemd_version(tree: Tree) -> int:
    """The systemd of the tree by the name of its library; 0 where there is none."""
    for folder in ("/usr/lib/systemd", "/lib/systemd"):
        for path in sorted(tree.at(folder).glob("libsystemd-shared-*.so")):
            digits = path.stem.removeprefix("libsystemd-shared-").split(".")[0].split("~")[0]
            if digits.isdigit():
                return int(digits)
    for path in sorted(Path(tree.at("/usr/lib")).glob("*/systemd/libsystemd-shared-*.so")):
        digits = path.stem.removeprefix("libsystemd-shared-").split(".")[0]
        if digits.isdigit():
            return int(digits)
    return 0
