"""Can the site call its own people: modem, SIM card, right, lamp; one sentence each, with what to do."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doctor.core import calling
from doctor.core.calling import LampLook, ModemLook
from doctor.io import calling as callers

MMCLI = """#!/bin/sh
case "$*" in
  *-L*) echo '{{"modem-list":[{listed}]}}' ;;
  *) echo '{{"modem":{{"generic":{{"state":"{state}"}}}}}}' ;;
esac
"""
LAMP = "sys/class/leds/sotpunkt-wake/brightness"


@pytest.mark.parametrize(
    ("look", "text"),
    [
        (ModemLook(state="registered"), "sms.ready"),
        (ModemLook(state="disabled"), "sms.off"),
        (ModemLook(state="searching"), "sms.no_network"),
        (ModemLook(state="initializing"), "sms.starting"),
        (ModemLook(state="locked"), "sms.locked"),
        (ModemLook(state="failed"), "sms.failed"),
        (ModemLook(state="registered", allowed=False), "sms.forbidden"),
        (ModemLook(state="registered", allowed=None), "sms.unseen"),
        (ModemLook(state="no_manager", allowed=False), "sms.no_manager"),
    ],
)
def test_modem_in_all_its_ways(look: ModemLook, text: str) -> None:
    """What stops a text message is a fault; what may pass, or was not seen, is a note."""
    assert text == calling.modem(look).text


def test_lamp_that_may_not_be_switched_is_told() -> None:
    """With the account that would."""
    found = calling.lamp(LampLook(path="/x", there=True, account="sotpunkt-gateway", allowed=False))

    assert ("lamp.forbidden", "sotpunkt-gateway") == (found.text, found.values["account"])


def test_doctor_looks_only_where_the_site_calls_people(box: Any, doctor: Callable[..., Any], tmp_path: Path) -> None:
    """No sentence without [wake]; with it what is missing, and when all is there, that it is."""
    box.settings()
    without = doctor(*box.call)
    mmcli = tmp_path / "mmcli"
    with (box.etc / "gateway.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[wake]\nlamp = "sotpunkt-wake"\ncommand = "{mmcli}"\n'
            '[[wake.person]]\nname = "Handlaren"\nphone = "+46700000001"\n'
        )
    missing = doctor(*box.call)
    mmcli.write_text(MMCLI.format(listed="", state=""), "utf-8")
    mmcli.chmod(0o755)
    alone = callers.modem(str(mmcli), "any", box.root)
    mmcli.write_text(MMCLI.format(listed='"/Modem/0"', state="registered"), "utf-8")
    box.file(LAMP, "0")
    there = doctor(*box.call)

    assert [] == without.of("sms") + without.of("lamp")
    assert (["sms.no_command"], ["lamp.gone"]) == (missing.of("sms"), missing.of("lamp"))
    assert "config.txt" in missing.sentence("lamp.gone")
    assert "sms.no_modem" == calling.modem(alone).text
    assert (["sms.ready"], ["lamp.ready"]) == (there.of("sms"), there.of("lamp"))
