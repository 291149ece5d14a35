"""Signing in at the real program: by the command line, in a browser on a phone, with a real gateway behind it."""

import contextlib
import http.client
import json
import os
import re
import ssl
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from contract import topics
from contract.messages import SiteState, decode
from contract.words import ClockQuality
from doors.clock import spec_of

from .browsing import go_on

ROOT = Path(__file__).parents[2]
PASSWORD = "fyra vackra blå ord"
WALL_MS = 1_764_000_000_000


@pytest.fixture
def told(asked: Callable[..., tuple[int, str, str]]) -> Callable[..., str]:
    """`told(page, …)`: what `account …` says, of a program that runs."""

    def run(page: Any, *arguments: str) -> str:
        code, out, err = asked(*arguments, "--settings", page.file)
        assert (0, "") == (code, err)
        return out

    return run


@pytest.fixture(scope="module")
def shop(dashboard_of_module: Any) -> Any:
    """One program for all tests but two; each has names of its own in it. The first two need it without accounts."""
    spec = spec_of(1.0, int(time.time() * 1000), 600_000, f"boot-{time.time_ns()}", ClockQuality.SYNCED)
    return dashboard_of_module("are-text", mode="site", sign_in=True, options=("--clock", spec))


def _accept(page: Any, link: str) -> httpx.Client:
    """Somebody opens an invitation and chooses a password."""
    client = httpx.Client(base_url=page.url, follow_redirects=True, headers={"accept": "text/html"}, timeout=30)
    _open(client, link)
    token = re.search(r'name="page_token" value="(\w+)"', client.get("/welcome").text)[1]
    assert 200 == client.post("/welcome", data={"page_token": token, "password": PASSWORD}).status_code
    return client


def _open(client: httpx.Client, link: str) -> httpx.Response:
    """Somebody opens a link and presses the button."""
    path = re.search(r"/link/\S+", link)[0]
    fields = re.findall(r'name="(page_token|token)" value="([\w-]+)"', client.get(path).text)
    return client.post("/link", data=dict(fields))


def test_first_start_lays_a_link_and_says_where(shop: Any, told: Any) -> None:
    """Readable by our account alone; the log names the file and not the link; a new one makes the old one worthless."""
    page, file = shop, shop.file.with_name("setup-link")
    first = file.read_text("utf-8").strip()
    second = told(page, "setup-link").splitlines()[0]
    opened = [_open(httpx.Client(base_url=page.url, timeout=30), one).cookies for one in (first, second, second)]

    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert second == file.read_text("utf-8").strip()
    assert [False, True, False] == ["sotpunkt-ticket" in one for one in opened]
    assert "setup-link" in page.log.read_text("utf-8")
    assert first.rpartition("/")[2] not in page.log.read_text("utf-8")


def _fits(page: Page) -> None:
    """Nothing is cut at the side, and what is pressed is large enough for a thumb."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    small = page.evaluate(
        "[...document.querySelectorAll('main button, main input:not([type=hidden]):not([type=radio]), main a.button')]"
        ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 48).map(e => e.outerHTML)"
    )
    assert [] == small


def test_pages_of_the_way_in_fit(shop: Any, told: Any, chromium: Browser) -> None:
    """Link, setup with app, recovery codes, account, accounts, log, sign-in: nothing cut on small and large screens."""
    page, link = shop, told(shop, "setup-link").splitlines()[0]
    tab = chromium.new_page(viewport={"width": 390, "height": 844})
    faults: list[str] = []
    tab.on("pageerror", lambda fault: faults.append(str(fault)))
    tab.goto(f"{page.url}{re.search(r'/link/.*', link)[0]}")
    _fits_all(tab)
    go_on(tab, "main button")
    _fits_all(tab)
    key = tab.locator(".key").inner_text().replace(" ", "")
    tab.fill("#name", "Ada Berg")
    tab.fill("#password", PASSWORD)
    tab.fill("#code", _code(key))
    go_on(tab, "main button")
    assert 8 == tab.locator(".recovery .key").count()
    _fits_all(tab)
    told(page, "account", "invite", "Olle Öman-Lindqvist", "--role", "owner")
    for path in ("/", "/account", "/accounts", "/log"):
        for language in ("sv", "en"):
            tab.goto(f"{page.url}{path}?lang={language}")
            _fits_all(tab)
    tab.goto(f"{page.url}/account")
    go_on(tab, "main form[action='/sign-out'] button >> nth=0")
    assert "/sign-in" in tab.url
    _fits_all(tab)
    assert [] == faults


def _fits_all(page: Page) -> None:
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        _fits(page)


def _code(key: str) -> str:
    import pyotp

    return pyotp.TOTP(key).now()


def test_accounts_by_the_command_line(shop: Any, told: Any, asked: Any) -> None:
    """Invite, list, lock, renew, remove while the program runs; in over kill -9 and a new start, out when locked."""
    client = _accept(shop, told(shop, "account", "invite", "Olle", "--role", "owner"))
    listed = told(shop, "account", "list")
    shop.kill()
    shop.start()
    client.base_url = shop.url
    inside = client.get("/account").url.path
    told(shop, "account", "lock", "olle")
    outside = client.get("/account").url.path
    code, _, err = asked("account", "lock", "Nobody", "--settings", shop.file)
    link = told(shop, "account", "renew", "Olle")
    told(shop, "account", "remove", "Olle")
    dead = _open(httpx.Client(base_url=shop.url, follow_redirects=True, timeout=30), link).status_code

    assert "Olle: owner of are-text" in listed.splitlines()
    assert ("/account", "/sign-in", 410) == (inside, outside, dead)
    assert 2 == code
    assert re.fullmatch(r"Nobody: there is no such account; there are: .*Olle.*\n", err)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_leaves_nothing_of_its_own_behind(settings_of: Any) -> None:
    """The store that root's command made belongs to the account whose folder it is."""
    with tempfile.TemporaryDirectory() as open_to_all:  # pytest's own folders are root's alone
        Path(open_to_all).chmod(0o755)
        _leaves_nothing(Path(open_to_all), settings_of)


def _leaves_nothing(folder: Path, settings_of: Any) -> None:
    file, home = folder / "d.toml", folder / "home"
    file.write_text(settings_of(("are-root",), 1, sign_in=True).replace("store.sqlite", "home/store.sqlite"), "utf-8")
    home.mkdir()
    os.chown(home, 65534, 65534)
    command = [sys.executable, "-m", "dashboard", "setup-link", "--settings", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=40)

    assert (0, "") == (done.returncode, done.stderr)
    assert {65534} == {one.stat().st_uid for one in home.iterdir()}
    assert {"store.sqlite", "setup-link"} <= {one.name for one in home.iterdir()}


def test_stream_ends_with_the_session(shop: Any, told: Any) -> None:
    """A page that listens hears `ended` within moments of the account being locked, and nothing after it."""
    client = _accept(shop, told(shop, "account", "invite", "Listener", "--role", "owner"))
    heard = []
    with client.stream("GET", "/events", headers={"accept": "text/event-stream"}, timeout=30) as stream:
        for line in stream.iter_lines():
            if line.startswith("event:"):
                heard.append(line.split()[1])
                if heard == ["hello"]:
                    told(shop, "account", "lock", "Listener")

    assert ("hello", "ended") == (heard[0], heard[-1])
    assert {"hello", "tick", "changed", "ended"} >= set(heard)


def test_address_beyond_this_machine_answers_to_addresses_only_and_encrypted(dashboard: Any, tmp_path: Path) -> None:
    """On `::` a phone comes in by the box's address, IPv4 and IPv6; a name that was bent to it is refused. With
    certificate and key: HTTPS only, `__Host-` cookies, Secure; a key that others can read is refused at the start."""
    crt, key = tmp_path / "page.crt", tmp_path / "page.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", key, "-out", crt, "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1,IP:::1"],
        check=True, capture_output=True, timeout=30,
    )  # fmt: skip
    key.chmod(0o600)
    web = 'host = "::"\nnames = ["butik.example"]\ncertificate_file = "page.crt"\nkey_file = "page.key"'
    page = dashboard("are-names", mode="site", sign_in=True, web=web)
    port, trusted = int(page.url.rpartition(":")[2]), ssl.create_default_context(cafile=crt)
    said, cookies = {}, []
    for at, host in (
        ("127.0.0.1", f"127.0.0.1:{port}"), ("::1", f"[::1]:{port}"), ("127.0.0.1", f"192.0.2.7:{port}"),
        ("127.0.0.1", "butik.example"), ("127.0.0.1", f"evil.example:{port}"), ("127.0.0.1", "192.0.2.7:81"),
    ):  # fmt: skip
        with contextlib.closing(http.client.HTTPSConnection(at, port, timeout=30, context=trusted)) as wire:
            wire.request("GET", "/sign-in", headers={"Host": host})
            answer = wire.getresponse()
            said[host.replace(str(port), "P")] = answer.status
            cookies.append(answer.headers["set-cookie"])
    page.kill()
    key.chmod(0o644)
    refused = subprocess.run(
        [sys.executable, "-m", "dashboard", "check", page.file], cwd=ROOT, capture_output=True, text=True, timeout=60
    )  # fmt: skip

    good = {"127.0.0.1:P": 200, "[::1]:P": 200, "192.0.2.7:P": 200, "butik.example": 200}
    assert good | {"evil.example:P": 403, "192.0.2.7:81": 403} == said
    assert page.url.startswith("https://")
    assert cookies[0].startswith("__Host-sotpunkt-before=")
    assert "Secure" in cookies[0]
    assert (2, True) == (refused.returncode, "chmod 600" in refused.stderr)


# --- a phone ---


def _gateway(folder: Path, port: int, site: str, spec: str) -> Any:
    """The real gateway of a site without devices, whose clock nobody vouches for."""
    file = folder / "gateway.toml"
    file.write_text(
        f'[site]\nid = "{site}"\nplace = "Kall"\nsimulated = true\nstatus = "test"\n'
        f'[store]\npath = "{folder}/gateway.db"\n'
        f'[site_broker]\nurl = "mqtt://127.0.0.1:{port}"\n[screens]\nexpected = 0\n', "utf-8",
    )  # fmt: skip
    log = (folder / "gateway.log").open("wb")
    return subprocess.Popen(
        [sys.executable, "-m", "gateway", "run", str(file), "--clock", spec], cwd=ROOT, stdout=log, stderr=log,
        env={**os.environ, "RUNTIME_DIRECTORY": str(folder)},
    )  # fmt: skip


def _kiosk_shows(clock: str, folder: Path, port: int, site: str, spec: str) -> bool:
    """Does the screen of the same box come to show such a clock, with what it shows as fresh?"""
    file = folder / "kiosk.toml"
    file.write_text(
        f'[site]\nid = "{site}"\nsimulated = true\n[broker]\nurl = "mqtt://127.0.0.1:{port}"\n'
        '[cache]\npath = "kiosk.sqlite"\n[screen]\nname = "butiken"\n', "utf-8",
    )  # fmt: skip
    run = [sys.executable, "-m", "kiosk"]
    keeper = subprocess.Popen([*run, "keeper", str(file), "--clock", spec], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        for _ in range(60):
            view = [*run, "view", str(file), "--clock", spec]
            told = subprocess.run(view, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
            if told.returncode == 0 and (seen := json.loads(told.stdout))["fresh"] and re.search(clock, seen["clock"]):
                return True
            time.sleep(0.5)
        return False
    finally:
        keeper.kill()
        keeper.wait(15)


def test_phone_of_an_owner_sets_the_clock(
    dashboard: Any, broker: Any, told: Any, wait: Any, chromium: Browser, tmp_path: Path
) -> None:
    """Invited by a link, signed in on a phone, its time offered: the gateway takes it as holdover with the name.

    Not the year 2099, which was offered before; and the kiosk of the box follows.
    """
    site = "are-klocka"
    # a boot of its own: a gateway believes again what was told in the same one
    spec = spec_of(1.0, WALL_MS, 600_000, f"boot-{time.time_ns()}", ClockQuality.UNSYNCED)
    page = dashboard(site, mode="site", sign_in=True, options=("--clock", spec))
    gateway = _gateway(tmp_path, broker.port, site, spec)
    try:
        wait(lambda: topics.state(site) in broker.seen, "the gateway's word", 60)
        link = told(page, "account", "invite", "Olle Öman", "--role", "owner").splitlines()[0]
        phone = chromium.new_page(viewport={"width": 390, "height": 844})
        phone.goto(page.url + re.search(r"/link/.*", link)[0])
        _fits(phone)
        go_on(phone, "main button")
        assert "/link/" not in phone.url
        _fits(phone)
        phone.fill("#password", PASSWORD)
        go_on(phone, "main button")
        phone.goto(f"{page.url}/sites/{site}/enter")
        _fits(phone)
        phone.click("summary:has-text('Ställ dosans klocka')")
        phone.fill("#fold\\.set-clock input[name=wall_ms]", "2099-01-01T12:00")
        phone.click("#fold\\.set-clock button")
        phone.wait_for_selector("text=Den tiden ligger flera år framåt", timeout=30_000)
        assert ClockQuality.UNSYNCED is decode(broker.seen[topics.state(site)], SiteState).head.clock
        phone.goto(f"{page.url}/sites/{site}/enter")
        phone.click("summary:has-text('Ställ dosans klocka')")
        phone.click("#fold\\.set-clock button")
        phone.wait_for_selector("#fold\\.set-clock .answer:not(:empty)")

        def state() -> Any:
            return decode(broker.seen[topics.state(site)], SiteState)

        found = wait(lambda: state() if state().head.clock is ClockQuality.HOLDOVER else None, "the phone's time", 60)
        assert ("Olle Öman", "person") == (found.clock.who, found.clock.source)
        assert abs(found.head.wall_ms - time.time() * 1000) < 60_000
        phone.goto(f"{page.url}/sites/{site}")
        phone.wait_for_selector("text=Klockan ställd av Olle Öman")
        assert _kiosk_shows(r"\d\d:\d\d", tmp_path, broker.port, site, spec)
        told(page, "account", "lock", "Olle Öman")
        phone.wait_for_url("**/sign-in**")
    finally:
        gateway.kill()
        gateway.wait(10)


def test_form_keeps_what_was_written_when_the_session_has_ended(
    shop: Any, told: Any, chromium: Browser
) -> None:  # fmt: skip
    """A sentence instead of a lost text; after signing in again in another tab the same page sends it."""
    link = told(shop, "account", "invite", "Writer", "--role", "owner").splitlines()[0]
    phone = chromium.new_context(viewport={"width": 390, "height": 844})
    tab = phone.new_page()
    tab.goto(shop.url + re.search(r"/link/.*", link)[0])
    go_on(tab, "main button")
    tab.fill("#password", PASSWORD)
    go_on(tab, "main button")
    tab.goto(f"{shop.url}/sites/are-text/enter")
    tab.click("#fold\\.need summary")
    text, session = tab.locator("#fold\\.need textarea"), phone.cookies()
    tab.locator("#fold\\.need select").select_option(index=1) if tab.locator("#fold\\.need select").count() else (
        tab.locator("#fold\\.need .choice").first.click()
    )
    text.fill("Insulin till tre personer")
    phone.clear_cookies()
    tab.click("#fold\\.need button")
    tab.wait_for_selector("#fold\\.need .answer:not(:empty)")
    kept = text.input_value()
    phone.add_cookies(session)
    tab.click("#fold\\.need button")
    tab.wait_for_selector("#panel-orders :text('väntar på platsen')")
    expect(text).to_have_value("")  # the list may be there before the answer to the form

    assert ("Insulin till tre personer", "") == (kept, text.input_value())
