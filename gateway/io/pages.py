"""Rows straight from the pages of a damaged SQLite file: no tree, no schema and no index of it is believed.

The file format is described at https://www.sqlite.org/fileformat2.html; section numbers below are of that page.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

PAGE = 4096
"""Size of a page, as this program has always written it."""
PAGES_BETWEEN = 256
"""Pages between two signs of life: far less than a second's work."""
TABLE_LEAF = 0x0D
WAL_MAGIC = (0x377F0682, 0x377F0683)
MOST_COLUMNS = 40

Row = tuple[Any, ...]


class Pages:
    """A file and its journal, read page by page; what is in the journal is newer."""

    def __init__(self, path: Path, progress: Callable[[], None] = lambda: None) -> None:
        self._progress = progress
        self._main = _File(path)
        self._wal = _File(path.with_name(path.name + "-wal"))
        self._newer = dict(_frames(self._wal))
        self.count = max([-(-self._main.size // PAGE), *self._newer])

    def rows(self) -> Iterator[tuple[int, Row]]:
        """(rowid, columns) of every row on a page that can be read. An INTEGER PRIMARY KEY is None in the columns."""
        free = self._free()
        for number in range(1, self.count + 1):
            if number % PAGES_BETWEEN == 0:
                self._progress()
            if number not in free:
                yield from self._rows_of(number)

    def page(self, number: int) -> bytes:
        """A page, padded when the file ends within it."""
        at = self._newer.get(number)
        data = self._main.read((number - 1) * PAGE, PAGE) if at is None else self._wal.read(at, PAGE)
        return data.ljust(PAGE, b"\0")

    def _free(self) -> set[int]:
        """Pages that hold nothing any more (1.5). Of a damaged list only its beginning is known."""
        free: set[int] = set()
        trunk = _u32(self.page(1), 32)
        while 1 < trunk <= self.count and trunk not in free:
            free.add(trunk)
            page = self.page(trunk)
            free |= {_u32(page, 8 + 4 * place) for place in range(min(_u32(page, 4), PAGE // 4 - 2))}
            trunk = _u32(page, 0)
        return free

    def _rows_of(self, number: int) -> Iterator[tuple[int, Row]]:
        page = self.page(number)
        head = 100 if number == 1 else 0
        if page[head] != TABLE_LEAF:
            return
        for place in range(min(_u16(page, head + 3), (PAGE - head - 8) // 2)):
            try:
                at = _u16(page, head + 8 + 2 * place)
                size, at = _varint(page, at)
                rowid, at = _varint(page, at)
                columns = _columns(self._payload(page, at, size))
            except (IndexError, ValueError):
                continue  # this row is damaged, its neighbours may not be
            yield rowid, columns

    def _payload(self, page: bytes, at: int, size: int) -> bytes:
        """A row, with what of it lies on overflow pages (1.6)."""
        if size > self.count * PAGE:
            raise ValueError("longer than the file")
        most = PAGE - 35
        if size <= most:
            return _slice(page, at, size)
        least = (PAGE - 12) * 32 // 255 - 23
        local = least + (size - least) % (PAGE - 4)
        local = local if local <= most else least
        parts = [_slice(page, at, local)]
        left, following = size - local, _u32(page, at + local)
        while left > 0:
            if not 1 < following <= self.count:
                raise ValueError("the chain of pages is broken")
            more = self.page(following)
            parts.append(more[4 : 4 + left])
            left -= PAGE - 4
            following = _u32(more, 0)
        return b"".join(parts)


class _File:
    """A file of which some sectors may not be readable: mapped into memory, such a sector would end the program."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb") if path.exists() else None
        self.size = os.fstat(self._file.fileno()).st_size if self._file is not None else 0

    def read(self, at: int, size: int) -> bytes:
        """What can be read there, empty where nothing can."""
        try:
            return os.pread(self._file.fileno(), size, at) if self._file is not None else b""
        except OSError:
            return b""


def _frames(wal: _File) -> Iterator[tuple[int, int]]:
    """(page, where its newest committed copy begins) of a journal (4.1)."""
    head = wal.read(0, 32)
    if len(head) < 32 or _u32(head, 0) not in WAL_MAGIC or _u32(head, 8) != PAGE:
        return
    waiting: dict[int, int] = {}
    for at in range(32, wal.size - PAGE - 23, PAGE + 24):
        frame = wal.read(at, 24)
        if frame[8:16] != head[16:24] or not 0 < _u32(frame, 0) < 2**28:
            break
        waiting[_u32(frame, 0)] = at + 24
        if _u32(frame, 4):  # the last one of a transaction
            yield from waiting.items()
            waiting.clear()


def _columns(payload: bytes) -> Row:
    """A record (2.1)."""
    head, at = _varint(payload, 0)
    kinds = []
    while at < head:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    if len(kinds) > MOST_COLUMNS or at != head:
        raise ValueError("no row of ours")
    columns: list[Any] = []
    for kind in kinds:
        size = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)[kind] if kind < 10 else (kind - 12) // 2
        part = _slice(payload, at, size)
        at += size
        columns.append(_value(kind, part))
    return tuple(columns)


def _value(kind: int, part: bytes) -> Any:
    if kind == 0:
        return None
    if kind < 7:
        return int.from_bytes(part, "big", signed=True)
    if kind in (8, 9):
        return kind - 8
    if kind < 12:
        raise ValueError("a kind of value that we never write")
    return part.decode() if kind % 2 else part


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(9):
        byte = data[at + place]
        if place == 8:
            return value << 8 | byte, at + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + place + 1
    raise ValueError("endless")


def _slice(data: bytes, at: int, size: int) -> bytes:
    part = data[at : at + size]
    if size < 0 or len(part) != size:
        raise ValueError("ends too early")
    return part


def _u16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


def _u32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")
