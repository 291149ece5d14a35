"""Does the disk take writes? Asked when a program cannot use its file, and again until it can."""

import contextlib
import errno
import os
from pathlib import Path

PROBE_BYTES = 1024 * 1024
REFUSALS = (errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""What a disk says that is in trouble; all else is a mistake in path or rights, which no memory heals."""


def refuses(path: Path) -> str | None:
    """What the disk says against a write beside this file; None: it takes it, or something else is wrong."""
    probe = path.with_name(path.name + ".probe")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with probe.open("wb") as file:
            file.write(bytes(PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        return (fault.strerror or str(fault)) if fault.errno in REFUSALS else None
    finally:
        with contextlib.suppress(OSError):
            probe.unlink()
    return None
