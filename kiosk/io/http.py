"""The door to other people's servers: one question, one bounded answer, or one sentence why not.

What comes is hostile until proven otherwise: encrypted except on this machine, a deadline over everything, a cap on
the unpacked body, no cookies, no environment, three redirects at most and never to a weaker scheme. The key of a feed
stands in no sentence.
"""

import asyncio
import logging
import os
import ssl
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import quote, urljoin, urlsplit
from xml.sax.saxutils import escape

import h11
import httpx

from kiosk.core.asking import polling
from kiosk.core.asking.addresses import address_fault

for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # on INFO it would write each address, and with it the key

# a lookup of a name cannot be ended from outside: where no name server answers, the keeper's end would wait for it
# half a minute, which is longer than the system lets it live (resolv.conf(5))
os.environ.setdefault("RES_OPTIONS", "timeout:2 attempts:2")

_next_cycle = h11.Connection.start_next_cycle


def _strict_next_cycle(self: h11.Connection) -> None:
    """After an answer: whatever lies behind it came unasked, and would pass for the answer to the next question, so
    that every answer from then on is one question old. The connection is not used again."""
    _next_cycle(self)
    if self.our_role is h11.CLIENT and self.trailing_data[0]:
        self.send_failed()


h11.Connection.start_next_cycle = _strict_next_cycle  # type: ignore[method-assign]  # httpx has no place for it

MAX_REDIRECTS = 3
MAX_RATIO = 100
"""JSON and XML pack to a tenth, polygons to a fifth; what unpacks to more than this is made to hurt."""
RATIO_FROM = 256 * 1024
CHUNK = 64 * 1024
CONNECT_S = 10.0
KEEP_OPEN_S = 330.0
"""Longer than the pace of VMA and of SMHI, so that a handshake is paid only when the server hangs up."""
SIMULATED = "x-sotpunkt-simulated"
"""The header by which the simulator says what it is: no real screen shows its alerts."""
USER_AGENT = "sotpunkt-kiosk/1"


class Failed(Exception):
    """No usable answer: one sentence. `reached`: did a server answer at all? `retry_after_s`: what it asked for."""

    def __init__(self, sentence: str, *, reached: bool = True, retry_after_s: float | None = None) -> None:
        super().__init__(sentence)
        self.reached = reached
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request. `key` replaces `{key}` in address and `body`; with a body it is a POST. Times in real seconds."""

    url: str
    key: str = field(default="", repr=False)
    etag: str = ""
    modified: str = ""
    body: bytes | None = None
    content_type: str = ""
    within_s: float = 20.0
    most_bytes: int = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A good answer. `body` None: as it was (304). `wire_bytes`: the body as it travelled.

    `age_s`: how long the answer has lain in a cache on its way: what it says was true then, not now.
    """

    body: bytes | None
    etag: str = ""
    modified: str = ""
    max_age_s: float | None = None
    age_s: float = 0.0
    wire_bytes: int = 0


class Asker:
    """One client for all feeds; connections are kept, one a host. `plain`: plain http also to other machines."""

    def __init__(self, *, contact: str, proxy: str = "", plain: bool = False, simulated: bool = False) -> None:
        self._plain = plain
        self._simulated = simulated
        self._client = httpx.AsyncClient(
            verify=ssl.create_default_context(),  # the system's authorities, which its updates keep
            trust_env=False,
            proxy=proxy or None,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=httpx.Timeout(None, connect=CONNECT_S),  # over all of it stands the question's own deadline
            limits=httpx.Limits(max_keepalive_connections=10, keepalive_expiry=KEEP_OPEN_S),
            headers={"User-Agent": f"{USER_AGENT} ({contact})", "Accept-Encoding": "gzip"},
        )

    async def ask(self, question: Question) -> Reply:
        """Ask once; raises Failed with one sentence that holds no secret."""
        try:
            async with asyncio.timeout(question.within_s):
                return await self._follow(question)
        except TimeoutError:
            raise Failed(f"no whole answer within {question.within_s:g} s", reached=False) from None
        except Failed as fault:
            raise Failed(
                without(str(fault), question.key), reached=fault.reached, retry_after_s=fault.retry_after_s
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as fault:
            reached = isinstance(fault, httpx.ProtocolError | httpx.DecodingError)
            raise Failed(without(_sentence(fault), question.key), reached=reached) from None

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _follow(self, question: Question) -> Reply:
        url = question.url.replace("{key}", quote(question.key, safe=""))
        for _ in range(MAX_REDIRECTS + 1):
            if fault := address_fault(url, plain=self._plain):
                raise Failed(fault)
            request = self._client.build_request(
                "GET" if question.body is None else "POST", url, headers=_headers(question), content=_body(question)
            )
            response = await self._send(request)
            try:
                if response.status_code not in (301, 302, 303, 307, 308):
                    return await self._reply(response, question)
                url = _redirected(url, response, question)
            finally:
                await response.aclose()
        raise Failed(f"redirected more than {MAX_REDIRECTS} times")

    async def _send(self, request: httpx.Request) -> httpx.Response:
        """On a kept connection, or on a new one where that can take no question any more."""
        try:
            return await self._client.send(request, stream=True)
        except h11.LocalProtocolError:
            return await self._client.send(request, stream=True)

    async def _reply(self, response: httpx.Response, question: Question) -> Reply:
        told = response.headers
        if SIMULATED in told and not self._simulated:
            raise Failed("the answer says that it is simulated, this kiosk is real; the two never mix, check the url")
        if response.status_code == 304:
            if not (question.etag or question.modified):
                raise Failed("answered 304 (not changed), but nothing is kept here that could be unchanged")
            body, wire = None, 0
        elif response.status_code == 200:
            body, wire = await _unpacked(response, question.most_bytes)
        else:
            again = polling.retry_after_s(told.get("retry-after", ""), told.get("date", ""))
            raise Failed(f"answered {response.status_code}", retry_after_s=again)
        return Reply(
            body=body, etag=_short(told.get("etag", "")), modified=_short(told.get("last-modified", "")),
            max_age_s=polling.max_age_s(told.get("cache-control", ""), told.get("age", "")),
            age_s=polling.age_s(told.get("age", "")), wire_bytes=wire,
        )  # fmt: skip


def _headers(question: Question) -> dict[str, str]:
    found = {"If-None-Match": question.etag, "If-Modified-Since": question.modified}
    return {name: value for name, value in (found | {"Content-Type": question.content_type}).items() if value}


def _body(question: Question) -> bytes | None:
    """The body with its key; in XML whatever the key holds stays text inside its attribute."""
    if question.body is None:
        return None
    key = escape(question.key, {'"': "&quot;", "'": "&apos;"}) if "xml" in question.content_type else question.key
    return question.body.replace(b"{key}", key.encode())


def _redirected(url: str, response: httpx.Response, question: Question) -> str:
    """Where it says the answer is; raises Failed where nobody should follow."""
    if question.body is not None:
        raise Failed(f"answered {response.status_code}; a question with a body is not asked elsewhere")
    if question.key:
        raise Failed(f"answered {response.status_code}; a key is taken nowhere else, check the url")
    target = urljoin(url, response.headers.get("location", ""))
    if urlsplit(url).scheme == "https" and urlsplit(target).scheme != "https":
        raise Failed("redirected from https to an address that is not encrypted")
    return target


async def _unpacked(response: httpx.Response, most: int) -> tuple[bytes, int]:
    """The body and its length on the wire; never more than `most` bytes are unpacked. Raises Failed."""
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    if packing not in ("identity", "gzip", "x-gzip", ""):
        raise Failed(f"answered packed as {packing[:20]!r}, which nobody asked for")
    if packing in ("identity", ""):
        return await _plain(response.aiter_raw(CHUNK), most)
    return await _gunzipped(response.aiter_raw(CHUNK), most)


async def _plain(pieces: AsyncIterator[bytes], most: int) -> tuple[bytes, int]:
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) > most:
            raise Failed(f"the answer is larger than {most} bytes")
    return bytes(body), len(body)


async def _gunzipped(pieces: AsyncIterator[bytes], most: int) -> tuple[bytes, int]:
    unpacker, body, wire = zlib.decompressobj(wbits=31), bytearray(), 0
    try:
        async for packed in pieces:
            piece = packed
            wire += len(piece)
            while piece and not unpacker.eof:
                body += unpacker.decompress(piece, CHUNK)
                piece = unpacker.unconsumed_tail
                if len(body) > most:
                    raise Failed(f"the answer is larger than {most} bytes")
                if len(body) > RATIO_FROM and len(body) > MAX_RATIO * wire:
                    raise Failed(f"it unpacks to more than {MAX_RATIO} times its size; that is no honest answer")
    except zlib.error as fault:
        raise Failed(f"the packing of the answer is broken ({fault})") from None
    if not unpacker.eof:
        raise Failed("the packed answer was cut short")
    if unpacker.unused_data.strip(b"\0") or piece.strip(b"\0"):
        raise Failed("more follows after the packed answer; half of it is not the answer")
    return bytes(body), wire


def _sentence(fault: Exception) -> str:
    """What the library says, in words that name what happened."""
    text = " ".join(str(fault).split())[:160]
    if "CERTIFICATE_VERIFY_FAILED" in text:
        text = text.split("certificate verify failed: ")[-1].split(" (_ssl")[0]
        return f"its certificate is not believed ({text}); is the clock right?"
    if isinstance(fault, httpx.ConnectError | httpx.ConnectTimeout):
        return f"no contact ({text or 'it took too long'})"
    if isinstance(fault, httpx.RemoteProtocolError):
        return f"the answer was cut short or is no HTTP ({text})"
    return f"no answer ({text or type(fault).__name__})"


def without(text: str, key: str) -> str:
    """The sentence without the key, written plainly or as in an address."""
    for secret in {key, quote(key, safe=""), escape(key, {'"': "&quot;", "'": "&apos;"})} - {""}:
        text = text.replace(secret, "…")
    return text


def _short(validator: str) -> str:
    """A validator goes into a header again and onto the card: one that is absurdly long is none."""
    return validator if len(validator) <= 500 and validator.isprintable() else ""
