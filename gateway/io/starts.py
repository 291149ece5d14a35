"""The door to the note of the last starts: a small file in memory (systemd's RuntimeDirectory), never on the card."""

import logging
from pathlib import Path

import msgspec

from gateway.core.box.restarts import Starts, next_start

log = logging.getLogger(__name__)

NAME = "starts.json"
MAX_BYTES = 4096


class StartsNote:
    """The note of one unit. `folder` None: nobody gave one, nothing is counted and no start waits."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / NAME if folder is not None else None

    def begin(self, boot: str, up_ms: int) -> Starts:
        """This start in its row; never fails, for a start without a note is still a start."""
        starts = next_start(self._read(), boot, up_ms)
        if self._path is not None:
            try:
                new = self._path.with_suffix(".new")
                new.write_bytes(msgspec.json.encode(starts))
                new.replace(self._path)
            except OSError as fault:
                log.warning("%s: starts are not counted (%s)", self._path, fault.strerror or fault)
        return starts

    def end_well(self) -> None:
        """Stopped as asked: the next start is no sign of trouble."""
        if self._path is not None:
            try:
                self._path.unlink(missing_ok=True)
            except OSError as fault:
                log.warning("%s: cannot be taken away (%s)", self._path, fault.strerror or fault)

    def _read(self) -> Starts | None:
        if self._path is None:
            return None
        try:
            with self._path.open("rb") as file:
                return msgspec.json.decode(file.read(MAX_BYTES), type=Starts)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None
