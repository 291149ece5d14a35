"""What waits at the centre: decisions pass history, each stream keeps its order, each kind has its own room."""

import asyncio
from typing import Any

import pytest

from contract.records import MAX_RECORDS
from contract.words import Stream
from dashboard.io import inbox as room
from dashboard.io.inbox import HISTORY_TOGETHER, MAX_WAITING, OF_A_SITE, OF_A_SITE_WHEN_FULL, Inbox
from dashboard.io.store.committing import Taken


def batch(site: Any, seq: int, stream: Stream = Stream.SAMPLE) -> Taken:
    """One record in a batch."""
    return Taken(site.batch(site.record(seq), stream=stream), None)


def seqs(taken: list[Taken], stream: Stream) -> list[int]:
    """Numbers of a stream."""
    return [one.batch.records[0].seq for one in taken if one.batch and one.batch.stream is stream]


async def test_decisions_pass_history_and_order_holds(voice: Any) -> None:
    """An event that came last is committed first, with only so much history that nothing waits long."""
    inbox, site = Inbox(), voice("are-kall")
    whole = HISTORY_TOGETHER // MAX_RECORDS
    for begin in range(1, (whole + 2) * MAX_RECORDS, MAX_RECORDS):
        records = [site.record(seq) for seq in range(begin, begin + MAX_RECORDS)]
        assert inbox.put(Taken(site.batch(*records, stream=Stream.SAMPLE), None))
    assert inbox.put(batch(site, 1, Stream.EVENT))
    assert inbox.put(batch(site, 1, Stream.RECEIPT))
    first, second = await inbox.together(), await inbox.together()

    assert ([1], [1]) == (seqs(first, Stream.EVENT), seqs(first, Stream.RECEIPT))
    assert Stream.EVENT is first[0].batch.stream  # type: ignore[union-attr]
    assert [1 + MAX_RECORDS * at for at in range(whole)] == seqs(first, Stream.SAMPLE)
    assert [1 + MAX_RECORDS * at for at in range(whole, whole + 2)] == seqs(second, Stream.SAMPLE)


async def test_full_history_leaves_room_for_decisions(voice: Any) -> None:
    """A flood of samples is refused at its own bound, and one site at its share of it."""
    inbox = Inbox()
    many = [batch(voice(f"site-{number:03}"), 1) for number in range(MAX_WAITING // OF_A_SITE + 1) for _ in range(100)]
    taken = [inbox.put(one) for one in [many[0], *many]]

    assert [True] * OF_A_SITE + [False] == taken[: OF_A_SITE + 1]
    assert MAX_WAITING > sum(taken) > MAX_WAITING // 5
    assert inbox.put(batch(voice("are-kall"), 1, Stream.EVENT))


async def test_who_was_turned_away_is_asked_for_it_in_turn(
    voice: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Not while there is no room, then a few at a time; meanwhile nobody takes more than a little; told once."""
    monkeypatch.setattr(room, "MAX_WAITING", 20)
    inbox = Inbox()
    first = [inbox.put(batch(voice("first"), seq)) for seq in range(1, 21)]
    names = [f"later-{number:02}" for number in range(12)]
    later = [inbox.put(batch(voice(name), 1)) for name in names for _ in range(5)]
    full = inbox.asked_again()
    while inbox.asked_again() == []:
        assert await inbox.together()
    inbox.turn_away([batch(voice("refused"), 1)])
    asked = [*names[: room.ASKED_TOGETHER], *inbox.asked_again(), *inbox.asked_again()]

    assert [True] * 20 == first
    assert not any(later)
    assert [] == full
    assert [*names, "refused"] == asked
    assert inbox.put(batch(voice("refused"), 1))
    assert [2, 1] == [
        sum("come faster than" in told or "as fast as they come" in told for told in caplog.messages),
        sum("come faster than" in told for told in caplog.messages),
    ]
    assert OF_A_SITE_WHEN_FULL < OF_A_SITE


async def test_empty_inbox_waits(voice: Any) -> None:
    """Nobody asks in a hurry; the first message wakes."""
    inbox = Inbox()
    asked = asyncio.create_task(inbox.together())
    await asyncio.sleep(0.02)
    before = asked.done()
    inbox.put(batch(voice("are-kall"), 7, Stream.EVENT))

    assert [7] == seqs(await asyncio.wait_for(asked, 60), Stream.EVENT)
    assert not before
