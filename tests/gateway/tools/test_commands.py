"""The technician's commands are there for the technician, and cost the daemon nothing."""

import subprocess
import sys

from gateway.__main__ import DAEMON, _parser
from gateway.tools.commands import ON_PAPER, ON_THE_WIRE


def test_every_command_has_somebody_who_runs_it() -> None:
    """What help shows is what can be run, and nothing else."""
    (commands,) = (action.choices for action in _parser()._actions if action.dest == "command")

    assert {*DAEMON, *ON_THE_WIRE, *ON_PAPER} == set(commands or ())


def test_daemon_holds_no_tool_in_memory() -> None:
    """A gateway that runs for years has loaded none of them."""
    ask = "import sys; from gateway.__main__ import _parser; _parser(tools=False); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout.split()

    assert [] == [name for name in loaded if name.startswith(("gateway.tools.", "gateway.judge"))]
