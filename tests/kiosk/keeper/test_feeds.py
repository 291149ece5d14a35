"""Feeds from a real server through a real keeper to what the screen reads, while servers fail and processes die."""

import asyncio
import contextlib
import signal
import sqlite3
import time
from typing import Any

import pytest

from contract.words import Status
from doors.clock import Clock
from doors.progress import Progress
from kiosk import config
from kiosk.core.asking.polling import Tier
from kiosk.io import cache_feeds, checked
from kiosk.io.cache import CacheReader
from kiosk.io.cache_schema import connect_to_read
from kiosk.io.wake import Doorbell
from kiosk.keeper.feeds import Feeds
from kiosk.keeper.saying import Saying
from kiosk.keeper.shelf import Shelf


def tear(site: Any, at: int, length: int) -> None:
    """Overwrite a part of the file, with everything in it and nothing in its journal."""
    with sqlite3.connect(site.cache) as cache:
        cache.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    cache.close()
    with site.cache.open("r+b") as file:
        file.seek(at)
        file.write(b"\xa5" * min(length, site.cache.stat().st_size - at))


def test_message_reaches_the_screen_before_anything_else_is_asked(site: Any, days: Any) -> None:
    """It knocks at once, with the message whole; `checked` is never younger than the question."""
    there: list[bool] = []

    def look(_name: str, at_s: float, _status: int) -> None:
        """After each answer that tells it: is it in the cache? At the second at the latest, or it has waited."""
        if any(at_s >= step.starts_s for step in days.server.script.step):
            reader = CacheReader(site.cache, "are-kall", True)
            there.append(bool(reader.held("").alerts))
            reader._close()

    days.server.answered = look
    bell = Doorbell(site.folder / "wake.sock")
    site.start()
    site.until(lambda: site.state().checked)
    bell.rung()
    days.add(do="vma", name="w", areas=("2321",), sv="Vattnet ska kokas.\n\nLyssna på P4.")
    site.until(lambda: bell.rung() and site.alerts())
    kept = site.alerts()["Vattnet ska kokas.\n\n"]
    site.until(lambda: len(there) > 1)
    bell.close()
    with contextlib.closing(connect_to_read(site.cache, timeout=5)) as card:
        (written,) = cache_feeds.states(card)  # with the message; later checks are told through memory

    assert (None, ("2321",), Status.ACTUAL) == (kept.gone, kept.alert.area.codes, kept.alert.status)
    assert written.checked.up_ms <= kept.first.up_ms
    assert there[1]


def test_update_cancel_and_leaving_the_list(site: Any, days: Any) -> None:
    """What is replaced leaves the list and is gone; the cancel is kept with its reference."""
    site.start()
    days.add(do="vma", name="a", sv="Första")
    site.until(lambda: "Första" in site.alerts())
    days.add(do="vma", name="b", type="update", replaces="a", sv="Andra")
    site.until(lambda: "Andra" in site.alerts())
    days.add(do="vma", name="c", type="cancel", replaces="b")
    site.until(lambda: "cancel" in site.alerts())

    first, second, cancel = (site.alerts()[name] for name in ("Första", "Andra", "cancel"))
    assert first.gone is not None
    assert second.gone is not None
    assert None is cancel.gone
    assert (first.alert.id,) == second.alert.references
    assert first.alert.incidents == cancel.alert.incidents


def test_exercise_stays_an_exercise(site: Any, days: Any) -> None:
    """Its status comes to the screen."""
    site.start()
    days.add(do="vma", name="e", status="Exercise", areas=("00",), sv="Övning")

    assert Status.EXERCISE is site.until(lambda: site.alerts().get("Övning")).alert.status


@pytest.mark.parametrize("trouble", ["answers-500", "wrong-length", "304-always"])
def test_failed_request_ends_nothing(site: Any, days: Any, trouble: str) -> None:
    """The message stays, the check grows old and says why; when all is well it is young again; one line is said."""
    site.start()
    days.add(do="vma", name="w", sv="Vatten")
    site.until(lambda: "Vatten" in site.alerts())
    days.add(do="trouble", feed="vma", trouble=trouble)
    site.until(lambda: site.state().fault)
    before = site.state()
    asked = days.asked("vma")
    site.until(lambda: days.asked("vma") >= asked + 2)
    after = site.state()
    days.well("vma")
    site.until(lambda: not site.state().fault)

    assert before.checked == after.checked
    assert None is site.alerts()["Vatten"].gone
    assert site.state().checked.up_ms > before.checked.up_ms
    assert 1 == site.said().count("what is known is kept")
    assert "Traceback" not in site.said()


def test_alert_and_check_survive_a_kill_and_a_dead_network(site: Any, days: Any) -> None:
    """After kill -9 and a start without network all is as it was, as old as it is."""
    process = site.start()
    days.add(do="vma", name="w", sv="Vatten")
    site.until(lambda: "Vatten" in site.alerts() and site.state().checked)  # told a moment after what was found
    site.stop(process, signal.SIGKILL)
    before = site.state()
    days.down()
    process = site.start()
    site.until(lambda: site.state().fault)

    assert "no contact" in site.state().fault
    assert before.checked == site.state().checked
    assert None is site.alerts()["Vatten"].gone
    days.up()
    site.until(lambda: not site.state().fault)
    assert 0 == site.stop(process)


def test_message_that_left_while_nobody_looked_is_gone(site: Any, days: Any) -> None:
    """Off for longer than the cancel lived: the first whole answer without it ends it."""
    process = site.start()
    days.add(do="vma", name="w", sv="Vatten")
    site.until(lambda: "Vatten" in site.alerts())
    site.stop(process)
    days.add(do="gone", feed="vma", name="w")
    site.start()

    assert site.until(lambda: site.alerts()["Vatten"].gone)


def test_one_feed_in_trouble_costs_the_others_nothing(site: Any, days: Any) -> None:
    """SMHI says nothing at all, Krisinformation sends ten megabytes: VMA is asked all the time."""
    site.write(**days.server.urls())
    days.add(do="trouble", feed="smhi", trouble="silent")
    days.add(do="trouble", feed="krisinformation", trouble="huge")
    site.start()
    site.until(lambda: days.asked("smhi") and days.asked("krisinformation"))
    asked = days.asked("vma")
    site.until(lambda: days.asked("vma") >= asked + 2)
    site.until(lambda: site.state("krisinformation").fault)

    assert "larger than" in site.state("krisinformation").fault
    assert None is site.state("smhi").checked
    assert "" == site.state().fault


def test_quiet_checks_write_nothing_to_the_card(site: Any, days: Any) -> None:
    """The screen sees a young check after each answer, and the file is the same to the byte."""
    site.start()
    site.until(lambda: site.state().checked)
    time.sleep(0.3)
    files = [site.cache, site.cache.with_name("k.sqlite-wal")]
    before = [file.stat() for file in files]
    first = site.state().checked
    site.until(lambda: site.state().checked.up_ms > first.up_ms + 2 * 60_000)

    assert [(one.st_size, one.st_mtime_ns) for one in before] == [
        (one.st_size, one.st_mtime_ns) for one in (file.stat() for file in files)
    ]


def test_orderly_end_leaves_the_check_in_the_cache(site: Any) -> None:
    """Nothing is left in memory, and the next start knows when it was checked."""
    process = site.start()
    checked_at = site.until(lambda: site.state().checked)
    assert 0 == site.stop(process)

    assert None is checked.mark(site.cache)
    assert site.state().checked.up_ms >= checked_at.up_ms


def test_other_address_is_another_source(site: Any, days: Any) -> None:
    """A feed whose address changed starts anew: what the test channel said is not shown as the real one's."""
    process = site.start()
    days.add(do="vma", name="w", sv="Vatten")
    site.until(lambda: "Vatten" in site.alerts())
    site.stop(process)
    site.write(vma=days.server.urls()["vma"] + "?other")
    days.add(do="trouble", feed="vma", trouble="silent")
    site.start()
    site.until(lambda: not site.held().alerts)

    assert None is site.state().checked


def test_feed_that_is_taken_out_of_the_settings_is_forgotten(site: Any, days: Any) -> None:
    """Nobody checks it any more, so nothing of it is shown."""
    process = site.start()
    days.add(do="vma", name="w", sv="Vatten")
    site.until(lambda: "Vatten" in site.alerts())
    site.stop(process)
    site.write()
    site.start()

    site.until(lambda: not site.held().feeds and not site.held().alerts)


def test_newer_parser_reads_what_is_kept_without_the_network(site: Any, days: Any) -> None:
    """An upgrade shows what the new version makes of the old body; the check is as old as it was."""
    process = site.start()
    days.add(do="vma", name="w", sv="Vatten")
    site.until(lambda: "Vatten" in site.alerts())
    site.stop(process)
    was = site.state().checked
    days.down()
    with sqlite3.connect(site.cache) as cache:
        cache.execute("DELETE FROM alert")
        cache.execute("UPDATE feed SET parser = 0")
    cache.close()
    site.reader = CacheReader(site.cache, "are-kall", True)  # it remembers nothing of what was taken away
    site.start()
    site.until(lambda: "Vatten" in site.alerts())

    assert was == site.state().checked


def test_broken_cache_is_made_anew_under_a_screen_that_goes_on(site: Any, days: Any) -> None:
    """Pages of the file are overwritten while the keeper is down: the screen never goes blank, and no check counts
    until the sources were asked again."""
    process = site.start()
    days.add(do="vma", name="w", sv="Vatten")
    site.until(lambda: "Vatten" in site.alerts())
    site.stop(process)
    days.down()
    tear(site, 16 * 1024, 8 * 1024)
    blank = []
    site.start()

    def rebuilt() -> bool:
        blank.append(not site.held().alerts and not site.held().feeds)
        return "made anew" in site.said() or "a new one is made" in site.said()

    site.until(rebuilt)
    site.until(lambda: None is site.state().checked)
    assert not any(blank)
    days.up()
    site.until(lambda: site.state().checked and "Vatten" in site.alerts())


def test_cache_that_breaks_under_the_keeper_is_made_anew(site: Any, days: Any) -> None:
    """The file is torn in the middle of a run: at the next message it is rebuilt from what the keeper knows."""
    process = site.start()
    days.add(do="vma", name="w", sv="Vatten")
    site.until(lambda: "Vatten" in site.alerts())
    tear(site, 4096, site.cache.stat().st_size)
    days.add(do="vma", name="x", sv="Storm")

    site.until(lambda: {"Vatten", "Storm"} <= site.alerts().keys() and site.state().checked)
    assert process.poll() is None


async def test_check_counts_only_when_what_it_found_is_written(site: Any, days: Any) -> None:
    """A disk that refuses: the message waits, and until it is on the screen nothing says that it was checked."""
    settings, clock, saying = config.load(site.file), Clock.parse(site.spec, allowed=True), Saying()
    shelf = Shelf(settings, saying)
    feeds = Feeds(settings, clock, shelf, saying, Progress(), knock=lambda: None, tier=lambda: Tier.PLENTY)
    task = asyncio.create_task(feeds.run())

    async def until(happened: Any) -> None:
        for _ in range(1500):
            if happened():
                return
            await asyncio.sleep(0.02)
        raise AssertionError("not in time")

    try:
        await until(lambda: site.state().checked)
        before = site.state().checked
        shelf.cache._db.conn.execute("PRAGMA query_only = 1")
        days.add(do="vma", name="w", sv="Vatten")
        await until(lambda: shelf.behind)
        refused = site.state().checked
        shelf.cache._db.conn.execute("PRAGMA query_only = 0")
        feeds.flush()
        after = site.state().checked
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        feeds.close()
        shelf.close()

    assert before.up_ms <= refused.up_ms < after.up_ms
    assert "Vatten" in site.alerts()


async def test_keeper_tells_for_how_long_a_source_of_warnings_was_not_checked(
    site: Any, days: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing while no check is due yet, 0 while all are fresh, and time since the last good answer when it fails."""
    settings, clock, saying = config.load(site.file), Clock.parse(site.spec, allowed=True), Saying()
    shelf, now_ms = Shelf(settings, saying), clock.up_ms()
    with monkeypatch.context() as still:  # a check is due two seconds after the beginning, as this clock runs
        still.setattr(clock, "up_ms", lambda: now_ms)
        feeds = Feeds(settings, clock, shelf, saying, Progress(), knock=lambda: None, tier=lambda: Tier.PLENTY)
        before = feeds.unchecked_ms()
    task = asyncio.create_task(feeds.run())

    async def until(happened: Any) -> Any:
        for _ in range(1500):
            if found := happened():
                return found
            await asyncio.sleep(0.02)
        raise AssertionError("not in time")

    try:
        await until(lambda: site.state().checked and feeds.unchecked_ms() == 0)
        days.down()
        old = await until(feeds.unchecked_ms)
        age = clock.up_ms() - site.state().checked.up_ms
        days.up()
        await until(lambda: feeds.unchecked_ms() == 0)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        feeds.close()
        shelf.close()

    assert 0 == before
    assert 210_000 < old <= age
