"""Keeper and screen under a watcher that listens like systemd: signs of life while there is work and frames."""

import signal
from collections.abc import Callable
from typing import Any

import pytest

Watched = Callable[[str], Any]


@pytest.fixture
def watched(kiosk: Any, systemd: Any, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Start one of the two programs as systemd would."""

    def start(name: str) -> Any:
        monkeypatch.setenv("NOTIFY_SOCKET", systemd.address)
        monkeypatch.setenv("WATCHDOG_USEC", "900000")
        return kiosk.start(name)

    return start


def _told_since(systemd: Any, sentence: str) -> str:
    """The message with this sentence; each is sent once, so it may have been heard together with another."""
    line = f"STATUS={sentence}"
    return next((one for one in systemd.all if one.endswith(line)), "") or str(systemd.until(line))


@pytest.mark.parametrize(("sentence", "name"), [("the site's broker is there", "keeper"), ("drawing", "screen")])
def test_it_is_ready_alive_silent_when_frozen_and_says_when_it_goes(
    sentence: str, name: str, watched: Watched, kiosk: Any, systemd: Any
) -> None:
    """A screen that shows the same picture for hours proves itself by a frame for each sign of life."""
    process = watched(name)
    ready = systemd.until("READY=1", 60)
    if sentence not in ready:  # a broker that is late with its welcome is no reason to begin later
        assert (name, "READY=1\nSTATUS=no contact with the site's broker") == ("keeper", ready)
        ready = _told_since(systemd, sentence)
    alive = systemd.lives(3)
    process.send_signal(signal.SIGSTOP)
    systemd.pings(0.3)
    frozen = systemd.pings(1.5)
    process.send_signal(signal.SIGCONT)
    systemd.until("WATCHDOG=1")

    assert ready in (f"READY=1\nSTATUS={sentence}", f"STATUS={sentence}")
    assert alive
    assert 0 == frozen
    assert 0 == kiosk.stop(process)
    assert "STOPPING=1\nSTATUS=told to stop" == systemd.until("STOPPING=1")


def test_a_keeper_without_a_broker_is_not_stuck(watched: Watched, kiosk: Any, systemd: Any) -> None:
    """It tries again and again, which is all that it can do."""
    kiosk.port = 1
    kiosk.write()
    watched("keeper")
    ready = systemd.until("READY=1", 60)

    assert "READY=1\nSTATUS=no contact with the site's broker" == ready
    assert systemd.lives(2)


def test_a_screen_without_frames_gives_no_sign_of_life() -> None:
    """The program ticks, but the panel takes nothing: that is a dark screen, whatever the program thinks."""
    from kiosk.app.signs import FrameWatch

    told: list[str] = []

    class Watcher:
        """Notes what it is told."""

        heard, every_s = True, 1.0

        def ready(self, sentence: str) -> bool:
            """Begun."""
            told.append(sentence)
            return True

        def alive(self) -> None:
            """A sign of life."""
            told.append("alive")

    one = FrameWatch(Watcher())  # type: ignore[arg-type]
    before = one.ticked(0.0)
    one.flipped()
    one.ticked(0.2)
    one.flipped()
    asked = one.ticked(1.3)
    wanted = [one.ticked(1.3 + tick / 5) for tick in range(20)]

    assert (True, True) == (before, asked)
    assert ["drawing", "alive"] == told
    assert {True} == set(wanted)
