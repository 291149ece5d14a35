"""The log of what the screen drew (`drawn.jsonl`): the screen appends, the keeper reads. Survives a cut last line."""

import os
from pathlib import Path
from typing import Any

import msgspec

from contract.bulletins import MessageId, is_asleep
from contract.wire import Count, Moment, Name, Text, Wire
from contract.words import Status

MAX_LINE = 8 * 1024
CHUNK = 256 * 1024


Key = tuple[str, str, int]
"""(source, id, serial), as `AlertView.key`."""


class Drawn(Wire):
    """One message's first frame on this screen, or why it has none (`contract.bulletins.Asleep`) or never had one.

    Lines of older versions have no source.

    `gist`: `AlertView.gist` when it was drawn, for this screen's own use after a restart; it is not sent. `read`: a
    further line of a message that says no more than that somebody has read it; not sent either.
    """

    screen: Name
    bulletin: MessageId
    serial: Count
    status: Status
    first_frame: Moment | None
    why_not: Text = ""
    source: Name = "municipality"
    gist: Text = ""
    read: bool = False

    @property
    def key(self) -> Key:
        """Identity of the message."""
        return self.source, self.bulletin, self.serial

    @property
    def asleep(self) -> bool:
        """Is it there, at a dark panel? Another line of the message follows."""
        return is_asleep(self.first_frame, self.why_not)

    @property
    def name(self) -> str:
        """Identity of the line as one text; the municipality's is spelled as it always was."""
        whose, stage = "" if self.source == "municipality" else f"{self.source}:", "/asleep" if self.asleep else ""
        return f"{whose}{self.screen}/{self.bulletin}/{self.serial}{stage}"

    def told(self) -> dict[str, Any]:
        """What of it stands in a receipt."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if name not in ("gist", "read")}


class DrawnLog:
    """The screen's side. `done`: what has had its answer, `asleep`: what is there at a dark panel, `read`: what was
    read, each by key; `lines`: those of earlier runs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self.lines = tuple(_whole_lines(path))
        self.done: set[Key] = set()
        self.asleep: set[Key] = set()
        self.read: set[Key] = set()
        for line in self.lines:
            self._where(line).add(line.key)

    def _where(self, line: Drawn) -> set[Key]:
        return self.read if line.read else self.asleep if line.asleep else self.done

    def append(self, drawn: Drawn) -> None:
        """Write one line to the disk itself; raises OSError."""
        if drawn.key in self._where(drawn):
            return
        with self._path.open("ab+") as log:
            size = log.seek(0, os.SEEK_END)
            if size:
                log.seek(size - 1)
                cut = log.read(1) != b"\n"
                log.seek(0, os.SEEK_END)
                if cut:
                    log.write(b"\n")
            log.write(msgspec.json.encode(drawn) + b"\n")
            log.flush()
            os.fsync(log.fileno())
        self._where(drawn).add(drawn.key)


def read_from(path: Path, offset: int) -> tuple[list[Drawn], int, int]:
    """Whole lines after `offset`: (lines, new offset, lines that could not be read). A shorter file is a new one."""
    try:
        size = path.stat().st_size
        if size == offset:
            return [], offset, 0
        with path.open("rb") as log:
            log.seek(offset if offset <= size else 0)
            start = log.tell()
            data = log.read(CHUNK)
    except FileNotFoundError:
        return [], 0, 0
    end = data.rfind(b"\n") + 1
    if not end and len(data) == CHUNK:
        end = CHUNK
    lines = [_line(line) for line in data[:end].split(b"\n") if line.strip()]
    return [line for line in lines if line], start + end, sum(line is None for line in lines)


def _line(data: bytes) -> Drawn | None:
    if len(data) > MAX_LINE:
        return None
    try:
        return msgspec.json.decode(data, type=Drawn)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _whole_lines(path: Path) -> list[Drawn]:
    found: list[Drawn] = []
    offset = 0
    while True:
        lines, further, _ = read_from(path, offset)
        if further == offset:
            return found
        found += lines
        offset = further
