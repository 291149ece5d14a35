"""The log of what people did: written once, never changed or shortened (the store itself refuses to)."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from dashboard.core.access.lapse import HOUR_MS, Instant
from dashboard.core.access.people import Person
from dashboard.io.store.database import Database

FAILURES_AN_HOUR = 100
"""More than these are counted and not written one by one: nobody fills the card with wrong passwords."""
MOST_TEXT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row. `result`: ok, or the key of why not."""

    number: int
    wall_ms: int | None
    who: str
    role: str
    did: str
    site: str
    address: str
    result: str


class Audit:
    """The log."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._failures: list[int] = []

    def row(
        self, now: Instant, did: str, *, who: str, role: str = "", site: str = "", address: str = "", result: str = "ok"
    ) -> Callable[[Connection], None]:
        """A row for the transaction of what it tells of: both are there, or neither."""
        told = {"wall": now.wall_ms, "boot": now.boot, "up": now.up_ms, "who": who[:MOST_TEXT], "role": role,
                "did": did[:MOST_TEXT], "site": site, "address": address, "result": result[:MOST_TEXT]}  # fmt: skip

        def write(connection: Connection) -> None:
            connection.execute(
                text(
                    "insert into audit (wall_ms, boot, up_ms, who, role, did, site, address, result) "
                    "values (:wall, :boot, :up, :who, :role, :did, :site, :address, :result)"
                ),
                told,
            )

        return write

    def write(
        self, now: Instant, did: str, person: Person, address: str, *, site: str = "", result: str = "ok"
    ) -> None:
        """A row of its own. Raises StoreTrouble."""
        made = self.row(now, did, who=person.name, role=person.role.value, site=site, address=address, result=result)
        with self._database.writing() as connection:
            made(connection)

    def failed(self, now: Instant, did: str, who: str, address: str, result: str) -> None:
        """Somebody tried to come in and could not. Raises StoreTrouble."""
        self._limited(now, result, lambda told: self.row(now, did, who=who, address=address, result=told))

    def denied(self, now: Instant, did: str, person: Person, address: str, site: str) -> None:
        """Somebody who is signed in wanted what is not theirs. Raises StoreTrouble."""
        who, role = person.name, person.role.value
        self._limited(
            now, "denied", lambda told: self.row(now, did, who=who, role=role, site=site, address=address, result=told)
        )

    def _limited(self, now: Instant, result: str, made: Callable[[str], Callable[[Connection], None]]) -> None:
        self._failures = [one for one in self._failures if now.up_ms - one < HOUR_MS]
        if len(self._failures) > FAILURES_AN_HOUR:
            return
        self._failures.append(now.up_ms)
        told = "many_more" if len(self._failures) > FAILURES_AN_HOUR else result
        with self._database.writing() as connection:
            made(told)(connection)

    def newest(self, limit: int, before: int | None = None) -> list[Line]:
        """The newest rows, or those before a number."""
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    "select number, wall_ms, who, role, did, site, address, result from audit "
                    "where number < :before order by number desc limit :limit"
                ),
                {"before": before or 2**62, "limit": limit},
            ).mappings()
            return [Line(**row) for row in rows]
