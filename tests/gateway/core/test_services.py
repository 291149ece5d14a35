"""What the public may be told of each service: a person's word while it holds, never power's."""

from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.judgement import Endurance
from contract.messages import PublicPicture, ServiceNow, decode
from contract.orders import Declaration, Report
from contract.wire import Moment
from contract.words import ClockQuality, Declared, Power
from gateway.core import announce
from gateway.core.facts import TankFacts
from gateway.core.fuel.fuel_memory import FuelMemory
from gateway.core.orders import services
from gateway.core.remembered import Judged, Memory, Witnessed
from gateway.core.site import Now, Site

from .conftest import WALL_MS, Story, at, facts, genset, gone, good, order, report, silence

HOUR = 3600
UNSYNCED = ClockQuality.UNSYNCED
FACTS = facts()


def site(power: Power, since: Moment | None = None, **parts: Any) -> Site:
    """A site in a power state since a moment, with declarations and perhaps endurance."""
    endurance = parts.pop("endurance", None)
    judged = Judged(power=power, since=since or at(0).moment(), known=power, known_since=since or at(0).moment())
    return Site(memory=Memory(judged=judged, **parts), endurance=endurance)


def said(declared: Declared = Declared.OPEN, when: Now | None = None, until_s: float | None = None) -> ServiceNow:
    """A person's word of the food."""
    until_ms = None if until_s is None else WALL_MS + round(until_s * 1000)
    return ServiceNow(service="food", declared=declared, until_ms=until_ms, declared_at=(when or at(0)).moment())


def lasts(low_h: float, now: Now) -> Endurance:
    """An endurance, counted now."""
    until_ms = None if now.wall_ms is None else now.wall_ms + round(low_h * 3_600_000)
    return Endurance(low_h=low_h, high_h=None, basis="model", at=now.moment(), until_ms=until_ms)


def told(of: Site, now: Now) -> tuple[str, float | None]:
    """What visitors read of the food: the word, and until which second."""
    (one,) = services.told(of, now)
    return one.declared.value, None if one.until_ms is None else (one.until_ms - WALL_MS) / 1000


def test_nothing_is_told_that_nobody_has_said() -> None:
    """Power alone opens nothing."""
    assert [()] * len(Power) == [services.told(site(power), at(10)) for power in Power]
    nameless = msgspec.structs.replace(said(), declared_at=None)
    assert ("unknown", None) == told(site(Power.ON_MAINS, services=(nameless,)), at(1))


@pytest.mark.parametrize("declared", Declared)
def test_a_persons_word_is_told_as_it_was_said(declared: Declared) -> None:
    """With until when; unknown has none."""
    expected = (declared.value, None if declared is Declared.UNKNOWN else 7200.0)

    assert expected == told(site(Power.ON_MAINS, services=(said(declared, until_s=7200),)), at(60))


def test_declared_hours_that_are_over_are_unknown() -> None:
    """At the very second, on mains too."""
    of = site(Power.ON_MAINS, services=(said(until_s=600),))

    assert [("open", 600.0), ("unknown", None)] == [told(of, at(second)) for second in (599, 600)]


@pytest.mark.parametrize("power", [power for power in Power if power not in (Power.ON_MAINS, Power.DEAD)])
def test_in_an_outage_a_word_holds_four_hours(power: Power) -> None:
    """Not knowing the power is no better than an outage; a new word begins anew."""
    old = site(power, services=(said(),))
    new = site(power, services=(said(when=at(4 * HOUR)),))

    assert ["open", "unknown"] == [told(old, at(second))[0] for second in (4 * HOUR, 4 * HOUR + 1)]
    assert "open" == told(new, at(4 * HOUR + 1))[0]


def test_on_mains_a_word_without_hours_stands() -> None:
    """The shop is open as it always is."""
    assert ("open", None) == told(site(Power.ON_MAINS, services=(said(),)), at(100 * HOUR))


@pytest.mark.parametrize("power", [Power.ON_RESERVE, Power.RETURNING])
@pytest.mark.parametrize(("until_h", "low_h", "expected"), [(8, 3, 3), (2, 3, 2), (None, 3, None)])
def test_never_later_than_the_fuel_surely_lasts(
    power: Power, until_h: int | None, low_h: int, expected: int | None
) -> None:
    """The earlier of a person's hours and the low bound; no hours are made of fuel alone."""
    until_s = None if until_h is None else until_h * HOUR
    of = site(power, services=(said(until_s=until_s),), endurance=lasts(low_h, at(0)))

    assert ("open", None if expected is None else expected * HOUR) == told(of, at(0))


@pytest.mark.parametrize("until_h", [8, None])
@pytest.mark.parametrize("clock", [ClockQuality.SYNCED, UNSYNCED])
def test_after_the_low_bound_nothing_is_promised(until_h: int | None, clock: ClockQuality) -> None:
    """The clock has passed it, or the hours have been counted down to nothing."""
    begun = at(0, clock=clock)
    until_s = None if until_h is None else until_h * HOUR
    of = site(Power.ON_RESERVE, services=(said(when=begun, until_s=until_s),), endurance=lasts(1, begun))

    assert ["open", "unknown"] == [told(of, at(second, clock=clock))[0] for second in (HOUR - 1, HOUR)]


def lost(known: Power) -> Judged:
    """Nobody knows the power; that was the last that was known."""
    since = at(0).moment()
    return Judged(power=Power.UNKNOWN, since=since, known=known, known_since=since, lost=since)


def test_a_controller_that_falls_silent_moves_no_promise() -> None:
    """Power unknown: the last known bound still holds, by the clock and by the hours."""
    of = Site(
        memory=Memory(judged=lost(Power.ON_RESERVE), services=(said(until_s=8 * HOUR),)), endurance=lasts(2, at(0))
    )

    assert [("open", 2.0 * HOUR), ("unknown", None)] == [told(of, at(s)) for s in (60, 2 * HOUR)]


def run_low(story: Story) -> None:
    """The set runs at 12 kW until second 690, on a tank at 7 %."""
    for second in range(10, 700, 10):
        values = genset(second, mains=0, engine="running", kw=12, fuel__level=good(7, second))
        story.poll(at(second), "genset", values)


def test_in_a_story_the_promise_does_not_rise_when_the_controller_falls_silent_or_the_box_restarts() -> None:
    """By minutes of silence, over a clock that is lost and a restart, until it is over."""
    story = Story(facts(tank=TankFacts(litres=1000.0)))
    story.poll(at(0), "genset", genset(0, fuel__level=good(7)))
    run_low(story)
    word = Declaration(service="food", declared=Declared.OPEN, until_ms=WALL_MS + 10 * HOUR * 1000)
    story.step(at(700), order(1, word, entered_ms=WALL_MS + 700_000))
    found = [told(story.site, at(700))]
    endings = [story.site.endurance.until_ms if story.site.endurance else None]
    values = genset(0)
    for second in range(710, 2000, 10):
        story.poll(at(second), "genset", silence(values, second))
        found.append(told(story.site, at(second)))
        endings.append(story.site.endurance.until_ms if story.site.endurance else None)
    unsynced = at(2000, clock=UNSYNCED)
    story.poll(unsynced, "genset", silence(values, 2000))
    found.append(told(story.site, unsynced))
    story = story.restarted()
    again = at(2060, clock=UNSYNCED, run="run-2")
    found.append(told(story.site, again))
    story.poll(again, "genset", silence(values, 2060))
    found.append(told(story.site, again))

    assert {"open"} == {word for word, _until in found}
    ends = [until for _word, until in found if until is not None]
    assert len(ends) == len(found)
    assert ends == sorted(ends, reverse=True)
    assert HOUR < ends[-1] <= ends[0] < 4 * HOUR
    assert None not in endings
    assert endings == sorted(endings, reverse=True, key=lambda one: one or 0)
    assert "unknown" == told(story.site, at(ends[0], run="run-2"))[0]


def test_a_persons_litres_move_the_bound_while_the_controller_is_silent() -> None:
    """That is knowledge, not the lack of it."""
    story = opened()
    values = genset(10, mains=0, engine="running", kw=12, fuel__level=gone())
    story.poll(at(10), "genset", values)
    story = Story(facts(), msgspec.structs.replace(story.site.memory, fuel=FuelMemory()))
    story.poll(at(20), "genset", values)
    story.step(at(30), report(2, 30, litres=90))
    story.poll(at(700), "genset", silence(genset(0), 700))
    before = story.site.bounds["fuel"]
    story.step(at(710), report(3, 710, litres=600))
    after = story.site.bounds["fuel"]
    story.poll(at(720), "genset", silence(genset(0), 720))

    assert before + 10 * HOUR * 1000 < after
    assert abs(story.site.bounds["fuel"] - after) <= 120_000


def test_the_bound_is_rarely_written_and_ends_on_the_mains() -> None:
    """Hours of a load that swings: a few changes of the memory, none later than the bound itself."""
    story = Story(facts())
    story.poll(at(0), "genset", genset(0))
    kept = []
    for second in range(10, 4 * HOUR, 30):
        kw = 12 + (second // 30) % 5
        story.poll(at(second), "genset", genset(second, mains=0, engine="running", kw=kw))
        kept.append(story.site.memory.bounds["fuel"])
        assert kept[-1] <= story.site.bounds["fuel"]
    story.poll(at(4 * HOUR), "genset", genset(4 * HOUR))

    assert 1 <= sum(one != other for one, other in pairwise(kept)) <= 20
    assert ({}, {}) == (story.site.memory.bounds, story.site.bounds)


@pytest.mark.parametrize("judged", [Judged(power=Power.ON_BATTERY, known=Power.ON_BATTERY), lost(Power.ON_BATTERY)])
def test_on_battery_never_later_than_the_battery_surely_lasts(judged: Judged) -> None:
    """At no hours left it is unknown, also where nobody has said until when."""
    half, empty = lasts(0.5, at(0)), lasts(0, at(0))
    memory = Memory(judged=judged, services=(said(until_s=8 * HOUR),))
    endless = Memory(judged=judged, services=(said(),))

    assert ("open", 1800.0) == told(Site(memory=memory, battery=half), at(0))
    assert ("unknown", None) == told(Site(memory=memory, battery=half), at(1800))
    assert ["open", "unknown"] == [told(Site(memory=endless, battery=one), at(0))[0] for one in (half, empty)]


def test_a_battery_that_idles_bounds_nothing() -> None:
    """On reserve power the fuel counts, however short the UPS would last."""
    of = site(Power.ON_RESERVE, services=(said(until_s=8 * HOUR),), endurance=lasts(9, at(0)))
    of = msgspec.structs.replace(of, battery=lasts(0.1, at(0)))

    assert ("open", 8.0 * HOUR) == told(of, at(0))


def test_what_is_closed_is_not_opened_by_empty_tanks() -> None:
    """The fuel shortens no promise of being closed."""
    of = site(Power.ON_RESERVE, services=(said(Declared.CLOSED, until_s=8 * HOUR),), endurance=lasts(1, at(0)))

    assert ("closed", 8.0 * HOUR) == told(of, at(2 * HOUR))


def test_on_mains_the_fuel_says_nothing() -> None:
    """An empty tank closes no shop that has mains."""
    of = site(Power.ON_MAINS, services=(said(until_s=8 * HOUR),), endurance=lasts(0, at(0)))

    assert ("open", 8.0 * HOUR) == told(of, at(10))


def test_fuel_that_nobody_knows_leaves_the_persons_word() -> None:
    """For four hours, as in every outage."""
    of = site(Power.ON_RESERVE, services=(said(until_s=8 * HOUR),))

    assert [("open", 8.0 * HOUR), ("unknown", None)] == [told(of, at(second)) for second in (HOUR, 4 * HOUR + 1)]


def test_hours_that_no_clock_can_judge_hold_four_hours_of_uptime() -> None:
    """Also on mains; a word from another boot, of which nobody can tell the age, does not hold at all."""
    of = site(Power.ON_MAINS, services=(said(when=at(0, clock=UNSYNCED), until_s=20 * HOUR),))
    other = {"boot": "boot-2", "clock": UNSYNCED}

    assert ["open", "unknown"] == [told(of, at(s, clock=UNSYNCED))[0] for s in (4 * HOUR, 4 * HOUR + 1)]
    assert ("unknown", None) == told(of, at(10, **other))


def test_what_was_said_before_the_dark_is_unknown_until_somebody_says_it_again() -> None:
    """A person knew of another situation."""
    dead = at(100).moment()

    assert ["unknown", "open"] == [
        told(site(Power.DEAD, dead, services=(said(when=at(second)),)), at(200))[0] for second in (99, 100)
    ]


def test_not_knowing_after_the_dark_brings_nothing_back() -> None:
    """Lost contact with the meters is no light in the shop."""
    judged = Judged(power=Power.UNKNOWN, since=at(200).moment(), known=Power.DEAD, known_since=at(100).moment())
    of = Site(memory=Memory(judged=judged, services=(said(when=at(50)),)))

    assert "unknown" == told(of, at(300))[0]


def test_who_reported_the_dark_knew_of_it() -> None:
    """What the same report says of services was said of the dark shop, though it came before the state changed."""
    seen = said(when=at(50))
    report = Report(observed_ms=WALL_MS + 50_000, power="none", services={"food": Declared.OPEN})
    witness = Witnessed(report=report, who="Kim", through="phone", at=at(50).moment())
    of = site(Power.DEAD, at(100).moment(), services=(seen,), reports=(witness,))

    assert "open" == told(of, at(200))[0]


OPEN = Declaration(service="food", declared=Declared.OPEN, until_ms=None)


def opened() -> Story:
    """A site on mains whose food somebody declared open."""
    story = Story(facts())
    story.poll(at(0), "genset", genset(0))
    story.step(at(1), order(1, OPEN, entered_ms=WALL_MS + 1000))
    return story


def poll(story: Story, second: float, **parts: Any) -> str:
    """One poll of the set; what the public then reads of the food."""
    story.poll(at(second), "genset", genset(second, **parts))
    return told(story.site, at(second))[0]


def test_a_changeover_takes_no_word_back() -> None:
    """A few seconds in the dark until the set carries the shop: what was said holds."""
    story = opened()
    dark = poll(story, 10, mains=0)
    power = story.power
    lit = poll(story, 25, mains=0, engine="running", kw=14)

    assert ("dead", "unknown") == (power, dark)
    assert ("on_reserve", "open") == (story.power, lit)


def test_light_after_a_long_dark_opens_nothing() -> None:
    """On the set or back on mains, also after a restart: only a person opens it again."""
    story = opened()
    poll(story, 10, mains=0)
    poll(story, 600, mains=0)
    words = [poll(story, 615, mains=0, engine="running", kw=14)]
    story = story.restarted()
    words.append(poll(story, 700))
    story.step(at(701), order(2, OPEN, entered_ms=WALL_MS + 701_000))

    assert ["unknown", "unknown"] == words
    assert "open" == told(story.site, at(702))[0]


def test_a_box_without_clock_can_say_it_again_after_another_boot() -> None:
    """The dark was in an earlier boot, so it was before."""
    of = site(
        Power.ON_MAINS, dark=at(500, clock=UNSYNCED).moment(), services=(said(when=at(5, boot="b", clock=UNSYNCED)),)
    )

    assert "open" == told(of, at(6, boot="b", clock=UNSYNCED))[0]


def test_a_word_that_was_long_on_its_way_is_as_old_as_its_entering() -> None:
    """A cut link makes nothing newer, and does not undo what was said since."""
    story = Story(facts(devices=(), controller=None))
    late = Declaration(service="food", declared=Declared.OPEN, until_ms=None)
    closed = Declaration(service="food", declared=Declared.CLOSED, until_ms=None)
    story.step(at(5 * HOUR), order(1, late, entered_ms=WALL_MS))
    alone = told(story.site, at(5 * HOUR))[0]
    story.step(at(5 * HOUR), order(2, closed, entered_ms=WALL_MS + 5 * HOUR * 1000))
    story.step(at(5 * HOUR + 1), order(3, late, entered_ms=WALL_MS + HOUR * 1000))

    assert ("unknown", "closed") == (alone, told(story.site, at(5 * HOUR + 2))[0])


def test_visitors_get_what_was_judged_and_staff_what_was_said() -> None:
    """The public picture never carries a word that no longer holds."""
    of = site(Power.ON_RESERVE, services=(said(until_s=9 * HOUR),), endurance=lasts(2, at(0)))
    now = at(5 * HOUR)
    public = decode(announce.public_picture(of, FACTS, now)[1], PublicPicture)

    assert [("unknown", None)] == [(one.declared.value, one.until_ms) for one in public.services]
    assert "open" == of.memory.services[0].declared


@given(
    power=st.sampled_from(Power),
    declared=st.sampled_from(Declared),
    until_s=st.none() | st.integers(0, 10 * HOUR),
    low_h=st.none() | st.floats(0, 10),
    second=st.integers(0, 10 * HOUR),
    clock=st.sampled_from(ClockQuality),
    boot=st.sampled_from(["boot-1", "boot-2"]),
)
def test_nothing_is_ever_promised_beyond_what_was_said(
    power: Power,
    declared: Declared,
    until_s: int | None,
    low_h: float | None,
    second: int,
    clock: ClockQuality,
    boot: str,
) -> None:
    """In any state at any time: the person's own word or unknown, and never a later time."""
    endurance = None if low_h is None else lasts(low_h, at(0))
    of = site(power, services=(said(declared, until_s=until_s),), endurance=endurance)
    word, until = told(of, at(second, clock=clock, boot=boot))

    assert word in (declared.value, "unknown")
    assert until is None or (until_s is not None and until <= until_s)
    if word == "open" and power in services.ON_SET and endurance is not None and until is not None:
        assert until <= (low_h or 0) * HOUR + 1
    if word != "unknown" and until is not None and clock is not UNSYNCED:
        assert second < until
