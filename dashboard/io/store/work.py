"""Where it is kept who did what: facts that are never changed, and the incidents by their ids."""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, text

from contract.freshness import Now
from contract.messages import decode
from contract.orders import Order
from dashboard.core.access.people import Person, Role
from dashboard.core.sending.orders import Answered, answer_of
from dashboard.core.site.events import Stored
from dashboard.core.work.incidents import Incident, rebased
from dashboard.core.work.ownership import OWNS, Act, Fact, Holding, Wanted, decided, holding, same
from dashboard.io.store.acking import AckWanted, acked_one
from dashboard.io.store.database import Database, KeyUsed

KEY = re.compile(r"[a-z0-9-]{1,80}", re.ASCII)
"""A key that means nothing but itself in a pattern."""
MOST_FACTS = 200
"""Of one site or incident are read; the older ones stay."""
_COLUMNS = "number, body"
Note = Callable[[Connection, Fact], None]
"""Writes the line of the log for what was kept, in its transaction."""


class WorkBook:
    """The tables `work_facts` and `incidents`. Everything raises StoreTrouble; a press under a used key KeyUsed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- who has what ---

    def holdings(self) -> dict[str, Holding]:
        """Who has what, of everything that anybody ever had."""
        asked = text(
            f"select {_COLUMNS} from work_facts where number in "  # noqa: S608
            "(select max(number) from work_facts where owns = 1 group by subject)"
        )
        with self._database.reading() as connection:
            facts = [_fact(row) for row in connection.execute(asked)]
            return {one.subject: _held(connection, one.subject) for one in facts}

    def did(self, key: str, wanted: Wanted, blank: Fact, note: Note | None = None) -> tuple[Fact, Holding]:
        """Keep what somebody does, once for each key; what it became, and who has it now.

        `blank`: who, when, about what. `note`: writes a line of the log with it.
        """
        with self._database.writing() as connection:
            fact = decided(_held(connection, blank.subject), wanted, blank)
            before = _before(connection, key, fact)
            if before is not None:
                return before, _held(connection, blank.subject)
            kept = _insert(connection, key, fact)
            if note is not None:
                note(connection, kept)
            return kept, _held(connection, blank.subject)

    def handed(self, key: str, all_of: Iterable[tuple[Wanted, Fact]], fact: Fact, note: Note | None) -> list[Fact]:
        """Give all of it in one go, with the line that says so; the facts, that line last. All or nothing."""
        with self._database.writing() as connection:
            before = _before(connection, key, fact)
            if before is not None:
                return [before]
            kept = [
                _insert(connection, f"{key}|{blank.subject}", decided(_held(connection, blank.subject), wanted, blank))
                for wanted, blank in all_of
            ]
            kept.append(_insert(connection, key, fact))
            if note is not None:
                note(connection, kept[-1])
        return kept

    def acked(self, key: str, blank: Fact, all_of: Iterable[AckWanted], note: Note | None = None) -> Fact:
        """Acknowledge many alarms in one press, with the fact that says what came of each. All or nothing."""
        with self._database.writing() as connection:
            before = _before(connection, key, blank)
            if before is not None:
                return before
            tried = tuple(acked_one(connection, one) for one in all_of)
            kept = _insert(connection, key, msgspec.structs.replace(blank, tried=tried))
            if note is not None:
                note(connection, kept)
        return kept

    def facts(self, subject: str, limit: int = MOST_FACTS) -> list[Fact]:
        """What was done about one thing, the newest first."""
        return self._facts("subject = :subject", limit, subject=subject)

    def since(self, number: int, limit: int = MOST_FACTS) -> list[Fact]:
        """What was done about anything after a number, the newest first."""
        return self._facts("number > :number", limit, number=number)

    def newest(self, act: Act, limit: int = 50) -> list[Fact]:
        """The last of a kind, the newest first."""
        return self._facts("act = :act", limit, act=act.value)

    def _facts(self, where: str, limit: int, **values: Any) -> list[Fact]:
        asked = text(f"select {_COLUMNS} from work_facts where {where} order by number desc limit :limit")  # noqa: S608
        with self._database.reading() as connection:
            return [_fact(row) for row in connection.execute(asked, {**values, "limit": limit})]

    # --- beside it ---

    def people(self) -> list[Person]:
        """Who has an account and is not locked out, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(
                text("select number, name, role, scope from accounts where locked = 0 order by known_as")
            ).all()
        return [Person(name=name, role=Role(role), scope=scope, account=number) for number, name, role, scope in rows]

    def answers(self, orders: Iterable[str]) -> dict[str, Answered | None]:
        """How orders were answered; None for one that waits."""
        asked = text("select id, body, answer, detail, refusal from orders where id in :ids").bindparams(
            bindparam("ids", expanding=True)
        )
        with self._database.reading() as connection:
            rows = connection.execute(asked, {"ids": list(orders)}).all()
        return {
            row.id: None
            if row.answer is None
            else answer_of(decode(row.body, Order), row.answer, row.detail or "", row.refusal or "{}")
            for row in rows
        }

    def alarm_history(self, site: str, key: str, device: str, limit: int = 100) -> list[Stored]:
        """What the site's records tell of one alarm, the newest first."""
        asked = text(
            "select number, run, stream, seq, kind, wall_ms, up_ms, status, simulated, historical, body from records "
            "where site = :site and stream = 'event' and kind like 'alarm_%' and body like :like "
            "order by number desc limit :limit"
        )
        like = f'%"{key}"%' if KEY.fullmatch(key) else "%"
        with self._database.reading() as connection:
            rows = connection.execute(asked, {"site": site, "like": like, "limit": 20 * limit}).mappings().all()
        told = [
            Stored(**{**row, "simulated": bool(row["simulated"]), "historical": bool(row["historical"]),
                      "body": json.loads(row["body"])})
            for row in rows
        ]  # fmt: skip
        found = [one for one in told if _is_of(one, key, device)]
        return sorted(found, key=lambda one: (one.wall_ms or 0, one.number), reverse=True)[:limit]

    # --- incidents ---

    def open_incidents(self, now: Now, boot: str) -> tuple[Incident, ...]:
        """Those that are not over, counted on the uptime of this boot."""
        with self._database.reading() as connection:
            rows = connection.execute(
                text("select boot, offset_ms, body from incidents where over = 0 order by number")
            ).all()
        return tuple(_incident(row, now, boot) for row in rows)

    def incident(self, name: str, now: Now, boot: str) -> Incident | None:
        """One by its id, also when it is over."""
        asked = text("select boot, offset_ms, body from incidents where id = :id")
        with self._database.reading() as connection:
            row = connection.execute(asked, {"id": name}).first()
        return None if row is None else _incident(row, now, boot)

    def keep_incidents(self, changed: Iterable[Incident], now: Now, boot: str) -> None:
        """As they are now."""
        told = text(
            "insert into incidents (id, over, boot, offset_ms, body) values (:id, :over, :boot, :offset, :body) on "
            "conflict (id) do update set over = :over, boot = :boot, offset_ms = :offset, body = :body"
        )
        offset = None if now.wall_ms is None else now.wall_ms - now.mono_ms
        with self._database.writing() as connection:
            for one in changed:
                row = {"id": one.id, "over": int(one.over), "boot": boot, "offset": offset}
                connection.execute(told, {**row, "body": msgspec.json.encode(one)})


def _incident(row: Row[Any], now: Now, boot: str) -> Incident:
    """On this boot's uptime: by the wall clocks of then and now; where one is not known, as if it began just now."""
    one = msgspec.json.decode(row.body, type=Incident)
    if row.boot == boot:
        return one
    if row.offset_ms is not None and now.wall_ms is not None:
        return rebased(one, row.offset_ms - (now.wall_ms - now.mono_ms))
    return rebased(one, now.mono_ms - max(member.began_ms for member in one.members))


def _is_of(one: Stored, key: str, device: str) -> bool:
    alarm = one.body.get("alarm")
    return isinstance(alarm, dict) and (alarm.get("key"), alarm.get("device")) == (key, device)


def _held(connection: Connection, subject: str) -> Holding:
    """Who has it. The last two that decided are enough: what is given keeps the time that was set before."""
    asked = text(
        f"select {_COLUMNS} from work_facts where subject = :subject and owns = 1 order by number desc limit 20"  # noqa: S608
    )
    rows = connection.execute(asked, {"subject": subject}).all()
    return holding(subject, reversed([_fact(row) for row in rows]))


def _before(connection: Connection, key: str, fact: Fact) -> Fact | None:
    """What came of the same press before; raises KeyUsed where the key stands for something else."""
    asked = text(f"select {_COLUMNS} from work_facts where subject = :subject and key = :key")  # noqa: S608
    row = connection.execute(asked, {"subject": fact.subject, "key": key}).first()
    if row is None:
        return None
    before = _fact(row)
    if not same(before, fact):
        raise KeyUsed(key)
    return before


def _insert(connection: Connection, key: str, fact: Fact) -> Fact:
    told = text(
        "insert into work_facts (id, subject, key, act, owns, body) values (:id, :subject, :key, :act, :owns, :body)"
    )
    row = {"id": fact.id, "subject": fact.subject, "key": key, "act": fact.act.value, "owns": int(fact.act in OWNS),
           "body": msgspec.json.encode(fact)}  # fmt: skip
    connection.execute(told, row)
    number = connection.execute(text("select number from work_facts where id = :id"), {"id": fact.id}).scalar_one()
    return msgspec.structs.replace(fact, number=int(number))


def _fact(row: Row[Any]) -> Fact:
    return msgspec.structs.replace(msgspec.json.decode(row.body, type=Fact), number=row.number)
