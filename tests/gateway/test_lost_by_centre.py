"""The centre's store is lost or older than it was: a real gateway, a real broker, the centre's own store."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from contract import topics
from contract.messages import decode, encode
from contract.packing import unpack
from contract.records import Again, RecordBatch
from contract.words import Stream
from dashboard.core.site.events import Stored
from dashboard.io.store.database import Database
from dashboard.io.store.records import Records, Taken

from .conftest import SITE, Gateway, Listener, Site, eventually

OF_RUN = "run = :run and stream = :stream"


class Centre:
    """The dashboard's store at the other end of a listener."""

    def __init__(self, listener: Listener, file: Path) -> None:
        self._listener = listener
        self._heard = 0
        self._database = Database(file)
        self.records = Records(self._database)

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

    def lose(self, run: str, stream: Stream, *seqs: int) -> None:
        """Single records are gone, and it counts up to the first hole; those behind it lie there."""
        with self._database.writing() as connection:
            for seq in seqs:
                gone = {"run": run, "stream": stream.value, "seq": seq}
                connection.execute(
                    text("delete from records where run = :run and stream = :stream and seq = :seq"), gone
                )
            short = {"run": run, "stream": stream.value, "mark": min(seqs) - 1}
            connection.execute(text(f"update marks set mark = :mark where {OF_RUN}"), short)

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
    eventually(lambda: gateway.counts()["confirmed"]["sample"] >= samples, "the marks on the site's disk")
    second = Centre(listener, tmp_path / "second.sqlite")
    second.skip()
    eventually(
        lambda: second.work() and second.marked(run) >= events and second.marked(run, Stream.SAMPLE) > samples,
        "the marks of the new store",
    )
    old, new = first.held(run), second.held(run)
    gaps = [one for one in second.held(run, Stream.SAMPLE).values() if one.kind == "gap"]
    until = gateway.counts()["created"]["event"]  # new ones go on coming
    eventually(lambda: second.work() and gateway.counts()["confirmed"]["event"] >= until, "all before this to go")
    told = gateway.counts()
    listener.stop()

    assert {seq: (one.kind, one.body, one.wall_ms) for seq, one in old.items()} == {
        seq: (one.kind, one.body, one.wall_ms) for seq, one in new.items() if seq in old
    }
    assert all(one.kind != "gap" for one in new.values())
    assert [1] == [int(str(one.body["first"])) for one in gaps]
    assert told["created"]["event"] == told["confirmed"]["event"] + told["gaps"]["event"] + told["waiting"]["event"]
    assert 1 == gateway.said().count("the centre has lost records")


def test_a_picture_that_the_centre_lacks_is_told_again_at_once(brokers: Site, gateway: Gateway) -> None:
    """All of it, once: not for a heartbeat from before, not for another run, and not again within a minute."""
    listener = Listener(brokers.centre)

    def beats() -> list[dict[str, Any]]:
        return [one["head"] for one in listener.all("up/status") if one["online"]]

    head = eventually(lambda: len(beats()) > 1 and beats()[-1], "a heartbeat after the whole picture")
    births = len(listener.all("up/birth"))
    again = Again(site=SITE, run=head["run"], boot=head["boot"], up_ms=head["up_ms"])
    wrong = ({"run": "another"}, {"up_ms": head["up_ms"] + 10**9}, {"boot": "another"}, {"site": "are-other"})
    for parts in wrong:
        listener.say("down/again", encode(msgspec.structs.replace(again, **parts)))
    listener.say("down/again", encode(again))
    whole = eventually(lambda: len(listener.all("up/birth")) > births, "the picture again")
    listener.say("down/again", encode(again))
    count = len(beats())
    eventually(lambda: len(beats()) > count + 1, "later heartbeats")

    assert whole
    assert births + 1 == len(listener.all("up/birth"))
    assert {"genset", "meter"} <= {topic.rpartition("/")[2] for topic, _ in listener.heard if "up/device/" in topic}
    listener.stop()


def test_a_centre_that_lost_single_records_gets_those_and_keeps_the_others(
    brokers: Site, gateway: Gateway, tmp_path: Path
) -> None:
    """Holes in the middle of what it has: events come as they were, a gap stands for each lost sample and no other."""
    listener = Listener(brokers.centre)
    centre = Centre(listener, tmp_path / "holed.sqlite")
    run = eventually(lambda: centre.work() and next(iter(centre.records.mark(SITE, 1).marks), ""), "the first mark")
    eventually(lambda: centre.work() and centre.marked(run, Stream.SAMPLE) > 6 and centre.marked(run) > 3, "marks")
    events, samples = centre.marked(run), centre.marked(run, Stream.SAMPLE)
    eventually(lambda: gateway.counts()["confirmed"]["sample"] >= samples, "the marks on the site's disk")
    before = {stream: centre.held(run, stream) for stream in (Stream.EVENT, Stream.SAMPLE)}
    centre.lose(run, Stream.EVENT, 2)
    centre.lose(run, Stream.SAMPLE, 3, 5)
    eventually(
        lambda: centre.work() and centre.marked(run) >= events and centre.marked(run, Stream.SAMPLE) > samples,
        "the marks behind the holes",
    )
    after = {stream: centre.held(run, stream) for stream in before}
    listener.stop()

    assert before[Stream.EVENT][2].body == after[Stream.EVENT][2].body
    assert [3, 5] == [seq for seq, one in after[Stream.SAMPLE].items() if one.kind == "gap"]
    assert [(3, 3), (5, 5)] == [
        (one.body["first"], one.body["last"]) for one in after[Stream.SAMPLE].values() if one.kind == "gap"
    ]
    kept = {seq: one.body for seq, one in before[Stream.SAMPLE].items() if seq not in (3, 5)}
    assert kept == {seq: after[Stream.SAMPLE][seq].body for seq in kept}
