"""The same tests once more under the interpreter of the boards, on a heap as small as a chip's."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BOTH = sorted((ROOT / "tests/firmware/core").glob("test_*.py"))
CHIP = ROOT / "tests/firmware/on_chip"
LOADER = [ROOT / f"firmware/{name}.py" for name in ("main", "loader", "late")]
ON_A_BOARD = [*LOADER, *(ROOT / "firmware/node").rglob("*.py")]
TOOLS = Path(sys.executable).parent


def shared(path: Path) -> set[Path]:
    """What a test of both interpreters takes from the files beside this one: a tank that moves, a played flash."""
    tree = ast.parse(path.read_text("utf-8"))
    names = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {ROOT / f"{name.replace('.', '/')}.py" for name in names if name.startswith("tests.")}


def compiled(source: Path, target: Path) -> None:
    """One file in the form in which a board loads it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    command = [TOOLS / "mpy-cross", "-o", target, source]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert 0 == answer.returncode, f"{source}: {answer.stdout}{answer.stderr}"


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole of `firmware/` and the tests of its core, compiled, in folders as they lie on a board."""
    folder = tmp_path_factory.mktemp("board")
    sources = [(path, path.relative_to(ROOT / "firmware")) for path in ON_A_BOARD]
    sources += [(path, path.relative_to(ROOT)) for path in [*BOTH, *set().union(*map(shared, BOTH))]]
    sources += [(CHIP / "drivers.py", Path("drivers.py")), (CHIP / "played_machine.py", Path("machine.py"))]
    sources += [(CHIP / "boards.py", Path("boards.py"))]
    sources += [(path, Path("played_board", path.name)) for path in (CHIP / "played_board").glob("*.py")]
    for source, below in sources:
        compiled(source, folder / below.with_suffix(".mpy"))
    return folder


def heap(path: Path) -> str:
    """That of a chip, unless the file says why its own bookkeeping needs more: `HEAP = "256wK"`."""
    tree = ast.parse(path.read_text("utf-8"))
    told = [node.value for node in tree.body if isinstance(node, ast.Assign) and "HEAP" == ast.unparse(node.targets[0])]
    return ast.literal_eval(told[0]) if told else "64wK"


def played(board: Path, name: str, size: str = "64wK") -> list[str]:
    """The tests of one module that held, under MicroPython with the heap of a chip."""
    environment = os.environ | {"MICROPYPATH": f"{board / 'played_board' if name == 'boards' else ''}:{board}:.frozen"}
    command = [TOOLS / "micropython", "-X", f"heapsize={size}", CHIP / "run_tests.py", name]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100)

    assert 0 == answer.returncode, answer.stdout + answer.stderr
    return [line[3:] for line in answer.stdout.splitlines() if line.startswith("ok ")]


def written(path: Path) -> list[str]:
    """The tests that stand in a file."""
    tree = ast.parse(path.read_text("utf-8"))
    return sorted(one.name for one in tree.body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_"))


@pytest.mark.parametrize("path", BOTH, ids=lambda path: path.stem)
def test_core_thinks_the_same_on_a_chip(board: Path, path: Path) -> None:
    """Every test of the core holds in 64 KiB under MicroPython, as it does under CPython."""
    assert written(path) == played(board, f"tests.firmware.core.{path.stem}", heap(path))


def test_drivers_say_what_they_saw(board: Path) -> None:
    """Every driver against played pins, converters and buses."""
    assert written(CHIP / "drivers.py") == played(board, "drivers")


def test_every_sensor_is_reached_from_a_configuration(board: Path) -> None:
    """On the files of both boards, with played pins; what cannot be is refused by one sentence."""
    assert written(CHIP / "boards.py") == played(board, "boards", "128wK")


def test_runner_sees_a_failure(board: Path) -> None:
    """A test that fails under MicroPython fails here."""
    planted = board / "planted.py"
    planted.write_text("def test_false():\n    assert 1 == 2\n", "utf-8")

    with pytest.raises(AssertionError, match="FAILED test_false"):
        played(board, "planted")


def test_words_of_a_desk_are_refused(tmp_path: Path) -> None:
    """The compiler of the boards sees what only CPython knows."""
    (tmp_path / "late.py").write_text("def late(x):\n    match x:\n        case 1: pass\n", "utf-8")

    with pytest.raises(AssertionError, match="SyntaxError"):
        compiled(tmp_path / "late.py", tmp_path / "late.mpy")
