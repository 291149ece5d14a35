"""Locking, unlocking and removing an account. All that a locked or removed one has let others in by ends with it in the
same transaction (tokens of programs, cards of a site, invitations), or somebody thrown out would come back by it; cards
that were given by the holders of such cards end too. The pages say so before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, text

from dashboard.io.access.accounts import Note, NotPossible, administrators, still_there
from dashboard.io.access.passes import PASS
from dashboard.io.store.database import Database

Line = Callable[[str], Note]
"""A row of the log for the transaction of what it tells of: `line("token_revoked: Kartan")`."""

_HOLDERS = (
    "with recursive holders (number, name) as (select number, name from accounts where number = :number union "
    "select a.number, a.name from holders h join passes p on p.issuer = h.name and p.kind = :kind "
    "join accounts a on a.number = p.account) select number, name from holders"
)
"""An account and all whom it, or somebody below it, gave a card; each once, whoever gave to whom."""


class Did(StrEnum):
    """What becomes of an account."""

    LOCK = "lock"
    UNLOCK = "unlock"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Given:
    """Names, sorted, of all that an account has let in."""

    tokens: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    links: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """What the log says of each when it ends, in the words of ending it by itself."""
        return (
            *(f"token_revoked: {name}" for name in self.tokens),
            *(f"pass_ended: {name}" for name in self.cards),
            *(f"withdrawn: {name}" for name in self.links),
        )


class Leaving:
    """How accounts end."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def given(self) -> dict[int, Given]:
        """By account, what would end with it; raises StoreTrouble."""
        with self._database.reading() as connection:
            numbers = [int(row[0]) for row in connection.execute(text("select number from accounts"))]
            return {number: given(connection, number) for number in numbers}

    def change(self, account: int, did: Did, line: Line, said: str, *, by: int = 0, last: bool = False) -> Given:
        """Do it, with a row `said` of the log and one for all that ended with it; what that was. Raises NotPossible.

        `by`: whose account does it, which must not have ended meanwhile; 0: somebody at the machine. The last
        administrator who can sign in stays, else nobody could let anybody in but by the command line, which alone may
        do it (`last`).
        """
        asked = {"number": account, "locked": did is Did.LOCK}
        with self._database.writing() as connection:
            still_there(connection, by)
            before = administrators(connection)
            found = Given() if did is Did.UNLOCK else end(connection, account)
            if did is Did.REMOVE:
                changed = connection.execute(text("delete from accounts where number = :number"), asked)
            else:
                changed = connection.execute(text("update accounts set locked = :locked where number = :number"), asked)
            if not changed.rowcount:
                raise NotPossible("wrong_no_account")
            if did is not Did.UNLOCK:
                connection.execute(text("delete from sessions where account = :number"), asked)
            if before and not administrators(connection) and not last:
                raise NotPossible("wrong_last_administrator")
            for told in (said, *found.lines):
                line(told)(connection)
        return found


def given(connection: Connection, account: int) -> Given:
    """What an account has let in that still is."""
    holders = _holders(connection, account)
    names = [*holders.values()]
    return Given(
        tokens=_named(connection, "select name from tokens where issuer = :name", names),
        cards=tuple(sorted(name for number, name in holders.items() if number != account)),
        links=_named(connection, "select name from links where issuer = :name", names),
    )


def end(connection: Connection, account: int) -> Given:
    """End all of it, within somebody's transaction; what it was."""
    found, holders = given(connection, account), _holders(connection, account)
    for number, name in holders.items():
        connection.execute(text("delete from tokens where issuer = :name"), {"name": name})
        connection.execute(text("delete from links where issuer = :name or account = :number"),
                           {"name": name, "number": number})  # fmt: skip
        if number != account:
            connection.execute(text("delete from accounts where number = :number"), {"number": number})
    return found


def _holders(connection: Connection, account: int) -> dict[int, str]:
    rows = connection.execute(text(_HOLDERS), {"number": account, "kind": PASS})
    return {int(number): str(name) for number, name in rows}


def _named(connection: Connection, asked: str, names: list[str]) -> tuple[str, ...]:
    return tuple(sorted({str(row[0]) for name in names for row in connection.execute(text(asked), {"name": name})}))
