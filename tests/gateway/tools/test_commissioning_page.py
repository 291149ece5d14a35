"""The page for the technician: what it tells to type is understood by the program as it stands there."""

import argparse
import re
import shlex
from pathlib import Path

import pytest

from gateway.__main__ import _parser
from gateway.config import read as site_of
from gateway.tools.lines import reach_of

PAGE = (Path(__file__).parents[3] / "docs" / "commissioning.md").read_text("utf-8")
SHELL = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
TYPED = [line.split(" > ")[0] for line in SHELL if line.startswith("sotpunkt-gateway")]
TYPED += [line.removeprefix("next: ") for line in PAGE.splitlines() if line.startswith("next: ")]


@pytest.mark.parametrize("line", TYPED)
def test_commissioning_command_is_understood(line: str) -> None:
    """Every option, profile, contact and address of the page; nothing is sent."""
    args: argparse.Namespace = _parser().parse_args(shlex.split(line)[1:])

    assert args.command in ("scan", "read", "watch", "plan", "capture", "check")
    if args.command in ("read", "watch", "capture"):
        assert 1 <= reach_of(args).unit <= 247


def test_commissioning_settings_are_right(tmp_path: Path) -> None:
    """The devices of the page make a site."""
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "site.toml"
    head = '[site]\nid = "are-kall"\nplace = "Kall"\n[store]\npath = "gateway.db"\n'
    head += '[site_broker]\nurl = "mqtt://127.0.0.1:1"\n'
    file.write_text(head + block, "utf-8")

    assert ["genset", "contacts"] == [one.table.name for one in site_of(file).wired]
