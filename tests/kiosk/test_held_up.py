"""A picture that was held up on its way to the screen is as old as it is."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract import topics
from contract.messages import encode
from kiosk.io.cache import CacheReader


@pytest.fixture
def broker(house: Any, tmp_path: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A Mosquitto that can be stopped, and its port."""
    port = house.free_port()
    settings = tmp_path / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n", "utf-8")
    program = next(path for path in ("/usr/sbin/mosquitto", "/usr/bin/mosquitto") if Path(path).exists())
    process = subprocess.Popen([program, "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        house.wait_until(lambda: house.listens(port))
        yield port, process
    finally:
        process.kill()
        process.wait(10)


@pytest.fixture
def broker_port(broker: tuple[int, subprocess.Popen[bytes]]) -> int:
    """Where it listens."""
    return broker[0]


def test_a_picture_from_a_frozen_broker_is_not_fresh(
    house: Any, kiosk: Any, gateway: Any, broker: tuple[int, subprocess.Popen[bytes]]
) -> None:
    """It lay in the broker's socket for eight seconds, and three make it old: the publisher has gone meanwhile.

    Whatever the one before was late by on its way, when the machine stood still, this one looks younger by.
    """
    gateway.picture(period_s=1.0)
    kiosk.start("keeper")
    reader = CacheReader(kiosk.cache, house.SITE, False)
    house.wait_until(lambda: reader.held(gateway.clock.boot).picture)
    gateway.picture(period_s=1.0)
    house.wait_until(lambda: reader.held(gateway.clock.boot).contact)
    broker[1].send_signal(signal.SIGSTOP)
    late = house.picture(at=gateway.now(), period_s=1.0)
    gateway._client.publish(topics.public_picture(house.SITE), encode(late), qos=1, retain=True)
    time.sleep(8)
    broker[1].send_signal(signal.SIGCONT)

    house.wait_until(lambda: reader.held(gateway.clock.boot).picture == late)
    shown = json.loads(kiosk.call("view").stdout)
    assert not shown["fresh"]
    assert "unknown" == shown["power"]


def test_the_first_word_after_a_start_is_no_proof_of_now(
    house: Any, kiosk: Any, gateway: Any, broker: tuple[int, subprocess.Popen[bytes]]
) -> None:
    """It lay in the broker from before the screen listened: not fresh, until a word of the gateway answers it."""
    kiosk.start("keeper")
    house.wait_until(lambda: gateway.screens)
    reader = CacheReader(kiosk.cache, house.SITE, False)
    broker[1].send_signal(signal.SIGSTOP)
    late = house.picture(at=gateway.now(), period_s=0.5)
    gateway._client.publish(topics.public_picture(house.SITE), encode(late), qos=1, retain=True)
    time.sleep(2)
    broker[1].send_signal(signal.SIGCONT)

    house.wait_until(lambda: reader.held(gateway.clock.boot).picture == late)
    held_up = json.loads(kiosk.call("view").stdout)
    gateway.picture(period_s=60.0)
    house.wait_until(lambda: json.loads(kiosk.call("view").stdout)["fresh"], 60)
    assert (False, "unknown") == (held_up["fresh"], held_up["power"])
