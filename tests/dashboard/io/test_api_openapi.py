"""The description of the addresses: whole, true to the routes, and only for those who may read anything at all."""

import re
from typing import Any

import pytest

from dashboard.core.access.people import Role
from dashboard.core.sending.orders import KINDS

NOT_DESCRIBED = re.compile(r"/static|/schema")
"""Files that are the same for everybody; what the library would serve, which is shut."""


def _schema(staff: Any) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {staff.bearer('Reader', 'are')}", "accept": "application/json"}
    answer = staff.browser().get("/api/openapi.json", headers=headers)
    assert 200 == answer.status_code
    return answer.json()


def _operations(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": one for path, item in schema["paths"].items() for method, one in item.items()
    }  # fmt: skip


def test_every_address_is_described_and_no_other(staff: Any) -> None:
    """The routes of the app and the paths of the description are the same; orders have one each."""
    routes = set()
    for route in staff.app.routes:
        for method in route.route_handler_map:
            if method in ("GET", "POST") and not NOT_DESCRIBED.match(route.path):
                routes.add(f"{method} {route.path_format}")
    routes.remove("POST /sites/{site}/{address}")
    routes |= {f"POST /sites/{{site}}/{address}" for address in KINDS}

    assert routes == set(_operations(_schema(staff)))


def test_description_says_what_an_address_takes_and_answers(staff: Any) -> None:
    """A sentence, a success, who may come, every refusal; a body for all that changes something, 413 with it."""
    lacking = []
    for key, one in _operations(_schema(staff)).items():
        answers = set(one["responses"])
        needs = {"400", "403", "404"} | ({"413"} if key.startswith("POST") else set())
        if not one["description"] or not needs <= answers or not answers & {"200", "201", "202"}:
            lacking.append(key)
        if key.startswith("POST") and set(one["requestBody"]["content"]) != {
            "application/json", "application/x-www-form-urlencoded",
        }:  # fmt: skip
            lacking.append(f"{key}: body")
        if one["x-access"] != "open" and not {"401", "429", "503"} <= answers:
            lacking.append(f"{key}: refusals")

    assert [] == lacking


def test_description_is_openapi_and_names_nothing_that_is_not_there(staff: Any) -> None:
    """3.1, each reference leads somewhere, no name twice, no address of another server."""
    schema = _schema(staff)
    text = str(schema)
    missing = []
    for reference in set(re.findall(r"#/([\w/.-]+)", text)):
        place: Any = schema
        for part in reference.split("/"):
            place = place.get(part) if isinstance(place, dict) else None
        if place is None:
            missing.append(reference)
    names = [one["operationId"] for one in _operations(schema).values()]

    assert "3.1" == schema["openapi"][:3]
    assert [] == missing
    assert len(names) == len(set(names))
    assert "http" not in re.sub(r"'scheme': 'bearer'|'type': 'http'|https://|HTTPS", "", text)


def test_json_addresses_say_the_form_of_their_json(staff: Any) -> None:
    """No address under /api answers with something that the description leaves open."""
    open_ones = []
    for key, one in _operations(_schema(staff)).items():
        if key.startswith("GET /api/"):
            said = one["responses"]["200"]["content"]["application/json"]["schema"]
            if not said or said == {"type": "string"}:
                open_ones.append(key)

    assert [] == open_ones


def test_tokens_are_named_where_programs_may_come(staff: Any) -> None:
    """Reading and orders; never accounts, the log, messages, cards, people who are woken."""
    with_token = {key for key, one in _operations(_schema(staff)).items() if {"token": []} in one["security"]}
    posts = {key for key in with_token if key.startswith("POST")}

    assert posts == {f"POST /sites/{{site}}/{address}" for address in KINDS}
    never = re.compile(r"/accounts|/log|/tokens|/messages/new|passes|notification")
    assert not [key for key in with_token if never.search(key)]


@pytest.mark.parametrize("path", ["/schema", "/schema/openapi.json", "/schema/swagger", "/api/openapi.json"])
def test_nothing_is_described_to_strangers(staff: Any, path: str) -> None:
    """Whoever is not signed in is asked to; the library's own addresses are shut to all."""
    staff.add("Ada", Role.ADMINISTRATOR)
    stranger = staff.browser().get(path, headers={"accept": "*/*"})
    inside = staff.enter("Ada").get(path)

    assert "paths" not in stranger.text
    assert stranger.status_code in (401, 404)
    assert (200 if path.startswith("/api") else 404) == inside.status_code
