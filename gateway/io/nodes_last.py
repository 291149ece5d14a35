"""When each sensor node was last heard, as the store says: known also while the gateway is down."""

import sqlite3
from pathlib import Path

from gateway.io.store_file import StoreFault

NEWEST = (
    "SELECT MAX(wall_ms) FROM readings WHERE device = ? AND wall_ms IS NOT NULL"
    " AND missing NOT LIKE '%comm_error%' AND missing NOT LIKE '%not_yet_read%'"
)
"""What the gateway itself wrote of a silent node is no word of the node."""


def last_heard(path: Path, names: tuple[str, ...]) -> dict[str, int]:
    """Node → wall clock in ms of the newest row that it gave; without those that gave none. Raises StoreFault."""
    if not path.exists():
        return {}
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        found = {name: db.execute(NEWEST, (name,)).fetchone()[0] for name in names}
    except sqlite3.Error as fault:
        raise StoreFault(f"{path}: cannot be read as a store ({fault})") from fault
    finally:
        db.close()
    return {name: wall_ms for name, wall_ms in found.items() if wall_ms is not None}
