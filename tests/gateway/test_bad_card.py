"""The real gateway, started on a card that takes nothing."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from .card import Card
from .conftest import Gateway, Listener, Site, eventually

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="a file system of its own needs root")


@pytest.fixture
def card(tmp_path: Path) -> Iterator[Card]:
    """What the gateway's files lie on."""
    one = Card(tmp_path / "card", size_mb=64)
    yield one
    one.leave()


@pytest.fixture
def gateway(brokers: Site, card: Card, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """It has worked on the card and was killed; the card is read-only since."""
    (tmp_path / "run").mkdir()
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path / "run"))
    one = brokers.gateway(card.folder)
    one.log = tmp_path / "gateway.log"
    one.start()
    eventually(lambda: one.polled("genset") > 3, "polls on the card")
    one.end(signal.SIGKILL)
    card.read_only()
    yield one
    if one.process is not None and one.process.poll() is None:
        one.process.kill()
        one.process.wait(40)


def test_a_site_whose_card_is_read_only_at_the_start_is_not_silent(
    brokers: Site, gateway: Gateway, card: Card, tmp_path: Path
) -> None:
    """It polls, judges, tells, raises the alarm and sends records; when it ends on a well card all of it is there."""
    inside, centre = Listener(brokers.local), Listener(brokers.centre)
    gateway.start()
    told = eventually(lambda: [one for one in centre.records() if one["kind"] == "store_trouble"], "the event")
    eventually(
        lambda: "store-trouble" in {one["key"] for many in inside.all("up/alarms") for one in many["alarms"]},
        "the alarm",
    )
    unstored = eventually(
        lambda: [
            one["values"]["box.unstored"]["value"]
            for one in inside.all("up/device/box")
            if one["values"].get("box.unstored", {}).get("value")
        ],
        "records that lie in memory only",
    )
    again = gateway.end(signal.SIGKILL), gateway.start()
    eventually(lambda: gateway.said().count("working in memory") == 2, "a second run in memory")
    eventually(lambda: len({one["run"] for one in centre.records()}) == 3, "records of the second run in memory")
    card.well()
    code = gateway.end()
    here = gateway.counts()
    numbers: dict[str, set[int]] = {}
    for one in centre.records():
        numbers.setdefault(one["run"], set()).add(one["seq"])
    inside.stop()
    centre.stop()

    assert again[0] == -9
    assert "Read-only file system" in told[0]["body"]["detail"]
    assert unstored[0] > 0
    assert 0 == code
    assert "Traceback" not in gateway.said()
    assert 3 == len(numbers)
    assert {run: set(range(1, max(seqs) + 1)) for run, seqs in numbers.items()} == numbers
    stored = {(one["run"], one["seq"]) for one in here["events"]}
    assert {(run, seq) for run, seqs in numbers.items() for seq in seqs} <= stored
    assert [] == [one.name for one in (tmp_path / "run").iterdir() if one.is_dir()]
