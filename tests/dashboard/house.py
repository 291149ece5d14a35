"""A centre and a site's page in which every text that anybody can write has been written, and who looks at them.

Used by the tests that go through all pages: what shuts people out (axe-core), what runs that should not, who is asked.
"""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pyotp
from playwright.sync_api import Browser, BrowserContext

from contract import topics
from contract.food import FoodDay, FoodLog, FoodPlace
from contract.messages import Ack, encode
from contract.words import ClockQuality, Power
from dashboard.core.access.people import Role
from dashboard.io.access import accounts, codes
from dashboard.io.access.hashing import hashed
from dashboard.io.access.sessions import WHOLE
from dashboard.io.access.sign_in import SignIn
from dashboard.io.store.database import Database
from dashboard.publishing import make_keys
from doors.clock import Clock, spec_of

from .conftest import until
from .site_voice import Voice

EVIL = '"><img src=x onerror=top.bad=1>{{7*7}}'
"""Fits into a name; is markup, breaks out of an attribute, and is a template's expression."""
LONG = f"{EVIL}<script>top.bad=1</script></textarea><svg onload=top.bad=1>"
SPEC = spec_of(1.0, int(time.time() * 1000), 600_000, "boot-house", ClockQuality.SYNCED)
"""A clock that somebody vouches for: codes of the minute need one."""
CENTRE = (
    "/", "/?lang=en", "/refuelling", "/alarms", "/handover", "/messages", "/messages/new", "/reports", "/notification",
    "/accounts", "/tokens", "/log", "/account", "/sites/are-kall", "/sites/are-kall?lang=en", "/sites/are-kall/enter",
    "/sites/are-huso", "/sites/are-kall/alarm-history?key=fuel-low&device=genset", "/sites/nowhere",
    "/incidents/{incident}", "/messages/{message}",
)  # fmt: skip
"""Pages of somebody who is signed in at the centre."""
OWN = (
    "/", "/print", "/food", "/sites/are-kall/passes", "/sites/are-kall", "/sites/are-kall/enter", "/account", "/tokens",
    "/log",
)  # fmt: skip
"""And at the site."""
OUTSIDE = ("/sign-in", "/sign-in/code", "/link/x", "/welcome")
OUTSIDE_OWN = ("/pass/x", "/sealed")


class House:
    """One program, its administrator, and what they have written."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.database = Database(page.file.with_name("store.sqlite"))
        self.door = SignIn(self.database, Clock.parse(SPEC, allowed=True))
        self.secret = codes.new_secret()
        with self.database.writing() as connection:
            self.number = accounts.add(
                connection, name=f"Ada {EVIL}", role=Role.ADMINISTRATOR, scope="", password=hashed("tre gröna ord"),
                totp=self.secret, made_ms=None,
            )  # fmt: skip
        self.session = self.door.sessions.begin(self.number, WHOLE, self.door.now())
        account = self.door.accounts.numbered(self.number)
        assert account is not None
        self.client = httpx.Client(
            base_url=page.url, timeout=20, cookies={"sotpunkt": self.session},
            headers={"x-page-token": account.page_token(), "accept": "application/json"},
        )  # fmt: skip
        self._pressed = 0
        self.message = ""

    def close(self) -> None:
        """Let go."""
        self.client.close()
        self.database.close()

    def write(self, path: str, **fields: Any) -> httpx.Response:
        """Send something as a page would; it must be taken."""
        self._pressed += 1
        told = {"idempotency_key": f"key-of-press-{self._pressed}", "lang": "sv"} | fields
        answer = self.client.post(path, json=told)
        assert answer.status_code in (200, 201, 202), f"{path}: {answer.status_code} {_sentences(answer.text)}"
        return answer

    def code(self) -> str:
        """The next code of the minute; each counts once."""
        counter = int(time.time()) // 30
        for ahead in (0, 1, -1):
            if not self._used(counter + ahead):
                return pyotp.TOTP(self.secret).at((counter + ahead) * 30)
        raise AssertionError("no code is left in this minute")

    def _used(self, counter: int) -> bool:
        taken = self.__dict__.setdefault("_codes", set())
        fresh = counter not in taken
        taken.add(counter)
        return not fresh

    def window(self, chromium: Browser, **options: Any) -> BrowserContext:
        """A browser in which the administrator is signed in."""
        context = chromium.new_context(locale="sv-SE", **options)
        context.add_cookies([{"name": "sotpunkt", "value": self.session, "url": self.page.url, "httpOnly": True}])
        return context

    def paths(self, pages: tuple[str, ...]) -> list[str]:
        """Addresses with what was made here filled in."""
        listed = self.client.get("/api/work").json()["incidents"]
        incident = listed[0]["id"] if listed else "none"
        return [one.replace("{incident}", incident).replace("{message}", self.message or "none") for one in pages]


def centre(start: Any, broker: Any) -> Iterator[House]:
    """The municipality's dashboard, full of texts."""
    page = start("are-kall", "are-huso", sign_in=True, options=("--clock", SPEC), rewrite=_of_centre)
    house = House(page)
    until(lambda: house.client.get("/healthz").json().get("broker"), "the link", 45)
    for site in ("are-kall", "are-huso"):
        _speaks(broker, site)
    until(lambda: len(house.client.get("/api/sites/are-kall/events").json()) >= 3, "what the site says")
    _written(house)
    yield house
    house.close()


def _of_centre(text: str, folder: Path) -> str:
    """The settings, every text of them hostile, and a key to sign with."""
    make_keys(folder / "keys")
    for site in ("are-kall", "are-huso"):
        text = text.replace(f'place = "{site.capitalize()}"', f"place = '''{site} {EVIL}'''")
        more = f"region = '''Åre {EVIL}'''\nfuel_contact = '''{LONG}'''\ntank_l = 500\nlat = 63.3\nlon = 13.1\n"
        text = text.replace(f'id = "{site}"\n', f'id = "{site}"\n{more}operator = "x"\n')
    return f"{text}\n[bulletins]\nkey_file = \"keys/bulletin.key\"\nsender_name = '''Åre {EVIL}'''\n"


def _speaks(broker: Any, name: str) -> None:
    """A site under another's hand says all it can in words of its own."""
    site = Voice(name)
    ack = Ack(id="a-1", who=EVIL, role="owner", wall_ms=1_764_000_000_000, comment=LONG)
    seen = site.alarm("engine-fault", seq=8, detail=LONG, acks=(ack,), priority=1)
    bodies = (
        ("report", {"report": {"kind": "report", "observed_ms": 1, "note": LONG}, "who": EVIL, "role": "owner",
                    "through": "phone"}),
        ("alarm_raised", {"key": "fuel-low", "device": "genset", "detail": LONG}),
        ("notice_posted", {"text": {"sv": LONG, "en": LONG}, "who": EVIL}),
        ("some_later_kind", {"who": EVIL, "comment": LONG}),
    )  # fmt: skip
    broker.say(
        site.alive(), msgspec.structs.replace(site.birth(), place=EVIL),
        site.state(Power.ON_RESERVE, endurance=site.endurance(3, 5)),
        site.device(fuel__level=40, generator__power=9000),
        site.alarms(site.alarm(detail=LONG), seen),
        site.batch(*(site.record(number, kind, body) for number, (kind, body) in enumerate(bodies, 1))),
    )  # fmt: skip


def _freezes(broker: Any, name: str) -> None:
    """A freezer of that site, too warm today."""
    site, today = Voice(name), f"{datetime.now(UTC):%Y-%m-%d}"
    place = FoodPlace(device="frys-1", signal="freezer.temperature", place=EVIL, above=-18.0, below=None,
                      out_since=site.moment())  # fmt: skip
    day = FoodDay(day=today, device="frys-1", place=EVIL, above=-18.0, below=None, low=-20.0, high=-9.0, known_min=9,
                  out_min=4)  # fmt: skip
    broker.publish(topics.food(name), encode(FoodLog(head=site.head(), days=(day,), places=(place,))), retain=True)


def _written(house: House) -> None:
    """Every field of every form."""
    at = "/sites/are-kall"
    house.write(f"{at}/reports", note=LONG, litres="50")
    house.write(f"{at}/needs", what="other", comment=LONG, note=LONG, form="need")
    house.write(f"{at}/activation", active=True, reason=LONG)
    house.write(f"{at}/deliveries", litres="100", product="diesel", note=LONG)
    house.write(f"{at}/alarms/ack", key="fuel-low", device="genset", raised_run="run-1", raised_seq=7, comment=LONG)
    for site in ("are-kall", "are-huso"):
        house.write(f"/holdings/sites/{site}/take", saw=0, next_in="60", text=LONG)
        house.write(f"/holdings/sites/{site}/note", text=LONG)
    house.write("/notification/people", name=EVIL, scope="", language="sv")
    house.write("/notification/people/1/channels", label=EVIL, address="json://127.0.0.1:9/x")
    house.write("/accounts", name=EVIL, role="owner", scope="are-kall")
    house.write("/tokens", name=f"{EVIL} x", rights="read", days="7", scope="", code=house.code())
    made = house.write(
        "/messages/new", step="send", kind="water", gravity="serious", status="exercise", until="4h", sender=EVIL[:40],
        headline_sv=EVIL, description_sv=LONG, instruction_sv=LONG, headline_en=EVIL, description_en=LONG,
        instruction_en=LONG, sites=["are-kall"], code=house.code(),
    )  # fmt: skip
    house.message = made.json()["id"]


def own(start: Any, broker: Any) -> Iterator[House]:
    """The site's own page, full of texts."""
    page = start(
        "are-kall", mode="site", sign_in=True, options=("--clock", SPEC),
        rewrite=lambda text, _: text.replace('place = "Are-kall"', f"place = '''Kall {EVIL}'''"),
    )  # fmt: skip
    house = House(page)
    until(lambda: house.client.get("/healthz").json().get("broker"), "the link", 45)
    _speaks(broker, "are-kall")
    _freezes(broker, "are-kall")
    until(lambda: len(house.client.get("/api/sites/are-kall/events").json()) >= 3, "what the site says")
    house.write("/sites/are-kall/passes", name=EVIL, role="owner", days="7")
    house.write("/sites/are-kall/notices", sv=EVIL, en=EVIL, for_h="4")
    house.write("/sites/are-kall/reports", litres="50", note=LONG)
    yield house
    house.close()


def _sentences(text: str) -> str:
    """What was wrong, of a page or of JSON."""
    found = re.findall(r'class="wrong"[^>]*>([^<]+)<', text)
    return " · ".join(found) or text[:300]
