"""What is answered when something went wrong: one sentence, as a page for people, as JSON for programs."""

import logging
from collections.abc import Mapping
from typing import Any

from litestar import MediaType, Response
from litestar.exceptions import HTTPException

from dashboard.core.forms.fields import BadOrder
from dashboard.io.store.database import StoreTrouble
from dashboard.io.web import sign_in as http_sign_in
from dashboard.io.web.asking import Asked, desk_of, pages_of, reader_of
from dashboard.io.web.guard import HEADERS

log = logging.getLogger(__name__)


def _http_fault(request: Asked, fault: HTTPException) -> Response[Any]:
    """One sentence: as a page for people, as JSON for programs."""
    language, told = request.query_params.get("lang"), fault.extra if isinstance(fault.extra, dict) else {}
    reader, key = reader_of(request, language), str(told.get("key", ""))
    if key.startswith("token_"):  # a program reads no page
        return _sentence(fault.status_code, reader.t(key), headers=fault.headers)
    # whoever is in sees "/": they get there although it is a form that was sent
    if "text/html" in request.headers.get("accept", ""):
        if fault.status_code == 401:
            return http_sign_in.to_sign_in(request, reader)
        if fault.status_code in (403, 404, 413):
            page = pages_of(request).fault(reader, fault.status_code, key, fault.detail)
            return Response(page, status_code=fault.status_code, media_type=MediaType.HTML, headers=HEADERS)
    if fault.status_code == 401:
        return _sentence(401, reader.t("signed_out_why") if request.method != "GET" else reader.t("signed_out"))
    if key:
        words = reader.t("denied_why", role=reader.t(f"role_{reader.person.role.value}")) if key == "denied" else ""
        return _sentence(fault.status_code, words or reader.t(key))
    return _sentence(fault.status_code, fault.detail)


def _store_fault(request: Asked, fault: StoreTrouble) -> Response[Any]:
    desk_of(request).trouble = str(fault)
    if "text/html" in request.headers.get("accept", ""):
        reader = reader_of(request, request.query_params.get("lang"))
        page = pages_of(request).fault(reader, 503, "store_trouble", reader.t("store_trouble", why=str(fault)))
        return Response(page, status_code=503, media_type=MediaType.HTML, headers=HEADERS)
    return _sentence(503, str(fault))


def _own_fault(request: Asked, fault: Exception) -> Response[Any]:
    """A fault of ours: the log has where, the answer says nothing of it."""
    log.error("%s %s: %r", request.method, request.url.path[:100], fault, exc_info=fault)
    return _sentence(500, "this server has made a mistake; nothing is known to be saved")


def _bad_order(_: Asked, fault: BadOrder) -> Response[Any]:
    return _sentence(400, str(fault), fault.field)


def _sentence(
    status: int, reason: str, field: str = "", headers: Mapping[str, str] | None = None
) -> Response[Any]:  # fmt: skip
    said = {"error": reason, "field": field} if field else {"error": reason}
    told = HEADERS | dict(headers or {})
    return Response(said, status_code=status, media_type=MediaType.JSON, headers=told)


FAULTS: dict[Any, Any] = {
    HTTPException: _http_fault,
    StoreTrouble: _store_fault,
    BadOrder: _bad_order,
    Exception: _own_fault,
}
