"""A site that fell silent as it had foretold: the page says so, and nobody is called to look for it."""

import asyncio
from typing import Any

import msgspec
import pytest

from contract import topics
from contract.messages import Farewell, encode
from contract.words import FarewellWhy
from dashboard.core.hearing.link_alarm import DELAY_MS
from dashboard.core.hearing.picture import SitePicture
from doors.clock import Clock, spec_of

LOST = "Platsen hörs inte"
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


def later(office: Any, ms: int) -> None:
    """It is so much later than when the site spoke, and the program looks."""
    office.desk.clock = Clock.parse(
        spec_of(1.0, office.site.wall_ms + ms, office.site.up_ms + ms, "office"), allowed=True
    )
    asyncio.run(office.desk.watch_links())


def goodbye(office: Any, why: FarewellWhy) -> None:
    """The last status of the site."""
    until = {"until_ms": office.site.wall_ms, "until_up_ms": office.site.up_ms} if why is FarewellWhy.BATTERY else {}
    office.say(msgspec.structs.replace(office.site.alive(online=False), farewell=Farewell(why=why, **until)))


@pytest.mark.parametrize(
    ("lost", "words", "why"),
    [
        (False, "Tystnade som sagt", FarewellWhy.BATTERY),
        (True, "Ingen kontakt", FarewellWhy.PLANNED),
    ],
)
def test_a_death_foretold_raises_no_alarm_and_planned_work_for_an_hour_none(
    lost: bool, words: str, why: FarewellWhy, office: Any
) -> None:
    """A battery that is empty is empty for days; planned work that goes on for hours is looked into."""
    goodbye(office, why)
    later(office, 0)
    later(office, DELAY_MS + 1000)
    soon = office.page()
    for hours in (2, 3):
        later(office, hours * HOUR_MS)
    late = office.page()

    assert LOST not in soon
    assert (lost, True) == (LOST in late, words in late)


@pytest.mark.parametrize(("taken_back", "words"), [(False, "Tystnade som sagt"), (True, "Ingen kontakt")])
def test_a_centre_that_starts_anew_knows_what_was_foretold(taken_back: bool, words: str, office: Any) -> None:
    """The broker keeps only the will, which was written before; the site's own records tell of its end."""
    site, will = office.site, office.site.alive(online=False)
    site.tick(60_000)
    params = {"left": "540", "until": str(site.wall_ms + 540_000)}
    told = [site.record(1, "box_ending", {"detail": "", "key": "box_ending", "params": params})]
    told += [site.record(2, "box_stays", {"detail": "", "key": "box_fed"})] if taken_back else []
    office.say(site.batch(*told))
    office.desk.pictures["are-kall"] = SitePicture(site="are-kall")
    office.desk.receive(topics.status("are-kall"), encode(will), True)
    later(office, 0)
    later(office, DELAY_MS + 1000)

    assert (taken_back, True) == (LOST in (page := office.page()), words in page)


@pytest.mark.parametrize("left", [None, 540, "-1", "9" * 400, "x", {}])
def test_an_end_that_nobody_can_read_excuses_nothing(left: Any, office: Any) -> None:
    """What stands in a record is a site's word, and hostile until it is read."""
    office.say(office.site.batch(office.site.record(1, "box_ending", {"detail": "", "params": {"left": left}})))
    office.desk.pictures["are-kall"] = SitePicture(site="are-kall")
    office.desk.receive(topics.status("are-kall"), encode(office.site.alive(online=False)), True)

    assert "Tystnade som sagt" not in office.page()


def test_the_page_of_a_site_that_is_heard_names_the_hour(office: Any) -> None:
    """Beside what holds now."""
    near = Farewell(why=FarewellWhy.BATTERY, until_ms=office.site.wall_ms, until_up_ms=office.site.up_ms)
    office.say(msgspec.structs.replace(office.site.alive(), farewell=near))
    page = office.page()

    assert "Tystnar" in page
    assert "batteri slut" in page


@pytest.mark.parametrize(("minutes", "heard"), [(0, True), (20, False)])
def test_word_that_lay_in_a_broker_for_twenty_minutes_is_no_contact(
    minutes: int, heard: bool, office: Any, voice: Any
) -> None:
    """A broker stood still while the box restarted; what it had said before that is heard first of all of its boot."""
    said = voice("are-kall", boot="boot-2").alive()
    later(office, minutes * MINUTE_MS)
    office.say(said)

    assert heard is office.desk.pictures["are-kall"].in_contact(office.desk.now())
