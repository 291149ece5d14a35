"""The disk alone: `python -m faults.disk cuts` plays power cuts of a gateway, `wear` counts what it writes in a day."""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec

from faults.disk import cuts, wear
from faults.fault import CannotFault


def main() -> int:
    """Last line: JSON. 0 well, 1 something was lost, 2 it cannot be done here."""
    parser = argparse.ArgumentParser(prog="python -m faults.disk", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    cut = commands.add_parser("cuts", help="a gateway whose power is cut again and again")
    cut.add_argument("--cuts", type=_some, default=50)
    cut.add_argument("--seed", type=int, default=1)
    cut.set_defaults(what=_cuts)
    worn = commands.add_parser("wear", help="megabytes written to the card in a day")
    worn.add_argument("--commit", type=float, help="commit_every_s; without it the default of the gateway")
    worn.add_argument("--seconds", type=float, default=120.0, help="real seconds")
    worn.add_argument("--rate", type=float, default=wear.RATE, help="product seconds in a real one")
    worn.add_argument("--active", action="store_true", help="the mains are gone all the while")
    worn.set_defaults(what=_wear)
    asked = parser.parse_args()
    what: Callable[[argparse.Namespace, Path], Coroutine[Any, Any, tuple[int, dict[str, Any]]]] = asked.what
    with tempfile.TemporaryDirectory(prefix="sotpunkt-disk-") as folder:
        try:
            code, told = asyncio.run(what(asked, Path(folder)))
        except CannotFault as fault:
            sys.stderr.write(f"{fault}\n")
            return 2
        except KeyboardInterrupt:
            return 130
    sys.stdout.write(json.dumps(told) + "\n")
    return code


def _some(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 6 or not 0 < int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 100000")
    return int(text)


async def _cuts(asked: argparse.Namespace, folder: Path) -> tuple[int, dict[str, Any]]:
    verdict = await cuts.cut_often(folder, asked.cuts, asked.seed)
    bad = verdict.lost or verdict.not_started or verdict.aside
    return int(bool(bad)), msgspec.to_builtins(verdict)


async def _wear(asked: argparse.Namespace, folder: Path) -> tuple[int, dict[str, Any]]:
    until = asyncio.Event()
    asyncio.get_running_loop().call_later(asked.seconds + wear.SETTLE_S, until.set)
    worn = await wear.measure(folder, until, commit_every_s=asked.commit, active=asked.active, rate=asked.rate)
    return 0, {"commit_every_s": asked.commit, "active": asked.active, **msgspec.to_builtins(worn)}


if __name__ == "__main__":
    raise SystemExit(main())
