"""What is answered when something went wrong: one sentence, as a page for people, as JSON for programs."""

import logging
from collections.abc import Mapping
from typing import Any

from litestar import MediaType, Response
from litestar.exceptions import HTTPException

from dashboard.core.forms.fields import BadOrder
from dashboard.core.reader import Reader
from dashboard.core.work.store_words import store_words
from dashboard.io.store.database import KeyUsed, StoreTrouble
from dashboard.io.web import sign_in as http_sign_in
from dashboard.io.web.asking import NO_SITE, Asked, desk_of, pages_of, reader_of
from dashboard.io.web.guard import HEADERS

log = logging.getLogger(__name__)

WORDED = (400, 405, 413, 429, 500, 503)
"""Answers whose sentence is in the texts, where whoever refused said none."""


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
        return _page(request, reader, fault.status_code, *_said(request, reader, fault, key), fault.headers)
    if fault.status_code == 401:
        return _sentence(401, reader.t("signed_out_why") if request.method != "GET" else reader.t("signed_out"))
    if key:
        words = reader.t("denied_why", role=reader.t(f"role_{reader.person.role.value}")) if key == "denied" else ""
        return _sentence(fault.status_code, words or reader.t(key))
    # what the library refused before any code of ours was asked has its kind for a sentence, or repeats the address
    by_library = type(fault) is not HTTPException and fault.status_code in WORDED
    return _sentence(fault.status_code, reader.t(f"fault_{fault.status_code}") if by_library else fault.detail)


def _said(request: Asked, reader: Reader, fault: HTTPException, key: str) -> tuple[str, str]:
    """Title and sentence of the page."""
    if fault.status_code == 404:
        return reader.t("no_such_site" if fault.detail == NO_SITE else "no_such_page"), ""
    if key == "denied":
        return reader.t("denied"), reader.t("denied_why", role=reader.t(f"role_{reader.person.role.value}"))
    worded = f"fault_{fault.status_code}" if fault.status_code in WORDED else ""
    return _title(request, reader), reader.t(key or worded) if key or worded else fault.detail


def _title(request: Asked, reader: Reader) -> str:
    return reader.t("fault_title" if request.method == "GET" else "not_saved")


def _page(
    request: Asked, reader: Reader, status: int, title: str, words: str, headers: Mapping[str, str] | None = None
) -> Response[Any]:  # fmt: skip
    """For people. Where not even that can be drawn, the sentence."""
    told = HEADERS | dict(headers or {})
    try:
        page = pages_of(request).fault(reader, title, words)
    except Exception as fault:  # a fault of the page that tells of a fault must end somewhere
        log.error("the page of a fault could not be drawn: %r", fault)
        return Response(f"{title}. {words}", status_code=status, media_type=MediaType.TEXT, headers=told)
    return Response(page, status_code=status, media_type=MediaType.HTML, headers=told)


def _store_fault(request: Asked, fault: StoreTrouble) -> Response[Any]:
    """Nothing of it was kept, and the sentence says so, with what is to be done; the program's own words in the log."""
    desk_of(request).trouble = str(fault)
    log.warning("%s %s: not kept: %s", request.method, request.url.path[:100], fault)
    reader = reader_of(request, request.query_params.get("lang"))
    words = reader.t(store_words(str(fault)))
    said = words if request.method == "GET" else reader.t("store_not_kept", why=words)
    if "text/html" in request.headers.get("accept", ""):
        return _page(request, reader, 503, _title(request, reader), said)
    return _sentence(503, said)


def _key_fault(request: Asked, _: KeyUsed) -> Response[Any]:
    """Under the key of the form something else is kept: this is not, and nobody is told that it were."""
    reader = reader_of(request, request.query_params.get("lang"))
    said = reader.t("key_used")
    if "text/html" in request.headers.get("accept", ""):
        return _page(request, reader, 409, _title(request, reader), said)
    return _sentence(409, said, "idempotency_key")


def _own_fault(request: Asked, fault: Exception) -> Response[Any]:
    """A fault of ours: the log has where, the answer says nothing of it."""
    log.error("%s %s: %r", request.method, request.url.path[:100], fault, exc_info=fault)
    if "text/html" in request.headers.get("accept", ""):
        reader = reader_of(request, request.query_params.get("lang"))
        return _page(request, reader, 500, _title(request, reader), reader.t("fault_500"))
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
    KeyUsed: _key_fault,
    BadOrder: _bad_order,
    Exception: _own_fault,
}
