"""The scarcest thing of a node: its heap. The program as a board gets it, on the interpreter of the boards."""

import ast
import asyncio
import subprocess
import sys
from pathlib import Path

from bench.node_memory import HEAP_BYTES, heaps, watched
from firmware.compiling import sources
from firmware.shrinking.cold_list import APART, COLD
from firmware.shrinking.files import board_files
from tests.firmware.nodes_played import ROOT

APP = """
from node import words
from node.words import GREETING as G
LENGTH = 2 * words.HALF
UNUSED = {1: 2}

class Speaker:
    def __init__(self, count):
        self._count = count

    def say(self, kind, *, loud=False):
        return getattr(self, kind)(loud)

    def plain(self, loud):
        return [G for words in range(self._count)]

class Other:
    def unused(self):
        return UNUSED

def main(count):
    from node.late import shout

    return shout(Speaker(count).say("plain")), LENGTH
"""
LATE = """
from node import words

def shout(told):
    return [one.upper() for one in told], words.HALF
"""


def test_a_third_of_the_heap_stays_free(tmp_path: Path) -> None:
    """While the node runs and reports over TLS a third of 64 KiB is free, and it does not get less."""
    free = asyncio.run(heaps(tmp_path, 8, watched()))

    assert HEAP_BYTES / 3 <= min(free[1:])
    assert free[-1] > free[1] - 1024


def test_shrunk_program_says_the_same(tmp_path: Path) -> None:
    """Names, numbers, imports and methods that are looked up by name survive; what nobody calls does not."""
    program = {
        "node": ("", True),
        "node.app": (APP, False),
        "node.words": ("HALF = 4\nGREETING = 'hello there, you'\n", False),
        "node.late": (LATE, False),
    }

    files, names = board_files(program, [])

    assert {"node", "node.app"} < set(files)
    assert 3 == len(files)
    assert [] == [word for word in ("Speaker", "unused", "LENGTH") if word in files["node.app"]]
    assert "node.app.Speaker" in names
    for name, text in files.items():
        path = tmp_path / (name.replace(".", "/") + ("/__init__" if name == "node" else "") + ".py")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    command = [sys.executable, "-c", "from node import app; print(app.main(2))"]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert f"{((['HELLO THERE, YOU'] * 2, 4), 8)}" == answer.stdout.strip(), answer.stderr


def test_cold_functions_are_those_of_the_program() -> None:
    """A name in the list that the program does not have any more would quietly stay in memory."""
    program = sources(ROOT / "contract")
    known = set()
    for module, (text, _) in program.items():
        for node in ast.parse(text).body:
            inside = node.body if isinstance(node, ast.ClassDef) else ()
            known |= {(module, f"{node.name}.{getattr(one, 'name', '')}") for one in inside}  # type: ignore[attr-defined]
            known.add((module, getattr(node, "name", "")))

    assert [] == [(module, one) for module, told in COLD.items() for one in told.split() if (module, one) not in known]
    assert [] == [one for module, told in APART.items() for one in told.split() if one not in COLD[module].split()]
