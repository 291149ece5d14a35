"""`nodes build`: compiles the node's program into a folder, which `sotpunkt-keys firmware sign` then signs."""

import argparse
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

from gateway.tools.lines import FAILED, USAGE, fail, say


def add_build(commands: Any) -> None:
    """Add `build` to the sub-commands of `nodes`."""
    build = commands.add_parser("build", help="compile the program of the nodes into a folder, to be signed")
    build.add_argument("folder", type=Path, metavar="FOLDER", help="empty, or not there yet")
    build.set_defaults(run=run_build)


def run_build(args: argparse.Namespace) -> int:
    """`nodes build`: 0 done, 1 could not do it, 2 a mistake."""
    folder: Path = args.folder
    try:
        from firmware.compiling import build, sources

        if folder.exists() and any(folder.iterdir()):
            return fail(f"{folder}: is not empty; a file left there would be signed with the rest", USAGE)
        count = build(folder, sources(Path(str(files("contract")))))
    except (FileNotFoundError, ModuleNotFoundError) as missing:
        wanted = getattr(missing, "filename", None) or missing
        return fail(f"{wanted}: is not there; install this program with its extra `firmware`", FAILED)
    except (OSError, subprocess.SubprocessError) as fault:
        return fail(f"{folder}: {fault}", FAILED)
    say(f"{count} files in {folder}; sign them: sotpunkt-keys firmware sign {folder} --key DIR")
    return 0
