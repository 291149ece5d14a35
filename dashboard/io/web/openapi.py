"""The addresses of the program as OpenAPI 3.1: what Litestar reads from their signatures, with bodies and answers.

Only the description is served, as JSON: no pages and no scripts of anybody else.
"""

import asyncio
import copy
from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Response, Router, get
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from dashboard.core.access.people import OF_PROGRAMS, Access
from dashboard.io.web.asking import Asked
from dashboard.io.web.described import DOCS, ORDERS, WORDS, Doc, Schema, Waiting, order_body
from dashboard.io.web.guard import PUBLIC

VERSION = "1"
"""Of the addresses: what is added leaves it as it is."""
ORDER = "/sites/{site}/{address}"
ABOUT = (
    "What the pages of the dashboard use. A program sends `Authorization: Bearer` and a token that an administrator "
    "made at /tokens; it may read, and order where the token says so. A browser has the cookie of a session (over "
    "HTTPS its name begins with `__Host-`) and sends the page token with all that changes something. With "
    "`Accept: text/html` a refusal is a page, else it is JSON."
)
WHY = {
    303: "Done, or gone to another page: the address of the page that follows",
    400: "What was sent cannot be taken; one sentence says why, `field` where",
    401: "Nobody is signed in, or the token is unknown, revoked or over",
    403: "Not allowed, or sent from another page",
    404: "There is nothing here, or nothing that may be seen",
    409: "Somebody else was first; who it was, and the revision that counts now. Or the key stands for something else",
    410: "The link was used or is over",
    413: "Larger than what is taken",
    429: "Too often wrong: wait for Retry-After seconds",
    503: "The store does not answer, or there is no room; nothing is known to be saved",
}
ALL_REFUSE = (400, 401, 403, 404, 429, 503)
FAULT: Schema = {
    "type": "object",
    "properties": {"error": {"type": "string"}, "field": {"type": "string"}},
    "required": ["error"],
}
PAGE: Schema = {"type": "string"}


@get("/api/openapi.json", media_type=MediaType.JSON, opt={"access": Access.READ})
async def openapi(request: Asked) -> Response[bytes]:
    """This description."""
    state = request.app.state
    if getattr(state, "openapi", None) is None:
        state.openapi = await asyncio.to_thread(lambda: msgspec.json.encode(described(request.app)))
    return Response(state.openapi, media_type=MediaType.JSON)


def described(app: Litestar) -> Schema:
    """The description of an app's addresses, static files apart."""
    handlers = handlers_of(app)
    schema: Schema = app.openapi_schema.to_schema()
    types, components = _types()
    paths: dict[str, Schema] = {}
    for path, item in schema["paths"].items():
        for method in ("get", "post"):
            if method in item:
                handler = handlers[f"{method.upper()} {path}"]
                made = _operation(item[method], method, path, handler, types)
                _place(paths, path, method, made)
    schema["paths"] = dict(sorted(paths.items()))
    schema["components"] = {
        "schemas": {**schema.get("components", {}).get("schemas", {}), **components, "Fault": FAULT},
        "responses": {str(status): _refusal(status) for status in WHY if status != 303},
        "securitySchemes": _SCHEMES,
    }
    return schema


def handlers_of(app: Litestar) -> dict[str, Any]:
    """`GET /sites/{site}` → its handler, of all that is no static file."""
    found = {}
    for route in app.routes:
        for method, (handler, _) in getattr(route, "route_handler_map", {}).items():
            if method in ("GET", "POST") and not route.path.startswith(("/static", "/schema")):
                found[f"{method} {route.path_format}"] = handler
    return found


def config() -> OpenAPIConfig:
    """What Litestar needs to read the addresses. The pages that it would serve say nothing of who may come, so the
    guard shuts them."""
    shut = Router("/schema", route_handlers=[], include_in_schema=False)
    return OpenAPIConfig(
        title="sotpunkt", version=VERSION, description=ABOUT, openapi_router=shut, render_plugins=[JsonRenderPlugin()]
    )  # fmt: skip


_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "sotpunkt"},
    "page": {"type": "apiKey", "in": "header", "name": "X-Page-Token"},
}


def _types() -> tuple[dict[str, Schema], dict[str, Schema]]:
    """(schema by address, schemas that they name)."""
    said = {key: doc.says for key, doc in DOCS.items() if doc.says is not None} | {ORDER: Waiting}
    schemas, components = msgspec.json.schema_components(said.values(), ref_template="#/components/schemas/{name}")
    return dict(zip(said, schemas, strict=True)), components


def _place(paths: dict[str, Schema], path: str, method: str, operation: Schema) -> None:
    """At its address; orders at one each, for each takes something else."""
    if path != ORDER:
        paths.setdefault(path, {})[method] = operation
        return
    for address in ORDERS:
        one = copy.deepcopy(operation)
        one["parameters"] = [told for told in one["parameters"] if told["name"] != "address"]
        one["operationId"] = f"order_{address.replace('/', '_')}"
        one["summary"] = f"Order: {address}"
        one["requestBody"] = _body(order_body(address))
        paths.setdefault(path.replace("{address}", address), {})[method] = one


def _operation(told: Schema, method: str, path: str, handler: Any, types: dict[str, Schema]) -> Schema:
    key = f"{method.upper()} {path}"
    doc = DOCS.get(key, Doc())
    asks = handler.opt["access"]
    made: Schema = {
        "operationId": f"{handler.fn.__module__.rpartition('.')[2]}_{handler.handler_name}",
        "summary": told.get("summary", ""),
        "description": (handler.fn.__doc__ or "").strip(),
        "parameters": [_parameter(one, path) for one in told.get("parameters", [])] + _read(doc),
        "responses": _answers(told, key, doc, handler, types.get(ORDER if path == ORDER else key)),
        "security": _security(asks, method),
        "x-access": str(asks),
    }
    if method == "post" and path != ORDER:
        made["requestBody"] = _body(doc.takes or {"type": "object"})
    return made


def _parameter(told: Schema, path: str) -> Schema:
    name, schema = told["name"], told.get("schema", {})
    if name == "lang":
        schema = {"type": "string", "enum": ["sv", "en"]}
    schema = WORDS.get((path, name), schema)
    if name == "site":
        schema = {"type": "string", "pattern": "^[a-z0-9-]{1,64}$"}
    return {"name": name, "in": told["in"], "required": told.get("required", False), "schema": schema}


def _read(doc: Doc) -> list[Schema]:
    return [
        {"name": name, "in": "query", "required": False, "schema": schema}
        for name, schema in (doc.query or {}).items()
    ]  # fmt: skip


def _body(schema: Schema) -> Schema:
    """A form of a page, or the same as JSON."""
    names = ("application/json", "application/x-www-form-urlencoded")
    return {"required": True, "content": {name: {"schema": schema} for name in names}}


def _answers(told: Schema, key: str, doc: Doc, handler: Any, said: Schema | None) -> Schema:
    """The usual success, others, and all refusals."""
    method = key.partition(" ")[0]
    usual = {int(status): one for status, one in told["responses"].items() if int(status) < 300}
    found: Schema = {}
    for status, one in usual.items():
        content = _content(one, handler, said)
        found[str(status)] = {"description": "What was asked for", "content": content}
    for status in doc.done:
        if status != 303 and str(status) not in found:
            found[str(status)] = copy.deepcopy(next(iter(found.values())))
    public = handler.opt == PUBLIC
    if not public:
        found["303"] = {"description": WHY[303], "headers": {"Location": {"schema": {"type": "string"}}}}
    size = (413,) if method == "POST" else ()
    refusals: Iterable[int] = (400, 403, 404) if public else (*ALL_REFUSE, *size, *doc.wrong)
    return found | {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(refusals)}


def _content(one: Schema, handler: Any, said: Schema | None) -> Schema:
    """By kind: what the signature says, JSON as the table says; a page for a form where the address has both."""
    content: Schema = dict(one.get("content", {}))
    if said is not None and handler.fn.__name__ == "manifest":
        return {"application/manifest+json": {"schema": said}}
    if said is not None:
        content["application/json"] = {"schema": said}
        if "POST" in handler.http_methods:
            content["text/html"] = {"schema": PAGE}
        return content
    kinds = _KINDS.get(handler.fn.__name__)
    return {one: {"schema": PAGE} for one in kinds} if kinds else content


_KINDS = {
    "runs_csv": ("text/csv",), "outages_csv": ("text/csv",), "events": ("text/event-stream",),
    "worker": ("text/javascript",), "uplot": ("text/javascript", "text/css"),
    "tile": ("image/png", "image/jpeg", "image/webp"),
}  # fmt: skip
"""Of addresses that say neither a page nor JSON, by the name of their function."""


def _refusal(status: int) -> Schema:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Fault"}}, "text/html": {"schema": PAGE}}
    headers = {"Retry-After": {"schema": {"type": "integer"}}} if status == 429 else {}
    return {"description": WHY[status], "content": content} | ({"headers": headers} if headers else {})


def _security(asks: Access, method: str) -> list[Schema]:
    own: Schema = {"session": []} | ({"page": []} if method == "post" else {})
    if asks is Access.OPEN:
        return [{}]
    return [{"token": []}, own] if asks in OF_PROGRAMS else [own]


HANDLERS = (openapi,)
