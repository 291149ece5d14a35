"""The least of HTTP/1.1 that a feed needs, and every way of doing it wrong that a real server has been seen to do."""

import asyncio
import gzip
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import parse_qs
from xml.etree import ElementTree as Tree  # noqa: ICN001

from simulator.core.feed_script import FeedStep

HUGE = 10 * 1024 * 1024
BOMB = 64 * 1024 * 1024
SLOW_S = 0.5
"""Real seconds between two bytes of a body that never comes to its end."""
MAX_HEAD = 16 * 1024
JSON = {"Content-Type": "application/json; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked: path without its query, headers in lower case, and the body of a POST."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""
    query: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; its length is added."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


async def hear(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection; None when there is none, or none that makes sense."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
        first, *lines = head.split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        body = await reader.readexactly(min(int(headers.get("content-length", 0)), MAX_HEAD))
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, UnicodeDecodeError, ValueError, ConnectionError):
        return None
    path, _, query = target.partition("?")
    return Request(method, path, headers, body, query)


def bad_key(name: str, request: Request) -> str:
    """Why the key of a question is none; "" when it may be one. One source has it in the query, the other in XML."""
    if name == "departures":
        return "" if parse_qs(request.query).get("key") else "no key in the query"
    try:
        login = Tree.fromstring(request.body).find("LOGIN")  # noqa: S314  # from this machine, at most 16 kB
    except Tree.ParseError:
        return "the body is no XML"
    if request.method != "POST" or login is None:
        return "no POST with a LOGIN"
    return "" if login.get("authenticationkey") else "no key in LOGIN"


def well(
    request: Request, body: bytes, media: str, now: datetime, *, validators: bool, modified: datetime | None = None
) -> Answer:
    """A good answer: 304 where the client has it already, packed where it can unpack."""
    headers = {"Content-Type": media, "Date": http_date(now)}
    if validators:
        headers["ETag"] = f'"{sha256(body).hexdigest()[:16]}"'
        if modified is not None:
            headers["Last-Modified"] = http_date(modified)
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Answer(304, b"", headers)
    if "gzip" in request.headers.get("accept-encoding", "") and len(body) > 200:
        return Answer(200, gzip.compress(body), headers | {"Content-Encoding": "gzip"})
    return Answer(200, body, headers)


def http_date(moment: datetime) -> str:
    """As headers write it."""
    return f"{moment:%a, %d %b %Y %H:%M:%S} GMT"


async def say(writer: asyncio.StreamWriter, answer: Answer, extra: dict[str, str]) -> None:
    """Write one answer whole."""
    writer.write(head_of(answer.status, {"Content-Length": str(len(answer.body))} | answer.headers | extra))
    writer.write(answer.body)
    await writer.drain()


def head_of(status: int, headers: dict[str, str]) -> bytes:
    """The lines before the body."""
    lines = [f"HTTP/1.1 {status} {'OK' if status == 200 else 'Told'}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def misbehave(
    writer: asyncio.StreamWriter, request: Request, step: FeedStep, good: Answer, now: datetime, extra: dict[str, str]
) -> bool:
    """Answer as the script wants it; True when the connection goes on."""
    answer = _wrong_answer(request, step, good, now)
    if answer is not None:
        await say(writer, answer, extra)
        return True
    if step.trouble == "silent":
        await asyncio.sleep(3600)
    elif step.trouble == "slow":
        writer.write(head_of(200, {"Content-Length": "1000"} | good.headers | extra))
        for _ in range(1000):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(SLOW_S)
    elif step.trouble == "cut-short":
        writer.write(head_of(200, {"Content-Length": str(len(good.body))} | good.headers | extra))
        writer.write(good.body[: len(good.body) // 2])
        await writer.drain()
    return False  # hangs-up: not a word


def _wrong_answer(request: Request, step: FeedStep, good: Answer, now: datetime) -> Answer | None:
    """What can be said as a whole answer; None for what is no answer at all."""
    which = step.trouble or ""
    if which.startswith("answers-"):
        return Answer(int(which[-3:]), b"<html>trouble</html>", {"Content-Type": "text/html"})
    if which.startswith("429-"):
        until = http_date(now + timedelta(seconds=step.retry_after_s))
        return Answer(429, b"", {"Retry-After": until if which == "429-date" else str(step.retry_after_s),
                                 "Date": http_date(now)})  # fmt: skip
    if which == "redirect-loop":
        return Answer(302, b"", {"Location": request.path})
    if which == "redirect-away":
        return Answer(302, b"", {"Location": "http://192.0.2.1/elsewhere"})
    if which == "304-always":
        return Answer(304)
    return _wrong_body(which, good)


def _wrong_body(which: str, good: Answer) -> Answer | None:
    """200, and a body that nobody can use."""
    packed = {"Content-Encoding": "gzip"}
    match which:
        case "wrong-charset":
            body = json.dumps({"alerts": [], "timestamp": "åäö"}, ensure_ascii=False).encode("latin-1")
            return Answer(200, body, JSON)
        case "wrong-length":  # the body ends in the middle of a record, and the length says that this is all of it
            body = gzip.decompress(good.body) if "Content-Encoding" in good.headers else good.body
            return Answer(200, body[:-2], JSON)
        case "html":
            return Answer(200, b"<!doctype html><title>Logga in</title>", {"Content-Type": "text/html"})
        case "empty":
            return Answer(200, b"", JSON)
        case "garbage":
            return Answer(200, b"\x00\xff{[", JSON)
        case "huge":
            return Answer(200, b"[" + b" " * HUGE + b"]", JSON)
        case "packed-bomb":
            return Answer(200, gzip.compress(b" " * BOMB), JSON | packed)
        case "packed-cut":
            return Answer(200, gzip.compress(b'{"alerts": []}' * 50)[:-12], JSON | packed)
    return None
