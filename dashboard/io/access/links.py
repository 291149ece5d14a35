"""Links that let somebody in once: to make the first account, to accept an invitation, to choose a new password.

Opening a link uses it up. Who has opened it holds a ticket (a cookie) for an hour and makes the account with that.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from dashboard.core.access.lapse import LINK_MS, TICKET_MS, Instant
from dashboard.core.access.people import NEEDS_CODE, Role
from dashboard.io.access import accounts, codes
from dashboard.io.access.accounts import NotPossible
from dashboard.io.access.aging import age_ms, moment
from dashboard.io.access.hashing import digest
from dashboard.io.store.database import Database

SETUP, INVITE, RENEW = "setup", "invite", "renew"
MOST_OPEN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A link that has made no account yet. `id`: names it, and opens nothing; `opened`: somebody holds its ticket."""

    id: str
    name: str
    role: Role
    issuer: str
    opened: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """What a ticket is for. `account`: whose password is renewed; None: a new account."""

    purpose: str
    name: str
    role: Role
    scope: str
    issuer: str
    totp: str
    account: int | None


class Links:
    """All links that nobody has finished with."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(
        self, purpose: str, now: Instant, *, name: str = "", role: Role = Role.ADMINISTRATOR, scope: str = "",
        issuer: str = "", account: int | None = None, note: accounts.Note = lambda _: None,
    ) -> str:  # fmt: skip
        """The token of a new link. A new one to set up, or for the same account, makes the former worthless.
        `note`: its line of the log.

        Raises NotPossible: to set up when there are accounts.
        """
        token = secrets.token_urlsafe(32)
        secret = codes.new_secret() if role in NEEDS_CODE else ""
        row: dict[str, Any] = {
            "digest": digest(token), "purpose": purpose, "account": account, "name": name, "role": role.value,
            "scope": scope, "issuer": issuer, "totp": secret, "boot": now.boot, "up_ms": now.up_ms,
            "wall_ms": now.wall_ms, "clock": now.clock.value,
        }  # fmt: skip
        with self._database.writing() as connection:
            if purpose == SETUP:
                if connection.execute(text("select 1 from accounts limit 1")).first() is not None:
                    raise NotPossible("wrong_setup_over")
                connection.execute(text("delete from links where purpose = 'setup'"))
            if account is not None:
                connection.execute(text("delete from links where account = :account"), {"account": account})
            _forget_dead(connection, now)
            if connection.execute(text("select count(*) from links")).scalar_one() >= MOST_OPEN:
                raise NotPossible("wrong_many_links")
            connection.execute(
                text(
                    "insert into links (digest, purpose, account, name, role, scope, issuer, totp, boot, up_ms, "
                    "wall_ms, clock) values (:digest, :purpose, :account, :name, :role, :scope, :issuer, :totp, :boot, "
                    ":up_ms, :wall_ms, :clock)"
                ),
                row,
            )
            note(connection)
        return token

    def carry_over(self, now: Instant) -> None:
        """At each start: how old links of another boot are by now; the dead go."""
        with self._database.writing() as connection:
            _forget_dead(connection, now)
            asked = text("select * from links where boot <> :boot")
            for row in connection.execute(asked, {"boot": now.boot}).mappings().all():
                connection.execute(
                    text(
                        "update links set age_ms = :age, boot = :boot, up_ms = :up_ms, wall_ms = :wall_ms, "
                        "clock = :clock where digest = :digest"
                    ),
                    {"age": age_ms(row, now), "digest": row["digest"]} | moment(now),
                )

    def waiting(self, now: Instant) -> list[Waiting]:
        """All that could still make or renew an account, the first one apart."""
        with self._database.reading() as connection:
            asked = text("select * from links where purpose <> 'setup' order by name")
            rows = connection.execute(asked).mappings().all()
        return [
            Waiting(
                id=bytes(row["digest"]).hex(), name=row["name"], role=Role(row["role"]), issuer=row["issuer"],
                opened=row["ticket"] is not None,
            )
            for row in rows
            if not _dead(row, now)
        ]  # fmt: skip

    def withdraw(self, link: str, note: Callable[[str], accounts.Note]) -> str | None:
        """Make a link and its ticket worthless, with the line of the log; whose it was, None when there is none."""
        with self._database.writing() as connection:
            asked = text("delete from links where digest = :link returning name")
            row = connection.execute(asked, {"link": _digest(link)}).first()
            if row is not None:
                note(str(row[0]))(connection)
        return None if row is None else str(row[0])

    def waits(self, purpose: str, now: Instant) -> bool:
        """Is there a link of that kind that nobody has opened, and that has not expired?"""
        with self._database.reading() as connection:
            rows = connection.execute(
                text("select * from links where purpose = :purpose and ticket is null"), {"purpose": purpose}
            ).mappings()
            return any(age_ms(row, now) <= LINK_MS[purpose] for row in rows)

    def open(self, token: str, now: Instant) -> str | None:
        """Use a link up: the ticket of whoever opened it, or None when it is none, is used, or has expired."""
        ticket = secrets.token_urlsafe(32)
        with self._database.writing() as connection:
            asked = text("select * from links where digest = :digest and ticket is null")
            row = connection.execute(asked, {"digest": digest(token)}).mappings().first()
            if row is None:
                return None
            if age_ms(row, now) > LINK_MS[row["purpose"]]:
                connection.execute(text("delete from links where digest = :digest"), {"digest": row["digest"]})
                return None
            connection.execute(
                text(
                    "update links set ticket = :ticket, age_ms = 0, boot = :boot, up_ms = :up_ms, wall_ms = :wall_ms, "
                    "clock = :clock where digest = :digest and ticket is null"
                ),
                {"ticket": digest(ticket), "digest": row["digest"], "boot": now.boot, "up_ms": now.up_ms,
                 "wall_ms": now.wall_ms, "clock": now.clock.value},
            )  # fmt: skip
        return ticket

    def held(self, ticket: str, now: Instant) -> Invited | None:
        """What somebody's ticket is for."""
        if not ticket:
            return None
        with self._database.reading() as connection:
            asked = text("select * from links where ticket = :ticket")
            row = connection.execute(asked, {"ticket": digest(ticket)}).mappings().first()
        if row is None or age_ms(row, now) > TICKET_MS:
            return None
        return Invited(
            purpose=row["purpose"], name=row["name"], role=Role(row["role"]), scope=row["scope"], issuer=row["issuer"],
            totp=row["totp"], account=row["account"],
        )  # fmt: skip

    def finish(
        self, ticket: str, now: Instant, *, name: str, password: str, counter: int | None, recovery: list[str],
        note: accounts.Note,
    ) -> int | None:  # fmt: skip
        """Make or renew the account of a ticket, once; its number, None when the ticket is worth nothing any more.

        `password` is a hash; `counter` the step of the code that was shown. Raises NotPossible.
        """
        invited = self.held(ticket, now)
        if invited is None:
            return None
        with self._database.writing() as connection:
            taken = connection.execute(text("delete from links where ticket = :ticket"), {"ticket": digest(ticket)})
            if taken.rowcount != 1:
                return None
            if invited.purpose == SETUP and connection.execute(text("select 1 from accounts limit 1")).first():
                raise NotPossible("wrong_setup_over")
            if invited.account is not None:
                number = invited.account
                accounts.set_password(connection, number, password)
                accounts.set_totp(connection, number, invited.totp)
            else:
                number = accounts.add(
                    connection, name=name, role=invited.role, scope=invited.scope, password=password,
                    totp=invited.totp, made_ms=now.wall_ms,
                )  # fmt: skip
            accounts.set_recovery(connection, number, recovery)
            if counter is not None:
                accounts.use_code(connection, number, counter)
            note(connection)
        return number


def _forget_dead(connection: Connection, now: Instant) -> None:
    """Links and tickets that are worth nothing any more go."""
    for row in connection.execute(text("select * from links")).mappings().all():
        if _dead(row, now):
            connection.execute(text("delete from links where digest = :digest"), {"digest": row["digest"]})


def _dead(row: Any, now: Instant) -> bool:
    return age_ms(row, now) > (LINK_MS[row["purpose"]] if row["ticket"] is None else TICKET_MS)


def _digest(link: str) -> bytes:
    """What a page calls a link by; what is no such name is the name of none."""
    try:
        return bytes.fromhex(link[:64])
    except ValueError:
        return b""
