"""Who is woken and how, what waits to be sent, and what came of it. All of it outlives a restart.

A message is kept before it is sent, and so is the beginning of each try. What a `kill -9` found under way is sent once
more, for nobody knows whether it went: rather twice than not at all.
"""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, text

from contract.waking import Kind, Message, State
from dashboard.core.notify.causes import ALARMS, Heard
from dashboard.core.notify.own import OwnCall, own_call
from dashboard.core.notify.people import Channel, Woken
from dashboard.core.notify.queue import Delivery, Due
from dashboard.io.store.database import Database

Note = Callable[[Connection], None]
KEPT = 5000
"""Lines of the log."""
READ = 500
OPEN = "('waiting', 'sending')"


class Made(Struct, frozen=True, kw_only=True):
    """A message in words, for one person."""

    message: Message
    who: str
    title: str
    body: str


class Kept(Struct, frozen=True):
    """What the judgement makes of something: how far it has looked, its state, what must be sent, and when that was."""

    seen: int
    state: State
    made: list[Made]
    now_ms: int | None


Judge = Callable[[bool, bool], Kept | None]
"""(has any channel taken the message, is there none left that may) → what is to be kept; None: nothing."""


class Notifications:
    """The tables of notification."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- what is going on ---

    def load(self) -> tuple[int, State]:
        """(the last record that was looked at, the state). What was under way when the program ended waits again.

        At the very first start what is in the store already is history.
        """
        with self._database.writing() as connection:
            row = connection.execute(text("select seen, state from notify_now")).first()
            if row is None:
                seen = int(connection.execute(text("select coalesce(max(number), 0) from records")).scalar_one())
                told = {"seen": seen, "state": msgspec.json.encode(State())}
                connection.execute(text("insert into notify_now (one, seen, state) values (1, :seen, :state)"), told)
                return seen, State()
            connection.execute(
                text("update notify_deliveries set state = 'waiting', why = 'unknown' where state = 'sending'")
            )
        return int(row.seen), msgspec.json.decode(row.state, type=State)

    def fresh(self, after: int) -> tuple[int, list[Heard]]:
        """(how far was looked, records of alarms after that number), in the order in which they were committed."""
        with self._database.reading() as connection:
            newest = int(connection.execute(text("select coalesce(max(number), 0) from records")).scalar_one())
            if newest <= after:
                return after, []
            kinds = ", ".join(f"'{kind}'" for kind in ALARMS)
            rows = connection.execute(
                text(
                    "select number, site, kind, wall_ms, status, simulated, historical, body from records "  # noqa: S608
                    f"where number > :after and kind in ({kinds}) order by number limit :limit"
                ),
                {"after": after, "limit": READ},
            ).mappings()
            found = [
                Heard(**{**row, "simulated": bool(row["simulated"]), "historical": bool(row["historical"]),
                         "body": str(row["body"]).encode()})
                for row in rows
            ]  # fmt: skip
        return (found[-1].number if len(found) == READ else newest), found

    def keep(self, seen: int, state: State, made: list[Made], now_ms: int | None) -> None:
        """The state after a step, and with it what must be sent: to all channels of each person that want it."""
        with self._database.writing() as connection:
            _keep(connection, Kept(seen, state, made, now_ms))

    # --- sending ---

    def due(self, boot: str, up_ms: int) -> list[Due]:
        """What is to be tried now, the oldest first; what waits since another boot has waited enough."""
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    "select d.*, c.address from notify_deliveries d join notify_channels c on c.number = d.channel "
                    "where d.state = 'waiting' and (d.due_boot <> :boot or d.due_ms <= :up) order by d.number limit 50"
                ),
                {"boot": boot, "up": up_ms},
            ).mappings()
            return [_due(dict(row)) for row in rows]

    def begin(self, number: int) -> bool:
        """A try begins; False when it is not wanted any more."""
        told = text("update notify_deliveries set state = 'sending', tries = tries + 1 "
                    "where number = :number and state = 'waiting'")  # fmt: skip
        with self._database.writing() as connection:
            return bool(connection.execute(told, {"number": number}).rowcount)

    def end(
        self, due: Due, result: str, why: str, again: tuple[str, int], now_ms: int | None, judge: Judge
    ) -> Kept | None:
        """What came of a try, and what follows from it: both are there, or neither."""
        told = {"state": result, "why": why, "boot": again[0], "due": again[1], "at": now_ms, "number": due.number}
        with self._database.writing() as connection:
            connection.execute(
                text(
                    "update notify_deliveries set state = :state, why = :why, due_boot = :boot, due_ms = :due, "
                    "tried_ms = :at where number = :number"
                ),
                told,
            )
            states = connection.execute(
                text("select state from notify_deliveries where message = :message"), {"message": due.message}
            ).scalars()
            found = set(states)
            kept = judge("accepted" in found, not found & {"waiting", "sending", "accepted"})
            if kept is not None:
                _keep(connection, kept)
        return kept

    def log(self, limit: int = 100, people: Iterable[int] | None = None) -> list[Delivery]:
        """What was sent, the newest first. `people`: only to these, by number, for two may have one name; None: all."""
        whose = "" if people is None else f"where person in ({', '.join(str(int(one)) for one in people)}) "
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    "select number, kind, status, who, label, body, made_ms, tried_ms, state, tries, why "  # noqa: S608
                    f"from notify_deliveries {whose}order by number desc limit :limit"
                ),
                {"limit": limit},
            ).mappings()
            return [Delivery(**row) for row in rows]

    def own_calls(self, limit: int = 60) -> list[OwnCall]:
        """What sites told of their own waking, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    "select site, wall_ms, status, simulated, body from records where kind = 'site_called' "
                    "order by number desc limit :limit"
                ),
                {"limit": limit},
            )
            found = [
                own_call(row.site, row.wall_ms, row.status, bool(row.simulated), str(row.body).encode()) for row in rows
            ]
        return [one for one in found if one is not None]

    # --- people and channels ---

    def people(self) -> list[Woken]:
        """Who is woken, in order."""
        with self._database.reading() as connection:
            channels = [
                Channel(**{**row, "exercises": bool(row["exercises"]), "tests": bool(row["tests"])})
                for row in connection.execute(
                    text("select number, person, label, address, exercises, tests from notify_channels order by number")
                ).mappings()
            ]
            rows = connection.execute(
                text("select number, name, scope, language, quiet_from, quiet_until from notify_people order by place")
            ).mappings()
            return [Woken(**row, channels=tuple(c for c in channels if c.person == row["number"])) for row in rows]

    def add_person(self, key: str, told: dict[str, Any], note: Note | None) -> None:
        """One more, last in the order; the same key twice is one."""
        insert = text(
            "insert into notify_people (key, name, scope, language, quiet_from, quiet_until, place) "
            "select :key, :name, :scope, :language, :quiet_from, :quiet_until, coalesce(max(place), 0) + 1 "
            "from notify_people where true on conflict do nothing"
        )
        self._change(insert, {"key": key, **told}, note)

    def change_person(self, number: int, told: dict[str, Any], note: Note | None) -> bool:
        """Name, language and quiet hours."""
        update = text(
            "update notify_people set name = :name, scope = :scope, language = :language, quiet_from = :quiet_from, "
            "quiet_until = :quiet_until where number = :number"
        )
        return self._change(update, {"number": number, **told}, note)

    def remove_person(self, number: int, note: Note | None) -> bool:
        """With all channels; the log stays."""
        gone = text(
            "update notify_deliveries set state = 'dropped', why = 'removed' where state = 'waiting' and channel in "
            "(select number from notify_channels where person = :number)"
        )
        with self._database.writing() as connection:
            connection.execute(gone, {"number": number})
            done = connection.execute(text("delete from notify_people where number = :number"), {"number": number})
            if note is not None and done.rowcount:
                note(connection)
        return bool(done.rowcount)

    def move_person(self, number: int, note: Note | None) -> bool:
        """One place further to the front."""
        with self._database.writing() as connection:
            order = list(connection.execute(text("select number from notify_people order by place")).scalars())
            if number not in order:
                return False
            at = order.index(number)
            order.insert(max(0, at - 1), order.pop(at))
            for place, one in enumerate(order, 1):
                connection.execute(
                    text("update notify_people set place = :place where number = :one"), {"place": place, "one": one}
                )
            if note is not None:
                note(connection)
        return True

    def add_channel(self, key: str, told: dict[str, Any], note: Note | None) -> None:
        """A way to reach somebody; the same key twice is one."""
        insert = text(
            "insert into notify_channels (key, person, label, address, exercises, tests) "
            "values (:key, :person, :label, :address, :exercises, :tests) on conflict do nothing"
        )
        self._change(insert, {"key": key, **told}, note)

    def remove_channel(self, number: int, note: Note | None) -> bool:
        """What waits for it goes with it."""
        with self._database.writing() as connection:
            told = {"number": number}
            done = connection.execute(text("delete from notify_channels where number = :number"), told)
            gone = (
                "update notify_deliveries set state = 'dropped', why = 'removed' where channel = :number and state in "
            )
            connection.execute(text(gone + OPEN), told)
            if note is not None:
                note(connection)
        return bool(done.rowcount)

    def try_channel(self, key: str, number: int, body: str, now_ms: int | None, note: Note | None) -> bool:
        """A message to see whether it arrives; the same key twice is one."""
        insert = text(
            "insert into notify_deliveries (message, matter, round, kind, status, person, who, channel, label, title, "
            "body, made_ms, state) select :key, 0, 0, 'try', 'test', p.number, p.name, c.number, c.label, '', :body, "
            ":at, 'waiting' from notify_channels c join notify_people p on p.number = c.person "
            "where c.number = :number on conflict do nothing"
        )
        return self._change(insert, {"key": f"try.{key}", "number": number, "body": body, "at": now_ms}, note)

    def settings(self) -> dict[str, str]:
        """The page's own address, whom to tell that the dashboard lives, and when that last went well."""
        with self._database.reading() as connection:
            return {row.name: row.value for row in connection.execute(text("select name, value from notify_settings"))}

    def set(self, name: str, value: str, note: Note | None = None) -> None:
        """One setting."""
        put = text("insert into notify_settings (name, value) values (:name, :value) "
                   "on conflict (name) do update set value = excluded.value")  # fmt: skip
        self._change(put, {"name": name, "value": value}, note)

    def _change(self, statement: Any, told: dict[str, Any], note: Note | None) -> bool:
        with self._database.writing() as connection:
            done = connection.execute(statement, told)
            if note is not None and done.rowcount:
                note(connection)
        return bool(done.rowcount)


def _keep(connection: Connection, kept: Kept) -> None:
    told = {"seen": kept.seen, "state": msgspec.json.encode(kept.state)}
    connection.execute(text("update notify_now set seen = :seen, state = :state"), told)
    for one in kept.made:
        _enqueue(connection, one, kept.now_ms)
    _drop(connection, kept.state)


def _enqueue(connection: Connection, made: Made, now_ms: int | None) -> None:
    message = made.message
    wants = {"exercise": "and exercises", "test": "and tests"}.get(message.matter.status.value, "")
    connection.execute(
        text(
            "insert into notify_deliveries (message, matter, round, kind, status, person, who, channel, label, title, "  # noqa: S608
            "body, made_ms, state) select :message, :matter, :round, :kind, :status, :person, :who, number, label, "
            f":title, :body, :at, 'waiting' from notify_channels where person = :person {wants} on conflict do nothing"
        ),
        {"message": message.id, "matter": message.matter.number, "round": message.matter.round,
         "kind": message.kind.value, "status": message.matter.status.value, "person": int(message.person),
         "who": made.who, "title": made.title, "body": made.body, "at": now_ms},
    )  # fmt: skip


def _drop(connection: Connection, state: State) -> None:
    """Nobody is asked any more about what is over or acknowledged; what is under way is on its way."""
    done = [one.number for one in state.matters if one.ended_ms is not None or one.acked_ms is not None]
    if done:
        numbers = ", ".join(str(one) for one in done)
        connection.execute(
            text(
                "update notify_deliveries set state = 'dropped', why = 'no_longer' "  # noqa: S608
                f"where state = 'waiting' and kind in ('first', 'next', 'reminder') and matter in ({numbers})"
            )
        )
    connection.execute(
        text(
            "delete from notify_deliveries where state not in ('waiting', 'sending') "
            "and number <= (select max(number) from notify_deliveries) - :kept"
        ),
        {"kept": KEPT},
    )


def _due(row: dict[str, Any]) -> Due:
    kinds = {kind.value for kind in Kind}
    return Due(
        number=row["number"], message=row["message"], matter=row["matter"], round=row["round"], kind=row["kind"],
        person=str(row["person"]), channel=row["channel"], address=row["address"], title=row["title"],
        body=row["body"], tries=row["tries"], asks=row["kind"] in kinds,
    )  # fmt: skip
