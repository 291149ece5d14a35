"""The pages as people and browsers meet them: live, in two languages, framed, readable at two widths."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from contract.judgement import Reason
from contract.words import Power, Readiness, Stream

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
WIDTHS = {"desk": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield one
        one.close()


def _open(browser: Browser, url: str, width: str = "desk", **options: Any) -> tuple[Page, list[str]]:
    """A page, and all that went wrong in it."""
    wide, high = WIDTHS[width]
    page = browser.new_page(viewport={"width": wide, "height": high}, **options)
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.goto(url)
    return page, faults


GREETED = """addEventListener("DOMContentLoaded", () => {
    const lost = document.getElementById("lost-stream");
    new MutationObserver(() => { window.greeted ||= lost.hidden; }).observe(lost, {attributeFilter: ["hidden"]});
})"""


def _greeted(page: Page, url: str) -> Page:
    """The page, once it has heard the server and put in what it said: from then on only news turns its banner."""
    page.add_init_script(GREETED)
    page.goto(url)
    page.wait_for_function("() => window.greeted")
    return page


def test_stream_names_the_site_that_changed(shared: Any, broker: Any, voice: Any) -> None:
    """A browser that listens hears within a moment which site has changed."""
    with urllib.request.urlopen(shared.url + "/events", timeout=30) as stream:
        assert "text/event-stream" in stream.headers["content-type"]
        assert b"event: hello" in _event(stream)

        broker.say(voice("live-a").alive())

        found = (_event(stream) for _ in range(200))  # signs of life and other sites may come before it
        assert any(b"changed" in one and b"live-a" in one for one in found)


def _event(stream: Any) -> bytes:
    lines = []
    while (line := stream.readline()).strip():
        lines.append(line)
    return b"".join(lines)


def test_stop_does_not_wait_for_browsers(dashboard: Any) -> None:
    """A browser that listens does not hold the program open."""
    page = dashboard("stop-a")
    with urllib.request.urlopen(page.url + "/events", timeout=10) as stream:
        _event(stream)

        assert 0 == page.stop()


def test_card_needs_no_script(shared: Any, broker: Any, voice: Any, wait: Any) -> None:
    """Word, shape, since when, fuel and age stand in the page as the server sends it, in both languages."""
    site = voice("words-a")
    broker.say(site.alive(), site.birth(), site.device(fuel__level=62.0), site.state(Power.ON_RESERVE), retain=False)
    wait(lambda: shared.json("/api/sites/words-a")["power"] == "on_reserve", "the state")

    swedish, english = (shared.get(f"/sites/words-a?lang={language}")[1] for language in ("sv", "en"))

    for word in ("På reservkraft", "sedan", "62,0\u00a0%", "Hördes", "<svg"):
        assert word in swedish
    for word in ("On reserve power", "since", "62.0\u00a0%", "Heard", 'lang="en"'):
        assert word in english
    assert "sedan" not in english.replace("are-", "")


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/nowhere", 404, "Den sidan finns inte."),
        ("GET", "/sites/nowhere", 404, "Den platsen finns inte här."),
        ("POST", "/log", 405, "Den här adressen tar emot ett formulär."),
        ("GET", "/api/sites/words-a/events?after=x", 400, "gick inte att läsa"),
    ],
)
def test_what_went_wrong_is_a_page_for_people(shared: Any, method: str, path: str, status: int, words: str) -> None:
    """Whoever came with a browser gets a sentence in their language and a way on, never a program's answer."""
    asked = urllib.request.Request(shared.url + path, method=method, headers={"accept": "text/html"})
    with pytest.raises(urllib.error.HTTPError) as fault:
        urllib.request.urlopen(asked, timeout=10)
    html = fault.value.read().decode()

    assert status == fault.value.code
    assert words in html
    assert "Gå till alla platser" in html


@pytest.mark.parametrize("path", ["/", "/sites/words-a", "/sites/bad-a", "/sites/nowhere"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_pages_are_whole(shared: Any, path: str, language: str) -> None:
    """No template leaves a hole, and every id stands once."""
    html = shared.get(f"{path}?lang={language}", Accept="text/html")[1]

    ids = re.findall(r'\bid="([^"]+)"', html)
    assert html.rstrip().endswith("</html>")
    assert sorted(set(ids)) == sorted(ids)
    assert "None" not in html


def _speak(site: Any, broker: Any) -> None:
    """A site on reserve with alarms, history and events."""
    samples = []
    for seq in range(1, 30):
        site.tick(60_000)
        values = {"fuel.level": site.value(80.0 - seq), "generator.power": site.value(9000.0 + 100 * (seq % 5))}
        samples.append(site.record(seq, "sample", {"device": "genset", "whole": True, "values": values}))
    broker.say(site.batch(*samples, stream=Stream.SAMPLE), site.batch(site.record(1), site.record(2, "on_reserve")))
    broker.say(
        site.alive(), site.birth(), site.device(engine__state="running", fuel__level=50.0, generator__power=9400),
        site.device("meter", meter__voltage_l1n=(None, "comm_error")),
        site.state(Power.ON_RESERVE, readiness=Readiness.REMARKS, endurance=site.endurance(20, 30),
                   reasons=(Reason(key="alarm", detail="device-silent"),)),
        site.alarms(site.alarm(), site.alarm("gen-shutdown", 9, priority=1)), retain=False,
    )  # fmt: skip


@pytest.mark.parametrize("width", WIDTHS)
def test_site_page_in_a_browser(
    shared: Any, broker: Any, voice: Any, wait: Any, browser: Browser, width: str, tmp_path: Path
) -> None:
    """Nothing is cut, the curves are drawn, no script fails, targets are large enough for a thumb."""
    site = voice("run-a", simulated=True)
    _speak(site, broker)
    wait(lambda: shared.json("/api/sites/run-a")["alarms"], "the site")

    page, faults = _open(browser, shared.url + "/sites/run-a", width)
    for one in ("level", "load"):
        page.wait_for_selector(f"#curve-{one} canvas")
    page.screenshot(path=tmp_path / "site.png", full_page=True)

    assert [] == faults
    assert WIDTHS[width][0] == page.evaluate("document.documentElement.scrollWidth")
    assert {"curve-level", "curve-load"} <= {one.get_attribute("id") for one in page.locator(".curve").all()}
    assert page.get_by_text("SIMULERING").first.is_visible()
    assert all(48 <= height for height in page.evaluate(HEIGHTS, "button, summary, .button"))
    assert (page.locator('[data-signal="meter.voltage_l1n"]').text_content() or "").count("enheten svarar inte") == 1
    assert (tmp_path / "site.png").stat().st_size > 20_000
    page.close()


def test_page_is_live_and_keeps_what_is_typed(
    shared: Any, broker: Any, voice: Any, wait: Any, browser: Browser
) -> None:
    """A change is shown without a reload; the name somebody is typing stays; the order waits for the site."""
    site = voice("old-a")
    broker.say(site.alive(), site.state(Power.ON_MAINS), site.alarms(site.alarm()), retain=False)
    wait(lambda: shared.json("/api/sites/old-a")["alarms"], "the site")
    page, faults = _open(browser, shared.url + "/sites/old-a")
    page.locator("summary", has_text="Kvittera").click()
    asked = page.locator("#panel-alarms").get_by_label("Vem är du?").first
    asked.fill("Jour Ett")

    broker.say(site.tick().state(Power.DEAD), retain=False)
    page.locator("#panel-state .if-contact", has_text="Strömlös").first.wait_for()
    assert "Jour Ett" == asked.input_value()
    page.get_by_role("button", name="Kvittera").click()
    page.locator("#panel-orders .waiting").wait_for()

    page.locator("summary", has_text="Kvittera").wait_for(state="detached")
    assert [] == faults
    page.close()


HEIGHTS = """(selector) => [...document.querySelectorAll(selector)]
    .filter((one) => one.checkVisibility({visibilityProperty: true}))
    .map((one) => one.getBoundingClientRect()).filter((box) => box.width && box.height).map((box) => box.height)"""
"""Of all that is seen, in one look: a panel may be drawn anew at any time."""
WATCHED = """() => {
    const lost = document.getElementById("lost-stream");
    window.told = [];
    new MutationObserver(() => window.told.push(
        [lost.hidden ? "gone" : "lost", document.querySelector("#panel-state .if-contact .badge").textContent.trim()]
    )).observe(lost, {attributes: true, attributeFilter: ["hidden"]});
}"""
"""Writes down at every turn of the banner what the page says of power at that moment."""
TURNED = """() => {
    const panel = document.getElementById("panel-state");
    window.turned = [];
    const note = () => {
        const value = panel.querySelector(".value");
        if (value) window.turned.push([value.dataset.freshness, value.innerText]);
    };
    note();
    new MutationObserver(note).observe(panel, {attributes: true, childList: true, subtree: true});
}"""
"""Writes down what the first value says whenever it turns: what is old for three seconds may be looked at too late."""


def test_network_that_was_away_leaves_nothing_old_as_new(
    shared: Any, broker: Any, voice: Any, wait: Any, browser: Browser
) -> None:
    """The banner is there as long as the network is away, and goes only when what happened meanwhile stands there."""
    site = voice("net-a")
    broker.say(site.alive(), site.state(Power.ON_MAINS), retain=False)
    wait(lambda: shared.json("/api/sites/net-a")["power"] == "on_mains", "the site")
    page = _greeted(browser.new_page(), shared.url + "/sites/net-a")
    page.evaluate(WATCHED)

    page.context.set_offline(True)
    page.locator("#lost-stream").wait_for(state="visible")
    broker.say(site.tick().state(Power.DEAD), retain=False)
    wait(lambda: shared.json("/api/sites/net-a")["power"] == "dead", "the outage")
    page.context.set_offline(False)
    page.locator("#lost-stream").wait_for(state="hidden")

    told = page.evaluate("window.told")
    assert ["lost", "El från nätet"] == told[0]
    assert {"Strömlös"} == {power for banner, power in told if banner == "gone"}
    page.close()


def test_machine_that_slept_wakes_with_old_ages_and_asks_anew(
    shared: Any, broker: Any, voice: Any, wait: Any, browser: Browser
) -> None:
    """Ages have grown by the sleep at once, the stream is opened anew, and until it has answered the banner stands."""
    site = voice("nap-a")
    broker.say(site.alive(), site.birth(), site.device(fuel__level=62.0), site.state(Power.ON_MAINS), retain=False)
    wait(lambda: shared.json("/api/sites/nap-a")["power"] == "on_mains", "the site")
    page = browser.new_page()
    page.clock.install()
    _greeted(page, shared.url + "/sites/nap-a")
    streams: list[str] = []
    page.on("request", lambda one: streams.append(one.url) if one.url.endswith("/events") else None)
    page.evaluate(WATCHED)
    page.evaluate("""() => { window.ages = []; window.slept = Date.now(); new MutationObserver(() => window.ages.push(
        [Date.now() - window.slept, document.querySelector("#panel-state .value").dataset.freshness])
    ).observe(document.getElementById("panel-state"), {attributes: true, childList: true, subtree: true}); }""")

    page.clock.fast_forward(120_000)
    page.wait_for_function("() => window.told.length >= 2 && window.told.at(-1)[0] === 'gone'")

    assert 1 <= len(streams)
    assert ["lost", "gone"] == [banner for banner, _ in page.evaluate("window.told.slice(0, 2)")]
    assert "stale" == next(freshness for at_ms, freshness in page.evaluate("window.ages") if at_ms >= 120_000)
    page.close()


def test_keyboard_stays_where_it_was_when_the_page_changes(
    shared: Any, broker: Any, voice: Any, wait: Any, browser: Browser
) -> None:
    """A fold, a choice and a button keep the focus over news of the site; what is gone leaves it in its panel."""
    site = voice("nap-b")
    broker.say(site.alive(), site.state(Power.ON_MAINS), site.alarms(site.alarm()), retain=False)
    wait(lambda: shared.json("/api/sites/nap-b")["alarms"], "the site")
    page, faults = _open(browser, shared.url + "/sites/nap-b")
    fold = page.locator("#panel-alarms summary", has_text="Kvittera")
    fold.click()
    kept = []
    for number, part in enumerate((fold, page.locator("#panel-alarms button").first)):
        part.focus()
        before = page.evaluate("document.activeElement.textContent")
        broker.say(site.tick().state((Power.DEAD, Power.ON_RESERVE)[number]), retain=False)
        page.locator("#panel-state .if-contact", has_text=("Strömlös", "På reservkraft")[number]).first.wait_for()
        page.wait_for_function("() => document.activeElement !== document.body")
        kept.append(before == page.evaluate("document.activeElement.textContent"))
    broker.say(site.tick().alarms(revision=2), retain=False)
    page.locator("#panel-alarms", has_text="Inga larm").wait_for()
    page.wait_for_function("() => document.activeElement.id === 'panel-alarms'")

    assert [True, True] == kept
    assert "panel-alarms" == page.evaluate("document.activeElement.id")
    assert [] == faults
    page.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_entry_page_in_a_browser(shared: Any, broker: Any, voice: Any, wait: Any, browser: Browser, width: str) -> None:
    """The sentence stands at the field, what is kept says so, the name is asked once, and nothing is cut."""
    name = f"enter-{width}"
    broker.say(voice(name).alive(), retain=False)
    wait(lambda: shared.json(f"/api/sites/{name}")["contact"]["silence_ms"] is not None, "the site")
    page, faults = _open(browser, f"{shared.url}/sites/{name}/enter", width)
    page.locator("summary", has_text="Bränsle i tankarna").click()
    form = page.locator('[id="form.report-fuel"]')
    form.get_by_label("Liter i elverkets tank").fill("många")
    form.get_by_label("Vem är du?").fill("Handlaren")
    form.get_by_role("button").click()
    form.get_by_text("Skriv ett tal, till exempel 120 eller 7,5.").wait_for()
    faults.clear()  # the browser itself notes the refused request

    form.get_by_label("Liter i elverkets tank").fill("430,5")
    form.get_by_role("button").click()
    form.get_by_text("Sparat. Väntar på platsen.").wait_for()
    form.get_by_label("Liter i mackens tank").fill("2 300")
    form.get_by_role("button").click()
    page.locator("#panel-orders li").nth(1).wait_for()

    expect(page.locator("#panel-orders .waiting", has_text="väntar på platsen")).to_have_count(2)
    assert "Handlaren" == form.get_by_label("Vem är du?").input_value()
    assert WIDTHS[width][0] == page.evaluate("document.documentElement.scrollWidth")
    assert all(44 <= height for height in page.evaluate(HEIGHTS, "button, summary, .choice, input:not([type=radio])"))
    assert [] == faults
    page.close()


def test_page_turns_by_itself_when_the_server_is_gone(
    dashboard: Any, broker: Any, voice: Any, wait: Any, browser: Browser
) -> None:
    """kill -9 of the server: the page says so, ages go on, values turn old and then the site unknown."""
    server = dashboard("gone-a", options=("--clock", "rate=20,quality=unsynced"))
    site = voice("gone-a")
    wait(lambda: server.json("/healthz")["broker"], "the link")
    messages = [site.alive(heartbeat_s=40), site.birth(period_s=20, heartbeat_s=40), site.device(fuel__level=62.0)]
    broker.say(*messages, site.state(Power.ON_MAINS), retain=False)
    wait(lambda: server.json("/api/sites/gone-a")["contact"]["in_contact"], "the site")
    page, _ = _open(browser, server.url + "/sites/gone-a")
    page.evaluate(TURNED)

    server.kill()

    page.locator("#lost-stream").wait_for(state="visible")
    fuel = page.locator("#panel-state .value").first
    page.wait_for_function("() => window.turned.some(([freshness]) => freshness === 'stale')")
    assert "gammalt" in page.evaluate("window.turned.find(([freshness]) => freshness === 'stale')[1]")
    page.locator("#panel-state .if-lost", has_text="Ingen kontakt").first.wait_for()
    assert "vet inte" in fuel.inner_text()
    assert page.get_by_text("Senast känt: El från nätet").is_visible()
    page.close()
