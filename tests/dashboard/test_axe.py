"""axe-core on every page, light and dark, phone and laptop: nothing that shuts anybody out (WCAG 2.2 A and AA).

`SOTPUNKT_AXE=all` looks at each page at both sizes in both colours; without it each colour is seen at one size.
"""

import os
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from . import house as houses
from .house import CENTRE, OUTSIDE, OUTSIDE_OWN, OWN, House

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async rules => (await axe.run(document, {
    runOnly: {type: "tag", values: rules}, resultTypes: ["violations"],
    rules: {"target-size": {enabled: true}},
})).violations.map(one => `${one.id}: ${one.nodes.length}× ${one.nodes[0].target.join(" ")} – ${
    (one.nodes[0].failureSummary || one.help).split("\\n").slice(1, 3).join(" ").trim()}`)"""
PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1366, "height": 768}
LOOKS = [("phone", PHONE, "dark"), ("laptop", LAPTOP, "light")]
if os.environ.get("SOTPUNKT_AXE") == "all":
    LOOKS += [("phone", PHONE, "light"), ("laptop", LAPTOP, "dark")]
NAMES = [f"{size}-{colours}" for size, _, colours in LOOKS]


@pytest.fixture(scope="module")
def centre(dashboard_of_module: Any, broker: Any) -> Iterator[House]:
    """The municipality's."""
    yield from houses.centre(dashboard_of_module, broker)


@pytest.fixture(scope="module")
def own(dashboard_elsewhere: Any, broker: Any) -> Iterator[House]:
    """The site's."""
    yield from houses.own(dashboard_elsewhere, broker)


def _violations(window: BrowserContext, house: House, paths: list[str]) -> list[str]:
    tab, found = window.new_page(), []
    for path in paths:
        tab.goto(house.page.url + path)
        tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found += _found(tab, path)
    window.close()
    return found


def _found(tab: Page, path: str) -> list[str]:
    tab.evaluate(AXE)
    found = [f"{path} {one}" for one in tab.evaluate(RUN, RULES)]
    wide = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, f"{path} goes {wide} px beyond its right edge"] if wide > 0 else found


def test_what_shuts_people_out_is_found(own: House, chromium: Browser) -> None:
    """The same look at a page that was made worse finds each thing: a picture without words, a field without a name,
    pale text, something wider than the page."""
    tab = chromium.new_context(viewport=PHONE).new_page()
    tab.goto(own.page.url + "/sign-in")
    tab.evaluate("""() => document.querySelector("main").insertAdjacentHTML("beforeend",
        "<img src=/static/icon.svg><input><p style='color:#bbb;background:#fff;width:900px'>pale</p>")""")
    told = " ".join(_found(tab, "/"))

    assert [True] * 4 == [one in told for one in ("image-alt", "label", "color-contrast", "beyond its right edge")]


@pytest.mark.parametrize(("_", "size", "colours"), LOOKS, ids=NAMES)
def test_pages_of_the_centre_shut_nobody_out(
    centre: House, chromium: Browser, _: str, size: Any, colours: Any
) -> None:  # fmt: skip
    """All pages of an administrator, with every fold open, and those of somebody who is not signed in."""
    window = centre.window(chromium, viewport=size, color_scheme=colours)
    outside = chromium.new_context(viewport=size, color_scheme=colours)
    found = _violations(window, centre, centre.paths(CENTRE)) + _violations(outside, centre, list(OUTSIDE))

    assert not found, "\n".join(found)


@pytest.mark.parametrize(("_", "size", "colours"), LOOKS, ids=NAMES)
def test_pages_of_a_site_shut_nobody_out(
    own: House, chromium: Browser, _: str, size: Any, colours: Any
) -> None:  # fmt: skip
    """The owner's page, the paper, the cards."""
    window = own.window(chromium, viewport=size, color_scheme=colours)
    outside = chromium.new_context(viewport=size, color_scheme=colours)
    found = _violations(window, own, list(OWN)) + _violations(outside, own, [*OUTSIDE, *OUTSIDE_OWN])

    assert not found, "\n".join(found)
