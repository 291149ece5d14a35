"""Small enough to read in one sitting. (That every public thing has a docstring is checked by ruff.)"""

import ast
from pathlib import Path

FILE_LINES = 400
FUNCTION_LINES = 40
READ_BY_PEOPLE = {".py", ".kv", ".js", ".css", ".html", ".sh"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _long_functions(path: str, tree: ast.Module) -> list[str]:
    """Functions over the limit, their docstring not counted."""
    faults = []
    for node in ast.walk(tree):
        if isinstance(node, Function):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if ast.get_docstring(node):
                lines -= (node.body[0].end_lineno or 0) - node.body[0].lineno + 1
            if lines > FUNCTION_LINES:
                faults.append(f"{path}:{node.lineno} {node.name} has {lines} lines")
    return faults


def test_no_file_is_too_long(root: Path, kept: list[str]) -> None:
    """A file that nobody reads to its end is two files."""
    sizes = {
        path: len((root / path).read_text("utf-8").splitlines()) for path in kept if Path(path).suffix in READ_BY_PEOPLE
    }

    assert {} == {path: lines for path, lines in sizes.items() if lines > FILE_LINES}


def test_no_function_is_too_long(code: dict[str, ast.Module], firmware: dict[str, ast.Module]) -> None:
    """A function fits on a screen."""
    trees = {**code, **firmware}

    assert [] == [fault for path, tree in trees.items() for fault in _long_functions(path, tree)]


def test_planted_length_is_seen() -> None:
    """A function one line over the limit is named; its docstring does not count."""
    body = "    x = 1\n" * (FUNCTION_LINES - 1)
    tree = ast.parse(f'def fits():\n    """Says\n    much."""\n{body}def long():\n{body}    x = 1\n')

    assert [f"a.py:43 long has {FUNCTION_LINES + 1} lines"] == _long_functions("a.py", tree)
