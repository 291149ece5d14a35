"""The web program with a site that has spoken, asked by a client in this process: no broker, no port, no waiting."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from litestar.testing import TestClient

from contract import topics
from contract.messages import Alarms, SiteState, encode
from contract.orders import Order
from contract.records import RecordBatch
from dashboard.config import Settings, SignInSettings, StoreSettings, View
from dashboard.core.sites import Site
from dashboard.io import http
from dashboard.io.database import Database
from dashboard.io.desk import Desk
from dashboard.io.link_alarms import LinkAlarms
from dashboard.io.pages import Pages
from dashboard.io.records import Records, Taken
from dashboard.io.shelf import Shelf
from doors.broker import BrokerSettings
from doors.clock import Clock, spec_of

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
