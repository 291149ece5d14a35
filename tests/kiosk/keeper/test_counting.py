"""The keeper adds up what the screen counts, and writes it seldom: at its end, or after a quarter of an hour."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from doors.broker import BrokerSettings
from doors.clock import Clock, spec_of
from kiosk import config
from kiosk.io.cache import counts
from kiosk.io.wake import Doorbell, Waker
from kiosk.keeper import counting
from kiosk.keeper.counting import Counting
from kiosk.keeper.saying import Saying
from kiosk.keeper.shelf import Shelf


@pytest.fixture
def settings(tmp_path: Path) -> config.Settings:
    """A kiosk whose cache lies in a folder of its own."""
    return config.Settings(
        site=config.Site(id="are-kall"), broker=BrokerSettings(url="mqtt://localhost"),
        cache=config.Cache(path=str(tmp_path / "k.sqlite")), screen=config.Screen(name="s"),
    )  # fmt: skip


@pytest.fixture
def parts(settings: config.Settings) -> Iterator[tuple[Counting, Doorbell, Shelf]]:
    """Keeper's side, screen's side, and where it is kept."""
    shelf, bell, waker = Shelf(settings, Saying()), Doorbell(settings.wake_path), Waker(settings.wake_path)
    clock = Clock.parse(spec_of(1.0, 1_768_891_200_000, 600_000, "demo-1"), allowed=True)  # no midnight comes between
    yield Counting(clock, shelf, waker), bell, shelf
    shelf.close()
    bell.close()
    waker.close()


def test_counts_are_written_at_the_end(parts: tuple[Counting, Doorbell, Shelf], settings: config.Settings) -> None:
    """Not with every minute; then by day, with no time of the day anywhere in the file."""
    keeper, bell, _ = parts
    for _ in range(3):
        bell.opened({"home": 2, "travel": 1})
        keeper.look()
    assert {} == counts(settings.cache_path)["pages_opened"]
    keeper.write()

    ((day, pages),) = counts(settings.cache_path)["pages_opened"].items()
    assert {"home": 6, "travel": 3} == pages
    assert day == "unknown" or len("2025-11-20") == len(day)
    with sqlite3.connect(settings.cache_path) as cache:
        assert ["day", "page", "n"] == [row[1] for row in cache.execute("PRAGMA table_info(opened)")]


def test_counts_are_written_now_and_then(
    parts: tuple[Counting, Doorbell, Shelf], settings: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it is time, once; nothing is written while nobody opens anything."""
    keeper, bell, _ = parts
    monkeypatch.setattr(counting, "WRITE_S", 0.0)
    bell.opened({"home": 1})
    keeper.look()
    keeper.look()

    assert [{"home": 1}] == list(counts(settings.cache_path)["pages_opened"].values())


def test_a_disk_that_refuses_loses_no_count(parts: tuple[Counting, Doorbell, Shelf], settings: config.Settings) -> None:
    """They wait until it takes them, and are not counted twice."""
    keeper, bell, shelf = parts
    bell.opened({"home": 1})
    keeper.look()
    shelf.cache._db.execute("PRAGMA query_only = 1")
    keeper.write()
    assert shelf.behind
    shelf.cache._db.execute("PRAGMA query_only = 0")
    bell.opened({"home": 1})
    keeper.look()
    keeper.write()

    assert [{"home": 2}] == list(counts(settings.cache_path)["pages_opened"].values())
