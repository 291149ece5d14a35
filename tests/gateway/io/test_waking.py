"""SMS through a modem and a lamp: a program that answers as `mmcli` does, and a folder like the kernel's."""

import asyncio
from pathlib import Path

import pytest

from gateway.io.lamp import Lamp
from gateway.io.modem import Modem

MODEM = "/org/freedesktop/ModemManager1/Modem/0"
MMCLI = """#!/bin/sh
printf '%s\\n' "$*" >> "{log}"
case "$*" in
  *-L*) echo '{{"modem-list":["/org/freedesktop/ModemManager1/Modem/0"]}}' ;;
  *--messaging-create-sms=*) echo 'Successfully created new SMS: /org/freedesktop/ModemManager1/SMS/7' ;;
  *--send*) {send} ;;
esac
"""


def fake(folder: Path, send: str = "exit 0") -> tuple[str, Path]:
    """(a program like mmcli, what it was told)."""
    program, log = folder / "mmcli", folder / "told"
    program.write_text(MMCLI.format(log=log, send=send), "utf-8")
    program.chmod(0o755)
    return str(program), log


async def test_sms_is_made_sent_and_taken_off_the_modem(tmp_path: Path) -> None:
    """The first modem, number and text as fields, å ä ö whole, and nothing left in the modem's memory."""
    program, log = fake(tmp_path)
    why = await Modem("any", program).send("+46700000001", "Kall: Strömlöst på platsen.")

    assert "" == why
    assert [
        "-L -J",
        f"-m {MODEM} --messaging-create-sms=text='Kall: Strömlöst på platsen.',number='+46700000001'",
        "-s /org/freedesktop/ModemManager1/SMS/7 --send",
        f"-m {MODEM} --messaging-delete-sms=/org/freedesktop/ModemManager1/SMS/7",
    ] == log.read_text("utf-8").splitlines()


async def test_text_cannot_leave_its_quotes(tmp_path: Path) -> None:
    """A place with a quote in its name adds no field: no second number is ever called."""
    program, log = fake(tmp_path)
    await Modem("0", program).send("+46700000001", "x',number='+46999999999\\',\n\"y")

    assert (
        "-m 0 --messaging-create-sms=text='x,number=+46999999999/, y',number='+46700000001'"
        == (log.read_text("utf-8").splitlines()[0])
    )


@pytest.mark.parametrize(
    ("send", "command", "expected"),
    [("exit 1", "", "the network did not take the message"), ("exit 0", "/nowhere/mmcli", "there is no modem")],
)
async def test_modem_that_can_not_says_why_without_the_number(
    tmp_path: Path, send: str, command: str, expected: str
) -> None:
    """One sentence; neither number nor text in it."""
    program, _ = fake(tmp_path, send)

    assert expected == await Modem("any", command or program).send("+46700000001", "x")


async def test_modem_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the deadline the try has failed, and its program is gone."""
    monkeypatch.setattr("gateway.io.modem.DEADLINE_S", 0.3)
    program, _ = fake(tmp_path, "exec sleep 60")
    async with asyncio.timeout(10):
        why = await Modem("0", program).send("+46700000001", "x")

    assert "the network did not take the message" == why


def test_lamp_is_written_only_when_it_changes(tmp_path: Path) -> None:
    """On and off as the kernel wants it."""
    file = tmp_path / "wake" / "brightness"
    file.parent.mkdir()
    file.write_text("0\n")
    lamp = Lamp("wake", tmp_path)
    lamp.shine(True)
    on = file.read_text()
    file.write_text("touched by nobody")
    lamp.shine(True)
    untouched = file.read_text()
    lamp.shine(False)

    assert ("1\n", "touched by nobody", "0\n") == (on, untouched, file.read_text())


def test_lamp_that_is_not_there_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """And the site goes on; it shines as soon as it can."""
    lamp = Lamp("wake", tmp_path)
    lamp.shine(True)
    lamp.shine(True)
    (tmp_path / "wake").mkdir()
    (tmp_path / "wake" / "brightness").write_text("0\n")
    lamp.shine(True)

    assert 1 == len(caplog.records)
    assert "1\n" == (tmp_path / "wake" / "brightness").read_text()
