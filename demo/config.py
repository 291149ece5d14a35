"""Where one run keeps its files, and what the command line asked for."""

import shutil
import tempfile
from pathlib import Path

import msgspec

from demo.core.faults import CannotRun

PARTS = ("settings", "secrets", "broker", "data", "log", "plant", "content")
MAX_SOCKET_PATH = 100


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The command line, understood."""

    scenario: str = "outage"
    seconds: float | None = None
    headless: bool = False
    shots: Path | None = None
    folder: Path | None = None
    broker: str | None = None
    broker_password: Path | None = None
    rate: float | None = None
    port: int | None = None


class Folder:
    """The run folder: settings, secrets, data, logs; only its owner can look in."""

    def __init__(self, asked: Path | None) -> None:
        """Make it, or raise CannotRun. A folder that holds another run is not touched."""
        self._elsewhere: Path | None = None
        try:
            if asked is None:
                self.home = Path(tempfile.mkdtemp(prefix="sotpunkt-demo-"))
            else:
                self.home = asked.absolute()
                self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
                if any((self.home / part).exists() for part in PARTS):
                    raise CannotRun(f"{self.home} holds another run; give --dir an empty folder, or remove it")
            for part in PARTS:
                (self.home / part).mkdir(mode=0o700)
            (self.home / "secrets").chmod(0o700)
        except OSError as fault:
            raise CannotRun(f"{asked or tempfile.gettempdir()} cannot be used: {fault.strerror or fault}") from fault

    def __truediv__(self, name: str) -> Path:
        """A path in it."""
        return self.home / name

    def settings(self, program: str) -> Path:
        """The settings file of a program."""
        return self.home / "settings" / f"{program}.toml"

    def wake_socket(self) -> str:
        """Between keeper and screen; a socket's path must be short, so a long folder's lies elsewhere."""
        inside = self.home / "data" / "wake.sock"
        if len(str(inside).encode()) <= MAX_SOCKET_PATH:
            return str(inside)
        self._elsewhere = Path(tempfile.mkdtemp(prefix="sotpunkt-"))
        return str(self._elsewhere / "wake.sock")

    def tidy(self) -> None:
        """Take away what does not lie in the folder; all that does stays, to be looked at."""
        if self._elsewhere is not None:
            shutil.rmtree(self._elsewhere, ignore_errors=True)
