"""Many sites: nothing is lost and nothing old is shown as new, whoever of broker and server goes away in the middle."""

from typing import Any

from contract import topics
from contract.messages import encode
from contract.words import Power

MANY = tuple(f"many-{number:03}" for number in range(260))
THIRTY = tuple(f"out-{number:02}" for number in range(30))
SHORT_S = 0.5
"""A heartbeat that soon makes a silence."""


def test_start_among_many_sites_hears_what_the_broker_has_of_every_one(dashboard: Any, own_broker: Any, voice: Any,
                                                                       wait: Any) -> None:  # fmt: skip
    """A broker keeps a thousand messages for one reader and drops the rest; what it has retained is more than that."""
    own_broker.start()
    told = []
    for name in MANY:
        site = voice(name)
        for topic, message in ((topics.status, site.alive()), (topics.birth, site.birth()),
                               (topics.state, site.state()), (topics.alarms, site.alarms())):  # fmt: skip
            told.append(own_broker.client.publish(topic(name), encode(message), qos=1, retain=True))
        told.append(own_broker.client.publish(topics.device(name, "genset"), encode(site.device(fuel__level=50.0)),
                                              qos=1, retain=True))  # fmt: skip
    told[-1].wait_for_publish(60)

    page = dashboard(*MANY, port=own_broker.port)
    wait(lambda: page.json("/healthz")["broker"], "the link")
    wait(lambda: page.json("/api/counts")["folded"] >= 5 * len(MANY), "every picture")

    cards = [page.json(f"/api/sites/{name}") for name in MANY[:: len(MANY) // 10]]
    assert {("on_mains", True, False)} == {
        (card["power"], card["alarms_known"], card["contact"]["in_contact"]) for card in cards
    }


def test_broker_gone_and_server_killed_lose_nothing_and_show_nothing_old_as_new(
    dashboard: Any, own_broker: Any, voice: Any, wait: Any
) -> None:
    """Thirty sites: first the broker is away, then the server is killed in the middle of what they send again."""
    own_broker.start()
    page, sites = dashboard(*THIRTY, port=own_broker.port), {name: voice(name) for name in THIRTY}
    wait(lambda: page.json("/healthz")["broker"], "the link")
    kept = {name: [site.tick().record(seq) for seq in range(1, 9)] for name, site in sites.items()}
    _speak(own_broker, sites, kept, slice(0, 3))
    wait(lambda: page.json("/api/counts")["records"]["event"] == 90, "the first records")
    wait(lambda: _in_contact(page) == len(THIRTY), "contact with all")

    for site in sites.values():
        own_broker.say(site.alive(heartbeat_s=SHORT_S))
    wait(lambda: page.json("/api/counts")["folded"] >= 3 * len(THIRTY), "that their heartbeats are short now")
    own_broker.stop()
    wait(lambda: not page.json("/healthz")["broker"], "the loss")
    wait(lambda: "role-unknown" in page.json("/rows")["panels"]["notices"], "a notice that says so")
    wait(lambda: _in_contact(page) == 0, "that nobody is heard")

    own_broker.start()
    for site in sites.values():
        own_broker.say(site.alive(), site.state(Power.DEAD))
    _speak(own_broker, sites, kept, slice(2, 6))
    page.kill()
    _speak(own_broker, sites, kept, slice(2, 7))
    own_broker.seen.clear()
    page.start()
    wait(lambda: page.json("/healthz")["broker"], "the link again")
    wait(lambda: page.json("/api/counts")["folded"] >= 2 * len(THIRTY), "what the broker had kept")
    # retained is what was once said: no sign of life, whatever it says
    assert 0 == _in_contact(page)

    wait(lambda: all(topics.mark(name) in own_broker.seen for name in THIRTY), "how far each may forget")
    for name in THIRTY:
        mark = own_broker.mark(name).get("run-1", {}).get("event", 0)
        own_broker.say(sites[name].alive(), sites[name].batch(*kept[name][mark:]))

    wait(lambda: page.json("/api/counts")["records"]["event"] == 8 * len(THIRTY), "every record")
    seqs = [[row["seq"] for row in page.json(f"/api/sites/{name}/events")] for name in THIRTY]
    assert [list(range(1, 9))] * len(THIRTY) == seqs


def _speak(broker: Any, sites: dict[str, Any], kept: dict[str, list[Any]], which: slice) -> None:
    """A sign of life of each, and some of its records."""
    for name, site in sites.items():
        broker.say(site.tick().alive(), site.state(), site.batch(*kept[name][which]))


def _in_contact(page: Any) -> int:
    return sum(row["in_contact"] for row in page.json("/api/overview")["rows"])
