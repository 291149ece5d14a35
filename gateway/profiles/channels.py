"""What a sensor node can tell: the node's own table of channels, the same file that lies on the boards."""

import ast
from functools import cache
from importlib.resources import files

import msgspec

from contract.signals import catalogue


class Channel(msgspec.Struct, frozen=True):
    """One number on a node's wire. Value in the catalogue's unit = whole number / `parts`."""

    id: int
    key: str
    unit: str
    """Of the whole number."""
    parts: int


@cache
def channels() -> dict[int, Channel]:
    """All channels by id. The file is read, not run: it belongs to another machine."""
    tree = ast.parse(files("firmware").joinpath("node", "core", "channels.py").read_text("utf-8"))
    for line in tree.body:
        if isinstance(line, ast.Assign) and [ast.unparse(one) for one in line.targets] == ["TABLE"]:
            rows = [row.split() for row in str(ast.literal_eval(line.value)).splitlines() if row and row[0] != "#"]
            return {int(row[0]): Channel(int(row[0]), row[1], row[2], int(row[3])) for row in rows}
    raise ValueError("firmware/node/core/channels.py: TABLE is missing")


def channel_of(key: str) -> Channel | None:
    """The channel of a signal; None when no node can tell it."""
    return next((one for one in channels().values() if one.key == key and key in catalogue()), None)
