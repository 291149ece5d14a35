"""Tokens of other systems: made once, seen once, good for what was chosen, over when their time is out or they are
taken back."""

import re
from typing import Any

import pytest

from dashboard.core.access.lapse import DAY_MS
from dashboard.core.access.people import Role
from dashboard.io.access.accounts import NotPossible

CHOSEN = {"name": "Kartan", "rights": "read", "days": "90", "scope": "are"}


def _administrator(staff: Any) -> Any:
    staff.add("Ada", Role.ADMINISTRATOR)
    return staff.enter("Ada")


def _made(staff: Any, browser: Any, **chosen: str) -> Any:
    """The answer of the form."""
    code = chosen.pop("code", None) or staff.code()
    return staff.send(browser, "/tokens", "/tokens", **CHOSEN | chosen, code=code)


def _token(answer: Any) -> str:
    return re.search(r"sotpunkt_[\w-]{43}", answer.text)[0]


def _ask(staff: Any, token: str, path: str = "/api/sites/are-kall", method: str = "GET", **more: Any) -> Any:
    headers = {"authorization": f"Bearer {token}", "accept": "*/*"}
    return staff.browser().request(method, path, headers=headers, **more)


def test_token_is_shown_once_and_kept_as_a_hash(staff: Any) -> None:
    """After the page that made it nobody can see it, not in the list, not in the store's file; the log names it."""
    ada = _administrator(staff)
    token = _token(_made(staff, ada))
    listed = ada.get("/tokens").text

    assert 200 == _ask(staff, token).status_code
    assert "Kartan" in listed
    assert token not in listed
    assert token.encode() not in staff.database.path.read_bytes()
    assert ("Ada", "token_made_read: Kartan", "ok") == staff.log()[0]
    assert "gjorde en nyckel som får läsa för Kartan" in ada.get("/log").text


def test_page_left_open_makes_no_token(staff: Any) -> None:
    """Without the code of the minute, or with one that was used: nothing, and what was chosen stays in the form."""
    ada = _administrator(staff)
    code = staff.code()
    _made(staff, ada, code=code)
    seen = [_made(staff, ada, name="Andra", code=one) for one in (code, "000000", "-")]

    assert [400, 400, 400] == [one.status_code for one in seen]
    assert 'value="Andra"' in seen[0].text
    assert ["Kartan"] == [one.name for one in staff.door.tokens.all(staff.door.now())]


@pytest.mark.parametrize(
    ("field", "told", "said"),
    [
        ("name", "", "namn"), ("name", "Ada", "taget"), ("rights", "accounts", "Välj"), ("days", "401", "Välj"),
        ("scope", "-", "Välj"), ("scope", "ar", "Välj"), ("scope", "%", "Välj"),
    ],
)  # fmt: skip
def test_what_can_not_be_chosen_makes_no_token(staff: Any, field: str, told: str, said: str) -> None:
    """One sentence, and no code is used up by it unless only the name was wrong."""
    ada = _administrator(staff)
    answer = _made(staff, ada, **{field: told})

    assert 400 == answer.status_code
    assert said in answer.text
    assert [] == staff.door.tokens.all(staff.door.now())


def test_program_orders_in_its_own_name(staff: Any) -> None:
    """No cookie, no page token; whatever name it sends, the order and the log have the name of the system."""
    token = staff.bearer("Larmcentralen", "are-kall", orders=True)
    told = {"who": "Kim", "idempotency_key": "key-of-a-program", "power": "none"}
    answer = _ask(staff, token, "/sites/are-kall/reports", "POST", json=told)
    (order,) = staff.desk.pending["are-kall"]

    assert (202, "waiting") == (answer.status_code, answer.json()["state"])
    assert ("Larmcentralen", "program") == (order.who, order.role)
    assert ("Larmcentralen", "order: report", "ok") == staff.log()[0]
    assert "set-cookie" not in answer.headers


def test_program_that_may_read_orders_nothing(staff: Any) -> None:
    """403 with a sentence, a line of the log, nothing on its way."""
    token = staff.bearer("Kartan", "are")
    answer = _ask(staff, token, "/sites/are-kall/reports", "POST", json={"idempotency_key": "key-000000"})

    assert 403 == answer.status_code
    assert "annat system" in answer.json()["error"]
    assert ("Kartan", "denied: POST /sites/are-kall/reports", "denied") == staff.log()[0]
    assert not staff.desk.pending["are-kall"]


def test_revoked_token_is_refused_at_once(staff: Any) -> None:
    """The next request; and it stands in the log who took it back."""
    ada = _administrator(staff)
    token = _token(_made(staff, ada))
    before = _ask(staff, token).status_code
    number = staff.door.tokens.all(staff.door.now())[0].number
    seen = staff.send(ada, f"/tokens/{number}", "/tokens")
    after = _ask(staff, token)

    assert (200, 200, 401) == (before, seen.status_code, after.status_code)
    assert ("Bearer", "application/json") == (after.headers["www-authenticate"], after.headers["content-type"])
    assert "återtagen" in after.json()["error"]
    assert ("Ada", "token_revoked: Kartan", "ok") in staff.log()
    assert 400 == staff.send(ada, f"/tokens/{number}", "/tokens").status_code


def test_token_is_over_when_its_time_is_out(staff: Any) -> None:
    """Also across restarts, whatever the clock says: days that went by count, and it stays in the list as over."""
    token = staff.bearer("Kartan", lasts_ms=30 * DAY_MS)
    staff.clock.go(20 * DAY_MS)
    before = _ask(staff, token).status_code
    staff.clock.restart(5 * DAY_MS)
    staff.door.begin()
    staff.clock.go(6 * DAY_MS)

    assert (200, 401) == (before, _ask(staff, token).status_code)
    assert "Tiden är ute" in _administrator(staff).get("/tokens").text


def test_no_token_lasts_longer_than_400_days(staff: Any) -> None:
    """Whatever it was made with."""
    token = staff.bearer("Kartan", lasts_ms=4000 * DAY_MS)
    staff.clock.go(401 * DAY_MS)

    assert 401 == _ask(staff, token).status_code


def test_day_of_last_use_is_listed(staff: Any) -> None:
    """The day and no more, once a day; unknown while the clock is."""
    token = staff.bearer("Kartan")
    staff.clock.how = type(staff.clock.how).UNSYNCED
    _ask(staff, token)
    unknown = staff.door.tokens.all(staff.door.now())[0].used
    staff.clock.how = type(staff.clock.how).SYNCED
    _ask(staff, token)

    assert ("", "2025-11-24") == (unknown, staff.door.tokens.all(staff.door.now())[0].used)


def test_wrong_tokens_cost_time_and_shut_nobody_out(staff: Any) -> None:
    """A forgotten program that goes on with a dead token: 401, then 429; a right token and people at the same address
    come in all the same; the log is not filled."""
    right, browser = staff.bearer("Kartan"), staff.browser()
    told = [_ask(staff, "sotpunkt_" + "x" * 43) for _ in range(40)]
    staff.add("Olle", Role.OWNER, "are-kall")

    assert [401] * 6 == [one.status_code for one in told[:6]]
    assert {429} == {one.status_code for one in told[6:]}
    assert 0 < int(told[-1].headers["retry-after"]) <= 900
    assert 200 == _ask(staff, right).status_code
    assert 200 == staff.enter("Olle", browser).get("/account").status_code
    assert 6 == sum(result == "wrong_token" for _, _, result in staff.log())


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "bearer x", "Bearer " + "ö" * 10, "Bearer sotpunkt_", "Bearer a b", "Bearer \t"]
)  # fmt: skip
def test_odd_tokens_are_refused(staff: Any, header: str) -> None:
    """Nothing that is no token is one, and nothing of it is an error of ours."""
    answer = staff.browser().get("/api/overview", headers={"authorization": header.encode(), "accept": "text/html"})

    assert 401 == answer.status_code


def test_what_a_proxy_adds_is_no_token(staff: Any) -> None:
    """Basic credentials of something before us: whoever is signed in stays so."""
    staff.add("Olle", Role.OWNER, "are-kall")
    answer = staff.enter("Olle").get("/account", headers={"authorization": "Basic T2xsZTp4"})

    assert 200 == answer.status_code


@pytest.mark.parametrize("did", ["lock", "remove"])
def test_tokens_end_with_whoever_made_them(staff: Any, did: str) -> None:
    """Whoever made one may still have it. The page says which end before the button is pressed; each has its line of
    the log beside the account's; another's token lives on, and unlocking brings none back."""
    ada, _ = staff.add("Ada", Role.ADMINISTRATOR), staff.add("Eva", Role.ADMINISTRATOR)
    tokens = [_token(_made(staff, staff.enter(who), name=name)) for who, name in (("Ada", "Kartan"), ("Eva", "Tavlan"))]
    eva = staff.enter("Eva")
    before = eva.get("/accounts").text
    staff.send(eva, f"/accounts/{ada}", "/accounts", did=did)
    staff.send(eva, f"/accounts/{ada}", "/accounts", did="unlock")

    assert "Nycklar till andra system: Kartan" in before
    assert "Den slutar gälla om kontot för Eva låses eller tas bort" in eva.get("/tokens").text
    assert [401, 200] == [_ask(staff, token).status_code for token in tokens]
    ended = [("Eva", "token_revoked: Kartan", "ok"), ("Eva", f"account_{did}: Ada", "ok")]
    assert ended == [line for line in staff.log() if line in ended]


def test_administrator_removed_meanwhile_leaves_no_token(staff: Any) -> None:
    """Between "who is it" and the row in the store somebody else removes the account: nothing is made."""
    ada, _ = staff.add("Ada", Role.ADMINISTRATOR), staff.add("Eva", Role.ADMINISTRATOR)
    person = staff.door.accounts.numbered(ada).person
    note = staff.door.line(person, "127.0.0.1")("token_made_read: Kartan")
    staff.send(staff.enter("Eva"), f"/accounts/{ada}", "/accounts", did="remove")
    with pytest.raises(NotPossible, match="wrong_too_late"):
        staff.door.tokens.make(
            staff.door.now(), name="Kartan", scope="", orders=False, issuer="Ada", lasts_ms=DAY_MS, note=note
        )  # fmt: skip

    assert [] == staff.door.tokens.all(staff.door.now())


def test_token_at_a_site_is_for_that_site(shop: Any) -> None:
    """There is nothing to choose; a program in the shop's network reads what the owner's page shows."""
    shop.add("Ada", Role.ADMINISTRATOR)
    token = _token(_made(shop, shop.enter("Ada"), scope="berg-byn"))

    assert "are-kall" == shop.door.tokens.all(shop.door.now())[0].scope
    assert 200 == _ask(shop, token, "/api/owner").status_code
