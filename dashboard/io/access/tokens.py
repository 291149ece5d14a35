"""Tokens by which other systems come in: made by an administrator, shown once, kept as SHA-256, over after a time.

A token is 256 random bits, so nobody guesses one; what is tried is counted all the same, for the log and the load.
"""

import contextlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from dashboard.core.access.lapse import DAY_MS, Instant
from dashboard.core.access.passwords import known_as
from dashboard.core.access.people import Person, Role
from dashboard.io.access.accounts import Note, NotPossible
from dashboard.io.access.aging import age_ms, moment
from dashboard.io.access.hashing import digest
from dashboard.io.store.database import Database, StoreTrouble

MARK = "sotpunkt_"
"""What each begins with, so that a program that looks for secrets in files finds it."""
LONGEST = 200
LONGEST_MS = 400 * DAY_MS
MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token. `used`: the day it came last (2026-01-31), "" when never or the day was not known; `left_ms` below 0:
    it is over; `until_ms`: as far as a clock was known when it was made."""

    number: int
    name: str
    scope: str
    orders: bool
    issuer: str
    used: str
    left_ms: int
    until_ms: int | None
    made_ms: int | None

    @property
    def person(self) -> Person:
        """Who comes in by it."""
        return Person(name=self.name, role=Role.PROGRAM, scope=self.scope, token=self.number, orders=self.orders)

    @property
    def over(self) -> bool:
        """Is its time out?"""
        return self.left_ms <= 0


class Tokens:
    """All tokens."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(
        self, now: Instant, *, name: str, scope: str, orders: bool, issuer: str, lasts_ms: int, note: Note
    ) -> str:  # fmt: skip
        """Make one; the only time that it is known. Raises NotPossible, StoreTrouble."""
        token = MARK + secrets.token_urlsafe(32)
        lasts_ms = min(lasts_ms, LONGEST_MS)
        row: dict[str, Any] = {
            "name": name, "known": known_as(name), "scope": scope, "orders": int(orders), "digest": digest(token),
            "issuer": issuer, "made": now.wall_ms, "lasts": lasts_ms,
            "until": None if now.wall_ms is None else now.wall_ms + lasts_ms,
        }  # fmt: skip
        with self._database.writing() as connection:
            if connection.execute(text("select count(*) from tokens")).scalar_one() >= MOST:
                raise NotPossible("wrong_many_tokens")
            if connection.execute(_TAKEN, {"known": row["known"]}).first() is not None:
                raise NotPossible("wrong_token_name_taken")
            connection.execute(_ADD, row | moment(now))
            note(connection)
        return token

    def find(self, token: str, now: Instant) -> Token | None:
        """Whose it is; None when it is none, was revoked, or is over. Notes the day, once a day."""
        if not token.startswith(MARK) or len(token) > LONGEST:
            return None
        with self._database.reading() as connection:
            asked = text("select * from tokens where digest = :digest")
            row = connection.execute(asked, {"digest": digest(token)}).mappings().first()
        found = None if row is None else _token(row, now)
        if found is None or found.over:
            return None
        today = "" if now.wall_ms is None else datetime.fromtimestamp(now.wall_ms / 1000, UTC).date().isoformat()
        if today and today != found.used:
            with contextlib.suppress(StoreTrouble):  # a full disk shuts no program out
                self._used(found.number, today)
        return found

    def _used(self, number: int, day: str) -> None:
        with self._database.writing() as connection:
            connection.execute(
                text("update tokens set used = :day where number = :number"), {"day": day, "number": number}
            )

    def all(self, now: Instant) -> list[Token]:
        """By name, those that are over too: somebody will ask why their program gets nothing."""
        with self._database.reading() as connection:
            rows = connection.execute(text("select * from tokens order by known_as")).mappings().all()
        return [_token(row, now) for row in rows]

    def revoke(self, number: int, note: Callable[[str], Note]) -> bool:
        """Take one away, with its line of the log; False when there is none."""
        with self._database.writing() as connection:
            asked = text("delete from tokens where number = :number returning name")
            row = connection.execute(asked, {"number": number}).first()
            if row is not None:
                note(str(row[0]))(connection)
        return row is not None

    def carry_over(self, now: Instant) -> None:
        """At each start: how old those of another boot are by now."""
        with self._database.writing() as connection:
            asked = text("select * from tokens where boot <> :boot")
            for row in connection.execute(asked, {"boot": now.boot}).mappings().all():
                connection.execute(
                    text(
                        "update tokens set age_ms = :age, boot = :boot, up_ms = :up_ms, wall_ms = :wall_ms, "
                        "clock = :clock where number = :number"
                    ),
                    {"age": age_ms(row, now), "number": row["number"]} | moment(now),
                )


_TAKEN = text(
    "select 1 from tokens where known_as = :known union all select 1 from accounts where known_as = :known"
)  # fmt: skip
"""A program that is called like a person would be taken for one in the log."""
_ADD = text(
    "insert into tokens (name, known_as, scope, orders, digest, issuer, made_ms, lasts_ms, until_ms, boot, up_ms, "
    "wall_ms, clock) values (:name, :known, :scope, :orders, :digest, :issuer, :made, :lasts, :until, :boot, "
    ":up_ms, :wall_ms, :clock)"
)


def _token(row: Any, now: Instant) -> Token:
    return Token(
        number=int(row["number"]), name=row["name"], scope=row["scope"], orders=bool(row["orders"]),
        issuer=row["issuer"], used=row["used"], left_ms=int(row["lasts_ms"]) - age_ms(row, now),
        until_ms=row["until_ms"], made_ms=row["made_ms"],
    )  # fmt: skip
