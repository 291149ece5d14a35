"""Coming back: a broker that refuses, throws out, forgets or is shared by many is never stormed."""

import asyncio
import logging

import pytest

from doors import broker as door
from doors.broker import BrokerSettings, Link

from .conftest import ACCEPTED, Peer

STATE = "room/state"


def _told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def _link(**settings: object) -> Link:
    async def greet() -> None:
        """Nothing to say."""

    return Link(
        BrokerSettings(url="mqtt://127.0.0.1:1", **settings),
        name="central", client_id="are-kall", on_message=lambda *_: None, on_up=greet,
    )  # fmt: skip


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The ceilings from which each pause was drawn; the pause itself is a twentieth of a second."""
    drawn: list[float] = []

    def draw(low: float, high: float) -> float:
        drawn.append(high)
        return low

    monkeypatch.setattr(door.random, "uniform", draw)
    return drawn


async def test_refusals_double_the_pause_up_to_its_limit(owner, address, pauses) -> None:
    """Nobody listens: each pause is drawn between nothing and twice as much, and never more than the setting."""
    site = owner(address(1, reconnect_max_s=4.0))

    await site.until(lambda: len(pauses) >= 7)

    assert [0.5, 1.0, 2.0, 4.0, 4.0, 4.0, 4.0] == pauses[:7]


async def test_link_that_is_closed_at_once_does_not_start_from_the_beginning(owner, address, pauses) -> None:
    """Welcomed and thrown out again and again: the pauses grow all the same."""
    thrown = 0

    async def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal thrown
        thrown += 1
        await reader.read(200)
        writer.write(ACCEPTED)
        await site.until(lambda: site.ups == thrown)
        writer.close()

    server = await asyncio.start_server(welcome, "127.0.0.1", 0)
    site = owner(address(server.sockets[0].getsockname()[1], reconnect_max_s=4.0))

    await site.until(lambda: len(pauses) >= 5)
    server.close()

    assert [0.5, 1.0, 2.0, 4.0, 4.0] == pauses[:5]
    assert site.ups >= 4


async def test_link_that_held_starts_from_the_beginning(mosquitto, owner, pauses, monkeypatch) -> None:
    """After STABLE_S on a whole link the next outage is a new one; before, it is not."""
    monkeypatch.setattr(door, "STABLE_S", 0.3)
    broker = mosquitto()
    broker.kill()
    site = owner(broker.settings(reconnect_max_s=4.0))
    await site.until(lambda: len(pauses) >= 3)
    broker.start()
    await site.connected()
    await asyncio.sleep(0.35)
    known = len(pauses)

    broker.kill()
    await site.until(lambda: len(pauses) > known)

    assert 0.25 == pauses[known]


async def test_time_spent_on_connecting_is_not_time_held(peer, owner, address, pauses, monkeypatch) -> None:
    """Accepted and never answered, for longer than a link needs to be stable: it was never up."""
    monkeypatch.setattr(door, "STABLE_S", 0.05)
    deaf = await peer()
    site = owner(address(deaf.port, answer_within_s=0.1, reconnect_max_s=4.0))

    await site.until(lambda: len(pauses) >= 3)

    assert [0.5, 1.0, 2.0] == pauses[:3]


async def test_refused_account_is_not_asked_in_a_hurry(owner, peer, address, pauses) -> None:
    """Return code 5: the pauses grow as for any other failure."""
    gate = await peer()
    gate.answers[Peer.CONNECT] = lambda _: b"\x20\x02\x00\x05"
    site = owner(address(gate.port, reconnect_max_s=4.0))

    await site.until(lambda: len(pauses) >= 4)

    assert [0.5, 1.0, 2.0, 4.0] == pauses[:4]
    assert 0 == site.ups


async def test_pauses_are_drawn_from_the_whole_range() -> None:
    """Full jitter: between a twentieth of a second and the ceiling, not around it."""
    link = _link(reconnect_max_s=8.0)
    link._failures = 10

    drawn = sorted(link._pause_s() for _ in range(400))

    assert 0.05 <= drawn[0] < 1 < 7 < drawn[-1] <= 8.0


@pytest.mark.parametrize(("shared_by", "ceiling"), [(1, 0.25), (80, 1.0), (8000, 60.0)])
async def test_first_pause_grows_with_those_who_share_the_broker(pauses, shared_by: int, ceiling: float) -> None:
    """A broker that restarts is not met by all its sites in one second: eighty a second, within the longest pause."""
    _link(shared_by=shared_by)._pause_s()

    assert [ceiling] == pauses


async def test_broker_without_memory_is_told_everything_anew(mosquitto, owner) -> None:
    """Restarted with nothing retained: what the greeting tells is there again for those who come later."""
    broker = mosquitto()
    site = owner(broker.settings())
    site.greet = lambda: site.link.publish(STATE, b"whole picture", retain=True)
    await site.connected()

    broker.kill()
    await site.until(lambda: site.downs == 1)
    broker.start()
    await site.connected(2)
    late = await owner(broker.settings(), "late", subscribe=("room/#",)).connected()

    assert [(STATE, b"whole picture", True)] == await late.hears()


async def test_two_boxes_of_one_name_are_recognised(mosquitto, owner, caplog, monkeypatch) -> None:
    """A copied memory card: both are thrown out in turn, and both say what it looks like, once."""
    broker = mosquitto()
    one = owner(broker.settings(), "same")
    other = owner(broker.settings(), "same")

    await one.until(lambda: one.link.contested and other.link.contested)
    await one.until(lambda: any("another box with our name test-same" in told for told in _told(caplog)))
    assert len(_told(caplog)) <= 8

    await other.stop()
    monkeypatch.setattr(door, "STABLE_S", 0.2)
    # the other one's last connect may still lie at the broker, and throw out once more
    await one.until(lambda: one.link.up and not one.link.contested)  # it holds
    broker.kill()
    await one.until(lambda: not one.link.up)
    assert not one.link.contested


async def test_broker_that_is_away_is_not_taken_for_a_double(mosquitto, owner, caplog) -> None:
    """Refused connections between two links: the broker was gone, nobody took our place."""
    broker = mosquitto()
    site = await owner(broker.settings()).connected()
    for number in range(2, 6):
        broker.kill()
        await site.until(lambda number=number: site.link.cut_short == 0 and not site.link.up)
        broker.start()
        await site.connected(number)

    assert not site.link.contested
    assert not any("another box" in told for told in _told(caplog))
