"""The web program with a site that has spoken, asked by a client in this process: no broker, no port, no waiting."""

import re
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyotp
import pytest
from argon2 import PasswordHasher
from litestar.testing import TestClient

from contract import topics
from contract.messages import Alarms, SiteState, encode
from contract.orders import Order
from contract.records import RecordBatch
from contract.words import ClockQuality
from dashboard.config import Settings, SignInSettings, StoreSettings, View
from dashboard.core.access.lapse import DAY_MS
from dashboard.core.access.people import NEEDS_CODE, Role
from dashboard.core.sites import Site
from dashboard.io.access import accounts
from dashboard.io.access.hashing import Hasher, hashed
from dashboard.io.access.sign_in import SignIn
from dashboard.io.desk import Desk
from dashboard.io.store.database import Database
from dashboard.io.store.link_alarms import LinkAlarms
from dashboard.io.store.records import Records, Taken
from dashboard.io.store.shelf import Shelf
from dashboard.io.web import addresses as http
from dashboard.io.web.pages import Pages
from doors.broker import BrokerSettings
from doors.clock import Clock, Reading, spec_of

PORT = 8080


class Office:
    """A running dashboard: what a site says to it, what a browser sees of it."""

    def __init__(self, folder: Path, voice: Any, mode: str) -> None:
        settings = Settings(
            broker=BrokerSettings(url="mqtt://127.0.0.1:1"), store=StoreSettings(path="store.sqlite"),
            site=(Site(id="are-kall", place="Kall", in_service=True),), view=View(mode=mode),
            sign_in=SignInSettings(required=False),
        )  # fmt: skip
        self.database = Database(folder / "store.sqlite")
        self.site = voice("are-kall")
        clock = Clock.parse(spec_of(1.0, self.site.wall_ms, self.site.up_ms, "office"), allowed=True)
        self.desk = Desk(settings, clock, Records(self.database), Shelf(self.database), LinkAlarms(self.database))
        self.desk.broker_up = True
        with warnings.catch_warnings():
            # newer versions want another spelling of parameters, which the oldest version we take does not know
            warnings.simplefilter("ignore", DeprecationWarning)
            app = http.build(self.desk, Pages(self.desk), PORT)
        self.client = TestClient(app, base_url=f"http://127.0.0.1:{PORT}")
        self.say(self.site.alive(), self.site.birth())

    def say(self, *messages: Any) -> None:
        """The site says something; records are kept as the running program would keep them."""
        for message in messages:
            if isinstance(message, RecordBatch):
                self.desk.records.commit([Taken(message, None)])
                self.desk.reload_orders("are-kall")
                continue
            topic = {SiteState: topics.state, Alarms: topics.alarms}.get(type(message))
            named = topic or (topics.birth if hasattr(message, "devices") else topics.status)
            self.desk.receive(named("are-kall"), encode(message), False)

    def page(self, path: str = "", language: str = "sv") -> str:
        """A page of the site as a browser gets it."""
        answer = self.client.get(f"/sites/are-kall{path}?lang={language}")
        assert 200 == answer.status_code
        return answer.text

    def fill(self, address: str, form: str, **written: str) -> Any:
        """A form as a browser without a script sends it."""
        body = {"who": "Bo", "idempotency_key": f"key-{form}-00000", "form": form, "lang": "sv", "page": "enter"}
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self.client.post(
            f"/sites/are-kall/{address}", content=urlencode(body | written), headers=headers, follow_redirects=False
        )

    @property
    def pending(self) -> tuple[Order, ...]:
        """What waits for the site."""
        return self.desk.pending["are-kall"]


@pytest.fixture
def office(tmp_path: Path, voice: Any) -> Iterator[Office]:
    """The municipality's dashboard."""
    one = Office(tmp_path, voice, "centre")
    with one.client:
        yield one
    one.database.close()


@pytest.fixture
def owner(tmp_path: Path, voice: Any) -> Iterator[Office]:
    """The site's own page."""
    one = Office(tmp_path, voice, "site")
    with one.client:
        yield one
    one.database.close()


class HandClock(Clock):
    """The box's clock, set by hand: uptime, wall time and whether it is believed."""

    def __init__(self) -> None:
        super().__init__()
        self.boot_id, self.up, self.wall, self.how = "office-1", 3_600_000, 1_764_000_000_000, ClockQuality.SYNCED

    @property
    def boot(self) -> str:
        """This boot."""
        return self.boot_id

    def up_ms(self) -> int:
        """Uptime."""
        return self.up

    def read(self) -> Reading:
        """All clocks."""
        wall = None if self.how is ClockQuality.UNSYNCED else self.wall
        return Reading(boot=self.boot_id, up_ms=self.up, wall_ms=wall, quality=self.how)

    def go(self, ms: int) -> None:
        """Time passes."""
        self.up += ms
        self.wall += ms

    def restart(self, away_ms: int, up_ms: int = 60_000) -> None:
        """The box was off for so long, and has been up for a minute."""
        self.boot_id += "+"
        self.up = up_ms
        self.wall += away_ms


PASSWORD = "tre gröna ord"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""As little work as there is; how much the program takes has a test of its own."""
KEPT = hashed(PASSWORD, CHEAP)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SITES = ("are-kall", "are-huso", "berg-byn")


class Staff:
    """A dashboard where people sign in, and the people."""

    def __init__(self, folder: Path, mode: str, clients: ExitStack) -> None:
        named = SITES[:1] if mode == "site" else SITES
        sites = tuple(Site(id=one, place=one.title(), in_service=True) for one in named)
        settings = Settings(
            broker=BrokerSettings(url="mqtt://127.0.0.1:1"), store=StoreSettings(path="store.sqlite"), site=sites,
            view=View(mode=mode),
        )  # fmt: skip
        self.database, self.clock, self._clients = Database(folder / "store.sqlite"), HandClock(), clients
        records, shelf, losses = Records(self.database), Shelf(self.database), LinkAlarms(self.database)
        self.desk = Desk(settings, self.clock, records, shelf, losses)
        self.door = SignIn(self.database, self.clock, Hasher(CHEAP))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self.app = http.build(self.desk, Pages(self.desk), PORT, self.door)

    def browser(self) -> Any:
        """A browser of its own: no cookies yet."""
        client = TestClient(self.app, base_url=f"http://127.0.0.1:{PORT}")
        client.headers["accept"] = "text/html"
        client.follow_redirects = False
        return self._clients.enter_context(client)

    def add(self, name: str, role: Role, scope: str = "") -> int:
        """An account, made at once."""
        totp = SECRET if role in NEEDS_CODE else ""
        with self.database.writing() as connection:
            return accounts.add(
                connection, name=name, role=role, scope=scope, password=KEPT, totp=totp, made_ms=None
            )  # fmt: skip

    def token(self, browser: Any, path: str = "/sign-in") -> str:
        """What the form of a page carries."""
        return re.search(r'name="page_token" value="(\w+)"', browser.get(path).text)[1]

    def code(self) -> str:
        """What the app shows now; the next one at each call, as a person would wait for it."""
        self.clock.go(30_000)
        return pyotp.TOTP(SECRET).at(self.clock.wall // 1000)

    def send(self, browser: Any, path: str, page: str = "/sign-in", **fields: str) -> Any:
        """A form as the page that holds it sends it."""
        return browser.post(path, data={"page_token": self.token(browser, page), "lang": "sv", **fields})

    def enter(self, name: str, browser: Any = None) -> Any:
        """A browser in which that person is signed in."""
        browser = browser or self.browser()
        answer = self.send(browser, "/sign-in", name=name, password=PASSWORD)
        if "/sign-in/code" in answer.headers.get("location", ""):
            answer = self.send(browser, "/sign-in/code", "/sign-in/code", code=self.code())
        assert 303 == answer.status_code, answer.text
        return browser

    def open(self, browser: Any, link: str) -> Any:
        """Somebody opens a link and presses the button."""
        return self.send(browser, "/link", f"/link/{link}", token=link)

    def bearer(self, name: str, scope: str = "", *, orders: bool = False, lasts_ms: int = 400 * DAY_MS) -> str:
        """A token of another system, made at once."""
        return self.door.tokens.make(
            self.door.now(), name=name, scope=scope, orders=orders, issuer="Ada", lasts_ms=lasts_ms,
            note=lambda _: None,
        )  # fmt: skip

    def log(self) -> list[tuple[str, str, str]]:
        """Who, what, result; newest first."""
        return [(one.who, one.did, one.result) for one in self.door.audit.newest(100)]


@pytest.fixture
def staff(tmp_path: Path) -> Iterator[Staff]:
    """The municipality's dashboard, with nobody in it yet."""
    with ExitStack() as clients:
        one = Staff(tmp_path, "centre", clients)
        yield one
    one.database.close()


@pytest.fixture(scope="module")
def staff_of_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staff]:
    """The same for all tests of a file together."""
    with ExitStack() as clients:
        one = Staff(tmp_path_factory.mktemp("staff"), "centre", clients)
        yield one
    one.database.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Staff]:
    """The site's own page, with nobody in it yet."""
    with ExitStack() as clients:
        one = Staff(tmp_path, "site", clients)
        yield one
    one.database.close()
