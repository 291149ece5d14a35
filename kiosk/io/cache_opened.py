"""How often each page was opened on each day: rows of the cache that hold nothing of any visitor."""

import sqlite3
from collections.abc import Mapping

from kiosk.core.visitor.opened import MOST_PAGES, OTHER

KEEP_DAYS = 90
"""Days that are kept; older ones are gone with the next write."""


def add(connection: sqlite3.Connection, day: str, pages: Mapping[str, int], first_day: str) -> None:
    """Add to a day ("2025-11-20", "" while no clock could be believed), and drop what is before `first_day`."""
    there = {page for (page,) in connection.execute("SELECT page FROM opened WHERE day = ?", (day,))}
    for page, times in pages.items():
        name = page if page in there or len(there) < MOST_PAGES else OTHER
        there.add(name)
        connection.execute(
            "INSERT INTO opened VALUES (?, ?, ?) ON CONFLICT (day, page) DO UPDATE SET n = n + excluded.n",
            (day, name, times),
        )
    connection.execute("DELETE FROM opened WHERE day <> '' AND day < ?", (first_day,))
    # a clock that ran wild has left days that no calendar ends
    connection.execute(
        "DELETE FROM opened WHERE day NOT IN (SELECT DISTINCT day FROM opened ORDER BY day DESC LIMIT ?) AND day <> ''",
        (KEEP_DAYS + 1,),
    )


def by_day(connection: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """By day, then by page; {} in a cache of an older version."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'opened'").fetchone() is None:
        return {}
    found: dict[str, dict[str, int]] = {}
    for day, page, times in connection.execute("SELECT day, page, n FROM opened ORDER BY day, page"):
        found.setdefault(day or "unknown", {})[page] = times
    return found
