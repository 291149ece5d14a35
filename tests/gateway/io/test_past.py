"""What the box tells of its past: the lowest and the highest of each bucket, holes as holes, and runs among events."""

import sqlite3
from pathlib import Path

import msgspec
import pytest

from contract.messages import MAX_MESSAGE, Head, encode
from contract.past import Past, PastWish
from contract.words import ClockQuality, Connection, Event, Status
from gateway.core.facts import DeviceFacts, Facts
from gateway.io.outbox import STATUS_OF
from gateway.io.past import NEWEST, past_of
from gateway.io.store import Store
from gateway.io.store_file import row_crc

from .test_thinning import HOUR, MINUTE, NOON, filled

GENSET = DeviceFacts(
    name="genset", profile="p", title="Elverket", kind="generator_controller", place=None, poll_every_s=5.0,
    slow_every_s=60.0, signals=dict.fromkeys(("fuel.level", "engine.speed"), ("%", 5.0, False)),
)  # fmt: skip
FACTS = Facts(
    site="are-kall", place="Kall", connection=Connection.MANUAL, status=Status.ACTUAL, simulated=False, version="1",
    devices=(GENSET,), controller=None,
)  # fmt: skip


def wish(count: int = 4, step_ms: int = MINUTE, *signals: str) -> PastWish:
    """From noon on."""
    return PastWish(id="w", from_ms=NOON, step_ms=step_ms, count=count, signals=signals or ("fuel.level",))


def put_events(path: Path, *events: tuple[str, str, object]) -> None:
    """(run, kind, body) in the order in which they happened, a minute from each other."""
    with sqlite3.connect(path) as db:
        for seq, (run, kind, body) in enumerate(events, 1):
            fields = (run, seq, str(kind), "boot", seq * MINUTE, NOON + seq * MINUTE, ClockQuality.SYNCED.value)
            plain = msgspec.json.encode(body)
            db.execute(
                "INSERT INTO events (run, seq, kind, boot, up_ms, wall_ms, clock, body, crc)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*fields, plain, row_crc(plain, *fields)),
            )


def test_buckets_hold_lowest_and_highest_and_holes_stay_holes(store: Store) -> None:
    """What was never asked and what was missing is None; a signal that nobody has told of has no line."""
    filled(store, NOON, [5.0, 3.0, 4.0, *[None] * 21, 7.0])

    (line,), events = past_of(store.path, wish(4, MINUTE, "fuel.level", "engine.speed"), FACTS)

    assert ("genset", "fuel.level") == (line.device, line.signal)
    assert ((3.0, None, 7.0, None), (5.0, None, 7.0, None)) == (line.low, line.high)
    assert () == events


def test_runs_are_told_however_many_events_came_after_them(store: Store) -> None:
    """The newest of everything, and always some runs and outages; the newest last, with what they were meant as."""
    put_events(
        store.path, ("drill", Event.RUN_ENDED, {"run": 1}), *[("real", Event.ALARM_RAISED, {"n": n}) for n in range(90)]
    )  # fmt: skip
    with sqlite3.connect(store.path) as db:
        db.execute("INSERT INTO kept (name, body) VALUES (?, ?)", (f"{STATUS_OF}drill", b"exercise"))

    _, events = past_of(store.path, wish(), FACTS)

    assert NEWEST + 1 == len(events)
    assert ("drill", Event.RUN_ENDED, Status.EXERCISE, {"run": 1}) == (
        events[0].run, events[0].record.kind, events[0].record.status, events[0].record.body,
    )  # fmt: skip
    assert [{"n": n} for n in range(30, 90)] == [one.record.body for one in events[1:]]
    assert {Status.ACTUAL} == {one.record.status for one in events[1:]}


def test_changed_row_is_left_out_and_an_answer_stays_one_message(store: Store) -> None:
    """A wrong byte is no event; events too many for one message: the oldest are left out."""
    put_events(store.path, *[("r", Event.RUN_ENDED, {"text": f"{n}" + "x" * 9000}) for n in range(20)])
    with sqlite3.connect(store.path) as db:
        db.execute("UPDATE events SET body = ? WHERE seq = 20", (b'{"text":"19y"}',))

    _, events = past_of(store.path, wish(), FACTS)
    head = Head(site="a", run="r", boot="b", up_ms=1, wall_ms=NOON, clock=ClockQuality.SYNCED, status=Status.ACTUAL)

    assert 19 == events[-1].record.seq
    assert 1 < len(events) < 19
    assert MAX_MESSAGE > len(encode(Past(head=head, wish="w", events=events)))


def test_store_that_is_gone_is_told_as_trouble(tmp_path: Path) -> None:
    """An error, and no file made in its place."""
    with pytest.raises(sqlite3.Error):
        past_of(tmp_path / "none.db", wish(), FACTS)

    assert [] == list(tmp_path.iterdir())


def test_wish_is_bounded() -> None:
    """A bucket is a minute or more, and there are so many and no more."""
    for bad in ({"step_ms": HOUR // 120}, {"count": 401}, {"count": 0}, {"signals": ["s"] * 21}):
        told = {"id": "w", "from_ms": 0, "step_ms": MINUTE, "count": 1, "signals": []} | bad
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(told, PastWish)
