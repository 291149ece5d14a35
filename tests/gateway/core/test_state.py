"""The power state rests on witnesses: what they say, when they said it, and what to do when they quarrel."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.words import ClockQuality, Power
from gateway.core.site import Judged
from gateway.core.state import Evidence, awakened, evidence, judge

from .conftest import GENSET, GRID, METER, Story, at, facts, genset, report, silence, volts

ENGINES = (None, "stopped", "pre_start", "warming_up", "running", "cooling_down", "post_run")
MAYBE = st.sampled_from([None, True, False])
WITHOUT_WITNESS = {Power.ON_BATTERY}
"""No device of today's profiles tells of a battery that carries the site; the day one does, this set gets empty."""


def seen(**said: Any) -> Evidence:
    """Evidence of which only the named parts are known."""
    nothing: dict[str, Any] = {
        "mains": None, "engine": None, "on_set": None, "load_live": None, "witnesses": (), "contradictions": (),
        "mains_quarrel_ms": None, "outage": False, "mains_ms": 0,
    }  # fmt: skip
    return Evidence(**(nothing | said))


ANY_EVIDENCE = st.builds(
    seen,
    mains=MAYBE,
    engine=st.sampled_from(ENGINES),
    on_set=MAYBE,
    load_live=MAYBE,
    outage=st.booleans(),
    contradictions=st.sampled_from([(), ("they quarrel",)]),
)
REACHED = {
    Power.ON_MAINS: seen(mains=True, engine="stopped", on_set=False),
    Power.STARTING: seen(mains=False, engine="pre_start", on_set=False),
    Power.ON_RESERVE: seen(mains=False, engine="running", on_set=True),
    Power.RETURNING: seen(mains=True, engine="running", on_set=True, outage=True),
    Power.DEAD: seen(mains=False, engine="stopped", on_set=False),
    Power.UNKNOWN: seen(),
}


def power_of(of: Evidence, was: Judged | None = None) -> Power:
    """The state that the evidence leads to."""
    return judge(of, was or Judged(), at(1)).power


def test_every_power_state_is_reached_but_for_the_battery_which_has_no_witness() -> None:
    """Each state has evidence that leads to it; on_battery has none yet, and nothing may invent it."""
    assert set(Power) - WITHOUT_WITNESS == {power_of(of) for of in REACHED.values()}
    assert all(power is power_of(of) for power, of in REACHED.items())


@pytest.mark.parametrize("begin", [power for power in Power if power not in WITHOUT_WITNESS])
def test_every_power_state_can_be_left(begin: Power) -> None:
    """From every state the evidence of any other leads there."""
    was = Judged(power=begin, since=at(0).moment(), known=begin, mains=False, outage=True)
    reached = {power_of(of, was) for of in REACHED.values()}

    assert set(REACHED) == reached


@given(ANY_EVIDENCE)
def test_on_battery_is_never_concluded_from_what_can_be_seen_today(of: Evidence) -> None:
    """Whatever the witnesses of today say, no battery is inferred."""
    assert Power.ON_BATTERY is not power_of(of)


@given(ANY_EVIDENCE)
def test_nothing_is_concluded_from_nothing(of: Evidence) -> None:
    """Each conclusion rests on a witness that speaks for it."""
    power = power_of(of)

    assert power is not Power.ON_MAINS or of.mains is True
    assert power is not Power.ON_RESERVE or of.on_set is True or of.load_live is True
    assert power is not Power.RETURNING or (of.mains is True and of.on_set is True)
    assert power is not Power.DEAD or of.mains is False or of.load_live is False
    assert power is not Power.STARTING or of.engine is not None
    assert not of.contradictions or power is Power.UNKNOWN


@given(st.floats(0, 400, allow_nan=False), st.sampled_from([230.0, 0.0, None]))
def test_load_side_voltage_never_proves_mains(load_v: float, gen_v: float | None) -> None:
    """A site that has only a meter behind the changeover is not told to be on mains, whatever it measures."""
    story = Story(facts(METER, controller=None))
    story.poll(at(1), "meter", volts("meter", load_v, 1))

    assert evidence(story.site, story.facts, at(1)).mains is None
    assert story.power in ("unknown", "dead")


def test_without_data_the_state_is_unknown() -> None:
    """Silence of all devices leads to unknown, and to nothing else."""
    story = Story(facts())
    story.poll(at(1), "genset", genset(1))
    story.poll(at(2), "genset", silence(genset(1), 2))

    assert "unknown" == story.power


@pytest.mark.parametrize(("volt", "says"), [(173.0, True), (172.9, None), (150.0, None), (149.9, False), (0, False)])
def test_between_lost_and_present_the_voltage_says_nothing(volt: float, says: bool | None) -> None:
    """Present above 75 %, lost below 65 %, between them no verdict."""
    story = Story(facts())
    story.poll(at(1), "genset", genset(1, mains=volt))

    assert says is evidence(story.site, story.facts, at(1)).mains


def test_one_dead_phase_is_a_lost_mains() -> None:
    """Two phases of three do not run the machines of a shop."""
    story = Story(facts())
    story.poll(at(1), "genset", genset(1) | {"mains.voltage_l2n": volts("x", 3, 1)["x.voltage_l2n"]})

    assert evidence(story.site, story.facts, at(1)).mains is False


def test_of_quarrelling_witnesses_the_newest_wins_until_all_have_looked_again() -> None:
    """One that has just seen the change is believed; if they still differ after a new look, nobody is."""
    story = Story(facts(GENSET, GRID))
    story.poll(at(1), "genset", genset(1))
    story.poll(at(2), "grid", volts("meter", 230, 2))
    assert "on_mains" == story.power

    story.poll(at(5), "genset", genset(5, mains=0))
    assert evidence(story.site, story.facts, at(5)).mains is False
    assert () == evidence(story.site, story.facts, at(5)).contradictions

    story.poll(at(7), "grid", volts("meter", 230, 7))
    story.poll(at(10), "genset", genset(10, mains=0))
    after = evidence(story.site, story.facts, at(10))
    assert after.mains is None
    assert ("mains: grid/meter.voltage says present, genset/mains.voltage says absent",) == after.contradictions
    assert "unknown" == story.power

    story.poll(at(12), "grid", volts("meter", 0, 12))
    assert evidence(story.site, story.facts, at(12)).mains is False
    assert "dead" == story.power


def test_a_load_reading_from_before_the_change_is_no_witness() -> None:
    """The load meter's old 230 V neither keeps the site alive nor contradicts the stopped engine."""
    story = Story(facts())
    story.poll(at(1), "genset", genset(1))
    story.poll(at(2), "meter", volts("meter", 230, 2))
    story.poll(at(5), "genset", genset(5, mains=0))
    old = evidence(story.site, story.facts, at(5))
    story.poll(at(7), "meter", volts("meter", 230, 7))
    new = evidence(story.site, story.facts, at(7))

    assert old.load_live is None
    assert () == old.contradictions
    assert new.load_live is True
    assert ("the load side is live but there is neither mains nor a running set",) == new.contradictions


def test_a_set_that_carries_next_to_nothing_at_night_is_still_on_reserve() -> None:
    """Below two percent of its rating the set alone cannot tell; the live load side behind it can."""
    story = Story(facts())
    story.poll(at(1), "genset", genset(1, mains=0, engine="running", kw=0.5))
    story.poll(at(2), "meter", volts("meter", 229, 2))

    assert "on_reserve" == story.power


# --- people ---


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"power": "mains"}, "on_mains"),
        ({"power": "reserve"}, "on_reserve"),
        ({"power": "none"}, "dead"),
        ({"set_running": True, "load_connected": True}, "on_reserve"),
        ({"people_present": 3}, "unknown"),
    ],
)
def test_a_site_without_hardware_lives_on_reports(said: dict[str, Any], expected: str) -> None:
    """A person is a witness; who says nothing of power proves nothing of it."""
    story = Story(facts(controller=None, devices=()))
    story.step(at(10), report(1, 10, **said))

    assert expected == story.power


def test_a_report_ages_to_unknown_after_four_hours() -> None:
    """What somebody saw holds four hours, then nobody knows."""
    story = Story(facts(controller=None, devices=()))
    story.step(at(100), report(1, 100, power="mains"))
    powers = []
    for second in (100 + 4 * 3600, 100 + 4 * 3600 + 1):
        story.poll(at(second), "none", {})
        powers.append(story.power)

    assert ["on_mains", "unknown"] == powers


def test_instruments_are_asked_before_people() -> None:
    """A live meter behind the changeover outweighs a person who says that there is no power."""
    story = Story(facts())
    story.poll(at(1), "genset", genset(1))
    story.poll(at(2), "meter", volts("meter", 230, 2))
    story.step(at(3), report(1, 3, power="none"))

    assert "on_mains" == story.power


def test_a_person_sees_the_load_side_where_no_meter_does_until_the_mains_change() -> None:
    """Grid alive and shop dark is dead; when the mains come back later, the old report no longer says so."""
    story = Story(facts(GENSET))
    powers = []
    story.poll(at(1), "genset", genset(1))
    story.step(at(2), report(1, 2, power="none"))
    powers.append(story.power)
    story.poll(at(5), "genset", genset(5, mains=0))
    story.poll(at(60), "genset", genset(60))
    powers.append(story.power)

    assert ["dead", "on_mains"] == powers


@pytest.mark.parametrize(("clock", "expected"), [(ClockQuality.SYNCED, "on_mains"), (ClockQuality.UNSYNCED, "unknown")])
def test_a_report_of_another_boot_needs_a_clock(clock: ClockQuality, expected: str) -> None:
    """After a restart of the box only the wall clock can tell how old a report is."""
    before = Story(facts(controller=None, devices=()))
    before.step(at(100), report(1, 100, power="mains"))
    after = before.restarted()
    after.poll(at(30, boot="boot-2", clock=clock, wall_s=100), "none", {})

    assert expected == after.power


def test_a_report_from_before_the_box_was_switched_on_is_as_old_as_it_is() -> None:
    """Seen five hours ago, entered ten minutes after the start: it is not ten minutes old."""
    story = Story(facts(controller=None, devices=()))
    story.step(at(600), report(1, 600 - 5 * 3600, power="mains"))

    assert "unknown" == story.power


def test_a_report_from_the_future_does_not_stay_young() -> None:
    """A phone that is two days ahead does not keep its report alive for two days."""
    story = Story(facts(controller=None, devices=()))
    story.step(at(100), report(1, 100 + 2 * 86400, power="mains"))
    after = story.restarted()
    after.poll(at(30, boot="boot-2", wall_s=5 * 3600), "none", {})

    assert "on_mains" == story.power
    assert "unknown" == after.power


# --- what is told ---

OUTAGE: list[tuple[str, float | None, str, float, float]] = [
    ("mains", 230, "stopped", 0, 230),
    ("lost", 0, "stopped", 0, 0),
    ("start", 0, "pre_start", 0, 0),
    ("warm", 0, "warming_up", 0, 0),
    ("run", 0, "running", 0, 0),
    ("load", 0, "running", 14, 230),
    ("back", 230, "running", 14, 230),
    ("home", 230, "running", 0, 230),
    ("cool", 230, "cooling_down", 0, 230),
    ("stop", 230, "post_run", 0, 230),
    ("ready", 230, "stopped", 0, 230),
]
EVENTS = [
    "mains_lost", "engine_starting", "engine_warming", "engine_running", "on_reserve", "mains_back", "back_on_mains",
    "engine_cooling", "engine_stopped",
]  # fmt: skip


def told_of_the_plant(story: Story) -> list[str]:
    """Its events without those about knowing: silence of devices and changes of the judgement."""
    return story.kinds("power_changed", "device_silent", "device_back")


@pytest.mark.parametrize("silent_after", [None, *range(len(OUTAGE))])
@pytest.mark.parametrize("how", ["silence", "restart"])
def test_an_outage_is_told_once_and_in_order(silent_after: int | None, how: str) -> None:
    """From mains lost to ready: silence of the controller, or a restart of the box, adds and repeats nothing."""
    story, told = Story(facts()), []
    for number, (_, mains, engine, kw, load) in enumerate(OUTAGE):
        begin = 10.0 * number
        for second in (begin, begin + 5):
            story.poll(at(second), "genset", genset(second, mains=mains, engine=engine, kw=kw))
            story.poll(at(second + 1), "meter", volts("meter", load, second + 1))
            if number == silent_after and second == begin and how == "silence":
                story.poll(at(begin + 3), "genset", silence(genset(0), begin + 3))
            elif number == silent_after and second == begin:
                told += told_of_the_plant(story)
                story = story.restarted()
                story.step(at(begin + 3, run="run-2"), report(number, begin + 3, needs="water"))
    story.poll(at(200), "genset", genset(200))

    assert EVENTS == [kind for kind in told + told_of_the_plant(story) if kind not in ("report_entered", "order_done")]
    assert "on_mains" == story.power


def test_since_moves_only_with_the_state() -> None:
    """The time since when stands still while the state does."""
    story = Story(facts())
    for second in (1, 6, 11):
        story.poll(at(second), "genset", genset(second))
    first = story.site.memory.judged.since
    story.poll(at(16), "genset", genset(16, mains=0))

    assert at(1).moment() == first
    assert at(16).moment() == story.site.memory.judged.since


def test_after_a_restart_the_uptimes_of_the_old_run_say_nothing() -> None:
    """What was measured in uptime belongs to another boot; what was known stays."""
    awake = awakened(Judged(power=Power.DEAD, mains=False, mains_ms=99_000, mains_quarrel_ms=98_000, outage=True))

    assert (Power.DEAD, False, 0, None, True) == (
        awake.power,
        awake.mains,
        awake.mains_ms,
        awake.mains_quarrel_ms,
        awake.outage,
    )
