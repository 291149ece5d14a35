"""The technician's commands: what each adds to the command line, and what runs it."""

import argparse
from collections.abc import Callable, Coroutine
from typing import Any

from gateway.judge import add_judge_parser, run_judge
from gateway.tools.capture import add_capture, run_capture
from gateway.tools.nodes import add_nodes, run_nodes
from gateway.tools.plan import add_plan, run_plan, run_profiles
from gateway.tools.read import add_read, run_read
from gateway.tools.scan import add_scan, run_scan
from gateway.tools.watch import add_watch, run_watch

ADD = (add_scan, add_read, add_watch, add_capture, add_plan, add_judge_parser, add_nodes)
"""Each adds what it needs to the command line, in the order in which help shows them."""

ON_THE_WIRE: dict[str, Callable[[argparse.Namespace], Coroutine[Any, Any, int]]] = {
    "scan": run_scan,
    "read": run_read,
    "watch": run_watch,
    "capture": run_capture,
}
ON_PAPER: dict[str, Callable[[argparse.Namespace], int]] = {
    "plan": run_plan,
    "profiles": run_profiles,
    "judge": run_judge,
    "nodes": run_nodes,
}
