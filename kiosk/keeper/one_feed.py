"""One feed: waits, asks, reads, folds, and has it written; whatever happens to it happens to nobody else."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import msgspec

from contract.wire import Moment
from contract.words import ClockQuality
from doors.clock import Clock
from doors.progress import Progress
from kiosk.config_feeds import Feed
from kiosk.core.asking import polling
from kiosk.core.asking.catalogue import KINDS
from kiosk.core.asking.feed import FeedState, Kept, latest
from kiosk.core.asking.listing import Folded, Key, fold, key_of
from kiosk.core.asking.polling import Tier
from kiosk.core.warnings.place import Place
from kiosk.feeds.alert import BadAnswer, Reject
from kiosk.feeds.localtime import PLACE
from kiosk.io.cache_feeds import FeedRow
from kiosk.io.http import Asker, Failed, Question, Reply, without
from kiosk.keeper.readers import Found
from kiosk.keeper.reading import Choked, Readings
from kiosk.keeper.saying import Saying
from kiosk.keeper.shelf import Shelf

log = logging.getLogger("kiosk.keeper")

SIGN_EVERY_S = 30.0
"""Real seconds: how often a waiting task shows that it lives."""
SHORTEST_REAL_S = 0.5
"""However fast a demonstration's clock runs, nobody is asked more often."""
MAX_KEY = 500
ASK_WHOLE_EVERY = 20
"""After so many "not changed" in a row the whole answer is asked for: a cache that always says so hides what is new."""
CHOKED_S = 600.0
"""A body that its reader choked on is tried again after so long: it may have been this computer's fault."""
LONG = 3
"""Failures in a row; when what has failed so often fails once more later, the log says it again."""
MOST_SAID = 3
"""Records that are left out, of one answer, told one by one."""


class OneFeed:
    """`told(news=…)` hears after each request; `reached(name)` when an answer came after failures."""

    def __init__(
        self, name: str, feed: Feed, here: Place, clock: Clock, shelf: Shelf, saying: Saying, readings: Readings, *,
        kept: FeedRow | None, newer: FeedState | None, told: Callable[..., None], reached: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.name = name
        self.part = f"feed {name}"
        self._feed = feed
        self._kind = KINDS[feed.kind]
        self._here = here
        self._clock = clock
        self._shelf = shelf
        self._saying = saying
        self._readings = readings
        self._tell = told
        self._reached = reached
        self._tier = Tier.PLENTY
        self._watched = False
        """Does somebody stand before the screen?"""
        self._poke = asyncio.Event()
        self._failures = 0
        self._unheard = False
        """Did the last try fail for want of a network?"""
        self._hung: tuple[bytes, float] = (b"", 0.0)
        self._unchanged = 0
        """How often in a row it said that nothing has changed."""
        self._due_s = 0.0
        self._waiting: tuple[FeedRow, Folded] | None = None
        self._kept: dict[Key, Kept] = {}
        every_s = self._every_s() or self._kind.pace.longest_s
        self._row = FeedRow(state=FeedState(name=name, every_s=every_s), kind=feed.kind, url=feed.url)
        self._remember(kept, newer)

    @property
    def kind(self) -> str:
        """As in the catalogue."""
        return self._feed.kind

    @property
    def state(self) -> FeedState:
        """How its asking stands; `checked` only of what is written."""
        return self._row.state

    # --- waiting ---

    async def run(self, asker: Asker, progress: Progress) -> None:
        """Ask until cancelled. A fault of our own is logged once, and counts as a failure."""
        await self._read_again()
        self._due_s = self._now_s() + self._first_s()
        while True:
            await self._until_due(progress)
            every_s = self._every_s()
            if every_s is None:  # thinned away; the tier is looked at again
                self._rest()
                self._due_s = self._now_s() + SIGN_EVERY_S * self._clock.rate
                continue
            try:
                wait_s = await self._turn(asker, every_s)
            except Exception as fault:  # whatever it is must not end the others, nor this one
                self._saying.once(f"{self.part}: a fault of this program: {type(fault).__name__}")
                log.debug("%s", self.part, exc_info=True)
                wait_s = self._failed(every_s, f"a fault of this program ({type(fault).__name__})", None)
            self._due_s = self._now_s() + max(wait_s, SHORTEST_REAL_S * self._clock.rate)

    def thin(self, tier: Tier, *, watched: bool = False) -> None:
        """Power has become scarcer, or plenty again; somebody has come to the screen, or gone."""
        if (tier, watched) == (self._tier, self._watched):
            return
        before = self._every_s()
        self._tier, self._watched = tier, watched
        every_s = self._every_s()
        if every_s is None:
            self._rest()
        elif every_s != before:
            self._set(every_s=every_s, resting=None)
            self._tell()
            wait_s = every_s if self._failures else max(0.0, every_s - self._asked_ago_s())
            wait_s = self._first_s() if before is None else wait_s  # all sites find their power back at once
            self._due_s = min(self._due_s, self._now_s() + wait_s)
            self._poke.set()

    def _rest(self) -> None:
        """Nobody is to think that it was tried in vain."""
        if self.state.resting is None:
            self._set(resting=self._moment())
            self._tell()

    def _asked_ago_s(self) -> float:
        """Product seconds since the last question of this boot; 0 when there was none."""
        tried, now = self.state.tried, self._moment()
        return (now.up_ms - tried.up_ms) / 1000 if tried is not None and tried.boot == now.boot else 0.0

    def network_back(self) -> None:
        """Somebody else was answered: is it the network that we missed too?"""
        if self._unheard:
            self._due_s = min(self._due_s, self._now_s() + polling.network_back_s(self._kind.pace, random.random()))  # noqa: S311
            self._poke.set()

    def _every_s(self) -> float | None:
        """Product seconds; never so short that a fast clock asks more than twice a real second."""
        night = polling.is_night(self._local())
        every_s = self._kind.pace.at(self._tier, self._feed.every_s, night=night, watched=self._watched)
        return None if every_s is None else max(every_s, SHORTEST_REAL_S * self._clock.rate)

    def _local(self) -> datetime | None:
        """The time on the wall at the site; None while no clock can be believed."""
        now = self._clock.read()
        known = now.wall_ms is not None and now.quality is not ClockQuality.UNSYNCED
        return datetime.fromtimestamp((now.wall_ms or 0) / 1000, PLACE) if known else None

    def _first_s(self) -> float:
        every_s = self._every_s() or 0.0
        checked, now = self.state.checked, self._moment()
        age_s = (now.up_ms - checked.up_ms) / 1000 if checked is not None and checked.boot == now.boot else None
        return polling.first_s(every_s, self._kind.pace, age_s, random.random())  # noqa: S311

    async def _until_due(self, progress: Progress) -> None:
        while True:
            progress.done(self.part)
            left_s = self._clock.real_seconds(self._due_s - self._now_s())
            if left_s <= 0:
                return
            self._poke.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left_s, SIGN_EVERY_S)):
                    await self._poke.wait()

    def _now_s(self) -> float:
        return self._clock.up_ms() / 1000

    def _moment(self) -> Moment:
        now = self._clock.read()
        return Moment(boot=now.boot, up_ms=now.up_ms, wall_ms=now.wall_ms, clock=now.quality)

    # --- asking ---

    async def _turn(self, asker: Asker, every_s: float) -> float:
        """Ask once and have it written; product seconds until the next time."""
        asked = self._moment()
        certain = 0 if asked.clock is ClockQuality.UNSYNCED else asked.wall_ms or 0
        self._set(tried=asked, every_s=every_s, resting=None, known_ms=max(self.state.known_ms, certain))
        try:
            reply = await asker.ask(self._question())
            self._unheard = False
            news = await self._take(reply, asked)
        except Failed as fault:
            self._unheard = not fault.reached
            return self._failed(every_s, str(fault), fault.retry_after_s)
        except BadAnswer as fault:
            return self._failed(every_s, f"the answer cannot be used: {self._without_key(str(fault))}", None)
        if self._failures:
            if self._failures >= LONG:
                self._saying.again(f"{self.part}: ")
            self._saying.once(f"{self.part}: answers again")
            self._reached(self.name)
        self._failures = 0
        self._tell(news=news)
        return polling.after_answer_s(every_s, self._kind.pace, reply.max_age_s, random.random())  # noqa: S311

    def _failed(self, every_s: float, why: str, retry_after_s: float | None) -> float:
        self._failures += 1
        self._saying.once(f"{self.part}: {why}; what is known is kept and it is tried again")
        self._set(fault=why)
        self._tell()
        return polling.after_failure_s(every_s, self._kind.pace, self._failures, retry_after_s, random.random())  # noqa: S311

    def _question(self) -> Question:
        held = self._row.body is not None and self._unchanged < ASK_WHOLE_EVERY
        return Question(
            url=self._feed.url,
            key=self._key(),
            etag=self._row.etag if held else "",
            modified=self._row.modified if held else "",
            body=None if self._kind.body is None else self._kind.body(self._here),
            content_type=self._kind.content_type,
            most_bytes=self._kind.most_bytes,
        )

    def _key(self) -> str:
        """Read anew each time, so that a new key needs no restart; raises Failed."""
        if not self._feed.key_file:
            return ""
        try:
            key = Path(self._feed.key_file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            key = ""
        if not key or len(key) > MAX_KEY or not key.isprintable():
            raise Failed("there is no usable key in key_file; check the path and who may read it")
        return key

    # --- what came ---

    async def _take(self, reply: Reply, asked: Moment) -> bool:
        """A good answer: is there anything new in it? Raises BadAnswer."""
        self._unchanged = self._unchanged + 1 if reply.body is None else 0
        true_at = before(asked, reply.age_s, self.state.checked)
        same = reply.body is None or (self._row.body is not None and reply.body == self._row.body)
        if same and self._waiting is None:
            self._set(checked=true_at, fault="")
            return False
        body = reply.body if reply.body is not None else self._row.body
        version, found = await self._read(body or b"")
        arrived = self._moment()
        folded = fold(self._kept, found.answer, arrived, whole=self._kind.whole) if found.answer else Folded()
        self._say_rejects(found.rejects)
        state = msgspec.structs.replace(self.state, checked=true_at, fault="", rejected=found.unread)
        row = FeedRow(
            state=state, kind=self._feed.kind, url=self._feed.url, body=body, etag=reply.etag, modified=reply.modified,
            parser=version, items=found.items,
        )  # fmt: skip
        if self._waiting is None and self._says_the_same(row, folded):
            self._row = row  # only its form has moved: the card is spared, an older body there means the same
            return False
        self._waiting = (_with(row, msgspec.structs.replace(state, changed=arrived)), folded)
        return self.flush()

    def _says_the_same(self, row: FeedRow, folded: Folded) -> bool:
        was = self._row
        facts = (was.parser, was.items, was.state.rejected) == (row.parser, row.items, row.state.rejected)
        return was.body is not None and facts and folded == Folded()

    def _say_rejects(self, rejects: tuple[Reject, ...]) -> None:
        for reject in rejects[:MOST_SAID]:
            self._saying.once(self._without_key(f"{self.part}: a record is left out: {reject.what}: {reject.why}"))
        if len(rejects) > MOST_SAID:
            self._saying.once(f"{self.part}: and {len(rejects) - MOST_SAID} more records")

    def _without_key(self, sentence: str) -> str:
        """A source may say our key back to us."""
        with contextlib.suppress(Failed):
            return without(sentence, self._key())
        return sentence

    def flush(self) -> bool:
        """Write what waits. Until that has worked the check does not count: what it found is not on the screen."""
        if self._waiting is None:
            return False
        row, folded = self._waiting
        if not self._shelf.write(lambda cache: cache.keep_feed(row, folded)):
            return False
        self._waiting = None
        self._row = row
        for kept in folded.changed:
            self._kept[key_of(kept.alert)] = kept
        for key in folded.dropped:
            self._kept.pop(key, None)
        self._tell(news=True)
        return True

    def write_all(self) -> None:
        """Into a cache that is another file than before."""
        everything = Folded(tuple(self._kept.values()))
        row = self._row
        self._shelf.write(lambda cache: cache.keep_feed(row, everything))
        self.flush()

    async def _read(self, body: bytes) -> tuple[int, Found]:
        """The parser's version and what it found; raises BadAnswer. What it choked on is let be for some minutes."""
        digest, (hung, until_s) = sha256(body).digest(), self._hung
        if digest == hung and self._now_s() < until_s:
            raise BadAnswer("it is the same one that could not be read before")
        try:
            read = await self._readings.read(self._feed.kind, body)
        except Choked:
            self._hung = digest, self._now_s() + CHOKED_S
            raise
        return read.version, read.found or Found(None)

    # --- what was known ---

    def _remember(self, kept: FeedRow | None, newer: FeedState | None) -> None:
        """As the last run left it. Another address is another source: nothing of it is known."""
        if kept is not None and (kept.url, kept.kind) != (self._feed.url, self._feed.kind):
            self._shelf.write(lambda cache: cache.forget_feed(self.name))
            kept = None
        if kept is None:
            row = self._row
            self._shelf.write(lambda cache: cache.keep_feed(row, Folded()))
            return
        alerts, lost = self._shelf.cache.alerts(self.name)
        self._kept = {key_of(one.alert): one for one in alerts}
        state = msgspec.structs.replace(latest(kept.state, newer), every_s=self._row.state.every_s)
        self._row = _with(kept, state)
        if lost:
            self._row = _with(kept, msgspec.structs.replace(state, checked=None), body=None)

    async def _read_again(self) -> None:
        """A new version reads what is kept, without the network; the check is as old as it was."""
        row = self._row
        try:
            if row.body is None or row.parser == await self._readings.version(self._feed.kind):
                return
            version, found = await self._read(row.body)
            folded = (
                fold(self._kept, found.answer, self._moment(), whole=self._kind.whole) if found.answer else Folded()
            )
            state = msgspec.structs.replace(row.state, rejected=found.unread)
            self._waiting = (_with(row, state, parser=version, items=found.items), folded)
            self.flush()
            log.info("%s: what is kept was read again by this version", self.part)
        except Exception as fault:  # what is kept stays as the older version read it, and is fetched anew
            self._saying.once(f"{self.part}: what is kept cannot be read again ({fault}); it is fetched anew")
            self._row = _with(row, row.state, body=None)

    def _set(self, **changes: object) -> None:
        self._row = _with(self._row, msgspec.structs.replace(self._row.state, **changes))


def before(asked: Moment, age_s: float, was: Moment | None) -> Moment | None:
    """When the answer was true: a cache on its way may have kept it. Older than this boot: nobody can tell."""
    age_ms = int(age_s * 1000)
    if not age_ms:
        return asked
    if age_ms > asked.up_ms:
        return was
    wall_ms = None if asked.wall_ms is None else max(0, asked.wall_ms - age_ms)
    return msgspec.structs.replace(asked, up_ms=asked.up_ms - age_ms, wall_ms=wall_ms)


def _with(row: FeedRow, state: FeedState, **changes: object) -> FeedRow:
    return replace(row, state=state, **changes)  # type: ignore[arg-type]
