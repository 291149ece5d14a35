"""The real gateway wakes its own people: an alarm becomes an SMS through a program that answers as `mmcli` does."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import Listener, Site, eventually

MMCLI = """#!/bin/sh
printf '%s\\n' "$*" >> "{log}"
case "$*" in
  *-J*) echo '{{"modem":{{"generic":{{"state":"registered"}}}}}}' ;;
  *--messaging-create-sms=*) echo 'Successfully created new SMS: /org/freedesktop/ModemManager1/SMS/7' ;;
  *--send*) sleep "$(cat '{slow}')" ;;
esac
"""
CALL = {
    "id": "o-1", "who": "Kim", "role": "owner", "entered_ms": 1, "through": "owner-page",
    "what": {"kind": "call_out", "reason": "strömavbrott"},
}  # fmt: skip


@pytest.fixture
def modem(tmp_path: Path) -> tuple[Path, Path, Path]:
    """(the program, what it was told, for how long it sends)."""
    program, log, slow = tmp_path / "mmcli", tmp_path / "told", tmp_path / "slow"
    program.write_text(MMCLI.format(log=log, slow=slow), "utf-8")
    program.chmod(0o755)
    log.touch()
    slow.write_text("0")
    return program, log, slow


@pytest.fixture
def inside(brokers: Site) -> Iterator[Listener]:
    """A client on the site's broker."""
    one = Listener(brokers.local)
    yield one
    one.stop()


def _texts(log: Path) -> list[str]:
    return [line for line in log.read_text("utf-8").splitlines() if "--messaging-create-sms" in line]


def _called(centre: Listener) -> list[dict[str, Any]]:
    return [one["body"] for one in centre.records() if one["kind"] == "site_called"]


def test_site_wakes_its_own_people_and_once_more_after_a_kill_in_the_middle(
    brokers: Site, inside: Listener, modem: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    """Nobody answers the call: the first person gets an SMS, marked TEST; killed meanwhile, it goes once more, and the
    centre hears whom the site called and what came of it."""
    program, log, slow = modem
    more = (
        f'[call_out]\nanswer_within_s = 5\n[wake]\ncommand = "{program}"\nmodem = "0"\ncentre_within_s = 1\n'
        '[[wake.person]]\nname = "Handlaren"\nphone = "+46 70-000 00 01"\nexercises = true\n'
    )
    centre = Listener(brokers.centre)
    gateway = brokers.gateway(tmp_path, more=more).start()
    slow.write_text("30")
    try:
        eventually(lambda: inside.all("up/status"), "the gateway")
        inside.say("local/orders", json.dumps({"revision": 1, "orders": [CALL]}).encode(), retain=True)
        eventually(lambda: _texts(log), "the message on its way")
        gateway.end(signal.SIGKILL)
        slow.write_text("0")
        gateway.start()
        eventually(lambda: len(_texts(log)) == 2, "the same once more")
        eventually(lambda: "taken by the network" in gateway.said(), "that it went")
        told = eventually(lambda: _called(centre), "that the centre hears of it")
    finally:
        centre.stop()
        inside.say("local/orders", b"", retain=True)
        gateway.end()

    first, again = _texts(log)[:2]
    assert first == again
    assert "text='TEST Test: Ingen har svarat på begäran om att öppna punkten." in first
    assert first.endswith("number='+46700000001'")
    assert "+4670" not in gateway.said()
    assert [("Handlaren", "first", 2, None)] == [(one["person"], one["kind"], one["tries"], one["why"]) for one in told]
