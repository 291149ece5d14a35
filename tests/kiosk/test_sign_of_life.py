"""The keeper's word on the screen, over a real broker: alive, dead, or alive and drawing nothing."""

import signal
from collections.abc import Iterator
from typing import Any

import paho.mqtt.client as paho
import pytest

from contract import topics
from contract.messages import KioskStatus, decode
from kiosk.io.wake import Doorbell
from kiosk.keeper.sign_of_life import NOT_DRAWING, NOT_RUNNING

RATE = 600
"""A minute of the product takes a tenth of a second."""


class Listener:
    """The gateway's ear for signs of life."""

    def __init__(self, port: int, site: str) -> None:
        self.heard: list[KioskStatus] = []
        self.retained = False
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self._client.on_message = self._take
        self._client.connect("127.0.0.1", port)
        self._client.subscribe(topics.kiosk_status(site), qos=1)
        self._client.loop_start()

    def _take(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        self.retained = self.retained or message.retain
        self.heard.append(decode(message.payload, KioskStatus))

    def close(self) -> None:
        """Leave."""
        self._client.loop_stop()
        self._client.disconnect()


@pytest.fixture
def ear(broker_port: int, house: Any) -> Iterator[Listener]:
    """Somebody who hears what the keeper says of the screen."""
    one = Listener(broker_port, house.SITE)
    yield one
    one.close()


@pytest.fixture
def quick(kiosk: Any) -> Any:
    """A kiosk of a simulation, in which minutes are short."""
    kiosk.simulated = True
    kiosk.write()
    return kiosk


def after(ear: Listener, house: Any, why_not: str) -> KioskStatus:
    """The first message from now on that gives this reason."""
    known = len(ear.heard)
    return house.wait_until(lambda: next((one for one in ear.heard[known:] if one.why_not == why_not), None), 60)


def test_a_keeper_tells_a_dead_screen_from_one_that_draws_nothing(house: Any, quick: Any, ear: Listener) -> None:
    """Never drawn, drawn just now, listening without a frame, gone: each is told as what it is."""
    quick.start("keeper", "--clock", f"rate={RATE},boot=box-1")
    nobody = after(ear, house, NOT_RUNNING)
    bell = Doorbell(quick.folder / "wake.sock")

    def answer() -> KioskStatus | None:
        bell.rung()
        if bell.asked:
            bell.answer(7)
        return next((one for one in ear.heard if not one.why_not), None)

    alive = house.wait_until(answer)
    silent = after(ear, house, NOT_DRAWING)
    bell.close()
    gone = after(ear, house, NOT_RUNNING)

    assert (None, "butiken", "box-1") == (nobody.drawn_up_ms, nobody.screen, nobody.boot)
    assert [7, 7, 7] == [one.drawn_up_ms for one in (alive, silent, gone)]
    assert nobody.up_ms < alive.up_ms < silent.up_ms < gone.up_ms
    assert not ear.retained


def test_a_screen_from_the_future_is_pulled_back_to_now(house: Any, quick: Any, ear: Listener) -> None:
    """Two processes whose clocks differ by a hair must not make the gateway refuse the message."""
    quick.start("keeper", "--clock", f"rate={RATE}")
    bell = Doorbell(quick.folder / "wake.sock")

    def answer() -> KioskStatus | None:
        bell.answer(10**15)
        return next((one for one in ear.heard if one.drawn_up_ms is not None), None)

    status = house.wait_until(answer)
    bell.close()

    assert status.drawn_up_ms <= status.up_ms < 10**15


def test_a_real_screen_proves_that_it_draws(house: Any, quick: Any, ear: Listener) -> None:
    """Frame after frame while it lives and nothing changes; frozen it draws nothing, thawed it draws again."""
    clock = ("--clock", f"rate={RATE}")
    quick.start("keeper", *clock)
    screen = quick.start("screen", *clock)
    first = house.wait_until(lambda: next((one for one in ear.heard if not one.why_not), None), 60)
    later = after(ear, house, "")
    screen.send_signal(signal.SIGSTOP)
    frozen = after(ear, house, NOT_DRAWING)
    frozen = after(ear, house, NOT_DRAWING)
    screen.send_signal(signal.SIGCONT)
    thawed = after(ear, house, "")
    quick.stop(screen, signal.SIGKILL)
    dead = after(ear, house, NOT_RUNNING)

    assert first.drawn_up_ms < later.drawn_up_ms <= frozen.drawn_up_ms < thawed.drawn_up_ms <= dead.drawn_up_ms
    assert frozen.up_ms - frozen.drawn_up_ms > 60_000
    assert "Traceback" not in quick.said("keeper") + quick.said("screen")


def test_a_dead_keeper_says_nothing_and_the_next_one_goes_on(house: Any, quick: Any, ear: Listener) -> None:
    """Silence is the sign of a dead keeper; its successor takes the socket over."""
    keeper = quick.start("keeper", "--clock", f"rate={RATE},boot=first")
    after(ear, house, NOT_RUNNING)
    quick.stop(keeper, signal.SIGKILL)
    assert (quick.folder / "wake.sock.back").exists()
    quick.start("keeper", "--clock", f"rate={RATE},boot=second")

    house.wait_until(lambda: ear.heard[-1].boot == "second")
