"""Who has what, at the real program: two browsers at once, a server that dies, a network that goes, a silent site."""

import json
import re
import resource
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from contract import topics
from contract.orders import Orders
from contract.words import AlarmState, Power
from tests.ports import free_port

SITES = ("work-a", "work-b", "work-c")
TAKE = {"who": "Eva", "idempotency_key": "take-000001", "next_in": "60", "saw": 0}


@pytest.fixture(scope="module")
def centre(dashboard_of_module: Any, broker: Any) -> Any:
    """One program for the file; each test has sites of its own in it."""
    from .conftest import until

    page = dashboard_of_module(*SITES, "late-a", "kill-a", "net-a", "note-a", "fold-a", "mute-a", "mass-a", "mass-b",
                               "full-a")  # fmt: skip
    until(lambda: page.json("/healthz")["broker"], "the link")
    return page


@pytest.fixture(scope="module")
def mortal(dashboard_elsewhere: Any) -> Any:
    """One that is killed and begun anew, at the same address."""
    # one that is given out here: one that the kernel chose may have gone to somebody else while the program was dead
    return dashboard_elsewhere(
        "kill-b", "out-a", "out-b", "kept-a",
        rewrite=lambda text, _: text.replace("port = 0", f"port = {free_port()}", 1),
    )  # fmt: skip


@pytest.fixture
def window(chromium: Browser) -> Iterator[Callable[[], BrowserContext]]:
    """`window()`: one more operator, with a browser window of their own."""
    opened: list[BrowserContext] = []

    def one() -> BrowserContext:
        opened.append(chromium.new_context(locale="sv-SE"))
        return opened[-1]

    yield one
    for context in opened:
        context.close()


def _form(page: Page, subject: str, what: str) -> Any:
    """Opens the row of one form."""
    fold = page.locator(f'[id="fold.{subject}.{what}"]')
    fold.locator("summary").click()
    return fold.locator("form")


def _who_has(page: Any, site: str) -> dict[str, Any]:
    held: dict[str, Any] = page.json("/api/work")["sites"][site]
    return held


def test_two_operators_at_once_lose_nothing(centre: Any, window: Any, wait: Any) -> None:
    """Both see nobody, both press: one has it; the other is told who, keeps what was written, and may take over."""
    eva, bo = (window().new_page() for _ in range(2))
    for page in (eva, bo):
        page.goto(f"{centre.url}/sites/late-a")
        page.route("**/panels*", lambda route: route.abort())  # what they see stays what they saw
    forms = {}
    for name, page in (("Eva", eva), ("Bo", bo)):
        forms[name] = _form(page, "site:late-a", "take")
        forms[name].locator('[name="who"]').fill(name)
        forms[name].locator('[name="text"]').fill(f"{name} ringer")
    forms["Eva"].locator("button").click()
    wait(lambda: _who_has(centre, "late-a")["owner"] == "Eva", "Eva to have it")
    forms["Bo"].locator("button").click()
    bo.locator("#unsent li[data-state=failed]").wait_for()

    assert "Eva har det sedan" in bo.locator("#unsent").inner_text()
    assert "Eva" == _who_has(centre, "late-a")["owner"]
    bo.unroute("**/panels*")
    bo.reload()
    log = bo.locator("#panel-ownership .work-log").inner_text()
    assert all(words in log for words in ("Eva ringer", "Bo ringer", "någon annan hann före"))

    over = _form(bo, "site:late-a", "take_over")
    over.locator('[name="who"]').fill("Bo")
    over.locator("button").click()
    wait(lambda: _who_has(centre, "late-a")["owner"] == "Bo", "Bo to have taken over")
    wait(lambda: "Bo" in eva.content() or eva.reload(), "Eva's page")


def test_server_that_dies_loses_nothing_that_was_pressed(mortal: Any, window: Any, wait: Any) -> None:
    """kill -9 before the press reaches it: the page says it waits, over a reload; then it is there, once."""
    centre = mortal
    page = window().new_page()
    page.goto(f"{centre.url}/sites/kill-b")
    assert 200 == centre.post("/holdings/sites/kill-b/note", TAKE | {"text": "före"})[0]
    page.locator("#panel-ownership", has_text="före").wait_for()  # nothing is drawn anew under a finger after that
    form = _form(page, "site:kill-b", "take")
    form.locator('[name="who"]').fill("Eva")
    centre.kill()
    form.locator("button").click()
    page.locator("#unsent li[data-state=waiting]").wait_for()

    assert "väntar på servern" in form.locator(".answer").inner_text()
    assert "Sparat" not in form.locator(".answer").inner_text()
    centre.start()
    wait(lambda: _who_has(centre, "kill-b")["owner"] == "Eva", "the press")
    page.locator("#unsent").wait_for(state="hidden")
    facts = centre.get("/sites/kill-b")[1]

    assert (1, 1) == (facts.count("tog det, nästa gång"), facts.count(": före"))


def test_waiting_press_outlives_a_reload(centre: Any, window: Any, wait: Any) -> None:
    """The network goes, the page is loaded again from the server when it is back: the same key, one line."""
    context = window()
    page = context.new_page()
    page.goto(f"{centre.url}/sites/net-a")
    page.route("**/holdings/**", lambda route: route.abort())
    form = _form(page, "site:net-a", "note")
    form.locator('[name="who"]').fill("Eva")
    form.locator('[name="text"]').fill("skotern är tankad")
    form.locator("button").click()
    page.locator("#unsent li[data-state=waiting]").wait_for()
    held = json.loads(page.evaluate("sessionStorage.getItem('sotpunkt-unsent')"))
    page.reload()
    waits = page.locator("#unsent li[data-state=waiting]").inner_text()
    page.unroute("**/holdings/**")
    wait(lambda: "skotern är tankad" in centre.get("/sites/net-a")[1], "the note")
    again = centre.post("/holdings/sites/net-a/note", held[0]["fields"])

    assert "Anteckna" in waits
    assert 200 == again[0]
    assert 1 == centre.get("/sites/net-a")[1].count("skotern är tankad")


def test_store_that_takes_nothing_is_said_and_the_press_waits(centre: Any, window: Any, wait: Any) -> None:
    """No byte can be written: the page says why it waits and shows nothing as done; with room it is saved, once."""
    page = window().new_page()
    page.goto(f"{centre.url}/sites/full-a?lang=en")
    form = _form(page, "site:full-a", "note")
    form.locator('[name="who"]').fill("Eva")
    form.locator('[name="text"]').fill("pumpen är lånad")
    _, most = resource.prlimit(centre.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(centre.process.pid, resource.RLIMIT_FSIZE, (1, most))
    try:
        form.locator("button").click()
        page.locator("#unsent li", has_text="not saved").wait_for()
        said, answer = page.locator("#unsent").inner_text(), form.locator(".answer").inner_text()
        kept = centre.get("/sites/full-a")[1].count("pumpen är lånad")
    finally:
        resource.prlimit(centre.process.pid, resource.RLIMIT_FSIZE, (most, most))
    page.locator("#unsent").wait_for(state="hidden")

    assert "waiting for the server: What you sent is not saved. The server cannot write to its disk." in said
    assert ("Saved" not in answer, 0) == (True, kept)
    wait(lambda: centre.get("/sites/full-a")[1].count("pumpen är lånad") == 1, "the note, once")


def test_restart_keeps_incident_owner_presses_and_orders(mortal: Any, broker: Any, voice: Any, wait: Any) -> None:
    """Killed and begun anew: the same incident, still Eva's; a key that was pressed before is the same press.

    An order that was kept is on its way again, also to a broker that has lost it.
    """
    centre = mortal
    wait(lambda: centre.json("/healthz")["broker"], "the link")
    for name in ("out-a", "out-b"):
        broker.say(voice(name).alive(), voice(name).state(Power.DEAD))
    (one,) = wait(lambda: centre.json("/api/work")["incidents"], "the incident")
    late = TAKE | {"who": "Bo", "idempotency_key": "take-000002"}
    presses = [
        (f"/incidents/{one['id']}/take", TAKE),
        ("/holdings/sites/out-a/take", TAKE),
        ("/holdings/sites/out-a/take", late),
    ]
    before = [centre.post(*press) for press in presses]
    ack = {"key": "fuel-low", "device": "genset", "raised_run": "run-1", "raised_seq": 7}
    centre.post("/sites/kept-a/alarms/ack", ack | {"who": "Eva", "idempotency_key": "kept-000001"})
    (order,) = _orders(broker, "kept-a", wait).orders
    centre.kill()
    broker.publish(topics.orders("kept-a"), b"", retain=True)
    wait(lambda: broker.seen[topics.orders("kept-a")] == b"", "the order to be lost")
    centre.start()
    (again,) = centre.json("/api/work")["incidents"]

    assert [200, 200, 409] == [status for status, _ in before]
    assert (one["id"], "Eva") == (again["id"], again["holding"]["owner"])
    assert "2 utan ström" in one["sentence"]
    assert [status for status, _ in before] == [centre.post(*press)[0] for press in presses]
    assert before[1][1]["revision"] == _who_has(centre, "out-a")["revision"]
    assert [order.id] == [one.id for one in _orders(broker, "kept-a", wait).orders]


def test_order_to_a_silent_site_waits_and_says_so(centre: Any, broker: Any, voice: Any, wait: Any) -> None:
    """It is never shown as done, and the hand-over names it."""
    site = voice("mute-a")
    broker.say(site.alive(), site.alarms(site.alarm()))
    wait(lambda: centre.json("/api/alarms?place=mute-a")["rows"], "the alarm")
    broker.say(site.tick().alive(online=False))
    wait(lambda: not centre.json("/api/sites/mute-a")["contact"]["in_contact"], "the silence")
    told = {"key": "fuel-low", "device": "genset", "raised_run": "run-1", "raised_seq": 7}
    assert 202 == centre.post("/sites/mute-a/alarms/ack", told | {"who": "Eva", "idempotency_key": "ack-000001"})[0]
    alarms, page, shift = (centre.get(path)[1] for path in ("/alarms?place=mute-a", "/sites/mute-a", "/handover"))

    assert all("väntar: platsen hörs inte" in html for html in (alarms, shift))
    assert "Det som väntar når den först när den hörs igen." in page
    assert "open" == centre.json("/api/alarms?place=mute-a")["rows"][0]["alarm"]["stage"]


def test_all_alarms_of_an_incident_in_one_press(centre: Any, broker: Any, voice: Any, wait: Any) -> None:
    """One order for each that was seen, once however often it is pressed; what failed stands there with why."""
    for name in ("mass-a", "mass-b"):
        site = voice(name)
        acked = site.alarm("mains-lost", 8, state=AlarmState.ACKED)
        broker.say(site.alive(), site.state(Power.ON_RESERVE), site.alarms(site.alarm(), acked))
    found = wait(
        lambda: [one for one in centre.json("/api/work")["incidents"] if one["sites"][0]["site"] == "mass-a"], "it"
    )
    address = f"/incidents/{found[0]['id']}"
    wait(lambda: "2 larm på 2 platser" in centre.get(address)[1], "both alarms")
    named = "mass-a|fuel-low|genset|run-1|7 mass-b|fuel-low|genset|run-1|7 mass-b|gone|genset|run-1|9 late-a|x|y|z|1"
    press = {"who": "Eva", "idempotency_key": "mass-000001", "alarms": named, "text": "ser till det"}
    first, again = centre.post(f"{address}/ack", press), centre.post(f"{address}/ack", press)
    orders = {name: _orders(broker, name, wait) for name in ("mass-a", "mass-b")}
    page = centre.get(address)[1]

    assert (200, first) == (first[0], again)
    assert ["", "", "gone", "denied"] == [one["fault"] for one in first[1]["tried"]]
    assert [1, 1] == [len(held.orders) for held in orders.values()]
    assert "gick inte: larmet finns inte längre" in page
    assert 2 == page.count("<strong>väntar på platsen</strong>")
    done = {"order": orders["mass-a"].orders[0].id, "kind": "ack", "detail": ""}
    site = voice("mass-a").tick(5000)
    broker.say(
        site.alarms(site.alarm(state=AlarmState.ACKED), revision=2), site.batch(site.record(1, "order_done", done))
    )
    refused = {"order": orders["mass-b"].orders[0].id, "kind": "ack", "detail": "", "reason": "alarm_gone"}
    other = voice("mass-b").tick(5000)
    broker.say(other.batch(other.record(1, "order_refused", refused)))
    # what one site refused is open again, and can be pressed anew
    told = wait(lambda: "1 larm på 1 plats" in (page := centre.get(address)[1]) and page, "the answers")
    rows = re.findall(r"<li class=.marked.*?</li>", told, re.DOTALL)
    results = [re.sub(r"<[^>]+>|\s+", " ", one).strip() for one in rows]

    assert 1 == told.count("<strong>kvitterat</strong>")
    assert [] == [one for one in results if one.startswith("Mass-b") and "kvitterat" in one]
    assert "väntar på platsen" not in told
    press |= {"idempotency_key": "mass-000002", "alarms": "mass-b|fuel-low|genset|run-1|7"}
    assert "" == centre.post(f"{address}/ack", press)[1]["tried"][0]["fault"]


def _orders(broker: Any, site: str, wait: Any) -> Orders:
    def held() -> Orders | None:
        payload = broker.seen.get(topics.orders(site))
        told = msgspec.json.decode(payload, type=Orders) if payload else None
        return told if told is not None and told.orders else None

    found: Orders = wait(held, f"the orders of {site}")
    return found


def test_forms_without_a_script(centre: Any) -> None:
    """Saved and back to the page; too late is a page that says who has it, and nothing is lost."""
    body = b"who=Eva&idempotency_key=form-000001&next_in=60&saw=0&lang=sv"
    form = {"content-type": "application/x-www-form-urlencoded"}
    saved = centre.get("/sites/fold-a")
    status = _post(centre, body, form)
    late = _post(centre, body.replace(b"Eva", b"Bo").replace(b"01&", b"02&") + b"&text=jag+ocks%C3%A5", form)
    wrong = _post(centre, body.replace(b"01&", b"03&").replace(b"next_in=60", b"next_in="), form)

    assert "Ingen har tagit det här." in saved[1]
    assert "Tas om hand av Eva" in status[1]
    assert 409 == late[0]
    assert "Eva har det sedan" in late[1]
    assert (400, True) == (wrong[0], "Säg när du ser till det nästa gång." in wrong[1])
    assert "jag också" in centre.get("/sites/fold-a")[1]


def _post(centre: Any, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    import urllib.request

    status, text = centre._ask(urllib.request.Request(f"{centre.url}/holdings/sites/fold-a/take", body, headers))
    return status, text


def test_hand_over_gives_all_of_mine_and_is_written_down(centre: Any, window: Any, wait: Any) -> None:
    """All that Eva has is Bo's, who has not taken it yet; what was taken from her meanwhile is not given away."""
    for number, site in enumerate(SITES[:2]):
        centre.post(f"/holdings/sites/{site}/take", TAKE | {"idempotency_key": f"mine-00000{number}"})
    saw = {site: _who_has(centre, site)["revision"] for site in SITES[:2]}
    over = {"who": "Kim", "idempotency_key": "over-000001", "next_in": "30", "saw": saw["work-b"], "over": True}
    assert 200 == centre.post("/holdings/sites/work-b/take", over)[0]
    mine = " ".join(f"site:{site}={number}" for site, number in saw.items())
    press = {"who": "Eva", "to": "Bo", "idempotency_key": "shift-000001", "mine": mine, "text": "lugnt i norr"}
    status, told = centre.post("/handover", press)
    page = centre.get("/handover")[1]

    assert (200, 1, 1) == (status, told["given"], told["late"])
    assert ("Bo", False) == (_who_has(centre, "work-a")["owner"], _who_has(centre, "work-a")["confirmed"])
    assert "Kim" == _who_has(centre, "work-b")["owner"]
    assert "Bo har inte tagit emot än." in page
    assert "lugnt i norr" in page


def test_page_of_alarms_is_chosen_by_its_address(centre: Any, broker: Any, voice: Any, wait: Any) -> None:
    """Without a script; a word that means nothing shows all; the history of one tells how it went, late news marked."""
    site = voice("note-a")
    alarm = site.alarm("fuel-critical", 3, priority=1)
    broker.say(site.alive(), site.alarms(alarm))
    body = {"alarm": msgspec.to_builtins(alarm), "notify": True}
    broker.say(site.batch(site.record(1, "alarm_raised", body), historical=True))
    wait(lambda: centre.json("/api/alarms?place=note-a")["rows"], "the alarm")
    history = "/sites/note-a/alarm-history?key=fuel-critical&device=genset"
    wait(lambda: "(kom i efterhand)" in centre.get(history)[1], "the history")

    assert 1 == centre.get("/alarms?priority=1&stage=open&place=note-a")[1].count('data-stage="open"')
    assert "Inga larm som passar urvalet." in centre.get("/alarms?priority=3&place=note-a")[1]
    assert "Larmet nu" in centre.get(history)[1]
    assert {200} == {
        centre.get(path)[0] for path in ("/alarms?stage=what", "/alarms?page=99", "/handover?all=1&page=9")
    }
    assert 400 == centre.get("/alarms?priority=9")[0]
    assert "Inget är känt" in centre.get("/sites/note-a/alarm-history?key=fuel_%25&device=x")[1]
    assert [] == [one for one in centre.json("/api/work")["incidents"] if "note-a" in json.dumps(one)]
