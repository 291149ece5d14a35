"""A broker that is there and does not answer must never hold anybody for ever."""

import asyncio
import logging

import pytest

from doors.broker import LinkDown

TOPIC = "room/one"
SOON_S = 0.2
"""How long these links wait for an answer."""
LATE_S = 10.0
"""Whatever the machine does meanwhile; less than any other time that a link or its library waits."""


def _told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


async def test_silence_after_accepting_is_tried_again(peer, owner, address, caplog) -> None:
    """TCP accepted and nothing said: never up, publishing fails at once, the link tries again and ends when told to."""
    deaf = await peer()
    site = owner(address(deaf.port, answer_within_s=SOON_S))

    await site.until(lambda: deaf.connections >= 3)
    async with asyncio.timeout(0.1):
        with pytest.raises(LinkDown, match="site broker is not there"):
            await site.link.publish(TOPIC, b"x")

    assert (0, 0, False) == (site.ups, site.downs, site.link.up)
    assert ["site broker: does not answer; trying again"] == _told(caplog)
    await site.stop()


async def test_silence_after_subscribing_is_tried_again(peer, owner, address, caplog) -> None:
    """Welcomed, but no answer to the subscription: nobody is greeted on half a link."""
    deaf = await peer(connack=True)
    site = owner(address(deaf.port, answer_within_s=SOON_S), subscribe=("room/#",))

    await site.until(lambda: deaf.connections >= 2)

    assert (0, 0, False) == (site.ups, site.downs, site.link.up)
    assert ["site broker: does not answer; trying again"] == _told(caplog)
    await site.stop()


async def test_message_without_an_answer_is_link_down(peer, owner, address) -> None:
    """No PUBACK: publish raises within the time for an answer and never claims success, and the link is made anew."""
    deaf = await peer(connack=True)
    site = await owner(address(deaf.port, answer_within_s=SOON_S)).connected()

    for number in range(1, 4):
        await site.connected(number)
        began = asyncio.get_running_loop().time()
        with pytest.raises(LinkDown, match="site broker did not take room/one: does not answer"):
            await site.link.publish(TOPIC, b"%d" % number)
        assert SOON_S * 0.9 <= asyncio.get_running_loop().time() - began < LATE_S
    await site.until(lambda: site.downs == 3)
    await site.stop()


async def test_greeting_that_is_not_answered_is_done_anew(peer, owner, address) -> None:
    """A greeting that ends with LinkDown is not the end of it: the link connects and greets again."""
    deaf = await peer(connack=True)
    site = owner(address(deaf.port, answer_within_s=SOON_S))
    site.greet = lambda: site.link.publish(TOPIC, b"state", retain=True)

    await site.until(lambda: site.ups >= 2)

    assert site.downs >= 1
    assert deaf.connections >= 2


async def test_refused_subscription_is_told(peer, owner, address, caplog) -> None:
    """A broker that lets the account in but not read: one sentence, and what can work goes on."""
    strict = await peer(connack=True, suback=0x80)
    site = await owner(address(strict.port), subscribe=("room/#",)).connected()

    assert ["site broker: does not let this account read room/#; check its access list"] == _told(caplog)
    assert site.link.up


async def test_granted_subscription_is_not_told(peer, owner, address, caplog) -> None:
    """Return codes 0 to 2 are grants."""
    for code in (0, 1, 2):
        kind = await peer(connack=True, suback=code)
        await owner(address(kind.port), f"site-{code}", subscribe=("room/#",)).connected()

    assert [] == _told(caplog)


async def test_frozen_broker_is_noticed_by_what_it_does_not_answer(mosquitto, owner) -> None:
    """A broker that stops in the middle: the first message finds out, however long the keep-alive is."""
    broker = mosquitto()
    site = await owner(broker.settings(answer_within_s=SOON_S, keepalive_s=1200)).connected()

    broker.freeze()
    with pytest.raises(LinkDown, match="does not answer"):
        await site.link.publish(TOPIC, b"x")
    await site.until(lambda: site.downs == 1)

    assert not site.link.up


async def test_frozen_broker_is_noticed_by_the_keep_alive(mosquitto, owner) -> None:
    """With nothing to say, the keep-alive finds that nobody is there."""
    broker = mosquitto()
    site = await owner(broker.settings(answer_within_s=SOON_S, keepalive_s=1)).connected()

    broker.freeze()
    await site.until(lambda: site.downs == 1)

    assert not site.link.up


async def test_attempts_that_failed_hold_no_socket(peer, owner, address) -> None:
    """A broker that accepts and never answers is not left with one more open connection at each attempt."""
    deaf = await peer()
    site = owner(address(deaf.port, answer_within_s=0.1, keepalive_s=1200))

    await site.until(lambda: deaf.connections >= 6)

    await site.until(lambda: deaf.open <= 2)


async def test_link_to_a_frozen_broker_ends_when_told_to(peer, owner, address) -> None:
    """With the line full of what nobody reads even the goodbye cannot be said: the link ends all the same."""
    stuck = await peer(connack=True, suback=0, reads=False)
    site = await owner(address(stuck.port, answer_within_s=SOON_S), subscribe=("room/#",)).connected()
    for _ in range(3):
        with pytest.raises(LinkDown):
            await site.link.publish(TOPIC, bytes(8_000_000))

    await site.stop()

    assert 1 == site.downs


async def test_nobody_there_is_link_down_and_ends(owner, address, caplog) -> None:
    """A port where nothing listens: one sentence, tried again, ended at once."""
    site = owner(address(1))

    await site.until(lambda: _told(caplog) != [])

    assert ["site broker: Connection refused; trying again"] == _told(caplog)
    await site.stop()


@pytest.mark.parametrize(
    "junk", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0" * 64, b"\x20\xff\xff\xff\xff\xff", b"\x20\x02\x00\x63"]
)
async def test_port_of_something_else_is_tried_again(owner, address, junk: bytes) -> None:
    """A web server, noise, a malformed or unknown answer: not up, no crash, tried again."""
    met = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal met
        met += 1
        await reader.read(10)
        writer.write(junk)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    site = owner(address(server.sockets[0].getsockname()[1], answer_within_s=SOON_S))

    await site.until(lambda: met >= 2)

    assert (0, False) == (site.ups, site.link.up)
    await site.stop()
    server.close()
