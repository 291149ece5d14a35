"""A small file system of its own that can be full or read-only; needs root."""

import subprocess
from pathlib import Path


class Card:
    """A tmpfs at `folder`."""

    def __init__(self, folder: Path, size_mb: int = 16) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self._mount("-t", "tmpfs", "-o", f"size={size_mb}m", "none")

    def _mount(self, *how: str) -> None:
        subprocess.run(["mount", *how, str(self.folder)], check=True, timeout=60)

    def read_only(self) -> None:
        """As a kernel leaves a card that failed; nobody may have it open for writing."""
        self._mount("-o", "remount,ro")

    def well(self) -> None:
        """Takes writes again, and has room."""
        self._mount("-o", "remount,rw")
        (self.folder / "ballast").unlink(missing_ok=True)

    def fill(self) -> None:
        """Not a page is free."""
        with (self.folder / "ballast").open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                return

    def leave(self) -> None:
        """Unmount, at once or when the last one lets go of it."""
        subprocess.run(["umount", "-l", str(self.folder)], check=True, timeout=60)
