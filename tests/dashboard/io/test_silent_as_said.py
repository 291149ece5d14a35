"""A site that fell silent as it had foretold: the page says so, and nobody is called to look for it."""

import asyncio
from typing import Any

import msgspec
import pytest

from contract.messages import Farewell
from contract.words import FarewellWhy
from dashboard.core.hearing.link_alarm import DELAY_MS
from doors.clock import Clock, spec_of

LOST = "Platsen hörs inte"
HOUR_MS = 3_600_000


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


def test_the_page_of_a_site_that_is_heard_names_the_hour(office: Any) -> None:
    """Beside what holds now."""
    near = Farewell(why=FarewellWhy.BATTERY, until_ms=office.site.wall_ms, until_up_ms=office.site.up_ms)
    office.say(msgspec.structs.replace(office.site.alive(), farewell=near))
    page = office.page()

    assert "Tystnar" in page
    assert "batteri slut" in page
