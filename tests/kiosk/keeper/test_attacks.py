"""What an enemy, a careless administrator or a tired server does to a keeper, and what the screen then reads."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from contract.messages import Power
from contract.words import Lasts, Status
from doors.clock import Clock
from doors.progress import Progress
from kiosk import config
from kiosk.core.asking.polling import Tier
from kiosk.io import memory
from kiosk.io.wake import Doorbell
from kiosk.keeper import one_feed
from kiosk.keeper import shelf as shelves
from kiosk.keeper.feeds import Feeds
from kiosk.keeper.one_feed import before
from kiosk.keeper.saying import MAX_SAID, Saying
from kiosk.keeper.shelf import Shelf

ROOT = Path(__file__).resolve().parents[3]
PATH = "/list"


def vma(**changed: Any) -> dict[str, Any]:
    """One message of Sveriges Radio's list."""
    text = changed.pop("text", "Vattnet ska kokas.")
    area = [{"areaDesc": "Åre kommun", "geocode": [{"valueName": "Kommun", "value": "2321"}]}]
    told = {"language": "sv-SE", "event": "VMA", "severity": "Severe", "description": text, "area": area}
    return {
        "identifier": "SRCAP20260120080000I", "sender": "https://vmaapi.sr.se", "sent": "2026-01-20T08:00:00+01:00",
        "status": "Actual", "msgType": "Alert", "scope": "Public", "references": None,
        "incidents": "SRVMA20260120080000I", "info": [told],
    } | changed  # fmt: skip


def serve(days: Any, *alerts: dict[str, Any], stamp: str = "2026-01-20T08:00:10+01:00") -> None:
    """The list is this from now on."""
    body = json.dumps({"timestamp": stamp, "alerts": alerts}, ensure_ascii=False)
    days.add(do="serve", path=PATH, body=body)


def started(site: Any, days: Any) -> Any:
    """A keeper that asks for the list that the test makes up, and has had one answer."""
    site.write(vma=f"http://127.0.0.1:{days.server.port}{PATH}")
    process = site.start()
    site.until(lambda: site.state().checked)
    return process


def asked_again(site: Any, days: Any, times: int = 2) -> None:
    """Wait for so many more answers, all of them taken."""
    asked = days.asked(PATH)
    site.until(lambda: days.asked(PATH) > asked + times)


def test_what_is_not_for_the_public_is_no_unread_record(site: Any, days: Any) -> None:
    """Drafts, system messages and acknowledgements keep nobody from saying that there are no warnings; a status that
    nobody knows does, for it may be real."""
    others = [
        vma(identifier="d", status="Draft"), vma(identifier="s", status="System"), vma(identifier="k", msgType="Ack"),
        vma(identifier="p", scope="Private"),
    ]  # fmt: skip
    serve(days, *others)
    started(site, days)
    assert ({}, 0, "") == (site.alerts(), site.state().rejected, site.state().fault)

    serve(days, *others, vma(), vma(identifier="u", status="Aktuell"))
    site.until(lambda: site.alerts() and site.state().rejected)  # told a moment after what was found
    assert 1 == site.state().rejected


def test_real_one_that_is_listed_as_an_exercise_too_stays_real(site: Any, days: Any) -> None:
    """One identifier, twice in one list, the exercise sent later: what may be real is not hidden by it."""
    serve(days, vma(), vma(status="Exercise", sent="2026-01-20T09:00:00+01:00", text="Övning."))
    started(site, days)

    assert [Status.ACTUAL] == [one.alert.status for one in site.held().alerts]


def test_exercise_that_cancels_a_real_one_ends_nothing(site: Any, days: Any) -> None:
    """It names the real one and its incident; the real one stands until its own source says otherwise."""
    cancel = vma(identifier="x", status="Exercise", msgType="Cancel", info=None, sent="2026-01-20T09:00:00+01:00",
                 references="https://vmaapi.sr.se,SRCAP20260120080000I,2026-01-20T08:00:00+01:00")  # fmt: skip
    serve(days, vma(), cancel)
    started(site, days)

    assert None is site.alerts()["Vattnet ska kokas."].gone
    assert 2 == len(site.held().alerts)


def test_update_before_its_alert_and_ten_thousand_references(site: Any, days: Any) -> None:
    """The update comes first, with a list of references that would choke a screen: both are kept, quickly."""
    many = " ".join(f"https://vmaapi.sr.se,SRCAP2026{at:010d}I,2026-01-20T08:00:00+01:00" for at in range(10_000))
    update = vma(identifier="u", msgType="Update", references=many, sent="2026-01-20T09:00:00+01:00", text="Nytt.")
    serve(days, update)
    started(site, days)
    site.until(lambda: "Nytt." in site.alerts())
    serve(days, update, vma())
    site.until(lambda: len(site.held().alerts) > 1)

    assert len(site.alerts()["Nytt."].alert.references) <= 100


def test_active_message_that_cannot_be_read_any_more_does_not_vanish(site: Any, days: Any) -> None:
    """The next answer lists it with a text that is a number: nobody knows, so it stays, and is counted as unread."""
    serve(days, vma(), vma(identifier="other", text="Storm."))
    started(site, days)
    site.until(lambda: len(site.held().alerts) > 1)
    serve(days, vma(info=17), vma(identifier="other", text="Storm."))
    site.until(lambda: site.state().rejected)

    assert None is site.alerts()["Vattnet ska kokas."].gone


def test_answer_that_only_moves_its_time_writes_nothing(site: Any, days: Any) -> None:
    """A server that puts the time into each answer costs the card nothing, and each answer is a check."""
    serve(days, vma(), stamp="2026-01-20T08:00:00+01:00")
    started(site, days)
    site.until(site.alerts)
    files = [site.cache, site.cache.with_name("k.sqlite-wal")]
    was, checked = [(one.stat().st_size, one.stat().st_mtime_ns) for one in files], site.state().checked
    serve(days, vma(), stamp="2026-01-20T08:01:00+01:00")
    asked_again(site, days, 1)

    assert was == [(one.stat().st_size, one.stat().st_mtime_ns) for one in files]
    assert site.state().checked.up_ms > checked.up_ms
    assert None is site.alerts()["Vattnet ska kokas."].gone


def test_cache_that_is_taken_away_is_made_anew(site: Any, days: Any) -> None:
    """Somebody deletes the file under the keeper: what was known comes back with the next message, and all is shown."""
    serve(days, vma())
    process = started(site, days)
    site.until(site.alerts)
    for tail in ("-shm", "-wal", ""):  # the file last: the keeper may make it anew before we are done
        Path(f"{site.cache}{tail}").unlink(missing_ok=True)
    serve(days, vma(), vma(identifier="later", text="Storm."))

    site.until(lambda: {"Vattnet ska kokas.", "Storm."} <= site.alerts().keys())
    assert process.poll() is None
    assert site.state().checked
    with sqlite3.connect(site.cache) as cache:
        assert (2,) == cache.execute("SELECT count(*) FROM alert").fetchone()
    cache.close()


def test_cache_that_is_taken_away_on_a_quiet_day_is_made_anew(site: Any, days: Any) -> None:
    """No message comes: within seconds the file is there again, and the next screen that starts knows all."""
    serve(days, vma())
    started(site, days)
    site.until(site.alerts)
    site.cache.unlink()

    site.until(lambda: site.cache.exists() and site.cache.stat().st_size)
    site.until(lambda: "Vattnet ska kokas." in site.alerts() and site.state().checked)


def test_kill_at_any_moment_loses_nothing_that_was_told(site: Any, days: Any) -> None:
    """kill -9 again and again while messages come: after each start the screen holds all that any answer had told."""
    serve(days)
    process = started(site, days)
    listed: list[dict[str, Any]] = []
    for at in range(2):
        listed.append(vma(identifier=f"n{at}", text=f"Nummer {at}."))
        serve(days, *listed)
        site.until(lambda: any(one.alert.id == f"n{at}" for one in site.held().alerts))  # noqa: B023
        site.stop(process, signal.SIGKILL)
        with sqlite3.connect(site.cache) as cache:
            assert ("ok",) == cache.execute("PRAGMA quick_check").fetchone()
        cache.close()
        assert at + 1 == len(site.held().alerts)
        process = site.start()
    site.until(lambda: not site.state().fault and 2 == len(site.held().alerts))


def test_tiers_of_the_sites_power_reach_the_asking(site: Any, days: Any, broker_port: int, gateway: Any) -> None:
    """What the gateway says of its power decides how often is asked: in the last hour it is seldom."""
    site.write(**days.server.urls())
    site.file.write_text(site.file.read_text("utf-8").replace("127.0.0.1:1", f"127.0.0.1:{broker_port}"), "utf-8")
    gateway.simulated = True
    site.start()
    site.until(lambda: site.state("smhi").checked and site.state().checked)

    def every(name: str) -> float:
        return site.state(name).every_s

    gateway.picture(Power.ON_BATTERY, box_lasts=Lasts.LAST_HOUR, period_s=9000.0, heartbeat_s=9000.0)
    site.until(lambda: (120.0, 1800.0) == (every("vma"), every("smhi")))


async def test_refused_warning_is_not_left_waiting_for_the_next_look(
    site: Any, days: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk takes nothing at the moment at which a message comes: it goes to memory at once, not at a next look."""
    monkeypatch.setattr(shelves, "BEHIND_S", 60.0)
    monkeypatch.setattr(shelves, "refuses", lambda _path: "No space left on device")
    saying = Saying()
    shelf = Shelf(config.load(site.file), saying)
    watching = asyncio.create_task(shelf.watch())
    await asyncio.sleep(0.05)
    disk = shelf.cache
    disk._db.conn.execute("PRAGMA query_only = 1")
    assert not shelf.write(lambda cache: cache.forget_feed("vma"))
    for _ in range(1000):
        if shelf.no_disk:
            break
        await asyncio.sleep(0.02)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    written = shelf.write(lambda cache: cache.forget_feed("vma"))
    shelf.close()
    memory.take_away(site.cache)

    assert ("No space left on device", True) == (shelf.no_disk, written)
    assert shelf.cache is not disk


async def test_cache_on_the_way_that_always_says_unchanged_is_found_out(
    site: Any, days: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After some answers "not changed" in a row the whole answer is asked for; one that still says so is no check."""
    monkeypatch.setattr(one_feed, "ASK_WHOLE_EVERY", 2)
    serve(days, vma())
    site.write(vma=f"http://127.0.0.1:{days.server.port}{PATH}")
    settings, saying = config.load(site.file), Saying()
    shelf = Shelf(settings, saying)
    feeds = Feeds(
        settings, Clock.parse(site.spec, allowed=True), shelf, saying, Progress(), knock=lambda: None,
        tier=lambda: Tier.PLENTY,
    )  # fmt: skip
    task = asyncio.create_task(feeds.run())
    try:
        for _ in range(1500):
            if site.alerts() and "if-none-match" in days.server.requests[-1].headers:
                break
            await asyncio.sleep(0.02)
        days.add(do="trouble", feed=PATH, trouble="304-always")
        for _ in range(1500):
            if site.state().fault:
                break
            await asyncio.sleep(0.02)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        feeds.close()
        shelf.close()

    assert "nothing is kept here" in site.state().fault
    assert "Vattnet ska kokas." in site.alerts()


def test_answer_from_a_cache_on_the_way_is_as_old_as_it_says(site: Any) -> None:
    """Ten minutes in somebody's cache: it was true ten minutes ago. Older than this boot: nobody can tell when."""
    clock = Clock.parse(site.spec, allowed=True)
    feed = one_feed.OneFeed._moment.__get__(type("Any", (), {"_clock": clock})())
    now = feed()
    was = before(now, 60.0, None)

    assert was is not None
    assert (now.up_ms - 60_000, (now.wall_ms or 0) - 60_000) == (was.up_ms, was.wall_ms)
    assert now == before(now, 0.0, None)
    assert None is before(now, 1e9, None)


def test_flood_of_sentences_does_not_silence_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """A source that has always something else to complain of: what is wrong with another one is still told."""
    saying = Saying()
    for number in range(3 * MAX_SAID):
        saying.once(f"a record is left out: {number}")
    saying.once("feed vma: answered 500")
    saying.once("feed vma: answered 500")
    assert 1 == caplog.text.count("feed vma: answered 500")

    saying.again("feed vma: ")
    saying.once("feed vma: answered 500")
    assert 2 == caplog.text.count("feed vma: answered 500")


def test_knock_comes_when_the_message_is_in_the_cache(site: Any, days: Any) -> None:
    """Whoever looks at the knock, and only then, finds the message: its knock is not early."""
    bell = Doorbell(site.folder / "wake.sock")
    serve(days)
    started(site, days)
    serve(days, vma())
    end, found = time.monotonic() + 40, []
    while not found:
        # the start knocks too, and on a slow machine after the message is served: that knock finds nothing yet
        assert time.monotonic() < end, "no knock found the message"
        time.sleep(0.002)
        if bell.rung():
            found = [one.alert.id for one in site.held().alerts]
    bell.close()

    assert ["SRCAP20260120080000I"] == found


def shown(site: Any) -> dict[str, Any]:
    """What a screen would show now."""
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "view", str(site.file), "--clock", site.spec],
        cwd=site.folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def test_no_warnings_is_said_when_all_that_warn_were_checked_and_only_then(
    site: Any, days: Any, broker_port: int, gateway: Any
) -> None:
    """News that are down and drafts in the list do not matter; a login page in the place of VMA does, and says so."""
    serve(days, vma(status="Draft"))
    site.write(**days.server.urls() | {"vma": f"http://127.0.0.1:{days.server.port}{PATH}"})
    site.file.write_text(
        site.file.read_text("utf-8").replace("127.0.0.1:1", f"127.0.0.1:{broker_port}")
        + '[place]\ncounty = "23"\nmunicipality = "2321"\n', "utf-8"
    )  # fmt: skip
    days.add(do="trouble", feed="krisinformation", trouble="answers-503")
    gateway.simulated = True
    site.start()
    site.until(lambda: site.state("smhi").checked and site.state().checked and site.state("krisinformation").fault)
    gateway.picture(Power.ON_MAINS, period_s=9000.0, heartbeat_s=9000.0)
    site.until(lambda: "Inga varningar" in shown(site)["checked"])

    days.add(do="serve", path=PATH, body="<!doctype html><title>Logga in</title>", media="text/html")
    site.until(lambda: site.state().fault)
    site.until(lambda: "VMA" in shown(site)["checked"])
    assert "Inga varningar" not in shown(site)["checked"]
    assert "answer is not JSON" in site.state().fault


def test_source_that_says_our_key_back_puts_it_into_no_log(site: Any, days: Any) -> None:
    """An error that quotes the key it was asked with: log, cache and screen tell the error without it."""
    key = site.folder / "road.key"
    key.write_text("hemlig-nyckel-17\n", "utf-8")
    key.chmod(0o600)
    site.write(road=f"http://127.0.0.1:{days.server.port}/road")
    site.file.write_text(
        site.file.read_text("utf-8") + 'key_file = "road.key"\n[place]\ncounty = "23"\nmunicipality = "2321"\n', "utf-8"
    )  # fmt: skip
    error = {"RESPONSE": {"RESULT": [{"ERROR": {"MESSAGE": "Invalid key hemlig-nyckel-17"}}]}}
    days.add(do="serve", path="/road", body=json.dumps(error))
    process = site.start()
    fault = site.until(lambda: site.state("road").fault)
    site.stop(process)

    assert "Invalid key …" in fault
    assert "hemlig" not in site.said()
    assert b"hemlig" not in site.cache.read_bytes()
