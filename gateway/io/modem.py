"""The door to a modem of this computer: SMS through ModemManager, by its own command `mmcli`."""

import asyncio
import contextlib
import json
import os
import re

DEADLINE_S = 60.0
"""Real seconds for one command; a network at its limits takes half a minute to take an SMS."""
MOST = 64 * 1024
UNSAFE = str.maketrans({"'": "", '"': "", "\\": "/", "\n": " ", "\r": " "})
"""`mmcli` reads its argument as fields between quotes: what would end one early is left out."""
MADE = re.compile(rb"/org/freedesktop/ModemManager1/SMS/\d+")


class Modem:
    """SMS. `which`: a modem's number or path as ModemManager has it, "any" for the first."""

    def __init__(self, which: str = "any", command: str = "mmcli") -> None:
        self._which, self._command = which, command

    async def send(self, phone: str, text: str) -> str:
        """Send one SMS: "" when the network has taken it, else why not, without number and text."""
        modem = self._which if self._which != "any" else await self._first()
        if not modem:
            return "there is no modem"
        fields = f"text='{text.translate(UNSAFE)}',number='{phone}'"
        code, said = await self._run("-m", modem, f"--messaging-create-sms={fields}")
        made = MADE.search(said)
        if code != 0 or made is None:
            return "the modem did not take the message"
        path = made[0].decode("ascii")
        code, _ = await self._run("-s", path, "--send")
        await self._run("-m", modem, f"--messaging-delete-sms={path}")  # its memory holds a few dozen
        return "" if code == 0 else "the network did not take the message"

    async def _first(self) -> str:
        code, said = await self._run("-L", "-J")
        with contextlib.suppress(ValueError, KeyError, IndexError, TypeError):
            return str(json.loads(said)["modem-list"][0]) if code == 0 else ""
        return ""

    async def _run(self, *arguments: str) -> tuple[int, bytes]:
        """(exit code, what it said). A command that is not there, or does not end in time, has failed."""
        try:
            process = await asyncio.create_subprocess_exec(
                self._command, *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL, env=os.environ | {"LC_ALL": "C.UTF-8"},
            )  # fmt: skip
        except OSError:
            return 127, b""
        try:
            async with asyncio.timeout(DEADLINE_S):
                said, _ = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.wait()
            return 124, b""
        return process.returncode or 0, said[:MOST]
