"""The node's program against the types of the boards' own modules, which no desk has."""

import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BOARDS = ("micropython-esp32-stubs", "micropython-rp2-rpi-pico-w-stubs")
"""Files of one name lie only once in an environment: of `machine` and `network` that board is seen which came last."""
SHED = "micropython-stdlib-stubs"
BOUND_S = 120
SETTINGS = """
[mypy]
check_untyped_defs = true
explicit_package_bases = true
# what a chip's program sets later stands as None at first, without a word of types
disable_error_code = union-attr, var-annotated

# `make lint` looks at these
[mypy-node.core.*]
ignore_errors = true

# newer than the stubs: keys that both sides share
[mypy-node.io.link]
disable_error_code = attr-defined

# a watchdog's scratch memory can be written; the stubs call it a tuple
[mypy-node.io.boards.pico_w]
disable_error_code = index

# ticks are small whole numbers
[mypy-node.io.boards.esp32]
disable_error_code = assignment

[mypy-node.io.slots]
disable_error_code = misc
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stubs of both boards in a folder of their own, with the settings."""
    folder = tmp_path_factory.mktemp("stubs")
    for name in (*BOARDS, SHED):
        for file in distribution(name).files or ():
            inside = file.parts[0] == "_mpy_shed" if name == SHED else file.parts[0] not in ("..", "stdlib")
            if inside and file.suffix == ".pyi":
                target = folder / "stubs" / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(file.locate()), target)
    # what the stubs themselves have wrong is not our program's
    quiet = "".join(f"\n[mypy-{one.stem}]\nignore_errors = true\n" for one in (folder / "stubs").glob("*.pyi"))
    quiet += "\n[mypy-_mpy_shed.*]\nignore_errors = true\n"
    (folder / "mypy.ini").write_text(SETTINGS + quiet, "utf-8")
    return folder


def judged(desk: Path, *sources: Path) -> str:
    """What mypy says of them as programs of a board; "" when nothing."""
    typeshed = Path(str(distribution(SHED).locate_file("")))
    command = [sys.executable, "-m", "mypy", "--config-file", desk / "mypy.ini", "--custom-typeshed-dir", typeshed]
    command += ["--no-error-summary", "--cache-dir", desk / "cache", *sources]
    paths = f"{desk / 'stubs'}:{ROOT / 'firmware'}:{ROOT}"
    environment = {"MYPYPATH": paths, "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=desk, env=environment, capture_output=True, text=True, timeout=BOUND_S).stdout


def test_the_program_fits_the_boards_modules(desk: Path) -> None:
    """Pins, converters, buses, radio, flash: every call is one that the boards have."""
    assert "" == judged(desk, ROOT / "firmware/node")


def test_what_no_board_has_is_seen(desk: Path) -> None:
    """A wrong word and a wrong argument, in the same run, fail."""
    planted = desk / "planted.py"
    planted.write_text("import machine\n\nmachine.Pin(4).listen()\nmachine.ADC(4, attenuation=3)\n", "utf-8")

    told = judged(desk, planted)
    assert 'has no attribute "listen"' in told
    assert "planted.py:4" in told
