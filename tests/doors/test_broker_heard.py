"""When was the broker heard last? Only what it says counts, not that the wire looks whole."""

import asyncio


async def test_a_frozen_broker_is_not_heard_while_the_link_looks_up(owner, mosquitto) -> None:
    """Answers and messages count one by one; what is handed to a broker that does not answer counts for nothing."""
    broker = mosquitto()
    heard: list[int] = []
    site = await owner(broker.settings(), subscribe=("room/#",), on_heard=lambda: heard.append(1)).connected()
    assert len(heard) == 1  # it took the subscription

    await site.link.publish("other/state", b"1")
    assert 2 == len(heard)
    await site.link.publish("room/state", b"1")
    await site.until(lambda: len(site.heard) == 1)
    assert 4 == len(heard)

    broker.freeze()
    lost = asyncio.create_task(site.link.publish("other/state", b"2"))
    await asyncio.sleep(0.3)
    assert site.link.up
    assert 4 == len(heard)
    lost.cancel()
    await asyncio.gather(lost, return_exceptions=True)
