"""A picture from the centre to the site's own broker, and its end, by the whole gateway."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from contract.content import PublicDocument
from contract.messages import decode
from contract.pictures import name_of
from golden.painted import DIGEST, SCENE
from kiosk.core.illustrated import opened

from .conftest import SITE, Gateway, Listener, Site, eventually

EVENTS = b'{"events":[]}'


@pytest.fixture
def gateway(brokers: Site, tmp_path: Path) -> Iterator[Gateway]:
    """A running gateway with both brokers."""
    one = brokers.gateway(tmp_path).start()
    yield one
    one.end()


def manifest(revision: int, **bodies: bytes) -> bytes:
    """What the centre says there is."""
    refs = [
        {"name": name.replace("_", "-"), "version": 1, "sha256": sha256(body).hexdigest(), "size": len(body),
         "audience": "public"}
        for name, body in bodies.items()
    ]  # fmt: skip
    return json.dumps({"revision": revision, "documents": refs}).encode()


def test_picture_is_told_whole_and_forgotten_when_nobody_names_it(brokers: Site, gateway: Gateway) -> None:
    """One that is none is refused with a record; the true one reaches the site's broker as it was, and ends there."""
    inside, centre = Listener(brokers.local), Listener(brokers.centre)
    svg = b"<svg/>"
    name = name_of(DIGEST)
    both = {name.replace("-", "_"): SCENE, name_of(sha256(svg).hexdigest()).replace("-", "_"): svg, "events": EVENTS}

    for body in both.values():
        centre.say(f"down/blob/{sha256(body).hexdigest()[:40]}", body, retain=True)
    centre.say("down/content", manifest(1, **both), retain=True)
    topic = f"sot/1/{SITE}/local/public/content/{name}"
    told = eventually(lambda: next((payload for heard, payload in inside.heard if heard == topic), None), "picture")
    assert SCENE == opened(decode(told, PublicDocument))
    refused = eventually(lambda: [one for one in centre.records() if one["kind"] == "content_refused"], "refusal")
    assert ["picture: neither PNG nor JPEG"] == [one["body"]["detail"] for one in refused]

    centre.say("down/content", manifest(2, events=EVENTS), retain=True)
    eventually(lambda: (topic, b"") in inside.heard, "end of the picture")
    gateway.end()
    gateway.start()
    again = Listener(brokers.local)
    eventually(lambda: [one for one in again.all("local/public/content/events") if one], "the other document")
    assert [] == [one for one in again.heard if one[0] == topic and one[1]]
    for one in (inside, centre, again):
        one.stop()
