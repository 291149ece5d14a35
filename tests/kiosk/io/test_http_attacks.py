"""Servers, caches and captive networks that do worse than fail: what they say must not pass for an answer."""

import asyncio
import contextlib
import gzip
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from kiosk.io.http import Asker, Failed, Question, Reply
from simulator.core.feed_script import FeedScript
from simulator.feed_server import FeedServer
from tests.ports import free_port

Raw = Callable[[bytes, int], bytes | None]
"""What a connection answers to the question of that number (1 …); None: it hangs up."""
QUIET = b'{"alerts": []}'


def http(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """One answer as it travels."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Server:
    """Answers what the test says, byte by byte."""

    def __init__(self) -> None:
        self.port = 0
        self.asked = 0
        self.connections = 0
        self.answer: Raw = lambda _question, _number: http(QUIET)
        self.afterwards = b""
        """Sent a moment after each answer, though nobody asked for it."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        try:
            while question := await reader.readuntil(b"\r\n\r\n"):
                self.asked += 1
                answer = self.answer(question, self.asked)
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
                if self.afterwards:
                    await asyncio.sleep(0.05)
                    writer.write(self.afterwards)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """On a port of its own."""
    one = Server()
    listening = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = listening.sockets[0].getsockname()[1]
    yield one
    listening.close()


@pytest.fixture
async def ask(server: Server) -> AsyncIterator[Callable[..., Awaitable[Reply]]]:
    """Ask that server."""
    asker = Asker(contact="x")
    yield lambda **said: asker.ask(Question(url=f"http://127.0.0.1:{server.port}/x", **said))
    await asker.close()


async def why_not(asking: Awaitable[Reply]) -> str:
    """The sentence."""
    with pytest.raises(Failed) as told:
        await asking
    return str(told.value)


async def test_no_content_is_no_answer(server: Server, ask: Any) -> None:
    """204 says nothing, and so does every other good word that is not 200."""
    for status in ("204 No Content", "206 Partial Content", "203 Changed", "226 IM Used"):
        server.answer = lambda _q, _n, status=status: http(b"", status=status)  # type: ignore[misc]
        assert f"answered {status[:3]}" == await why_not(ask())


async def test_length_that_lies_is_cut_short(server: Server, ask: Any) -> None:
    """Longer than what comes: the answer never ends, or ends early."""
    server.answer = lambda _q, n: http(QUIET, length=1000) if n == 1 else None
    assert "no whole answer within 2 s" == await why_not(ask(within_s=2.0))


async def test_body_longer_than_its_length_spoils_one_question_at_most(server: Server, ask: Any) -> None:
    """What hangs over is no part of the answer, nor of the next one; the connection is given up, then all is well."""
    alert = b'{"alerts": [1]}'
    server.answer = lambda _q, n: http(alert + QUIET, length=len(alert)) if n == 1 else http(alert)
    answers: list[bytes | None] = []
    for _ in range(3):
        with contextlib.suppress(Failed):
            answers.append((await ask()).body)

    assert {alert} == set(answers)
    assert len(answers) >= 2


async def test_second_packed_part_is_not_dropped_in_silence(server: Server, ask: Any) -> None:
    """Two packed pieces behind each other: the first alone is not the answer. Zeros that fill up are let be."""
    server.answer = lambda _q, _n: http(gzip.compress(QUIET) + gzip.compress(b"more"), "Content-Encoding: gzip")
    assert "more follows after the packed answer" in await why_not(ask())
    server.answer = lambda _q, _n: http(gzip.compress(QUIET) + b"\0" * 512, "Content-Encoding: gzip")
    assert QUIET == (await ask()).body


async def test_age_of_a_cache_on_the_way_is_told(server: Server, ask: Any) -> None:
    """`Age` comes with the answer; nonsense counts as none."""
    ages = []
    for age in ("600", "-5", "soon", "1" * 30):
        server.answer = lambda _q, _n, age=age: http(QUIET, f"Age: {age}")  # type: ignore[misc]
        ages.append((await ask()).age_s)

    assert [600.0, 0.0, 0.0, 0.0] == ages


async def test_endless_header_is_given_up(server: Server, ask: Any) -> None:
    """Headers without end, or thousands of them, fill no memory."""
    server.answer = lambda _q, _n: b"HTTP/1.1 200 OK\r\nX: " + b"x" * 2_000_000
    assert await why_not(ask())
    server.answer = lambda _q, _n: b"HTTP/1.1 200 OK\r\n" + b"".join(b"X%d: y\r\n" % at for at in range(20_000))
    assert await why_not(ask())


async def test_login_page_of_a_captive_network_is_not_followed_away(server: Server, ask: Any) -> None:
    """302 to the hotel's own address, plain http: refused, with the reason."""
    server.answer = lambda _q, _n: http(b"", "Location: http://login.hotell.example/", status="302 Found")
    assert "http:// to login.hotell.example is not encrypted; write https://" == await why_not(ask())


async def test_restarted_server_costs_no_failure() -> None:
    """The kept connection is dead when it comes back: the next question opens another, and nothing is told as wrong."""
    server = FeedServer(FeedScript(title="t"), lambda: 1.0)
    await server.start(free_port())
    asker = Asker(contact="x", simulated=True)
    url = server.urls()["vma"]
    first = await asker.ask(Question(url=url))
    await server.stop()
    await server.start(server.port)
    again = await asker.ask(Question(url=url))
    await asker.close()
    await server.stop()

    assert [[], []] == [json.loads(one.body or b"")["alerts"] for one in (first, again)]


async def test_server_on_the_other_internet_is_asked(ask: Any) -> None:
    """An address of IPv6 works like any other; one that nobody answers is a sentence."""
    server = Server()
    listening = await asyncio.start_server(server.serve, "::1", 0)
    port = listening.sockets[0].getsockname()[1]
    asker = Asker(contact="x")
    reply = await asker.ask(Question(url=f"http://[::1]:{port}/x"))
    listening.close()
    await asker.close()

    assert QUIET == reply.body


async def test_name_that_nobody_knows_is_no_contact() -> None:
    """`.invalid` never exists."""
    asker = Asker(contact="x")
    fault = await why_not(asker.ask(Question(url="https://feeds.invalid/x", within_s=15)))
    await asker.close()

    assert fault.startswith(("no contact", "no whole answer"))


def test_lookup_of_a_name_is_given_up_soon_unless_the_administrator_says_otherwise() -> None:
    """What the keeper's end has to wait for is bounded; a setting of the system's own stands."""
    show = "import os, kiosk.io.http; print(os.environ['RES_OPTIONS'])"
    told = [
        subprocess.run(
            [sys.executable, "-c", show], env={"PYTHONPATH": ":".join(sys.path)} | own, capture_output=True, text=True,
            check=True,
        ).stdout.strip()
        for own in ({}, {"RES_OPTIONS": "timeout:9"})
    ]  # fmt: skip

    assert ["timeout:2 attempts:2", "timeout:9"] == told


async def test_second_answer_hidden_behind_the_first_is_never_the_answer_to_the_next_question(
    server: Server, ask: Any
) -> None:
    """A kept connection that is one answer ahead would for ever tell as new what was true a question ago."""
    server.answer = lambda _q, n: http(b"%d" % n) + (http(b"hidden") if n == 1 else b"")
    answers: list[bytes | None] = []
    for _ in range(4):
        with contextlib.suppress(Failed):
            answers.append((await ask()).body)

    assert b"hidden" not in answers
    assert answers[0] == b"1"
    assert answers == sorted(answers)  # type: ignore[type-var]
    assert len(answers) >= 3


async def test_answer_that_comes_before_it_is_asked_for_is_never_taken(server: Server, ask: Any) -> None:
    """The same, when what is hidden comes later, while nobody asks."""
    server.answer = lambda _q, n: http(b"%d" % n)
    server.afterwards = http(b"hidden")
    answers: list[bytes | None] = []
    for _ in range(3):
        with contextlib.suppress(Failed):
            answers.append((await ask()).body)
        await asyncio.sleep(0.15)

    assert b"hidden" not in answers
    assert len(answers) >= 2


async def test_proxy_of_the_settings_is_asked_and_sees_nothing_of_what_is_encrypted(server: Server) -> None:
    """Plain questions go through it whole; of an encrypted one it learns the name of the host, and its refusal is one
    sentence. The environment's own proxies are another test: they are not taken."""
    seen: list[bytes] = []
    server.answer = lambda question, _n: (
        seen.append(question)
        or (  # type: ignore[func-returns-value]
            http(b"", status="403 Forbidden") if question.startswith(b"CONNECT") else http(QUIET)
        )
    )
    asker = Asker(contact="x", proxy=f"http://127.0.0.1:{server.port}")
    plain = await asker.ask(Question(url="http://127.0.0.1:9/list"))
    why = await why_not(asker.ask(Question(url="https://source.example/list?key={key}", key="s3cret")))
    await asker.close()

    assert QUIET == plain.body
    assert seen[0].startswith(b"GET http://127.0.0.1:9/list HTTP/1.1")
    assert seen[1].startswith(b"CONNECT source.example:443 HTTP/1.1")
    assert not [question for question in seen if b"s3cret" in question]
    assert "403" in why


async def test_proxy_that_is_not_there_is_no_contact() -> None:
    """As if the source were away: asked again later, nothing else is tried behind its back."""
    asker = Asker(contact="x", proxy="http://127.0.0.1:1")
    with pytest.raises(Failed) as told:
        await asker.ask(Question(url="https://source.example/"))
    await asker.close()

    assert "no contact" in str(told.value)
    assert not told.value.reached
