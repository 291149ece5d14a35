"""axe-core on every page, light and dark, laptop and phone: nothing that shuts anybody out (WCAG 2.2 A and AA).

A page is loaded once and looked at in both ways. Contrast, which takes most of the time, is judged on one text of each
kind (colours, grounds behind it, size, weight). `SOTPUNKT_AXE=all`: on every text, and at both sizes in both colours.
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
ALL = os.environ.get("SOTPUNKT_AXE") == "all"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1366, "height": 768}
LOOKS = [("laptop", LAPTOP, "light"), ("phone", PHONE, "dark")]
if ALL:
    LOOKS += [("phone", PHONE, "light"), ("laptop", LAPTOP, "dark")]
SAID = """(found, told) => [...found, ...told.violations.map(({id, nodes, help}) => {
  const why = (nodes[0].failureSummary || help).split("\\n").slice(1, 3).join(" ").trim();
  return `${id}: ${nodes.length}× ${nodes[0].target.join(" ")} – ${why}`;
})]"""
KINDS = """() => {
  const seen = new Map();
  for (const one of document.querySelectorAll("body *")) {
    const said = [...one.childNodes].some(part => part.nodeType === 3 && part.textContent.trim());
    if (!said && !one.matches("input, select, textarea")) continue;
    const style = getComputedStyle(one), grounds = [];
    for (let under = one; under; under = under.parentElement) {
      const {backgroundColor, backgroundImage, opacity} = getComputedStyle(under);
      grounds.push(backgroundColor, backgroundImage, opacity);
    }
    const plain = grounds.filter(part => part !== "rgba(0, 0, 0, 0)" && part !== "none" && part !== "1");
    const kind = [style.color, style.fontSize, style.fontWeight, style.textShadow, ...plain].join();
    const box = one.getBoundingClientRect();
    if (!seen.has(kind) && box.width > 1 && box.height > 1 && style.visibility === "visible") seen.set(kind, one);
  }
  return [...seen.values()];
}"""
RUN = f"""async ({{rules, first, whole}}) => {{
  const said = {SAID}, kinds = {KINDS};
  const look = {{resultTypes: ["violations"], rules: {{"target-size": {{enabled: true}}}}}};
  const run = (where, only, more) => axe.run(where, {{...look, runOnly: only, rules: {{...look.rules, ...more}}}});
  let found = [];
  const less = {{"color-contrast": {{enabled: false}}}};
  if (first) found = said(found, await run(document, {{type: "tag", values: rules}}, less));
  else found = said(found, await run(document, {{type: "rule", values: ["target-size"]}}));
  const texts = whole ? document : {{include: kinds()}};
  return said(found, await run(texts, {{type: "rule", values: ["color-contrast"]}}));
}}"""


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
    """What is wrong with the page that stands there, in every look."""
    tab.evaluate(AXE)
    found = []
    for number, (size, view, colours) in enumerate(LOOKS):
        tab.set_viewport_size(view)
        tab.emulate_media(color_scheme=colours)
        looked = f"{path} ({size}, {colours})"
        found += [f"{looked} {one}" for one in tab.evaluate(RUN, {"rules": RULES, "first": not number, "whole": ALL})]
        wide = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"{looked} goes {wide} px beyond its right edge"] if wide > 0 else []
    return found


def test_what_shuts_people_out_is_found(own: House, chromium: Browser) -> None:
    """The same look at a page that was made worse finds each thing: a picture without words, a field without a name,
    text that is pale by day or by night, something wider than a phone."""
    tab = chromium.new_context().new_page()
    tab.goto(own.page.url + "/sign-in")
    tab.evaluate("""() => {
        document.querySelector("main").insertAdjacentHTML("beforeend", `<img src=/static/icon.svg><input>
            <p style='color:#999;background:#fff'>pale</p>
            <p style='color:#555;width:900px'>pale at night</p>`)}""")
    told = _found(tab, "/")

    assert [True] * 5 == [
        any(look in one and what in one for one in told)
        for look, what in (
            ("laptop", "image-alt"), ("laptop", "label"), ("light", "color-contrast"), ("dark", "color-contrast: 2×"),
            ("phone", "beyond its right edge"),
        )
    ]  # fmt: skip


def test_pages_of_the_centre_shut_nobody_out(centre: House, chromium: Browser) -> None:
    """All pages of an administrator, with every fold open, and those of somebody who is not signed in."""
    found = _violations(centre.window(chromium), centre, centre.paths(CENTRE))
    found += _violations(chromium.new_context(), centre, list(OUTSIDE))

    assert not found, "\n".join(found)


def test_pages_of_a_site_shut_nobody_out(own: House, chromium: Browser) -> None:
    """The owner's page, the paper, the cards."""
    found = _violations(own.window(chromium), own, list(OWN))
    found += _violations(chromium.new_context(), own, [*OUTSIDE, *OUTSIDE_OWN])

    assert not found, "\n".join(found)
