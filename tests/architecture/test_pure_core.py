"""`core/` thinks: no clock, wire, disk, environment, chance or log. Time is an argument."""

import ast
from functools import partial

import pytest

PURE = {
    "abc", "base64", "binascii", "bisect", "calendar", "collections", "colorsys", "contextlib", "copy", "dataclasses",
    "datetime", "decimal", "difflib", "enum", "errno", "fractions", "functools", "hashlib", "heapq", "html",
    "ipaddress", "itertools", "json", "math", "operator", "re", "statistics", "string", "struct", "textwrap", "types",
    "typing", "unicodedata", "zoneinfo",
    "opening_hours",    # OSM opening hours at a moment that it is given
    "arabic_reshaper",  # joins Arabic letters
    "bidi",             # puts letters in the order in which they are drawn
    "msgspec",       # types and bytes, nothing else
    "cryptography",  # checks a signature on bytes that it is given
}  # fmt: skip
ON_A_BOARD = {"array", "binascii", "collections", "hashlib", "json", "math", "re", "struct"}
"""What MicroPython has, too."""
NEIGHBOURS = ("core", "feeds", "profiles")
TOUCHING = {"open", "print", "input", "exec", "eval", "compile", "__import__", "breakpoint", "id"}
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
WALL = CLOCKS | {("time", "time"), ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime"), ("time", "strftime")}


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return ["." * node.level + (node.module or "")]
    return []


def _call(node: ast.AST) -> tuple[str, str]:
    """(owner, name) of a call, as far as it can be read: `datetime.datetime.now()` is ("datetime", "now")."""
    if not isinstance(node, ast.Call):
        return "", ""
    if isinstance(node.func, ast.Name):
        return "", node.func.id
    if isinstance(node.func, ast.Attribute):
        owner = node.func.value
        return getattr(owner, "id", getattr(owner, "attr", "")), node.func.attr
    return "", ""


def _may_import(room: str, module: str) -> bool:
    """A core reads the contract, its own room's pure folders, and libraries that only think."""
    first, *rest = module.split(".")
    if first == room:
        return bool(rest) and rest[0] in NEIGHBOURS
    return first == "contract" or first in PURE


def _may_import_on_a_board(module: str) -> bool:
    """The core of a node reads its own folder, by either name, and of MicroPython what only thinks."""
    if module.startswith("."):
        return not module.startswith("..")
    return module in ON_A_BOARD or (module + ".").startswith("node.core.")


def _impure(path: str, tree: ast.Module) -> list[str]:
    room = path.split("/")[0]
    faults = []
    for node in ast.walk(tree):
        may = _may_import_on_a_board if room == "firmware" else partial(_may_import, room)
        faults += [f"imports {module}" for module in _modules(node) if not may(module)]
        owner, name = _call(node)
        if (owner, name) in CLOCKS or (not owner and name in TOUCHING and isinstance(node.func, ast.Name)):
            faults.append(f"calls {owner}.{name}()".replace(" .", " "))
    return [f"{path} {fault}" for fault in faults]


def test_core_only_thinks(code: dict[str, ast.Module], programs: list[str]) -> None:
    """Every core imports and calls only what could be done on paper."""
    cores = {path: tree for path, tree in code.items() if path.split("/")[1] == "core"}

    assert {"gateway", "kiosk", "dashboard"} <= {path.split("/")[0] for path in cores} <= set(programs)
    assert [] == [fault for path, tree in cores.items() for fault in _impure(path, tree)]


def test_core_of_a_node_only_thinks(firmware: dict[str, ast.Module]) -> None:
    """It runs on a desk as on a chip: no pin, clock, wire or flash."""
    cores = {path: tree for path, tree in firmware.items() if path.startswith("firmware/node/core/")}

    assert len(cores) > 15
    assert [] == [fault for path, tree in cores.items() for fault in _impure(path, tree)]


@pytest.mark.parametrize(
    "line", ["import machine", "import time", "from ..io import flash", "import typing", "import node.io.flash"]
)
def test_planted_touch_of_a_node_is_seen(line: str) -> None:
    """Each way out of a node's core is noticed; its own neighbours are let through."""
    good = "import math\nfrom . import quality\nfrom .tank import Tank\nfrom node.core import ecdsa\n"

    assert 1 == len(_impure("firmware/node/core/tank.py", ast.parse(line)))
    assert [] == _impure("firmware/node/core/tank.py", ast.parse(good))


def test_wall_clock_has_one_door(code: dict[str, ast.Module]) -> None:
    """Only `doors/clock.py` reads the wall clock, so that a demo's rate and a clock of 1970 reach everything."""
    assert [] == [
        f"{path}:{node.lineno} {'.'.join(_call(node))}()"
        for path, tree in code.items()
        if path != "doors/clock.py"
        for node in ast.walk(tree)
        if _call(node) in WALL
    ]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("import time", "imports time"),
        ("from os import environ", "imports os"),
        ("import logging", "imports logging"),
        ("import random", "imports random"),
        ("from gateway.io.store import Store", "imports gateway.io.store"),
        ("from gateway import config", "imports gateway"),
        ("from . import plan", "imports ."),
        ("x = datetime.now(UTC)", "calls datetime.now()"),
        ("x = datetime.datetime.now()", "calls datetime.now()"),
        ("x = open('a')", "calls open()"),
    ],
)
def test_planted_impurity_is_seen(line: str, fault: str) -> None:
    """Each way out of a core is noticed."""
    assert [f"gateway/core/plan.py {fault}"] == _impure("gateway/core/plan.py", ast.parse(line))


def test_pure_lines_pass() -> None:
    """What only thinks is let through."""
    good = "import math\nfrom contract.words import Power\nfrom gateway.core.wire.plan import plan\nx = state.now()\n"

    assert [] == _impure("gateway/core/state.py", ast.parse(good))
