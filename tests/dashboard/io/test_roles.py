"""Every address of the program asks who comes, and lets in whom it should: all roles at all of them."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from litestar import get

from dashboard.core.access.people import Role, covers
from dashboard.io.web import addresses as http
from dashboard.io.web.pages import Pages

ASKS = {
    "GET /": "read", "GET /rows": "read", "GET /events": "read", "GET /sites/{site:str}": "read",
    "GET /sites/{site:str}/panels": "read", "GET /api/sites/{site:str}": "read",
    "GET /api/sites/{site:str}/events": "read", "GET /api/sites/{site:str}/history": "read",
    "GET /api/sites/{site:str}/curves": "read", "GET /api/sites/{site:str}/timeline": "read",
    "GET /api/sites/{site:str}/runs": "read", "GET /sites/{site:str}/runs.csv": "read",
    "GET /sites/{site:str}/outages.csv": "read",
    "GET /api/counts": "read-all",
    "GET /owner/panels": "read", "GET /api/owner": "read", "GET /print": "read",
    "GET /food": "read", "GET /food/panels": "read", "GET /food.csv": "read",
    "GET /sites/{site:str}/passes": "act", "POST /sites/{site:str}/passes": "act",
    "POST /sites/{site:str}/passes/{number:int}": "act",
    "GET /pass/{token:str}": "open", "POST /pass": "open", "GET /sealed": "open", "POST /sealed": "open",
    "GET /sites/{site:str}/enter": "act", "POST /sites/{site:str}/{address:path}": "order",
    "GET /accounts": "accounts", "POST /accounts": "accounts", "POST /accounts/{number:int}": "accounts",
    "POST /accounts/links": "accounts",
    "GET /log": "accounts",
    "GET /api/openapi.json": "read",
    "GET /tokens": "accounts", "POST /tokens": "accounts", "POST /tokens/{number:int}": "accounts",
    "GET /alarms": "read", "GET /alarms/panels": "read", "GET /api/alarms": "read", "GET /api/work": "read",
    "GET /sites/{site:str}/alarm-history": "read", "GET /api/sites/{site:str}/alarm-history": "read",
    "GET /incidents/{incident:str}": "read", "GET /incidents/{incident:str}/panels": "read",
    "GET /handover": "read", "GET /handover/panels": "read",
    "POST /handover": "coordinate", "POST /incidents/{incident:str}/{act:str}": "coordinate",
    "POST /holdings/sites/{site:str}/{act:str}": "act",
    "GET /account": "signed-in", "POST /account/password": "signed-in", "POST /account/recovery": "signed-in",
    "POST /sign-out": "signed-in",
    "GET /healthz": "open", "GET /uplot/{name:str}": "open", "GET /static/{file_path:path}": "open",
    "HEAD /static/{file_path:path}": "open", "GET /sign-in": "open", "POST /sign-in": "open",
    "GET /sign-in/code": "open", "POST /sign-in/code": "open", "GET /link/{token:str}": "open", "POST /link": "open",
    "GET /welcome": "open",
    "GET /refuelling": "read", "GET /refuelling/panels": "read", "GET /api/refuelling": "read",
    "GET /api/overview": "read", "GET /kept": "read",
    "GET /refuelling/kept": "read", "GET /sites/{site:str}/kept": "read", "GET /worker.js": "open",
    "GET /manifest.webmanifest": "open", "GET /tiles/{version:str}/{zoom:int}/{column:int}/{line:int}": "read",
    "POST /welcome": "open",
    "GET /notification": "coordinate", "GET /notification/panels": "coordinate",
    "GET /api/notification": "coordinate", "POST /notification/people": "coordinate",
    "POST /notification/people/{number:int}": "coordinate",
    "POST /notification/people/{number:int}/channels": "coordinate",
    "POST /notification/channels/{number:int}": "coordinate", "POST /notification/settings": "accounts",
    "GET /messages": "read", "GET /messages/panels": "read", "GET /messages/{message:str}": "read",
    "GET /messages/{message:str}/panels": "read", "GET /api/messages": "read",
    "GET /api/messages/{message:str}": "read",
    "GET /messages/new": "coordinate", "POST /messages/new": "coordinate", "POST /messages/look": "coordinate",
    "GET /reports": "coordinate", "POST /reports": "coordinate",
}  # fmt: skip
"""Every address and what it asks. A new one is written here by whoever adds it, or this test fails."""
SHUT = dict.fromkeys(("GET /schema", "GET /schema/{path:str}", "GET /schema/openapi.json"), "nothing")
"""Addresses that a library makes: they say nothing, and so are for nobody."""
PEOPLE = {
    "viewer": (Role.VIEWER, "are"), "owner": (Role.OWNER, "are-kall"), "owner-elsewhere": (Role.OWNER, "berg-byn"),
    "coordinator": (Role.COORDINATOR, "are"), "coordinator-elsewhere": (Role.COORDINATOR, "berg"),
    "administrator": (Role.ADMINISTRATOR, ""),
}  # fmt: skip
PROGRAMS = {"program-reads": ("are", False), "program-orders": ("are", True), "program-of-all": ("", False)}
"""Scope, and may it enter anything?"""
COORDINATES = {"coordinator", "coordinator-elsewhere", "administrator"}
LET_IN = {
    "open": {"stranger", *PEOPLE, *PROGRAMS}, "signed-in": set(PEOPLE), "accounts": {"administrator"},
    "read": {*PEOPLE, *PROGRAMS}, "read-all": {"administrator", "program-of-all"}, "coordinate": COORDINATES,
}  # fmt: skip
"""Who comes to addresses that name no site."""
SEES = {
    "are-kall": {"viewer", "owner", "coordinator", "administrator", *PROGRAMS},
    "are-huso": {"viewer", "coordinator", "administrator", *PROGRAMS},
    "berg-byn": {"owner-elsewhere", "coordinator-elsewhere", "administrator", "program-of-all"},
    "are-none": set(),
}  # fmt: skip
"""Who sees which site; the last one does not exist."""
DOES = {
    "read": {"viewer", "owner", "owner-elsewhere", *COORDINATES, *PROGRAMS},
    "act": {"owner", "owner-elsewhere", *COORDINATES},
    "order": {"owner", "owner-elsewhere", *COORDINATES, "program-orders"},
}
"""Who does what at a site that they see."""
NO_SITE = "there is no such site here"


@dataclass(frozen=True)
class Visitor:
    """Who comes: a browser, the page token of its forms, and the one that it had before anybody was signed in."""

    browser: Any
    token: str
    before: str


@pytest.fixture(scope="module")
def visitors(staff_of_module: Any) -> dict[str, Visitor]:
    """Everybody at one dashboard, signed in once."""
    staff = staff_of_module
    staff.add("Somebody else", Role.OWNER, "are-kall")
    found = {}
    for who in ("stranger", *PEOPLE, *PROGRAMS):
        browser, before, token = staff.browser(), "", ""
        if who in PROGRAMS:
            scope, orders = PROGRAMS[who]
            browser.headers["authorization"] = f"Bearer {staff.bearer(who, scope, orders=orders)}"
        else:
            before = token = staff.token(browser)
        if who in PEOPLE:
            staff.add(who, *PEOPLE[who])
            token = staff.token(staff.enter(who, browser), "/account")
        found[who] = Visitor(browser, token, before)
    return found


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

    assert ASKS | SHUT == found


def test_address_that_says_nothing_is_shut(staff: Any) -> None:
    """Whoever adds one and forgets it gets a page for nobody, administrators too."""

    @get("/forgotten")
    async def forgotten() -> str:
        return "secret"

    staff.app.register(forgotten)
    staff.add("Ada", Role.ADMINISTRATOR)
    browser = staff.enter("Ada")
    told = [browser.get(path) for path in ("/forgotten", *(key.removeprefix("GET ") for key in SHUT))]

    assert {404} == {one.status_code for one in told}
    assert not [one for one in told if "secret" in one.text or "paths" in one.text]


def _concrete(path: str, site: str) -> str:
    filled = path.replace("{site:str}", site).replace("{address:path}", "reports")
    filled = filled.replace("{name:str}", "uplot.min.css").replace("{file_path:path}", "page.css")
    return re.sub(r"\{\w+:int\}", "999", re.sub(r"\{\w+:str\}", "x", filled))


def _expected(who: str, asks: str, site: str) -> str:
    """in, shut (401 or 403), or hidden: in the same words as a site that does not exist."""
    if not site:
        return "in" if who in LET_IN[asks] else "shut"
    if who == "stranger":
        return "shut"
    if who not in SEES[site]:
        return "hidden"
    return "in" if who in DOES[asks] else "shut"


def _came(answer: Any) -> str:
    if answer.status_code in (401, 403):
        return "shut"
    return "hidden" if answer.status_code == 404 and NO_SITE in answer.text else "in"


@pytest.mark.parametrize("who", ["stranger", *PEOPLE, *PROGRAMS])
def test_every_role_tries_everything(staff_of_module: Any, visitors: dict[str, Visitor], who: str) -> None:
    """Own site, another of the municipality, another municipality's, one that is none; a refusal does nothing."""
    browser, token = visitors[who].browser, visitors[who].token
    wrong = []
    for key, asks in ASKS.items():
        method, path = key.split(" ")
        if path in ("/events", "/sign-out"):
            continue  # has no end; ends what is tried here. Both have tests of their own
        for site in SEES if "{site" in path else ("",):
            told = {"data": {"page_token": token}} if method == "POST" else {}
            answer = browser.request(method, _concrete(path, site), headers={"accept": "*/*"}, **told)
            if _came(answer) != _expected(who, asks, site):
                wrong.append(f"{who}: {key} {site}: {answer.status_code}, expected {_expected(who, asks, site)}")

    assert [] == wrong
    assert not any(staff_of_module.desk.pending.values())


@pytest.mark.parametrize("who", ["viewer", "owner", "coordinator", "program-orders"])
def test_site_of_others_answers_as_one_that_is_none(visitors: dict[str, Visitor], who: str) -> None:
    """Same status, same headers, same words at every address: nobody learns by asking which sites there are."""
    browser = visitors[who].browser
    differ = []
    for key in ASKS:
        method, path = key.split(" ")
        if "{site" not in path:
            continue
        for accept in ("text/html", "application/json"):
            seen = [
                browser.request(method, _concrete(path, site), headers={"accept": accept})
                for site in ("berg-byn", "nowhere-9")
            ]
            if len({(one.status_code, one.text, *sorted(one.headers)) for one in seen}) != 1:
                differ.append(f"{key}: {[one.status_code for one in seen]}")
            elif seen[0].status_code != 404:
                differ.append(f"{key}: {seen[0].status_code}")

    assert [] == differ


@pytest.mark.parametrize("who", PEOPLE)
def test_form_of_another_page_does_nothing(visitors: dict[str, Visitor], who: str) -> None:
    """Every address that changes anything: no page token, a stranger's, another account's, one from before signing in;
    refused with the sentence, whoever it is."""
    browser, before = visitors[who].browser, visitors[who].before
    other = visitors["owner" if who == "viewer" else "viewer"].token
    wrong = []
    for key, asks in ASKS.items():
        method, path = key.split(" ")
        site = "berg-byn" if who.endswith("elsewhere") else "are-kall"
        if method != "POST" or _expected(who, asks, site if "{site" in path else "") != "in":
            continue
        for told in ("", other, before, "x" * 40):
            answer = browser.post(_concrete(path, site), data={"page_token": told}, headers={"accept": "*/*"})
            if answer.status_code != 403 or "Sidan" not in answer.json()["error"]:
                wrong.append(f"{key} {told[:4]}: {answer.status_code}")

    assert [] == wrong
    assert 200 == browser.get("/account").status_code


def test_what_the_library_refuses_is_a_sentence_too(visitors: dict[str, Visitor]) -> None:
    """Too large, no number where one belongs, a way that an address does not take: what to do, and nothing repeated."""
    one, digits = visitors["administrator"], "9" * 5000
    json = {"accept": "application/json", "x-page-token": one.token}
    told = [
        one.browser.post("/messages/new", json={"headline_sv": "x" * 100_000}, headers=json),
        one.browser.get(f"/log?before={digits}", headers=json),
        one.browser.post("/log", headers=json),
    ]

    assert [413, 400, 405] == [answer.status_code for answer in told]
    assert ["Korta texten", "gick inte att läsa", "Gå tillbaka"] == [
        word for word, answer in zip(("Korta texten", "gick inte att läsa", "Gå tillbaka"), told, strict=True)
        if word in answer.json()["error"] and digits not in answer.text
    ]  # fmt: skip


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
    pages = browser.get("/").text + browser.get("/rows").text

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
    browser = staff.enter("Olle")
    answer, other = browser.get("/accounts"), browser.get("/sites/are-huso/enter")

    assert (403, 404) == (answer.status_code, other.status_code)
    assert "Det får du inte" in answer.text
    told = [("Olle", f"denied: GET {path}", "denied") for path in ("/sites/are-huso/enter", "/accounts")]
    assert told == staff.log()[:2]


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
