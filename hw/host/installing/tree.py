"""The file system that is installed into: / on a box, a folder for an image or a test. Writes only what differs."""

import contextlib
import os
import tempfile
from pathlib import Path


class CannotInstall(Exception):
    """It cannot go on; the sentence says why and what to do."""


class Tree:
    """Writes files with owner and mode, each whole or not at all, and remembers what it changed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.changed: list[str] = []
        self._accounts = {"root": 0}
        self._groups = {"root": 0}

    @property
    def live(self) -> bool:
        """Is it the machine itself?"""
        return self.root == Path("/")

    def at(self, path: str) -> Path:
        """A path of the tree as a path of this machine."""
        return self.root / path.lstrip("/")

    def learn_accounts(self) -> None:
        """Read who is who in the tree; the numbers there are not ours."""
        self._accounts = _numbers(self.at("/etc/passwd"))
        self._groups = _numbers(self.at("/etc/group"))

    def folder(self, path: str, mode: int = 0o755, owner: str = "root", group: str = "root") -> None:
        """A folder with these rights."""
        here = self.at(path)
        new = not here.is_dir()
        here.mkdir(parents=True, exist_ok=True)
        if self._rights(here, mode, owner, group) or new:
            self.changed.append(path)

    def write(self, path: str, text: str | bytes, mode: int = 0o644, owner: str = "root", group: str = "root") -> bool:
        """A file that says this; True if it did not before. What was there stays until the new one is whole."""
        here = self.at(path)
        data = text.encode() if isinstance(text, str) else text
        if here.is_file() and not here.is_symlink() and here.read_bytes() == data:
            changed = self._rights(here, mode, owner, group)
        else:
            here.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=here.parent, prefix=f".{here.name}.")  # 0600 from its first moment
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                self._rights(Path(name), mode, owner, group)
                Path(name).replace(here)
            except BaseException:
                with contextlib.suppress(FileNotFoundError):
                    Path(name).unlink()
                raise
            changed = True
        if changed:
            self.changed.append(path)
        return changed

    def own(self, path: str, mode: int, owner: str, group: str) -> None:
        """The rights of a file that somebody else has written; one that is not there is not missed."""
        here = self.at(path)
        if here.is_file() and not here.is_symlink() and self._rights(here, mode, owner, group):
            self.changed.append(path)

    def remove(self, path: str) -> None:
        """Take a file away that the answers no longer want."""
        if self.at(path).is_symlink() or self.at(path).exists():
            self.at(path).unlink()
            self.changed.append(path)

    def link(self, path: str, to: str) -> None:
        """A symbolic link."""
        here = self.at(path)
        if here.is_symlink() and str(here.readlink()) == to:
            return
        here.parent.mkdir(parents=True, exist_ok=True)
        new = here.with_name(f".{here.name}.new")
        new.unlink(missing_ok=True)
        new.symlink_to(to)
        new.replace(here)  # there is never a moment without
        self.changed.append(path)

    def text(self, path: str) -> str | None:
        """What a file says, or None."""
        try:
            return self.at(path).read_text("utf-8")
        except FileNotFoundError:
            return None

    def _rights(self, here: Path, mode: int, owner: str, group: str) -> bool:
        """Set owner and mode; True if they were others. Without root the owner stays: then it is a trial."""
        was = here.stat()
        changed = was.st_mode & 0o7777 != mode
        if os.geteuid() == 0:
            try:
                wanted = self._accounts[owner], self._groups[group]
            except KeyError as fault:
                raise CannotInstall(f"{self.root}: there is no account {fault}; is it a whole Debian?") from fault
            if (was.st_uid, was.st_gid) != wanted:
                os.chown(here, *wanted)  # before the mode: chown takes special bits away
                changed = True
        here.chmod(mode)
        return changed


def _numbers(path: Path) -> dict[str, int]:
    found = {"root": 0}
    with contextlib.suppress(OSError):
        for line in path.read_text("utf-8").splitlines():
            parts = line.split(":")
            if len(parts) > 2 and parts[2].isdigit():
                found[parts[0]] = int(parts[2])
    return found
