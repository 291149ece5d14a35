"""The SQLite file under the stores: write-ahead log, durable commits, whole transactions, several processes at once."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from dashboard.core.sites import DashboardError
from dashboard.io.store.migrations import migrate
from dashboard.io.store.store_care import damaged

BUSY_S = 20
CHECKPOINT_PAGES = 8000
"""Of 4 kB in the log, before they move to where they belong: history that comes back would else wait for a second and
third sync at every other commit."""


class StoreTrouble(DashboardError):
    """The store could not do it; the sentence says why."""


class KeyUsed(DashboardError):
    """Under this key something else was kept before: this was not, and saying so would be a lie."""


class Database:
    """One file. `writing()` and `reading()` give a connection in a transaction of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        _make(path)
        self._engine: Engine = create_engine(
            f"sqlite:///{path}", connect_args={"timeout": BUSY_S, "check_same_thread": False}
        )
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        with self.writing() as connection:
            try:
                migrate(connection)
            except RuntimeError as fault:
                raise StoreTrouble(f"{path.name}: {fault}; use the newer program") from fault

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All of it or nothing; on disk when the block ends. Raises StoreTrouble."""
        with self._connected(write=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view. Raises StoreTrouble."""
        with self._connected(write=False) as connection, connection.begin():
            yield connection

    @contextmanager
    def _connected(self, *, write: bool) -> Iterator[Connection]:
        try:
            with self._engine.connect().execution_options(write=write) as connection:
                yield connection
        except (DBAPIError, OverflowError) as fault:
            reason = str(fault.orig) if isinstance(fault, DBAPIError) else str(fault)
            if "not a database" in reason or "malformed" in reason:
                raise StoreTrouble(damaged(self.path, reason)) from fault
            raise StoreTrouble(f"the store {self.path.name} could not do it: {reason}") from fault

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()


def _make(path: Path) -> None:
    """Folder and file, for our own account only: names and telephone numbers stand in it. Raises StoreTrouble."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as fault:
        raise StoreTrouble(
            f"{path}: the store cannot be kept there: {fault.strerror}; check [store] path and who may write it"
        ) from fault


def _prepare(connection: Any, _: Any) -> None:
    """The library must not begin transactions by itself; a mark may only follow what survives a power cut."""
    connection.isolation_level = None
    checkpoint = f"wal_autocheckpoint = {CHECKPOINT_PAGES}"
    for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on", checkpoint):
        connection.execute(f"pragma {pragma}")


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("write")
    connection.exec_driver_sql("begin immediate" if write else "begin")
