"""Records through a real broker, a real process and a real store: committed once, marked without holes, never lost."""

import resource
import time
from typing import Any

import pytest

from contract import topics
from contract.messages import encode
from contract.words import Stream
from dashboard.core.texts.pages import text


def test_batches_are_committed_once_and_marked_below_the_hole(shared: Any, broker: Any, voice: Any, wait: Any) -> None:
    """Out of order, twice, with a hole: each record once and in order; what is behind the hole must come again."""
    page, site = shared, voice("rec-a")
    records = [site.tick().record(seq) for seq in range(1, 7)]

    broker.say(site.batch(records[0], records[1]), site.batch(records[4], records[5]), site.batch(records[0]))
    wait(lambda: broker.mark("rec-a") == {"run-1": {"event": 2}}, "a mark below the hole")
    broker.say(site.batch(records[2], records[3], historical=True), site.batch(records[4], records[5]))
    wait(lambda: broker.mark("rec-a") == {"run-1": {"event": 6}}, "a mark above the filled hole")

    seqs = [row["seq"] for row in page.json("/api/sites/rec-a/events")]
    assert [1, 2, 3, 4, 5, 6] == seqs


@pytest.mark.usefixtures("shared")
def test_thinned_range_is_covered_by_its_gap_record(broker: Any, voice: Any, wait: Any) -> None:
    """A gap record confirms all that it stands for."""
    site = voice("gap-a")

    gap = site.record(40, "gap", {"first": 2, "last": 40, "why": "no room"})
    broker.say(site.batch(site.record(1, "sample", {"device": "genset", "whole": True, "values": {}}), gap,
                          site.record(41, "sample", {"device": "genset", "whole": True, "values": {}}),
                          stream=Stream.SAMPLE))  # fmt: skip

    wait(lambda: broker.mark("gap-a") == {"run-1": {"sample": 41}}, "the mark")


def test_kill_at_any_moment_loses_nothing_that_was_marked(dashboard: Any, broker: Any, voice: Any, wait: Any) -> None:
    """kill -9 while records come: what the last mark covers is there after the start, and the rest comes again."""
    page, site = dashboard("kill-a"), voice("kill-a")
    wait(lambda: page.json("/healthz")["broker"], "the link")
    for seq in range(1, 200):
        broker.say(site.tick(10).batch(site.record(seq)))
        if seq == 100:
            wait(lambda: broker.mark("kill-a").get("run-1", {}).get("event", 0), "a first mark")
        if seq == 120:
            page.kill()
    marked = broker.mark("kill-a").get("run-1", {}).get("event", 0)

    page.start()
    held = [row["seq"] for row in page.json("/api/sites/kill-a/events")]
    assert marked >= 1
    assert set(range(1, marked + 1)) <= set(held)

    wait(lambda: page.json("/healthz")["broker"], "the link")
    broker.say(site.batch(*[site.record(seq) for seq in range(1, 200)], historical=True))
    wait(lambda: broker.mark("kill-a") == {"run-1": {"event": 199}}, "everything confirmed")
    assert sorted(row["seq"] for row in page.json("/api/sites/kill-a/events")) == list(range(1, 200))


def test_mark_is_told_again_after_each_connect(dashboard: Any, broker: Any, voice: Any, wait: Any) -> None:
    """A broker that lost its retained messages gets the mark from the store."""
    page, site = dashboard("again-a"), voice("again-a")
    wait(lambda: page.json("/healthz")["broker"], "the link")
    broker.say(site.batch(site.record(1)))
    wait(lambda: broker.mark("again-a") == {"run-1": {"event": 1}}, "the mark")
    page.kill()
    broker.publish(topics.mark("again-a"), b"", retain=True)
    wait(lambda: broker.seen.get(topics.mark("again-a")) == b"", "the mark to be lost")

    page.start()

    wait(lambda: broker.mark("again-a") == {"run-1": {"event": 1}}, "the mark again")


def test_two_programs_may_hold_one_store(dashboard: Any, broker: Any, voice: Any, wait: Any, command: Any) -> None:
    """A second program on the same store waits its turn; nothing breaks, and both see the same records."""
    page, site = dashboard("two-a"), voice("two-a")
    wait(lambda: page.json("/healthz")["broker"], "the link")
    other = type(page)(page.file.parent, page.file.read_text()).start()
    try:
        wait(lambda: other.json("/healthz")["broker"], "the other link")
        for seq in range(1, 40):
            broker.say(site.tick(10).batch(site.record(seq)))
        wait(lambda: broker.mark("two-a") == {"run-1": {"event": 39}}, "the mark")

        assert 39 == page.json("/api/counts")["records"]["event"] == other.json("/api/counts")["records"]["event"]
    finally:
        other.kill()
    counted = command("counts", page.file)
    assert (0, '{"records": {"event": 39, "receipt": 0, "sample": 0}, "aside": {}}\n') == (
        counted.returncode,
        counted.stdout,
    )


def test_site_mode_sends_no_mark(dashboard: Any, broker: Any, voice: Any, wait: Any) -> None:
    """On the site's own broker only the gateway's centre may confirm: a mark from here would make it forget."""
    page, site = dashboard("nomark-a", mode="site"), voice("nomark-a")
    wait(lambda: page.json("/healthz")["broker"], "the link")

    broker.say(site.batch(site.record(1)))
    wait(lambda: page.json("/api/counts")["records"]["event"] == 1, "the record")
    broker.say(site.tick().alive())
    wait(lambda: page.json("/api/counts")["folded"] == 1, "the heartbeat after it")

    assert topics.mark("nomark-a") not in broker.seen


def test_history_has_gaps_where_nothing_is_known(shared: Any, broker: Any, voice: Any, wait: Any) -> None:
    """A missing value and a long silence are gaps in the curve; a value that stands still is a line."""
    page, site = shared, voice("hist-a")

    def sample(seq: int, **values: Any) -> Any:
        told = {key.replace("__", "."): site.value(*one) if isinstance(one, tuple) else site.value(one)
                for key, one in values.items()}  # fmt: skip
        return site.record(seq, "sample", {"device": "genset", "whole": True, "values": told})

    records = [sample(1, fuel__level=80.0)]
    site.tick(60_000)
    records.append(sample(2, fuel__level=(None, "sensor_fault")))
    site.tick(60_000)
    records.append(sample(3, fuel__level=79.0))
    site.tick(14 * 3_600_000)
    records.append(sample(4, fuel__level=60.0))
    broker.say(site.batch(*records, stream=Stream.SAMPLE))
    wait(lambda: broker.mark("hist-a") == {"run-1": {"sample": 4}}, "the samples")

    points = page.json("/api/sites/hist-a/history?signals=fuel.level&hours=24")["signals"]["fuel.level"]

    assert [80.0, None, 79.0, None, 60.0] == [value for _, value in points]
    assert sorted(at for at, _ in points) == [at for at, _ in points]


def test_records_in_a_burst_are_all_committed(dashboard: Any, broker: Any, voice: Any, wait: Any) -> None:
    """Three thousand records in ten batches arrive and are confirmed."""
    page, site = dashboard("burst-a"), voice("burst-a")
    wait(lambda: page.json("/healthz")["broker"], "the link")
    began = time.monotonic()

    for start in range(1, 3001, 300):
        payload = encode(site.batch(*[site.record(seq) for seq in range(start, start + 300)]))
        broker.publish(topics.record("burst-a", "event"), payload)

    wait(lambda: broker.mark("burst-a") == {"run-1": {"event": 3000}}, "the mark")
    assert time.monotonic() - began < 15


def test_full_disk_is_said_and_costs_nothing(dashboard: Any, broker: Any, voice: Any, wait: Any) -> None:
    """While the store can not grow nothing is confirmed and the page says so; what comes again is then kept."""
    page, site = dashboard("full-a"), voice("full-a")
    wait(lambda: page.json("/healthz")["broker"], "the link")
    broker.say(site.batch(site.record(1)))
    wait(lambda: broker.mark("full-a") == {"run-1": {"event": 1}}, "the first mark")
    batch = site.batch(*[site.record(seq) for seq in range(2, 300)])

    free = resource.prlimit(page.process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    broker.say(batch)
    wait(lambda: not page.json("/healthz")["ok"], "the trouble")
    assert text("store_trouble") in page.get("/sites/full-a")[1]
    assert {"run-1": {"event": 1}} == broker.mark("full-a")
    assert 1 == page.json("/api/counts")["records"]["event"]

    resource.prlimit(page.process.pid, resource.RLIMIT_FSIZE, free)

    def comes_again() -> bool:
        broker.say(batch)
        return broker.mark("full-a") == {"run-1": {"event": 299}}

    wait(comes_again, "the rest")
    wait(lambda: page.json("/healthz")["ok"], "the store to be well")
