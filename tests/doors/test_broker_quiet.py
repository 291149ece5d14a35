"""Where messages are answered, no ping is sent: it would prove nothing new, and every byte may be paid for."""

import asyncio

PINGREQ, PUBLISH = 12, 3
PUBACK = b"\x40\x02"


async def test_a_link_that_speaks_is_not_pinged_and_a_silent_one_is(peer, owner, address) -> None:
    """A message every third of a second, with a keep-alive of one: none in two and a half seconds; then one soon."""
    broker = await peer(connack=True)
    broker.answers[PUBLISH] = _confirmed
    broker.answers[PINGREQ] = lambda _: b"\xd0\x00"
    site = await owner(address(broker.port, keepalive_s=1)).connected()

    for _ in range(8):
        await site.link.publish("room/door", b"x")
        await asyncio.sleep(0.3)
    spoken = broker.asked.count(PINGREQ)
    await site.until(lambda: PINGREQ in broker.asked)

    assert 0 == spoken
    assert 0 == site.downs


def _confirmed(body: bytes) -> bytes:
    """PUBACK with the number of the message, which stands behind its topic."""
    size = int.from_bytes(body[:2])
    return PUBACK + body[2 + size : 4 + size]
