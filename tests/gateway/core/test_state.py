"""The power state rests on witnesses: what they say, when they said it, and what to do when they quarrel."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.judgement import Contradiction
from contract.words import Clash, ClockQuality, Connection, Power
from gateway.core.pipeline import Tick
from gateway.core.power.evidence import Evidence
from gateway.core.power.hearing import hear
from gateway.core.power.state import awakened, judge
from gateway.core.remembered import Judged, Memory

from .conftest import GENSET, GRID, METER, Story, at, facts, genset, report, silence, volts

ENGINES = (None, "stopped", "pre_start", "warming_up", "running", "cooling_down", "post_run")
MAYBE = st.sampled_from([None, True, False])


def seen(**said: Any) -> Evidence:
    """Evidence of which only the named parts are known."""
    return Evidence(**said)


ANY_EVIDENCE = st.builds(
    seen,
    mains=MAYBE,
    engine=st.sampled_from(ENGINES),
    on_set=MAYBE,
    load_live=MAYBE,
    set_live=MAYBE,
    battery=MAYBE,
    late=st.booleans(),
    outage=st.booleans(),
    contradictions=st.sampled_from([(), (Contradiction(key=Clash.MAINS_QUARREL),)]),
)
REACHED = {
    Power.ON_MAINS: seen(mains=True, engine="stopped", on_set=False),
    Power.ON_BATTERY: seen(mains=False, engine="stopped", battery=True, load_live=False),
    Power.STARTING: seen(mains=False, engine="pre_start", on_set=False),
    Power.ON_RESERVE: seen(mains=False, engine="running", on_set=True),
    Power.RETURNING: seen(mains=True, engine="running", on_set=True, outage=True),
    Power.DEAD: seen(mains=False, engine="stopped", on_set=False),
    Power.UNKNOWN: seen(),
}


def power_of(of: Evidence, was: Judged | None = None) -> Power:
    """The state that the evidence leads to."""
    return judge(of, was or Judged(), at(1)).power


def test_every_power_state_is_reached() -> None:
    """Each state has evidence that leads to it."""
    assert set(Power) == set(REACHED)
    assert all(power is power_of(of) for power, of in REACHED.items())


@pytest.mark.parametrize("begin", list(Power))
def test_every_power_state_can_be_left(begin: Power) -> None:
    """From every state the evidence of any other leads there."""
    was = Judged(power=begin, since=at(0).moment(), known=begin, mains=False, outage=True)
    reached = {power_of(of, was) for of in REACHED.values()}

    assert set(REACHED) == reached


@given(ANY_EVIDENCE)
def test_nothing_is_concluded_from_nothing(of: Evidence) -> None:
    """Each conclusion rests on a witness that speaks for it."""
    power = power_of(of)

    assert power is not Power.ON_MAINS or of.mains is True
    assert power is not Power.ON_RESERVE or of.on_set is True or of.load_live is True
    assert power is not Power.RETURNING or (of.mains is True and of.on_set is True)
    assert power is not Power.DEAD or of.mains is False or of.load_live is False
    assert power is not Power.STARTING or of.engine is not None
    assert power is not Power.ON_BATTERY or of.battery is True
    assert not of.contradictions or power is Power.UNKNOWN


@given(st.floats(0, 400, allow_nan=False), st.sampled_from([230.0, 0.0, None]))
def test_load_side_voltage_never_proves_mains(load_v: float, gen_v: float | None) -> None:
    """A site that has only a meter behind the changeover is not told to be on mains, whatever it measures."""
    story = Story(facts(METER, controller=None))
    story.poll(at(1), "meter", volts("meter", load_v, 1))

    assert hear(story.site, story.facts, at(1)).mains is None
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

    assert says is hear(story.site, story.facts, at(1)).mains


def test_one_dead_phase_is_a_lost_mains() -> None:
    """Two phases of three do not run the machines of a shop."""
    story = Story(facts())
    story.poll(at(1), "genset", genset(1) | {"mains.voltage_l2n": volts("x", 3, 1)["x.voltage_l2n"]})

    assert hear(story.site, story.facts, at(1)).mains is False


def test_of_quarrelling_witnesses_the_newest_wins_until_all_have_looked_again() -> None:
    """One that has just seen the change is believed; if they still differ after a new look, nobody is."""
    story = Story(facts(GENSET, GRID))
    story.poll(at(1), "genset", genset(1))
    story.poll(at(2), "grid", volts("meter", 230, 2))
    assert "on_mains" == story.power

    story.poll(at(5), "genset", genset(5, mains=0))
    assert hear(story.site, story.facts, at(5)).mains is False
    assert () == hear(story.site, story.facts, at(5)).contradictions

    story.poll(at(7), "grid", volts("meter", 230, 7))
    story.poll(at(10), "genset", genset(10, mains=0))
    after = hear(story.site, story.facts, at(10))
    assert after.mains is None
    quarrel = Contradiction(key=Clash.MAINS_QUARREL, detail="grid/meter.voltage | genset/mains.voltage")
    assert (quarrel,) == after.doubts
    assert "unknown" == story.power

    story.poll(at(12), "grid", volts("meter", 0, 12))
    assert hear(story.site, story.facts, at(12)).mains is False
    assert "dead" == story.power


def test_a_quarrel_about_the_mains_hides_neither_a_dark_shop_nor_a_set_that_carries_it() -> None:
    """Two witnesses of the grid disagree for hours: what does not rest on them is judged all the same."""
    story = Story(facts(GENSET, GRID, METER))
    powers = []
    for second, kw, load in ((0, 0, 230.0), (60, 0, 0.0), (70, 0, 0.0), (600, 12, 230.0), (610, 12, 230.0)):
        engine = "running" if kw else "stopped"
        story.poll(at(second), "genset", genset(second, mains=0 if second else 230, engine=engine, kw=kw))
        story.poll(at(second + 1), "grid", volts("meter", 230, second + 1))
        story.poll(at(second + 2), "meter", volts("meter", load, second + 2))
        powers.append(story.power)

    assert ["on_mains", "dead", "dead", "on_reserve", "on_reserve"] == powers
    assert 1 == story.kinds().count("mains_lost")
    assert 0 == story.kinds().count("mains_back")
    assert Clash.MAINS_QUARREL in [one.key for one in story.site.evidence.doubts]
    assert story.site.memory.judged.outage


def test_where_nobody_sees_the_grid_an_outage_ends_when_the_shop_is_live() -> None:
    """Only a meter behind the changeover: dark is an outage, live again ends it, and mains are never claimed."""
    story = Story(facts(METER, controller=None))
    seen = []
    for second, volt in ((1, 230), (60, 0), (600, 230)):
        story.poll(at(second), "meter", volts("meter", volt, second))
        seen.append((story.power, story.site.memory.judged.outage))

    assert [("unknown", False), ("dead", True), ("unknown", False)] == seen


def test_a_load_reading_from_before_the_change_is_no_witness() -> None:
    """The load meter's old 230 V neither keeps the site alive nor contradicts the stopped engine."""
    story = Story(facts())
    story.poll(at(1), "genset", genset(1))
    story.poll(at(2), "meter", volts("meter", 230, 2))
    story.poll(at(5), "genset", genset(5, mains=0))
    old = hear(story.site, story.facts, at(5))
    story.poll(at(7), "meter", volts("meter", 230, 7))
    early = hear(story.site, story.facts, at(7))
    story.poll(at(10), "genset", genset(10, mains=0))
    new = hear(story.site, story.facts, at(10))

    assert old.load_live is None
    assert () == old.contradictions == early.contradictions
    assert new.load_live is True
    assert (Contradiction(key=Clash.LIVE_WITHOUT_SOURCE),) == new.contradictions


def test_a_set_that_carries_next_to_nothing_at_night_is_still_on_reserve() -> None:
    """Below two percent of its rating the set alone cannot tell; the live load side behind it can."""
    story = Story(facts())
    story.poll(at(1), "genset", genset(1, mains=0, engine="running", kw=0.5))
    story.poll(at(2), "meter", volts("meter", 229, 2))
    before = story.power
    story.poll(at(6), "genset", genset(6, mains=0, engine="running", kw=0.5))

    assert ["starting", "on_reserve"] == [before, story.power]


@pytest.mark.parametrize(("engine", "first"), [("running", "starting"), ("stopped", "dead")])
def test_a_load_that_goes_live_before_the_mains_are_looked_at_is_not_on_reserve(engine: str, first: str) -> None:
    """The grid returns to a set that runs unconnected, or stands: the meter is read first, and nobody is misled."""
    story = Story(facts(connection=Connection.MANUAL))
    story.poll(at(1), "genset", genset(1, mains=0, engine=engine))
    story.poll(at(2), "meter", volts("meter", 0, 2))
    story.poll(at(7), "meter", volts("meter", 230, 7))
    between = story.power
    story.poll(at(8), "genset", genset(8, mains=230, engine=engine))

    assert [first, "on_mains"] == [between, story.power]
    assert "on_reserve" not in story.kinds()


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
    return [kind for kind in story.kinds() if kind in EVENTS]


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

    assert EVENTS == told + told_of_the_plant(story)
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


def test_in_another_boot_old_uptimes_say_nothing() -> None:
    """What was measured in uptime belongs to its boot; what was known stays."""
    was = Judged(
        power=Power.DEAD, known=Power.DEAD, mains=False, boot="boot-1", mains_ms=99_000, mains_quarrel_ms=98_000,
        outage=True, flaps=(1, 2, 3), flapping=True,
    )  # fmt: skip
    story = Story(facts(), Memory(judged=was))
    story.poll(at(5, boot="boot-2"), "genset", genset(5, mains=0))
    judged = story.site.memory.judged

    assert ("dead", False, True, "boot-2") == (story.power, judged.mains, judged.outage, judged.boot)
    assert (0, None, (), False) == (judged.mains_ms, judged.mains_quarrel_ms, judged.flaps, judged.flapping)


@pytest.mark.parametrize(
    ("gap_s", "boot", "clock", "expected"),
    [
        (60, "boot-1", ClockQuality.SYNCED, 1),
        (14 * 60, "boot-2", ClockQuality.SYNCED, 1),
        (16 * 60, "boot-1", ClockQuality.SYNCED, None),
        (60, "boot-2", ClockQuality.UNSYNCED, None),
    ],
)
def test_since_outlives_a_short_restart_only(
    gap_s: float, boot: str, clock: ClockQuality, expected: float | None
) -> None:
    """Found in the same state after a short while it was in it all the time; after a long or unknown one: since now."""
    story = Story(facts())
    story.poll(at(1), "genset", genset(1, mains=0, engine="running", kw=14))
    story.poll(at(60), "genset", genset(60, mains=0, engine="running", kw=14))
    memory = msgspec.structs.replace(story.site.memory, judged=awakened(story.site.memory.judged, at(60).moment()))
    after = Story(facts(), memory)
    second = 60 + gap_s if boot == "boot-1" else 20
    now = at(second, run="run-2", boot=boot, clock=clock, wall_s=60 + gap_s - second)
    after.step(now, Tick())
    after.poll(now, "genset", genset(second, mains=0, engine="running", kw=14))

    assert "on_reserve" == after.power
    assert (at(expected).moment() if expected else now.moment()) == after.site.memory.judged.since


def test_mains_that_come_and_go_are_told_as_one_thing() -> None:
    """Fifty times in an hour: the first ones singly, then unstable once, then settled once with the number."""
    story = Story(facts(GENSET, connection=Connection.MANUAL))
    story.poll(at(0), "genset", genset(0))
    for turn in range(50):
        story.poll(at(60 + 72 * turn), "genset", genset(60 + 72 * turn, mains=0))
        story.poll(at(96 + 72 * turn), "genset", genset(96 + 72 * turn))
    end = 96 + 72 * 49
    for second in range(end, end + 400, 20):
        story.poll(at(second), "genset", genset(second))
    kinds = story.kinds()
    settled = next(one for one in story.told if one.kind == "mains_settled")

    assert (1, 1) == (kinds.count("mains_unstable"), kinds.count("mains_settled"))
    assert 100 == settled.body["changes"]
    assert 7 >= kinds.count("mains_lost") + kinds.count("mains_back")
    assert 10 >= kinds.count("power_changed")
    assert "on_mains" == story.power
    assert "on_mains" == story.site.memory.judged.told.value


def test_what_flapping_hid_is_told_when_it_is_over() -> None:
    """It began on mains and ends in the dark: the last word is told."""
    story = Story(facts(GENSET, connection=Connection.MANUAL))
    story.poll(at(0), "genset", genset(0))
    for turn in range(8):
        story.poll(at(60 + 72 * turn), "genset", genset(60 + 72 * turn, mains=0))
        story.poll(at(96 + 72 * turn), "genset", genset(96 + 72 * turn))
    for second in range(640, 1200, 20):
        story.poll(at(second), "genset", genset(second, mains=0))
    settled = story.kinds().index("mains_settled")

    assert "dead" == story.site.memory.judged.told.value == story.power
    assert ["mains_settled", "mains_lost"] == story.kinds()[settled : settled + 2]


def test_a_single_loss_is_told_at_once() -> None:
    """A single loss is told at once, by its event and by one change of power."""
    story = Story(facts(GENSET))
    story.poll(at(0), "genset", genset(0))
    story.poll(at(10), "genset", genset(10, mains=0))

    assert ["power_changed", "mains_lost", "power_changed"] == story.kinds()
