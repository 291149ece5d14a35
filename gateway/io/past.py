"""What the box holds of the past, for the page beside it: asked for by a wish, read beside whoever writes, told once.

Nothing is written for it. One wish at a time; of those that come meanwhile the newest waits.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec

from contract import topics
from contract.messages import encode
from contract.past import MOST_EVENTS, MOST_LINES, Past, PastEvent, PastLine, PastWish
from contract.records import Record
from contract.wire import Moment
from contract.words import ClockQuality, Event, Status
from doors.broker import LinkDown
from gateway.core import announce
from gateway.core.facts import Facts
from gateway.core.site import Now
from gateway.io.history import history
from gateway.io.mqtt import Pictures
from gateway.io.outbox import STATUS_OF
from gateway.io.store import Store
from gateway.io.store_file import open_to_read, row_crc

log = logging.getLogger(__name__)

PAUSE_S = 0.3
"""Real seconds between two answers: whoever asks without end takes no more of the box than this leaves."""
NEWEST, OF_A_KIND = 60, 25
"""Events told: the newest of all kinds, and of these two always so many."""
TOLD = (Event.RUN_ENDED, Event.OUTAGE_ENDED)
MOST_BODIES = 96 * 1024
"""Bytes of events in one answer; the lines of a year take about as much."""
Told = tuple[tuple[PastLine, ...], tuple[PastEvent, ...]]
EVENT_COLUMNS = "id, run, seq, kind, boot, up_ms, wall_ms, clock, body, crc"


class PastTeller:
    """Answers wishes, for as long as the gateway runs."""

    def __init__(self, store: Store, road: Pictures, facts: Facts, now: Callable[[], Now]) -> None:
        self._store = store
        self._road = road
        self._facts = facts
        self._now = now
        self._wish: PastWish | None = None
        self._wake = asyncio.Event()

    def ask(self, wish: PastWish) -> None:
        """It is answered soon, unless another comes before."""
        self._wish = wish
        self._wake.set()

    async def run(self) -> None:
        """Serve until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            wish, self._wish = self._wish, None
            if wish is not None:
                await self._answer(wish)
                await asyncio.sleep(PAUSE_S)

    async def _answer(self, wish: PastWish) -> None:
        head, store = announce.head(self._facts, self._now()), self._store
        answer = Past(head=head, wish=wish.id, trouble=True)
        try:
            lines, events = await asyncio.to_thread(past_of, store.path, wish, self._facts, store.stands_in_for)
            answer = Past(head=head, wish=wish.id, lines=lines, events=events)
        except (sqlite3.Error, msgspec.MsgspecError, OSError) as fault:
            log.warning("the past could not be read: %s", fault)
        try:
            await self._road.say(topics.past(self._facts.site), encode(answer), retain=False)
        except LinkDown as fault:
            log.info("the past was asked for, and nobody is there to hear it: %s", fault)


def past_of(path: Path, wish: PastWish, facts: Facts, before: Path | None = None) -> Told:
    """Lines and events of a store, on a connection of its own; raises sqlite3.Error, msgspec.MsgspecError, OSError.

    `before`: the store whose disk takes nothing, while `path` lies in memory: it may still be read.
    """
    new = _told(open_to_read(path), wish, facts)
    if before is None or not before.exists():
        return new
    return _joined(_told(open_to_read(before, alone=True), wish, facts), new)


def _told(db: sqlite3.Connection, wish: PastWish, facts: Facts) -> Told:
    with closing(db):
        lines = (_line(db, device, signal, wish) for device, signal in _series(db, wish, facts))
        known = tuple(one for one in lines if any(low is not None for low in one.low))
        return known[:MOST_LINES], _events(db, simulated=facts.simulated)


def _joined(old: Told, new: Told) -> Told:
    """Two stores that hold different polls and different runs; of their events the newest, as far as there is room."""
    lines = {(one.device, one.signal): one for one in old[0]}
    for one in new[0]:
        was = lines.get((one.device, one.signal), one)
        lines[one.device, one.signal] = PastLine(
            device=one.device, signal=one.signal,
            low=tuple(map(partial(_of_both, min), was.low, one.low)),
            high=tuple(map(partial(_of_both, max), was.high, one.high)),
        )  # fmt: skip
    events: list[PastEvent] = []
    room = MOST_BODIES
    for event in reversed((*old[1], *new[1])):
        room -= len(msgspec.json.encode(event.record.body))
        if room < 0 or len(events) == MOST_EVENTS:
            break
        events.append(event)
    return tuple(lines.values())[:MOST_LINES], tuple(reversed(events))


def _of_both(choose: Callable[[float, float], float], one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return one if other is None else other
    return choose(one, other)


def _series(db: sqlite3.Connection, wish: PastWish, facts: Facts) -> list[tuple[str, str]]:
    """(device, signal) of today's devices, also where nothing was summed up yet, and of those that were here before."""
    today = [(one.name, signal) for one in facts.devices for signal in wish.signals if signal in one.signals]
    marks = ", ".join("?" * len(wish.signals))
    before = db.execute(
        f"SELECT device, signal FROM series WHERE signal IN ({marks}) ORDER BY signal, device LIMIT ?",  # noqa: S608
        (*wish.signals, MOST_LINES),
    )
    return list(dict.fromkeys([*today, *before.fetchall()]))[: 2 * MOST_LINES]


def _line(db: sqlite3.Connection, device: str, signal: str, wish: PastWish) -> PastLine:
    until_ms = wish.from_ms + wish.step_ms * wish.count
    low: list[float | None] = [None] * wish.count
    high: list[float | None] = [None] * wish.count
    for point in history(db, device, signal, wish.from_ms, until_ms, wish.count).points:
        place = (point.from_ms - wish.from_ms) // wish.step_ms
        low[place], high[place] = point.low, point.high
    return PastLine(device=device, signal=signal, low=tuple(low), high=tuple(high))


def _events(db: sqlite3.Connection, *, simulated: bool) -> tuple[PastEvent, ...]:
    """The newest last; a row that has changed on the disk is left out."""
    newest = f"SELECT {EVENT_COLUMNS} FROM events ORDER BY id DESC LIMIT ?"  # noqa: S608
    rows = {row[0]: row for row in db.execute(newest, (NEWEST,))}
    for kind in TOLD:
        of_kind = f"SELECT {EVENT_COLUMNS} FROM events WHERE kind = ? ORDER BY id DESC LIMIT ?"  # noqa: S608
        rows |= {row[0]: row for row in db.execute(of_kind, (kind.value, OF_A_KIND))}
    found: list[PastEvent] = []
    room, meant = MOST_BODIES, _statuses(db)
    for _, *fields, body, crc in sorted(rows.values(), reverse=True)[:MOST_EVENTS]:
        if crc is not None and row_crc(body, *fields) != crc:
            continue
        room -= len(body)
        if room < 0:
            break
        found.append(_event(fields, body, meant.get(fields[0], Status.ACTUAL), simulated=simulated))
    return tuple(reversed(found))


def _statuses(db: sqlite3.Connection) -> dict[str, Status]:
    """Runs that were not meant in earnest."""
    rows = db.execute("SELECT name, body FROM kept WHERE name LIKE ?", (f"{STATUS_OF}%",))
    return {name.removeprefix(STATUS_OF): Status(bytes(body).decode()) for name, body in rows}


def _event(fields: list[str | int | None], body: bytes, status: Status, *, simulated: bool) -> PastEvent:
    run, seq, kind, boot, up_ms, wall_ms, clock = fields
    at = Moment(boot=str(boot), up_ms=int(up_ms or 0), wall_ms=None if wall_ms is None else int(wall_ms),
                clock=ClockQuality(str(clock)))  # fmt: skip
    record = Record(
        seq=int(seq or 1), kind=str(kind), at=at, status=status, simulated=simulated,
        body=msgspec.json.decode(body, type=dict),
    )  # fmt: skip
    return PastEvent(run=str(run), record=record)
