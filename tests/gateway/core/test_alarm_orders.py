"""People acknowledge, lay aside, take out of service and visit; each is answered, and nothing is lost."""

import msgspec
import pytest

from contract.orders import AckAlarm, OutOfService, ServiceVisit, Shelve, What
from contract.words import ClockQuality
from gateway.config import rules
from gateway.core.alarms.watching import Watching
from gateway.core.orders import orders
from gateway.core.remembered import MAX_CLOSED_ALARMS, Memory
from gateway.core.site import Change

from .alarm_site import AlarmSite, facts_of, kinds, woken
from .conftest import WALL_MS, at, order

KEY = {"key": "battery-low", "device": "genset"}
VOLTS = "engine.battery_voltage"


def said(site: AlarmSite, number: int, what: What, second: float | None = None) -> list[Change]:
    """Somebody orders something, and the alarms think about it in the same step; all that is told."""
    second = site.last_s if second is None else second
    site.site, told = orders.apply(
        site.site, order(number, what, entered_ms=WALL_MS + round(second * 1000)), site.facts, site.now(second)
    )
    site.numbered += len(told)
    site.site = msgspec.structs.replace(site.site, seqs={"event": site.numbered})  # type: ignore[dict-item]
    site.told += told
    return [*told, *site.step(second)]


def answers(told: list[Change]) -> list[str]:
    """What was told, without the alarms themselves."""
    return [change.kind.value for change in told]


def why(told: list[Change]) -> str:
    """The sentence of a refusal."""
    return next((change.body["detail"] for change in told if change.kind == "order_refused"), "")


def low(*keys: str) -> AlarmSite:
    """A site with a low battery."""
    site = AlarmSite(facts_of({}, {key: rule for key, rule in rules().items() if not keys or key in keys}))
    for second in (0, 60):
        site.step(second, {VOLTS: 11.0})
    return site


def ack(site: AlarmSite, number: int, key: str = "battery-low") -> list[Change]:
    """Somebody has seen the alarm, whether it is still in the list or not."""
    alarm = next(one for one in (*site.site.memory.alarms, *reversed(site.site.memory.closed_alarms)) if one.key == key)
    what = AckAlarm(key=key, device=alarm.device, raised_run=alarm.raised_run, raised_seq=alarm.raised_seq)
    return said(site, number, what)


# --- acknowledging --------------------------------------------------------------------------------


def test_two_who_acknowledge_are_both_kept() -> None:
    """One at the site, one at the centre; the second comes after the alarm is over, and is told so."""
    site = low()
    first = ack(site, 1)
    site.step(70, {VOLTS: 13.6})
    second = ack(site, 2)
    closed = site.site.memory.closed_alarms[-1]

    assert [["alarm_acked", "order_done"]] * 2 == [answers(first), answers(second)]
    assert "normal" == second[0].body["alarm"]["state"]
    assert ["order-1", "order-2"] == [one.id for one in closed.acks]
    assert () == site.site.memory.alarms


@pytest.mark.parametrize(("entered_s", "state"), [(1000, "unacked"), (1850, "acked")])
def test_who_saw_the_alarm_before_it_came_back_has_not_seen_it_now(entered_s: float, state: str) -> None:
    """An acknowledgement that was long under way is kept, but what came back meanwhile nobody has seen."""
    site = low()
    first = site.site.memory.alarms[0]
    for second, volt in ((600, 12.9), (700, 12.9), (1800, 11.0), (1900, 11.0)):
        site.step(second, {VOLTS: volt})
    what = AckAlarm(key=first.key, device=first.device, raised_run=first.raised_run, raised_seq=first.raised_seq)
    late = order(1, what, entered_ms=WALL_MS + round(entered_s * 1000))
    site.site, _ = orders.apply(site.site, late, site.facts, site.now(2000))
    alarm = next(one for one in site.site.memory.alarms if one.key == first.key)

    assert (1, state) == (len(alarm.acks), alarm.state.value)


def test_the_same_acknowledgement_twice_is_one() -> None:
    """It is brought again after each reconnect."""
    site = low()

    assert [["alarm_acked", "order_done"], []] == [answers(ack(site, 1)), answers(ack(site, 1))]
    assert 1 == len(site.site.memory.alarms[0].acks)


def test_only_so_many_closed_alarms_are_kept() -> None:
    """The list of what is over has an end."""
    site = low("battery-low")
    for number in range(MAX_CLOSED_ALARMS + 5):
        ack(site, number)
        site.step(100 * number + 100, {VOLTS: 13.6})
        site.step(100 * number + 110, {VOLTS: 11.0})
        site.step(100 * number + 170)

    assert MAX_CLOSED_ALARMS == len(site.site.memory.closed_alarms)


@pytest.mark.parametrize("seq", [99, 1])
def test_an_alarm_that_nobody_knows_cannot_be_acknowledged(seq: int) -> None:
    """Another number, or another run."""
    site = low()
    alarm = site.site.memory.alarms[0]
    run = alarm.raised_run if seq == 99 else "run-0"

    assert "no longer" in why(said(site, 1, AckAlarm(**KEY, raised_run=run, raised_seq=seq)))


# --- laying aside ---------------------------------------------------------------------------------


def shelf(for_s: int, comment: str = "new one on Tuesday", key: str = "battery-low") -> Shelve:
    """An order to lay the alarm aside."""
    return Shelve(key=key, device="genset", for_s=for_s, comment=comment)


def test_what_is_laid_aside_comes_back_by_itself() -> None:
    """To the second, unacknowledged, with who and why while it lay there, and nobody is woken for it."""
    site = low("battery-low")
    told = said(site, 1, shelf(3600))
    aside = site.site.memory.alarms[0]
    site.step(60 + 3599)
    before = site.looks("battery-low", [])
    back = site.step(60 + 3600)

    assert ["alarm_shelved", "order_done"] == answers(told)
    assert ("Kim", 3600, "new one on Tuesday") == (
        (aside.shelved.who, aside.shelved.for_s, aside.shelved.comment) if aside.shelved else None
    )
    assert "shelved 2" == before
    assert ["alarm_unshelved battery-low"] == kinds(back)
    assert "unacked 2" == site.looks("battery-low", back)
    assert None is site.site.memory.alarms[0].shelved


def test_what_is_over_meanwhile_does_not_come_back() -> None:
    """It is closed, and told so."""
    site = low("battery-low")
    said(site, 1, shelf(600))
    gone = site.step(100, {VOLTS: 13.6})
    before = site.site.memory.alarms[0]
    over = site.step(660)

    assert [] == gone
    assert ("shelved", False) == (before.state, before.holds)
    assert ["alarm_unshelved battery-low"] == kinds(over)
    assert () == site.site.memory.alarms
    assert None is not site.site.memory.closed_alarms[-1].cleared


def test_it_can_be_taken_back_at_once() -> None:
    """With a time of nothing."""
    site = low("battery-low")
    said(site, 1, shelf(600))
    told = said(site, 2, shelf(0))

    assert ["alarm_unshelved", "order_done"] == answers(told)
    assert "unacked 2" == site.looks("battery-low", told)


@pytest.mark.parametrize(("for_s", "refused"), [(7200, False), (7201, True)])
def test_the_gravest_may_rest_for_two_hours(for_s: int, refused: bool) -> None:
    """Any other for eight, which the order itself says."""
    site = AlarmSite(facts_of({}, rules()))
    site.step(0, {"controller.shutdown_alarm": 1})

    assert refused is ("two hours" in why(said(site, 1, shelf(for_s, key="gen-shutdown"))))
    assert "" == why(said(low(), 1, shelf(8 * 3600)))


def test_a_shelf_ends_where_the_matter_becomes_graver() -> None:
    """Laid aside in calm; then the mains fail, and the pressed button is the gravest."""
    site = AlarmSite(facts_of({}, rules()))
    site.step(0, {"alarm.emergency-stop": "shutdown"})
    said(site, 1, shelf(3600, key="emergency-stop"))
    told = site.step(10, {"outage": True})

    assert "unacked 1 !" == site.looks("emergency-stop", told)


@pytest.mark.parametrize(
    ("clock", "same_boot", "state"),
    [
        (ClockQuality.SYNCED, True, "shelved"),
        (ClockQuality.UNSYNCED, True, "shelved"),
        (ClockQuality.SYNCED, False, "shelved"),
        (ClockQuality.UNSYNCED, False, "unacked"),
    ],
)
def test_a_shelf_outlives_a_restart_as_long_as_its_age_can_be_told(
    clock: ClockQuality, same_boot: bool, state: str
) -> None:
    """After another boot without a clock nobody knows how long it lay there: it comes back."""
    site = low("battery-low")
    said(site, 1, shelf(3600))
    memory = msgspec.json.decode(msgspec.json.encode(site.site.memory), type=Memory)
    site.site = msgspec.structs.replace(site.site, memory=memory, watching=Watching())
    site.clock = clock
    now = site.now(100) if same_boot else at(100, boot="boot-2", clock=clock)
    site.now = lambda _second: now  # type: ignore[method-assign]
    site.step(100)

    assert state == site.site.memory.alarms[0].state.value


@pytest.mark.parametrize(
    ("what", "word"),
    [
        (shelf(600, key="fuel-low"), "not in the list"),
        (shelf(600, comment="  "), "Say why"),
        (shelf(0), "not resting"),
        (OutOfService(**KEY, out=False, comment="x"), "in service"),
        (OutOfService(key="battery", device="genset", out=True, comment="x"), "no alarm"),
        (OutOfService(key="battery-low", device="gen", out=True, comment="x"), "no device"),
        (OutOfService(**KEY, out=True, comment=" "), "Say why"),
        (ServiceVisit(for_s=0), "No service visit"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(what: What, word: str) -> None:
    """And changes nothing."""
    site = low("battery-low")
    before = site.site.memory.alarms

    assert word in why(said(site, 1, what))
    assert before == site.site.memory.alarms


# --- out of service -------------------------------------------------------------------------------


def out(is_out: bool = True) -> OutOfService:
    """The alarm of the battery, out of service or back."""
    return OutOfService(**KEY, out=is_out, comment="battery is being replaced")


def test_an_alarm_out_of_service_stays_in_the_list_and_calls_for_nobody() -> None:
    """With who and why, also across a restart, until it is put back; then it is what it is."""
    site = AlarmSite(facts_of({}, {"battery-low": rules()["battery-low"]}))
    site.step(0)
    told = said(site, 1, out())
    alarm = site.site.memory.alarms[0]
    site.step(10, {VOLTS: 11.0})
    site.step(900)
    quiet = site.looks("battery-low", []), site.site.memory.alarms[0].holds
    back = said(site, 2, out(False))

    assert ["order_done", "alarm_out_of_service"] == answers(told)
    assert ("Kim", 0) == ((alarm.shelved.who, alarm.shelved.for_s) if alarm.shelved else None)
    assert [alarm.raised_seq] == [
        number for number, one in enumerate(site.told, 1) if one.kind == "alarm_out_of_service"
    ]
    assert ("out_of_service 2", True) == quiet
    assert ["order_done", "alarm_in_service"] == answers(back)
    assert "unacked 2" == site.looks("battery-low", back)
    assert [] == woken(site.told)


def test_an_alarm_put_back_that_does_not_hold_is_over() -> None:
    """Nothing is left in the list."""
    site = AlarmSite(facts_of({}, rules()))
    site.step(0)
    said(site, 1, out())
    said(site, 2, out(False))

    assert () == site.site.memory.alarms
    assert () == site.site.memory.out_of_service


def test_what_stands_can_be_taken_out_of_service_also_from_the_shelf_but_not_laid_aside_then() -> None:
    """One is stronger than the other."""
    site = low("battery-low")
    said(site, 1, shelf(600))
    said(site, 2, out())
    state = site.looks("battery-low", [])
    refused = said(site, 3, shelf(600))
    again = said(site, 4, out())
    site.step(9000)

    assert "out_of_service 2" == state == site.looks("battery-low", [])
    assert "into service first" in why(refused)
    assert "already" in why(again)


def test_what_an_exercise_gave_back_is_out_of_service_again() -> None:
    """The list of what is out of service decides, the alarms follow it."""
    site = AlarmSite(facts_of({}, rules()))
    site.step(0)
    said(site, 1, out())
    aside = site.site.memory.out_of_service
    site.site = msgspec.structs.replace(site.site, memory=msgspec.structs.replace(site.site.memory, out_of_service=()))
    site.step(1)
    during = site.looks("battery-low", [])
    site.site = msgspec.structs.replace(
        site.site, memory=msgspec.structs.replace(site.site.memory, out_of_service=aside)
    )
    site.step(2)

    assert ["normal", "out_of_service 2"] == [during, site.looks("battery-low", [])]


# --- visits ---------------------------------------------------------------------------------------


def test_a_visit_ends_by_itself_and_is_forgotten() -> None:
    """After the time that was said, or when somebody says so."""
    site = AlarmSite(facts_of({}, rules()))
    site.step(0)
    told = said(site, 1, ServiceVisit(for_s=3600, note="oil"))
    site.step(3599)
    during = site.site.memory.visit
    site.step(3600)
    after = site.site.memory.visit
    said(site, 2, ServiceVisit(for_s=3600))
    said(site, 3, ServiceVisit(for_s=0, note="done"))

    assert ["entered", "order_done"] == answers(told)
    assert None is not during
    assert [None, None] == [after, site.site.memory.visit]


def test_after_another_boot_without_a_clock_a_visit_is_over() -> None:
    """Better an alarm too many."""
    site = AlarmSite(facts_of({}, rules()))
    site.step(0)
    said(site, 1, ServiceVisit(for_s=3600))
    now = at(10, boot="boot-2", clock=ClockQuality.UNSYNCED)
    site.now = lambda _second: now  # type: ignore[method-assign]
    site.step(10)

    assert None is site.site.memory.visit
