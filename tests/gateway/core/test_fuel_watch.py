"""Refuelling, theft and senders that lie, told from the level; and what must be none of them."""

import pytest

from contract.orders import Delivery
from contract.words import Quality
from gateway.core.facts import TankFacts

from .conftest import WALL_MS, at, device, facts, genset, gone, good, order
from .fuel_story import HOUR, Tank, burnt, fuel_events, led

# --- refuelling ---


@pytest.mark.parametrize("minutes", [0, 1, 12, 25])
def test_filling_while_the_set_stands_is_told_once(minutes: float) -> None:
    """From 30 % to 80 %, whether by a tanker at once or by a slow pump: one event with both ends."""
    share = lambda hours: 1.0 if hours * 60 >= 60 + minutes else max(0.0, (hours * 60 - 60) / max(1, minutes))  # noqa: E731
    story = led(Tank(facts()), 0, 3, lambda hours: 30 + 50 * share(hours))

    ((kind, before, after),) = fuel_events(story)
    assert "refuelled" == kind
    assert 300 == pytest.approx(before, abs=30)
    assert 800 == pytest.approx(after, abs=30)


def test_filling_during_a_run_measures_anew() -> None:
    """A rise while fuel is burnt is told, and what the tank said of the consumption before it is forgotten."""
    story = led(Tank(facts()), 0, 4, burnt(50), kw=15)
    before = len([one for one in story.site.memory.fuel.tens if one.level_l is not None])
    led(story, 4 * HOUR, 1, lambda hours: 90 - 0.62 * hours, kw=15)

    after = [one for one in story.site.memory.fuel.tens if one.level_l is not None]
    assert ["refuelled"] == [kind for kind, _, _ in fuel_events(story)]
    assert before >= 20
    assert len(after) <= 6
    assert all(one.level_l is not None and one.level_l > 800 for one in after)


def test_a_filling_that_somebody_entered_says_who() -> None:
    """The delivery explains the rise."""
    story = led(Tank(facts()), 0, 1, lambda _: 30)
    what = Delivery(litres=400, product="diesel", delivered_ms=WALL_MS + HOUR * 1000)
    story.step(at(HOUR), order(1, what, entered_ms=WALL_MS + HOUR * 1000, who="Driftansvarig"))
    led(story, HOUR + 60, 1, lambda _: 70)

    told = next(one for one in story.told if one.kind == "refuelled")
    assert "400 L, Driftansvarig" == told.body["detail"]


def test_a_filling_while_the_box_was_off_is_told_afterwards() -> None:
    """The level before the restart is remembered."""
    story = led(Tank(facts()), 0, 1, lambda _: 30).restarted()
    led(story, 8 * HOUR, 1, lambda _: 90, boot="boot-2")

    assert [("refuelled", 300.0, 900.0)] == fuel_events(story)


@pytest.mark.parametrize("rise", [0.0, 1.0, 2.0, 3.0])
def test_a_small_rise_is_no_filling(rise: float) -> None:
    """Up to three percent are steps, slosh and warmth."""
    story = led(Tank(facts()), 0, 3, lambda hours: 60 + (rise if hours > 1 else 0))

    assert [] == fuel_events(story)


# --- senders that fail or lie ---


@pytest.mark.parametrize("quality", [Quality.SENSOR_FAULT, Quality.COMM_ERROR, Quality.OVER_RANGE])
@pytest.mark.parametrize("kw", [0, 15])
def test_a_sender_fault_in_the_middle_is_no_event(quality: Quality, kw: float) -> None:
    """Two hours without a level, then it speaks again where it ought to: nobody stole or filled."""
    story = led(
        Tank(facts()), 0, 6, lambda hours: gone(quality) if 2 <= hours < 4 else burnt(60)(hours if kw else 0), kw=kw
    )

    assert [] == fuel_events(story)
    assert story.site.endurance is not None


@pytest.mark.parametrize("end", [0.0, 120.0])
@pytest.mark.parametrize("kw", [0, 15])
def test_a_sender_that_jumps_to_its_end_is_not_believed(end: float, kw: float) -> None:
    """No pump is so fast: the litres are counted on from what was known, and it is said who says otherwise."""
    level = burnt(60)
    story = led(Tank(facts()), 0, 3, lambda hours: end if hours >= 1 else level(hours if kw else 0), kw=kw)

    seen = story.site.fuel
    assert [] == fuel_events(story)
    assert seen.suspect
    assert seen.level is not None
    assert ("counted", 600 if not kw else 582) == (seen.level.basis, pytest.approx(seen.level.litres, abs=12))
    assert "genset/fuel.level" in seen.level.quarrel

    led(story, 3 * HOUR + 60, 1, lambda hours: level(hours + 3 if kw else 0), kw=kw)
    assert not story.site.fuel.suspect
    assert [] == fuel_events(story)


def test_a_tank_that_is_emptied_slowly_is_believed_to_its_end() -> None:
    """A thief with a pump of 100 L a minute is no sender fault."""
    story = led(Tank(facts()), 0, 2, lambda hours: max(0.0, 60 - 5 * max(0.0, hours - 1) * 60))

    assert ["fuel_lost"] == [kind for kind, _, _ in fuel_events(story)]
    assert not story.site.fuel.suspect
    assert (0.0, 0.0) == (story.site.endurance.low_h, story.site.endurance.high_h)  # type: ignore[union-attr]


def test_a_stuck_sender_is_found_and_counted_on() -> None:
    """Four hours at load without a move: it is stuck, and the litres fall by what the set burns."""
    story = led(Tank(facts()), 0, 4.5, lambda _: 60, kw=15)

    assert story.site.fuel.stuck
    assert story.site.fuel.level is not None
    assert "counted" == story.site.fuel.level.basis
    assert 600 - 4.5 * 6.2 == pytest.approx(story.site.fuel.level.litres, abs=8)

    led(story, 4.5 * HOUR + 60, 0.5, lambda _: 57, kw=15)
    assert not story.site.fuel.stuck
    assert [] == fuel_events(story)


def test_a_stuck_sender_makes_no_cheap_engine() -> None:
    """While it is not yet found, the tank that does not fall must not promise more hours than the model."""
    stuck = led(Tank(facts()), 0, 3.9, lambda _: 60, kw=15)
    model = led(Tank(facts()), 0, 0.1, lambda _: 60, kw=15)

    assert stuck.site.endurance.rate_lh >= 0.85 * model.site.endurance.rate_lh  # type: ignore[union-attr, operator]


def test_a_large_tank_may_stand_still() -> None:
    """10 000 L at 6 L/h do not move a sender of one percent in ten hours."""
    of = facts(tank=TankFacts(litres=10_000.0))
    story = led(Tank(of), 0, 10, burnt(60.3, 0.062), kw=15)

    assert not story.site.fuel.stuck


def test_two_senders_are_no_filling() -> None:
    """When the controller's sender fails and a node with another scale speaks instead, nothing was filled or stolen."""
    of = facts(device("genset"), device("node", "node"))
    story = Tank(of)
    for minute in range(300):
        second = minute * 60.0
        level = good(60, second) if not 100 <= minute < 200 else gone(Quality.SENSOR_FAULT, second)
        story.poll(at(second), "genset", genset(second) | {"fuel.level": level})
        story.poll(at(second + 1), "node", {"fuel.litres": good(660, second + 1)})

    assert [] == fuel_events(story)
