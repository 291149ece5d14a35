"""A serial line in the file system, and who has it open."""

import grp
import os
import pwd
import stat
from pathlib import Path

from doctor.core.serial_lines import Holder, LineLook

ACCOUNT = "sotpunkt-gateway"
PROGRAM = "sotpunkt-gateway"
READ_WRITE = 0o6


def look(path: str, processes: Path = Path("/proc")) -> LineLook:
    """One line."""
    try:
        told = Path(path).stat()
    except OSError:
        return LineLook(path=path, there=False)
    if not stat.S_ISCHR(told.st_mode):
        return LineLook(path=path, there=True, is_line=False)
    account, allowed = _allowed(path, told)
    device = Path(path).resolve()
    return LineLook(path=path, there=True, account=account, allowed=allowed, holders=_holders(device, processes))


def _allowed(path: str, told: os.stat_result) -> tuple[str, bool]:
    """May the gateway's account open it? Where there is no such account, may we?"""
    try:
        account = pwd.getpwnam(ACCOUNT)
    except KeyError:
        return pwd.getpwuid(os.geteuid()).pw_name, os.access(path, os.R_OK | os.W_OK)
    groups = {account.pw_gid, *(group.gr_gid for group in grp.getgrall() if ACCOUNT in group.gr_mem)}
    if told.st_uid == account.pw_uid:
        bits = told.st_mode >> 6
    elif told.st_gid in groups:
        bits = told.st_mode >> 3
    else:
        bits = told.st_mode
    return ACCOUNT, bits & READ_WRITE == READ_WRITE


def _holders(device: Path, processes: Path) -> tuple[Holder, ...] | None:
    """The processes that have it open; None when not all of them could be looked into."""
    found, hidden = [], False
    for folder in processes.glob("[0-9]*"):
        if folder.name == str(os.getpid()):
            continue
        try:
            if any(_leads_to(handle, device) for handle in (folder / "fd").iterdir()):
                words = (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
                name = (folder / "comm").read_text("utf-8", "replace").strip()
                found.append(Holder(name, int(folder.name), _is_gateway(words)))
        except PermissionError:
            hidden = True
        except OSError:
            continue  # it has ended meanwhile
    return None if hidden and not found else tuple(found)


def _leads_to(handle: Path, device: Path) -> bool:
    try:
        return handle.readlink() == device
    except PermissionError:
        raise
    except OSError:
        return False


def _is_gateway(words: list[str]) -> bool:
    return any(Path(word).name == PROGRAM for word in words[:3]) or words[1:3] == ["-m", "gateway"]
