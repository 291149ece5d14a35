"""Passes: accounts made for a named person on this site, that end by themselves. A picture to scan opens one once, and
an eight-digit PIN signs in beside the name at the ordinary form; both need neither e-mail nor internet.

Whoever opened the site's sealed code has such an account, too, of another kind.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from dashboard.core.access.lapse import DAY_MS, Instant
from dashboard.core.access.people import Role
from dashboard.io.access import accounts
from dashboard.io.access.accounts import Note, NotPossible
from dashboard.io.access.aging import age_ms, moment
from dashboard.io.access.hashing import digest
from dashboard.io.store.database import Database

PASS, GLASS = "pass", "glass"
"""Made by somebody who may; opened by the sealed code."""
SCAN_MS = 7 * DAY_MS
"""How long the picture of a card may be scanned for the first time; the PIN lasts as long as the pass."""
MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One pass that is not over. `until_ms`: as far as a clock was known when it was made; `left_ms` counts."""

    account: int
    name: str
    role: Role
    kind: str
    issuer: str
    scanned: bool
    left_ms: int
    until_ms: int | None


class Passes:
    """All passes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(
        self, now: Instant, *, name: str, role: Role, scope: str, issuer: str, password: str, lasts_ms: int, note: Note
    ) -> str:
        """Make one; the token of its picture. `password`: the hash of the PIN. Raises NotPossible, StoreTrouble."""
        token = secrets.token_urlsafe(32)
        with self._database.writing() as connection:
            _forget_dead(connection, now)
            if connection.execute(text("select count(*) from passes")).scalar_one() >= MOST:
                raise NotPossible("wrong_many_passes")
            number = accounts.add(
                connection, name=name, role=role, scope=scope, password=password, totp="", made_ms=now.wall_ms
            )
            add(connection, now, number, kind=PASS, issuer=issuer, lasts_ms=lasts_ms, digested=digest(token))
            note(connection)
        return token

    def open(self, token: str, now: Instant) -> int | None:
        """Use a picture up: whose account it is; None when it is none, was used, or is too old."""
        with self._database.writing() as connection:
            asked = text("select * from passes where digest = :digest")
            row = connection.execute(asked, {"digest": digest(token)}).mappings().first()
            if row is None:
                return None
            connection.execute(
                text("update passes set digest = null where account = :account"), {"account": row["account"]}
            )
            return int(row["account"]) if age_ms(row, now) <= min(SCAN_MS, row["lasts_ms"]) else None

    def of(self, account: int, now: Instant) -> Pass | None:
        """The pass of an account; None for an account of another kind."""
        with self._database.reading() as connection:
            row = connection.execute(text(f"{_ASKED} and p.account = :account"), {"account": account}).mappings()
            found = row.first()
        return None if found is None else _pass(found, now)

    def over(self, account: int, now: Instant) -> bool:
        """Is this the account of a pass whose time is out?"""
        found = self.of(account, now)
        return found is not None and found.left_ms <= 0

    def all(self, now: Instant) -> list[Pass]:
        """All that are not over, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(text(f"{_ASKED} order by a.known_as")).mappings().all()
        return [one for one in (_pass(row, now) for row in rows) if one.left_ms > 0]

    def carry_over(self, now: Instant) -> None:
        """At each start: how old those of another boot are by now; the dead go, and their accounts with them."""
        with self._database.writing() as connection:
            _forget_dead(connection, now)
            asked = text("select * from passes where boot <> :boot")
            for row in connection.execute(asked, {"boot": now.boot}).mappings().all():
                connection.execute(
                    text(
                        "update passes set age_ms = :age, boot = :boot, up_ms = :up_ms, wall_ms = :wall_ms, "
                        "clock = :clock where account = :account"
                    ),
                    {"age": age_ms(row, now), "account": row["account"]} | moment(now),
                )


_ASKED = (
    "select p.*, a.name, a.role from passes p join accounts a on a.number = p.account where a.locked = 0"
)  # fmt: skip


def add(
    connection: Connection, now: Instant, account: int, *, kind: str, issuer: str, lasts_ms: int,
    digested: bytes | None = None,
) -> None:  # fmt: skip
    """Within somebody's transaction: make an account one that ends."""
    until_ms = None if now.wall_ms is None else now.wall_ms + lasts_ms
    connection.execute(
        text(
            "insert into passes (account, kind, issuer, digest, lasts_ms, until_ms, boot, up_ms, wall_ms, clock) "
            "values (:account, :kind, :issuer, :digest, :lasts, :until, :boot, :up_ms, :wall_ms, :clock)"
        ),
        {"account": account, "kind": kind, "issuer": issuer, "digest": digested, "lasts": lasts_ms, "until": until_ms}
        | moment(now),
    )


def _forget_dead(connection: Connection, now: Instant) -> None:
    for row in connection.execute(text("select * from passes")).mappings().all():
        if age_ms(row, now) > row["lasts_ms"]:
            connection.execute(text("delete from accounts where number = :number"), {"number": row["account"]})


def _pass(row: Any, now: Instant) -> Pass:
    return Pass(
        account=int(row["account"]), name=row["name"], role=Role(row["role"]), kind=row["kind"], issuer=row["issuer"],
        scanned=row["digest"] is None, left_ms=int(row["lasts_ms"]) - age_ms(row, now), until_ms=row["until_ms"],
    )  # fmt: skip
