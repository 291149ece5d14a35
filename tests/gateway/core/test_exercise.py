"""What was entered in an exercise does not carry over into actual, and what was real is not lost to an exercise."""

from typing import Any

import msgspec
import pytest

from contract.judgement import RunDone
from contract.messages import Alarm, Shelf
from contract.orders import Activation, CallOut, Declaration, NeedSaid, Notice, Order, Report
from contract.records import BODIES
from contract.words import AlarmState, Declared, NeedKind, Origin, Status
from gateway.core.fuel.fuel_memory import FuelMemory, Known
from gateway.core.orders.exercise import forget_other_status
from gateway.core.remembered import Away, Confirmed, Memory

from .conftest import WALL_MS, Story, at, facts, order

PEOPLE_ONLY: dict[str, Any] = {"controller": None, "devices": ()}
SAID = (
    Notice(notice="n-1", sv="Soppa"),
    Declaration(service="food", declared=Declared.OPEN, until_ms=None),
    NeedSaid(need="n-1", what=NeedKind.DIESEL),
    CallOut(reason="Övning"),
    Report(observed_ms=WALL_MS, power="none", station_litres=99.0),
    Activation(active=True, reason="Övning"),
)


def entered(status: Status, memory: Memory | None = None) -> Memory:
    """The memory after people have entered everything under a status."""
    story = Story(facts(status=status, **PEOPLE_ONLY), memory)
    for number, what in enumerate(SAID):
        story.step(at(number), order(100 + number, what))
    return story.site.memory


def moments_of(memory: Memory) -> tuple[object, ...]:
    """What only holds for the moment."""
    return (memory.notices, memory.services, memory.active, memory.call, memory.needs, memory.reports)


def test_the_first_start_marks_the_memory_and_drops_nothing() -> None:
    """Also one that a version wrote which knew no mark."""
    memory = entered(Status.ACTUAL)
    marked, told = forget_other_status(memory, Status.ACTUAL)

    assert [] == told
    assert msgspec.structs.replace(memory, status=Status.ACTUAL) == marked
    assert (marked, []) == forget_other_status(marked, Status.ACTUAL)


@pytest.mark.parametrize("was", [Status.EXERCISE, Status.TEST])
def test_nothing_of_an_exercise_carries_over(was: Status) -> None:
    """Notices, services, call, needs and what people saw are gone, and an event tells what was dropped."""
    memory = msgspec.structs.replace(entered(was), status=was, aside=None)
    after, told = forget_other_status(memory, Status.ACTUAL)

    assert moments_of(Memory()) == moments_of(after)
    assert (None, None, Status.ACTUAL) == (after.station, after.aside, after.status)
    assert ["entered", "activation_changed"] == [change.kind for change in told]
    detail = f"status {was} → actual; dropped: 1 notices, 1 services, 1 call-out, 1 needs, 1 reports"
    assert detail == told[0].body["detail"]
    for change in told:
        msgspec.convert(change.body, BODIES[change.kind])


def test_what_was_real_is_back_after_the_exercise() -> None:
    """Confirmations, absences and open needs stand as they did; those of the exercise do not."""
    away = Away(activator="kim", from_ms=1, until_ms=2)
    real = Confirmed(ok=True, who="Bo", at=at(0).moment())
    drill = Confirmed(ok=True, who="Spel", at=at(9).moment())
    memory = msgspec.structs.replace(
        entered(Status.ACTUAL), status=Status.ACTUAL, away=(away,), confirmed={"sot:shop": real}
    )
    in_drill, _ = forget_other_status(memory, Status.EXERCISE)
    played = msgspec.structs.replace(
        entered(Status.EXERCISE, in_drill), confirmed=in_drill.confirmed | {"activator:kim": drill}, away=()
    )
    in_test, _ = forget_other_status(played, Status.TEST)
    back, _ = forget_other_status(in_test, Status.ACTUAL)

    assert ((), {"sot:shop": real}, (away,)) == (in_drill.needs, in_drill.confirmed, in_drill.away)
    assert (memory.needs, {"sot:shop": real}, (away,)) == (back.needs, back.confirmed, back.away)
    assert memory.station == back.station
    assert ((), False) == (back.notices, back.active)


def test_a_run_that_was_only_played_is_no_run() -> None:
    """Those that instruments saw, and those that somebody told of before, stay."""
    began = at(0).moment()
    real, seen, played = (
        RunDone(id=name, kind="test", started=began, ended=began, declared=name != "seen")
        for name in ("real", "seen", "played")
    )
    drill, _ = forget_other_status(Memory(status=Status.ACTUAL, runs=(real,)), Status.EXERCISE)
    back, _ = forget_other_status(msgspec.structs.replace(drill, runs=(real, seen, played)), Status.ACTUAL)

    assert (real, seen) == back.runs


def test_litres_that_were_only_played_are_no_litres() -> None:
    """What somebody read off the tank before the exercise holds again."""
    real, played = (Known(litres=litres, sd_l=5, at=at(0).moment(), origin=Origin.REPORTED) for litres in (400, 900))
    actual = Memory(status=Status.ACTUAL, fuel=FuelMemory(told=real))
    drill, _ = forget_other_status(actual, Status.EXERCISE)
    back, _ = forget_other_status(msgspec.structs.replace(drill, fuel=FuelMemory(told=played)), Status.ACTUAL)

    assert real == drill.fuel.told
    assert real == back.fuel.told


def test_an_alarm_that_was_laid_aside_in_the_exercise_is_back() -> None:
    """The real site must hear of it."""
    now = at(1).moment()
    alarm = Alarm(
        key="fuel-low", device="site", raised_run="r", raised_seq=1, state=AlarmState.SHELVED, priority=2, raised=now,
        origin=Origin.MEASURED, shelved=Shelf(who="Kim", at=now, for_s=7200, comment="spel"),
    )  # fmt: skip
    other = msgspec.structs.replace(alarm, key="not-in-auto", state=AlarmState.ACKED, shelved=None)
    memory, _ = forget_other_status(Memory(status=Status.EXERCISE, alarms=(alarm, other)), Status.ACTUAL)

    assert [0, None] == [one.shelved and one.shelved.for_s for one in memory.alarms]
    assert other == memory.alarms[1]


def test_what_machines_showed_stays() -> None:
    """Public events and the power state are of no exercise."""
    memory = msgspec.structs.replace(entered(Status.EXERCISE), status=Status.EXERCISE)
    after, _ = forget_other_status(memory, Status.ACTUAL)

    assert (memory.public_events, memory.done_orders, memory.judged) == (
        after.public_events, after.done_orders, after.judged,
    )  # fmt: skip


def test_the_memory_of_an_exercise_survives_the_disk() -> None:
    """With what was laid aside."""
    memory, _ = forget_other_status(
        msgspec.structs.replace(entered(Status.ACTUAL), status=Status.ACTUAL), Status.EXERCISE
    )

    assert memory == msgspec.json.decode(msgspec.json.encode(memory), type=Memory)


@pytest.mark.parametrize(
    ("meant", "expected"), [(None, "order_done"), (Status.ACTUAL, "order_done"), (Status.EXERCISE, "order_refused")]
)
def test_an_order_that_was_meant_for_the_exercise_is_refused(meant: Status | None, expected: str) -> None:
    """It stood in the retained document while the site was switched over."""
    story = Story(facts(**PEOPLE_ONLY))
    one: Order = msgspec.structs.replace(order(1, CallOut(reason="Storm")), status=meant)

    assert expected == story.step(at(1), one)[-1].kind
