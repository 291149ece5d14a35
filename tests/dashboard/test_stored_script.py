"""Markup in every text that anybody can write, on every page, in a real browser: words, and nothing that runs."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext

from . import house as houses
from .browsing import go_on
from .house import CENTRE, EVIL, OUTSIDE, OUTSIDE_OWN, OWN, House


@pytest.fixture(scope="module")
def centre(dashboard_of_module: Any, broker: Any) -> Iterator[House]:
    """The municipality's."""
    yield from houses.centre(dashboard_of_module, broker)


@pytest.fixture(scope="module")
def own(dashboard_elsewhere: Any, broker: Any) -> Iterator[House]:
    """The site's."""
    yield from houses.own(dashboard_elsewhere, broker)


def _looked_at(window: BrowserContext, house: House, paths: list[str]) -> tuple[list[str], dict[str, str], set[str]]:
    """(what went wrong, text by page, hosts that were asked) of all pages."""
    wrong: list[str] = []
    shown: dict[str, str] = {}
    asked: set[str] = set()
    window.on("request", lambda one: asked.add(urlsplit(one.url).netloc or urlsplit(one.url).scheme))
    tab = window.new_page()
    now = ""
    tab.on("dialog", lambda one: (wrong.append(f"{now}: dialog"), one.dismiss()))
    tab.on("pageerror", lambda fault: wrong.append(f"{now}: {fault}"))
    tab.on("console", lambda said: wrong.append(f"{now}: {said.text}") if "Content Security" in said.text else None)
    for now in paths:
        tab.goto(house.page.url + now)
        tab.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")  # drawn once, modules too
        if tab.evaluate("top.bad") or tab.locator("img[src=x], svg[onload], [onerror]").count():
            wrong.append(f"{now}: it ran")
        shown[now] = tab.locator("body").inner_text()
        if "49" in shown[now].replace("{{7*7}}", "") and EVIL.replace("{{7*7}}", "49") in shown[now]:
            wrong.append(f"{now}: a template read it")
    return wrong, shown, asked


def test_no_text_of_the_centre_runs(centre: House, chromium: Browser) -> None:
    """Names of sites and people, comments, notes, messages, alarms, what a site says: intact, and only words; the
    policy had nothing to stop, and nobody but the server was asked."""
    wrong, shown, asked = _looked_at(centre.window(chromium), centre, centre.paths(CENTRE))
    without = [path for path, text in shown.items() if EVIL not in text and path != "/sites/nowhere"]

    assert [] == wrong
    assert [] == without
    assert asked <= {urlsplit(centre.page.url).netloc, "data", "blob"}


def test_no_text_of_a_site_runs(own: House, chromium: Browser) -> None:
    """The same on the owner's page, on paper, and on cards."""
    wrong, shown, asked = _looked_at(own.window(chromium), own, list(OWN))

    assert [] == wrong
    assert EVIL in shown["/sites/are-kall/passes"]
    assert asked <= {urlsplit(own.page.url).netloc, "data", "blob"}


def test_nothing_that_is_sent_back_runs(centre: House, own: House, chromium: Browser) -> None:
    """What was typed wrong comes back in its field, on pages of people who are not signed in too."""
    outside = [*OUTSIDE, *OUTSIDE_OWN, f"/?lang={EVIL}", f"/pass/{EVIL}"]
    wrong, _, asked = _looked_at(chromium.new_context(), own, outside)
    window = centre.window(chromium)
    seen, _, others = _looked_at(
        window, centre,
        [f"/?q={EVIL}&region={EVIL}", f"/alarms?place={EVIL}", f"/refuelling?region={EVIL}", f"/reports?saved={EVIL}",
         f"/messages/none?sent={EVIL}", f"/sites/are-kall/alarm-history?key={EVIL}", f"/sign-in?next={EVIL}",
         f"/{EVIL}"],
    )  # fmt: skip
    tab = window.new_page()
    tab.goto(f"{centre.page.url}/reports")
    tab.fill('[name="line"]', EVIL)
    go_on(tab, "main form button")

    assert [] == wrong + seen
    assert EVIL == tab.input_value('[name="line"]')
    assert not tab.evaluate("top.bad")
    assert asked | others <= {urlsplit(one.page.url).netloc for one in (centre, own)} | {"data", "blob"}
