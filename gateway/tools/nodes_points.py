"""Two known points of a channel: are they worth anything, and into which line of the settings file do they go?"""

import os
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from contract.wire import Refused

SWING = 0.05
"""Of the distance between both true values: a value that swings more while it stands still is not measured."""
SLOPES = (0.5, 2.0)
"""Beyond them it is not the converter that lies, but a resistor or a setting."""
Points = tuple[tuple[int, int], tuple[int, int]]
"""(read, true) of both, in the channel's whole numbers."""
_HEADER = re.compile(r"\s*\[\[?\s*([\w.\-\"]+)\s*\]\]?")
_KEY = re.compile(r"\s*(\w+)\s*=\s*(.*)")


def true_value(text: str, parts: int) -> int:
    """What a person typed or wrote after --point, in whole numbers; raises Refused."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError as fault:
        raise Refused(f"{text.strip()!r} is no number; write it like 12.65") from fault
    if not abs(number) <= 1_000_000:
        raise Refused(f"{text.strip()} cannot be measured by a node")
    return round(number * parts)


def raw(value: int, points: Sequence[Sequence[int]]) -> float:
    """What was read, of a value that a node has corrected already; `points` () where it corrects nothing."""
    if not points:
        return value
    (read1, true1), (read2, true2) = points
    return read1 + (value - true1) * (read2 - read1) / (true2 - true1)


def points_of(first: Sequence[float], true1: int, second: Sequence[float], true2: int) -> Points:
    """Both points, each the middle of what was read; raises Refused for what would make the channel worse."""
    if true1 == true2:
        raise Refused("both points have the same true value; the second must lie well apart from the first")
    most = SWING * abs(true2 - true1)
    for which, readings in (("first", first), ("second", second)):
        if max(readings) - min(readings) > most:
            raise Refused(
                f"at the {which} point the value swung by {max(readings) - min(readings):g} of its whole numbers, too "
                "much for points so near to each other; let it stand still, or take points further apart"
            )
    read1, read2 = round(fmean(first)), round(fmean(second))
    slope = (true2 - true1) / (read2 - read1) if read2 != read1 else 0.0
    if slope == 0:
        raise Refused("both points read the same: is the sensor connected, and did the true value really change?")
    if slope < 0:
        raise Refused("where the true value is higher the sensor reads lower: are the two points mixed up?")
    if not SLOPES[0] <= slope <= SLOPES[1]:
        raise Refused(
            f"the true values lie {slope:.2f} times as far apart as what was read: no converter errs so much; look at "
            "the resistors and lengths in the settings of this channel"
        )
    return (read1, true1), (read2, true2)


def line_of(points: Points) -> str:
    """As it stands in the settings."""
    (read1, true1), (read2, true2) = points
    return f"calibration = [[{read1}, {true1}], [{read2}, {true2}]]"


def with_points(text: str, node: str, signal: str, points: Points) -> str | None:
    """The settings with these points and nothing else changed; None when no line can be found where they belong."""
    lines = text.splitlines(keepends=True)
    at, insert = _place(lines, node, signal)
    if at is None:
        return None
    ending = "\r\n" if lines[at].endswith("\r\n") else "\n"
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    if not lines[at].endswith("\n"):
        lines[at] += ending
    fresh = f"{indent}{line_of(points)}{ending}"
    lines[at : at + 1] = [lines[at], fresh] if insert else [fresh]
    changed = "".join(lines)
    return changed if _meant(text, changed, node, signal, points) else None


def _place(lines: list[str], node: str, signal: str) -> tuple[int | None, bool]:
    """(line, True to put the points after it or False in its place); None for the line when there is none."""
    table = name = ""
    found = old = None
    here = False
    for number, line in enumerate(lines):
        if header := _HEADER.match(line):
            if here:
                break
            table, found, old = header[1], None, None
            name = "" if table == "node" else name
        elif (key := _KEY.match(line)) is not None:
            if table == "node" and key[1] == "name":
                name = key[2]
            elif table == "node.channel" and key[1] == "signal":
                found, here = number, _text(key[2]) == signal and _text(name) == node
            elif table == "node.channel" and key[1] == "calibration":
                old = number
    if not here:
        return None, False
    return (found, True) if old is None else (old, False)


def _text(value: str) -> str:
    return value[1:].partition(value[0])[0] if value[:1] in ("'", '"') else ""


def _meant(before: str, after: str, node: str, signal: str, points: Points) -> bool:
    """Is that the only difference?"""
    try:
        was, now = _tree(before), _tree(after)
    except tomllib.TOMLDecodeError:
        return False
    for one in was.get("node", []):
        for channel in one.get("channel", []) if one.get("name") == node else []:
            if channel.get("signal") == signal:
                channel["calibration"] = [list(point) for point in points]
    return was == now


def _tree(text: str) -> dict[str, Any]:
    return tomllib.loads(text.removeprefix("\ufeff"))


def write_settings(path: Path, text: str) -> None:
    """The file whole, with its owner and mode; raises OSError."""
    path = path.resolve()
    told = path.stat()
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, told.st_mode & 0o777), "wb") as file:
            os.fchown(file.fileno(), told.st_uid, told.st_gid)
            os.fchmod(file.fileno(), told.st_mode & 0o777)
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
