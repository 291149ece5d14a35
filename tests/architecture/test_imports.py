"""Who may import whom, and which library has which one door."""

import ast
import os
import subprocess
import sys
from fnmatch import fnmatch
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

HOMES = {
    "pymodbus": ["gateway/io/modbus.py", "simulator/*"],
    "serial": ["gateway/io/modbus.py", "simulator/*"],
    "aiomqtt": ["doors/broker.py", "*/io/mqtt.py"],
    "paho": ["doors/broker.py", "*/io/mqtt.py"],
    "amqtt": ["demo/*"],
    "sqlite3": ["*/io/*"],
    "sqlite_utils": ["*/io/*"],
    "sqlalchemy": ["dashboard/io/*"],
    "litestar": ["dashboard/*"],
    "argon2": ["dashboard/io/access/hashing.py"],
    "pyotp": ["dashboard/io/access/codes.py"],
    "uvicorn": ["dashboard/*"],
    "apprise": ["dashboard/io/notify.py"],
    "httpx": ["kiosk/io/http.py"],
    "opening_hours": ["kiosk/core/day/hours.py", "dashboard/core/sending/documents.py"],
    "feedparser": ["kiosk/feeds/rss.py"],
    "icalendar": ["kiosk/feeds/calendar.py"],
    "recurring_ical_events": ["kiosk/feeds/calendar.py"],
    "x_wr_timezone": ["kiosk/feeds/calendar.py"],
    "PIL": ["dashboard/io/pictures.py"],
    "rich": ["gateway/tools/live.py"],
    "mpremote": ["gateway/tools/nodes_board.py"],
    "kivy": ["kiosk/app/*", "kiosk/screens/*", "kiosk/widgets/*", "golden/*"],
}
"""The only files that may import a library; everybody else asks them."""
MORE_EXTRAS = {"gateway": ("nodes",)}
"""What a room needs for some of its commands only."""


def imported(tree: ast.AST) -> set[str]:
    """Every module that a file imports anywhere, by its full name."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return names


def _trespassers(code: dict[str, ast.Module]) -> list[str]:
    return [
        f"{path} imports {name}"
        for path, tree in code.items()
        for name in sorted({name.split(".")[0] for name in imported(tree)} & HOMES.keys())
        if not any(fnmatch(path, home) for home in HOMES[name])
    ]


def _undeclared(code: dict[str, ast.Module], pyproject: dict, rooms: list[str]) -> list[str]:
    """Libraries that a room imports without its own extra naming them."""
    project = pyproject["project"]
    told_by = packages_distributions()
    faults = []
    for path, tree in code.items():
        room = path.split("/")[0]
        extras = [project["optional-dependencies"].get(one, []) for one in (room, *MORE_EXTRAS.get(room, ()))]
        lines = sum(extras, project["dependencies"])
        declared = {Requirement(line).name.lower() for line in lines}
        # measurements lie in the checkout, as the faults do; the gateway judges by the rules of the node's own program
        ours = {*rooms, *{"faults": ["bench"], "gateway": ["firmware"]}.get(room, [])}
        foreign = {name.split(".")[0] for name in imported(tree)} - ours - sys.stdlib_module_names
        faults += [
            f"{path} imports {name}, which extra {room} does not name"
            for name in sorted(foreign)
            if not declared & {dist.lower() for dist in told_by.get(name, [name])}
        ]
    return faults


def _lint_imports(folder: Path, config: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", str(config)]
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


def test_import_rules_hold(root: Path) -> None:
    """Programs share contract and doors only, and inside each the layers point one way."""
    answer = _lint_imports(root, root / "pyproject.toml")

    assert 0 == answer.returncode, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("file", "line", "kept"),
    [
        ("simulator/plant.py", "import gateway.profiles", True),
        ("gateway/io/modbus.py", "import gateway.core", True),
        ("kiosk/app/screen.py", "import gateway.profiles", False),
        ("simulator/plant.py", "import gateway.core", False),
        ("doors/broker.py", "import kiosk", False),
        ("contract/topics.py", "import doors", False),
        ("gateway/core/plan.py", "import gateway.io", False),
        ("gateway/profiles/schema.py", "import gateway.core", False),
    ],
)
def test_import_rules_see_a_planted_line(
    tmp_path: Path, root: Path, rooms: list[str], file: str, line: str, kept: bool
) -> None:
    """Each rule passes what is allowed and refuses what is not."""
    for folder in [*rooms, "gateway/core", "gateway/io", "gateway/profiles", str(Path(file).parent)]:
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "__init__.py").touch()
    (tmp_path / file).write_text(line + "\n", "utf-8")

    answer = _lint_imports(tmp_path, root / "pyproject.toml")

    assert kept == (answer.returncode == 0), answer.stdout + answer.stderr
    assert "Contracts: " in answer.stdout, answer.stdout + answer.stderr


def test_every_library_has_its_door(code: dict[str, ast.Module]) -> None:
    """A library is imported only where it lives."""
    assert [] == _trespassers(code)


def test_every_import_is_declared(code: dict[str, ast.Module], pyproject: dict, rooms: list[str]) -> None:
    """A room imports only what its own extra installs."""
    assert [] == _undeclared(code, pyproject, rooms)


def test_planted_imports_are_seen(pyproject: dict, rooms: list[str]) -> None:
    """A library outside its door, or in a room that does not declare it, is named."""
    planted = {"gateway/daemon.py": ast.parse("def late():\n    from pymodbus.client import X\n    import jinja2")}

    assert ["gateway/daemon.py imports pymodbus"] == _trespassers(planted)
    assert ["gateway/daemon.py imports jinja2, which extra gateway does not name"] == _undeclared(
        planted, pyproject, rooms
    )
