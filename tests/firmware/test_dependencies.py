"""What a board needs besides the program: named, nothing of it copied in, and nothing used that is not named."""

import ast
import json
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"
STUBS = {"esp32": "micropython-esp32-stubs", "pico_w": "micropython-rp2-rpi-pico-w-stubs"}
OURS = {"node", "loader", "contract"}
LIBRARY = {"asyncio", "array", "collections", "errno", "io", "json", "os", "re", "struct", "sys"}
"""Of both boards; their types come with the standard library's stubs."""


def frozen(board: str) -> set[str]:
    """Modules that a stock image of a board brings: its C modules, and those of micropython-lib frozen in."""
    return {file.parts[0].removesuffix(".pyi") for file in distribution(STUBS[board]).files or ()}


def manifest() -> dict[str, list[Any]]:
    """What `manifest.py` says, as MicroPython's build would hear it."""
    told: dict[str, list[Any]] = {"require": [], "module": [], "metadata": []}

    def hears(name: str) -> Callable[..., None]:
        return lambda *place, **options: told[name].append(place[0] if place else options)

    exec((FIRMWARE / "manifest.py").read_text("utf-8"), {name: hears(name) for name in told})
    return told


def imported(path: Path) -> set[str]:
    """Modules that a file asks for, by the first part of their names."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_both_lists_name_the_same() -> None:
    """Files that are there, and drivers of micropython-lib."""
    package = json.loads((FIRMWARE / "package.json").read_text("utf-8"))

    assert ["onewire"] == [name for name, _ in package["deps"]] == manifest()["require"]
    assert sorted(manifest()["module"]) == sorted(target for target, _ in package["urls"])
    assert all((FIRMWARE / source).is_file() for _, source in package["urls"])


@pytest.mark.parametrize("board", STUBS)
def test_what_is_named_exists_under_that_name(board: str) -> None:
    """The stock images of both boards bring it already."""
    assert set(manifest()["require"]) <= frozen(board)


@pytest.mark.parametrize("board", STUBS)
def test_every_import_is_covered(board: str) -> None:
    """By the program, by what is named, or by the board."""
    others = {f"{name}.py" for name in (*STUBS, "unix")} - {f"{board}.py"}
    files = [*(FIRMWARE / f"{name}.py" for name in ("main", "loader", "late")), *(FIRMWARE / "node").rglob("*.py")]
    strange = {
        f"{path.relative_to(FIRMWARE)}: {name}"
        for path in files
        if path.parent.name != "boards" or path.name not in others
        for name in imported(path) - OURS - LIBRARY - set(manifest()["require"])
        if name not in frozen(board)
    }

    assert set() == strange


def test_nothing_of_others_is_copied_in() -> None:
    """No file goes by the name of a module that a board or micropython-lib brings."""
    theirs = frozen("esp32") | frozen("pico_w") | {"ds18x20", "umqtt", "ads1x15", "aioble"}
    names = {path.stem for path in FIRMWARE.rglob("*") if path.suffix in (".py", ".mpy")}

    # the board files have the names of their boards
    assert {"esp32"} == names & theirs
