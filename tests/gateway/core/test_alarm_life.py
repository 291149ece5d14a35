"""The life of an alarm as a table, and that nothing which holds is ever lost on it."""

import msgspec
from hypothesis import given
from hypothesis import strategies as some

from contract.messages import Ack, Alarm, Shelf
from contract.orders import AckAlarm, OutOfService, Shelve, What
from contract.words import AlarmState, Origin
from gateway.config import rules
from gateway.core.alarms.alarm_life import NEXT, acknowledged, moved, shelved
from gateway.core.facts import Rule
from gateway.core.orders import orders

from .alarm_site import AlarmSite, facts_of
from .conftest import WALL_MS, at, order

STATES = set(AlarmState)
CALM = AlarmState.NORMAL
ALARM = Alarm(
    key="battery-low", device="genset", raised_run="run-1", raised_seq=1, state=AlarmState.UNACKED, priority=2,
    raised=at(0).moment(), origin=Origin.MEASURED,
)  # fmt: skip
SHELF = Shelf(who="Kim", at=at(0).moment(), for_s=60, comment="seen to")
HIDDEN = (AlarmState.SHELVED, AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE)
SHOWN = (AlarmState.UNACKED, AlarmState.ACKED, *HIDDEN)


def reach(start: AlarmState) -> set[AlarmState]:
    """Every state to which a way leads."""
    found, ahead = {start}, [start]
    for _ in range(len(STATES)):
        ahead = [after for state in ahead for after in NEXT[state].values() if after not in found]
        found |= set(ahead)
    return found


def test_every_state_is_in_the_table_and_can_be_reached_and_left() -> None:
    """From normal a way leads to each, and from each back to normal."""
    assert set(NEXT) == STATES == reach(CALM)
    assert [] == [state for state in STATES if CALM not in reach(state)]


def test_what_is_acknowledged_can_only_become_more_quiet() -> None:
    """No acknowledgement raises anything, and each state but normal takes one."""
    taken = {state: ways.get("ack") for state, ways in NEXT.items()}

    assert [CALM] == [state for state, after in taken.items() if after is None]
    assert [] == [state for state, after in taken.items() if after is AlarmState.UNACKED]


def test_only_acknowledging_and_returning_make_an_alarm_disappear() -> None:
    """And what lay aside or was out of service, once it no longer holds."""
    ways = {step for state in STATES for step, after in NEXT[state].items() if after is CALM}

    assert {"ack", "return", "free_gone"} == ways
    assert CALM is NEXT[AlarmState.RETURNED_UNACKED]["ack"]
    assert [AlarmState.RETURNED_UNACKED] == [state for state in STATES if NEXT[state].get("ack") is CALM]


def test_an_alarm_carries_its_shelf_only_while_it_lies_on_it() -> None:
    """And its reason for being suppressed only while it is."""
    aside = shelved(ALARM, SHELF)
    quiet = msgspec.structs.replace(moved(ALARM, "suppress"), suppressed_by="service_visit")

    assert (SHELF, None) == (aside.shelved, moved(aside, "free_holds").shelved)
    assert ("service_visit", "") == (quiet.suppressed_by, moved(quiet, "free_holds").suppressed_by)


def test_an_acknowledgement_after_the_end_is_kept_and_changes_nothing_else() -> None:
    """Of an alarm that is normal again."""
    seen = Ack(id="a", who="Kim", role="owner", wall_ms=1)
    over = moved(moved(ALARM, "return"), "ack")

    assert msgspec.structs.replace(over, acks=(seen,)) == acknowledged(over, seen)


STEPS = some.lists(
    some.tuples(
        some.sampled_from(
            ["low", "full", "gone", "ack", "shelve", "unshelve", "out", "in", "visit", "left", "restart"]
        ),
        some.sampled_from([1, 30, 61, 4000, 30_000]),
    ),
    max_size=25,
)
FACTS = facts_of({}, {"battery-low": Rule(**{  # type: ignore[arg-type]
    name: getattr(rules()["battery-low"], name) for name in ("fact", "of", "below", "clear", "on_delay_s")
}, suppress=("service_visit",))})  # fmt: skip


def said(site: AlarmSite, number: int, what: What, second: float) -> None:
    """Somebody orders something; a refusal is an answer too."""
    site.site, _ = orders.apply(
        site.site, order(number, what, entered_ms=WALL_MS + round(second * 1000)), site.facts, site.now(second)
    )


def led(site: AlarmSite, number: int, step: str, second: float) -> None:
    """One step of a made-up story."""
    alarm = site.alarm("battery-low")
    seq, run = (alarm.raised_seq, alarm.raised_run) if alarm is not None else (1, "run-1")
    key = {"key": "battery-low", "device": "genset"}
    if step in ("low", "full"):
        site.step(second, {"engine.battery_voltage": 11.0 if step == "low" else 13.6})
    elif step == "gone":
        values = site.site.values | {"genset": {}}
        site.site = msgspec.structs.replace(site.site, values=values)
    elif step in ("visit", "left"):
        site.step(second, {"visit_s": 3600 if step == "visit" else 0})
    elif step == "restart":
        memory = msgspec.json.decode(msgspec.json.encode(site.site.memory), type=type(site.site.memory))
        site.site = msgspec.structs.replace(site.site, memory=memory, watching=type(site.site.watching)())
    else:
        orders_of = {
            "ack": AckAlarm(**key, raised_run=run, raised_seq=seq),
            "shelve": Shelve(**key, for_s=3600, comment="x"),
            "unshelve": Shelve(**key, for_s=0, comment="x"),
            "out": OutOfService(**key, out=True, comment="x"),
            "in": OutOfService(**key, out=False, comment="x"),
        }
        said(site, number, orders_of[step], second)


@given(STEPS)
def test_no_way_loses_an_alarm_that_holds(steps: list[tuple[str, int]]) -> None:
    """Whatever people do and however often the program restarts: a battery that stays low is in the list at the end."""
    site, second = AlarmSite(FACTS), 0.0
    for number, (step, wait_s) in enumerate(steps):
        second += wait_s
        led(site, number, step, second)
        site.step(second)
        alarm = site.alarm("battery-low")
        assert alarm is None or alarm.state is not AlarmState.NORMAL
        assert alarm is None or (alarm.state is AlarmState.SHELVED) <= (alarm.shelved is not None)
    site.step(second + 1, {"engine.battery_voltage": 11.0})
    site.step(second + 100)
    stays = site.alarm("battery-low")

    assert stays is not None
    assert stays.holds
    assert stays.state in SHOWN


@given(STEPS)
def test_whatever_lay_aside_comes_back(steps: list[tuple[str, int]]) -> None:
    """A day later, with a low battery and nothing out of service, it calls for somebody or somebody has seen it."""
    site, second = AlarmSite(FACTS), 0.0
    for number, (step, wait_s) in enumerate(steps):
        second += wait_s
        led(site, number, step, second)
        site.step(second)
    said(site, 99, OutOfService(key="battery-low", device="genset", out=False, comment="x"), second)
    site.step(second + 1, {"engine.battery_voltage": 11.0})
    site.step(second + 100)
    site.step(second + 86_400)
    back = site.alarm("battery-low")

    assert back is not None
    assert back.state in (AlarmState.UNACKED, AlarmState.ACKED)


@given(STEPS)
def test_without_its_cause_and_seen_it_is_over(steps: list[tuple[str, int]]) -> None:
    """A day after the battery is full and somebody has seen the alarm, nothing of it is in the list."""
    site, second = AlarmSite(FACTS), 0.0
    for number, (step, wait_s) in enumerate(steps):
        second += wait_s
        led(site, number, step, second)
        site.step(second)
    said(site, 99, OutOfService(key="battery-low", device="genset", out=False, comment="x"), second)
    site.step(second + 1, {"engine.battery_voltage": 13.6})
    site.step(second + 86_400)
    led(site, 100, "ack", second + 86_401)
    site.step(second + 86_402)

    assert site.alarm("battery-low") is None
