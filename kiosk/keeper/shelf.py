"""Where the cache lies: on the disk, in memory while the disk takes nothing, or made anew when it is broken."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from doors.disk import refuses
from kiosk.config import Settings
from kiosk.core.faults import CannotKeep
from kiosk.io.cache import Broken, Cache
from kiosk.io.memory import made, take_away
from kiosk.keeper.saying import Saying

log = logging.getLogger("kiosk.keeper")

LOOK_AGAIN_S = 300.0
"""Real seconds between two looks at a disk that took nothing; each writes a megabyte and takes it away."""
BEHIND_S = 5.0
"""Real seconds between two looks at a disk that refuses; and at whether the file is still there."""
SOON_S = 0.1
"""Real seconds from the first refusal to the first look: what was refused may be a warning."""


class Shelf:
    """Holds the one writing side of the cache. `moved` hears when it is another file: all that waits is written then.

    `no_disk`: what the disk says while the cache lies in memory instead. `behind`: the newest write was refused.
    """

    def __init__(self, settings: Settings, saying: Saying) -> None:
        self._path = settings.cache_path
        self._site = settings.site
        self._saying = saying
        self.no_disk = ""
        self.behind = False
        self.moved: list[Callable[[], None]] = []
        self._refused = asyncio.Event()
        self.cache = self._open()

    def write(self, change: Callable[[Cache], None]) -> bool:
        """Do it; False: it did not work, which has been said, and must be tried again."""
        try:
            try:
                self._look_for_it()
                change(self.cache)
            except Broken as fault:
                self._rebuild(str(fault))
                change(self.cache)
        except CannotKeep as fault:
            self.behind = True
            self._refused.set()
            self._saying.once(f"{fault}; kept in memory and tried again")
            return False
        self.behind = False
        self._refused.clear()
        return True

    def heal(self, fault: Exception) -> None:
        """Somebody could not read the cache; if the file itself is broken it is made anew."""
        if isinstance(fault, Broken):
            try:
                self._rebuild(str(fault))
            except CannotKeep as still:
                self.behind = True
                self._saying.once(str(still))

    async def watch(self) -> None:
        """A disk that takes nothing is left for memory, and asked now and then whether it takes writes again."""
        looked_s = -BEHIND_S
        while True:
            looked_s = await self._until_look(looked_s)
            if not (self.no_disk or self.behind):
                try:
                    self._look_for_it()
                except CannotKeep as fault:
                    self._saying.once(str(fault))
                continue
            why = await asyncio.to_thread(refuses, self._path)
            if (why is None) is not bool(self.no_disk):
                continue  # still as bad, or well again before anything was moved
            try:
                self._move(why)
            except CannotKeep as fault:
                self._saying.once(str(fault))

    async def _until_look(self, looked_s: float) -> float:
        """Wait for the next look: every few seconds, and soon after a refusal. When a refusal was last looked at."""
        loop = asyncio.get_running_loop()
        if self.no_disk:
            await asyncio.sleep(LOOK_AGAIN_S)
        else:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEHIND_S):
                    await self._refused.wait()
            if self._refused.is_set():
                await asyncio.sleep(max(SOON_S, looked_s + BEHIND_S - loop.time()))
                return loop.time()
        return looked_s

    def close(self) -> None:
        """Close the file."""
        self.cache.close()

    def _open(self) -> Cache:
        """On the disk; while that takes nothing in memory, where the screen finds it. Raises CannotKeep."""
        try:
            cache = self._on_disk()
        except CannotKeep as fault:
            why = refuses(self._path)
            if why is None:
                raise
            log.error("%s", fault)
            return self._in_memory(why)
        take_away(self._path)
        return cache

    def _on_disk(self) -> Cache:
        cache = Cache(self._path, self._site.id, self._site.simulated)
        if cache.set_aside:
            log.warning("the cache was broken or another site's; it lies at %s, a new one is made", cache.set_aside)
        return cache

    def _in_memory(self, why: str) -> Cache:
        try:
            cache = Cache(made(self._path), self._site.id, self._site.simulated)
        except OSError as fault:
            raise CannotKeep(
                f"{self._path}: the disk takes nothing ({why}), and there is no memory ({fault})"
            ) from fault
        self.no_disk = why
        log.error("%s: the disk takes nothing (%s); what is shown is kept in memory, receipts wait", self._path, why)
        return cache

    def _look_for_it(self) -> None:
        """Somebody took the file away under us: what is known goes into a new one. Raises CannotKeep."""
        if self.cache.there():
            return
        log.error("%s was taken away or replaced; it is made anew from what is known", self._path)
        old, new = self.cache, self._in_memory(self.no_disk) if self.no_disk else self._on_disk()
        try:
            old.copy_into(new)
        except CannotKeep as fault:
            self._saying.once(f"not all of it could be saved: {fault}")
        self.cache = new
        old.close()
        self._tell_moved()

    def _move(self, why: str | None) -> None:
        """To memory, because of `why`; or back to the disk. All that is shown goes along. Raises CannotKeep."""
        old = self.cache
        new = self._in_memory(why) if why is not None else self._on_disk()
        try:
            old.copy_into(new)
        except CannotKeep:
            new.close()
            self.no_disk = "" if why is not None else self.no_disk
            raise
        self.cache = new
        old.close()
        if why is None:
            self.no_disk = ""
            take_away(self._path)
            log.warning("%s: the disk takes writes again; what lay in memory is on it", self._path)
        self._tell_moved()

    def _rebuild(self, fault: str) -> None:
        """The file was damaged under us: a new one, with what can be saved of the old one."""
        log.error("%s; it is put aside and made anew", fault)
        self.cache.close()
        self.cache = self._open()
        self._tell_moved()

    def _tell_moved(self) -> None:
        for hear in self.moved:
            hear()
