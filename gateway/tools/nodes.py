"""`nodes`: what a technician does with the sensor nodes of a site. Each part adds its own sub-command."""

import argparse
from typing import Any

from gateway.tools.nodes_build import add_build
from gateway.tools.nodes_cable import add_provision, add_replace
from gateway.tools.nodes_calibrate import add_calibrate
from gateway.tools.nodes_list import add_list
from gateway.tools.nodes_update import add_update

PARTS = (add_list, add_provision, add_replace, add_calibrate, add_update, add_build)
"""Each adds a sub-command, in the order in which help shows them, and says with `run=` what runs it: args → code."""


def add_nodes(subparsers: Any) -> None:
    """Add `nodes` to a program's commands (argparse's subparsers)."""
    nodes = subparsers.add_parser("nodes", help="the sensor nodes of this site")
    commands = nodes.add_subparsers(dest="nodes_command", required=True, metavar="COMMAND")
    for add in PARTS:
        add(commands)


def run_nodes(args: argparse.Namespace) -> int:
    """`nodes`: 0 done, 1 could not do it, 2 a mistake in the call or the settings."""
    return int(args.run(args))
