"""The keeper: hears the site's broker, is the only one who writes the cache, and sends what the screen has drawn."""

import asyncio
import logging
import secrets

from contract import topics
from contract.bulletins import ReceiptMark
from contract.messages import KioskStatus, PublicPicture, encode
from contract.wire import Refused
from doors.broker import Link, LinkDown
from doors.clock import Clock
from doors.disk import refuses
from doors.progress import Progress
from doors.systemd import Notifier
from kiosk.config import Settings
from kiosk.core.faults import CannotKeep
from kiosk.core.picture import Public, overtaken, read, same_facts
from kiosk.io.cache import MAX_TOPICS, Cache, Heard
from kiosk.io.drawn import read_from
from kiosk.io.memory import made, take_away
from kiosk.io.wake import Waker

log = logging.getLogger(__name__)

LOOK_S = 0.5
"""How often the screen's log is looked at, in real seconds: one stat(2)."""
LOOK_AGAIN_S = 300.0
"""Real seconds between two looks at a disk that took nothing; each writes a megabyte and takes it away."""
BEHIND_S = 5.0
"""Real seconds that a disk may refuse before it is asked for its reason."""
AGAIN_S = 20.0
"""A receipt that the gateway has not confirmed is sent again after so long."""
MAX_SAID = 100
ALIVE_EVERY_S = 60.0
"""How often the screen is asked for a frame and the gateway told of it."""
ANSWER_S = 1.0
"""Real seconds that a screen gets to draw it: five of its looks."""
ANSWER_LOOK_S = 0.1
STUCK_S = 180.0
"""Real seconds: three signs of life of the screen."""
NOT_RUNNING = "the screen program is not running"
NOT_DRAWING = "the screen program runs but draws nothing"


class Keeper:
    """One site's keeper. `run` ends only by cancellation."""

    def __init__(self, settings: Settings, clock: Clock, notifier: Notifier | None = None) -> None:
        self._settings = settings
        self._clock = clock
        self._site = settings.site.id
        self._run = secrets.token_hex(8)
        self._no_disk = ""
        """What the disk says while the cache lies in memory instead."""
        self._cache = self._open_cache()
        if self._cache.set_aside:
            log.warning(
                "the cache was broken or another site's; it lies at %s, a new one is made", self._cache.set_aside
            )
        self._waker = Waker(settings.wake_path)
        self._held: dict[str, Public] = {}
        self._kept_mono_ms: dict[str, int] = {}
        self._pending: dict[str, Heard] = {}
        self._counts: dict[str, int] = {}
        self._said: set[str] = set()
        self._number = 0
        self._drawn_up_ms: int | None = None
        self._behind = False
        self._notifier = notifier or Notifier()
        self._progress = Progress()
        for part in ("looking at the screen's log", "asking the screen"):
            self._progress.expect(part, STUCK_S)
        self._progress.expect("link", max(STUCK_S, 3 * settings.broker.reconnect_max_s))
        self._attempts = 0
        self._remember()
        self._link = Link(
            settings.broker,
            name="site",
            client_id=f"{self._site}-kiosk-{self._run[:6]}",
            subscribe=(topics.public_all(self._site),),
            on_message=self._take,
            on_up=self._send_receipts,
        )

    def _open_cache(self) -> Cache:
        """On the disk; while that takes nothing in memory, where the screen finds it. Raises CannotKeep."""
        path = self._settings.cache_path
        try:
            cache = Cache(path, self._site, self._settings.site.simulated)
        except CannotKeep as fault:
            why = refuses(path)
            if why is None:
                raise
            log.error("%s", fault)
            return self._cache_in_memory(why)
        take_away(path)
        return cache

    def _cache_in_memory(self, why: str) -> Cache:
        path = self._settings.cache_path
        try:
            cache = Cache(made(path), self._site, self._settings.site.simulated)
        except OSError as fault:
            raise CannotKeep(f"{path}: the disk takes nothing ({why}), and there is no memory ({fault})") from fault
        self._no_disk = why
        log.error("%s: the disk takes nothing (%s); what is shown is kept in memory, receipts wait", path, why)
        return cache

    async def _watch_disk(self) -> None:
        """A disk that takes nothing is left for memory, and asked now and then whether it takes writes again."""
        path = self._settings.cache_path
        while True:
            await asyncio.sleep(LOOK_AGAIN_S if self._no_disk else BEHIND_S)
            if not (self._no_disk or self._behind):
                continue
            why = await asyncio.to_thread(refuses, path)
            if (why is None) is not bool(self._no_disk):
                continue  # still as bad, or well again before anything was moved
            try:
                self._move(why)
            except CannotKeep as fault:
                self._say_once(str(fault))

    def _move(self, why: str | None) -> None:
        """To memory, because of `why`; or back to the disk. All that is shown goes along. Raises CannotKeep."""
        path, old = self._settings.cache_path, self._cache
        new = self._cache_in_memory(why) if why is not None else Cache(path, self._site, self._settings.site.simulated)
        try:
            old.copy_into(new)
        except CannotKeep:
            new.close()
            self._no_disk = "" if why is not None else self._no_disk
            raise
        self._cache = new
        old.close()
        if why is None:
            self._no_disk = ""
            take_away(path)
            log.warning("%s: the disk takes writes again; what lay in memory is on it", path)
        self._flush(force=True)
        self._waker.knock()

    def _remember(self) -> None:
        for topic, (payload, _) in self._cache.newest().items():
            try:
                message = read(topic, payload, self._site, self._settings.site.simulated)
            except Refused:
                continue
            if not isinstance(message, ReceiptMark):
                self._held[topic] = message

    async def run(self) -> None:
        """Hear, keep, knock, and send receipts, until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._link.run(), name="link")
                tasks.create_task(self._look_after(), name="look-after")
                tasks.create_task(self._tell_of_screen(), name="tell-of-screen")
                tasks.create_task(self._watch_disk(), name="watch-disk")
                tasks.create_task(self._notifier.watch(self._progress, self._sentence), name="watch")
        finally:
            self._flush(force=True)
            self._cache.close()
            self._waker.close()

    def _take(self, topic: str, payload: bytes, retained: bool) -> None:
        """One message from the broker; whatever it is, nothing crashes."""
        if not payload:
            return  # an emptied topic ends nothing: a bulletin ends by its own successor, a picture by growing old
        try:
            message = read(topic, payload, self._site, self._settings.site.simulated)
            if isinstance(message, ReceiptMark):
                self._confirm(message)
                return
            self._fold(Heard(
                topic=topic, payload=payload, message=message, retained=retained,
                own_boot=self._clock.boot, mono_ms=self._clock.up_ms(),
            ))  # fmt: skip
        except Refused as fault:
            self._count("refused")
            self._say_once(str(fault))

    def _fold(self, heard: Heard) -> None:
        held = self._held.get(heard.topic)
        if held is None and len(self._held) >= MAX_TOPICS:
            raise Refused(f"more than {MAX_TOPICS} public topics; the rest is not kept")
        if held is not None and overtaken(heard.message.head, held.head, heard.retained):
            return
        changed = held is None or not same_facts(heard.message, held)
        self._held[heard.topic] = heard.message
        if not changed and heard.retained:
            return  # what was known already, said again after a connect; it proves nothing of now
        if isinstance(heard.message, PublicPicture):
            self._count("folded")
        self._pending[heard.topic] = heard
        if changed or self._due(heard):
            self._flush()

    def _due(self, heard: Heard) -> bool:
        """Nothing new but "still so": written once per period, to spare the card."""
        kept = self._kept_mono_ms.get(heard.topic)
        period_s = heard.message.period_s if isinstance(heard.message, PublicPicture) else 1.0
        return kept is None or heard.mono_ms - kept >= 900 * period_s

    def _flush(self, *, force: bool = False) -> None:
        """Write what waits and knock; when the disk refuses, it waits on."""
        if not self._pending and not (force and self._counts):
            return
        heard, counts = list(self._pending.values()), dict(self._counts)
        try:
            self._cache.keep(heard, counts)
        except CannotKeep as fault:
            self._behind = True
            self._say_once(f"{fault}; kept in memory and tried again")
            return
        self._behind = False
        for one in heard:
            if not one.retained:  # the first live message after a remembered one is news: there is contact
                self._kept_mono_ms[one.topic] = one.mono_ms
        self._pending.clear()
        self._counts.clear()
        self._waker.knock()

    async def _look_after(self) -> None:
        """Every half second: is there something the screen drew, something that waits for the disk?"""
        loop = asyncio.get_running_loop()
        sent = loop.time()
        while True:
            await asyncio.sleep(LOOK_S)
            if self._behind:
                self._flush()
            if self._read_drawn() or loop.time() - sent >= AGAIN_S:
                sent = loop.time()
                await self._try_receipts()
            self._progress.done("looking at the screen's log")
            if self._link.up or self._link.attempts != self._attempts:
                self._attempts = self._link.attempts
                self._progress.done("link")

    async def _tell_of_screen(self) -> None:
        """Once a minute: let the screen draw a frame, and tell the gateway when one last reached the panel.

        Where there is no link nothing is told: the gateway counts the silence itself.
        """
        while True:
            self._answered()  # what came too late for the last time says when, but not that it draws now
            why_not = NOT_DRAWING if self._waker.ask() else NOT_RUNNING
            for _ in range(round(ANSWER_S / ANSWER_LOOK_S)):
                await asyncio.sleep(ANSWER_LOOK_S)
                if self._answered():
                    why_not = ""
                    break
            await self._tell_status(why_not)
            self._progress.done("asking the screen")
            await asyncio.sleep(max(ANSWER_LOOK_S, self._clock.real_seconds(ALIVE_EVERY_S)))

    def _sentence(self) -> str:
        """For `systemctl status`; only what seldom changes."""
        link = "the site's broker is there" if self._link.up else "no contact with the site's broker"
        if self._no_disk:
            return f"{link}; the disk takes nothing ({self._no_disk}), what is shown lies in memory, receipts wait"
        return f"{link}; the disk refuses, what is new waits in memory" if self._behind else link

    def _answered(self) -> bool:
        drawn = self._waker.answered()
        if drawn is not None:
            self._drawn_up_ms = min(drawn, self._clock.up_ms())
        return drawn is not None

    async def _tell_status(self, why_not: str) -> None:
        if not self._link.up:
            return
        status = KioskStatus(
            screen=self._settings.screen.name, boot=self._clock.boot, up_ms=self._clock.up_ms(),
            drawn_up_ms=self._drawn_up_ms, why_not=why_not,
        )  # fmt: skip
        try:
            await self._link.publish(topics.kiosk_status(self._site), encode(status))
        except LinkDown as fault:
            self._say_once(f"a sign of life is lost: {fault}")

    def _read_drawn(self) -> bool:
        """Number what the screen has drawn since last time; is there anything new to send?"""
        if self._no_disk:
            return False  # what was numbered already stands in the cache on the disk
        try:
            before = self._cache.drawn_offset()
            lines, offset, bad = read_from(self._settings.drawn_path, before)
            if offset == before:
                return False
            if bad:
                self._say_once(f"{self._settings.drawn_path}: {bad} line(s) cannot be read and are left out")
            self._number = self._cache.take_drawn(lines, self._run, self._number, offset)
        except (CannotKeep, OSError) as fault:
            self._say_once(f"receipts wait: {fault}")
            return False
        return bool(lines)

    async def _try_receipts(self) -> None:
        if self._link.up:
            try:
                await self._send_receipts()
            except LinkDown as fault:
                self._say_once(f"receipts wait: {fault}")

    async def _send_receipts(self) -> None:
        for _, _, payload in self._cache.receipts():
            await self._link.publish(topics.receipt(self._site), payload)

    def _confirm(self, mark: ReceiptMark) -> None:
        run = secrets.token_hex(8)
        if self._no_disk:
            return
        try:
            last = self._cache.forget_receipts(mark.marks, run)
            if last is not None:
                self._run, self._number = run, last
        except CannotKeep as fault:
            self._say_once(str(fault))

    def _count(self, name: str) -> None:
        self._counts[name] = self._counts.get(name, 0) + 1

    def _say_once(self, sentence: str) -> None:
        """A fault that comes every second is told once."""
        if sentence not in self._said and len(self._said) < MAX_SAID:
            self._said.add(sentence)
            log.warning("%s", sentence)
