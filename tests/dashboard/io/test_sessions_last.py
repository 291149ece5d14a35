"""The log, and how long sessions last: restarts, clocks that are wrong, a store that refuses."""

from typing import Any

import pytest
from sqlalchemy import text

from contract.words import ClockQuality
from dashboard.core.access.people import Role
from dashboard.io.access import links
from dashboard.io.store.database import StoreTrouble

PASSWORD = "tre gröna ord"
INSIDE = "/account"


def _cookie(browser: Any, name: str = "sotpunkt") -> str:
    return browser.cookies.get(name, "")


def _only_cookie(staff: Any, token: str) -> Any:
    """Somebody else's browser that has got hold of a cookie."""
    thief = staff.browser()
    thief.cookies.set("sotpunkt", token)
    return thief


@pytest.mark.parametrize("statement", ["update audit set who = 'nobody'", "delete from audit"])
def test_log_cannot_be_changed(staff: Any, statement: str) -> None:
    """The store itself refuses."""
    staff.add("Olle", Role.OWNER, "are-kall")
    staff.enter("Olle")
    with pytest.raises(StoreTrouble, match="append only"), staff.database.writing() as connection:
        connection.execute(text(statement))

    assert ("Olle", "signed_in", "ok") in staff.log()


def test_rain_of_wrong_passwords_does_not_fill_the_log(staff: Any) -> None:
    """A hundred lines an hour, then one that says there were more; what was typed as a name is not kept."""
    for _ in range(300):
        staff.door.audit.failed(staff.door.now(), "sign_in", "", "192.0.2.0/24", "wrong_password")

    assert 101 == len(staff.door.audit.newest(1000))
    assert "many_more" == staff.log()[0][2]


def test_nothing_secret_is_kept_as_it_is(staff: Any, tmp_path: Any) -> None:
    """Passwords, session tokens, links, tickets and recovery codes are found nowhere in the store's bytes."""
    staff.add("Kim", Role.COORDINATOR, "are")
    browser = staff.enter("Kim")
    made = staff.send(browser, "/account/recovery", INSIDE, old=PASSWORD).text
    recovery = [one.split("<")[0] for one in made.split('<li class="key">')[1:]]
    link = staff.door.links.make(links.INVITE, staff.door.now(), name="X", role=Role.OWNER, scope="are-kall")
    ticket = staff.door.links.open(link, staff.door.now())
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("store.sqlite*"))

    secrets = [PASSWORD, _cookie(browser), link, ticket, *recovery]
    assert 12 == len(secrets)
    assert [] == [one for one in secrets if one.encode() in kept]


# --- time, restarts, a store that refuses ---


def test_session_ends_when_nothing_is_done_and_open_pages_do_not_count(staff: Any) -> None:
    """Half an hour for an administrator, whatever the wall clock shows meanwhile; what a page fetches is no use."""
    staff.add("Ada", Role.ADMINISTRATOR)
    ada = staff.enter("Ada")
    told = []
    for minutes, path in ((20, INSIDE), (20, INSIDE), (20, "/rows"), (11, INSIDE)):
        staff.clock.up += minutes * 60_000
        staff.clock.wall -= 86_400_000
        told.append(ada.get(path).status_code)

    assert [200, 200, 200, 303] == told


def test_session_is_not_renewed_by_restarts_without_a_clock(staff: Any) -> None:
    """A cookie that nobody uses dies although the box never knows the time and starts again every two hours."""
    staff.add("Olle", Role.OWNER, "are-kall")
    olle = staff.enter("Olle")
    link = staff.door.links.make(links.INVITE, staff.door.now(), name="Eva", role=Role.OWNER, scope="are-kall")
    staff.clock.how = ClockQuality.UNSYNCED
    boots = 0
    while staff.door.session(_cookie(olle), touch=False) is not None:
        staff.clock.restart(0, up_ms=1000)
        staff.door.begin()
        staff.clock.go(2 * 3_600_000)
        boots += 1
        assert boots < 1000

    assert 300 < boots < 400
    assert staff.door.links.open(link, staff.door.now()) is None


def test_restart_with_a_clock_keeps_people_in(staff: Any) -> None:
    """A day without power: the owner is in, the administrator is out."""
    staff.add("Olle", Role.OWNER, "are-kall")
    staff.add("Ada", Role.ADMINISTRATOR)
    olle, ada = staff.enter("Olle"), staff.enter("Ada")
    staff.clock.restart(86_400_000)
    staff.door.begin()

    assert (200, 303) == (olle.get(INSIDE).status_code, ada.get(INSIDE).status_code)


def test_store_that_takes_nothing_shuts_nobody_out_who_is_in(staff: Any) -> None:
    """Reading goes on, also when it is time to note that somebody is there; who wants in gets a sentence as a page."""
    staff.add("Olle", Role.OWNER, "are-kall")
    olle = staff.enter("Olle")
    with staff.database.writing() as connection:
        for table in ("sessions", "audit"):
            for act in ("insert", "update"):
                refuses = "begin select raise(abort, 'database or disk is full'); end"
                connection.execute(text(f"create trigger no_{act}_{table} before {act} on {table} {refuses}"))
    staff.clock.go(86_400_000)
    inside = olle.get(INSIDE).status_code
    answer = staff.send(staff.browser(), "/sign-in", name="Olle", password=PASSWORD)

    assert (200, 503) == (inside, answer.status_code)
    assert "full. Ring den som sköter servern" in answer.text


def test_owner_does_not_read_needs_for_the_municipality(staff: Any) -> None:
    """That a need is read only the municipality says; at the centre too an owner's word comes from the owner's page."""
    staff.add("Olle", Role.OWNER, "are-kall")
    staff.add("Kim", Role.COORDINATOR, "are")
    for name in ("Olle", "Kim"):
        told = {"form": "need", "idempotency_key": f"key-{name}-0001", "what": "diesel"}
        staff.send(staff.enter(name), "/sites/are-kall/needs", "/sites/are-kall/enter", **told)

    assert ["owner-page", "dashboard"] == [one.through for one in staff.desk.pending["are-kall"]]


@pytest.mark.parametrize("everywhere", ["", "yes"])
def test_signing_out_works_while_the_store_takes_nothing(staff: Any, everywhere: str) -> None:
    """On a shared computer a full disk keeps nobody in; on all devices it says that it could not."""
    staff.add("Olle", Role.OWNER, "are-kall")
    olle = staff.enter("Olle")
    stolen = _cookie(olle)
    with staff.database.writing() as connection:
        refuses = "begin select raise(abort, 'database or disk is full'); end"
        connection.execute(text(f"create trigger no_delete before delete on sessions {refuses}"))
    answer = staff.send(olle, "/sign-out", INSIDE, everywhere=everywhere)

    assert (503 if everywhere else 303) == answer.status_code
    assert 303 == _only_cookie(staff, stolen).get(INSIDE).status_code


@pytest.mark.parametrize(("years", "owner", "coordinator"), [(10, False, False), (-50, True, False)])
def test_restart_into_another_age(staff: Any, years: int, owner: bool, coordinator: bool) -> None:
    """A clock vouched for that is ten years on ends all sessions; one of 1970 that nobody vouches for ends the short
    ones alone, for the box may have been away for days; whoever comes anew is let in either way."""
    staff.add("Olle", Role.OWNER, "are-kall")
    staff.add("Kim", Role.COORDINATOR, "are")
    olle, kim = staff.enter("Olle"), staff.enter("Kim")
    staff.clock.restart(years * 365 * 86_400_000)
    if years < 0:
        staff.clock.how = ClockQuality.HOLDOVER
        staff.clock.up = 7 * 3_600_000
    staff.door.begin()
    seen = [one.get(INSIDE).status_code == 200 for one in (olle, kim)]

    assert [owner, coordinator] == seen
    assert 200 == staff.enter("Kim").get(INSIDE).status_code


def test_fault_of_ours_says_nothing_of_itself(staff: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something nobody thought of: an answer with the headers of all others, and nothing of where it happened."""
    staff.add("Olle", Role.OWNER, "are-kall")
    olle = staff.enter("Olle")
    monkeypatch.setattr(staff.door.sessions, "count", lambda _: 1 // 0)
    answer = olle.get(INSIDE)

    assert (500, "DENY") == (answer.status_code, answer.headers["x-frame-options"])
    assert "division" not in answer.text
