"""Is a secret readable, or a settings file writable, for others of this machine? Asked before anything starts.

Nothing of the content is read here, and no sentence repeats it.
"""

import os
import stat
from pathlib import Path

from doors.broker import BrokerSettings

CREDENTIALS = Path("/run/credentials")
"""Where systemd lays credentials: modes of its own, on a file system that only the service sees."""


def broker_faults(settings: BrokerSettings) -> list[str]:
    """The faults of a broker's secrets, each as the rest of a line that begins with the table."""
    named = (("password_file", settings.password_file), ("key_file", settings.key_file))
    return [f"{name}: {fault}" for name, path in named if path and (fault := secret_fault(path))]


def secret_fault(path: Path | str) -> str | None:
    """Why a file with a secret is not safe, with what to do, or None. One that is not there is no fault of its mode."""
    file = Path(path)
    told = _stat(file)
    if told is None or _is_credential(file):
        return None
    if not stat.S_ISREG(told.st_mode):
        return f"{file} is no file; name the file with the secret"
    if told.st_mode & 0o077:
        return f"{file} is a secret that others of this machine can read; run: chmod 600 {file}"
    return folder_fault(file)


def settings_fault(path: Path | str) -> str | None:
    """Why a settings file is not safe, or None: whoever writes it decides whom the program obeys.

    A group that is the owner's alone (its number is the account's, as Debian makes them) is nobody else.
    """
    file = Path(path)
    told = _stat(file)
    if told is None:
        return None
    if told.st_mode & 0o002 or (told.st_mode & 0o020 and told.st_gid != told.st_uid):
        return f"{file} can be changed by others of this machine; run: chmod go-w {file}"
    return folder_fault(file)


def folder_fault(file: Path) -> str | None:
    """Who may write a folder may put another file in its place; /tmp with its sticky bit is safe."""
    told = _stat(file.parent)
    if told is not None and told.st_mode & 0o002 and not told.st_mode & stat.S_ISVTX:
        return (
            f"{file.parent} can be changed by everybody, so {file.name} could be replaced; run: chmod o-w {file.parent}"
        )
    return None


def _stat(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except (OSError, ValueError):
        return None


def _is_credential(file: Path) -> bool:
    try:
        return file.resolve().is_relative_to(CREDENTIALS)
    except (OSError, RuntimeError):
        return False
