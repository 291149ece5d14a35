"""The door to the way out: which interface it is, how well it receives, and how fast the centre's broker answers.

Nothing is sent for it: the answers are those to messages that were on their way anyway.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from gateway.core.box.bearer import BearerLook, bearer_word, default_interface

log = logging.getLogger(__name__)

MAX_TEXT = 64 * 1024
ASK_WITHIN_S = 5.0
MODEM = ("mmcli", "--modem=any", "--output-json")
HOUR_S = 3600.0
MOST_KEPT = 500
AT_LEAST = 3
"""Fewer answers make no middle."""


class Answers:
    """How the centre's broker answered lately. Real seconds of the loop's clock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._took: deque[tuple[float, float | None]] = deque(maxlen=MOST_KEPT)

    def took(self, seconds: float | None) -> None:
        """One message was answered after so long, or never (None)."""
        self._took.append((self._clock(), seconds))

    def middle_ms(self) -> int | None:
        """The median of the last hour; None without enough answers."""
        known = sorted(seconds for seconds in self._lately() if seconds is not None)
        return round(1000 * known[len(known) // 2]) if len(known) >= AT_LEAST else None

    def lost_percent(self) -> int | None:
        """The share of the last hour's messages that nobody answered."""
        all_of_them = self._lately()
        lost = sum(seconds is None for seconds in all_of_them)
        return round(100 * lost / len(all_of_them)) if len(all_of_them) >= AT_LEAST else None

    def _lately(self) -> list[float | None]:
        since_s = self._clock() - HOUR_S
        return [seconds for at_s, seconds in self._took if at_s >= since_s]


class Bearer:
    """The way out of this computer. `root` is where its file system begins."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root
        self._no_modem_manager = False

    async def look(self) -> BearerLook:
        """What there is now; never fails."""
        interface = default_interface(self._text("proc/net/route"), self._text("proc/net/ipv6_route"))
        if not interface:
            return BearerLook()
        folder = f"sys/class/net/{interface}"
        radio = (self._root / folder / "wireless").exists() or (self._root / folder / "phy80211").exists()
        look = BearerLook(
            interface=interface,
            uevent=self._text(f"{folder}/uevent"),
            hardware=self._text(f"{folder}/type"),
            wireless=self._text("proc/net/wireless") if radio else None,
        )
        if bearer_word(look) != "mobile":
            return look
        return msgspec.structs.replace(look, modem=await self._ask(), modem_signal=await self._ask("--signal-get"))

    async def _ask(self, *more: str) -> str | None:
        """ModemManager's answer, or None; a modem that hangs is left alone."""
        if self._no_modem_manager:
            return None
        try:
            process = await asyncio.create_subprocess_exec(
                *MODEM, *more, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
        except FileNotFoundError:
            self._no_modem_manager = True
            return None
        except OSError as fault:
            log.info("mmcli: %s", fault)
            return None
        try:
            async with asyncio.timeout(ASK_WITHIN_S):
                told, _ = await process.communicate()
        except TimeoutError:
            return None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return told[:MAX_TEXT].decode("utf-8", "replace") if process.returncode == 0 else None

    def _text(self, path: str) -> str:
        try:
            with (self._root / path).open("rb") as file:
                return file.read(MAX_TEXT).decode("utf-8", "replace")
        except OSError:
            return ""
