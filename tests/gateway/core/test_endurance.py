"""How long the fuel lasts, against the worked example of the fact sheet."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.judgement import Endurance
from contract.messages import Value
from contract.words import ClockQuality, Power, Quality
from gateway.core.facts import Facts, SetFacts, TankFacts
from gateway.core.fuel import endurance as thinker
from gateway.core.fuel.endurance import BASES, interval
from gateway.core.fuel.fuel_memory import FuelMemory
from gateway.core.power.evidence import Evidence
from gateway.core.remembered import Judged, Memory
from gateway.core.site import Now, Site

from .conftest import WALL_MS, Story, at, device, facts, genset, gone, good

HOUR = 3600
HOUR_MS = 3_600_000


def site(level: Value | None, kw: float | None, **memory: Any) -> Site:
    """A site whose controller says this of tank and load."""
    values = {} if level is None else {"fuel.level": level}
    return Site(
        memory=Memory(**memory),
        values={"genset": values | ({} if kw is None else {"generator.power": good(kw * 1000)})},
    )


def told(of: Site, facts_of: Facts, now: Now) -> Endurance | None:
    """What one step says."""
    return thinker.watch(of, facts_of, now, [])[0].endurance


def sure(of: Site, facts_of: Facts, now: Now) -> Endurance:
    """The same where there must be an answer."""
    answer = told(of, facts_of, now)
    assert answer is not None
    return answer


def test_the_interval_of_the_sheet() -> None:
    """89 h with ρ 0.15 are 75 to 111 h; at zρ ≥ 0.8 only the lower end says something."""
    low, high = interval(89, 0.15)

    assert high is not None
    assert (75, 110) == (round(low), round(high))
    assert (89 / 1.8, None) == pytest.approx(interval(89, 0.625))


def test_the_example_of_the_sheet() -> None:
    """56 kW, 1000 L at 60 %, at a load of 15 kW: 6.2 L/h, 550 L usable, 89 h, 75 to 111 h."""
    seen = sure(site(good(60), 0), facts(), at(1))

    assert (6.19, 550.0, 15.0) == (seen.rate_lh, seen.usable_l, seen.load_kw)
    assert 89 == round(550 / 6.19)
    assert 75 == pytest.approx(seen.low_h, abs=1)
    assert 111 == pytest.approx(seen.high_h, abs=1)
    assert "model-at-design-load" == seen.basis


def test_a_load_that_is_only_seen_makes_the_interval_wider() -> None:
    """The same while 15 kW are carried: the load of the coming days is not known, and it costs hours at either end."""
    given = sure(site(good(60), 0), facts(), at(1))
    seen = sure(site(good(60), 15), facts(), at(1))

    assert ("model", 6.19) == (seen.basis, seen.rate_lh)
    assert given.low_h - 2 < seen.low_h < given.low_h
    assert given.high_h < seen.high_h < given.high_h + 5  # type: ignore[operator]


@pytest.mark.parametrize(("kw", "basis"), [(None, "model-at-design-load"), (0, "model-at-design-load"), (1.2, "model")])
def test_a_set_that_stands_is_counted_at_the_design_load(kw: float | None, basis: str) -> None:
    """The basis says which load was meant."""
    seen = sure(site(good(60), kw), facts(), at(1))

    assert basis == seen.basis
    assert seen.load_kw == (15.0 if kw is None or kw == 0 else 1.2)


@pytest.mark.parametrize(
    ("last_kw", "load", "basis"), [(22.0, 22.0, "model-at-last-load"), (9.0, 15.0, "model-at-design-load")]
)
def test_a_set_that_stands_is_counted_at_the_higher_of_two_loads(last_kw: float, load: float, basis: str) -> None:
    """The last run's load, when it was more than was planned for."""
    seen = sure(site(good(60), 0, fuel=FuelMemory(last_kw=last_kw)), facts(), at(1))

    assert (load, basis) == (seen.load_kw, seen.basis)


@pytest.mark.parametrize("level", [None, gone(Quality.SENSOR_FAULT), gone(Quality.COMM_ERROR)])
def test_without_a_level_nobody_knows(level: Value | None) -> None:
    """No level is not an empty tank."""
    assert told(site(level, 15), facts(), at(1)) is None


def test_without_a_tank_nobody_knows() -> None:
    """A site that has not said how large its tank is gets no hours."""
    assert told(site(good(60), 15), facts(tank=TankFacts(litres=0.0)), at(1)) is None


@pytest.mark.parametrize("level", [0, 3, 5])
def test_what_cannot_be_drawn_is_no_fuel(level: float) -> None:
    """Below the suction pipe there are zero hours."""
    seen = sure(site(good(level), 15), facts(), at(1))

    assert (0.0, 0.0) == (seen.low_h, seen.high_h)


def test_near_the_bottom_only_the_lower_end_is_told() -> None:
    """One percent of the tank is then more than what is left."""
    seen = sure(site(good(6), 15), facts(), at(1))

    assert 0 < seen.low_h < 1
    assert seen.high_h is None


def test_a_node_that_tells_litres_is_a_sender_too() -> None:
    """600 L are 600 L, also without a gauge of the controller."""
    of = facts(device("genset"), device("node", "node"))
    values = {"genset": {"generator.power": good(15_000)}, "node": {"fuel.litres": good(600)}}
    seen = sure(Site(memory=Memory(), values=values), of, at(1))

    assert (550.0, "model") == (seen.usable_l, seen.basis)


def test_senders_that_disagree_widen_and_are_named() -> None:
    """The controller says 600 L, the node 300: both fit into the interval, and the names are told."""
    of = facts(device("genset"), device("node", "node"))
    values = {"genset": {"generator.power": good(15_000), "fuel.level": good(60)}, "node": {"fuel.litres": good(300)}}
    after, _ = thinker.watch(Site(memory=Memory(), values=values), of, at(1), [])

    assert after.endurance is not None
    assert after.fuel.level is not None
    assert after.endurance.low_h < 60
    assert "genset/fuel.level, 600 L" in after.fuel.level.quarrel
    assert "node/fuel.litres, 300 L" in after.fuel.level.quarrel


def test_a_reading_of_long_ago_is_no_reading() -> None:
    """A level that nobody has read for an hour is not the level of now."""
    assert told(site(good(60, 0), 15), facts(), at(HOUR)) is None


def test_the_engines_own_count_beats_the_model() -> None:
    """The ECU says 8 L/h at 15 kW; the interval is narrow and the basis says so."""
    story = Story(facts())
    for second in range(0, 600, 5):
        story.poll(at(second), "genset", genset(second, mains=0, engine="running", kw=15, fuel__rate=good(8.0, second)))

    seen = story.site.endurance
    assert seen is not None
    assert ("ecu", 8.0) == (seen.basis, pytest.approx(seen.rate_lh, abs=0.05))
    assert 550 / 8 / 1.15 < seen.low_h < 550 / 8


@pytest.mark.parametrize("rate", [0.0, 0.5, 90.0])
def test_an_engine_that_counts_nonsense_is_not_believed(rate: float) -> None:
    """Nothing, or ten times what it can burn: the model stays."""
    story = Story(facts())
    for second in range(0, 300, 5):
        story.poll(
            at(second), "genset", genset(second, mains=0, engine="running", kw=15, fuel__rate=good(rate, second))
        )

    assert ("model", 6.19) == (story.site.endurance.basis, story.site.endurance.rate_lh)  # type: ignore[union-attr]


def test_the_load_is_the_higher_of_hour_and_day() -> None:
    """Ten hours at 10 kW and one at 20: 20. And back at 10 for two hours: the mean of all, which is more than 10."""
    story = Story(facts())

    def run(from_h: float, hours: float, kw: float) -> None:
        for step in range(int(hours * 30)):
            second = from_h * HOUR + step * 120
            level = good(90 - second / HOUR * 0.6, second)
            story.poll(at(second), "genset", genset(second, mains=0, engine="running", kw=kw, fuel__level=level))

    run(0, 10, 10)
    assert 10 == pytest.approx(story.site.endurance.load_kw, abs=0.1)  # type: ignore[union-attr]
    run(10, 1, 20)
    assert 20 == pytest.approx(story.site.endurance.load_kw, abs=1.7)  # type: ignore[union-attr]
    run(11, 2, 10)
    assert 10.8 == pytest.approx(story.site.endurance.load_kw, abs=0.2)  # type: ignore[union-attr]


@pytest.mark.parametrize("wrong_w", [9_999_999.0, -50_000.0])
def test_a_meter_that_goes_wild_moves_the_hours_little(wrong_w: float) -> None:
    """One reading of ten megawatts, or of a negative load."""
    story = Story(facts())
    for second in range(0, HOUR, 60):
        values = genset(second, mains=0, engine="running", kw=15)
        if second == 1800:
            values["generator.power"] = good(wrong_w, second)
        story.poll(at(second), "genset", values)

    assert 15 == pytest.approx(story.site.endurance.load_kw, abs=1.5)  # type: ignore[union-attr]


def test_a_run_teaches_the_site() -> None:
    """A set that burns 30 % more than the line: after two days it is known, remembered, and used while it stands."""
    story = Story(facts())
    for step in range(2 * 24 * 12):
        second = step * 300.0
        level = good(round(95 - 0.62 * 1.3 * second / HOUR), second)
        story.poll(at(second), "genset", genset(second, mains=0, engine="running", kw=15, fuel__level=level))
    running = story.site.endurance
    for step in range(3):
        second = (2 * 24 * 12 + step) * 300.0
        story.poll(at(second), "genset", genset(second, fuel__level=good(57, second)))
    standing = story.restarted()
    standing.poll(at(10, boot="boot-2"), "genset", genset(10, fuel__level=good(57, 10)))

    assert ("measured", 6.19 * 1.3) == (running.basis, pytest.approx(running.rate_lh, rel=0.06))  # type: ignore[union-attr]
    assert 1.3 == pytest.approx(story.site.memory.fuel.calibration, abs=0.06)
    seen = standing.site.endurance
    assert seen is not None
    assert "calibrated" == seen.basis
    assert 6.19 * 1.3 == pytest.approx(seen.rate_lh, rel=0.06)


def test_a_short_run_teaches_nothing() -> None:
    """Half an hour of test run moves no tank."""
    story = Story(facts())
    for second in range(0, 2400, 60):
        runs = second < 1800
        story.poll(at(second), "genset", genset(second, engine="running" if runs else "stopped", kw=15 if runs else 0))

    assert story.site.memory.fuel.calibration is None
    assert story.site.memory.fuel.last_kw is None


# --- the clock time ---


@pytest.mark.parametrize("power", list(Power))
def test_an_end_is_told_while_the_set_carries_the_site(power: Power) -> None:
    """On reserve power the low bound has a clock time, to the minute; otherwise nothing is being used."""
    of = site(good(60), 15, judged=Judged(power=power))
    seen = sure(of, facts(), at(1))

    if power in (Power.ON_RESERVE, Power.RETURNING):
        assert seen.until_ms is not None
        assert 0 == seen.until_ms % 60_000
        assert seen.low_h * HOUR_MS == pytest.approx(seen.until_ms - WALL_MS, abs=0.1 * HOUR_MS + 61_000)
    else:
        assert seen.until_ms is None


@pytest.mark.parametrize(
    ("clock", "told_at_all"),
    [(ClockQuality.SYNCED, True), (ClockQuality.HOLDOVER, True), (ClockQuality.UNSYNCED, False)],
)
def test_no_end_by_a_clock_that_nobody_believes(clock: ClockQuality, told_at_all: bool) -> None:
    """Hours are told, a time of day is not."""
    of = site(good(60), 15, judged=Judged(power=Power.ON_RESERVE))
    now = at(1, clock=clock)
    seen = sure(of, facts(), msgspec.structs.replace(now, wall_ms=WALL_MS))

    assert seen.low_h > 70
    assert told_at_all is (seen.until_ms is not None)


# --- whatever comes ---


def test_the_words_of_the_basis_are_a_closed_list() -> None:
    """Nothing else is ever told."""
    assert len(BASES) == len(set(BASES))
    assert {"model", "model-at-design-load", "model-at-last-load", "calibrated", "measured", "ecu"} < set(BASES)


@given(
    level=st.floats(-20, 130),
    kw=st.floats(-100, 20_000),
    rated=st.floats(0.1, 10_000),
    tank=st.floats(0.1, 1_000_000),
    dead=st.floats(0, 50),
    fuel=st.sampled_from(["diesel", "hvo"]),
    shape=st.sampled_from(["rectangular", "lying_cylinder"]),
    calibration=st.none() | st.floats(0.6, 1.6),
)
def test_it_is_an_interval_of_hours_whatever_is_measured(
    level: float,
    kw: float,
    rated: float,
    tank: float,
    dead: float,
    fuel: Any,
    shape: Any,
    calibration: float | None,
) -> None:
    """Never negative, never upside down, never a division by zero."""
    of = facts(
        set=SetFacts(rated_kw=rated, design_load_kw=0.0),
        tank=TankFacts(litres=tank, dead_percent=dead, fuel=fuel, shape=shape, gauge="height"),
    )
    seen = sure(site(good(level), kw, fuel=FuelMemory(calibration=calibration)), of, at(1))

    assert 0 <= seen.low_h < 1e9
    assert seen.high_h is None or seen.low_h <= seen.high_h < 1e9
    assert seen.basis in BASES
    assert seen.rate_lh is not None
    assert seen.rate_lh >= 0


@given(levels=st.tuples(st.floats(0, 100), st.floats(0, 100)).map(sorted), kw=st.floats(0, 60))
def test_more_litres_are_never_fewer_hours(levels: list[float], kw: float) -> None:
    """Both ends rise with the level."""
    less, more = (sure(site(good(level), kw), facts(), at(1)) for level in levels)

    assert less.low_h <= more.low_h
    if less.high_h is not None and more.high_h is not None and less.high_h > 0:
        assert less.low_h <= more.high_h


def test_engine_words_alone_make_a_run() -> None:
    """A set that idles burns fuel, and is still counted at the load that is to come."""
    of = Site(
        memory=Memory(judged=Judged(power=Power.STARTING)),
        values={"genset": {"fuel.level": good(60), "generator.power": good(0)}},
        evidence=Evidence(engine="running", on_set=False),
    )
    after, _ = thinker.watch(of, facts(), at(1), [])

    assert after.fuel.burning is not None
    assert after.fuel.burning.turning
    assert 2.35 == pytest.approx(after.fuel.burning.rate_lh, abs=0.01)
    assert 6.19 == after.endurance.rate_lh  # type: ignore[union-attr]
