"""Opened pages in the cache: by day and page, bounded, and gone after ninety days."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.visitor.opened import MOST_PAGES, OTHER
from kiosk.io.cache import Cache, counts
from kiosk.io.cache_opened import KEEP_DAYS


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the cache lies."""
    return tmp_path / "k.sqlite"


def test_pages_are_added_up_by_day(house: Any, file: Path) -> None:
    """Two hand-overs of one day are one row for each page; a day that no clock could name is called unknown."""
    cache = Cache(file, house.SITE, False)
    for day, pages in (("2025-11-20", {"home": 2}), ("2025-11-20", {"home": 1, "travel": 4}), ("", {"home": 1})):
        cache.add_opened(day, pages, "2025-08-22")

    assert {"unknown": {"home": 1}, "2025-11-20": {"home": 3, "travel": 4}} == counts(file)["pages_opened"]


def test_old_days_go_and_days_of_a_wild_clock_are_bounded(house: Any, file: Path) -> None:
    """What is before the first day that is kept is dropped; of days to come no more than as many are kept."""
    cache = Cache(file, house.SITE, False)
    cache.add_opened("2025-08-21", {"home": 1}, "2025-05-23")
    for year in range(3000, 3000 + 2 * KEEP_DAYS):
        cache.add_opened(f"{year}-01-01", {"home": 1}, "2025-08-22")
    found = counts(file)["pages_opened"]

    assert "2025-08-21" not in found
    assert KEEP_DAYS + 1 == len(found)


def test_names_of_a_day_are_bounded(house: Any, file: Path) -> None:
    """However many come one after the other."""
    cache = Cache(file, house.SITE, False)
    for number in range(MOST_PAGES + 50):
        cache.add_opened("2025-11-20", {f"card-{number}": 1}, "")
    found = counts(file)["pages_opened"]["2025-11-20"]

    assert (MOST_PAGES + 1, 50) == (len(found), found[OTHER])


def test_an_older_cache_has_no_counts_and_gets_them(house: Any, file: Path) -> None:
    """A file of version 2 is read as it is, and upgraded by the keeper without losing what it holds."""
    cache = Cache(file, house.SITE, False)
    cache.keep([], {"folded": 7})
    cache.close()
    with sqlite3.connect(file) as old:
        old.execute("DROP TABLE opened")
        old.execute("UPDATE own SET value = '2' WHERE name = 'version'")
    old.close()
    assert {} == counts(file)["pages_opened"]

    cache = Cache(file, house.SITE, False)
    cache.add_opened("2025-11-20", {"home": 1}, "")

    assert "" == cache.set_aside
    assert (7, {"2025-11-20": {"home": 1}}) == (counts(file)["folded"], counts(file)["pages_opened"])
