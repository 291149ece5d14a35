"""What may reach a screen: signed, for this site, in order, and ended only by those who may end it."""

import base64
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.bulletins import PublicBulletin
from contract.messages import decode, encode
from contract.words import ClockQuality, Status
from gateway.core import announce
from gateway.core.down import bulletins
from gateway.core.remembered import Held
from gateway.core.site import Now

from .conftest import WALL_MS, Story, at, facts

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
KEYS = {"kommun-2026": KEY.public_key().public_bytes_raw()}


def signed(key: Ed25519PrivateKey = KEY, key_id: str = "kommun-2026", **changes: Any) -> bytes:
    """A bulletin as it travels."""
    bulletin: dict[str, Any] = {
        "id": "b-1", "serial": 1, "incident": "storm", "msg_type": "alert", "status": "actual", "sent_ms": WALL_MS,
        "expires_ms": None, "sender_name": "Åre kommun", "category": "Infra", "urgency": "immediate",
        "severity": "severe", "certainty": "observed", "sites": ["are-kall"],
        "texts": {"sv": {"headline": "Strömavbrott"}},
    }  # fmt: skip
    body = msgspec.json.encode(bulletin | changes)
    return envelope(body, key.sign(body), key_id)


def envelope(body: bytes, signature: bytes, key_id: str = "kommun-2026") -> bytes:
    """The wrapper."""
    texts = {"signed": base64.b64encode(body).decode(), "signature": base64.b64encode(signature).decode()}
    return msgspec.json.encode({"key_id": key_id} | texts)


class Screen:
    """A site that takes bulletins; what it told of each."""

    def __init__(self) -> None:
        self.story = Story(facts())

    def take(self, payload: bytes, now: Now | None = None) -> list[tuple[str, str]]:
        """(kind, detail) of what is told."""
        site, changes, _ = bulletins.take(self.story.site, "are-kall", payload, KEYS, now or at(1))
        self.story.site = site
        return [(change.kind.value, change.body["detail"]) for change in changes]

    def live(self, now: Now | None = None) -> list[str]:
        """Ids of those that still speak."""
        return [held.bulletin.id for held in self.story.site.memory.bulletins if not bulletins.over(held, now or at(1))]


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (signed(key_id="somebody"), "signed with key 'somebody', which this site does not know"),
        (signed(key=OTHER), "the signature does not fit"),
        (signed(sites=["are-duved"]), "b-1 is not for this site"),
        (signed(texts={"en": {"headline": "Outage"}}), "b-1 has no Swedish text"),
        (signed(id="B 1/#"), "the id must be of a-z, 0-9 and hyphen"),
        (signed(serial=-1), "Expected `int` >= 0"),
        (signed(status="drill"), "Invalid enum value 'drill'"),
        (signed(texts={"sv": {"headline": "x" * 161}}), "length <= 160"),
        (envelope(b"[]", KEY.sign(b"[]")), "Expected `object`, got `array`"),
        (envelope(b"\xff", KEY.sign(b"\xff")), "malformed"),
        (envelope(b"{}", b""), "the signature does not fit"),
        (b"\x00\xff", "SignedBulletin"),
        (b"[" * 50_000, "SignedBulletin"),
        (b"x" * 70_000, "70000 bytes, at most 65536"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(payload: bytes, why: str) -> None:
    """It is told of once; brought again after each reconnect it is refused in silence; nothing is shown."""
    screen = Screen()
    told = screen.take(payload)

    assert ["bulletin_refused"] == [kind for kind, _ in told]
    assert why in told[0][1]
    assert [] == screen.take(payload)
    assert [] == screen.live()


def test_a_refused_bulletin_is_taken_once_its_key_is_known() -> None:
    """Being refused before is no verdict for ever."""
    screen = Screen()
    payload = signed(key=OTHER, key_id="ny")
    screen.take(payload)
    site, changes, held = bulletins.take(
        screen.story.site, "are-kall", payload, {"ny": OTHER.public_key().public_bytes_raw()}, at(2)
    )

    assert ["bulletin_taken"] == [change.kind for change in changes]
    assert held is not None
    assert 1 == len(site.memory.bulletins)


@given(st.binary(max_size=300))
def test_garbage_is_refused(payload: bytes) -> None:
    """Random bytes: one refusal, or nothing for no bytes at all."""
    assert (["bulletin_refused"] if payload else []) == [kind for kind, _ in Screen().take(payload)]


@given(st.integers(0, 10_000), st.integers(0, 7))
def test_one_flipped_bit_of_the_signed_part_is_one_too_many(place: int, bit: int) -> None:
    """Whatever was changed on the way does not reach a screen."""
    message = msgspec.json.decode(signed())
    body = bytearray(base64.b64decode(message["signed"]))
    body[place % len(body)] ^= 1 << bit
    screen = Screen()
    screen.take(envelope(bytes(body), base64.b64decode(message["signature"])))

    assert [] == screen.live()


def test_byte_identical_delivery_is_silent() -> None:
    """A retained message comes again after each reconnect, also after a restart."""
    screen = Screen()
    told = [screen.take(signed()) for _ in range(3)]
    screen.story = screen.story.restarted()

    assert [[("bulletin_taken", "")], [], []] == told
    assert [] == screen.take(signed())
    assert ["b-1"] == screen.live()


def test_the_same_id_with_other_bytes_is_refused() -> None:
    """Even with a good signature: what was shown stays."""
    screen = Screen()
    screen.take(signed())

    assert [("bulletin_refused", "the same id came with other content")] == screen.take(signed(serial=9))
    assert 1 == screen.story.site.memory.bulletins[0].bulletin.serial


def test_within_an_incident_the_serial_must_rise() -> None:
    """Older or equal is a replay; another incident counts for itself."""
    screen = Screen()
    screen.take(signed(serial=5))

    assert [("bulletin_refused", "older than serial 5 of its incident")] == screen.take(signed(id="b-2", serial=5))
    assert [("bulletin_refused", "older than serial 5 of its incident")] == screen.take(signed(id="b-3", serial=4))
    assert [("bulletin_taken", "")] == screen.take(signed(id="b-4", serial=2, incident="water"))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"msg_type": "alert"}, ["b-1", "b-2", "b-9"]),
        ({"msg_type": "update"}, ["b-2", "b-9"]),
        ({"msg_type": "update", "incident": "new", "references": ["b-2"]}, ["b-1", "b-9"]),
        ({"msg_type": "cancel"}, ["b-2"]),
        ({"msg_type": "cancel", "incident": "new", "references": ["b-1", "b-2"]}, []),
    ],
)
def test_update_and_cancel_end_what_they_reference_and_their_incident(
    changes: dict[str, Any], expected: list[str]
) -> None:
    """An update speaks instead; a cancel says nothing more."""
    screen = Screen()
    screen.take(signed())
    screen.take(signed(id="b-2", incident="water"))
    screen.take(signed(id="b-9", serial=9, **changes))

    assert expected == screen.live()


def test_an_empty_payload_ends_nothing() -> None:
    """Whoever clears the topic does not clear the screen."""
    screen = Screen()
    screen.take(signed())

    assert [] == screen.take(b"")
    assert ["b-1"] == screen.live()


@pytest.mark.parametrize(
    ("now", "over"),
    [
        (at(59), False),
        (at(60), True),
        (at(600, clock=ClockQuality.HOLDOVER), True),
        (at(600, clock=ClockQuality.UNSYNCED), False),
    ],
)
def test_expiry_needs_a_clock(now: Now, over: bool) -> None:
    """A box that believes in 1970, or in 2099, ends no alert by its clock."""
    screen = Screen()
    screen.take(signed(expires_ms=WALL_MS + 60_000))
    held = screen.story.site.memory.bulletins[0]
    told = decode(announce.public_bulletin(held, screen.story.facts, now)[1], PublicBulletin)

    assert over is bulletins.over(held, now)
    assert over is told.ended


@pytest.mark.parametrize("status", Status)
def test_the_status_goes_along_to_the_screen(status: Status) -> None:
    """An exercise stays one."""
    screen = Screen()
    screen.take(signed(status=status.value))
    told = announce.public_bulletin(screen.story.site.memory.bulletins[0], screen.story.facts, at(1))

    assert status is decode(told[1], PublicBulletin).bulletin.status


def test_a_full_memory_gives_up_what_has_ended_before_what_still_speaks() -> None:
    """The oldest alert that still holds outlives a hundred newer ones that are over."""
    screen = Screen()
    screen.take(signed())
    for number in range(2, 150):
        screen.take(signed(id=f"b-{number}", serial=number, incident="chatter", msg_type="update"))
    held: tuple[Held, ...] = screen.story.site.memory.bulletins

    assert bulletins.MAX_HELD == len(held)
    assert ["b-1", "b-149"] == screen.live()
    assert encode(screen.story.site.memory) == encode(screen.story.restarted().site.memory)
