"""The real program under attack from the shop's own network: each enemy has an address of its own (127.0.0.x)."""

import asyncio
import contextlib
import http.client
import http.server
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest

from dashboard.core.access.people import NEEDS_CODE, Role
from dashboard.io.access import accounts, codes
from dashboard.io.access.accounts import Accounts
from dashboard.io.access.hashing import hashed
from dashboard.io.access.sessions import MOST_OF_ONE
from dashboard.io.store.database import Database
from dashboard.io.web.wire import OF_ONE
from doors.clock import spec_of

from .conftest import until

PASSWORD = "tre gröna ord"
PEOPLE = {
    "Ada": (Role.ADMINISTRATOR, ""), "Kim": (Role.COORDINATOR, "are"), "Kai": (Role.COORDINATOR, "are"),
    "Mio": (Role.COORDINATOR, "are"), "Olle": (Role.OWNER, "are-kall"), "Eva": (Role.OWNER, "are-kall"),
    "Sam": (Role.OWNER, "are-kall"),
}  # fmt: skip
CODE_PAGE = "/sign-in/code"


class Shop:
    """A site's own page on all addresses of the machine, and its people."""

    def __init__(self, page: Any) -> None:
        self.page, self.port = page, int(page.url.rpartition(":")[2])
        self.database = Database(page.file.with_name("store.sqlite"))
        self.secrets = {name: codes.new_secret() for name in PEOPLE}
        kept = hashed(PASSWORD)
        with self.database.writing() as connection:
            self.numbers = {
                name: accounts.add(
                    connection, name=name, role=role, scope=scope, password=kept, made_ms=None,
                    totp=self.secrets[name] if role in NEEDS_CODE else "",
                )
                for name, (role, scope) in PEOPLE.items()
            }  # fmt: skip

    def browser(self, address: str) -> httpx.Client:
        """A browser at an address."""
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", headers={"accept": "text/html"}, timeout=30,
            transport=httpx.HTTPTransport(local_address=address),
        )  # fmt: skip

    def send(self, browser: httpx.Client, path: str, page: str, **fields: str) -> httpx.Response:
        """A form as its page sends it."""
        return browser.post(path, data={"page_token": self.token(browser, page), **fields})

    def token(self, browser: httpx.Client, page: str) -> str:
        """What the forms of a page carry."""
        found = re.search(r'name="page_token" value="(\w+)"', browser.get(page, follow_redirects=True).text)
        assert found is not None
        return found[1]

    def half(self, name: str, address: str) -> httpx.Client:
        """Name and password, no code yet."""
        browser = self.browser(address)
        answer = self.send(browser, "/sign-in", "/sign-in", name=name, password=PASSWORD)
        assert 303 == answer.status_code, answer.text
        return browser

    def enter(self, name: str, address: str) -> httpx.Client:
        """Signed in."""
        browser = self.half(name, address)
        if PEOPLE[name][0] in NEEDS_CODE:
            code = pyotp.TOTP(self.secrets[name]).now()
            assert 303 == self.send(browser, CODE_PAGE, CODE_PAGE, code=code).status_code
        return browser

    def at_once(self, browsers: list[httpx.Client], path: str, bodies: list[dict[str, str]], address: str) -> list[Any]:
        """Many forms in the same moment, each with the cookies of its browser; their answers."""

        async def all_of_them() -> list[Any]:
            transport = httpx.AsyncHTTPTransport(local_address=address, limits=httpx.Limits(max_connections=90))
            async with httpx.AsyncClient(transport=transport, timeout=60) as client:
                url, accept = f"http://127.0.0.1:{self.port}{path}", {"accept": "text/html"}
                told = [(accept | {"cookie": _cookies(one)}, body) for one, body in zip(browsers, bodies, strict=True)]
                return await asyncio.gather(*[client.post(url, data=body, headers=headers) for headers, body in told])

        with ThreadPoolExecutor(1) as apart:  # a browser driven from this thread has a loop of its own here
            return apart.submit(asyncio.run, all_of_them()).result(60)

    def wire(self, address: str) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=30, source_address=(address, 0))


def _cookies(browser: httpx.Client) -> str:
    return "; ".join(f"{name}={text}" for name, text in browser.cookies.items())


@pytest.fixture(scope="module")
def shop(dashboard_of_module: Any) -> Iterator[Shop]:
    """One program for all of them; its clock is known."""
    spec = spec_of(1.0, int(time.time() * 1000), 600_000, "boot-attacked")
    page = dashboard_of_module("are-kall", mode="site", sign_in=True, web='host = "::"', options=("--clock", spec))
    one = Shop(page)
    yield one
    one.database.close()


def test_many_codes_at_the_same_moment_are_many(shop: Shop) -> None:
    """Sixty guesses sent at once by somebody who has the password: five are looked at, not sixty."""
    browser = shop.half("Kim", "127.0.0.11")
    token = shop.token(browser, CODE_PAGE)
    bodies = [{"page_token": token, "code": f"{number:06d}"} for number in range(60)]
    told = shop.at_once([browser] * 60, CODE_PAGE, bodies, "127.0.0.11")
    looked_at = [one for one in told if "Koden stämmer inte" in one.text]

    assert len(looked_at) <= 5
    assert {400, 429} >= {one.status_code for one in told}


def test_one_code_in_two_requests_lets_one_in(shop: Shop) -> None:
    """Read over a shoulder and sent in the same moment; likewise a recovery code."""
    recovery = codes.recovery_codes()
    Accounts(shop.database).set_recovery(shop.numbers["Kai"], recovery, lambda _: None)
    counted = []
    for written in (pyotp.TOTP(shop.secrets["Kai"]).now(), recovery[0]):
        browsers = [shop.half("Kai", "127.0.0.12") for _ in range(4)]
        bodies = [{"page_token": shop.token(one, CODE_PAGE), "code": written} for one in browsers]
        told = shop.at_once(browsers, CODE_PAGE, bodies, "127.0.0.12")
        counted.append(Counter(one.status_code for one in told)[303])

    assert [1, 1] == counted


def test_password_alone_throws_nobody_out(shop: Shop) -> None:
    """Whoever has a coordinator's password and no code begins as often as they like: who is in stays in."""
    inside = shop.enter("Mio", "127.0.0.13")
    thief = shop.browser("127.0.0.14")
    for _ in range(MOST_OF_ONE + 2):
        shop.send(thief, "/sign-in", "/sign-in", name="Mio", password=PASSWORD)

    assert 200 == inside.get("/account").status_code


def test_one_person_does_not_take_all_streams(shop: Shop) -> None:
    """Thirty pages of one account listen: twenty are heard, and another account's page is."""
    greedy, other = shop.enter("Olle", "127.0.0.15"), shop.enter("Eva", "127.0.0.16")
    ask = f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{shop.port}\r\nCookie: {_cookies(greedy)}\r\n\r\n".encode()
    with contextlib.ExitStack() as wires:
        answers = []
        for _ in range(30):
            wire = wires.enter_context(shop.wire("127.0.0.15"))
            wire.sendall(ask)
            answers.append(wire.recv(12))
        with other.stream("GET", "/events") as stream:
            heard = next(stream.iter_lines())

    assert {b"HTTP/1.1 200": 20, b"HTTP/1.1 503": 10} == Counter(answers)
    assert "event: hello" == heard


def test_requests_without_end_shut_nobody_out(shop: Shop) -> None:
    """One address holds as many connections as it may and no more; a phone at another address has its page."""
    phone = shop.enter("Eva", "127.0.0.16")
    begun = f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{shop.port}\r\nContent-Length: 9000\r\n".encode()
    with contextlib.ExitStack() as wires:
        open_ones = [wires.enter_context(shop.wire("127.0.0.17")) for _ in range(OF_ONE + 30)]
        for one in open_ones:
            with contextlib.suppress(OSError):
                one.sendall(begun)
        seen = phone.get("/account").status_code
        until(lambda: sum(_ended(one) for one in open_ones) >= 30, "those that are too many to be closed")
        time.sleep(0.2)  # nor is any other
        closed = sum(_ended(one) for one in open_ones)
    assert (200, 30) == (seen, closed)
    until(lambda: _let_in(shop), "a place that is free again, once the server has seen that the others have gone")


def _let_in(shop: Shop) -> bool:
    with contextlib.suppress(httpx.TransportError), shop.browser("127.0.0.17") as browser:
        assert 200 == browser.get("/sign-in").status_code
        return True
    return False


def _ended(wire: socket.socket) -> bool:
    wire.setblocking(False)
    try:
        return not wire.recv(100)
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_link_that_a_chat_program_fetched_still_opens(shop: Shop) -> None:
    """Fetching it shows a button and uses nothing up; pressing it does, once."""
    ada, guest = shop.enter("Ada", "127.0.0.18"), shop.browser("127.0.0.19")
    made = shop.send(ada, "/accounts", "/accounts", name="Gun", role="owner", scope="are-kall")
    path = re.search(r"/link/[\w-]{43}", made.text)[0]
    for _ in range(3):
        shop.browser("127.0.0.20").get(path)
    told = [shop.send(guest, "/link", path, token=path[6:]) for _ in range(2)]

    assert ["sotpunkt-ticket" in one.headers.get("set-cookie", "") for one in told] == [True, False]
    assert 200 == guest.get("/welcome").status_code


EVIL = """<!doctype html><title>evil</title>
<img src="TARGET/link/LINK"><img src="TARGET/events">
<form id="out" method="post" action="TARGET/sign-out" target="f1"><input name="page_token" value="x"></form>
<form id="in" method="post" action="TARGET/sign-in" target="f2">
<input name="name" value="Sam"><input name="password" value="PASSWORD"></form>
<iframe name="f1"></iframe><iframe name="f2"></iframe><iframe id="seen" src="TARGET/account"></iframe>
<script>
document.getElementById("out").submit(); document.getElementById("in").submit();
Promise.allSettled([
  fetch("TARGET/account", {credentials: "include"}).then(a => a.text()),
  fetch("TARGET/sites/are-kall/reports", {method: "POST", credentials: "include", body: "{}"}),
  fetch("TARGET/sign-out", {method: "POST", mode: "no-cors", credentials: "include",
                            body: new URLSearchParams({page_token: "x"})}),
]).then(all => document.title = all.map(one => one.status).join(" "));
</script>"""


def test_page_of_somebody_else_gets_and_does_nothing(shop: Shop, chromium: Any, tmp_path: Path) -> None:
    """In a real browser: a foreign page reads nothing, signs nobody in or out, shows none of our pages in its own."""
    inside = shop.enter("Sam", "127.0.0.21")
    link = "x" * 43
    text = EVIL.replace("TARGET", f"http://127.0.0.1:{shop.port}").replace("LINK", link).replace("PASSWORD", PASSWORD)
    (tmp_path / "index.html").write_text(text, "utf-8")
    context = chromium.new_context()
    context.add_cookies(
        [{"name": name, "value": told, "domain": "127.0.0.1", "path": "/", "httpOnly": True, "sameSite": "Strict"}
         for name, told in inside.cookies.items()]
    )  # fmt: skip
    with _served(tmp_path) as port:
        tab = context.new_page()
        tab.goto(f"http://localhost:{port}/")
        tab.wait_for_function("document.title.includes('ed')")
        title, frames = tab.title(), [one.url for one in tab.frames[1:]]
        tab.wait_for_timeout(500)
    own = context.new_page()
    own.goto(f"http://127.0.0.1:{shop.port}/account")

    assert "rejected rejected" == " ".join(title.split()[:2])
    assert not any("/account" in one and "error" not in one for one in frames)
    assert "Sam" in own.locator("h1").inner_text()
    assert own.evaluate("document.cookie") == ""
    assert len(inside.cookies) == len([one for one in context.cookies() if one["domain"] == "127.0.0.1"])


@contextlib.contextmanager
def _served(folder: Path) -> Iterator[int]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join(10)


def test_markup_in_names_is_only_words(shop: Shop, chromium: Any) -> None:
    """A name and a comment full of markup, in every page that shows them, in a real browser: no script runs."""
    hostile = '"><img src=x onerror="document.title=1"><script>document.title=1</script>{{7*7}}'
    with shop.database.writing() as connection:
        accounts.add(
            connection, name=hostile, role=Role.ADMINISTRATOR, scope="", password=hashed(PASSWORD),
            totp=shop.secrets["Ada"], made_ms=None,
        )  # fmt: skip
    browser = shop.browser("127.0.0.22")
    shop.send(browser, "/sign-in", "/sign-in", name=hostile, password=PASSWORD)
    shop.send(browser, CODE_PAGE, CODE_PAGE, code=pyotp.TOTP(shop.secrets["Ada"]).now())
    told = {"form": "need", "idempotency_key": "key-hostile-01", "what": "other", "comment": hostile, "note": hostile}
    shop.send(browser, "/sites/are-kall/needs", "/account", **told)
    shop.send(browser, "/accounts", "/accounts", name=f"{hostile[:50]}2", role="owner", scope="are-kall")
    context = chromium.new_context()
    context.add_cookies(
        [{"name": name, "value": text, "domain": "127.0.0.1", "path": "/"} for name, text in browser.cookies.items()]
    )
    tab = context.new_page()
    wrong = []
    for path in ("/account", "/accounts", "/log", "/", "/sites/are-kall/enter"):
        tab.goto(f"http://127.0.0.1:{shop.port}{path}")
        tab.wait_for_load_state()
        shown = tab.content()
        if tab.title() == "1" or tab.locator("main img, header img").count() or "onerror" not in shown:
            wrong.append(path)

    assert [] == wrong


def test_bytes_that_no_address_has_are_not_found(shop: Shop) -> None:
    """A zero byte, a way out of the folder, encoded or not: 404, with the headers that every answer has."""
    seen = {}
    for path in ("/static/%00", "/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/uplot/..%2fx"):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", shop.port, timeout=10)) as wire:
            wire.request("GET", path)
            answer = wire.getresponse()
            seen[path] = (answer.status, answer.headers["x-frame-options"])

    assert {(404, "DENY")} == set(seen.values()), seen


def test_log_and_process_list_hold_no_secret(shop: Shop) -> None:
    """Whatever was tried: no password, code, session, link or secret of an app stands where others may read it."""
    browser = shop.enter("Eva", "127.0.0.23")
    shop.send(browser, "/sign-in", "/account", name="Eva", password="wrong-canary-word")
    shop.browser("127.0.0.23").get("/link/link-canary-word?password=query-canary-word")
    told = shop.page.log.read_text("utf-8") + Path(f"/proc/{shop.page.process.pid}/cmdline").read_text("utf-8")
    link = (shop.database.path.parent / "setup-link").read_text("utf-8").strip().rpartition("/")[2]
    secrets = [PASSWORD, "canary", *browser.cookies.values(), *shop.secrets.values(), link]

    assert [] == [one for one in secrets if one in told]
    assert "setup-link" in told
