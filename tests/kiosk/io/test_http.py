"""The door to other people's servers, against a real one that behaves badly in every way known."""

import gzip
import logging
import time
from collections.abc import AsyncIterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from kiosk.io.http import Asker, Failed, Question, Reply
from simulator.core.feed_script import FeedScript
from simulator.feed_server import FeedServer
from simulator.feed_wire import Answer
from tests.ports import free_port

KEY = "very/secret+key"


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    """A calm day that a test may spoil."""
    one = FeedServer(FeedScript(title="t"), lambda: 1.0)
    await one.start(free_port())  # one that was stopped leaves its port to nobody
    yield one
    await one.stop()


@pytest.fixture
async def asker() -> AsyncIterator[Asker]:
    """A simulated site's client."""
    one = Asker(contact="it@example.se", simulated=True)
    yield one
    await one.close()


async def failure(asker: Asker, question: Question) -> Failed:
    """The one sentence why not."""
    with pytest.raises(Failed) as told:
        await asker.ask(question)
    assert "\n" not in str(told.value)
    assert 5 < len(str(told.value)) < 250
    return told.value


def answering(server: FeedServer, monkeypatch: pytest.MonkeyPatch, answer: Answer) -> None:
    """The server says exactly this."""
    monkeypatch.setattr(server, "_good", lambda _request, _at_s: ("vma", answer))


async def test_good_answer_is_its_body(server: FeedServer, asker: Asker) -> None:
    """An empty list is a good answer."""
    reply = await asker.ask(Question(url=server.urls()["vma"]))

    assert b'"alerts": []' in (reply.body or b"")


async def test_says_who_asks_and_takes_no_cookie(
    server: FeedServer, asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Product and contact in the User-Agent; a cookie that was set does not come back."""
    answering(server, monkeypatch, Answer(200, b"{}", {"Set-Cookie": "spy=1; Path=/"}))
    for _ in range(2):
        await asker.ask(Question(url=server.urls()["vma"]))

    told = server.requests[-1].headers
    assert "sotpunkt-kiosk/1 (it@example.se)" == told["user-agent"]
    assert "gzip" == told["accept-encoding"]
    assert "cookie" not in told


async def test_connection_is_kept(server: FeedServer, asker: Asker) -> None:
    """Three questions pay for one handshake."""
    for _ in range(3):
        await asker.ask(Question(url=server.urls()["vma"]))

    assert 1 == len(server._open)


async def test_unchanged_answer_costs_no_body(server: FeedServer, asker: Asker) -> None:
    """The validators of the last answer bring a 304."""
    server.add(do="smhi", name="w", sv="Vind", areas=("23",))
    first = await asker.ask(Question(url=server.urls()["smhi"]))
    again = await asker.ask(Question(url=server.urls()["smhi"], etag=first.etag, modified=first.modified))

    assert first.etag
    assert first.modified
    assert (None, 0) == (again.body, again.wire_bytes)
    assert first.wire_bytes < len(first.body or b"")


@pytest.mark.parametrize(
    ("trouble", "sentence", "reached"),
    [
        ("answers-500", "answered 500", True),
        ("answers-404", "answered 404", True),
        ("cut-short", "cut short", True),
        ("hangs-up", "cut short or is no HTTP", True),
        ("redirect-loop", "redirected more than 3 times", True),
        ("redirect-away", "http:// to 192.0.2.1 is not encrypted", True),
        ("304-always", "nothing is kept here", True),
        ("huge", "larger than 1000000 bytes", True),
        ("packed-bomb", "larger than 1000000 bytes", True),
        ("packed-cut", "packed answer was cut short", True),
        ("silent", "no whole answer within 0.5 s", False),
        ("slow", "no whole answer within 0.5 s", False),
    ],
)
async def test_bad_answer_is_one_sentence(
    server: FeedServer, asker: Asker, trouble: str, sentence: str, reached: bool
) -> None:
    """What goes wrong is named, and nothing of the body is believed."""
    server.add(do="vma", name="w", sv="Vattnet ska kokas. " * 100)
    server.add(do="trouble", feed="vma", trouble=trouble)

    patience = 60.0 if reached else 0.5
    fault = await failure(asker, Question(url=server.urls()["vma"], within_s=patience, most_bytes=1_000_000))

    assert sentence in str(fault)
    assert reached == fault.reached


@pytest.mark.parametrize("form", ["429-seconds", "429-date"])
async def test_both_forms_of_retry_after_are_heard(server: FeedServer, asker: Asker, form: str) -> None:
    """Seconds, and a date judged by the server's own clock."""
    server.add(do="trouble", feed="vma", trouble=form, retry_after_s=77)

    assert 77 == (await failure(asker, Question(url=server.urls()["vma"]))).retry_after_s


async def test_nobody_at_home_is_no_contact(server: FeedServer, asker: Asker) -> None:
    """A refused connection was not a server's answer."""
    url = server.urls()["vma"]
    await server.stop()

    fault = await failure(asker, Question(url=url))

    assert ("no contact", False) == (str(fault)[:10], fault.reached)


async def test_bomb_is_left_before_it_has_grown(server: FeedServer, asker: Asker) -> None:
    """64 MB packed into 64 kB are given up at the cap, and at a hundredfold also where the cap is far."""
    server.add(do="trouble", feed="vma", trouble="packed-bomb")

    assert "larger than 200000" in str(await failure(asker, Question(url=server.urls()["vma"], most_bytes=200_000)))
    assert "unpacks to more" in str(await failure(asker, Question(url=server.urls()["vma"], most_bytes=100_000_000)))


async def test_strange_packing_is_refused(server: FeedServer, asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody asked for is not unpacked; a broken packing is a sentence."""
    answering(server, monkeypatch, Answer(200, b"x", {"Content-Encoding": "br"}))
    assert "which nobody asked for" in str(await failure(asker, Question(url=server.urls()["vma"])))
    answering(server, monkeypatch, Answer(200, b"no gzip at all", {"Content-Encoding": "gzip"}))
    assert "packing of the answer is broken" in str(await failure(asker, Question(url=server.urls()["vma"])))
    answering(server, monkeypatch, Answer(200, gzip.compress(b"[]"), {"Content-Encoding": "gzip"}))
    assert b"[]" == (await asker.ask(Question(url=server.urls()["vma"]))).body


async def test_real_site_refuses_what_is_simulated(server: FeedServer) -> None:
    """A real kiosk that was pointed at the simulator by mistake shows nothing of it."""
    real = Asker(contact="x")
    fault = await failure(real, Question(url=server.urls()["vma"]))
    await real.close()

    assert "the two never mix" in str(fault)


async def test_only_this_machine_is_asked_without_encryption(asker: Asker) -> None:
    """http:// to another machine is refused before anything is sent."""
    assert "not encrypted" in str(await failure(asker, Question(url="http://192.0.2.1/x")))
    assert "not like https" in str(await failure(asker, Question(url="ftp://192.0.2.1/x")))
    assert "holds an account" in str(await failure(asker, Question(url="https://a:b@example.se/")))


@pytest.mark.parametrize("trouble", ["answers-500", "redirect-loop", "garbage", "hangs-up", "silent", None])
async def test_key_stands_in_no_sentence_and_no_log(
    server: FeedServer, asker: Asker, trouble: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    """The source gets it; nobody else sees it."""
    caplog.set_level(logging.DEBUG)
    if trouble:
        server.add(do="trouble", feed="all", trouble=trouble)
    told: Any = None
    try:
        told = await asker.ask(Question(url=server.urls()["vma"] + "?key={key}", key=KEY, within_s=0.3))
    except Failed as fault:
        told = fault

    said = f"{told!r} {told} {caplog.text}"
    assert "very" not in said
    assert "secret" not in said


async def test_key_is_taken_nowhere_else(server: FeedServer, asker: Asker) -> None:
    """A redirect of a question with a key is a failure."""
    server.add(do="trouble", feed="vma", trouble="redirect-loop")

    fault = await failure(asker, Question(url=server.urls()["vma"] + "?key={key}", key=KEY))

    assert "a key is taken nowhere else" in str(fault)
    assert 1 == len(server.requests)


async def test_question_with_a_body_is_posted(server: FeedServer, asker: Asker) -> None:
    """The key goes where the body has a place for it."""
    await asker.ask(Question(url=server.urls()["vma"], body=b"<LOGIN k='{key}'/>", key="k1", content_type="text/xml"))

    request = server.requests[-1]
    assert ("POST", b"<LOGIN k='k1'/>", "text/xml") == (request.method, request.body, request.headers["content-type"])


async def test_key_in_xml_stays_text_in_its_attribute(server: FeedServer, asker: Asker) -> None:
    """Whatever it holds: no other markup comes of it, and the server reads the key as it is."""
    key = "a\"/><b a='&amp;<"
    body = b'<REQUEST><LOGIN authenticationkey="{key}"/></REQUEST>'
    await asker.ask(Question(url=server.urls()["vma"], body=body, key=key, content_type="application/xml"))
    (login,) = ET.fromstring(server.requests[-1].body)  # our own text

    assert {"authenticationkey": key} == login.attrib


async def test_environment_decides_nothing(server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that somebody has set for the whole machine is not taken."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    asker = Asker(contact="x", simulated=True)
    reply = await asker.ask(Question(url=server.urls()["vma"]))
    await asker.close()

    assert reply.body


async def test_absurd_validator_is_none(server: FeedServer, asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would go into every later header is kept short."""
    answering(server, monkeypatch, Answer(200, b"[]", {"ETag": '"' + "x" * 5000 + '"'}))

    assert "" == (await asker.ask(Question(url=server.urls()["vma"]))).etag


async def test_feed_that_hangs_costs_the_others_nothing(server: FeedServer, asker: Asker) -> None:
    """One connection that says nothing, another that is answered at once."""
    import asyncio

    server.add(do="trouble", feed="smhi", trouble="silent")
    hanging = asyncio.create_task(asker.ask(Question(url=server.urls()["smhi"], within_s=30)))
    await asyncio.sleep(0.1)
    began = time.monotonic()
    reply: Reply = await asker.ask(Question(url=server.urls()["vma"]))
    took = time.monotonic() - began
    hanging.cancel()
    await asyncio.gather(hanging, return_exceptions=True)

    assert reply.body
    assert took < 25
