"""`nodes update`: offers a signed program to sensor nodes, or withdraws the offer; the running gateway sees it."""

import argparse
from pathlib import Path
from typing import Any

from contract.wire import Refused
from doors.settings import SettingsFault
from gateway.config import Plan, read
from gateway.io.firmware import keys_of, offer, read_program, withdraw
from gateway.tools.lines import FAILED, USAGE, fail, say

SETTINGS = Path("/etc/sotpunkt/gateway.toml")


def add_update(commands: Any) -> None:
    """Add `update` to the sub-commands of `nodes`."""
    update = commands.add_parser("update", help="offer a signed program to sensor nodes, or withdraw the offer")
    update.add_argument("folder", type=Path, nargs="?", metavar="FOLDER", help="signed by `sotpunkt-keys firmware`")
    update.add_argument("--node", action="append", default=[], metavar="NAME", help="only this one; may stand again")
    update.add_argument("--stop", action="store_true", help="withdraw what is offered; what runs on a node stays")
    update.add_argument("--settings", type=Path, default=SETTINGS, metavar="FILE", help="of the gateway")
    update.set_defaults(run=run_update)


def run_update(args: argparse.Namespace) -> int:
    """`nodes update`: the folder is looked at as a node looks at it, and copied beside the store of the gateway."""
    if (args.folder is None) is not args.stop:
        return fail("give the folder of a signed program, or --stop", USAGE)
    try:
        plan = read(args.settings)
        names = _names(plan, args.node)
        store = Path(plan.settings.store.path)
        if args.stop:
            stopped = withdraw(store, names)
            say(f"offered no more to {', '.join(stopped)}" if stopped else "nothing was offered to them")
            return 0
        program = read_program(args.folder, keys_of(Path(plan.settings.nodes.firmware_keys)))
        offer(store, program, names)
    except (SettingsFault, Refused) as fault:
        return fail(fault, USAGE)
    except OSError as fault:
        hint = "; run it as root or as the account of the gateway" if isinstance(fault, PermissionError) else ""
        return fail(f"{fault.filename or store.parent}: {fault.strerror}{hint}", FAILED)
    say(f"version {program.version} for {', '.join(program.boards)} is offered to {', '.join(names)}")
    say("each takes it when it hears of it; `sotpunkt-gateway nodes list` shows how far they are")
    return 0


def _names(plan: Plan, asked: list[str]) -> list[str]:
    """The nodes that are meant; raises Refused."""
    known = [one.name for one in plan.settings.node]
    if not known:
        raise Refused("this site has no sensor nodes: the settings have no [[node]]")
    for name in asked:
        if name not in known:
            raise Refused(f"--node {name}: there is no such node; the settings have {', '.join(known)}")
    return list(dict.fromkeys(asked)) or known
