"""The centre's store is lost or older than it was: a real gateway, a real broker, the centre's own store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract import topics
from contract.messages import decode, encode
from contract.packing import unpack
from contract.records import RecordBatch
from contract.words import Stream
from dashboard.core.site.events import Stored
from dashboard.io.store.database import Database
from dashboard.io.store.records import Records, Taken

from .conftest import SITE, Gateway, Listener, Site, eventually


class Centre:
    """The dashboard's store at the other end of a listener."""

    def __init__(self, listener: Listener, file: Path) -> None:
        self._listener = listener
        self._heard = 0
        self.records = Records(Database(file))

    def work(self) -> bool:
        """Commit what has come and tell the mark, as the dashboard does. Always true."""
        batches = []
        for topic, payload in self._listener.heard[self._heard :]:
            self._heard += 1
            if topic.startswith(topics.record(SITE, "+")[:-1]):
                batches.append(decode(unpack(payload, 2**20), RecordBatch))
        if batches:
            self.records.commit([Taken(one, None) for one in batches])
            self._listener.say("down/mark", encode(self.records.mark(SITE, 1)), retain=True)
        return True

    def skip(self) -> None:
        """What was heard so far is not for this store."""
        self._heard = len(self._listener.heard)

    def held(self, run: str, stream: Stream = Stream.EVENT) -> dict[int, Stored]:
        """Records of a run, by number."""
        return {one.seq: one for one in self.records.listed(SITE, stream) if one.run == run}

    def marked(self, run: str, stream: Stream = Stream.EVENT) -> int:
        """How far."""
        return self.records.mark(SITE, 1).marks.get(run, {}).get(stream, 0)


@pytest.fixture
def gateway(brokers: Site, tmp_path: Path) -> Iterator[Gateway]:
    """A gateway that runs."""
    one = brokers.gateway(tmp_path).start()
    yield one
    one.end()


def test_a_centre_with_a_new_store_gets_every_event_again_and_its_marks_advance(
    brokers: Site, gateway: Gateway, tmp_path: Path
) -> None:
    """Events as they were, one gap for the samples that are gone, and the run goes on; nothing waits for ever."""
    listener = Listener(brokers.centre)
    first = Centre(listener, tmp_path / "first.sqlite")
    run = eventually(lambda: first.work() and next(iter(first.records.mark(SITE, 1).marks), ""), "the first mark")
    eventually(
        lambda: first.work() and first.marked(run, Stream.SAMPLE) > 4 and first.marked(run) > 2, "more marks", 30
    )
    events, samples = first.marked(run), first.marked(run, Stream.SAMPLE)
    eventually(lambda: gateway.counts()["confirmed"]["sample"] >= samples, "the marks on the site's disk", 20)
    second = Centre(listener, tmp_path / "second.sqlite")
    second.skip()
    eventually(
        lambda: second.work() and second.marked(run) >= events and second.marked(run, Stream.SAMPLE) > samples,
        "the marks of the new store",
        40,
    )
    old, new = first.held(run), second.held(run)
    gaps = [one for one in second.held(run, Stream.SAMPLE).values() if one.kind == "gap"]
    eventually(lambda: second.work() and gateway.counts()["waiting"]["event"] == 0, "an empty outbox", 20)
    told = gateway.counts()
    listener.stop()

    assert {seq: (one.kind, one.body, one.wall_ms) for seq, one in old.items()} == {
        seq: (one.kind, one.body, one.wall_ms) for seq, one in new.items() if seq in old
    }
    assert all(one.kind != "gap" for one in new.values())
    assert [1] == [int(str(one.body["first"])) for one in gaps]
    assert told["created"]["event"] == told["confirmed"]["event"] + told["gaps"]["event"] + told["waiting"]["event"]
    assert 1 == gateway.said().count("the centre has lost records")
