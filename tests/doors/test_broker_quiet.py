"""Where messages are answered, no ping is sent: it would prove nothing new, and every byte may be paid for."""

from types import SimpleNamespace

import pytest
from paho.mqtt import client as library

from doors import broker as door

PINGREQ, PUBLISH = 12, 3
PUBACK = b"\x40\x02"


async def test_a_link_that_speaks_is_not_pinged_and_a_silent_one_is(
    peer, owner, address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message every third of a second, with a keep-alive of one: none in two and a half seconds; then one soon."""
    now = [1000.0]  # by hand: on a machine that stands still the link would not have spoken
    monkeypatch.setattr(library, "time_func", lambda: now[0])
    monkeypatch.setattr(door, "time", SimpleNamespace(monotonic=lambda: now[0]))
    broker = await peer(connack=True)
    broker.answers[PUBLISH] = _confirmed
    broker.answers[PINGREQ] = lambda _: b"\xd0\x00"
    site = await owner(address(broker.port, keepalive_s=1)).connected()

    for _ in range(8):
        await site.link.publish("room/door", b"x")
        now[0] += 0.3
        site.link._client._client.loop_misc()
    await site.link.publish("room/door", b"x")
    spoken = broker.asked.count(PINGREQ)
    now[0] += 1.1
    await site.until(lambda: PINGREQ in broker.asked)

    assert 0 == spoken
    assert 0 == site.downs


def _confirmed(body: bytes) -> bytes:
    """PUBACK with the number of the message, which stands behind its topic."""
    size = int.from_bytes(body[:2])
    return PUBACK + body[2 + size : 4 + size]
