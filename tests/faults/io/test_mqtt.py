"""The vandal knows every topic that anybody listens to."""

import inspect

from contract import topics
from faults.io.mqtt import roads_of

NO_TOPIC = {"valid_level", "parts"}


def shape(topic: str) -> str:
    """Without the name at the end, which may be any."""
    levels = topic.split("/")
    named = {"device", "record", "bulletin", "blob", "content", "node"} & set(levels[3:-1])
    return "/".join(levels[: levels.index(named.pop()) + 1] if named else levels)


def test_rubbish_is_thrown_at_every_topic_there_is() -> None:
    """Each topic of the contract is one of the vandal's roads, at the broker where somebody listens to it."""
    there = {
        shape(topic("are-kall", *["x"] * (len(inspect.signature(topic).parameters) - 1)))
        for name, topic in inspect.getmembers(topics, inspect.isfunction)
        if not name.startswith("_") and not name.endswith("_all") and name not in NO_TOPIC
    }
    at_site, at_centre = ({shape(road) for road in roads_of("are-kall", broker)} for broker in ("site", "central"))

    assert there == at_site | at_centre
    assert {one for one in there if "/up/" in one} <= at_site & at_centre
    assert {one for one in there if "/down/" in one} <= at_centre
    assert {one for one in there if "/local/" in one or "/node" in one} <= at_site
