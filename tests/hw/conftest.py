"""A tree as a fresh Debian has it, what the installer makes of it, and the commands of this checkout."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOST = ROOT / "hw" / "host"
EXAMPLE = HOST / "answers-example"
COMMANDS = ("gateway", "kiosk", "dashboard", "keys", "doctor")


class Said(NamedTuple):
    """What the installer answered."""

    code: int
    out: str
    err: str


def make_programs(folder: Path) -> Path:
    """A folder with the product's commands, as an installation has them."""
    folder.mkdir()
    for name in COMMANDS:
        command = folder / f"sotpunkt-{name}"
        command.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m {name} "$@"\n', "utf-8")
        command.chmod(0o755)
    return folder


def make_tree(folder: Path) -> Path:
    """The little of a Debian that the installer looks at."""
    (folder / "etc").mkdir(parents=True)
    (folder / "tmp").mkdir()
    rows = ("root:x:0:0:root:/root:/bin/bash", "_apt:x:42:65534::/nonexistent:/usr/sbin/nologin")
    (folder / "etc" / "passwd").write_text("".join(f"{row}\n" for row in rows), "utf-8")
    (folder / "etc" / "group").write_text("root:x:0:\ndialout:x:20:\nvideo:x:44:\n", "utf-8")
    (folder / "boot" / "firmware").mkdir(parents=True)
    (folder / "boot" / "firmware" / "config.txt").write_text("[pi4]\narm_boost=1\n", "utf-8")
    return folder


def run_install(programs: Path, *arguments: object) -> Said:
    """One run of hw/host/install with the commands of this checkout."""
    command = [sys.executable, str(HOST / "install"), "--programs", str(programs), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, stdin=subprocess.DEVNULL)
    return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's commands."""
    return make_programs(tmp_path_factory.mktemp("programs") / "bin")


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory, programs: Path) -> Path:
    """A tree with the example's site in it; only looked at."""
    root = make_tree(tmp_path_factory.mktemp("installed") / "root")
    said = run_install(programs, "--root", root, EXAMPLE)
    assert said.code == 0, said
    return root


@pytest.fixture
def install_quickly(tmp_path: Path) -> Callable[..., Said]:
    """Runs the installer with commands that say yes to everything: for steps that do not ask them."""
    folder = tmp_path / "yes"
    folder.mkdir()
    for name in COMMANDS:
        (folder / f"sotpunkt-{name}").write_text("#!/bin/sh\n", "utf-8")
        (folder / f"sotpunkt-{name}").chmod(0o755)
    return lambda *arguments: run_install(folder, *arguments)


@pytest.fixture
def install(programs: Path) -> Callable[..., Said]:
    """Runs the installer."""
    return lambda *arguments: run_install(programs, *arguments)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A fresh tree."""
    return make_tree(tmp_path / "root")


@pytest.fixture
def answers(tmp_path: Path) -> Callable[..., Path]:
    """Writes the example's answers with some lines replaced."""

    def write(*changes: tuple[str, str]) -> Path:
        text = EXAMPLE.read_text("utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        file = tmp_path / "answers.toml"
        file.write_text(text, "utf-8")
        return file

    return write


@pytest.fixture
def as_root() -> None:
    """Owners, other accounts and network namespaces need root."""
    if os.geteuid() != 0:
        pytest.skip("only root can make network namespaces and files of other accounts; run the tests as root for it")
