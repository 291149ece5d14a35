"""What is old becomes small: samples turn into quarters of an hour, and the records that carried them go.

Events, receipts and gaps are never touched. Each step is one short transaction, so that nothing has to wait for it.
What a site tells later of a day that is summed up already is added to its sum.
"""

from itertools import groupby
from typing import Any

from sqlalchemy import Connection, text

from dashboard.core.site.quarters import DAY_MS, summed, together
from dashboard.core.site.series import Sample
from dashboard.io.store.chunks import packed, unpacked
from dashboard.io.store.database import Database
from dashboard.io.store.history import SUMMED

ROWS = 5000
_DAY = "site = :site and signal = :signal and device = :device and day = :day"


class Thinning:
    """The steps for one site. Each says how many rows went; 0: nothing is left to do. All raise StoreTrouble."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest_ms(self, site: str) -> int | None:
        """When the site made its newest sample."""
        with self._database.reading() as connection:
            asked = text("select max(wall_ms) from records where site = :site and stream = 'sample'")
            found = connection.execute(asked, {"site": site}).scalar()
        return None if found is None else int(found)

    def sum_up(self, site: str, before_ms: int) -> int:
        """Samples before a midnight (UTC) become quarters; one signal at a time."""
        with self._database.writing() as connection:
            signal = _old_signal(connection, site, before_ms)
            if signal is None:
                return 0
            of = {"site": site, "signal": signal, "before": before_ms, "most": ROWS}
            rows = connection.execute(
                text(
                    """select device, wall_ms, value from samples where site = :site and signal = :signal
                    and wall_ms < :before order by wall_ms limit :most"""
                ),
                of,
            ).all()
            if len(rows) == ROWS and rows[0][1] < rows[-1][1]:  # of one moment all or none
                rows = [row for row in rows if row[1] < rows[-1][1]]
            key = lambda row: (row[0], row[1] // DAY_MS)  # noqa: E731
            for (device, day), some in groupby(sorted(rows, key=key), key=key):
                _add(connection, {**of, "device": device, "day": day}, [Sample(row[1], row[2]) for row in some])
            connection.execute(
                text("delete from samples where site = :site and signal = :signal and wall_ms <= :last"),
                {**of, "last": rows[-1][1]},
            )
            return len(rows)

    def forget_records(self, site: str, before_ms: int) -> int:
        """Sample records that are confirmed and summed up go, but for those at the edge of a gap, which date it."""
        with self._database.writing() as connection:
            marks = connection.execute(
                text("select run, mark from marks where site = :site and stream = 'sample' order by run"),
                {"site": site},
            ).all()
            for run, mark in marks:
                went = _forget_run(connection, {"site": site, "run": run, "mark": mark, "before": before_ms})
                if went:
                    return went
            return 0

    def forget_history(self, site: str, before_ms: int) -> int:
        """What is older than anybody wants to see."""
        of = {"site": site, "before": before_ms, "day": before_ms // DAY_MS}
        with self._database.writing() as connection:
            for asked in (
                "delete from quarters where site = :site and day < :day",
                "delete from judged where site = :site and wall_ms < :before",
            ):
                connection.execute(text(asked), of)
        return 0


def _forget_run(connection: Connection, of: dict[str, Any]) -> int:
    """Old confirmed samples of one run, some at a time."""
    edges = {
        seq
        for first, last in connection.execute(
            text(
                """select first, seq from records where site = :site and stream = 'sample' and kind = 'gap'
                and run = :run"""
            ),
            of,
        )
        for seq in (first - 1, last + 1)
    }
    rows = connection.execute(
        text(
            """select number, seq, wall_ms from records where site = :site and stream = 'sample' and run = :run
            and wall_ms < :before and kind in ('sample', 'remembered') and seq <= :mark order by wall_ms limit :most"""
        ),
        {**of, "most": ROWS + len(edges)},
    ).all()
    old = [row for row in rows if row[1] not in edges]
    if old:
        _prove(connection, of["site"], of["run"], [row[2] for row in old])
        connection.execute(text("delete from records where number = :number"), [{"number": row[0]} for row in old])
    return len(old)


def _old_signal(connection: Connection, site: str, before_ms: int) -> str | None:
    """The first signal with samples before that time; found by leaps, for a site has a hundred signals."""
    signal = ""
    while True:
        found = connection.execute(
            text("select min(signal) from samples where site = :site and signal > :signal"),
            {"site": site, "signal": signal},
        ).scalar()
        if found is None:
            return None
        signal = str(found)
        oldest = connection.execute(
            text("select min(wall_ms) from samples where site = :site and signal = :signal"),
            {"site": site, "signal": signal},
        ).scalar()
        if oldest is not None and oldest < before_ms:
            return signal


def _add(connection: Connection, of: dict[str, Any], samples: list[Sample]) -> None:
    held = connection.execute(text(f"select body from quarters where {_DAY}"), of).scalar()  # noqa: S608
    new = summed(samples)
    body = packed(new if held is None else together(unpacked(held), new))
    connection.execute(
        text(
            """insert into quarters (site, signal, device, day, body) values (:site, :signal, :device, :day, :body)
            on conflict (site, signal, device, day) do update set body = excluded.body"""
        ),
        {**of, "body": body},
    )


def _prove(connection: Connection, site: str, run: str, walls: list[int]) -> None:
    """The run was alive between its first and its last sample, also when they are gone."""
    of = {"site": site, "run": run, "stream": SUMMED}
    held = connection.execute(
        text("select from_ms, until_ms from proofs where site = :site and run = :run and stream = :stream"), of
    ).all()
    first = min([*walls, *(row[0] for row in held)])
    last = max([*walls, *(row[1] for row in held)])
    connection.execute(text("delete from proofs where site = :site and run = :run and stream = :stream"), of)
    connection.execute(
        text("insert into proofs values (:site, :run, :stream, :first, :last)"), {**of, "first": first, "last": last}
    )
