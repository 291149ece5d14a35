"""The whole gateway as a process: links cut, processes killed, hostile neighbours, and nothing lost or invented."""

import json
import random
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract.packing import unpack
from doors.clock import Clock

from .conftest import SITE, Gateway, Listener, Site, eventually


@pytest.fixture
def centre(brokers: Site) -> Iterator[Listener]:
    """The municipality."""
    one = Listener(brokers.centre)
    yield one
    one.stop()


@pytest.fixture
def inside(brokers: Site) -> Iterator[Listener]:
    """Somebody at the site."""
    one = Listener(brokers.local)
    yield one
    one.stop()


@pytest.fixture
def gateway(brokers: Site, centre: Listener, inside: Listener, tmp_path: Path) -> Iterator[Gateway]:
    """A running gateway with both brokers, where somebody listens before it speaks."""
    del centre, inside
    one = brokers.gateway(tmp_path).start()
    yield one
    if one.process is not None and one.process.poll() is None:
        one.process.kill()
        one.process.wait(40)


def seqs(records: list[dict[str, Any]]) -> list[int]:
    """Numbers in the order of arrival."""
    return [record["seq"] for record in records]


def run_of(listener: Listener) -> str:
    """The run of the newest heartbeat; records may come before the first."""
    return str(eventually(lambda: listener.all("up/status"), "a heartbeat")[-1]["head"]["run"])


def mark(run: str, **marks: int) -> bytes:
    """What the centre has committed."""
    return json.dumps({"site": SITE, "wall_ms": 1, "marks": {run: marks}}).encode()


def reborn(brokers: Site, gateway: Gateway) -> Listener:
    """The central broker is back, and the centre listens before the gateway can speak."""
    with gateway.held_still():
        brokers.centre.start()
        return Listener(brokers.centre)


def test_records_come_again_until_the_mark_and_in_order(brokers: Site, gateway: Gateway, centre: Listener) -> None:
    """The broker dies and forgets; polling goes on; all that has no mark is sent again, what has one never more."""
    eventually(lambda: len(centre.records("sample")) >= 4, "samples before the cut")
    run = run_of(centre)
    first = seqs(centre.records("sample"))
    brokers.centre.kill()
    polls = gateway.counts()["polls"]["genset"]
    eventually(lambda: gateway.counts()["polls"]["genset"] > polls + 2, "polls while the link is cut")
    again = reborn(brokers, gateway)
    eventually(lambda: len(again.records("sample")) > len(first), "samples after the cut")
    picture = {f"sot/1/{SITE}/up/{name}" for name in ("birth", "status", "state", "alarms", "device/meter")}
    eventually(lambda: picture <= {topic for topic, _ in again.heard}, "the whole picture")
    second = seqs(again.records("sample"))

    assert list(range(1, len(first) + 1)) == first
    assert list(range(1, len(second) + 1)) == second

    top = second[-1]
    again.say("down/mark", mark(run, sample=top, event=1), retain=True)
    eventually(lambda: gateway.counts()["confirmed"]["sample"] == top, "the mark is taken")
    brokers.centre.kill()
    third = reborn(brokers, gateway)
    eventually(lambda: third.records("sample"), "samples after the mark")
    numbers = seqs(third.records("sample"))
    for listener in (again, third):
        listener.stop()

    assert list(range(top + 1, top + 1 + len(numbers))) == numbers
    assert "Traceback" not in gateway.said()


@pytest.mark.parametrize("end", ["kill", "freeze"])
def test_the_site_tells_visitors_when_the_centre_was_last_there(
    brokers: Site, gateway: Gateway, inside: Listener, end: str
) -> None:
    """With the central broker gone, or frozen with its sockets open, its word of the centre grows old at once."""

    def silent_ms() -> int:
        pictures = inside.all("local/public/picture")
        heard = pictures[-1]["centre_heard"] if pictures else None
        return pictures[-1]["head"]["up_ms"] - heard["up_ms"] if heard else -1

    def heard_ms() -> int:
        return int(inside.all("local/public/picture")[-1]["centre_heard"]["up_ms"])

    eventually(lambda: 0 <= silent_ms() < 10_000, "contact with the centre")
    getattr(brokers.centre, end)()
    ended_ms = Clock.parse(brokers.spec, allowed=True).up_ms()

    def since() -> list[dict[str, Any]]:
        return [one for one in inside.all("local/public/picture") if one["head"]["up_ms"] > ended_ms]

    last = eventually(lambda: len(since()) > 1 and since()[1], "the last that was heard is told")
    last_ms = last["centre_heard"]["up_ms"]

    eventually(lambda: silent_ms() > 20_000, "a picture from after it")
    assert last_ms == heard_ms()


def test_after_kill_9_nothing_stored_is_lost(gateway: Gateway, centre: Listener, inside: Listener) -> None:
    """The will says offline at once; the next run sends what the last one had not got confirmed, as history."""
    eventually(lambda: len(centre.records("sample")) >= 3, "samples of the first run")
    first = run_of(centre)
    gateway.end(signal.SIGKILL)
    for listener in (centre, inside):
        eventually(lambda at=listener: not at.all("up/status")[-1]["online"], "the last will")
    before = gateway.counts()
    gateway.start()
    eventually(lambda: run_of(centre) != first and centre.all("up/status")[-1]["online"], "a new run")
    eventually(lambda: centre.records(run=run_of(centre)), "events of the new run")
    after = gateway.counts()

    def old() -> list[dict[str, Any]]:
        told = [batch for batch in centre.all("up/record/sample") if batch["run"] == first]
        return [one for one in told if one["historical"]]

    last = before["created"]["sample"]
    eventually(lambda: old() and old()[-1]["records"][-1]["seq"] == last, "all of the first run, as history")

    assert before["events"] == after["events"][: len(before["events"])]
    assert before["readings"] <= after["readings"]
    assert seqs(centre.records("sample", first))[-1] == last
    assert all(record["simulated"] and record["status"] == "test" for record in centre.records())
    assert 0 == gateway.end()
    assert not eventually(lambda: [s for s in centre.all("up/status") if not s["online"]], "goodbye")[-1]["online"]


def test_a_device_that_falls_silent_comes_back_by_itself(gateway: Gateway, inside: Listener) -> None:
    """Its values lose their number and say why, the other device keeps its pace, and nobody restarts anything."""

    def qualities(*, silent: bool) -> list[int]:
        pictures = inside.all("up/device/meter")
        found = [{value.get("quality", "good") for value in picture["values"].values()} for picture in pictures]
        return [place for place, seen in enumerate(found) if seen and (seen == {"comm_error"}) is silent]

    eventually(lambda: qualities(silent=False), "a picture with values")
    begun = qualities(silent=False)[0]
    silent = eventually(lambda: [one for one in qualities(silent=True) if one > begun], "a picture of silence")
    values = inside.all("up/device/meter")[silent[0]]["values"]
    eventually(lambda: qualities(silent=False) and qualities(silent=False)[-1] > silent[0], "values again")

    assert all(value["value"] is None and value["reason"] for value in values.values())
    eventually(lambda: polled_in_silence(inside) > 3, "the other's pictures while it is silent, this time or the next")

    def kinds() -> list[str]:
        events = [one for one in gateway.counts()["events"] if one["kind"].startswith("device_")]
        return [one["kind"] for one in events if one["body"]["device"] == "meter"]

    eventually(lambda: len(kinds()) > 1, "both events on the disk")
    assert ["device_silent", "device_back"] == kinds()[:2]
    assert gateway.process is not None
    assert gateway.process.poll() is None


def polled_in_silence(inside: Listener) -> int:
    """Pictures of the set that came between the meter's falling silent and its coming back."""
    count, silent = 0, False
    for topic, payload in list(inside.heard):
        if topic.endswith("up/device/meter"):
            values = json.loads(unpack(payload, 2**20))["values"].values()
            silent = {value.get("quality", "good") for value in values} == {"comm_error"}
        count += silent and topic.endswith("up/device/genset")
    return count


def box_values(listener: Listener) -> dict[str, Any]:
    """The newest values of the box, as far as there are any."""
    pictures = listener.all("up/device/box")
    return pictures[-1]["values"] if pictures else {}


def test_the_box_tells_of_itself_like_any_device(gateway: Gateway, centre: Listener, inside: Listener) -> None:
    """In the catalogue, as a picture on both roads, as a sample, and on the disk."""
    values = eventually(lambda: box_values(inside), "a picture of the box")
    eventually(lambda: box_values(centre), "the same at the centre")
    eventually(
        lambda: [one for one in centre.records("sample") if one["body"]["device"] == "box"], "a sample of the box"
    )
    births = eventually(lambda: centre.all("up/birth"), "the catalogue")
    (born,) = [one for one in births[-1]["devices"] if one["device"] == "box"]

    assert set(values) == {signal["key"] for signal in born["signals"]}
    assert 0 <= values["box.disk_free"]["value"] <= 100
    assert all(one["value"] is not None or (one["quality"] and one["reason"]) for one in values.values())
    assert {"simulated"} == {one["origin"] for one in values.values()}
    assert gateway.counts()["polls"]["box"] >= 1


def test_a_screen_that_falls_silent_grows_silent(gateway: Gateway, inside: Listener) -> None:
    """Its last frame is seconds ago, then minutes; a retained sign of life, and one from the future, prove nothing.

    A true one is answered at once, for a screen on another computer dates by it what it hears first.
    """

    def answered() -> object:
        return inside.all("local/public/picture")[-1]["screens"].get("butiken")

    def silent_s() -> float:
        return box_values(inside).get("box.kiosk_silent", {}).get("value") or -1

    eventually(lambda: box_values(inside), "the gateway is up")
    status = {"screen": "butiken", "boot": "x", "up_ms": 90_000, "drawn_up_ms": 80_000}
    inside.say("local/kiosk-status", json.dumps(status).encode())
    first = eventually(lambda: silent_s() > 0 and silent_s(), "the screen's word in the picture")
    assert {"boot": "x", "up_ms": 90_000} == eventually(answered, "the answer")
    inside.say("local/kiosk-status", json.dumps(status | {"drawn_up_ms": 90_001}).encode())
    eventually(lambda: "kiosk-status: refused" in gateway.said(), "the word from the future is heard")
    gateway.end()
    inside.say("local/kiosk-status", json.dumps(status).encode(), retain=True)
    gateway.start()
    grown = eventually(lambda: 180 <= silent_s() and silent_s(), "silence since the start")

    assert 10 <= first < 180
    assert grown < 400
    assert 1 == gateway.said().count("kiosk-status: refused")
    inside.say("local/kiosk-status", b"", retain=True)


HOSTILE_TOPICS = (
    "down/orders", "down/mark", "down/bulletin/x", "down/bulletin", "down/content", "down/blob", "down/blob/x",
    "down/blob/x/y", "down/nothing", "local/orders", "local/receipt", "local/kiosk-status",
)  # fmt: skip


def hostile() -> Iterator[bytes]:
    """What somebody who means no good would send."""
    dice = random.Random(7)
    yield from (
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\x00",
        b"\xff\xfe",
        b"[" * 90_000,
        b'{"a":' * 20_000,
        b"1e999",
        b"9" * 5000,
    )
    yield from (dice.randbytes(size) for size in (1, 30, 3000, 300_000))
    big = 10**40
    yield json.dumps({"revision": big, "orders": [], "documents": []}).encode()
    yield json.dumps({"site": SITE, "wall_ms": 1, "marks": {"\u0000": {"event": big}}}).encode()
    yield mark("no-such-run", event=2**53, sample=2**53)
    yield json.dumps({"site": "other-site", "wall_ms": 1, "marks": {"x": {"event": 1}}}).encode()
    order = {"id": "x" * 80, "who": "\u0000" * 80, "role": "r", "entered_ms": 2**53, "through": "t"}
    report = {"kind": "report", "observed_ms": 2**53, "power": "none", "litres": 1e5, "needs": "\u202e" * 2000}
    yield json.dumps({"revision": 0, "orders": [order | {"what": report}]}).encode()
    yield json.dumps({"revision": 0, "orders": [order | {"id": "y", "what": {"kind": "shutdown"}}]}).encode()
    moment = {"boot": "b", "up_ms": 1, "wall_ms": None, "clock": "synced"}
    receipt = {"screen": "s", "bulletin": "b", "serial": 1, "status": "actual", "first_frame": moment}
    for number in range(1, 30):
        yield json.dumps(receipt | {"kiosk_run": f"\u0000{number}", "number": 1 + number % 2}).encode()


def test_hostile_neighbours_disturb_nothing(gateway: Gateway, centre: Listener, inside: Listener) -> None:
    """Whatever comes on whatever topic: the next heartbeat, poll and record come as before, and no traceback."""
    eventually(lambda: centre.all("up/status") and inside.all("up/device/genset"), "the gateway is up")
    run = run_of(centre)
    for payload in hostile():
        for topic in HOSTILE_TOPICS:
            (inside if topic.startswith("local") else centre).say(topic, payload)
    centre.say("down/mark", mark(run, event=2**53, sample=2**53))
    genset, beats = len(inside.all("up/device/genset")), len(centre.all("up/status"))
    eventually(lambda: len(inside.all("up/device/genset")) > genset + 2, "polls after it")
    eventually(lambda: len(centre.all("up/status")) > beats, "a heartbeat after it")
    order = {"id": "o-1", "who": "Kim", "role": "owner", "entered_ms": 1, "through": "phone"}
    note = order | {"what": {"kind": "notice", "notice": "n", "sv": "hej"}}
    centre.say("down/orders", json.dumps({"revision": 1, "orders": [note]}).encode())
    eventually(lambda: [one for one in centre.records() if one["body"].get("order") == "o-1"], "a good order is obeyed")
    numbers = sorted(set(seqs(centre.records())))

    assert run == run_of(centre)
    assert list(range(1, len(numbers) + 1)) == numbers
    assert {"event": 0, "receipt": 0, "sample": 0} == gateway.counts()["confirmed"]
    assert "Traceback" not in gateway.said()
    assert all(len(line) < 1000 for line in gateway.said().splitlines())


def test_a_need_is_received_when_the_centre_has_its_record(
    gateway: Gateway, centre: Listener, inside: Listener
) -> None:
    """Said at the site, also over a restart in between: only the mark over its record proves that it came."""

    def states() -> list[str]:
        pictures = inside.all("up/state")
        return [need["state"] for need in pictures[-1]["needs"]] if pictures else []

    what = {"kind": "need", "need": "n-1", "what": "diesel", "people": 14, "text": "till tisdag"}
    order = {"id": "o-1", "who": "Kim", "role": "owner", "entered_ms": 1, "through": "owner-page", "what": what}
    eventually(lambda: centre.all("up/status"), "the gateway")
    inside.say("local/orders", json.dumps({"revision": 1, "orders": [order]}).encode(), retain=True)
    said = eventually(lambda: [one for one in centre.records() if one["kind"] == "need_said"], "the record")[0]
    eventually(lambda: states() == ["saved"], "saved here")
    centre.say("down/mark", mark(said["run"], event=said["seq"] - 1))
    gateway.end(signal.SIGKILL)
    gateway.start()
    eventually(lambda: run_of(centre) != said["run"] and states() == ["saved"], "saved, in a new run")
    centre.say("down/mark", mark(said["run"], event=said["seq"]))

    eventually(lambda: states() == ["received"], "received at the municipality")
    assert said["body"]["need"]["seq"] == said["seq"]


def test_a_rebirth_is_told_to_whoever_asked(gateway: Gateway, centre: Listener) -> None:
    """The centre asks, the centre gets the catalogue anew."""
    eventually(lambda: centre.all("up/birth"), "the first birth")
    before = len(centre.all("up/birth"))
    what = {"kind": "command", "command": "rebirth", "expires_ms": 2**53}
    order = {"id": "o-1", "who": "Kim", "role": "duty", "entered_ms": 1, "through": "dashboard", "what": what}
    centre.say("down/orders", json.dumps({"revision": 1, "orders": [order]}).encode(), retain=True)

    eventually(lambda: len(centre.all("up/birth")) == before + 1, "another birth")


def test_without_any_broker_it_polls_and_stores(site: Site, tmp_path: Path) -> None:
    """One sentence per broker that is not there; ends at once and well when asked."""
    gateway = site.gateway(tmp_path).start()
    eventually(lambda: gateway.polled("genset") > 3, "polls on the disk")
    code = gateway.end()
    complaints = [line for line in gateway.said().splitlines() if "broker" in line]

    assert 0 == code
    assert ["central", "site"] == sorted(line.split()[2] for line in complaints)
    assert all("trying again" in line for line in complaints)
    assert "Traceback" not in gateway.said()
    assert 0 < gateway.counts()["waiting"]["event"] == gateway.counts()["created"]["event"]


def test_a_damaged_store_is_told_and_what_it_held_is_sent(brokers: Site, gateway: Gateway, inside: Listener) -> None:
    """Its records still reach the centre, with an event that says what happened and an alarm until it is seen to."""
    eventually(lambda: inside.all("up/device/genset"), "a picture")
    gateway.end()
    before = gateway.counts()
    body = bytearray(gateway.store.read_bytes())
    body[:4096] = bytes(4096)
    gateway.store.write_bytes(bytes(body))
    centre = Listener(brokers.centre)
    gateway.start()
    told = eventually(lambda: [one for one in centre.records() if one["kind"] == "store_trouble"], "the event")
    eventually(
        lambda: "store-trouble" in {alarm["key"] for alarms in inside.all("up/alarms") for alarm in alarms["alarms"]},
        "the alarm",
    )
    run, events = before["events"][0]["run"], before["created"]["event"]
    eventually(lambda: events in seqs(centre.records(run=run)), "what it held")
    numbers = seqs(centre.records(run=run))
    centre.stop()

    assert "gateway.db.damaged-1" in told[0]["body"]["detail"]
    assert list(range(1, events + 1)) == list(dict.fromkeys(numbers))
    assert before["events"] == gateway.counts()["events"][: len(before["events"])]


def test_a_second_gateway_is_refused_while_the_first_runs(site: Site, tmp_path: Path) -> None:
    """One sentence, exit code 1."""
    first = site.gateway(tmp_path, centre=False).start()
    eventually(first.store.exists, "the first runs")
    (tmp_path / "second").mkdir()
    second = site.gateway(tmp_path / "second", centre=False)
    text = (tmp_path / "second/site.toml").read_text("utf-8")
    (tmp_path / "second/site.toml").write_text(text.replace(str(second.store), str(first.store)), "utf-8")
    second.start()
    assert second.process is not None
    code = second.process.wait(40)
    first.end()

    assert 1 == code
    assert f"{first.store}: another gateway uses this store; stop that one first\n" == second.said()
