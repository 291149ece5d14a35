"""One-time links, and what becomes of accounts."""

import re
import threading
import unicodedata
from typing import Any

import pyotp
import pytest

from contract.words import ClockQuality
from dashboard.core.access.people import Role
from dashboard.io.access import links
from dashboard.io.access.hashing import hashed
from dashboard.io.access.leaving import Did

PASSWORD = "tre gröna ord"
INSIDE = "/account"
SITES = ("are-kall",)


def _cookie(browser: Any, name: str = "sotpunkt") -> str:
    return browser.cookies.get(name, "")


def _only_cookie(staff: Any, token: str) -> Any:
    """Somebody else's browser that has got hold of a cookie."""
    thief = staff.browser()
    thief.cookies.set("sotpunkt", token)
    return thief


def _link(staff: Any) -> str:
    return staff.door.links.make(links.SETUP, staff.door.now())


def test_setup_link_makes_the_first_account_once(shop: Any) -> None:
    """Opened once, gone from the address at once, finished once; then nobody gets another one."""
    token, first, second = _link(shop), shop.browser(), shop.browser()
    opened, again = shop.open(first, token), shop.open(second, token)
    page = first.get("/welcome").text
    secret = "".join(page.split('class="key">')[1].split("<")[0].split())
    shop.clock.go(1)
    code = pyotp.TOTP(secret).at(shop.clock.wall // 1000)
    done = shop.send(first, "/welcome", "/welcome", name="Ada Berg", password=PASSWORD, code=code)

    assert ("/welcome?lang=sv", "/welcome?lang=sv") == (opened.headers["location"], again.headers["location"])
    assert 410 == second.get("/welcome").status_code
    assert 8 == done.text.count('<li class="key">')
    assert 200 == first.get("/accounts").status_code
    assert token not in page + done.text
    with pytest.raises(links.NotPossible):
        _link(shop)


def test_two_who_open_one_link_at_the_same_moment(shop: Any) -> None:
    """One gets in, the other is told to ask for a new one; of two tickets' finish likewise."""
    token, opened = _link(shop), []
    threads = [
        threading.Thread(target=lambda: opened.append(shop.door.links.open(token, shop.door.now()))) for _ in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    (ticket,) = [one for one in opened if one is not None]
    made: list[int | None] = []

    def finish() -> None:
        given = {"name": "Ada", "password": "hash", "counter": None, "recovery": [], "note": lambda _: None}
        made.append(shop.door.links.finish(ticket, shop.door.now(), **given))

    threads = [threading.Thread(target=finish) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)

    assert 8 == len(opened) == len(made)
    assert 1 == len([one for one in made if one is not None]) == shop.door.accounts.count()


def test_new_setup_link_makes_the_old_one_worthless(shop: Any) -> None:
    """And any of them is after three days, also with the clock set back."""
    old, new = _link(shop), _link(shop)
    first = shop.door.links.open(old, shop.door.now())
    shop.clock.up += 3 * 86_400_000 + 1
    shop.clock.wall -= 365 * 86_400_000

    assert (None, None) == (first, shop.door.links.open(new, shop.door.now()))


@pytest.mark.parametrize("password", ["kort", "1234567890", "Lösenord123", "aaaaaaaaaaaa", "x" * 201, "ADA BERGSTRÖM"])
def test_poor_password_is_refused_with_a_sentence(shop: Any, password: str) -> None:
    """Too short, too long, the first that everybody tries, one's own name; the link can still be used."""
    browser = shop.browser()
    shop.open(browser, _link(shop))
    answer = shop.send(browser, "/welcome", "/welcome", name="Ada Bergström", password=password, code="000000")

    assert 400 == answer.status_code
    assert any(word in answer.text for word in ("Minst 10", "Högst 200", "prövar alla först"))
    assert 0 == shop.door.accounts.count()


def test_setup_without_a_clock_takes_the_code_later(shop: Any) -> None:
    """The page says so; the account is there, with recovery codes that need no clock."""
    shop.clock.how = ClockQuality.UNSYNCED
    browser = shop.browser()
    shop.open(browser, _link(shop))
    page = browser.get("/welcome").text
    shop.send(browser, "/welcome", "/welcome", name="Ada", password=PASSWORD)

    assert "Koden prövas första gången" in page
    assert 200 == browser.get("/accounts").status_code


def test_hostile_name_is_only_a_name(staff: Any) -> None:
    """Markup and SQL in a name stand there as text, and nothing else happens."""
    staff.add("Ada", Role.ADMINISTRATOR)
    name = "<script>alert(1)</script>'; drop table accounts;--"
    staff.add(name, Role.OWNER, "are-kall")
    ada = staff.enter("Ada")
    pages = [ada.get(path).text for path in ("/accounts", "/log")]
    staff.enter(name)

    assert all("<script>alert" not in page for page in [*pages, ada.get("/log").text])
    assert "&lt;script&gt;alert(1)" in pages[0]
    assert 2 == staff.door.accounts.count()


def test_invited_person_becomes_what_was_chosen(staff: Any) -> None:
    """Name, role and site stand in the invitation; nothing that the invited sends changes them."""
    staff.add("Ada", Role.ADMINISTRATOR)
    ada, guest = staff.enter("Ada"), staff.browser()
    made = staff.send(ada, "/accounts", "/accounts", name="Olle", role="owner", scope="are-kall")
    token = made.text.split("/link/")[1][:43]
    staff.open(guest, token)
    told = {"name": "Ada", "role": "administrator", "scope": "", "password": PASSWORD}
    staff.send(guest, "/welcome", "/welcome", **told)
    olle = staff.door.accounts.named("Olle")

    assert (Role.OWNER, "are-kall") == (olle.role, olle.scope)
    assert 403 == guest.get("/accounts").status_code
    assert {("Ada", "invited_owner: Olle", "ok"), ("Olle", "accepted_invite", "ok")} <= set(staff.log())
    assert token not in ada.get("/accounts").text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "Olle", "role": "owner", "scope": "are"}, "Välj en av platserna"),
        ({"name": "Olle", "role": "owner", "scope": "nowhere"}, "Välj en av platserna"),
        ({"name": "Olle", "role": "coordinator", "scope": ""}, "Välj en kommun"),
        ({"name": "Olle", "role": "king", "scope": ""}, "Välj ett av alternativen"),
        ({"name": " ", "role": "viewer", "scope": ""}, "Fyll i det här"),
        ({"name": "A\u202eB", "role": "viewer", "scope": ""}, "vanliga tecken"),
        ({"name": " ADA ", "role": "viewer", "scope": ""}, "redan ett konto"),
    ],
)
def test_invitation_that_cannot_be_is_a_sentence(staff: Any, fields: dict[str, str], sentence: str) -> None:
    """And no link."""
    staff.add("Ada", Role.ADMINISTRATOR)
    answer = staff.send(staff.enter("Ada"), "/accounts", "/accounts", **fields)

    assert 400 == answer.status_code
    assert sentence in answer.text
    assert "/link/" not in answer.text


def test_last_administrator_stays(staff: Any) -> None:
    """Nobody locks or removes themselves, and not the last who could let anybody in."""
    ada = staff.add("Ada", Role.ADMINISTRATOR)
    browser = staff.enter("Ada")
    answer = staff.send(browser, f"/accounts/{ada}", "/accounts", did="lock")

    assert "dig själv" in answer.text
    with pytest.raises(links.NotPossible, match="wrong_last_administrator"):
        staff.door.leaving.change(ada, Did.REMOVE, lambda _: lambda _: None, "account_remove: Ada")
    assert 1 == staff.door.accounts.count()


def test_changed_password_ends_all_other_sessions(staff: Any) -> None:
    """The old one must be known; the phone in the hand stays in, by a new cookie."""
    staff.add("Olle", Role.OWNER, "are-kall")
    phone, lost = staff.enter("Olle"), staff.enter("Olle")
    stolen = _cookie(phone)
    new = "fyra vackra blå ord"
    wrong = staff.send(phone, "/account/password", INSIDE, old="not this one", password=new)
    done = staff.send(phone, "/account/password", INSIDE, old=PASSWORD, password=new)

    assert (400, 200) == (wrong.status_code, done.status_code)
    assert 200 == phone.get(INSIDE).status_code
    assert [303, 303] == [one.get(INSIDE).status_code for one in (lost, _only_cookie(staff, stolen))]


def test_invitations_of_somebody_thrown_out_are_void(staff: Any) -> None:
    """An administrator who is removed or locked does not come back by an invitation made beforehand."""
    staff.add("Ada", Role.ADMINISTRATOR)
    numbers = [staff.add(name, Role.ADMINISTRATOR) for name in ("Eve", "Mal")]
    tokens = []
    for name in ("Eve", "Mal"):
        made = staff.send(staff.enter(name), "/accounts", "/accounts", name=f"{name} Two", role="administrator")
        tokens.append(made.text.split("/link/")[1][:43])
    ticket = staff.door.links.open(tokens[1], staff.door.now())
    ada = staff.enter("Ada")
    for number, did in zip(numbers, ("remove", "lock"), strict=True):
        staff.send(ada, f"/accounts/{number}", "/accounts", did=did)

    assert staff.door.links.open(tokens[0], staff.door.now()) is None
    assert staff.door.links.held(ticket, staff.door.now()) is None


def _card(shop: Any, giver: Any, name: str) -> Any:
    """A browser of somebody who was given a card."""
    page = f"/sites/{SITES[0]}/passes"
    made = shop.send(giver, page, page, name=name, role="owner", days="30")
    pin = re.search(r'class="key">(\d{4} \d{4})<', made.text)[1]
    holder = shop.browser()
    assert 303 == shop.send(holder, "/sign-in", name=name, password=pin).status_code
    return holder


@pytest.mark.parametrize("did", ["lock", "remove", "end"])
def test_cards_end_with_whoever_gave_them(shop: Any, did: str) -> None:
    """And those that their holders gave, at once, each with a line of the log; the page says before whose; cards of
    others live on."""
    shop.add("Ada", Role.ADMINISTRATOR)
    olle = shop.add("Olle", Role.OWNER, SITES[0])
    giver, ada = shop.enter("Olle"), shop.enter("Ada")
    anna = _card(shop, giver, "Anna")
    bo, cecilia = _card(shop, anna, "Bo"), _card(shop, ada, "Cecilia")
    passes = f"/sites/{SITES[0]}/passes"
    before = ada.get("/accounts").text, ada.get(passes).text
    if did == "end":
        number = shop.door.accounts.named("Anna").number
        shop.send(ada, f"{passes}/{number}", passes)
    else:
        shop.send(ada, f"/accounts/{olle}", "/accounts", did=did)

    assert "Kort: Anna, Bo" in before[0]
    assert "Kort: Bo" in before[1]
    assert [303, 303, 200] == [one.get(INSIDE).status_code for one in (anna, bo, cecilia)]
    assert (200 if did == "end" else 303) == giver.get(INSIDE).status_code
    ended = {("Ada", f"pass_ended: {name}", "ok") for name in ("Anna", "Bo")}
    assert ended <= {*shop.log()}
    assert {"Ada", "Cecilia"} <= {one.name for one in shop.door.accounts.all()}


@pytest.mark.parametrize("opened", [False, True])
def test_link_given_to_the_wrong_person_is_taken_back(staff: Any, opened: bool) -> None:
    """Opened or not it stands among the accounts until it is used, with a button that makes it worthless."""
    staff.add("Ada", Role.ADMINISTRATOR)
    ada, guest = staff.enter("Ada"), staff.browser()
    made = staff.send(ada, "/accounts", "/accounts", name="Olle", role="owner", scope="are-kall")
    token = made.text.split("/link/")[1][:43]
    if opened:
        staff.open(guest, token)
    page = ada.get("/accounts").text
    link = page.split('name="link" value="')[1].split('"')[0]
    done, again = (staff.send(ada, "/accounts/links", "/accounts", link=link) for _ in range(2))
    staff.open(guest, token)

    assert opened is ("öppnad men inte använd" in page)
    assert (200, 400) == (done.status_code, again.status_code)
    assert 'name="link"' not in done.text
    assert 410 == guest.get("/welcome").status_code
    assert ("Ada", "withdrawn: Olle", "ok") in staff.log()
    assert token not in page


def test_page_left_open_is_not_enough_for_recovery_codes(staff: Any) -> None:
    """New codes, which open the account without the app, are made for whoever knows the password."""
    kim = staff.add("Kim", Role.COORDINATOR, "are")
    browser = staff.enter("Kim")
    without = staff.send(browser, "/account/recovery", INSIDE)
    wrong = staff.send(browser, "/account/recovery", INSIDE, old="not this one")
    left = staff.door.accounts.recovery_left(kim)
    done = staff.send(browser, "/account/recovery", INSIDE, old=PASSWORD)

    assert (400, 400, 0, 8) == (without.status_code, wrong.status_code, left, done.text.count('<li class="key">'))
    assert "Det är inte ditt nuvarande" in wrong.text


def test_password_is_the_same_however_its_letters_are_made(staff: Any) -> None:
    """Two hundred letters, each written as letter and mark by another phone: the same password."""
    long = "åäö " * 50
    number = staff.add("Olle", Role.OWNER, "are-kall")
    staff.door.accounts.renew_password(number, hashed(long[:200]), lambda _: None)
    apart = unicodedata.normalize("NFD", long[:200])
    answer = staff.send(staff.browser(), "/sign-in", name="Olle", password=apart)

    assert (350, 303) == (len(apart), answer.status_code)
