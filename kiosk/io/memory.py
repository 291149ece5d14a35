"""Where keeper and screen meet while their disk takes nothing: a folder in memory that both find by themselves."""

import contextlib
import os
import stat
from hashlib import sha256
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - only a folder of this account's own is used in it


def beside(path: Path) -> Path:
    """The name in memory of a file on the disk; nothing is made."""
    mark = sha256(os.fsencode(path.absolute().parent)).hexdigest()[:12]
    return MEMORY / f"sotpunkt-kiosk-{os.getuid()}-{mark}" / path.name


def made(path: Path) -> Path:
    """The same, in a folder that is there; raises OSError, also when the folder is somebody else's."""
    place = beside(path)
    place.parent.mkdir(mode=0o700, exist_ok=True)
    if not _ours(place.parent):
        raise PermissionError(f"{place.parent} belongs to somebody else")
    return place


def there(path: Path) -> Path | None:
    """The file in memory, if there is one of this account's own."""
    place = beside(path)
    return place if place.exists() and _ours(place.parent) else None


def take_away(path: Path) -> None:
    """The file on the disk is the right one again."""
    place = beside(path)
    if _ours(place.parent):
        for tail in ("", "-wal", "-shm"):
            place.with_name(place.name + tail).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # a socket may be in it
            place.parent.rmdir()


def _ours(folder: Path) -> bool:
    """A picture that somebody else on this computer put there must never be shown."""
    try:
        told = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(told.st_mode) and told.st_uid == os.getuid() and not told.st_mode & 0o077
