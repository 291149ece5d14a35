"""What sites sent that nobody here could read: kept as it came, bounded, counted. A person may look at it later."""

import hashlib

from sqlalchemy import Connection, text

from dashboard.core.hearing.salvage import Odd

MAX_ROWS = 500
MAX_BYTES = 4 * 1024 * 1024
"""Of one site: what is sent wrongly again and again must not fill the disk."""

_BEYOND = text(
    """select first, seq from aside where site = :site and run = :run and stream = :stream and seq > :held
    and first is not null"""
)


def put_aside(connection: Connection, site: str, odd: tuple[Odd, ...], received_ms: int | None) -> int:
    """Keep what came, each once; the number of new ones. The oldest give way."""
    fresh = 0
    for one in odd:
        digest = hashlib.sha256(f"{one.run} {one.stream} {one.seq} ".encode() + one.raw).hexdigest()
        fresh += connection.execute(
            text(
                """insert into aside (site, digest, run, stream, first, seq, why, received_ms, raw)
                values (:site, :digest, :run, :stream, :first, :seq, :why, :received_ms, :raw)
                on conflict do nothing"""
            ),
            {"site": site, "digest": digest, "run": one.run, "stream": one.stream, "first": one.first, "seq": one.seq,
             "why": one.why, "received_ms": received_ms, "raw": one.raw},
        ).rowcount  # fmt: skip
    if fresh:
        _bound(connection, site)
    return fresh


def _bound(connection: Connection, site: str) -> None:
    connection.execute(
        text(
            """delete from aside where site = :site and number in (select number from (
                select number, row_number() over w as place, sum(length(raw)) over w as bytes
                from aside where site = :site window w as (order by number desc)
            ) as held where place > :rows or bytes > :bytes)"""
        ),
        {"site": site, "rows": MAX_ROWS, "bytes": MAX_BYTES},
    )


def aside_spans(connection: Connection, site: str, run: str, stream: str, held: int) -> list[tuple[int, int]]:
    """The numbers behind `held` that were put aside: received, though nobody could read them."""
    rows = connection.execute(_BEYOND, {"site": site, "run": run, "stream": stream, "held": held})
    return [(int(first), int(seq)) for first, seq in rows]


def aside_counts(connection: Connection) -> dict[str, int]:
    """How much lies aside, by site."""
    rows = connection.execute(text("select site, count(*) from aside group by site"))
    return {site: int(count) for site, count in rows}
