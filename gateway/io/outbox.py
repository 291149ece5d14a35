"""Records that wait for the centre. Only its mark lets one go; what cannot be sent any more is told as a gap."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any
from zlib import crc32

import msgspec

from contract.messages import MAX_MESSAGE
from contract.records import MAX_RECORDS, GapBody, Record
from contract.words import Event, Status, Stream
from gateway.core.pipeline import Numbered
from gateway.core.site import Now
from gateway.io.retelling import Head, Key, Lost, heads_of, rows_again
from gateway.io.store_file import COLUMNS, StoreFile, row_crc

STREAMS = (Stream.EVENT, Stream.RECEIPT, Stream.SAMPLE)
MAX_BATCH_BYTES = 128 * 1024
"""Of bodies in one batch: a batch must stay well below what a reader takes as one message."""
STATUS_OF = "status of run "
"""Name under which it is kept what a run was meant as, where that was not in earnest."""
MAX_ALONE_BYTES = MAX_MESSAGE - 8 * 1024
"""Of one body: together with its envelope it is the largest message that anybody takes."""


class Outbox(StoreFile):
    """The part of the store whose rows are numbered by place: never twice, also when all before has gone."""

    _place: int
    _meant: tuple[str, int]
    """Status and simulated, as it is written into each record."""

    def _put_records(self, records: Iterable[tuple[Numbered, Now]]) -> None:
        created: dict[Stream, int] = {}
        last: dict[tuple[str, Stream], int] = {}
        for record, now in records:
            one = self._put_record(record, now)
            count = 1
            if one.kind == Event.GAP:  # records that were numbered, and given up before they found room on the disk
                count = one.seq + 1 - msgspec.convert(one.body, GapBody).first
                self._count(f"gaps.{one.stream.value}", count)
            created[one.stream] = created.get(one.stream, 0) + count
            last[now.run, one.stream] = one.seq
        for stream, count in created.items():
            self._count(f"created.{stream.value}", count)
        for (run, stream), seq in last.items():
            self._db.execute(
                "INSERT INTO heads VALUES (?, ?, ?, 0) ON CONFLICT DO UPDATE SET last = MAX(last, excluded.last)",
                (run, stream.value, seq),
            )
        if created:
            self._book_place()
        if self._meant[0] != Status.ACTUAL:
            self._note_status({run for run, _ in last})

    def _note_status(self, runs: set[str]) -> None:
        """Once for each run: what stands there already costs the card nothing."""
        body = self._meant[0].encode()
        for run in runs:
            self._db.execute("INSERT OR IGNORE INTO kept VALUES (?, ?, ?)", (f"{STATUS_OF}{run}", body, crc32(body)))

    def _book_place(self) -> None:
        self._db.execute("UPDATE tallies SET count = ? WHERE name = 'place'", (self._place,))

    def _put_record(self, one: Numbered, now: Now) -> Numbered:
        """Keep it until the centre has it; returns what will be sent."""
        body = msgspec.json.encode(one.body)
        if len(body) > MAX_ALONE_BYTES and one.kind != Event.GAP:
            one = self._gap_for(one, now, body)
            body = msgspec.json.encode(one.body)
        moment = (now.boot, now.up_ms, now.wall_ms, now.clock.value)
        self._place += 1
        put_row(self._db, self._place, (now.run, one.stream.value, one.seq, one.kind, *moment, *self._meant), body)
        if one.stream is Stream.EVENT and one.kind != Event.GAP:
            self._put_event(one, now, body)
        return one

    def _put_event(self, one: Numbered, now: Now, body: bytes) -> None:
        fields = (now.run, one.seq, one.kind, now.boot, now.up_ms, now.wall_ms, now.clock.value)
        self._db.execute(
            "INSERT INTO events (run, seq, kind, boot, up_ms, wall_ms, clock, body, crc)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*fields, body, row_crc(body, *fields)),
        )

    def _gap_for(self, one: Numbered, now: Now, body: bytes) -> Numbered:
        """A record too large for any message: a gap goes in its place and says so, what it was stays in the store."""
        if one.stream is Stream.EVENT:
            self._put_event(one, now, body)
        else:
            name = f"too large: {one.stream.value}"  # the newest of its stream: a fault of ours that must be looked at
            self._put(name, body)
        return Numbered(one.stream, one.seq, Event.GAP, too_large(one.seq, _why_too_large(body)))

    def confirm(self, run: str, stream: Stream, seq: int) -> int:
        """The centre holds everything up to `seq`: forget it. Returns how many records went; raises StoreFault."""
        with self._telling(), self._db:
            return self._forget_rows(run, stream, seq)

    def _forget_rows(self, run: str, stream: Stream, seq: int) -> int:
        mine = (run, stream.value, seq)
        gone = self._db.execute("SELECT kind FROM outbox WHERE run = ? AND stream = ? AND seq <= ?", mine).fetchall()
        if gone:
            self._db.execute("DELETE FROM outbox WHERE run = ? AND stream = ? AND seq <= ?", mine)
            self._count(f"confirmed.{stream.value}", sum(kind != Event.GAP for (kind,) in gone))
            self._db.execute(
                "UPDATE heads SET confirmed = MAX(confirmed, MIN(last, ?3)) WHERE run = ?1 AND stream = ?2", mine
            )
        return len(gone)

    def heads(self) -> dict[Key, Head]:
        """What the centre has confirmed, by run and stream; raises StoreFault."""
        with self._reading() as db:
            return heads_of(db)

    def tell_again(self, lost: Sequence[Lost], now: Now) -> int:
        """Let wait again what the centre has lost, before all of its run that waits; raises StoreFault.

        Returns how many records, gaps too. A hole stays booked as confirmed: the centre had it once.
        """
        told, place = 0, self._place
        with self._telling():
            try:
                with self._db:
                    for one in lost:
                        told += self._tell_again(one, now)
                    self._book_place()
            except BaseException:
                self._place = place
                raise
        return told

    def _tell_again(self, lost: Lost, now: Now) -> int:
        mine = (lost.run, lost.stream.value)
        found = self._db.execute("SELECT confirmed FROM heads WHERE run = ? AND stream = ?", mine).fetchone()
        rows = rows_again(self._db, lost, found[0], now) if found else []
        first = self._room_before(*mine, len(rows)) if rows else 0
        back = 0
        status = self._status_of(lost.run)
        for place, row in enumerate(rows, first):
            kind, body = row.kind, row.body
            if kind != Event.GAP and len(body) > MAX_ALONE_BYTES:
                kind, body = Event.GAP.value, msgspec.json.encode(too_large(row.seq, _why_too_large(body)))
            back += kind != Event.GAP
            moment = (row.boot, row.up_ms, row.wall_ms, row.clock)
            put_row(self._db, place, (*mine, row.seq, kind, *moment, status, self._meant[1]), body)
        if rows:
            self._db.execute("UPDATE heads SET confirmed = ? WHERE run = ? AND stream = ?", (lost.mark, *mine))
            self._count(f"confirmed.{lost.stream.value}", -back)
        return len(rows)

    def _room_before(self, run: str, stream: str, count: int) -> int:
        """The first of so many places before all that waits of a run and stream: those that its confirmed ones had.

        Where others stand there, what waits of it moves behind all.
        """
        top = self._place
        mine = (run, stream)
        (low,) = self._db.execute("SELECT MIN(place) FROM outbox WHERE run = ? AND stream = ?", mine).fetchone()
        if low is None:
            self._place += count
            return top + 1
        (before,) = self._db.execute("SELECT COALESCE(MAX(place), 0) FROM outbox WHERE place < ?", (low,)).fetchone()
        if low - before > count:
            return int(low - count)
        self._db.execute(
            "UPDATE outbox SET place = -place - ? WHERE run = ? AND stream = ?", (top + count - low + 1, *mine)
        )
        self._db.execute("UPDATE outbox SET place = -place WHERE place < 0")
        self._place = self._db.execute("SELECT MAX(place) FROM outbox").fetchone()[0]
        return top + 1

    def _status_of(self, run: str) -> str:
        """What the records of a run were meant as: one and the same in a run, and noted where it was not in earnest."""
        noted = self._db.execute("SELECT body FROM kept WHERE name = ?", (f"{STATUS_OF}{run}",)).fetchone()
        waits = self._db.execute("SELECT status FROM outbox WHERE run = ? LIMIT 1", (run,)).fetchone()
        return str(waits[0]) if waits else bytes(noted[0]).decode() if noted else Status.ACTUAL.value

    def covered(self, run: str, stream: Stream, seq: int) -> int:
        """How many waiting records a mark would let go; raises StoreFault."""
        with self._reading() as db:
            row = db.execute(
                "SELECT COUNT(*) FROM outbox WHERE run = ? AND stream = ? AND seq <= ?", (run, stream.value, seq)
            )
            return int(row.fetchone()[0])

    def thin(self, keep: int, now: Now) -> int:
        """More than `keep` wait: the oldest samples become one gap record per run.

        Returns how many rows that freed; raises StoreFault.
        """
        freed = 0
        with self._telling():
            while (excess := self._db.execute("SELECT COUNT(*) FROM outbox").fetchone()[0] - keep) > 0:
                went = self._thin_a_run(excess + 1, now)
                if not went:
                    break
                freed += went
        return freed

    def _thin_a_run(self, most: int, now: Now) -> int:
        """The oldest run that still has two rows of samples. The gap stands where the last of them stood."""
        row = self._db.execute(
            "SELECT run, MIN(seq), MAX(seq), MAX(place), COUNT(*) FROM"
            " (SELECT run, seq, place FROM outbox WHERE stream = 'sample' AND run ="
            "  (SELECT run FROM outbox WHERE stream = 'sample' GROUP BY run HAVING COUNT(*) > 1"
            "   ORDER BY MIN(place) LIMIT 1) ORDER BY seq LIMIT ?)",
            (most,),
        ).fetchone()
        if row[0] is None:
            return 0
        run, first, last, place, count = row
        with self._db:
            old = self._db.execute(
                "SELECT body FROM outbox WHERE run = ? AND stream = 'sample' AND seq BETWEEN ? AND ? AND kind = 'gap'",
                (run, first, last),
            ).fetchall()
            begin = min([first, *(msgspec.json.decode(body, type=GapBody).first for (body,) in old)])
            body = msgspec.json.encode(GapBody(first=begin, last=last, why="too many records were waiting"))
            self._db.execute(
                "DELETE FROM outbox WHERE run = ? AND stream = 'sample' AND seq BETWEEN ? AND ?", (run, first, last)
            )
            moment = (now.boot, now.up_ms, now.wall_ms, now.clock.value)
            put_row(self._db, place, (run, "sample", last, "gap", *moment, *self._meant), body)
            self._count("gaps.sample", count - len(old))
        return int(count) - 1

    def waiting(self, stream: Stream, after: int, limit: int = MAX_RECORDS) -> list[tuple[int, str, Record]]:
        """Records of one run that wait behind place `after`, oldest first: (place, run, record); raises StoreFault.

        At most `limit`, and no more bytes than fit into one message.
        """
        found: list[tuple[int, str, Record]] = []
        room = MAX_BATCH_BYTES
        with self._reading() as db:
            rows = db.execute(
                "SELECT place, run, seq, kind, status, simulated, boot, up_ms, wall_ms, clock, body FROM outbox"
                " WHERE stream = ? AND place > ? ORDER BY place LIMIT ?",
                (stream.value, after, limit),
            )
            for place, run, *rest in rows:
                room -= len(rest[-1])
                if found and (run != found[0][1] or room < 0):
                    break
                found.append((place, run, _record(rest)))
        return found

    def oldest(self, stream: Stream) -> int | None:
        """Place of the record that has waited longest; raises StoreFault."""
        with self._reading() as db:
            row = db.execute("SELECT MIN(place) FROM outbox WHERE stream = ?", (stream.value,)).fetchone()
        return None if row[0] is None else int(row[0])

    def under_way(self, stream: Stream, sent: int) -> int:
        """How many records up to place `sent` wait; raises StoreFault."""
        with self._reading() as db:
            row = db.execute("SELECT COUNT(*) FROM outbox WHERE stream = ? AND place <= ?", (stream.value, sent))
            return int(row.fetchone()[0])


def _why_too_large(body: bytes) -> str:
    return f"a record of {len(body)} bytes is too large to be sent; it lies in the store of the site"


def too_large(seq: int, why: str) -> dict[str, Any]:
    """The body of the gap that is sent in place of a record that can never be."""
    return {"first": seq, "last": seq, "why": why}


def put_row(db: sqlite3.Connection, place: int, fields: tuple[str | int | None, ...], body: bytes) -> None:
    """One row of the outbox; `fields` in the order of COLUMNS."""
    db.execute(
        f"INSERT INTO outbox (place, {COLUMNS}, body, crc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (place, *fields, body, row_crc(body, *fields)),
    )


def _record(row: Sequence[Any]) -> Record:
    """A row of the outbox as it travels. What it was meant as when it was written stays, whatever is meant today."""
    seq, kind, status, simulated, boot, up_ms, wall_ms, clock, body = row
    at = {"boot": boot, "up_ms": up_ms, "wall_ms": wall_ms, "clock": clock}
    tree = {
        "seq": seq, "kind": kind, "at": at, "status": status, "simulated": bool(simulated),
        "body": msgspec.json.decode(body),
    }  # fmt: skip
    return msgspec.convert(tree, Record)
