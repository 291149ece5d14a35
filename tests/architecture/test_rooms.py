"""A stranger finds each thing by the folder names."""

from pathlib import Path, PurePosixPath

TOP = {
    ".ci", ".gitattributes", ".gitignore", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile",
    "README.md", "bench", "constraints.txt", "contract", "dashboard", "demo", "docs", "doctor", "doors",
    "faults", "firmware", "gateway", "golden", "hw", "keys", "kiosk", "packages-debian.txt", "pyproject.toml",
    "setup", "simulator", "tests",
}  # fmt: skip
NOWHERE = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "stuff", "lib"}


def _dustbins(paths: list[str]) -> list[str]:
    return [path for path in paths if NOWHERE & {part.lower() for part in PurePosixPath(path).with_suffix("").parts}]


def _unpacked(paths: list[str]) -> list[str]:
    """Folders with code but without `__init__.py`: no import check would look inside."""
    folders = {str(PurePosixPath(path).parent) for path in paths if path.endswith(".py")}
    return sorted(folder for folder in folders if f"{folder}/__init__.py" not in paths)


def test_every_room_is_there(root: Path, rooms: list[str]) -> None:
    """Every room of the one list exists as a package."""
    assert [] == [room for room in rooms if not (root / room / "__init__.py").is_file()]


def test_every_program_starts_and_explains_itself(root: Path, programs: list[str]) -> None:
    """Every program has a start file and a README."""
    wanted = [f"{program}/{name}" for program in programs for name in ("__main__.py", "README.md")]

    assert [] == [path for path in wanted if not (root / path).is_file()]


def test_every_program_has_tests_under_its_name(kept: list[str], programs: list[str]) -> None:
    """The tests mirror the rooms."""
    tested = {path.split("/")[1] for path in kept if path.startswith("tests/") and path.count("/") > 1}

    assert [] == sorted({"contract", "doors", *programs} - tested)


def test_nothing_strays_at_the_top(kept: list[str]) -> None:
    """What stands at the top is known; something new is a decision, made in this list."""
    assert [] == sorted({path.split("/")[0] for path in kept} - TOP)


def test_no_file_is_a_dustbin(kept: list[str]) -> None:
    """No file or folder bears a name that says nothing."""
    assert [] == _dustbins(kept)


def test_every_code_folder_of_a_room_is_a_package(kept: list[str], rooms: list[str]) -> None:
    """A folder without `__init__.py` would hide from the import rules."""
    assert [] == _unpacked([path for path in kept if path.split("/")[0] in rooms])


def test_tests_are_no_package(kept: list[str]) -> None:
    """A test folder that is a package would be imported in place of the room of the same name."""
    assert [] == [path for path in kept if path.startswith("tests/") and path.endswith("__init__.py")]


def test_planted_strays_are_seen() -> None:
    """The two rules above see what they are there for."""
    assert ["gateway/core/utils.py", "Common/a.py"] == _dustbins(["gateway/core/utils.py", "Common/a.py", "a/plan.py"])
    assert ["gateway/io"] == _unpacked(["gateway/__init__.py", "gateway/io/modbus.py"])
