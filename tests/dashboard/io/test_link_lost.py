"""A site that falls silent, as the municipality sees it: raised, acknowledged, over; also when the program restarts."""

import asyncio
from typing import Any

import pytest

from dashboard.core.hearing.link_alarm import DELAY_MS
from dashboard.io.store.link_alarms import LinkAlarms
from doors.clock import Clock, spec_of

LOST = "Platsen hörs inte"


def later(office: Any, ms: int) -> None:
    """It is later now, and the program has looked twice."""
    gone = getattr(office, "gone_ms", 0) + ms
    office.gone_ms = gone
    spec = spec_of(1.0, office.site.wall_ms + gone, office.site.up_ms + gone, "office")
    office.desk.clock = Clock.parse(spec, allowed=True)
    asyncio.run(office.desk.watch_links())


@pytest.fixture
def silent(office: Any) -> Any:
    """An office that has not heard its site for long."""
    asyncio.run(office.desk.watch_links())
    later(office, 3600_000)
    later(office, DELAY_MS + 1000)
    return office


def ack(office: Any, number: str = "1", key: str = "link-lost") -> Any:
    """Somebody presses the button."""
    return office.fill("alarms/ack", "ack", key=key, device="site", raised_run="centre", raised_seq=number)


def test_a_silent_site_is_an_alarm_and_a_line(silent: Any) -> None:
    """It stands among the alarms of the site, with what to do, and in the list of what happened."""
    page = silent.page()
    assert 2 <= page.count(LOST)
    assert "Ring någon på platsen" in page


def test_it_is_acknowledged_here_and_not_sent_to_the_site(silent: Any) -> None:
    """The site knows nothing of it; the name stands with the alarm."""
    assert 303 == ack(silent).status_code
    assert () == silent.pending
    assert "Bo" in silent.page().split("panel-alarms")[1]
    assert [False] == [
        row.needs_ack for row in silent.desk.card(silent.desk.settings.site[0], silent.desk.reader("sv")).alarms
    ]


def test_heard_again_and_seen_it_is_gone(silent: Any) -> None:
    """Until somebody has seen it, it stays as returned; afterwards only the lines tell."""
    silent.site.tick(3600_000 + DELAY_MS + 1000)
    silent.say(silent.site.alive())
    asyncio.run(silent.desk.watch_links())
    site = silent.desk.settings.site[0]
    assert ["link-lost"] == [row.key for row in silent.desk.card(site, silent.desk.reader("sv")).alarms]
    ack(silent)
    assert () == silent.desk.card(site, silent.desk.reader("sv")).alarms
    assert "Platsen hörs igen" in silent.page()


def test_it_outlives_the_program(silent: Any) -> None:
    """What was raised and acknowledged stands in the store."""
    ack(silent)
    (loss,) = LinkAlarms(silent.database).lately("are-kall")
    assert (False, ["Bo"]) == (loss.back, [one.who for one in loss.acks])


def test_no_such_alarm_is_one_sentence(silent: Any) -> None:
    """A page that is older than the alarm."""
    answer = ack(silent, "77")
    assert (400, True) == (answer.status_code, "finns inte längre" in answer.text)


def test_it_can_not_be_laid_aside(silent: Any) -> None:
    """The site could not know; whoever has seen it acknowledges it."""
    answer = silent.fill("alarms/shelve", "shelve", key="link-lost", device="site", for_s="1800", comment="semester")
    assert (400, True) == (answer.status_code, "bara kvitteras" in answer.text)


def test_at_the_site_itself_nobody_misses_the_site(owner: Any) -> None:
    """The owner's page raises no such alarm."""
    later(owner, 3600_000)
    later(owner, DELAY_MS + 1000)
    assert () == owner.desk.losses["are-kall"]
