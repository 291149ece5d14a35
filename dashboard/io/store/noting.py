"""What the dashboard itself writes down of a site: when it was heard, and what it said of itself then.

Records tell what happened. That nothing happened while a site was heard, and how many litres it counted, stands in no
record.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, text

from dashboard.core.site.knowledge import Proof
from dashboard.io.store.database import Database
from dashboard.io.store.history import LIVE, Judged

JOIN_MS = 15 * 60_000
"""Heard again after less than this in the same run, a site was there all the time: three of its heartbeats."""


class Noting:
    """Writes both; each call is one transaction. Raises StoreTrouble."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, heard: dict[str, list[Proof]], judged: dict[str, list[Judged]]) -> None:
        """By site: times in which it was heard, and what it said."""
        with self._database.writing() as connection:
            for site, proofs in heard.items():
                for proof in proofs:
                    _carry_on(connection, site, proof)
            rows = [{"site": site, **one._asdict()} for site, said in judged.items() for one in said]
            if rows:
                connection.execute(
                    text(
                        """insert into judged (site, wall_ms, run, power, frame, low_h, high_h, usable_l)
                        values (:site, :wall_ms, :run, :power, :frame, :low_h, :high_h, :usable_l)
                        on conflict (site, wall_ms) do nothing"""
                    ),
                    rows,
                )


def _carry_on(connection: Connection, site: str, proof: Proof) -> None:
    """The time goes on, or a new one begins after a silence."""
    of = {"site": site, "run": proof.run, "stream": LIVE, "from": proof.from_ms, "until": proof.until_ms}
    held = connection.execute(
        text(
            """select from_ms, until_ms from proofs where site = :site and run = :run and stream = :stream
            order by from_ms desc limit 1"""
        ),
        of,
    ).first()
    if held is not None and held[0] <= proof.from_ms <= held[1] + JOIN_MS:
        of["from"], of["until"] = held[0], max(held[1], proof.until_ms)
    connection.execute(
        text(
            """insert into proofs (site, run, stream, from_ms, until_ms) values (:site, :run, :stream, :from, :until)
            on conflict (site, run, stream, from_ms) do update set until_ms = excluded.until_ms"""
        ),
        of,
    )


def gathered(proofs: Iterable[Proof], proof: Proof) -> list[Proof]:
    """Times in which a site was heard, with one more moment: the last of them goes on, or a new one begins."""
    held = list(proofs)
    if held and held[-1].run == proof.run and held[-1].from_ms <= proof.from_ms <= held[-1].until_ms + JOIN_MS:
        held[-1] = held[-1]._replace(until_ms=max(held[-1].until_ms, proof.until_ms))
        return held
    return [*held, proof]
