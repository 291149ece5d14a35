"""`nodes provision` and `nodes replace` on the command line; what speaks to boards is loaded only when it is wanted."""

import argparse
from pathlib import Path
from typing import Any

from gateway.tools.lines import FAILED, fail
from gateway.tools.nodes_update import SETTINGS

HEARD_S = 120.0
"""So long a node may take from its start to its first word."""


def add_provision(commands: Any) -> None:
    """Add `provision` to the sub-commands of `nodes`."""
    _add(commands, "provision", "by cable: make a board a new node, and wait until it reports")


def add_replace(commands: Any) -> None:
    """Add `replace` to the sub-commands of `nodes`."""
    _add(commands, "replace", "by cable: make a board the node whose own board is broken; its history goes on")


def _add(commands: Any, name: str, what: str) -> None:
    parser = commands.add_parser(name, help=what)
    parser.add_argument("name", metavar="NAME", help="of the node, as in the settings")
    parser.add_argument("--port", required=True, help="serial port, like /dev/serial/by-id/…")
    parser.add_argument("--anew", action="store_true", help="the board was another node: that one's data go")
    parser.add_argument("--wait", type=float, default=HEARD_S, metavar="S", help="for its first report (%(default)g)")
    parser.add_argument("--settings", type=Path, default=SETTINGS, metavar="FILE", help="of the gateway")
    parser.set_defaults(run=run_by_cable, replaces=name == "replace")


def run_by_cable(args: argparse.Namespace) -> int:
    """`nodes provision`, `nodes replace`."""
    try:
        from gateway.tools.nodes_provision import run_provision
    except ModuleNotFoundError as missing:
        return fail(f"{missing.name} is not installed here: install this program with its extra `nodes`", FAILED)
    return run_provision(args)
