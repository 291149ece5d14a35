"""The door to a modem of this computer: SMS through ModemManager, by its own command `mmcli`.

Why not got through is told as a key (`contract.waking.Unsent`): what `mmcli` itself says may name number and text.
"""

import asyncio
import json
import os
import re
from typing import NamedTuple

from contract.waking import Unsent

DEADLINE_S = 90.0
"""Real seconds for one command."""
WAIT_S = 80
"""What `mmcli` itself is to wait for an answer: by its own 30 s it calls a message lost that a network at its limits
takes after forty, and the person would be called twice."""
MOST = 64 * 1024
MADE = re.compile(rb"/org/freedesktop/ModemManager1/SMS/\d+")
NO_ACCESS = re.compile(rb"Error\.(Core\.Unauthorized|AccessDenied|AuthFailed)")
NO_MANAGER = re.compile(rb"couldn't find the ModemManager process|couldn't get bus|ServiceUnknown")
NO_ANSWER = re.compile(rb"Timeout was reached|Error\.NoReply|Error\.Timeout")
DISABLED = ("disabled", "disabling")
USABLE = ("enabled", "searching", "registered", "connecting", "connected", "disconnecting")
NO_NETWORK = ("enabled", "searching")
TROUBLE = {"locked": Unsent.SIM_LOCKED, "failed": Unsent.MODEM_FAILED}
NO_COMMAND, ENDED = 127, 124


class Said(NamedTuple):
    """How a command ended. `complaint` may name number and text."""

    code: int
    out: bytes = b""
    complaint: bytes = b""


class Modem:
    """SMS. `which`: a modem's number or path as ModemManager has it, "any" for the first."""

    def __init__(self, which: str = "any", command: str = "mmcli") -> None:
        self._which, self._command = which, command

    async def send(self, phone: str, text: str) -> Unsent | None:
        """Send one SMS: None when the network has taken it, else why not."""
        modem, state = await self._ready()
        if isinstance(modem, Unsent):
            return modem
        said = await self._run("-m", modem, f"--messaging-create-sms=text={_quoted(text)},number='{phone}'")
        made = MADE.search(said.out)
        if said.code != 0 or made is None:
            return _why(said, Unsent.NOT_TAKEN)
        path = made[0].decode("ascii")
        said = await self._run("-s", path, "--send")
        await self._run("-m", modem, f"--messaging-delete-sms={path}")  # its memory holds a few dozen
        if said.code == 0:
            return None
        return _why(said, Unsent.NO_NETWORK if state in NO_NETWORK else Unsent.NOT_TAKEN)

    async def _ready(self) -> tuple[str | Unsent, str]:
        """(the modem or why there is none, its state). One that nobody uses for data is off until somebody needs it."""
        modem = self._which if self._which != "any" else await self._first()
        if isinstance(modem, Unsent):
            return modem, ""
        said = await self._run("-m", modem, "-J")
        if said.code != 0:
            return _why(said, Unsent.NO_MODEM), ""
        state = str(_inside(said.out, "modem", "generic", "state"))
        if state in DISABLED:
            said = await self._run("-m", modem, "--enable")
            return (_why(said, Unsent.MODEM_FAILED) if said.code != 0 else modem), NO_NETWORK[-1]
        return (modem if state in USABLE else TROUBLE.get(state, Unsent.NOT_READY)), state

    async def _first(self) -> str | Unsent:
        said = await self._run("-L", "-J")
        if said.code != 0:
            return _why(said, Unsent.NO_MODEM)
        listed = _inside(said.out, "modem-list")
        return str(listed[0]) if isinstance(listed, list) and listed else Unsent.NO_MODEM

    async def _run(self, *arguments: str) -> Said:
        """A command that is not there, or does not end in time, has failed."""
        try:
            process = await asyncio.create_subprocess_exec(
                self._command, f"--timeout={WAIT_S}", *arguments, stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=os.environ | {"LC_ALL": "C.UTF-8"},
            )  # fmt: skip
        except (OSError, ValueError):  # there is no such command, or no command can be told this
            return Said(NO_COMMAND)
        try:
            async with asyncio.timeout(DEADLINE_S):
                out, complaint = await process.communicate()
        except TimeoutError:
            return Said(ENDED)
        finally:
            if process.returncode is None:  # also when this program ends: nobody would read what it says
                process.kill()
                await process.wait()
        return Said(process.returncode or 0, out[:MOST], complaint[:MOST])


def _quoted(text: str) -> str:
    """Between quotes that the text itself does not hold: `mmcli` knows no other way, and reads everything else."""
    told = text.replace("\0", "")
    if "'" not in told:
        return f"'{told}'"
    return '"{}"'.format(told.replace('"', "'"))


def _why(said: Said, other: Unsent) -> Unsent:
    if said.code == NO_COMMAND or NO_MANAGER.search(said.complaint):
        return Unsent.NO_MANAGER
    if NO_ACCESS.search(said.complaint):
        return Unsent.NO_ACCESS
    return Unsent.NO_ANSWER if said.code == ENDED or NO_ANSWER.search(said.complaint) else other


def _inside(said: bytes, *path: str) -> object:
    """A part of what it answered as JSON; None where it is not there."""
    try:
        found = json.loads(said)
        for name in path:
            found = found[name]
    except (ValueError, KeyError, IndexError, TypeError):
        return None
    return found
