"""What the store holds of a site's past: its power events, when it was heard, what it judged, and its samples."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, text

from contract.words import Power, Status, Stream
from dashboard.core.site.events import Stored
from dashboard.core.site.knowledge import Proof, Span
from dashboard.core.site.quarters import DAY_MS, Quarter
from dashboard.core.site.series import Held, Sample
from dashboard.core.site.timeline import POWER_KINDS, Told
from dashboard.io.store.chunks import unpacked
from dashboard.io.store.database import Database

LIVE, SUMMED = "live", "sample"
SIMULATED = "simulated"
MOST_EVENTS = 20_000
_KINDS = ", ".join(f"'{kind.value}'" for kind in POWER_KINDS)

_SAMPLES = """select device, wall_ms, value from samples where site = :site and signal = :signal
    and wall_ms >= :begin and wall_ms <= :end order by wall_ms"""
_RANGES = """select device, first, last, low, high, (select max(value) from samples where site = :site
    and signal = :signal and wall_ms = part.last and device = part.device) from (
    select device, min(wall_ms) as first, max(wall_ms) as last, min(value) as low, max(value) as high from samples
    where site = :site and signal = :signal and wall_ms >= :begin and wall_ms <= :end
    group by device, wall_ms / :step) as part order by first"""


class Judged(NamedTuple):
    """What a site said of itself when it was heard: power, hours of fuel left, usable litres."""

    wall_ms: int
    run: str
    power: str
    frame: str
    low_h: float | None
    high_h: float | None
    usable_l: float | None


class Past(NamedTuple):
    """All that the timeline of a site rests on. `undated`: power events without a known time."""

    told: list[Told]
    proofs: list[Proof]
    holes: list[Span]
    undated: int


class Measured(NamedTuple):
    """One signal of one device: its samples or ranges of them, and the days that are summed up (days since 1970)."""

    signal: str
    device: str
    samples: list[Sample]
    days: list[tuple[int, list[Quarter]]]
    ranges: list[Held]


class _Power(msgspec.Struct):
    power: Power
    was: Power


class History:
    """Questions about the past of a site; each is one consistent view. All raise StoreTrouble."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def past(self, site: str, begin_ms: int, end_ms: int) -> Past:
        """Power events from the last one before `begin_ms` on, and the times in which the runs were alive."""
        asked = {"site": site, "begin": begin_ms, "end": end_ms, "most": MOST_EVENTS}
        of = f"site = :site and stream = 'event' and kind in ({_KINDS})"
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    f"""select wall_ms, kind, status, simulated, body from records where {of} and wall_ms <= :end
                    and wall_ms >= coalesce((select max(wall_ms) from records where {of} and wall_ms < :begin), 0)
                    order by wall_ms desc, number desc limit :most"""  # noqa: S608
                ),
                asked,
            ).all()
            undated = connection.execute(
                text(f"select count(*) from records where {of} and wall_ms is null"),  # noqa: S608
                asked,
            ).scalar_one()
            proofs = _alive(connection, site)
            holes = _holes(connection, site, Stream.EVENT)
        told = [_told(*row) for row in reversed(rows)]
        return Past(told, proofs, holes, int(undated))

    def sampled(self, site: str) -> tuple[list[Proof], list[Proof], list[Span]]:
        """Times in which the runs told samples; in which they were heard; and where samples are missing."""
        with self._database.reading() as connection:
            told = _spans_of(connection, site, (Stream.SAMPLE,)) + _proofs(connection, site, SUMMED)
            return told, _proofs(connection, site, LIVE), _holes(connection, site, Stream.SAMPLE)

    def measured(
        self, site: str, signals: Iterable[str], begin_ms: int, end_ms: int, *, range_ms: int = 0
    ) -> list[Measured]:
        """Signals from `begin_ms` on, by device; nothing of signals that were never told of.

        `range_ms`: ranges of this length instead of each sample, which is enough for anything longer than a day.
        """
        found: dict[tuple[str, str], Measured] = {}
        with self._database.reading() as connection:
            for signal in signals:
                asked = {
                    "site": site,
                    "signal": signal,
                    "begin": begin_ms,
                    "end": end_ms,
                    "day": begin_ms // DAY_MS,
                    "step": range_ms,
                }
                rows = connection.execute(text(_RANGES if range_ms else _SAMPLES), asked).all()
                for device in {row[0] for row in rows}:
                    one, told = _of(found, signal, device), [row[1:] for row in rows if row[0] == device]
                    one.ranges.extend(map(Held._make, told)) if range_ms else one.samples.extend(
                        map(Sample._make, told)
                    )
                for device, day, body in connection.execute(
                    text(
                        """select device, day, body from quarters where site = :site and signal = :signal
                        and day >= :day order by device, day"""
                    ),
                    asked,
                ):
                    _of(found, signal, device).days.append((day, unpacked(body)))
        return list(found.values())

    def newest_sample_ms(self, site: str, signal: str) -> int | None:
        """When a signal's newest sample was made."""
        with self._database.reading() as connection:
            asked = text("select max(wall_ms) from samples where site = :site and signal = :signal")
            found = connection.execute(asked, {"site": site, "signal": signal}).scalar()
        return None if found is None else int(found)

    def judged(self, site: str, begin_ms: int, end_ms: int) -> list[Judged]:
        """What the site said of itself, in order of time, with the last before `begin_ms`."""
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    """select wall_ms, run, power, frame, low_h, high_h, usable_l from judged where site = :site
                    and wall_ms <= :end and wall_ms >= coalesce((select max(wall_ms) from judged
                    where site = :site and wall_ms < :begin), 0) order by wall_ms"""
                ),
                {"site": site, "begin": begin_ms, "end": end_ms},
            ).all()
        return [Judged(*row) for row in rows]

    def of_kind(self, site: str, kind: str, limit: int) -> list[Stored]:
        """The newest events of a kind, newest first; those of an unknown time last."""
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    """select number, run, stream, seq, kind, wall_ms, up_ms, status, simulated, historical, body
                    from records where site = :site and stream = 'event' and kind = :kind
                    order by coalesce(wall_ms, 0) desc, number desc limit :most"""
                ),
                {"site": site, "kind": kind, "most": limit},
            ).mappings()
            return [
                Stored(**{**row, "simulated": bool(row["simulated"]), "historical": bool(row["historical"]),
                          "body": msgspec.json.decode(row["body"])})
                for row in rows
            ]  # fmt: skip

    def newest_ms(self, site: str) -> int | None:
        """When the newest event was, for a page that does not know the time itself."""
        with self._database.reading() as connection:
            asked = text("select max(wall_ms) from records where site = :site and stream = 'event'")
            found = connection.execute(asked, {"site": site}).scalar()
        return None if found is None else int(found)


def _of(found: dict[tuple[str, str], Measured], signal: str, device: str) -> Measured:
    return found.setdefault((signal, device), Measured(signal, device, [], [], []))


def _told(wall_ms: int, kind: str, status: str, simulated: int, body: str) -> Told:
    """One event; when its body cannot be read nobody knows what the state became."""
    try:
        power = msgspec.json.decode(body, type=_Power)
    except msgspec.DecodeError:
        power = _Power(Power.UNKNOWN, Power.UNKNOWN)
    frame = SIMULATED if simulated else "" if status == Status.ACTUAL else status
    return Told(wall_ms=wall_ms, kind=kind, power=power.power, was=power.was, frame=frame)


def _alive(connection: Connection, site: str) -> list[Proof]:
    """Every run from its first record to its last word."""
    return _spans_of(connection, site, tuple(Stream)) + [
        one for stream in (LIVE, SUMMED) for one in _proofs(connection, site, stream)
    ]


def _spans_of(connection: Connection, site: str, streams: tuple[Stream, ...]) -> list[Proof]:
    found = []
    for stream in streams:
        rows = connection.execute(
            text(
                """select run, min(wall_ms), max(wall_ms) from records where site = :site and stream = :stream
                and wall_ms is not null group by run"""
            ),
            {"site": site, "stream": stream.value},
        )
        found += [Proof(*row) for row in rows]
    return found


def _proofs(connection: Connection, site: str, stream: str) -> list[Proof]:
    rows = connection.execute(
        text("select run, from_ms, until_ms from proofs where site = :site and stream = :stream"),
        {"site": site, "stream": stream},
    )
    return [Proof(*row) for row in rows]


def _holes(connection: Connection, site: str, stream: Stream) -> list[Span]:
    """Where records are missing: given up by the site (`gap`), not come yet (beyond the mark), or read by nobody."""
    of = {"site": site, "stream": stream.value}
    missing = connection.execute(
        text(
            """select run, first, seq from records where site = :site and stream = :stream and kind = 'gap' union all
            select run, first, seq from aside where site = :site and stream = :stream and first is not null"""
        ),
        of,
    ).all()
    waiting = connection.execute(
        text(
            """select marks.run, mark + 1, (select min(first) - 1 from records where site = :site
            and stream = :stream and run = marks.run and seq > mark) from marks
            where site = :site and stream = :stream"""
        ),
        of,
    ).all()
    holes = []
    for run, first, last in [*missing, *(row for row in waiting if row[2] is not None and row[2] >= row[1])]:
        hole = _edges(connection, {**of, "run": run, "first": first, "last": last})
        if hole is not None:
            holes.append(hole)
    return holes


def _edges(connection: Connection, at: dict[str, object]) -> Span | None:
    """The moments of the last record before a hole and of the first after it."""
    of = "site = :site and stream = :stream and run = :run and kind <> 'gap' and wall_ms is not null"
    before = connection.execute(
        text(f"select wall_ms from records where {of} and seq < :first order by seq desc limit 1"),  # noqa: S608
        at,
    ).scalar()
    after = connection.execute(
        text(f"select wall_ms from records where {of} and seq > :last order by seq limit 1"),  # noqa: S608
        at,
    ).scalar()
    if after is None:  # nothing of this stream came after it: for the rest of the run nobody knows
        after = connection.execute(
            text("select max(wall_ms) from records where site = :site and run = :run"), at
        ).scalar()
    if after is None:
        return None
    return Span(0 if before is None else min(int(before), int(after)), int(after))
