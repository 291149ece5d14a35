"""Who is signed in. The browser holds 256 random bits, the store their hash; the time is `core/access/lapse.py`."""

import contextlib
import secrets
from dataclasses import dataclass

from sqlalchemy import text

from dashboard.core.access.lapse import CODE_WAITS_MS, Instant, over, worth_writing
from dashboard.core.access.people import Role
from dashboard.io.access.accounts import Account, _account
from dashboard.io.access.aging import moment, since_ms
from dashboard.io.access.hashing import digest
from dashboard.io.store.database import Database, StoreTrouble

WHOLE, CODE = "whole", "code"
"""Signed in; or the password was right and the code is still to come."""
MOST_TRIES = 5
MOST_OF_ONE = 20
"""Sessions of one account and stage; the one that was used longest ago ends. Whoever has the password alone ends none
of those who are in."""
_OF_SESSION = "s.stage, s.tries, s.age_ms, s.idle_ms, s.boot, s.up_ms, s.wall_ms, s.clock"
_OF_ACCOUNT = "a.number, a.name, a.role, a.scope, a.password, a.totp, a.key, a.locked"


@dataclass(frozen=True, slots=True)
class Session:
    """A session that has not ended, and whose it is."""

    account: Account
    stage: str


class Sessions:
    """All sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, account: int, stage: str, now: Instant) -> str:
        """The token of a new session."""
        token = secrets.token_urlsafe(32)
        row = {"digest": digest(token), "account": account, "stage": stage} | moment(now)
        with self._database.writing() as connection:
            connection.execute(
                text(
                    "insert into sessions (digest, account, stage, age_ms, boot, up_ms, wall_ms, clock) "
                    "values (:digest, :account, :stage, 0, :boot, :up_ms, :wall_ms, :clock)"
                ),
                row,
            )
            connection.execute(
                text(
                    "delete from sessions where account = :account and stage = :stage and digest not in "
                    "(select digest from sessions where account = :account and stage = :stage "
                    "order by (boot = :boot) desc, up_ms desc limit :most)"
                ),
                {"account": account, "stage": stage, "boot": now.boot, "most": MOST_OF_ONE},
            )
        return token

    def find(self, token: str, now: Instant, *, touch: bool) -> Session | None:
        """Whose session a token is, if it has not ended. `touch`: somebody did something just now."""
        if not token or len(token) > 100:
            return None
        key = digest(token)
        with self._database.reading() as connection:
            row = (
                connection.execute(
                    text(
                        f"select {_OF_SESSION}, {_OF_ACCOUNT} from sessions s "  # noqa: S608
                        "join accounts a on a.number = s.account where s.digest = :digest and a.locked = 0"
                    ),
                    {"digest": key},
                )
                .mappings()
                .first()
            )
        if row is None:
            return None
        role, gap = Role(row["role"]), since_ms(row, now)
        age_ms, idle_ms = int(row["age_ms"]) + gap, int(row["idle_ms"]) + gap
        waited = row["stage"] == CODE and (age_ms > CODE_WAITS_MS or row["tries"] >= MOST_TRIES)
        with contextlib.suppress(StoreTrouble):  # a full disk shuts nobody out
            if waited or over(age_ms, idle_ms, role):
                self.end(token)
            elif touch and row["stage"] == WHOLE and worth_writing(idle_ms, role):
                self._touch(key, age_ms, now)
        if waited or over(age_ms, idle_ms, role):
            return None
        names = Account.__dataclass_fields__
        return Session(_account({name: row[name] for name in names}), row["stage"])

    def _touch(self, key: bytes, age_ms: int, now: Instant) -> None:
        with self._database.writing() as connection:
            connection.execute(
                text(
                    "update sessions set age_ms = :age, idle_ms = 0, boot = :boot, up_ms = :up_ms, wall_ms = :wall_ms, "
                    "clock = :clock where digest = :digest"
                ),
                {"age": age_ms, "digest": key} | moment(now),
            )

    def carry_over(self, now: Instant) -> None:
        """At each start: what went by since another boot is counted now. A box that restarts and restarts without ever
        knowing the time would else begin anew with it each time."""
        with self._database.writing() as connection:
            rows = connection.execute(
                text("select digest, age_ms, idle_ms, boot, up_ms, wall_ms, clock from sessions where boot <> :boot"),
                {"boot": now.boot},
            )
            for row in rows.mappings().all():
                gap = since_ms(row, now)
                connection.execute(
                    text(
                        "update sessions set age_ms = :age, idle_ms = :idle, boot = :boot, up_ms = :up_ms, "
                        "wall_ms = :wall_ms, clock = :clock where digest = :digest"
                    ),
                    {"digest": row["digest"], "age": row["age_ms"] + gap, "idle": row["idle_ms"] + gap} | moment(now),
                )

    def begin_try(self, token: str) -> bool:
        """One more code in the second step, counted before it is looked at; False when there were enough."""
        with self._database.writing() as connection:
            done = connection.execute(
                text(
                    "update sessions set tries = tries + 1 where digest = :digest and stage = :stage and tries < :most"
                ),
                {"digest": digest(token), "stage": CODE, "most": MOST_TRIES},
            )
            return done.rowcount == 1

    def end(self, token: str) -> None:
        """Signed out."""
        with self._database.writing() as connection:
            connection.execute(text("delete from sessions where digest = :digest"), {"digest": digest(token)})

    def end_all(self, account: int) -> None:
        """Signed out everywhere; pages that are still open can do nothing more."""
        with self._database.writing() as connection:
            connection.execute(text("delete from sessions where account = :account"), {"account": account})
            connection.execute(
                text("update accounts set key = :key where number = :account"),
                {"account": account, "key": secrets.token_bytes(32)},
            )

    def count(self, account: int) -> int:
        """How many sessions an account has."""
        with self._database.reading() as connection:
            asked = text("select count(*) from sessions where account = :account and stage = :stage")
            return int(connection.execute(asked, {"account": account, "stage": WHOLE}).scalar_one())
