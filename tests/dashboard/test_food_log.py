"""Watched places and the log for the food control at the site's own page, in a real browser; nodes beside them."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Page

from contract import topics
from contract.food import FoodDay, FoodLog, FoodPlace
from contract.messages import Birth, DeviceBirth, SignalBirth, encode
from contract.words import ClockQuality
from doors.clock import spec_of

from .browsing import go_on, texts
from .conftest import Dashboard, settings_text
from .site_voice import WALL_MS

SITE = "are-kyl"
TODAY = date(2025, 11, 24)
UP_MS = 7_200_000
"""Of the site; it is 19 o'clock there."""
PLACES = (
    ("frys-1", "freezer.temperature", "Frysen vid kassan", -18.0, None),
    ("kyl-1", "coldroom.temperature", "Kylrummet", 8.0, 2.0),
    ("frys-1", "freezer.temperature_2", "Glassboxen", -18.0, None),
)
NODES = (("frys-1", "Frysgivaren"), ("kyl-1", "Kylgivaren"), ("tank-1", "Tankgivaren"), ("dorr-1", "Dörrgivaren"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, broker: Any, wait: Any, voice: Any) -> Any:
    """The page of a shop with two freezers, a cold room and four nodes; the site has told all of it."""
    folder = tmp_path_factory.mktemp("food")
    spec = spec_of(1.0, WALL_MS + UP_MS, UP_MS, "boot-page", ClockQuality.SYNCED)
    one = Dashboard(folder, settings_text((SITE,), broker.port, "site"), "--clock", spec).start()
    wait(lambda: one.json("/healthz")["broker"], "the link")
    tell(broker, at_seven(voice))
    wait(lambda: "Glassboxen" in one.get("/")[1], "the places")
    yield one
    one.kill()


def at_seven(voice: Any) -> Any:
    """What the site would say."""
    return voice(SITE).tick(UP_MS - 600_000)


def tell(broker: Any, site: Any, freezer: float | None = -11.4) -> None:
    """All that is shown here, as of now."""
    broker.say(site.alive(), birth(site), site.state(), site.alarms(), retain=False)
    health = {"node__asleep": 0, "node__radio": -62, "node__memory_free": 31.2, "node__queued": 0, "node__dropped": 0,
              "node__program": 7, "node__restarted_by": "power_on"}  # fmt: skip
    broker.say(
        site.device("frys-1", freezer__temperature=freezer if freezer is not None else (None, "sensor_fault"),
                    freezer__temperature_2=-19.2,
                    **health | {"node__dropped": 412, "node__radio": -91, "node__as_told": 0}),
        site.device("kyl-1", coldroom__temperature=4.6, **health),
        site.device("tank-1", fuel__litres=(None, "comm_error"), node__radio=(None, "comm_error")),
        site.device("dorr-1", door__shop=0, **health | {"node__asleep": 3600}),
        retain=False,
    )  # fmt: skip
    broker.publish(topics.food(SITE), encode(log(site)), retain=True)


def birth(site: Any) -> Birth:
    """Its nodes."""
    nodes = {"frys-1": ("freezer.temperature", "freezer.temperature_2"), "kyl-1": ("coldroom.temperature",),
             "tank-1": ("fuel.litres",), "dorr-1": ("door.shop",)}  # fmt: skip
    devices = tuple(
        DeviceBirth(
            device=key, profile="node", name=name,
            signals=tuple(SignalBirth(key=one, unit="L" if "litres" in one else "°C" if "temp" in one else "",
                                      period_s=300.0) for one in nodes[key]),
        )
        for key, name in NODES
    )  # fmt: skip
    return msgspec.structs.replace(site.birth(), devices=devices)


def log(site: Any, *, back: int = 31) -> FoodLog:
    """A month: one warm day, one day with a hole, one that nobody told of."""
    days = []
    for ago in range(back):
        day = (TODAY - timedelta(days=ago)).isoformat()
        for device, _, place, above, below in PLACES:
            known, out = (1140 if ago == 0 else 1440), 0
            if place == "Frysen vid kassan" and ago == 9:
                continue
            if place == "Frysen vid kassan":
                known, out = (1020 if ago == 4 else known), {0: 62, 2: 35}.get(ago, 0)
            warm = 2.5 if out else 0.0
            low, high = (-20.1, -18.3 + 3 * warm) if above == -18.0 else (3.1, 6.4)
            days.append(FoodDay(day=day, device=device, place=place, above=above, below=below, low=low, high=high,
                                known_min=known, out_min=out))  # fmt: skip
    places = tuple(
        FoodPlace(device=device, signal=key, place=place, above=above, below=below,
                  out_since=site.moment(3_720_000) if place == "Frysen vid kassan" else None)
        for device, key, place, above, below in PLACES
    )  # fmt: skip
    return FoodLog(head=site.head(), days=tuple(days), places=places)


def opened(chromium: Browser, url: str, width: int = 390) -> Page:
    """A tab."""
    tab = chromium.new_page(viewport={"width": width, "height": 844})
    tab.goto(url)
    return tab


def test_the_log_is_one_tap_from_the_first_page(shop: Any, chromium: Browser) -> None:
    """The places stand there, the worst first, with value, limit and since when; the tap leads to the month."""
    tab = opened(chromium, shop.url)
    first = texts(tab, ".places-now li")
    wide = tab.evaluate("document.documentElement.scrollWidth")
    go_on(tab, ".food-open a")
    rows = {row.get_attribute("data-day"): row for row in tab.locator(".food-place").first.locator("tbody tr").all()}
    told = {day: re.sub(r"\s+", " ", rows[f"2025-11-{day}"].inner_text()) for day in ("24", "22", "20", "15")}
    holes = tab.locator(".food-place").first.locator(".hole").count()
    tab.close()

    assert ["Frysen vid kassan", "Kylrummet", "Glassboxen"] == [one.split(" För")[0].split(" Bra")[0] for one in first]
    for words in ("För varmt", "\u221211,4\u00a0°C", "högst \u221218,0\u00a0°C", "sedan 17:58"):
        assert words in first[0]
    assert 390 == wide
    assert "mån 24 \u221220,1 till \u221210,8 1 h 2 min –" == told["24"]
    assert "35 min" in told["22"]
    assert "inget känt 7 h" in told["20"]
    assert "ingen mätning inget känt 1 dygn" in told["15"]
    assert 2 == holes


RESTS = """(() => {
    const later = window.setTimeout;
    window.setTimeout = (job, ms, ...more) => (window.pressing && ms >= 2000 ? 0 : later(job, ms, ...more));
})()"""
"""While `pressing` a press is never longer than news is held back, however long a busy machine takes for it."""


def pressed(tab: Page, news: Callable[[], None]) -> str | None:
    """Press where the log is and let news come before the release: is what stands there still the same?"""
    place = tab.locator(".food-open a").first
    place.hover()
    tab.evaluate("window.pressing = true")
    tab.mouse.down()
    place.evaluate("one => { one.dataset.pressed = 'this very one'; }")
    with tab.expect_response("**/panels*"):
        news()
    tab.evaluate("new Promise(done => setTimeout(done, 200))")
    return place.get_attribute("data-pressed")


def test_a_press_lands_where_it_began_while_news_comes(shop: Any, broker: Any, voice: Any, chromium: Browser) -> None:
    """The panel is not drawn anew between press and release, as a click would then be lost; later it is."""
    tab = chromium.new_page(viewport={"width": 390, "height": 844})
    tab.add_init_script(RESTS)
    with tab.expect_response("**/panels*"):  # what it asks for by itself when it hears the server
        tab.goto(shop.url)
    same = pressed(tab, lambda: tell(broker, at_seven(voice).tick(1000), -12.7))
    with tab.expect_navigation():
        tab.mouse.up()
    address = tab.url
    tab.goto(shop.url)
    tab.locator(".food-open a").hover()
    tab.mouse.down()
    tell(broker, at_seven(voice).tick(2000), -13.1)
    tab.locator("text=\u221213,1").first.wait_for()
    tab.close()

    assert "this very one" == same
    assert "/food" in address


GROWN_OLD = """() => {
    document.querySelectorAll(".value").forEach((one) => { one.dataset.freshness = "stale"; });
    const seen = (kind) => [...document.querySelectorAll(`.places-now .place-${kind}`)]
        .filter((one) => one.checkVisibility({visibilityProperty: true}) && one.getClientRects().length).length;
    return [seen("told"), seen("lost"), document.querySelector('li[data-place="Frysen vid kassan"]').innerText];
}"""
"""In one look: the rest of the news may draw the places anew at any time."""


def test_a_value_that_is_missing_or_old_is_never_well(
    shop: Any, broker: Any, voice: Any, wait: Any, chromium: Browser
) -> None:
    """No number: unknown; and a page that is left open turns by itself when nothing comes any more."""
    tab = opened(chromium, f"{shop.url}/food")
    tab.wait_for_selector(".marked-good .place-told >> nth=0")
    site = at_seven(voice).tick(2000)
    tell(broker, site, None)
    tab.wait_for_selector('li.marked-unknown[data-place="Frysen vid kassan"]')
    told, lost, words = tab.evaluate(GROWN_OLD)
    tab.close()
    tell(broker, site.tick(2000))
    wait(lambda: "För varmt" in shop.get("/food")[1], "the freezer again")

    assert (0, 6) == (told, lost)
    assert "Utanför gränsen när det senast lästes, sedan 17:58." in words


def test_the_month_is_a_table_for_a_spreadsheet(shop: Any) -> None:
    """Each day that was told, with its limits and minutes; Swedish numbers; another month has nothing yet."""
    text = shop.get("/food.csv?month=2025-11")[1].removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    english = shop.get("/food.csv?month=2025-11&lang=en")[1]

    assert 1 + 3 * 24 - 1 == len(rows)
    assert ["2025-11-22", "Frysen vid kassan", "frys-1", "-20,1", "-10,8", "-18,0", "", "35", "1440", "1440"] in rows
    assert "2025-11-22,Frysen vid kassan,frys-1,-20.1,-10.8,-18.0,,35,1440,1440" in english
    assert [400, 400, 200] == [shop.get(f"/food?month={one}")[0] for one in ("2025-13", "x", "2025-01")]


def test_days_that_are_over_stay_when_the_box_has_lost_them(
    shop: Any, broker: Any, voice: Any, wait: Any, chromium: Browser
) -> None:
    """A new card in the box knows of today only; October and the warm day stand here all the same."""
    lost = msgspec.structs.replace(log(at_seven(voice).tick(9000), back=1))
    broker.publish(topics.food(SITE), encode(lost), retain=True)
    wait(lambda: shop.get("/food")[0] == 200, "the page")
    tab = opened(chromium, f"{shop.url}/food")
    warm = tab.locator('tr[data-day="2025-11-22"]').first.inner_text()
    go_on(tab, ".food-months a >> text=oktober 2025")
    october = tab.locator(".food-place").first.locator("tr[data-day]").count()
    tab.close()

    assert "35" in warm
    assert 31 == october


def test_the_log_is_printed_a_place_a_sheet(shop: Any, chromium: Browser) -> None:
    """On A4 with its holes, its month and a line to sign; what is for the screen stays there."""
    tab = opened(chromium, f"{shop.url}/food?month=2025-11", 1000)
    tab.emulate_media(media="print")
    seen = {one: tab.locator(one).is_visible() for one in (".food-sign", ".food-months", ".food-now", ".food-drawn")}
    pdf = tab.pdf(prefer_css_page_size=True)
    tab.close()

    assert {".food-sign": True, ".food-months": False, ".food-now": False, ".food-drawn": True} == seen
    assert 3 == len(re.findall(rb"/Type\s*/Page[^s]", pdf))


def test_nodes_stand_the_worst_first_and_asleep_is_calm(shop: Any, chromium: Browser) -> None:
    """Silent is bad, lost values are a hole in the log, asleep is until when; on the owner's page and on the site's."""
    tab = opened(chromium, shop.url)
    rows = tab.locator("#panel-owner-nodes li")
    marked = [(row.get_attribute("data-node"), (row.get_attribute("class") or "")) for row in rows.all()]
    words = texts(tab, "#panel-owner-nodes li")
    tab.goto(f"{shop.url}/sites/{SITE}")
    same = texts(tab, "#panel-values .nodes li")
    tab.close()

    assert [("tank-1", "marked-bad"), ("frys-1", "marked-remark"), ("dorr-1", "marked-information"),
            ("kyl-1", "marked-good")] == marked  # fmt: skip
    assert "Svarar inte" in words[0]
    assert "upp till 412 mätvärden kan ha gått förlorade: hål i loggen" in words[1]
    assert "följer inte sina inställningar" in words[1]
    assert re.search(r"Sover till 20:\d\d", words[2])
    assert "radio \u221262\u00a0dBm" in words[3]
    assert "program 7" in words[3]
    assert words == same


def test_lies_of_the_broker_change_nothing(shop: Any, broker: Any, wait: Any, voice: Any) -> None:
    """Rubbish, another site's log and an older one are refused; the page stays as it is."""
    other = msgspec.structs.replace(log(at_seven(voice).tick(60_000)), head=voice("are-annan").tick(UP_MS).head())
    for payload in (b"x", b"{}", encode(other), encode(log(at_seven(voice), back=3))):
        broker.publish(topics.food(SITE), payload)
    wait(lambda: shop.json("/api/counts")["refused"].get(SITE, 0) >= 3, "refusals")

    assert "Glassboxen" in shop.get("/food")[1]
