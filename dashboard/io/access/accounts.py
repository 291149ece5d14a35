"""Who may sign in, in the store: names, roles, hashes, used codes."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from dashboard.core.access.passwords import known_as, spoken
from dashboard.core.access.people import Person, Role
from dashboard.core.sites import DashboardError
from dashboard.io.access.hashing import digest
from dashboard.io.store.database import Database

_ROW = "number, name, role, scope, password, totp, key, locked"
KEPT_CODES = 20
Note = Callable[[Connection], None]


class NotPossible(DashboardError):
    """The account cannot be changed like that; `key` is the sentence's."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account. `totp` is empty where no code is asked for; `key` makes its pages' tokens."""

    number: int
    name: str
    role: Role
    scope: str
    password: str
    totp: str
    key: bytes
    locked: bool

    @property
    def person(self) -> Person:
        """Who that is when signed in."""
        return Person(name=self.name, role=self.role, scope=self.scope, account=self.number)

    def page_token(self) -> str:
        """What each form of this account's pages carries, and nobody else's page knows."""
        return hmac.new(self.key, b"page", "sha256").hexdigest()[:40]

    def device_mark(self, nonce: str) -> str:
        """What a device keeps that has signed in before."""
        return f"{nonce}.{hmac.new(self.key, f'device:{nonce}'.encode(), 'sha256').hexdigest()[:40]}"

    def knows(self, mark: str) -> str:
        """The nonce of a device that has signed in to this account, or ""."""
        nonce = mark.partition(".")[0]
        mine = self.device_mark(nonce)
        return nonce if nonce and hmac.compare_digest(mine.encode(), mark.encode("utf-8", "replace")) else ""


class Accounts:
    """All accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self) -> int:
        """How many there are."""
        with self._database.reading() as connection:
            return int(connection.execute(text("select count(*) from accounts")).scalar_one())

    def all(self) -> list[Account]:
        """By name."""
        with self._database.reading() as connection:
            rows = connection.execute(text(f"select {_ROW} from accounts order by known_as")).mappings().all()  # noqa: S608
        return [_account(row) for row in rows]

    def named(self, name: str) -> Account | None:
        """The one whom somebody means by a name."""
        return self._one("known_as = :what", known_as(name))

    def numbered(self, number: int) -> Account | None:
        """The one of that number."""
        return self._one("number = :what", number)

    def _one(self, where: str, what: Any) -> Account | None:
        with self._database.reading() as connection:
            row = (
                connection.execute(text(f"select {_ROW} from accounts where {where}"), {"what": what})  # noqa: S608
                .mappings()
                .first()
            )
        return None if row is None else _account(row)

    def renew_password(self, number: int, password: str, note: Note) -> None:
        """A new hash and a new key; all sessions and known devices end. `note`: its line of the log, as below."""
        with self._database.writing() as connection:
            set_password(connection, number, password)
            note(connection)

    def use_code(self, number: int, counter: int) -> bool:
        """Take a code of the minute once and for all; False when it has been used."""
        with self._database.writing() as connection:
            return use_code(connection, number, counter)

    def use_recovery(self, number: int, code: str) -> bool:
        """Take a recovery code once and for all; False when it is none."""
        with self._database.writing() as connection:
            done = connection.execute(
                text("delete from recovery_codes where account = :number and digest = :digest"),
                {"number": number, "digest": digest(f"{number}:{code}")},
            )
            return done.rowcount == 1

    def recovery_left(self, number: int) -> int:
        """How many recovery codes are unused."""
        with self._database.reading() as connection:
            asked = text("select count(*) from recovery_codes where account = :number")
            return int(connection.execute(asked, {"number": number}).scalar_one())

    def set_recovery(self, number: int, codes: list[str], note: Note) -> None:
        """New recovery codes; the old ones are void."""
        with self._database.writing() as connection:
            set_recovery(connection, number, codes)
            note(connection)


# --- steps within somebody's transaction ---


def still_there(connection: Connection, number: int) -> None:
    """Whoever does something may have been locked or removed since they were asked who they are: whom they let in just
    then would stay. Raises NotPossible; 0 is somebody at the machine itself."""
    asked = text("select 1 from accounts where number = :number and locked = 0")
    if number and connection.execute(asked, {"number": number}).first() is None:
        raise NotPossible("wrong_too_late")


def administrators(connection: Connection) -> int:
    """How many can sign in."""
    asked = text("select count(*) from accounts where role = 'administrator' and locked = 0")
    return int(connection.execute(asked).scalar_one())


def add(
    connection: Connection, *, name: str, role: Role, scope: str, password: str, totp: str, made_ms: int | None
) -> int:
    """A new account; its number. Raises NotPossible when somebody has that name."""
    there = connection.execute(
        text("select 1 from accounts where known_as = :known"), {"known": known_as(name)}
    ).first()
    if there is not None:
        raise NotPossible("wrong_name_taken")
    told = connection.execute(
        text(
            "insert into accounts (name, known_as, role, scope, password, totp, key, made_ms) "
            "values (:name, :known, :role, :scope, :password, :totp, :key, :made) returning number"
        ),
        {"name": spoken(name), "known": known_as(name), "role": role.value, "scope": scope, "password": password,
         "totp": totp, "key": secrets.token_bytes(32), "made": made_ms},
    )  # fmt: skip
    return int(told.scalar_one())


def set_password(connection: Connection, number: int, password: str) -> None:
    """A new hash and a new key; all sessions and known devices end."""
    asked = {"number": number, "password": password, "key": secrets.token_bytes(32)}
    connection.execute(text("update accounts set password = :password, key = :key where number = :number"), asked)
    connection.execute(text("delete from sessions where account = :number"), {"number": number})


def set_totp(connection: Connection, number: int, secret: str) -> None:
    """Another app: the codes of the old one are void."""
    connection.execute(
        text("update accounts set totp = :totp where number = :number"), {"number": number, "totp": secret}
    )
    connection.execute(text("delete from used_codes where account = :number"), {"number": number})


def set_recovery(connection: Connection, number: int, codes: list[str]) -> None:
    """New recovery codes in place of the old."""
    connection.execute(text("delete from recovery_codes where account = :number"), {"number": number})
    for code in codes:
        connection.execute(
            text("insert into recovery_codes values (:number, :digest)"),
            {"number": number, "digest": digest(f"{number}:{code}")},
        )


def use_code(connection: Connection, number: int, counter: int) -> bool:
    """Take a code's step; False when it was taken. The used ones are kept as such, and not only the newest: a clock
    that was ahead once must not make all later codes worthless."""
    done = connection.execute(
        text("insert into used_codes values (:number, :counter) on conflict do nothing"),
        {"number": number, "counter": counter},
    )
    connection.execute(
        text(
            "delete from used_codes where account = :number and abs(counter - :counter) > :kept"
        ),
        {"number": number, "counter": counter, "kept": KEPT_CODES},
    )  # fmt: skip
    return done.rowcount == 1


def _account(row: Any) -> Account:
    told = dict(row) | {"role": Role(row["role"]), "key": bytes(row["key"]), "locked": bool(row["locked"])}
    return Account(**told)
