"""The owner's page at the real program: read and sent without a script, cards and PINs, the sealed code, the paper."""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from contract import topics
from contract.messages import Alarms, NoticeNow, PublicPicture, ServiceNow, decode, encode
from contract.words import ClockQuality, Declared, Power
from dashboard.core.access.lapse import Instant
from dashboard.core.access.people import Role
from dashboard.io.access.passes import Passes
from dashboard.io.store.database import Database
from doors.clock import spec_of

from .browsing import go_on, texts
from .conftest import Dashboard, settings_text

ROOT = Path(__file__).parents[2]
SITE = "are-owner"
PASSWORD = "fyra vackra blå ord"


@pytest.fixture
def told(asked: Callable[..., tuple[int, str, str]]) -> Callable[..., str]:
    """`told(…)`: what a command says of a program that runs."""

    def run(*arguments: Any) -> str:
        code, out, err = asked(*arguments)
        assert (0, "") == (code, err)
        return out

    return run


@pytest.fixture(scope="module")
def spec() -> str:
    """One clock for page and gateway, that somebody vouches for."""
    return spec_of(1.0, int(time.time() * 1000), 600_000, f"boot-{time.time_ns()}", ClockQuality.SYNCED)


@pytest.fixture(scope="module")
def shop(dashboard_of_module: Any, spec: str) -> Any:
    """One program for all tests of this file."""
    return dashboard_of_module(SITE, mode="site", sign_in=True, options=("--clock", spec))


def _client(page: Any) -> httpx.Client:
    return httpx.Client(base_url=page.url, follow_redirects=True, headers={"accept": "text/html"}, timeout=20)


def _token(html: str) -> str:
    return re.search(r'name="page_token" value="(\w+)"', html)[1]


def _owner(page: Any, told: Any, name: str) -> httpx.Client:
    """Somebody with a password."""
    link = told("account", "invite", name, "--role", "owner", "--settings", page.file)
    client, path = _client(page), re.search(r"/link/\S+", link)[0]
    fields = dict(re.findall(r'name="(page_token|token)" value="([\w-]+)"', client.get(path).text))
    client.post("/link", data=fields)
    client.post("/welcome", data={"page_token": _token(client.get("/welcome").text), "password": PASSWORD})
    return client


def _give(owner: httpx.Client, name: str, role: str = "viewer", days: str = "7") -> tuple[str, str, str]:
    """A card: (the page, the path of its picture, the PIN). The picture is a code, so the path is read from nowhere."""
    address = f"/sites/{SITE}/passes"
    asked = {"page_token": _token(owner.get("/account").text), "name": name, "role": role, "days": days}
    html = owner.post(address, data=asked).text
    pin = re.search(r'class="key">(\d{4} \d{4})<', html)
    return html, address, pin[1] if pin else ""


def _sign_in(page: Any, name: str, secret: str) -> httpx.Client:
    client = _client(page)
    told = {"page_token": _token(client.get("/sign-in").text), "name": name, "password": secret}
    client.post("/sign-in", data=told)
    return client


def _inside(client: httpx.Client) -> bool:
    return client.get("/account").url.path == "/account"


# --- cards ---


def test_card_lets_in_by_pin_and_ends_at_once(shop: Any, told: Any) -> None:
    """Shown once; the PIN with or without its space; a reader reads and sends nothing; ended, nobody is in."""
    owner = _owner(shop, told, "Olle")
    html, address, pin = _give(owner, "Anna, kassan")
    anna = _sign_in(shop, "anna, kassan", pin.replace(" ", ""))
    spaced, wrong = _sign_in(shop, "Anna, kassan", pin), _sign_in(shop, "Anna, kassan", "0000 0000")
    again = owner.get(address).text
    denied = anna.post(
        f"/sites/{SITE}/needs", data={"page_token": _token(anna.get("/account").text), "what": "food"}
    ).status_code
    number = re.search(rf'action="{address}/(\d+)"', again)[1]
    before = _inside(anna)
    owner.post(f"{address}/{number}", data={"page_token": _token(again)})

    assert "<svg" in html
    assert pin not in again
    assert (True, True, False) == (before, _inside(spaced) or before, _inside(wrong))
    assert 403 == denied
    assert (False, False) == (_inside(anna), _inside(spaced))


def test_card_is_kept_within_its_maker(shop: Any, told: Any) -> None:
    """A card's holder gives none that lasts longer; wrong roles, days and names get a sentence and make nothing."""
    owner = _owner(shop, told, "Gun")
    _, address, pin = _give(owner, "Kim", role="owner", days="1")
    kim = _sign_in(shop, "Kim", pin)
    _give(kim, "Lo", days="365")
    page = kim.get(address).text
    refused = [
        owner.post(address, data={"page_token": _token(owner.get(address).text)} | asked).status_code
        for asked in (
            {"name": "X", "role": "administrator", "days": "1"},
            {"name": "X", "role": "owner", "days": "99999"},
            {"name": "", "role": "owner", "days": "1"},
            {"name": "Kim", "role": "owner", "days": "1"},
        )
    ]

    assert [400] * 4 == refused
    assert re.search(r"Lo</strong>.{0,200}?23\sh", page, re.DOTALL)
    assert 401 == _client(shop).post(address, data={"name": "X", "role": "owner", "days": "1"}).status_code


def test_picture_of_a_card_opens_once(shop: Any, told: Any) -> None:
    """Looking at it uses nothing up; the button signs in once; then, as for a made-up one, a sentence names the PIN."""
    database = Database(shop.file.with_name("store.sqlite"))
    now = Instant("boot-t", 600_000, None, ClockQuality.UNSYNCED)
    token = Passes(database).give(
        now, name="Bo", role=Role.OWNER, scope=SITE, issuer="t", password="!", lasts_ms=3_600_000_000,
        note=lambda _: None,
    )  # fmt: skip
    database.close()
    found = []
    for one in (token, token, "A" * 43):
        phone = _client(shop)
        page = phone.get(f"/pass/{one}").text
        answer = phone.post("/pass", data={"page_token": _token(page), "token": one})
        found.append((answer.status_code, _inside(phone), "PIN" in answer.text))

    assert [(200, True, True), (400, False, True), (400, False, True)] == found


# --- the sealed code ---


def _break(page: Any, name: str, code: str) -> tuple[httpx.Client, httpx.Response]:
    client = _client(page)
    asked = {"page_token": _token(client.get("/sealed").text), "name": name, "code": code}
    return client, client.post("/sealed", data=asked)


def _code(page: str) -> str:
    return re.search(r"\b([a-z2-9]{4}(?:-[a-z2-9]{4}){4})\b", page)[1]


def test_sealed_code_opens_once_and_the_centre_hears_of_it(
    shop: Any, told: Any, broker: Any, wait: Any, spec: str, tmp_path: Path
) -> None:
    """A real gateway raises the alarm and drops it when a new code lies sealed; no hash gives the code away."""
    gateway = _gateway(tmp_path, broker.port, SITE, spec)
    try:
        first = told("seal", shop.file)
        code = _code(first)
        owner = _owner(shop, told, "Rut")
        kajsa = _sign_in(shop, "Kajsa", _give(owner, "Kajsa")[2])
        wrong = _break(shop, "Anna", "abcd-abcd-abcd-abcd-abcd")[1]
        anna, entered = _break(shop, "Anna Berg", code.upper().replace("-", " "))
        again = _break(shop, "Bo", code)[1]
        wait(lambda: _alarm(broker) == "unacked", "the alarm", 60)
        page = anna.get("/").text
        given = _give(anna, "Lo", role="owner", days="1")[0]
        ended, form = _ended(anna, owner), 'name="days"' in anna.get(f"/sites/{SITE}/passes").text
        second = told("seal", shop.file)
        wait(lambda: _alarm(broker) == "returned_unacked", "the end of the alarm", 60)
    finally:
        gateway.kill()
        gateway.wait(10)

    assert (400, 400) == (wrong.status_code, again.status_code)
    assert re.search(r'class="wrong"[^>]*>([^<]+)<', wrong.text[wrong.text.index("code.wrong") :])
    assert "Anna" not in again.text
    assert "/" == entered.url.path
    assert "försegla en ny" in page
    assert "varken göra eller avsluta" in given
    assert (400, False, True) == (ended, form, _inside(kajsa))
    assert _code(second) != code
    assert code.encode() not in shop.file.with_name("store.sqlite").read_bytes()


def _ended(client: httpx.Client, by: httpx.Client) -> int:
    """Try to end a card that its maker sees: the status."""
    address = f"/sites/{SITE}/passes"
    number = re.search(rf'action="{address}/(\d+)"', by.get(address).text)[1]
    token = _token(client.get("/account").text)
    return client.post(f"{address}/{number}", data={"page_token": token}).status_code


def _alarm(broker: Any) -> str:
    told = broker.seen.get(topics.alarms(SITE))
    found = [one for one in decode(told, Alarms).alarms if one.key == "break-glass"] if told else []
    return found[0].state.value if found else ""


def _gateway(folder: Path, port: int, site: str, spec: str) -> Any:
    """The real gateway of a site without devices."""
    file = folder / "gateway.toml"
    file.write_text(
        f'[site]\nid = "{site}"\nplace = "Kall"\nsimulated = true\nstatus = "test"\n'
        f'[store]\npath = "{folder}/gateway.db"\n[site_broker]\nurl = "mqtt://127.0.0.1:{port}"\n'
        "[screens]\nexpected = 0\n", "utf-8",
    )  # fmt: skip
    log = (folder / "gateway.log").open("wb")
    command = [sys.executable, "-m", "gateway", "run", str(file), "--clock", spec]
    return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)


def test_seal_belongs_to_a_site(asked: Any, tmp_path: Path, settings_of: Any) -> None:
    """At the centre there is no page to open: one sentence, exit code 2, nothing made."""
    file = tmp_path / "centre.toml"
    file.write_text(settings_of(("are-kall",), 1, sign_in=True), "utf-8")
    code, out, err = asked("seal", file)

    assert (2, "") == (code, out)
    assert "only a site's own page" in err
    assert not file.with_name("store.sqlite").exists()


# --- the page ---


def _public(site: Any, **parts: Any) -> PublicPicture:
    told: dict[str, Any] = {"power": Power.ON_MAINS, "active": False, "services": (), "notices": (), "events": ()}
    return PublicPicture(
        head=site.head(), place="Kall", since=site.moment(60_000), period_s=10.0, heartbeat_s=300.0, **(told | parts)
    )


@pytest.fixture(scope="module")
def open_shop(dashboard_of_module: Any, tmp_path_factory: pytest.TempPathFactory, broker: Any, spec: str) -> Any:
    """A page where nobody signs in, of a site of its own."""
    folder = tmp_path_factory.mktemp("open")
    one = Dashboard(folder, settings_text(("are-open",), broker.port, "site"), "--clock", spec).start()
    yield one
    one.kill()


def test_page_reads_and_sends_without_a_script(
    open_shop: Any, broker: Any, voice: Any, wait: Any, chromium: Browser
) -> None:
    """The sentence, the alarm, its button; acknowledged it waits for the box; a wrong litre comes back at its field."""
    site = voice("are-open")
    wait(lambda: open_shop.json("/healthz")["broker"], "the link")
    broker.say(site.alive(), site.birth(), site.state(endurance=site.endurance(75, 111)), site.alarms(site.alarm()),
               retain=False)  # fmt: skip
    wait(lambda: open_shop.json("/api/owner")["steps"], "the steps")
    tab = chromium.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700}).new_page()
    tab.goto(open_shop.url)
    words = tab.locator("h1").inner_text()
    tab.fill(".todo input[name=who]", "Anna")
    go_on(tab, ".todo button")
    waits = tab.locator("#panel-orders").inner_text()
    tab.click("#act-refuel > summary")
    tab.fill("#act-refuel input[name=litres]", "många")
    tab.check("#act-refuel input[value=hvo]")
    tab.fill("#act-refuel input[name=who]", "Anna")
    go_on(tab, "#act-refuel button")
    wrong = texts(tab, "#act-refuel .wrong")

    assert "Elverket är redo, men ett larm väntar på dig." == words
    assert "väntar på platsen" in waits
    assert ["Skriv ett tal, till exempel 120 eller 7,5."] == [one for one in wrong if one]


def test_buttons_are_for_gloves(open_shop: Any, broker: Any, voice: Any, wait: Any, chromium: Browser) -> None:
    """Everything that is pressed is 56 px high at least, nothing is cut at 320 px, nothing moves."""
    tab = chromium.new_page(viewport={"width": 320, "height": 700})
    tab.goto(open_shop.url)
    small = tab.evaluate(
        "[...document.querySelectorAll('.owner summary, .owner button, .owner-links a, .owner .choice')]"
        ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 56).map(e => e.outerHTML)"
    )
    wide = tab.evaluate("document.documentElement.scrollWidth")
    moving = tab.evaluate("document.getAnimations().length")
    tab.close()

    assert ([], 320, 0) == (small, wide, moving)


def test_notice_ends_within_a_day(open_shop: Any, broker: Any) -> None:
    """Hours become an end; longer, or for ever, is refused with a sentence, whatever sends it."""
    path, key = "/sites/are-open/notices", "k" * 16

    def sent(number: int, **body: Any) -> tuple[int, Any]:
        return open_shop.post(path, {"who": "Anna", "idempotency_key": f"{key}{number}", "sv": "Kaffe"} | body)

    now = int(time.time() * 1000)
    good, long, ever = sent(1, for_h="4"), sent(2, until_ms=now + 25 * 3_600_000), sent(3)

    assert (202, 400, 400) == (good[0], long[0], ever[0])
    assert "24 timmar" in long[1]["error"]


def test_paper_is_one_page_and_tells_no_staff_facts(
    open_shop: Any, broker: Any, voice: Any, wait: Any, chromium: Browser
) -> None:
    """As many services, notices and letters as may come: one A4; no fuel, no alarm, no name of anybody."""
    site, now = voice("are-open"), int(time.time() * 1000)
    names = ("food", "fuel", "heat", "water", "charging", "toilet", "pay_cash", "pay_card", "pharmacy", "telephone")
    services = tuple(
        ServiceNow(service=one, declared=Declared.OPEN, until_ms=now + 7_200_000, declared_at=None) for one in names
    )
    notices = tuple(
        NoticeNow(id=f"n{n}", sv="Långt anslag " * 30, en="", since=site.moment(), until_ms=None) for n in range(5)
    )
    broker.say(site.alive(), site.state(endurance=site.endurance(75, 111)), site.alarms(site.alarm()), retain=False)
    public = _public(site, services=services, notices=notices, active=True)
    broker.publish(topics.public_picture("are-open"), encode(public))
    wait(lambda: "Långt anslag" in open_shop.get("/print")[1], "the notices")
    tab = chromium.new_page()
    tab.goto(f"{open_shop.url}/print")
    text, size = tab.locator("main").inner_text(), tab.evaluate("getComputedStyle(document.body).fontSize")
    pdf = tab.pdf(prefer_css_page_size=True)
    tab.close()

    assert 1 == len(re.findall(rb"/Type\s*/Page[^s]", pdf))
    assert "24px" == size  # 18 pt
    assert ("Uppsatt av" in text, "Punkten är öppen." in text) == (True, True)
    for staff in ("larm", "timmar", "Bränslet räcker", "Anna"):
        assert staff not in text


def test_page_is_no_page_of_the_centre(shared: Any) -> None:
    """Where there are many sites nobody finds the paper, the panels or the sealed code of one."""
    found = [shared.get(path)[0] for path in ("/print", "/owner/panels", "/api/owner", "/sealed")]

    assert [404] * 4 == found
