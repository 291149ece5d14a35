"""The site's sealed code: printed once and laid in an envelope; the store has its hash. It opens the page once, for a
day, to anyone who types a name; then a new one must be sealed.
"""

import re
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, text

from dashboard.core.access.lapse import HOUR_MS, Instant
from dashboard.core.access.passwords import known_as
from dashboard.core.access.people import Role
from dashboard.io.access import accounts, passes
from dashboard.io.access.accounts import Note, NotPossible
from dashboard.io.access.hashing import digest
from dashboard.io.access.passes import GLASS
from dashboard.io.store.database import Database

LASTS_MS = 24 * HOUR_MS
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, LETTERS = 5, 4
"""20 letters that cannot be taken for one another: 99 bits, so that a fast hash does."""


@dataclass(frozen=True, slots=True)
class Seal:
    """The code of a site. `used_by`: who opened it, "" while it lies sealed."""

    made_ms: int | None
    used_by: str
    used_ms: int | None


class Sealed:
    """The sealed codes, one a site."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self, site: str) -> Seal | None:
        """How it stands with the code of a site; None: none was ever sealed."""
        with self._database.reading() as connection:
            asked = text("select made_ms, used_by, used_ms from sealed where site = :site")
            row = connection.execute(asked, {"site": site}).first()
        return None if row is None else Seal(row[0], row[1] or "", row[2])

    def seal(self, site: str, now: Instant, note: Note, replaced: Note) -> str:
        """A new code; the old one is void. `replaced` is written, too, when the old one had been used."""
        drawn = ["".join(secrets.choice(_LETTERS) for _ in range(LETTERS)) for _ in range(GROUPS)]
        code = "-".join(drawn)
        with self._database.writing() as connection:
            asked = text("select used_by from sealed where site = :site")
            held = connection.execute(asked, {"site": site}).first()
            connection.execute(text("delete from sealed where site = :site"), {"site": site})
            connection.execute(
                text("insert into sealed (site, digest, made_ms) values (:site, :digest, :made)"),
                {"site": site, "digest": _digest(site, code), "made": now.wall_ms},
            )
            if held is not None and held[0] is not None:
                replaced(connection)
            note(connection)
        return code

    def open(self, site: str, code: str, name: str, now: Instant, notes: tuple[Note, ...], password: str) -> int | None:
        """Use the code up for somebody: the number of the new account; None when it is not the code, or was used.

        `password`: a hash that no password fits. All of it or nothing: the code is used, the account is there, and
        `notes` are written, together.
        """
        with self._database.writing() as connection:
            done = connection.execute(
                text(
                    "update sealed set used_by = :name, used_ms = :now "
                    "where site = :site and digest = :digest and used_by is null"
                ),
                {"name": name, "now": now.wall_ms, "site": site, "digest": _digest(site, code)},
            )
            if done.rowcount != 1:
                return None
            number = _add(connection, name, site, now, password)
            passes.add(connection, now, number, kind=GLASS, issuer=name, lasts_ms=LASTS_MS)
            for note in notes:
                note(connection)
        return number


def _add(connection: Connection, name: str, site: str, now: Instant, password: str) -> int:
    """An account of that name; who opens it twice gets a number behind it."""
    for chosen in (name, *(f"{name} {n}" for n in range(2, 10))):
        there = text("select 1 from accounts where known_as = :known")
        if connection.execute(there, {"known": known_as(chosen)}).first() is None:
            return accounts.add(
                connection, name=chosen, role=Role.OWNER, scope=site, password=password, totp="", made_ms=now.wall_ms
            )
    raise NotPossible("wrong_name_taken")


def _digest(site: str, code: str) -> bytes:
    """Of the code as it was given, however it was typed in."""
    return digest(f"{site}:{re.sub(r'[^a-z0-9]', '', code.casefold())}")
