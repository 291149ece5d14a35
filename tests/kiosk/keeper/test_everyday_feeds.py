"""Departures, road, news and events from a real server through a real keeper to the rows of the screen."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest

from contract.content import DOCUMENTS
from contract.freshness import Now
from contract.wire import Moment
from contract.words import Power
from demo.core import village
from doors.clock import Clock
from doors.progress import Progress
from kiosk import config
from kiosk.core.asking.polling import Tier
from kiosk.core.day.section import Section
from kiosk.core.look.theme import Role
from kiosk.core.view import View, view
from kiosk.io.texts import words
from kiosk.io.wake import Doorbell, Waker
from kiosk.keeper import feeds as asking
from kiosk.keeper.feeds import Feeds
from kiosk.keeper.saying import Saying
from kiosk.keeper.shelf import Shelf

KEY = "s&e<c>r'e\"t/+1"
"""What a key may hold at worst."""
MINUTE = 60_000
PLACE = '[place]\ncounty = "23"\nmunicipality = "2321"\nneighbours = ["2260"]\nlatitude = 63.43\nlongitude = 13.08\n'
TREE = {"do": "road", "name": "tree", "headline": "Träd över vägen", "road": "Väg 666", "severity": 5, "ends_h": 9,
        "areas": ("23",), "outline": ((63.5, 13.1),)}  # fmt: skip


class Everyday:
    """A kiosk that asks the four everyday feeds, and what its visitors read."""

    def __init__(self, site: Any, days: Any, gateway: Any, port: int, house: Any) -> None:
        self.site, self.days, self.gateway, self.house = site, days, gateway, house
        self.site.write()
        key = site.folder / "feeds.key"
        key.write_text(KEY + "\n", "utf-8")
        key.chmod(0o600)
        rows = [site.file.read_text("utf-8").replace("127.0.0.1:1", f"127.0.0.1:{port}"), PLACE]
        for name, url in days.server.everyday_urls().items():
            keyed = 'key_file = "feeds.key"\n' if name in ("departures", "road") else ""
            rows.append(f"[feeds.{name}]\nurl = '{url}'\n{keyed}")
        site.file.write_text("\n".join(rows), "utf-8")
        self.settings = config.load(site.file)
        self.clock = Clock.parse(site.spec, allowed=True)

    def start(self) -> Any:
        """A keeper, at a site that is heard to be on mains all day: with power unknown only warnings are asked for."""
        process = self.site.start()

        def heard() -> Any:
            now = self.clock.read()
            at = Moment(boot="gw", up_ms=now.up_ms, wall_ms=now.wall_ms, clock=now.quality)
            self.gateway.say(
                self.house.picture(Power.ON_MAINS, at, simulated=True, period_s=86_400.0, heartbeat_s=86_400.0)
            )
            return self.site.state("news").tried

        self.site.until(heard)
        return process

    @contextmanager
    def asking(
        self, tier: Tier | list[Tier] = Tier.PLENTY, visited: Callable[[], bool] = lambda: True
    ) -> Iterator[None]:
        """The keeper's half that asks, alone: power and visitors as given; of a list the last is the tier now."""
        loop = asyncio.new_event_loop()
        task = loop.create_task(self._ask(tier, visited))
        thread = threading.Thread(target=lambda: loop.run_until_complete(asyncio.wait([task])), daemon=True)
        thread.start()
        try:
            yield
        finally:
            loop.call_soon_threadsafe(task.cancel)
            thread.join(60)
            loop.close()

    async def _ask(self, tier: Tier | list[Tier], visited: Callable[[], bool]) -> None:
        saying = Saying()
        shelf = Shelf(self.settings, saying)
        feeds = Feeds(self.settings, self.clock, shelf, saying, Progress(), knock=lambda: None,
                      tier=lambda: tier[-1] if isinstance(tier, list) else tier, visited=visited)  # fmt: skip
        try:
            await feeds.run()
        finally:
            feeds.close()
            shelf.close()

    def seen(self, later_ms: int = 0, documents: dict[str, Any] | None = None) -> View:
        """The view now, or so much later with nothing heard in between."""
        now, held = self.clock.read(), self.site.held()
        held = held if documents is None else replace(held, documents=documents)
        at = Now(now.up_ms + later_ms, (now.wall_ms or 0) + later_ms, now.quality)
        return view(held, at, words("sv"), "are-kall", True, place=self.settings.here, boot=now.boot)

    def section(self, name: str, **how: Any) -> Section | None:
        """One section, None when there is none."""
        return next((one for one in self.seen(**how).sections if one.name == name), None)

    def until_rows(self, name: str, text: str, detail: str = "") -> Section:
        """The section once a row of it says this."""

        def there() -> Section | None:
            found = self.section(name)
            return found if found and any(text in row.text and detail in row.detail for row in found.rows) else None

        return self.site.until(there)


@pytest.fixture
def everyday(
    site: Any, days: Any, gateway: Any, broker_port: int, house: Any, monkeypatch: pytest.MonkeyPatch
) -> Everyday:
    """An ordinary morning."""
    monkeypatch.setattr(asking, "LOOK_S", 0.1)
    # from the beginning, for the times on the screen are counted from when it was said
    days.at_first(do="departures", name="155", headline="Järpen", clocks=("07:55", "08:20", "09:50"), late_s=240)
    days.at_first(do="departures", name="Båten", headline="Hallön", mode="BOAT", clocks=("08:30",), cancelled=True)
    days.at_first(**TREE)
    days.at_first(do="road", name="far", headline="Vägarbete", severity=2, areas=("23",), outline=((62.0, 14.0),))
    days.at_first(do="news", name="n", headline="Så sandas vägarna", sv="<p>Hämta <b>sand</b> vid butiken.</p>")
    film = {"headline": "Film, med fika", "where": "Bygdegården", "in_days": 2, "clocks": ("18:30",)}
    days.at_first(do="calendar", name="film", **film)
    gateway.simulated = True
    return Everyday(site, days, gateway, broker_port, house)


@pytest.mark.parametrize("rate", [25.0])  # the bus of five to eight leaves after 48 s of the machine's time, not 12
def test_what_four_servers_say_stands_on_the_screen(everyday: Everyday) -> None:
    """Live with its new time, cancelled as such; the tree and how far it is; news as text; the event on its day."""
    everyday.start()
    bus = everyday.until_rows("departures", "Järpen", "just nu")
    tree = everyday.until_rows("road", "Träd").rows
    news, film = everyday.until_rows("news", "sandas"), everyday.until_rows("events", "Film")

    assert "Ny tid, skulle gått kl. 07:55 · Går enligt tavlan just nu" == bus.rows[0].detail
    assert [Role.BAD] == [row.role for row in bus.rows if row.text == "Båten mot Hallön"]
    assert "Data från Trafiklab.se." in bus.note
    assert [("Träd över vägen", "Mycket stor påverkan")] == [(row.text, row.word) for row in tree]  # the far works not
    assert "Hinder · Väg 666 · 8 km härifrån · till kl. 16:40 · Uppgift från kl. 07:40" == tree[0].detail
    assert ("Hämta sand vid butiken.", "Åre kommun") == (news.rows[0].more, news.rows[0].detail.split(" · ")[1])
    assert ("Film, med fika", "tor 18:30", "Bygdegården") == (
        film.rows[0].text, film.rows[0].word, film.rows[0].detail
    )  # fmt: skip


def test_keys_reach_their_servers_and_nothing_else(everyday: Everyday, caplog: pytest.LogCaptureFixture) -> None:
    """The road is asked by POST, for own and neighbouring county; no log, cache or state holds a key, in trouble too.

    What was known stays on the screen; each trouble is one line.
    """
    caplog.set_level(logging.DEBUG)
    with everyday.asking():
        everyday.until_rows("road", "Träd")
        everyday.until_rows("departures", "Järpen")
        everyday.days.add(do="trouble", feed="departures", trouble="garbage")
        everyday.days.add(do="trouble", feed="road", trouble="redirect-away")
        everyday.site.until(lambda: all(everyday.site.state(name).fault for name in ("road", "departures")))
        kept = everyday.site.cache.read_bytes() + everyday.site.cache.with_name("k.sqlite-wal").read_bytes()
    asked = {one.path: one for one in everyday.days.server.requests}
    road, board = asked["/v2/data.json"], asked["/v1/departures/740099901"]

    assert ("POST", "application/xml") == (road.method, road.headers["content-type"])
    assert b'value="23"' in road.body
    assert b'value="22"' in road.body
    assert "key=s%26e%3Cc%3Er%27e%22t%2F%2B1" == board.query
    for told in (caplog.text, kept.decode("latin-1"), str(everyday.site.held().feeds)):
        assert not [secret for secret in (KEY, "s%26e", "s&amp;e") if secret in told]
    assert "Träd över vägen" == everyday.section("road").rows[0].text
    assert any("Järpen" in row.text for row in everyday.section("departures").rows)
    assert 2 == caplog.text.count("what is known is kept")


def test_key_that_is_gone_is_one_sentence(everyday: Everyday) -> None:
    """The others go on, and a new key needs no restart."""
    key = everyday.site.folder / "feeds.key"
    key.write_text("", "utf-8")
    with everyday.asking():
        everyday.until_rows("news", "sandas")
        fault = everyday.site.until(lambda: everyday.site.state("departures").fault)
        without = everyday.section("departures")
        key.write_text(KEY, "utf-8")
        everyday.until_rows("departures", "Järpen")

    assert "no usable key in key_file" in fault
    assert None is without


def test_board_that_nobody_answers_for_gives_way_to_the_timetable(everyday: Everyday) -> None:
    """After minutes no time is live; after an hour only the stored timetable speaks, and says what it is."""
    with everyday.asking():
        everyday.until_rows("departures", "Järpen")
    table = {"timetable": msgspec.convert(village.documents(date(2026, 1, 20))["timetable"], DOCUMENTS["timetable"])}
    soon = everyday.section("departures", later_ms=8 * MINUTE)
    late = everyday.section("departures", later_ms=75 * MINUTE, documents=table)

    assert not [row for row in soon.rows if "just nu" in row.detail]
    assert late.stale
    assert "Har inte kunnat kontrolleras sedan" in late.note
    assert {"Enligt tidtabell"} == {row.detail.split(" · ")[-1] for row in late.rows}


def test_on_reserve_for_long_only_the_roads_are_asked(everyday: Everyday) -> None:
    """Departures, news and calendars cost bytes and power: the stored timetable serves."""
    with everyday.asking(tier=Tier.SAVING):
        everyday.until_rows("road", "Träd")
        time.sleep(0.5)

    assert [0, 0, 0] == [everyday.days.asked(name) for name in ("departures", "news", "calendar")]


def test_board_is_asked_more_often_while_somebody_looks(everyday: Everyday) -> None:
    """Each ten minutes with nobody there; the screen's word that somebody is makes it each two."""
    waker, bell = Waker(everyday.settings.wake_path), Doorbell(everyday.settings.wake_path)
    began_ms = everyday.clock.up_ms()
    with everyday.asking(visited=waker.visited):
        everyday.until_rows("departures", "Järpen")
        time.sleep(1.5)
        alone, alone_s = everyday.days.asked("departures"), everyday.site.state("departures").every_s
        gone_s = (everyday.clock.up_ms() - began_ms) / 1000
        bell.here()
        everyday.site.until(lambda: everyday.days.asked("departures") >= alone + 2)
        every_s = everyday.site.state("departures").every_s
    bell.close()
    waker.close()

    assert (600.0, 120.0) == (alone_s, every_s)
    assert 1 <= alone <= 1 + gone_s // 540  # each a tenth early at most: one, but where the machine stood still


def test_feed_that_rests_says_since_when_and_forgets_it_when_it_is_asked_again(
    everyday: Everyday, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mains, saving, and mains again: resting is told at once, is no fault, and ends with the tier."""
    monkeypatch.setattr(asking, "LOOK_S", 0.1)
    tiers, site = [Tier.PLENTY], everyday.site
    with everyday.asking(tiers):
        everyday.until_rows("departures", "Järpen")
        tiers.append(Tier.SAVING)
        rests = site.until(lambda: site.state("departures").resting)
        state, note = site.state("departures"), everyday.section("departures").note
        warned = site.state("road").resting
        tiers.append(Tier.PLENTY)
        site.until(lambda: site.state("departures").resting is None)
        again = everyday.section("departures").note

    assert ("", None) == (state.fault, warned)
    assert state.checked.up_ms <= rests.up_ms
    assert "för att spara ström" in note
    assert "Kontrollerat kl." in note
    assert "spara ström" not in again
