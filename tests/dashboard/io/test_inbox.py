"""What waits at the centre: decisions pass history, each stream keeps its order, each kind has its own room."""

import asyncio
from typing import Any

from contract.words import Stream
from dashboard.io.inbox import HISTORY_TOGETHER, MAX_WAITING, Inbox
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
    for seq in range(1, 21):
        assert inbox.put(batch(site, seq))
    assert inbox.put(batch(site, 1, Stream.EVENT))
    assert inbox.put(batch(site, 1, Stream.RECEIPT))
    first, second = await inbox.together(), await inbox.together()

    assert ([1], [1]) == (seqs(first, Stream.EVENT), seqs(first, Stream.RECEIPT))
    assert Stream.EVENT is first[0].batch.stream  # type: ignore[union-attr]
    assert list(range(1, HISTORY_TOGETHER + 1)) == seqs(first, Stream.SAMPLE)
    assert list(range(HISTORY_TOGETHER + 1, 2 * HISTORY_TOGETHER + 1)) == seqs(second, Stream.SAMPLE)


async def test_full_history_leaves_room_for_decisions(voice: Any) -> None:
    """A flood of samples is refused at its own bound."""
    inbox, one = Inbox(), batch(voice("are-kall"), 1)
    taken = [inbox.put(one) for _ in range(MAX_WAITING + 1)]

    assert [True] * MAX_WAITING + [False] == taken
    assert inbox.put(batch(voice("are-kall"), 1, Stream.EVENT))


async def test_empty_inbox_waits(voice: Any) -> None:
    """Nobody asks in a hurry; the first message wakes."""
    inbox = Inbox()
    asked = asyncio.create_task(inbox.together())
    await asyncio.sleep(0.02)
    before = asked.done()
    inbox.put(batch(voice("are-kall"), 7, Stream.EVENT))

    assert [7] == seqs(await asyncio.wait_for(asked, 5), Stream.EVENT)
    assert not before
