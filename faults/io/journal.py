"""What was committed, read from outside out of the programs' own files while they run, and written down for good.

A row is visible to another process only when its transaction is over: with synchronous=FULL it is on the disk then.
That holds while its writer lives. Once it is killed, whoever opens the file next takes the whole journal for committed,
also what was written and not yet synced, so such a look counts for nothing (`still`).
Every look opens the file anew and lets it go, so that a mount under it can be taken away.
"""

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from faults.core.books import Key, Row, digest

MOST = 5000
"""Rows in one look."""


class Unreadable(OSError):
    """A file that cannot be read now."""


class Journal:
    """The append-only notes about one gateway's store."""

    def __init__(self, store: Path, notes: Path) -> None:
        self._store = store
        self._notes = notes
        self._place = 0
        self.seen: dict[Key, int] = {}
        """The highest number of each run and stream that was ever seen anywhere."""
        self.digests: dict[tuple[str, str, int], str] = {}
        self.looks = 0
        self._on_disk: set[str] = set()
        """Runs that were ever seen in the file."""
        self._gone: set[str] = set()
        """Runs that were never on the disk, and went with the memory they lay in."""
        self.answers_gone: set[str] = set()
        """Orders whose answer went with such a run."""

    def look(self, still: Callable[[], bool] = lambda: True) -> None:
        """Note what is new. A file that cannot be read now is looked at the next time.

        `still`, asked after reading: does the program that writes it still run, not killed meanwhile?
        """
        try:
            with _reading(self._store) as db:
                rows = db.execute(
                    "SELECT place, run, stream, seq, kind, body FROM outbox WHERE place > ? ORDER BY place LIMIT ?",
                    (self._place, MOST),
                ).fetchall()
                heads = db.execute("SELECT run, stream, last FROM heads").fetchall()
        except OSError:
            return
        if not still():
            return
        self.looks += 1
        new = []
        for place, run, stream, seq, kind, body in rows:
            self._place = place
            with contextlib.suppress(ValueError):
                mark = digest(kind, json.loads(body)) if kind != "gap" else ""
                if mark and self.digests.setdefault((run, stream, seq), mark) == mark:
                    new.append((run, stream, seq, mark))
                self.heard(run, stream, seq)
        for run, stream, last in heads:
            self._on_disk.add(run)
            self.heard(run, stream, last)
        if new:
            with self._notes.open("a", encoding="utf-8") as notes:
                notes.writelines(json.dumps(one) + "\n" for one in new)

    def heard(self, run: str, stream: str, seq: int) -> None:
        """A number that was seen, here or on the wire."""
        if run not in self._gone and seq > self.seen.get((run, stream), 0):
            self.seen[run, stream] = seq

    def give_up(self, store: Path, sent: Mapping[Key, int] | None = None) -> int:
        """A store goes for good: one in memory when the power goes, or the card of a second box that is taken away.

        What it numbered in runs that this journal's own file never held is owed as far as the centre has confirmed it,
        or as far as it was `sent`; returns how many records are owed to nobody. Answers among them are `answers_gone`.
        """
        try:
            with _reading(store) as db:
                heads = db.execute("SELECT run, stream, last, confirmed FROM heads").fetchall()
                answers = db.execute(
                    "SELECT run, seq, body FROM outbox WHERE kind IN ('order_done', 'order_refused')"
                ).fetchall()
        except OSError:
            return 0
        given_up = 0
        for run, stream, last, confirmed in heads:
            if run not in self._on_disk:
                self._gone.add(run)
                owed = self.seen[run, stream] = max(confirmed, (sent or {}).get((run, stream), 0))
                given_up += last - owed
        self.answers_gone |= {
            _order_of(body)
            for run, seq, body in answers
            if run in self._gone and seq > self.seen.get((run, "event"), 0)
        }
        return given_up

    def waiting(self) -> int | None:
        """How many records wait for the centre; None when the file cannot be read."""
        try:
            with _reading(self._store) as db:
                return int(db.execute("SELECT COUNT(*) FROM outbox WHERE seq > 0").fetchone()[0])
        except OSError:
            return None


class Receipts:
    """Proofs of display: what the screen has written into its log, and kept, is to come to the centre.

    Each is (bulletin, serial); the log is only ever appended to.
    """

    def __init__(self, log: Path) -> None:
        self._log = log
        self.seen: set[tuple[str, int]] = set()

    def look(self) -> None:
        """Note what is new; a line that was cut in the middle was never kept."""
        with contextlib.suppress(OSError):
            for line in self._log.read_bytes().split(b"\n")[:-1]:
                with contextlib.suppress(ValueError, KeyError, TypeError):
                    drawn = json.loads(line)
                    self.seen.add((str(drawn["bulletin"]), int(drawn["serial"])))


def at_centre(store: Path, site: str) -> list[Row]:
    """All records of a site that the centre holds; raises OSError."""
    with _reading(store) as db:
        rows = db.execute(
            "SELECT run, stream, first, seq, number, kind, body FROM records WHERE site = ? ORDER BY number", (site,)
        ).fetchall()
    return [
        Row(run=run, stream=stream, first=first, seq=seq, number=number, gap=kind == "gap",
            digest=digest(kind, json.loads(body)))
        for run, stream, first, seq, number, kind, body in rows
    ]  # fmt: skip


def spans_at_centre(store: Path, site: str) -> list[Row]:
    """The same without what they say, quick enough to ask often."""
    with _reading(store) as db:
        rows = db.execute("SELECT run, stream, first, seq, number FROM records WHERE site = ?", (site,)).fetchall()
    return [
        Row(run=run, stream=stream, first=first, seq=seq, number=number, gap=False, digest="")
        for run, stream, first, seq, number in rows
    ]


def answers_at_centre(store: Path, site: str) -> tuple[set[str], set[tuple[str, int]]]:
    """Orders that the site has answered, and receipts (bulletin, serial), both from the records themselves."""
    with _reading(store) as db:
        orders = db.execute(
            "SELECT body FROM records WHERE site = ? AND kind IN ('order_done', 'order_refused')", (site,)
        ).fetchall()
        receipts = db.execute("SELECT body FROM records WHERE site = ? AND stream = 'receipt'", (site,)).fetchall()
    told = [json.loads(body) for (body,) in receipts]
    return (
        {_order_of(body) for (body,) in orders},
        {(str(one["bulletin"]), int(one["serial"])) for one in told if "bulletin" in one and "serial" in one},
    )


def _order_of(body: str | bytes) -> str:
    return str(json.loads(body).get("order", ""))


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    if not path.exists():
        raise FileNotFoundError(path)
    try:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2.0)
        db.text_factory = lambda data: data.decode("utf-8", "replace")
        try:
            yield db
        finally:
            db.close()
    except sqlite3.Error as fault:
        raise Unreadable(f"{path}: {fault}") from fault
