"""The overview in a real browser: an outage over thirty sites followed live, and what is shown when nobody answers."""

import gzip
import json
import re
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from contract.words import Power
from tests.ports import free_port

from .browsing import promised, texts
from .conftest import Dashboard, settings_text, until
from .site_voice import Voice
from .tiles_made import BLACK, WHITE, picture, write

COUNT = 30
NAMES = tuple(f"ov-s{number:02}" for number in range(COUNT))
REGIONS = ("Norra kommunen", "Södra kommunen")
WALK_MS = 30_000
TILES = [(9, column, line, picture(BLACK if column % 2 else WHITE)) for column in (273, 274) for line in (138, 139)]
"""Black and white, the worst that can lie under a name; the sheet reaches further than they do."""
OUTLINE = {"type": "LineString", "coordinates": [[12.9, 63.0], [13.5, 63.3], [14.2, 63.1]]}


class Played:
    """Thirty sites, the program that hears them, and what they say."""

    def __init__(self, server: Any, broker: Any) -> None:
        self.server, self._broker = server, broker
        self.voices = {name: Voice(name) for name in NAMES}

    def say(self, name: str, power: Power, **state: Any) -> None:
        """One site says how it stands; kept by the broker."""
        site = self.voices[name].tick()
        self._broker.say(site.state(power, since=site.moment(60_000), **state))

    def hello(self, name: str) -> None:
        """One site's sign of life, and how it stands."""
        site = self.voices[name].tick()
        self._broker.say(site.alive(), site.state())

    def begin(self) -> None:
        """All have mains."""
        for site in self.voices.values():
            site.tick(10_000_000)
            self._broker.say(site.alive(), site.birth())
            self.say(site.site, Power.ON_MAINS, endurance=site.endurance(30, 40))
        until(lambda: f"{COUNT} platser. Alla platser har el" in self.server.get("/")[1], "all sites")


@pytest.fixture(scope="module")
def thirty(tmp_path_factory: pytest.TempPathFactory, broker: Any) -> Iterator[Played]:
    """Thirty sites with mains, on a map with borders and tiles."""
    folder, text = tmp_path_factory.mktemp("thirty"), settings_text(NAMES, broker.port)
    # it comes back at the same address: one that the kernel chose may have gone to somebody else meanwhile
    text = text.replace("port = 0", f"port = {free_port()}", 1)
    (folder / "outline.geojson").write_text(json.dumps(OUTLINE), "utf-8")
    write(folder / "map.mbtiles", TILES, minzoom="9", maxzoom="9", attribution="<b>© Kartan</b> &amp; vänner")
    for number, name in enumerate(NAMES):
        told = f'id = "{name}"\nregion = "{REGIONS[number % 2]}"\ntank_l = 1000\n'
        place = f"lat = {63 + number % 6 / 10}\nlon = {13 + number // 6 / 10}\n" if number else ""
        text = text.replace(f'id = "{name}"\n', told + place)
    grounds = 'outline_file = "outline.geojson"\ntiles_file = "map.mbtiles"\n'
    server = Dashboard(folder, text.replace("[view]\n", f"[view]\n{grounds}")).start()
    until(lambda: server.json("/healthz")["broker"], "the link")
    played = Played(server, broker)
    played.begin()
    yield played
    if server.process and server.process.poll() is None:
        server.kill()


@pytest.fixture
def window(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser of one person, with nothing kept from before."""
    one = chromium.new_context(viewport={"width": 1366, "height": 768})
    yield one
    one.close()


def _open(window: BrowserContext, url: str) -> tuple[Page, list[str]]:
    page = window.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.goto(url)
    return page, faults


def _kept(page: Page, address: str) -> None:
    """Until the worker rules the page and has kept this address and its style."""
    promised(
        page,
        "async (address) => navigator.serviceWorker.controller"
        " && Boolean(await (await caches.open('sotpunkt-pages-1')).match(address))"
        " && Boolean(await (await caches.open('sotpunkt-files-1')).match('/static/page.js'))",
        address,
    )


KEPT_SINCE = """async () => {
    const held = await (await caches.open("sotpunkt-pages-1")).match("/");
    const came = performance.timeOrigin + performance.getEntriesByType("navigation")[0].responseStart;
    return held && Number(held.headers.get("x-kept-at")) > came;
}"""
"""Is what is kept newer than the page that stands here?

The page asks for it by itself, too: an answer that is under way when somebody signs out would be kept where, as in
this test, nobody needs to sign in."""


def test_outage_is_followed_on_the_screen(thirty: Played, window: BrowserContext) -> None:
    """Site after site loses mains: each is in its place with its word, and the sentences count, without a reload."""
    page, faults = _open(window, thirty.server.url + "/")
    page.evaluate("window.same = true")

    for number, name in enumerate(NAMES[:12]):
        power = (Power.ON_RESERVE, Power.DEAD, Power.ON_BATTERY)[number % 3]
        word = {"on_reserve": "På reservkraft", "dead": "Strömlös", "on_battery": "På batteri"}[power.value]
        thirty.say(name, power)
        page.locator(f"#row-{name} .row-state .if-contact", has_text=word).wait_for(timeout=WALK_MS)
    page.get_by_text("30 platser: 4 utan ström, 4 på batteri, 4 på reservkraft, 18 på nätet.").wait_for()

    words = texts(page, "#rows .row-state .if-contact")
    order = [word.strip() for word in words]
    assert ["Strömlös"] * 4 + ["På batteri"] * 4 + ["På reservkraft"] * 4 + ["El från nätet"] * 18 == order
    expect(page.get_by_text("Elavbrott Norra kommunen: 2 platser utan ström, 2 platser på batteri")).to_be_visible()
    assert page.evaluate("window.same")
    assert [] == faults


def test_region_pressed_narrows_list_and_map(thirty: Played, window: BrowserContext) -> None:
    """A region's sentence leads to its sites alone, by the address; pressed once more all are there."""
    page, _ = _open(window, thirty.server.url + "/")
    page.locator(".region", has_text="Södra kommunen").click()

    page.wait_for_url("**region=S**")
    assert 15 == page.locator("#rows .row").count()
    assert page.get_by_text("15 av 30 platser visas.").is_visible()
    page.locator(".region[aria-current]").click()
    page.wait_for_url(lambda url: "region=" not in url)
    assert COUNT == page.locator("#rows .row").count()


def test_map_is_reached_by_keyboard_and_lists_who_has_no_place(thirty: Played, window: BrowserContext) -> None:
    """Every symbol is a link with a name; nothing comes from another address; a site without position stands below."""
    page = window.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(thirty.server.url + "/")
    page.wait_for_function("() => document.getElementById('lost-stream').hidden && performance.now() > 1000")
    links = page.locator("#panel-map a.pin")
    first = links.first
    first.focus()

    assert first.evaluate("(one) => one === document.activeElement")
    assert all(one.get_attribute("aria-label") for one in links.all())
    assert page.locator("#panel-map path.border").get_attribute("d")
    assert page.locator("#panel-map").get_by_text("Utan position").is_visible()
    assert all(one.startswith((thirty.server.url, "data:")) for one in asked)


def test_tiles_lie_under_the_sites_and_come_from_here(thirty: Played, window: BrowserContext) -> None:
    """Every tile is a picture that may be kept; where the file has none there is nothing, and nobody complains."""
    answers = []
    page = window.new_page()
    page.on("response", lambda answer: answers.append(answer) if "/tiles/" in answer.url else None)
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    page.goto(thirty.server.url + "/")
    tiles = page.locator("#panel-map .tiles image")
    order = page.locator("#panel-map svg > *").evaluate_all(
        "(all) => all.map((one) => one.classList[0] ?? one.tagName)"
    )

    assert tiles.count() == len(answers)
    assert {(200, "image/png")} == {(one.status, one.headers["content-type"]) for one in answers}
    kept = ["immutable" in one.headers["cache-control"] for one in answers]
    assert 0 < sum(kept) < len(kept)
    assert order.index("tiles") < order.index("border") < order.index("pin")
    assert page.get_by_text("Kartbild: © Kartan & vänner").is_visible()
    assert [] == said


def test_whole_overview_is_light(thirty: Played) -> None:
    """Page, styles and scripts of thirty sites stay under 150 kB compressed."""
    total = 0
    html = _compressed(thirty.server.url + "/")
    text = gzip.decompress(html).decode()
    links = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', text))
    modules = {f"/static/{one}" for one in ("ages.js", "curve.js", "orders.js", "overview.js", "panels.js", "stream.js",
                                            "keeping.js", "elapsed.js", "map.js", "pressed.js")}  # fmt: skip
    for address in links | modules:
        total += len(_compressed(thirty.server.url + address))

    assert len(html) + total < 150_000


def _compressed(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"accept-encoding": "gzip", "accept": "text/html"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        body: bytes = answer.read()
        assert answer.headers["content-encoding"] == "gzip" or len(body) < 1000
        return body


def test_only_what_changed_is_fetched(thirty: Played) -> None:
    """A browser that has all rows gets none; one that lacks one gets that one."""
    first = thirty.server.json("/rows")
    versions = {name: re.search(r'data-version="(\w+)"', html)[1] for name, html in first["rows"].items()}  # type: ignore[index]
    drawn = re.search(r'data-drawn="(\w+)"', first["panels"]["map"])[1]  # type: ignore[index]
    have = [f"{name}.{version}" for name, version in versions.items()]

    again = thirty.server.json(f"/rows?have={','.join(have)}&drawn={drawn}")
    lacking = thirty.server.json(f"/rows?have={','.join(have[1:])}")

    assert COUNT == len(first["rows"])
    assert ({}, False) == (again["rows"], "map" in again["panels"])
    assert [have[0].split(".")[0]] == list(lacking["rows"])


@pytest.mark.parametrize(
    "query", ["?page=99999", "?area=nan,1,2,3", "?show=%00&sort=x", "?q=" + "x" * 500, "?region=%22%3E"]
)
def test_strange_address_is_answered(thirty: Played, query: str) -> None:
    """Whatever stands in the address, there is a page, and nothing of it is taken for markup."""
    status, html = thirty.server.get("/" + query)

    assert 200 == status
    assert '"><' not in query or query not in html
    assert 200 == thirty.server.get("/rows" + query)[0]
    assert 200 == thirty.server.get("/refuelling" + query)[0]


@pytest.mark.parametrize("path", ["/", "/refuelling?all=1"])
def test_nothing_is_cut_at_any_width(thirty: Played, chromium: Browser, path: str) -> None:
    """No sideways scrolling from the smallest phone to the wall."""
    page = chromium.new_page(viewport={"width": 320, "height": 800})
    page.goto(thirty.server.url + path)

    for width in (320, 390, 800, 1366, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert width >= page.evaluate("document.documentElement.scrollWidth")
    page.close()


@pytest.mark.parametrize(("width", "height", "rows"), [(1366, 768, 12), (1920, 1080, COUNT)])
def test_rows_are_seen_without_scrolling(
    thirty: Played, chromium: Browser, width: int, height: int, rows: int
) -> None:  # fmt: skip
    """A dozen sites on a laptop, thirty on a wall, each with all of its words."""
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.goto(thirty.server.url + "/")
    ends = page.locator("#rows .row").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().bottom)")
    too_wide = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).length"
    cut = page.locator("#rows .row").evaluate_all(too_wide)
    page.close()

    assert rows <= sum(end <= height for end in ends)
    assert 0 == cut


def test_overview_is_printed_on_few_sheets(thirty: Played, chromium: Browser) -> None:
    """Thirty sites on two A4 at the most, black on white."""
    page = chromium.new_page(viewport={"width": 1366, "height": 768}, color_scheme="dark")
    page.goto(thirty.server.url + "/")
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", prefer_css_page_size=True)))
    page.emulate_media(media="print")
    ground = page.locator("#rows .badge").first.evaluate("(one) => getComputedStyle(one).color")
    page.close()

    assert sheets in (1, 2)
    assert "rgb(0, 0, 0)" == ground


def test_last_state_is_shown_with_its_age_when_the_server_is_gone(thirty: Played, window: BrowserContext) -> None:
    """kill -9, then a cold start: the last state, a banner that says so, ages that run on; and never as new after.

    A file of tiles that was spoiled meanwhile costs the map its ground, and nobody the page.
    """
    page, _ = _open(window, thirty.server.url + "/")
    thirty.say(NAMES[20], Power.DEAD)
    page.locator(f"#row-{NAMES[20]} .row-state", has_text="Strömlös").wait_for()
    page.reload()
    _kept(page, "/")
    promised(page, KEPT_SINCE)  # and not only as it was before
    site = window.new_page()
    site.goto(f"{thirty.server.url}/sites/{NAMES[20]}")
    _kept(site, f"/sites/{NAMES[20]}")
    page.close()
    site.close()

    thirty.server.kill()
    cold = window.new_page()
    cold.goto(thirty.server.url + "/", wait_until="commit")
    banner = cold.locator("#kept-state")
    banner.wait_for(state="visible")

    assert re.search(r"Utan kontakt – läget som det var kl \d\d:\d\d", banner.inner_text())
    assert cold.locator(f"#row-{NAMES[20]} .row-state", has_text="Strömlös").count() == 1
    age = cold.locator(f"#row-{NAMES[20]} .row-heard .age")
    first = age.inner_text()
    cold.wait_for_function("([id, was]) => document.querySelector(`#row-${id} .row-heard .age`).textContent !== was",
                           arg=[NAMES[20], first], timeout=100_000)  # fmt: skip
    cold.goto(f"{thirty.server.url}/sites/{NAMES[20]}", wait_until="commit")
    cold.locator("#kept-state").wait_for(state="visible")
    cold.goto(thirty.server.url + "/", wait_until="commit")
    cold.locator("#kept-state").wait_for(state="visible")

    (thirty.server.file.parent / "map.mbtiles").write_bytes(b"spoiled meanwhile")
    thirty.server.start()
    cold.locator("body:not([data-kept]) #panel-map .pin").first.wait_for()  # the page itself, and not the way to it
    assert (0, True) == (cold.locator(".tiles").count(), cold.locator("#kept-state").is_hidden())
    # the program that came back has heard nobody live: nothing of what was known is shown as now
    assert 0 == cold.locator('#rows .row[data-contact="yes"]').count()
    row = cold.locator(f"#row-{NAMES[20]}")
    row.get_by_text("Senast känt: Strömlös").wait_for()
    assert row.locator(".row-state .if-lost").inner_text().strip() == "Ingen kontakt"
    thirty.hello(NAMES[20])
    cold.locator(f'#row-{NAMES[20]}[data-contact="yes"]').wait_for(timeout=WALK_MS)
    cold.close()


def test_open_page_says_that_it_is_old_until_the_new_is_in(thirty: Played, window: BrowserContext) -> None:
    """Server stopped for long: the open page says so, and takes it back only with what is new on it."""
    page, _ = _open(window, thirty.server.url + "/")
    lost = page.locator("#lost-stream")
    page.wait_for_function("() => document.getElementById('lost-stream').hidden")
    thirty.server.process.send_signal(signal.SIGSTOP)
    # fifteen seconds of silence, told to the page by a wall clock that has moved on, as after sleep
    page.evaluate("(() => { const now = Date.now; Date.now = () => now() + 60000; })()")
    lost.wait_for(state="visible")
    thirty.server.process.send_signal(signal.SIGCONT)

    lost.wait_for(state="hidden", timeout=2 * WALK_MS)


def test_age_counts_sleep(thirty: Played, window: BrowserContext) -> None:
    """A machine that slept an hour finds every site an hour older, and none of them in contact."""
    page, _ = _open(window, thirty.server.url + "/sites/" + NAMES[3])
    thirty.hello(NAMES[3])
    page.locator('#panel-state [data-contact="yes"]').wait_for()
    page.route("**/events", lambda route: route.abort())
    page.route("**/panels*", lambda route: route.abort())
    page.evaluate("(() => { const now = Date.now; Date.now = () => now() + 3600000; })()")

    page.locator('#panel-state [data-contact="no"]').wait_for()
    assert "1\u00a0h" in page.locator("#panel-state .if-lost .age").first.inner_text()


def test_nothing_is_kept_after_signing_out(thirty: Played, window: BrowserContext) -> None:
    """The worker forgets every page when somebody signs out, and keeps none that does not ask for it."""
    page, _ = _open(window, thirty.server.url + "/")
    _kept(page, "/")
    promised(page, KEPT_SINCE)
    page.goto(thirty.server.url + "/sites/" + NAMES[1] + "/enter")
    names = "async () => (await (await caches.open('sotpunkt-pages-1')).keys()).map((one) => new URL(one.url).pathname)"
    assert ["/"] == page.evaluate(names)

    page.evaluate("fetch('/sign-out', { method: 'POST' })")

    promised(page, "async () => !(await (await caches.open('sotpunkt-pages-1')).keys()).length")
    thirty.server.kill()  # the last test here that needs it
    window.set_offline(True)  # nobody else who is given the port meanwhile can answer for it
    assert [] == page.evaluate(names)
    with pytest.raises(Error):
        page.goto(thirty.server.url + "/")


@pytest.mark.parametrize(
    ("setting", "why"), [("outline_file", "is not GeoJSON"), ("tiles_file", "is no MBTiles file")]
)  # fmt: skip
def test_bad_ground_of_the_map_is_named_in_a_sentence(
    tmp_path: Path, settings_of: Any, asked: Any, setting: str, why: str
) -> None:
    """A file that is no outline, or holds no tiles, is named by `check` before anything runs."""
    (tmp_path / "ground").write_text("no", "utf-8")
    file = tmp_path / "dashboard.toml"
    file.write_text(settings_of(("a-b",), 1).replace("[view]\n", f'[view]\n{setting} = "ground"\n'), "utf-8")

    code, _, said = asked("check", file)

    assert 2 == code
    assert f"[view] {setting}:" in said
    assert why in said
