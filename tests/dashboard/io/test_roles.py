"""Every address of the program asks who comes, and lets in whom it should: all roles at all of them."""

from typing import Any

import pytest
from litestar import get

from dashboard.core.access.people import Role, covers
from dashboard.io.web import addresses as http
from dashboard.io.web.pages import Pages

ASKS = {
    "GET /": "read", "GET /cards": "read", "GET /events": "read", "GET /sites/{site:str}": "read",
    "GET /sites/{site:str}/panels": "read", "GET /api/sites/{site:str}": "read",
    "GET /api/sites/{site:str}/events": "read", "GET /api/sites/{site:str}/history": "read",
    "GET /api/counts": "read-all",
    "GET /sites/{site:str}/enter": "act", "POST /sites/{site:str}/{address:path}": "act",
    "GET /accounts": "accounts", "POST /accounts": "accounts", "POST /accounts/{number:int}": "accounts",
    "POST /accounts/links": "accounts",
    "GET /log": "accounts",
    "GET /account": "signed-in", "POST /account/password": "signed-in", "POST /account/recovery": "signed-in",
    "POST /sign-out": "signed-in",
    "GET /healthz": "open", "GET /uplot/{name:str}": "open", "GET /static/{file_path:path}": "open",
    "HEAD /static/{file_path:path}": "open", "GET /sign-in": "open", "POST /sign-in": "open",
    "GET /sign-in/code": "open", "POST /sign-in/code": "open", "GET /link/{token:str}": "open", "POST /link": "open",
    "GET /welcome": "open",
    "POST /welcome": "open",
}  # fmt: skip
"""Every address and what it asks. A new one is written here by whoever adds it, or this test fails."""
PEOPLE = {
    "viewer": (Role.VIEWER, "are"), "owner": (Role.OWNER, "are-kall"), "coordinator": (Role.COORDINATOR, "are"),
    "administrator": (Role.ADMINISTRATOR, ""),
}  # fmt: skip
LET_IN = {
    "open": {"stranger", *PEOPLE}, "signed-in": set(PEOPLE), "accounts": {"administrator"},
    "read-all": {"administrator"},
}  # fmt: skip
AT_SITE = {
    ("read", "are-kall"): set(PEOPLE), ("read", "are-huso"): set(PEOPLE) - {"owner"},
    ("read", "berg-byn"): {"administrator"},
    ("act", "are-kall"): {"owner", "coordinator", "administrator"},
    ("act", "are-huso"): {"coordinator", "administrator"},
    ("act", "berg-byn"): {"administrator"},
}  # fmt: skip


def _handlers(app: Any) -> dict[str, Any]:
    found = {}
    for route in app.routes:
        for method, (handler, _) in route.route_handler_map.items():
            if method != "OPTIONS":
                found[f"{method} {route.path_format if '{' not in route.path else route.path}"] = handler
    return found


def test_every_address_says_what_it_asks(staff: Any) -> None:
    """No address is without a word on who may come, and none asks less than is written here."""
    found = {key: str(handler.opt.get("access", "nothing")) for key, handler in _handlers(staff.app).items()}

    assert ASKS == found


def test_address_that_says_nothing_is_shut(staff: Any) -> None:
    """Whoever adds one and forgets it gets a page for nobody, administrators too."""

    @get("/forgotten")
    async def forgotten() -> str:
        return "secret"

    staff.app.register(forgotten)
    staff.add("Ada", Role.ADMINISTRATOR)
    answer = staff.enter("Ada").get("/forgotten")

    assert (404, False) == (answer.status_code, "secret" in answer.text)


def _concrete(path: str, site: str) -> str:
    filled = path.replace("{site:str}", site).replace("{address:path}", "reports").replace("{number:int}", "999")
    return (
        filled.replace("{token:str}", "x")
        .replace("{name:str}", "uplot.min.css")
        .replace("{file_path:path}", "page.css")
    )


@pytest.mark.parametrize("who", ["stranger", *PEOPLE])
def test_every_role_tries_everything(staff: Any, who: str) -> None:
    """Own site, another of the municipality, another municipality's; a refusal is 401 or 403 and does nothing."""
    browser = staff.browser()
    staff.add("Somebody else", Role.OWNER, "are-kall")
    if who != "stranger":
        staff.add("Kim", *PEOPLE[who])
        staff.enter("Kim", browser)
    token = staff.token(browser, "/account" if who != "stranger" else "/sign-in")
    wrong = []
    for key, asks in ASKS.items():
        method, path = key.split(" ")
        if path in ("/events", "/sign-out"):
            continue  # has no end; ends what is tried here. Both have tests of their own
        for site in ("are-kall", "are-huso", "berg-byn") if "{site" in path else ("",):
            expected = who in (LET_IN[asks] if asks in LET_IN else AT_SITE[asks, site or "are-kall"])
            told = {"data": {"page_token": token}} if method == "POST" else {}
            answer = browser.request(method, _concrete(path, site), headers={"accept": "*/*"}, **told)
            refused = answer.status_code in (401, 403)
            if refused == expected:
                wrong.append(f"{who}: {key} {site}: {answer.status_code}")

    assert [] == wrong
    assert not any(staff.desk.pending.values())


def test_stranger_sees_no_stream_and_no_site(staff: Any) -> None:
    """Without a session: pages lead to the form, programs get 401, nothing of any site is said."""
    browser = staff.browser()
    page, live = browser.get("/sites/are-kall"), browser.get("/events", headers={"accept": "text/event-stream"})
    health = browser.get("/healthz").json()

    assert (303, "/sign-in?lang=sv&next=/sites/are-kall") == (page.status_code, page.headers["location"])
    assert (401, {"ok": True}) == (live.status_code, health)


def test_nobody_sees_sites_of_others(staff: Any) -> None:
    """On the overview, in its panels, and strangers that are not registered."""
    staff.add("Olle", Role.OWNER, "are-kall")
    staff.desk.strangers["evil"] = 1
    browser = staff.enter("Olle")
    pages = browser.get("/").text + browser.get("/cards").text

    assert "Are-Kall" in pages
    assert [] == [word for word in ("Are-Huso", "Berg-Byn", "evil") if word in pages]


def test_viewer_has_nothing_to_press(staff: Any, voice: Any) -> None:
    """Where somebody may only read there is no form and no button for one."""
    staff.add("Vera", Role.VIEWER)
    page = staff.enter("Vera").get("/sites/are-kall").text

    assert "<form" not in page
    assert "/enter" not in page


def test_denial_is_a_page_and_a_line_of_the_log(staff: Any) -> None:
    """Who, what and where from, without the whole address."""
    staff.add("Olle", Role.OWNER, "are-kall")
    answer = staff.enter("Olle").get("/sites/are-huso/enter")

    assert 403 == answer.status_code
    assert "Det får du inte" in answer.text
    assert ("Olle", "denied: GET /sites/are-huso/enter", "denied") == staff.log()[0]


def test_settings_that_ask_and_nobody_who_answers(staff: Any) -> None:
    """A program that forgot to hand over the accounts does not start open."""
    with pytest.raises(ValueError, match="ask people to sign in"):
        http.build(staff.desk, Pages(staff.desk), 8080)


@pytest.mark.parametrize(
    ("role", "scope", "site", "covered"),
    [
        (Role.OWNER, "are-kall", "are-kall", True), (Role.OWNER, "are-kall", "are-kall-2", False),
        (Role.OWNER, "are", "are-kall", False), (Role.OWNER, "", "are-kall", False),
        (Role.COORDINATOR, "are", "are-kall", True), (Role.COORDINATOR, "are", "arekall", False),
        (Role.COORDINATOR, "ar", "are-kall", False), (Role.VIEWER, "", "berg-byn", True),
        (Role.VIEWER, "-", "are-kall", False), (Role.ADMINISTRATOR, "", "berg-byn", True),
    ],
)  # fmt: skip
def test_scope_covers_whole_names_only(role: Role, scope: str, site: str, covered: bool) -> None:
    """An owner's is one site, a municipality's are those whose name goes on after a hyphen."""
    assert covered is covers(role, scope, site)
