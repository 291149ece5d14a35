"""The demonstration knows where the simulator's feeds are before it runs."""

from demo.io import feeds
from simulator.core import everyday_bodies
from simulator.core.feed_script import FeedScript
from simulator.feed_server import FeedServer


def test_addresses_are_those_of_the_simulator() -> None:
    """Of warnings and of everyday; whoever wants a key gets one."""
    server = FeedServer(FeedScript(title="t"), lambda: 0.0)
    server.port = 8
    everyday = feeds.everyday_feeds(8, "k.key")

    assert server.urls() == feeds.feed_addresses(8)
    assert server.everyday_urls() == {name: row["url"] for name, row in everyday.items()}
    assert set(everyday_bodies.KEYED) == {name for name, row in everyday.items() if "key_file" in row}
