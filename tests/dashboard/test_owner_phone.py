"""The owner's page in a phone's hand: what stands in the first view, how many presses an action takes, and what is left
of it without contact."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from contract import topics
from contract.judgement import Activator, CallNow
from contract.orders import Orders
from contract.words import ClockQuality, Opening, Power, Status
from dashboard.core.access.lapse import Instant
from dashboard.core.access.people import Role
from dashboard.io.access.hashing import hashed
from dashboard.io.access.passes import Passes
from dashboard.io.store.database import Database
from doors.clock import spec_of
from tests.ports import free_port

from .browsing import go_on, promised, texts
from .conftest import Dashboard, settings_text, until
from .site_voice import Voice

SITE, PIN = "are-phone", "42424242"
LIVE, LIVE_S = "body:not([data-kept])", 30.0


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, broker: Any) -> Iterator[Dashboard]:
    """One program for all tests of this file, with a card for Anna."""
    folder = tmp_path_factory.mktemp("phone")
    database = Database(folder / "store.sqlite")
    Passes(database).give(
        Instant("boot-t", 600_000, None, ClockQuality.UNSYNCED), name="Anna", role=Role.OWNER, scope=SITE, issuer="t",
        password=hashed(PIN), lasts_ms=10**10, note=lambda _: None,
    )  # fmt: skip
    database.close()
    spec = spec_of(1.0, int(time.time() * 1000), 600_000, f"boot-{time.time_ns()}", ClockQuality.SYNCED)
    text = settings_text((SITE,), broker.port, "site", sign_in=True)
    # it comes back at the same address: one that the kernel chose may have gone to somebody else meanwhile
    text = text.replace("port = 0", f"port = {free_port()}", 1)
    one = Dashboard(folder, text, "--clock", spec).start()
    yield one
    one.kill()


@pytest.fixture(scope="module")
def phone(shop: Dashboard, chromium: Browser) -> Iterator[BrowserContext]:
    """Anna's phone, signed in with her PIN."""
    one = chromium.new_context(viewport={"width": 390, "height": 844})
    tab = one.new_page()
    tab.goto(f"{shop.url}/sign-in")
    tab.fill("#name", "Anna")
    tab.fill("#password", PIN)
    go_on(tab, "main button")
    tab.wait_for_selector(".owner-now")
    tab.close()
    yield one
    one.close()


@pytest.fixture(scope="module")
def gateway(broker: Any) -> Voice:
    """What the site's gateway would say."""
    return Voice(SITE)


def _call(site: Voice) -> CallNow:
    ringing = Activator(id="a", name="Bo Ek", phone="070-1740605")
    return CallNow(opening=Opening.ASKED, id="c-1", since=site.moment(60_000), call_next=ringing)


STATES: dict[str, Callable[[Voice], tuple[Any, tuple[Any, ...]]]] = {
    "redo": lambda site: (site.state(endurance=site.endurance(75, 111)), ()),
    "går på elverket": lambda site: (site.state(Power.ON_RESERVE, active=True, endurance=site.endurance(31, 44)), ()),
    "ingen ström": lambda site: (
        site.state(Power.DEAD),
        (site.alarm("start-failed", 3, priority=1), site.alarm("fuel-low", 7)),
    ),
    "ström på platsen": lambda site: (site.state(Power.DEAD, call=_call(site)), ()),
    "Gör något nu": lambda site: (
        site.state(endurance=site.endurance(20, 30)),
        tuple(site.alarm(key, 10 + n, priority=1 + n % 3) for n, key in enumerate(("fuel-low", "battery-low"))),
    ),
}


@pytest.mark.parametrize("words", STATES)
def test_first_view_holds_sentence_first_step_and_buttons(
    phone: BrowserContext, shop: Dashboard, gateway: Voice, broker: Any, words: str
) -> None:
    """On a phone, without scrolling; at 320 px, also framed as an exercise, nothing is wider than the screen."""
    for status in (Status.EXERCISE, Status.ACTUAL):
        gateway.status = status
        gateway.tick()
        state, alarms = STATES[words](gateway)
        broker.say(gateway.alive(), gateway.birth(), state, gateway.alarms(*alarms, revision=gateway.up_ms),
                   retain=False)  # fmt: skip
        tab = _open(phone, shop, words, framed=status is Status.EXERCISE)
        if status is Status.EXERCISE:
            tab.set_viewport_size({"width": 320, "height": 640})
            wide = tab.evaluate("document.documentElement.scrollWidth")
            cut = tab.evaluate(
                "[...document.querySelectorAll('.owner-acts summary, .owner-links a, .owner button')]"
                ".filter(one => one.offsetParent && one.scrollWidth > one.clientWidth).map(one => one.textContent)"
            )
        else:
            ends = tab.evaluate(
                "[...document.querySelectorAll('.sentence, .owner-steps li, .owner-acts > .act > summary')]"
                ".filter(one => one.offsetParent).map(one => one.getBoundingClientRect().bottom)"
            )
            nothing = texts(tab, ".nothing")
        tab.close()

    assert (320, []) == (wide, cut)
    assert 7 <= len(ends) + len(nothing)
    assert max(ends) <= 844, ends
    if "ström" in words:
        assert ["Inget att göra nu."] != nothing


def _open(phone: BrowserContext, shop: Dashboard, words: str, *, framed: bool = False) -> Page:
    """The page, once the server says these words. One that comes too late is shown as kept and reloads itself, so the
    live one is waited for and never asked for a second time."""

    def said() -> bool:
        told = phone.request.get(f"{shop.url}/api/owner").json()
        return words in told["words"] and framed == bool(told["frames"])

    until(said, words, LIVE_S)
    tab = phone.new_page()
    tab.goto(shop.url)
    tab.locator(f"{LIVE} .owner{'.framed' if framed else ':not(.framed)'} h1", has_text=words).wait_for()
    tab.wait_for_load_state("load")
    return tab


PRESSES: dict[str, tuple[str, tuple[str, ...], dict[str, str]]] = {
    "ack": ("", (), {}),
    "delivery": ("refuel", ("product=hvo",), {"litres": "400"}),
    "service_visit": ("visit", ("for_s=3600",), {}),
    "declaration": ("services", ("declared=open",), {"service": "food"}),
    "need": ("need", (), {"what": "diesel"}),
    "notice": ("notice", ("for_h=4",), {"sv": "Kaffe finns"}),
    "call_out": ("point", (), {}),
}
"""Kind of the order: the button it lies behind, what is chosen, what is written."""


@pytest.mark.parametrize("kind", PRESSES)
def test_every_action_takes_two_presses_at_most(
    phone: BrowserContext, shop: Dashboard, gateway: Voice, broker: Any, kind: str
) -> None:
    """One that opens, one that sends, and between them only what must be said; then the order is on its way."""
    act, choices, written = PRESSES[kind]
    gateway.status = Status.ACTUAL
    broker.say(gateway.tick().alive(), gateway.birth(), gateway.state(),
               gateway.alarms(gateway.alarm("fuel-low", 7), revision=gateway.up_ms), retain=False)  # fmt: skip
    tab, presses, before = _open(phone, shop, "redo"), 0, _kinds(broker)
    room = tab.locator(f"#act-{act}" if act else ".owner-steps")
    if act:
        room.locator("> summary").click()
        presses += 1
    form = room.locator("form").first
    for choice in choices:
        name, value = choice.split("=")
        form.locator(f"input[name={name}][value='{value}']").check()
    for name, text in written.items():
        field = form.locator(f"[name={name}]")
        if field.first.get_attribute("type") == "radio":
            form.locator(f"input[name={name}][value='{text}']").check()
        elif field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(text)
        elif field.count():
            field.fill(text)
    form.locator("button").click()
    presses += 1
    until(lambda: sorted(_kinds(broker)) == sorted([*before, kind]), f"the order {kind}, not {_kinds(broker)}", LIVE_S)
    tab.close()

    assert presses <= 2


def _kinds(broker: Any) -> list[str]:
    payload = broker.seen.get(topics.local_orders(SITE))
    held = msgspec.json.decode(payload, type=Orders).orders if payload else ()
    return [msgspec.to_builtins(one.what)["kind"] for one in held]


def test_without_contact_the_page_is_old_and_sends_nothing(
    phone: BrowserContext, shop: Dashboard, gateway: Voice, broker: Any
) -> None:
    """kill -9 and a cold start: the last sentence, a banner, an age that runs; no button; then all comes back."""
    gateway.status = Status.ACTUAL
    broker.say(gateway.tick().alive(), gateway.birth(), gateway.state(endurance=gateway.endurance(75, 111)),
               gateway.alarms(gateway.alarm("fuel-low", 7), revision=gateway.up_ms), retain=False)  # fmt: skip
    tab = _open(phone, shop, "redo")
    promised(
        tab,
        "async () => navigator.serviceWorker.controller"
        " && Boolean(await (await caches.open('sotpunkt-pages-1')).match('/'))"
        " && Boolean(await (await caches.open('sotpunkt-files-1')).match('/static/owner.css'))",
    )
    kept = phone.request.get(f"{shop.url}/kept").text()
    shop.kill()
    tab.goto(shop.url, wait_until="commit")
    banner = tab.locator("body[data-kept] #kept-state")
    banner.wait_for(state="visible")
    tab.wait_for_load_state("load")  # its style lies in the worker's store, too
    said, sentence = banner.inner_text(), tab.locator("h1").inner_text()
    grounds = tab.evaluate(
        "['.if-contact.sentence', '#kept-state']"
        ".map(one => getComputedStyle(document.querySelector(one)).backgroundImage.slice(0, 9))"
    )
    age = tab.locator(".heard .age").first
    first = age.inner_text()
    tab.wait_for_function(
        "was => document.querySelector('.heard .age').textContent !== was", arg=first, timeout=100_000
    )
    pressable = tab.locator(".owner button:visible, .owner-acts summary:visible, .owner form:visible").count()
    why = tab.locator(".only-kept").inner_text()
    shop.start()
    tab.locator(f"{LIVE} .owner-acts summary").first.wait_for()  # by itself: nobody has pressed anything

    assert re.search(r"Utan kontakt – läget som det var kl \d\d:\d\d", said)
    assert "Senast känt: Elverket är redo" in sentence
    assert ["repeating"] * 2 == grounds  # painted as unknown, for nothing old is green
    assert 'id="panel-owner-now"' in kept
    assert 0 == pressable
    assert "går det inte att skicka" in why
    tab.close()
