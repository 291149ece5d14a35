"""What the architecture tests look at: the files that git would keep, and the code of the rooms as trees."""

import ast
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def pyproject() -> dict:
    """The project file."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="session")
def rooms(pyproject: dict) -> list[str]:
    """Every room that must be there: the one list, import-linter's."""
    return pyproject["tool"]["importlinter"]["root_packages"]


@pytest.fixture(scope="session")
def programs(rooms: list[str]) -> list[str]:
    """The rooms that somebody starts."""
    return [room for room in rooms if room not in ("contract", "doors")]


@pytest.fixture(scope="session")
def kept() -> list[str]:
    """Paths of all files that git keeps or would keep, from the top."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted(path for path in answer.stdout.split("\0") if path and (ROOT / path).is_file())


@pytest.fixture(scope="session")
def code(kept: list[str], rooms: list[str]) -> dict[str, ast.Module]:
    """The Python files of the rooms, parsed."""
    paths = [path for path in kept if path.endswith(".py") and path.split("/")[0] in rooms]
    return {path: ast.parse((ROOT / path).read_text("utf-8"), path) for path in paths}


@pytest.fixture(scope="session")
def firmware(kept: list[str]) -> dict[str, ast.Module]:
    """The Python files of the sensor nodes, parsed: no room of CPython's, but read by the same people."""
    paths = [path for path in kept if path.startswith("firmware/") and path.endswith(".py")]
    return {path: ast.parse((ROOT / path).read_text("utf-8"), path) for path in paths}
