"""An outage over thirty sites before an open overview: in time on screen, and right when server and broker go away."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from bench import dashboard_outage
from bench.dashboard_outage import Stage
from contract.messages import Ack

RATE, HEARTBEAT_S = 240.0, 300.0
"""A silence of three heartbeats is under four real seconds."""
AWAY_S = 6.0
"""Long enough for every site to count as unknown and, if the centre blamed the sites, for an incident of them all."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Thirty sites with mains, a broker and a dashboard of their own."""
    with dashboard_outage.staged(rate=RATE, heartbeat_s=HEARTBEAT_S) as one:
        yield one


@pytest.fixture(scope="module")
def page(chromium: Browser, stage: Stage) -> Iterator[Page]:
    """The overview, open all the while."""
    one = dashboard_outage.watched(chromium, stage)
    one.evaluate("window.same = true")
    yield one
    one.close()


def test_every_message_of_an_outage_comes_on_screen(stage: Stage, page: Page, wait: Any) -> None:
    """One after the other and thirty at once: each row says what its site said, and the page was never loaded anew."""
    figures = dashboard_outage.followed(page, stage, 20)

    assert 20 == figures["n"]
    dashboard_outage.beaten(page, stage, "words => !words.includes('Ingen kontakt')", "all in contact")
    wait(lambda: not dashboard_outage.right(page, stage), "every row as its site said")
    assert page.evaluate("window.same")


def test_two_people_acknowledge_and_take_the_same_at_once(stage: Stage, chromium: Browser, wait: Any) -> None:
    """Both acknowledgements reach the site and both names stand there; of an incident one has it, one is told who."""
    site = next(iter(stage.voices))
    people = [(name, chromium.new_context(locale="sv-SE").new_page()) for name in ("Eva", "Bo")]
    for name, one in people:
        one.goto(f"{stage.url}/sites/{site}")
        one.route("**/panels*", lambda route: route.abort())  # what they see stays what they saw, also while they write
        fold = one.locator('#panel-alarms [id^="fold.ack."]')
        fold.locator("summary").click()
        fold.locator('[name="who"]').fill(name)
    for _, one in people:
        one.evaluate("() => document.querySelector('#panel-alarms [id^=\"form.ack.\"]').requestSubmit()")
    wait(lambda: len(getattr(stage.orders.get(site), "orders", ())) == 2, "both orders")
    voice, orders = stage.voices[site].now(), stage.orders[site].orders
    voice.acks = tuple(
        Ack(id=one.id, who=one.who, role=one.role, wall_ms=one.entered_ms, comment=one.what.comment) for one in orders
    )
    stage.say(voice.status())
    stage.say(voice.alarms())
    for _, one in people:
        one.unroute("**/panels*")
        one.reload()
        both = one.locator("#panel-alarms", has_text="Eva").filter(has_text="Bo")
        both.wait_for()  # what the site said was handed to the broker and may be on its way
    texts = [one.locator("#panel-alarms").inner_text() for _, one in people]

    assert {"Eva", "Bo"} == {one.who for one in orders}
    assert all(name in text for text in texts for name in ("Eva", "Bo"))

    incident = people[0][1].request.get(f"{stage.url}/api/work").json()["incidents"][0]["id"]
    for name, one in people:
        one.goto(f"{stage.url}/incidents/{incident}")
        one.route("**/panels*", lambda route: route.abort())
        fold = one.locator(f'[id="fold.incident:{incident}.take"]')
        fold.locator("summary").click()
        fold.locator('[name="who"]').fill(name)
    for _, one in people:
        one.evaluate("id => document.getElementById(id).querySelector('form').requestSubmit()",
                     f"fold.incident:{incident}.take")  # fmt: skip
    late = wait(lambda: [one for _, one in people if one.locator("#unsent li[data-state=failed]").count()], "the late")
    held = people[0][1].request.get(f"{stage.url}/api/work").json()["incidents"]
    owner = next(one["holding"]["owner"] for one in held if one["id"] == incident)

    assert 1 == len(late)
    assert owner in ("Eva", "Bo")
    assert f"{owner} har det sedan" in late[0].locator("#unsent").inner_text()
    for _, one in people:
        one.context.close()


def test_centre_that_stood_still_blames_no_site(stage: Stage, page: Page) -> None:
    """All of them spoke while it was suspended: it hears that late, and makes no incident of what it did not hear."""
    before = dashboard_outage.work(page, stage)["incidents"]
    for _ in range(3):
        stage.stand_still("dashboard", AWAY_S)
        dashboard_outage.beaten(page, stage, "words => words.every(word => word !== 'Ingen kontakt')", "all heard")

    assert before == dashboard_outage.work(page, stage)["incidents"]


def test_server_killed_in_the_middle_shows_nothing_old_as_new(stage: Stage, page: Page, wait: Any) -> None:
    """The page says that it is old; with the new server no site counts as heard until it is, and then all are right."""
    told = dashboard_outage.killed(page, stage)

    assert 0 == told["old_as_new"]
    wait(lambda: not dashboard_outage.right(page, stage), "every row as its site said")
    assert page.evaluate("window.same")


def test_broker_that_is_away_makes_every_site_unknown_and_blames_none(stage: Stage, page: Page, wait: Any) -> None:
    """The page says what is gone, counts all as unknown, makes no incident of it, and comes back right."""
    told = dashboard_outage.away(page, stage, AWAY_S)

    assert "30 utan kontakt" in told["summary"]
    assert 0 == told["new_incidents"]
    wait(lambda: not dashboard_outage.right(page, stage), "every row as its site said")
