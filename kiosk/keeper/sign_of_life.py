"""Once a minute: let the screen draw a frame, and tell the gateway when one last reached the panel.

The gateway answers each sign of life, so one is told at once, too, when nothing heard so far can be dated.
"""

import asyncio
import contextlib
from collections.abc import Callable

from contract import topics
from contract.messages import KioskStatus, encode
from doors.broker import Link, LinkDown
from doors.clock import Clock
from doors.progress import Progress
from kiosk.config import Settings
from kiosk.io.wake import Waker
from kiosk.keeper.saying import Saying

ALIVE_EVERY_S = 60.0
"""How often the screen is asked for a frame and the gateway told of it."""
ANSWER_S = 1.0
"""Real seconds that a screen gets to draw it: five of its looks."""
ANSWER_LOOK_S = 0.1
NOT_RUNNING = "the screen program is not running"
NOT_DRAWING = "the screen program runs but draws nothing"
PART = "asking the screen"


class SignOfLife:
    """Where there is no link nothing is told: the gateway counts the silence itself. `link` is set by its maker.

    `unchecked`: for how long a source of warnings was not checked, as in `KioskStatus`.
    """

    link: Link

    def __init__(
        self, settings: Settings, clock: Clock, waker: Waker, saying: Saying, progress: Progress, *,
        unchecked: Callable[[], int | None] = lambda: None,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._unchecked = unchecked
        self._clock = clock
        self._waker = waker
        self._saying = saying
        self._progress = progress
        self._drawn_up_ms: int | None = None
        self._soon = asyncio.Event()

    def soon(self) -> None:
        """Tell the next one now."""
        self._soon.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._soon.clear()
            self._answered()  # what came too late for the last time says when, but not that it draws now
            why_not = NOT_DRAWING if self._waker.ask() else NOT_RUNNING
            for _ in range(round(ANSWER_S / ANSWER_LOOK_S)):
                await asyncio.sleep(ANSWER_LOOK_S)
                if self._answered():
                    why_not = self._waker.trouble
                    break
            await self._tell(why_not)
            self._progress.done(PART)
            await asyncio.sleep(ANSWER_LOOK_S)  # however often it is asked for
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._clock.real_seconds(ALIVE_EVERY_S)):
                    await self._soon.wait()

    def _answered(self) -> bool:
        drawn = self._waker.answered()
        if drawn is not None:
            self._drawn_up_ms = min(drawn, self._clock.up_ms())
        return drawn is not None

    async def _tell(self, why_not: str) -> None:
        if not self.link.up:
            return
        status = KioskStatus(
            screen=self._settings.screen.name, boot=self._clock.boot, up_ms=self._clock.up_ms(),
            drawn_up_ms=self._drawn_up_ms, why_not=why_not, unchecked_ms=self._unchecked(),
        )  # fmt: skip
        try:
            await self.link.publish(topics.kiosk_status(self._settings.site.id), encode(status))
        except LinkDown as fault:
            self._saying.once(f"a sign of life is lost: {fault}")
