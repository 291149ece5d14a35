"""A wheel built from the checkout, and an environment outside it that knows nothing but that wheel's needs."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / ".wheelhouse"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert 0 == answer.returncode, answer.stdout + answer.stderr
    (built,) = out.glob("*.whl")
    return built


class Place:
    """A fresh virtual environment in an empty folder; nothing of the checkout can be seen from there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "env" / "bin"
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        self.environment = kept | {"HOME": str(folder), "KIVY_HOME": str(folder / "kivy")}
        subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True, timeout=200)

    def run(self, program: str, *arguments: str, timeout: float = 110) -> subprocess.CompletedProcess[str]:
        """Run one of the environment's programs in the empty folder."""
        command = [str(self.bin / program), *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=timeout
        )

    def install(self, wheel: Path, extras: str) -> None:
        """Install the wheel from the wheelhouse alone."""
        source = ["--no-index", "--find-links", str(HOUSE), "--no-compile", "--disable-pip-version-check", "--quiet"]
        answer = self.run("python", "-m", "pip", "install", *source, f"{wheel}[{extras}]", timeout=300)
        assert 0 == answer.returncode, answer.stdout + answer.stderr

    def has(self, *modules: str) -> list[str]:
        """Those of the modules that can be imported there."""
        ask = "import sys; from importlib.util import find_spec; print(*[m for m in sys.argv[1:] if find_spec(m)])"
        return self.run("python", "-c", ask, *modules).stdout.split()


@pytest.fixture(scope="session")
def gateway_alone(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The product as a site without screen has it: the gateway's extra alone."""
    assert HOUSE.is_dir(), "no .wheelhouse here: run `make setup`"
    place = Place(tmp_path_factory.mktemp("gateway-alone"))
    place.install(wheel, "gateway")
    return place


@pytest.fixture(scope="session")
def everything(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The product with all that the demo needs."""
    assert HOUSE.is_dir(), "no .wheelhouse here: run `make setup`"
    place = Place(tmp_path_factory.mktemp("everything"))
    place.install(wheel, "demo")
    return place
