"""The dashboard wakes people: real program, real broker, real mail server and webhook on loopback, a faster clock."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser

from contract import topics
from contract.waking import WakingTaken
from contract.words import AlarmState, Status
from dashboard.core.texts.notify import NOTIFY
from doors.clock import spec_of

from .conftest import until
from .sinks import Hook, Mail, dead_port

RATE = 600.0
"""Product seconds in a real one: ten minutes of escalation are a second here."""


BEGAN_S = time.time()
WALL_MS = 1_764_000_000_000


def _spec() -> str:
    return spec_of(RATE, WALL_MS + _gone_ms(), 600_000, "desk-1")


def _gone_ms() -> int:
    return int((time.time() - BEGAN_S) * 1000 * RATE)


def now_at(site: Any) -> Any:
    """The site's clock, moved to now: what is said hours late is history."""
    site.up_ms = 600_000 + _gone_ms()
    return site


def there(site: Any) -> Any:
    """Its sign of life, which lasts: three heartbeats of five minutes are a second and a half here, and a site that is
    not heard wakes people too."""
    return site.alive(heartbeat_s=30_000.0)


@pytest.fixture(scope="module")
def hook() -> Iterator[Hook]:
    """A webhook that takes everything."""
    one = Hook()
    yield one
    one.stop()


def key() -> str:
    """A key for one sending."""
    return f"key-{time.monotonic_ns()}"


def person(desk: Any, name: str, *addresses: str, **parts: Any) -> int:
    """Add a person with channels; the number."""
    assert 200 == desk.post("/notification/people", {"name": name, "scope": "", "idempotency_key": key(), **parts})[0]
    number = next(one["number"] for one in desk.json("/api/notification")["people"] if one["name"] == name)
    for place, address in enumerate(addresses):
        told = {"label": f"way {place}", "address": address, "idempotency_key": key()} | parts
        status, answer = desk.post(f"/notification/people/{number}/channels", told)
        assert 200 == status, answer
    return number


def raised(voice: Any, seq: int = 1, key: str = "no-power-at-site", **parts: Any) -> Any:
    """A record: an alarm that is worth waking somebody for."""
    alarm = voice.alarm(key, seq, device="site", priority=1, **parts)
    return voice.record(seq, "alarm_raised", {"alarm": msgspec.to_builtins(alarm), "notify": True})


def stands(voice: Any, seq: int, state: AlarmState, kind: str, of: int = 1, **parts: Any) -> Any:
    """A record: how that alarm stands after somebody acknowledged it, or it went away."""
    alarm = voice.alarm("no-power-at-site", of, device="site", priority=1, state=state, **parts)
    return voice.record(seq, kind, {"alarm": msgspec.to_builtins(alarm), "notify": False})


ACK = ({"id": "a-1", "who": "Kim", "role": "owner", "wall_ms": 1_764_000_000_000},)


def test_wakes_one_after_the_other_until_somebody_acknowledges(
    desk: Any, broker: Any, voice: Any, wait: Callable[..., Any], hook: Hook
) -> None:
    """First one, after ten minutes the next, and after an acknowledgement nobody; once it is over both are told."""
    for name in ("Ada", "Bo"):
        person(desk, name, hook.address(name.lower()), scope="are")
    site = now_at(voice("are-kall"))
    broker.say(there(site), site.batch(raised(site)))
    wait(lambda: hook.at("bo"), "the second")
    taken = wait(lambda: broker.seen.get(topics.waking("are-kall")), "what the site is told")
    broker.say(site.batch(stands(site, 2, AlarmState.ACKED, "alarm_acked", acks=ACK)))
    wait(lambda: NOTIFY["notify_acked"][0] in desk.get("/notification")[1], "that somebody has acknowledged")
    # only now on the list: whether the acknowledgement comes before the third is called is a matter of two seconds
    person(desk, "Cia", hook.address("cia"), scope="are")
    time.sleep(2.0)
    broker.say(site.batch(stands(site, 3, AlarmState.NORMAL, "alarm_cleared", acks=ACK, holds=False)))
    wait(lambda: all(len(hook.at(one)) > 1 for one in ("ada", "bo")), "that it is over")
    order = [path.strip("/") for path, _ in hook.told if path.strip("/") in ("ada", "bo", "cia")]

    assert ["ada", "bo"] == order[:2]
    assert hook.at("ada")[0].startswith("Are-kall: Strömlöst på platsen. Sedan ")
    assert hook.at("bo")[0].startswith("Ingen har kvitterat. Are-kall: ")
    assert "Över: Are-kall: Strömlöst på platsen." == hook.at("ada")[1] == hook.at("bo")[1]
    assert [] == hook.at("cia")
    told = msgspec.json.decode(taken, type=WakingTaken)
    assert ("boot-1", ["no-power-at-site"]) == (told.boot, [one.key for one in told.alarms])


@pytest.fixture(scope="module")
def desk(dashboard_of_module: Callable[..., Any], hook: Hook) -> Any:
    """One running dashboard for the tests below, each with a site and people of its own."""
    sites = (
        "are-kall",
        "own-a",
        "flap-a",
        "mail-a",
        "hist-b",
        "sim-a",
        "exer-b",
        "page-a",
        "dead-a",
        "beat-a",
        "late-a",
    )
    desk = dashboard_of_module(*sites, options=("--clock", _spec()))
    until(lambda: desk.json("/healthz")["broker"], "the link")
    return desk


CALM_MS = 4 * 60_000
"""Where the test itself stood still for so long the mains were calm: both hear that it is over, and of a new one."""


def test_flapping_mains_make_a_handful(
    desk: Any, broker: Any, voice: Any, wait: Callable[..., Any], hook: Hook
) -> None:
    """An alarm that comes and goes fifty times an hour: two people together get at most five messages an hour."""
    for name in ("flip", "flop"):
        person(desk, name, hook.address(name), scope="flap")
    site, seq, began_ms = now_at(voice("flap-a")), 0, _gone_ms()
    calm, before_ms = 0, began_ms
    broker.say(there(site))
    for round_ in range(50):  # an hour of product time in six real seconds, more on a machine that has much to do
        calm += _gone_ms() - before_ms > CALM_MS
        before_ms = _gone_ms()
        now_at(site)
        came = site.batch(raised(site, seq + 1), stands(site, seq + 2, AlarmState.RETURNED_UNACKED, "alarm_cleared",
                                                        of=seq + 1))  # fmt: skip
        broker.say(site.batch(came.records[0]))
        time.sleep(0.06)
        broker.say(site.batch(came.records[1]))
        time.sleep(0.06)
        seq += 2
        sent = hook.at("flip") + hook.at("flop")
        hours = 1 + (_gone_ms() - began_ms) // 3_600_000
        assert len(sent) <= 5 * hours + 4 * calm, (round_, sent)

    wait(lambda: any("Över" in text for text in hook.at("flip")), "that it is over")
    assert 1 <= len(hook.at("flip")) <= 4 * (hours + 2) + 2 * calm


def test_mail_says_what_and_where(desk: Any, broker: Any, voice: Any, wait: Callable[..., Any]) -> None:
    """An e-mail with a subject and a link that leads to the alarm; the log names the way and never the address."""
    mail = Mail()
    desk.post("/notification/settings", {"home": "https://kris.are.se", "idempotency_key": key()})
    person(desk, "Brev", f"mailto://user:hemligt@127.0.0.1:{mail.port}?from=desk@example.se&to=jour@example.se&mode=insecure",
           scope="mail")  # fmt: skip
    site = now_at(voice("mail-a"))
    broker.say(there(site), site.batch(raised(site)))
    letter = wait(lambda: mail.letters, "a letter")[0]
    said = wait(lambda: [one for one in desk.json("/api/notification")["log"] if one["who"] == "Brev"
                         and one["state"] == "accepted"], "the log")  # fmt: skip

    assert "https://kris.are.se/sites/mail-a#panel-alarms" in said[0]["body"]
    assert "mail-a" in letter.lower()
    everything = desk.get("/notification")[1] + desk.get("/api/notification")[1] + desk.log.read_text()
    assert "hemligt" not in everything
    assert "jour@example.se" not in everything
    mail.shutdown()
    mail.server_close()


def test_history_and_simulation_wake_nobody_for_real(
    desk: Any, broker: Any, voice: Any, wait: Callable[..., Any], hook: Hook
) -> None:
    """Late records wake nobody; what is simulated or an exercise goes to who wants it, and says so first."""
    person(desk, "skarp", hook.address("skarp"), scope="sim")
    person(desk, "prov", hook.address("prov"), scope="sim", tests=True)
    person(desk, "hist", hook.address("hist"), scope="hist")
    person(desk, "övning", hook.address("ova"), scope="exer", exercises=True)
    late, played = now_at(voice("hist-b")), now_at(voice("sim-a", simulated=True))
    drill = now_at(voice("exer-b"))
    drill.status = Status.EXERCISE
    broker.say(there(late), late.batch(raised(late), historical=True))
    broker.say(there(played), played.batch(raised(played)))
    broker.say(there(drill), drill.batch(raised(drill)))
    wait(lambda: hook.at("prov") and hook.at("ova"), "the marked messages")

    assert hook.at("prov")[0].startswith("TEST Sim-a: ")
    assert hook.at("ova")[0].startswith("ÖVNING Exer-b: ")
    assert [] == hook.at("skarp") + hook.at("hist")


def test_dead_channel_delays_no_other(desk: Any, broker: Any, voice: Any, wait: Callable[..., Any], hook: Hook) -> None:
    """One channel of a person does not answer, the other does; who can not be reached at all is followed."""
    slow = Hook(slow_s=30)
    gone = f"json://127.0.0.1:{dead_port()}/x"
    person(desk, "stum", gone, scope="dead")
    person(desk, "seg", slow.address("seg"), hook.address("rapp"), scope="dead")
    site = now_at(voice("dead-a"))
    broker.say(there(site), site.batch(raised(site)))
    wait(lambda: hook.at("rapp"), "the next person over the channel that answers")
    failed = wait(lambda: [one for one in desk.json("/api/notification")["log"] if one["who"] == "stum"
                           and one["state"] == "failed"], "that it was given up")  # fmt: skip

    assert ("failed", 4, "refused") == (failed[-1]["state"], failed[-1]["tries"], failed[-1]["why"])
    assert hook.at("rapp")[0].startswith("Ingen har kvitterat. ")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("syslog://", "Den sortens adress"), ("dbus://", "Den sortens adress"), ("exec://ls", "Den sortens adress"),
        ("file:///etc/shadow", "Den sortens adress"), ("windows://", "Den sortens adress"),
        ("hemligt", "Den sortens adress"),
        ("workflows://h:443/a/b?template=/etc/shadow", "inställning som inte är tillåten"),
        ("mailtos://a:b@c.se?pgpprv=/etc/shadow", "inställning som inte är tillåten"),
        ("jsons://c.se?verify=no", "inställning som inte är tillåten"),
        ("jsons://c.se?a=1;template=/etc/x", "inställning som inte är tillåten"),
        ("json://c.se/ x", "Adressen går inte att använda"), ("tgram://", "Adressen går inte att använda"),
    ],
)  # fmt: skip
def test_address_that_reads_files_or_runs_programs_is_refused(desk: Any, address: str, why: str) -> None:
    """One sentence at the field, the address nowhere in it, and nothing kept."""
    number = next((one["number"] for one in desk.json("/api/notification")["people"] if one["name"] == "fel"), None)
    number = number or person(desk, "fel", scope="page")
    told = {"label": "x", "address": address, "idempotency_key": key()}
    status, answer = desk.post(f"/notification/people/{number}/channels", told)

    assert 400 == status
    assert why in str(answer)
    assert address not in str(answer)
    assert "/etc/shadow" not in desk.log.read_text()
    assert [] == next(one for one in desk.json("/api/notification")["people"] if one["name"] == "fel")["channels"]


def test_test_button_sends_once_and_the_log_says_so(desk: Any, wait: Callable[..., Any], hook: Hook) -> None:
    """TEST stands first; the same sending twice is one."""
    number = person(desk, "knapp", hook.address("knapp"), scope="page")
    people = desk.json("/api/notification")["people"]
    way = next(one for one in people if one["number"] == number)["channels"][0]["number"]
    told = {"did": "test", "idempotency_key": key()}
    desk.post(f"/notification/channels/{way}", told)
    desk.post(f"/notification/channels/{way}", told)
    wait(lambda: [one for one in desk.json("/api/notification")["log"] if one["who"] == "knapp"
                  and one["state"] == "accepted"], "the log")  # fmt: skip

    assert 1 == len(hook.at("knapp"))
    assert hook.at("knapp")[0].startswith("TEST Så här ser ett larm")


def test_page_shows_by_itself_what_was_sent_and_what_the_site_did(
    desk: Any, broker: Any, voice: Any, wait: Callable[..., Any], hook: Hook, chromium: Browser
) -> None:
    """Open the page and wait: the call, what came of it, and the site's own text message come without a reload, and
    what is being written stays."""
    person(desk, "Ann", hook.address("ann"), scope="own")
    site = now_at(voice("own-a"))
    broker.say(there(site))
    tab = chromium.new_page()
    tab.goto(f"{desk.url}/notification")
    tab.fill('[id="new.name"]', "halv")
    tab.evaluate("window.same = true")
    broker.say(site.batch(raised(site)))
    now, log = tab.locator("#panel-notify_now"), tab.locator("#panel-notify_log")
    now.get_by_text("Larmade: Ann. Ingen har kvitterat.").wait_for(timeout=30_000)
    log.get_by_text("Own-a: Strömlöst på platsen. Sedan").first.wait_for(timeout=30_000)
    log.locator(".delivery-accepted").first.wait_for(timeout=30_000)
    body = {"person": "Handlaren", "kind": "first", "about": "no-power-at-site", "tries": 1, "why": None}
    broker.say(now_at(site).batch(site.record(2, "site_called", body)))
    log.get_by_text("Sms till Handlaren togs emot av nätet. Strömlöst på platsen.").wait_for(timeout=30_000)
    now.get_by_text("Platsen har själv larmat:").wait_for(timeout=30_000)
    told = desk.json("/api/notification")["own"]

    assert [("own-a", body)] == [(one["site"], one["told"]) for one in told]
    assert ("halv", True) == (tab.input_value('[id="new.name"]'), tab.evaluate("window.same === true"))
    tab.close()


def test_watcher_outside_hears_that_the_dashboard_lives(desk: Any, wait: Callable[..., Any], hook: Hook) -> None:
    """Every five minutes while all is well, and the page says when it was last heard."""
    desk.post("/notification/settings", {"beat": f"http://127.0.0.1:{hook.port}/beat-7", "idempotency_key": key()})
    wait(lambda: len(hook.at("beat-7")) > 1, "two signs of life")
    page = wait(lambda: "Livstecknet togs emot" in (text := desk.get("/notification")[1]) and text, "the line")

    assert "beat-7" not in page


def test_killed_in_the_middle_nothing_is_lost_and_nothing_sent_twice(
    dashboard: Callable[..., Any], own_broker: Any, voice: Any, wait: Callable[..., Any]
) -> None:
    """`kill -9` after a message was taken: it is not sent again. `kill -9` while one is under way: that one is."""
    hook, slow = Hook(), Hook(slow_s=30)
    own_broker.start()
    desk = dashboard("are-kall", port=own_broker.port, options=("--clock", _spec()))
    person(desk, "Ada", hook.address("ada"))
    person(desk, "Bo", slow.address("bo"))
    site = now_at(voice("are-kall"))
    wait(lambda: desk.json("/healthz")["broker"], "the link")
    own_broker.say(there(site), site.batch(raised(site)))
    wait(lambda: [one for one in desk.json("/api/notification")["log"] if one["state"] == "accepted"], "taken")
    wait(lambda: slow.at("bo"), "the second, under way")
    desk.kill()
    slow.slow_s = 0.0
    under_way = _states(desk)
    desk.start()
    wait(lambda: len(slow.at("bo")) > 1, "the one that was under way, again")
    wait(lambda: set(_states(desk)) == {"accepted"}, "all noted")

    assert ["accepted", "sending"] == under_way
    assert slow.at("bo")[0] == slow.at("bo")[1]
    assert 1 == len([text for text in hook.at("ada") if text.startswith("Are-kall")])
    hook.stop()
    slow.stop()


def _states(desk: Any) -> list[str]:
    with sqlite3.connect(f"file:{desk.file.with_name('store.sqlite')}?mode=ro", uri=True) as store:
        return [row[0] for row in store.execute("select state from notify_deliveries order by number")]


def test_promise_that_nobody_kept_wakes_and_ends_with_the_next_one(
    desk: Any, wait: Callable[..., Any], hook: Hook
) -> None:
    """Taken for half an hour and not looked to: the first is called; taken anew, it is over."""
    person(desk, "Lo", hook.address("late"), scope="late")
    press = {"who": "Anna", "next_in": "30"}
    first = desk.post("/holdings/sites/late-a/take", press | {"idempotency_key": key(), "saw": "0"})
    wait(lambda: hook.at("late"), "the call", 30)
    revision = str(desk.json("/api/work")["sites"]["late-a"]["revision"])
    anew = press | {"idempotency_key": key(), "saw": revision, "next_in": "480"}
    again = desk.post("/holdings/sites/late-a/take", anew)
    wait(lambda: len(hook.at("late")) > 1, "that it is over", 30)

    assert (200, 200) == (first[0], again[0])
    assert hook.at("late")[0].startswith("Late-a: Ingen har sett till det som utlovat. Sedan ")
    assert "Över: Late-a: Ingen har sett till det som utlovat." == hook.at("late")[1]
