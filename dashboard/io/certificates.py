"""The authority's list of certificates, read anew when the file has changed."""

import logging
from pathlib import Path

import msgspec

from contract.certificates import AdmittedList, read_list

log = logging.getLogger(__name__)

MAX_BYTES = 4 * 1024 * 1024


class AdmittedFile:
    """`sites.json` as `sotpunkt-keys` writes it. Without a file, or with one that cannot be read, nothing is said."""

    def __init__(self, path: str) -> None:
        self._path = Path(path) if path else None
        self._seen: tuple[int, int] | None = None
        self._list = AdmittedList()
        self._told = ""

    def now(self) -> AdmittedList:
        """The list as it is now."""
        if self._path is None:
            return self._list
        try:
            stat = self._path.stat()
            if (stat.st_mtime_ns, stat.st_size) != self._seen:
                self._list = _read(self._path, stat.st_size)
                self._seen = (stat.st_mtime_ns, stat.st_size)
                self._told = ""
        except (OSError, ValueError) as fault:
            self._list, self._seen = AdmittedList(), None
            if str(fault) != self._told:
                self._told = str(fault)
                log.warning("%s cannot be read, so nothing is known of certificates: %s", self._path.name, fault)
        return self._list


def _read(path: Path, size: int) -> AdmittedList:
    if size > MAX_BYTES:
        raise ValueError(f"{size} bytes, at most {MAX_BYTES} are taken")
    try:
        return read_list(path.read_bytes())
    except msgspec.DecodeError as fault:
        raise ValueError(f"it is no list of certificates ({fault})") from fault
