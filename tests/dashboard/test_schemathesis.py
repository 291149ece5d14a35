"""Generated requests at every address of the real running program, by its own OpenAPI: what comes back is as described.

`SOTPUNKT_FUZZ=200 python -m pytest tests/dashboard/test_schemathesis.py` tries longer (`make fuzz`).
"""

import contextlib
import itertools
import os
import random
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from contract.words import ClockQuality, Power
from dashboard.core.access.lapse import DAY_MS
from dashboard.core.access.people import Role
from dashboard.io.access import accounts, codes
from dashboard.io.access.hashing import hashed
from dashboard.io.access.sessions import WHOLE
from dashboard.io.access.sign_in import SignIn
from dashboard.io.store.database import Database
from dashboard.io.web.asking import before_token
from doors.clock import Clock, spec_of

EXAMPLES = int(os.environ.get("SOTPUNKT_FUZZ", "3"))
"""Requests of the administrator for each address and way of making them up; the others share as many."""
ENDLESS = "/events"
ENDS = ("/sign-out", "/account/password", "/tokens/{number}")
"""These would end the session or the token with which all others are tried; they have tests of their own."""
SEED = int(os.environ.get("SOTPUNKT_FUZZ_SEED", "20260131"))
CHECKED = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
           "response_headers_conformance")  # fmt: skip
VISITORS = ("administrator", "program", "stranger")
SITES = ("are-kall", "are-huso", "berg-byn")


@dataclass(frozen=True)
class Town:
    """The running program, and how an administrator, a program and somebody who is not signed in come to it."""

    page: Any
    administrator: dict[str, str]
    program: dict[str, str]
    stranger: dict[str, str]
    schema: dict[str, Any]


@pytest.fixture(scope="module")
def town(dashboard_of_module: Any, broker: Any, voice: Any, wait: Any) -> Iterator[Town]:
    """With a site that has told much, and people who are signed in."""
    spec = spec_of(1.0, int(time.time() * 1000), 600_000, "boot-fuzz", ClockQuality.SYNCED)
    page = dashboard_of_module(*SITES, sign_in=True, options=("--clock", spec))
    database = Database(page.file.with_name("store.sqlite"))
    door = SignIn(database, Clock.parse(spec, allowed=True))
    with database.writing() as connection:
        number = accounts.add(
            connection, name="Ada", role=Role.ADMINISTRATOR, scope="", password=hashed("tre gröna ord"),
            totp=codes.new_secret(), made_ms=None,
        )  # fmt: skip
    session = door.sessions.begin(number, WHOLE, door.now())
    account = door.accounts.numbered(number)
    token = door.tokens.make(
        door.now(), name="Kartan", scope="", orders=True, issuer="Ada", lasts_ms=DAY_MS, note=lambda _: None
    )
    program = {"authorization": f"Bearer {token}"}
    site = voice("are-kall")
    wait(lambda: '"broker":true' in page.get("/healthz", **program)[1], "the link")
    broker.say(site.alive(), site.birth(), site.state(Power.ON_RESERVE, endurance=site.endurance(20, 30)),
               site.device(fuel__level=40, generator__power=12_000), site.alarms(site.alarm()),
               site.batch(site.record(1), site.record(2)))  # fmt: skip
    wait(lambda: len(page.json_as("/api/sites/are-kall/events", program)) == 2, "its records")
    schema = page.json_as("/api/openapi.json", program)
    administrator = {"cookie": f"sotpunkt={session}", "x-page-token": account.page_token()}
    stranger = {"cookie": "sotpunkt-before=somebody", "x-page-token": before_token("somebody")}
    yield Town(page, administrator, program, stranger, _known_places(schema))
    database.close()


def _known_places(schema: dict[str, Any]) -> dict[str, Any]:
    """Sites that are there, and one that is not: guessing them would take longer than anybody waits. Who asks is said
    here, and is not made up: wrong tokens have tests of their own."""
    del schema["components"]["securitySchemes"]
    for path, item in list(schema["paths"].items()):
        if path in (ENDLESS, *ENDS):
            del schema["paths"][path]
        for operation in item.values():
            del operation["security"]
            for one in operation["parameters"]:
                if one["name"] == "site" and one["in"] == "path":
                    one["schema"] = {"type": "string", "enum": [*SITES, "no-such-site"]}
    return schema


def _tried(town: Town, mode: GenerationMode) -> list[str]:
    """Everything that came back otherwise than described. What is made up is sent by the administrator, who
    comes the farthest, and by one of the others in turn: making it up takes longer than answering it."""
    wrong: list[str] = []
    rolled = random.Random(SEED)
    load_all_checks()
    checks = CHECKS.get_by_names(CHECKED)
    loaded = schemathesis.openapi.from_dict(town.schema)
    how = settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=(Phase.generate,), verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    with contextlib.ExitStack() as kept:
        lines = {who: kept.enter_context(requests.Session()) for who in VISITORS}
        others = itertools.cycle(VISITORS[1:])
        for found in loaded.get_all_operations():
            operation = found.ok()

            @seed(SEED)
            @how
            @given(case=operation.as_strategy(generation_mode=mode))
            def one(case: Any) -> None:
                for who in ("administrator", next(others)):
                    line = lines[who]
                    told = {"accept": rolled.choice(["*/*", "text/html", "application/json"])} | getattr(town, who)
                    line.cookies.clear()
                    answer = case.call(
                        base_url=town.page.url, session=line, headers=told, timeout=20, allow_redirects=False
                    )  # fmt: skip
                    try:
                        case.validate_response(answer, checks=checks)
                    except BaseException as fault:
                        wrong.append(f"{who}: {case.operation.label}: {answer.status_code} {_first(fault)}")

            try:
                one()
            except Unsatisfiable:
                continue  # an address that takes nothing can be asked in one way only
            except Exception as fault:
                wrong.append(f"{operation.label}: {type(fault).__name__} {str(fault)[:300]}")
    return wrong


def _first(fault: BaseException) -> str:
    """What it is about, without the page that came."""
    held = getattr(fault, "exceptions", [fault])
    return "; ".join(f"{type(one).__name__} {getattr(one, 'message', one)}"[:300] for one in held)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["as-described", "otherwise"])
def test_generated_requests_are_answered_as_described(town: Town, mode: GenerationMode) -> None:
    """No fault of ours, no status, kind or form of an answer that the description does not name; it lives on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wrong = _tried(town, mode)

    assert not wrong, "\n".join(dict.fromkeys(wrong))
    assert "Traceback" not in town.page.log.read_text("utf-8")
    assert 200 == town.page.get("/api/counts", **town.program)[0]


def test_stream_of_a_program_ends_when_its_token_is_taken_back(town: Town, wait: Any) -> None:
    """Within seconds, with a word that says so; the next request is refused."""
    database = Database(town.page.file.with_name("store.sqlite"))
    tokens, now = SignIn(database, Clock()).tokens, SignIn(database, Clock()).now()
    token = tokens.make(
        now, name="Tavlan", scope="", orders=False, issuer="Ada", lasts_ms=DAY_MS, note=lambda _: None
    )  # fmt: skip
    headers = {"authorization": f"Bearer {token}"}
    with httpx.Client(base_url=town.page.url, headers=headers, timeout=20) as client:
        with client.stream("GET", "/events") as stream:
            lines = stream.iter_lines()
            first = next(lines)
            (number,) = (one.number for one in tokens.all(now) if one.name == "Tavlan")
            tokens.revoke(number, lambda _: lambda _: None)
            rest = list(lines)
        after = client.get("/api/overview").status_code
    database.close()

    assert "event: hello" == first
    assert "event: ended" in rest
    assert after in (401, 429)
