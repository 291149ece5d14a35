"""Coming in and going out, and those who try to come in as somebody else."""

import asyncio
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher

from contract.words import ClockQuality
from dashboard.core.access.people import Role
from dashboard.io.access import codes, hashing
from dashboard.io.access.sign_in import Came, NotIn

PASSWORD = "tre gröna ord"
CODE_PAGE = "/sign-in/code"
INSIDE = "/account"


def _cookie(browser: Any, name: str = "sotpunkt") -> str:
    return browser.cookies.get(name, "")


def _only_cookie(staff: Any, token: str) -> Any:
    """Somebody else's browser that has got hold of a cookie."""
    thief = staff.browser()
    thief.cookies.set("sotpunkt", token)
    return thief


# --- the way in ---


def test_owner_signs_in_by_password_and_acts_under_that_name(staff: Any) -> None:
    """Capitals and spaces do not matter; whatever name the form sends, the account's stands in the order."""
    staff.add("Olle Öman", Role.OWNER, "are-kall")
    browser = staff.enter("  olle  öman ")
    told = {"form": "report-power", "idempotency_key": "key-00000001", "who": "Någon Annan", "power": "mains"}
    answer = staff.send(browser, "/sites/are-kall/reports", "/sites/are-kall/enter", **told)
    (order,) = staff.desk.pending["are-kall"]

    assert 303 == answer.status_code
    assert ("Olle Öman", "owner", "owner-page") == (order.who, order.role, order.through)
    assert [("Olle Öman", "order: report", "ok"), ("Olle Öman", "signed_in", "ok")] == staff.log()


def test_same_order_twice_is_one_line_of_the_log(staff: Any) -> None:
    """The line is written with the order, and not without it."""
    staff.add("Olle", Role.OWNER, "are-kall")
    browser = staff.enter("Olle")
    told = {"form": "report-power", "idempotency_key": "key-00000001", "power": "mains"}
    for _ in range(2):
        staff.send(browser, "/sites/are-kall/reports", "/sites/are-kall/enter", **told)

    assert 1 == [did for _, did, _ in staff.log()].count("order: report")


def test_cookie_is_shut_to_scripts_and_other_pages(staff: Any) -> None:
    """HttpOnly, SameSite=Strict, whole site, no name of the account in it; pages are kept by nobody."""
    staff.add("Olle", Role.OWNER, "are-kall")
    browser = staff.browser()
    answer = staff.send(browser, "/sign-in", name="Olle", password=PASSWORD)
    (told,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith("sotpunkt=")]

    assert all(word in told for word in ("HttpOnly", "SameSite=strict", "Path=/"))
    assert 43 == len(_cookie(browser))
    assert "no-store" == browser.get(INSIDE).headers["cache-control"]


def test_code_is_asked_of_those_who_may_do_more(staff: Any) -> None:
    """The right password alone opens nothing to a coordinator."""
    staff.add("Kim", Role.COORDINATOR, "are")
    browser = staff.browser()
    staff.send(browser, "/sign-in", name="Kim", password=PASSWORD)
    half = _cookie(browser)
    before = browser.get(INSIDE).status_code
    answer = staff.send(browser, CODE_PAGE, CODE_PAGE, code=staff.code())

    assert (303, 303) == (before, answer.status_code)
    assert 200 == browser.get(INSIDE).status_code
    assert half != _cookie(browser)
    assert 303 == _only_cookie(staff, half).get(INSIDE).status_code


def test_code_counts_once(staff: Any) -> None:
    """Somebody who has read it over a shoulder comes too late, also with the clock set back."""
    staff.add("Kim", Role.COORDINATOR, "are")
    code = staff.code()
    first, second, third = (staff.browser() for _ in range(3))
    for browser in (first, second, third):
        staff.send(browser, "/sign-in", name="Kim", password=PASSWORD)
    told = [staff.send(one, CODE_PAGE, CODE_PAGE, code=code).status_code for one in (first, second)]
    staff.clock.wall -= 20_000
    told.append(staff.send(third, CODE_PAGE, CODE_PAGE, code=code).status_code)

    assert [303, 400, 400] == told


@pytest.mark.parametrize(("seconds", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_code_counts_for_a_step_before_and_after(seconds: int, taken: bool) -> None:
    """A phone may be half a minute off."""
    wall_ms, secret = 1_764_000_000_000, codes.new_secret()
    code = pyotp.TOTP(secret).at(wall_ms // 1000 + seconds)

    assert taken is (codes.matched(secret, code, wall_ms) is not None)


def test_clock_that_was_ahead_once_shuts_nobody_out(staff: Any) -> None:
    """Codes of the true time count although one of next year was used."""
    staff.add("Kim", Role.COORDINATOR, "are")
    staff.clock.wall += 400 * 86_400_000
    staff.enter("Kim")
    staff.clock.wall -= 400 * 86_400_000

    assert 200 == staff.enter("Kim").get(INSIDE).status_code


def test_without_a_clock_owners_come_in_and_coordinators_are_told(staff: Any) -> None:
    """A sentence that says what to do; a recovery code needs no clock, and counts once."""
    staff.clock.how = ClockQuality.UNSYNCED
    kim = staff.add("Kim", Role.COORDINATOR, "are")
    staff.add("Olle", Role.OWNER, "are-kall")
    recovery = codes.recovery_codes()
    staff.door.accounts.set_recovery(kim, recovery, lambda _: None)
    told = []
    for code in ("123456", recovery[0].upper().replace("-", " "), recovery[0]):
        browser = staff.browser()
        staff.send(browser, "/sign-in", name="Kim", password=PASSWORD)
        told.append(staff.send(browser, CODE_PAGE, CODE_PAGE, code=code))

    assert 200 == staff.enter("Olle").get(INSIDE).status_code
    assert [400, 303, 400] == [one.status_code for one in told]
    assert "Dosan vet inte vad klockan är" in told[0].text
    assert codes.RECOVERY_COUNT - 1 == staff.door.accounts.recovery_left(kim)


# --- those who are not who they say ---


def test_name_that_nobody_has_costs_the_same_work(staff: Any) -> None:
    """The same sentence after the same hashing, so that nobody learns who has an account."""
    olle = staff.add("Olle", Role.OWNER, "are-kall")
    staff.door.accounts.renew_password(olle, hashing.hashed(PASSWORD), lambda _: None)
    worked: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, kept: Any, password: Any) -> Any:
            worked.append(str(kept).rsplit("$", 2)[0])
            return super().verify(kept, password)

    as_strong = Counting(time_cost=hashing.PASSES, memory_cost=hashing.MEMORY_KIB, parallelism=hashing.LANES)
    staff.door._hasher = hashing.Hasher(as_strong)
    said = [
        staff.send(staff.browser(), "/sign-in", name=name, password="not this one").text.count("Namn eller lösenord")
        for name in ("Olle", "nobody", "'; drop table accounts; --")
    ]

    assert [1, 1, 1] == said
    assert 3 == len(worked)
    assert 1 == len(set(worked))
    assert "m=32768,t=3,p=1" in worked[0]


def test_session_of_before_is_worth_nothing_after(staff: Any) -> None:
    """A cookie that somebody else put into the browser is not the one that is signed in."""
    staff.add("Olle", Role.OWNER, "are-kall")
    browser = staff.browser()
    browser.cookies.set("sotpunkt", "x" * 43)
    staff.enter("Olle", browser)

    assert 303 == _only_cookie(staff, "x" * 43).get(INSIDE).status_code


@pytest.mark.parametrize("everywhere", ["", "yes"])
def test_stolen_cookie_is_dead_after_signing_out(staff: Any, everywhere: str) -> None:
    """Here or everywhere: the server forgets, whatever the browser keeps."""
    staff.add("Olle", Role.OWNER, "are-kall")
    phone, desk = staff.enter("Olle"), staff.enter("Olle")
    stolen = _cookie(phone)
    answer = staff.send(phone, "/sign-out", INSIDE, everywhere=everywhere)
    others = desk.get(INSIDE).status_code

    assert (303, 303 if everywhere else 200) == (answer.status_code, others)
    assert 303 == _only_cookie(staff, stolen).get(INSIDE).status_code


def test_wrong_passwords_cost_more_and_more_time(staff: Any) -> None:
    """After five the wait doubles; while it lasts the right password is not even tried."""
    staff.add("Olle", Role.OWNER, "are-kall")
    stranger = staff.browser()
    told = []
    for number in range(8):
        word = "not this one" if number < 7 else PASSWORD
        answer = staff.send(stranger, "/sign-in", name="Olle", password=word)
        told.append((answer.status_code, answer.headers.get("retry-after")))
        staff.clock.go(1000)
    after = staff.send(stranger, "/sign-in", name="Olle", password=PASSWORD)

    assert [(400, None)] * 7 + [(429, "1")] == told
    assert 303 == after.status_code
    assert ("Olle", "sign_in", "wrong_password") in staff.log()


def test_stranger_cannot_shut_out_a_phone_that_has_been_here(staff: Any) -> None:
    """A thousand wrong tries from many addresses: the owner's phone waits for nothing, a new one a minute."""
    staff.add("Olle", Role.OWNER, "are-kall")
    phone = staff.enter("Olle")
    staff.send(phone, "/sign-out", INSIDE)
    keys = [("account", "olle")]
    for number in range(1000):
        staff.clock.go(60_000 if number > 10 else 0)
        staff.door._throttle.begin([("address", f"192.0.2.{number % 250}"), *keys], staff.clock.up)
    waits = staff.door._throttle.begin(keys, staff.clock.up)
    fresh = staff.send(staff.browser(), "/sign-in", name="Olle", password=PASSWORD)

    assert 60 == waits
    assert 429 == fresh.status_code
    assert 200 == staff.enter("Olle", phone).get(INSIDE).status_code


async def test_many_at_once_are_told_to_wait(staff: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory stays bounded: what does not fit in the queue is a sentence."""
    monkeypatch.setattr(hashing, "MOST_WAITING", 3)
    staff.add("Olle", Role.OWNER, "are-kall")
    tries = [staff.door.password("Olle", "not this", Came(f"198.51.{n}.1")) for n in range(12)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    said = [one.key for one in found if isinstance(one, NotIn)]

    assert 12 == len(said)
    assert {"wrong_busy"} <= set(said) <= {"wrong_busy", "wrong_sign_in", "wrong_wait"}


def test_five_wrong_codes_end_the_second_step(staff: Any) -> None:
    """Nobody goes through all codes with a password that was found."""
    staff.add("Kim", Role.COORDINATOR, "are")
    browser = staff.browser()
    staff.send(browser, "/sign-in", name="Kim", password=PASSWORD)
    for _ in range(5):
        staff.send(browser, CODE_PAGE, CODE_PAGE, code="000000")
    staff.clock.go(40_000)
    answer = staff.send(browser, CODE_PAGE, CODE_PAGE, code=staff.code())

    assert 400 == answer.status_code
    assert "Börja om" in answer.text
    assert 303 == browser.get(INSIDE).status_code


def test_locked_account_is_out_at_once(staff: Any) -> None:
    """Its session ends, its password opens nothing, until it is unlocked."""
    staff.add("Ada", Role.ADMINISTRATOR)
    number = staff.add("Olle", Role.OWNER, "are-kall")
    phone, ada = staff.enter("Olle"), staff.enter("Ada")
    staff.send(ada, f"/accounts/{number}", "/accounts", did="lock")
    out = phone.get(INSIDE).status_code
    refused = staff.send(phone, "/sign-in", name="Olle", password=PASSWORD).status_code
    staff.send(ada, f"/accounts/{number}", "/accounts", did="unlock")

    assert (303, 400) == (out, refused)
    assert 200 == staff.enter("Olle", phone).get(INSIDE).status_code
    assert {("Ada", "account_lock: Olle", "ok"), ("Olle", "sign_in", "locked")} <= set(staff.log())


# --- forms of other pages, and what no form sends ---


@pytest.mark.parametrize("token", ["", "x" * 40, "foreign"])
def test_form_without_our_token_does_nothing(staff: Any, token: str) -> None:
    """None, a made-up one, another account's: refused, with a sentence."""
    staff.add("Olle", Role.OWNER, "are-kall")
    staff.add("Eva", Role.OWNER, "are-kall")
    browser = staff.enter("Olle")
    told = staff.token(staff.enter("Eva"), INSIDE) if token == "foreign" else token
    body = {"page_token": told, "form": "report-power", "idempotency_key": "key-00000001", "power": "mains"}
    answer = browser.post("/sites/are-kall/reports", data=body)
    program = browser.post("/sites/are-kall/reports", json=body, headers={"accept": "*/*"})

    assert (403, 403) == (answer.status_code, program.status_code)
    assert "Ladda om den" in answer.text
    assert () == staff.desk.pending["are-kall"]


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:8080", "http://127.0.0.1:81"])
def test_form_of_another_page_does_nothing(staff: Any, origin: str) -> None:
    """Even with the right token: an origin that is not ours is refused."""
    staff.add("Olle", Role.OWNER, "are-kall")
    browser = staff.enter("Olle")
    body = {"page_token": staff.token(browser, INSIDE)}
    answer = browser.post("/sign-out", data=body, headers={"origin": origin})

    assert 403 == answer.status_code
    assert 200 == browser.get(INSIDE).status_code


def test_sign_in_form_of_another_page_signs_nobody_in(staff: Any) -> None:
    """Nobody is put into somebody else's account by a page that sends our form."""
    staff.add("Olle", Role.OWNER, "are-kall")
    answer = staff.browser().post("/sign-in", data={"name": "Olle", "password": PASSWORD})

    assert 403 == answer.status_code


@pytest.mark.parametrize("path", ["/sign-in", "/welcome", "/sign-in/code"])
def test_body_that_is_too_large_is_refused(staff: Any, path: str) -> None:
    """Before anything is read of it; and one of a thousand fields."""
    staff.add("Olle", Role.OWNER, "are-kall")
    browser = staff.browser()
    large = browser.post(path, data={"page_token": staff.token(browser), "name": "x" * 200_000})
    many = browser.post(path, data={"page_token": staff.token(browser)} | {f"f{n}": "1" for n in range(1200)})
    rubbish = browser.post(path, content=b"\xff\xfe", headers={"content-type": "application/x-www-form-urlencoded"})

    assert [413, 403, 403] == [one.status_code for one in (large, many, rubbish)]


@pytest.mark.parametrize(
    "onward", ["//evil.example", "https://evil.example", "/\\evil.example", "/sites/a?x=1", "/link/x"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(staff: Any, onward: str) -> None:
    """Only to pages of ours."""
    staff.add("Olle", Role.OWNER, "are-kall")
    answer = staff.send(staff.browser(), "/sign-in", name="Olle", password=PASSWORD, next=onward)

    assert "/?lang=sv" == answer.headers["location"]
