"""Deliveries of fuel as people enter them."""

from typing import Any

import pytest

from contract.orders import Delivery
from contract.words import ClockQuality
from gateway.core.facts import TankFacts
from gateway.core.remembered import MAX_DELIVERIES

from .conftest import WALL_MS, Story, at, facts, order, report

DAY_MS = 86_400_000


def brought(litres: float = 300, days_ago: float = 0, **more: Any) -> Delivery:
    """Diesel, so many days before the story began."""
    return Delivery(litres=litres, product="diesel", delivered_ms=WALL_MS - int(days_ago * DAY_MS), **more)


def answers(story: Story) -> list[tuple[str, str]]:
    """(kind, detail) of what was told of orders."""
    return [(one.kind, str(one.body.get("detail"))) for one in story.told if one.kind.startswith(("order", "entered"))]


def test_a_delivery_is_kept_and_told() -> None:
    """Who, how much and what."""
    story = Story(facts())
    story.step(at(10), order(1, brought(summer=True, note="ny leverantör"), who="Driftansvarig"))

    assert [("entered", "delivery: 300 L, summer diesel, ny leverantör"), ("order_done", "")] == answers(story)
    (kept,) = story.site.memory.deliveries
    assert (300, "Driftansvarig") == (kept.delivery.litres, kept.who)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (brought(days_ago=-1), "has not been yet"),
        (brought(litres=1051), "tank holds 1000 litres"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(what: Delivery, words: str) -> None:
    """A day to come, or more than the tank holds."""
    story = Story(facts())
    story.step(at(10), order(1, what))

    ((kind, detail),) = answers(story)
    assert "order_refused" == kind
    assert words in detail
    assert () == story.site.memory.deliveries


@pytest.mark.parametrize(("days_ago", "taken"), [(0, True), (3, True), (-1, False)])
def test_without_a_clock_the_time_of_entry_is_the_measure(days_ago: float, taken: bool) -> None:
    """A box whose clock is unknown trusts the clock of who entered it."""
    story = Story(facts())
    story.step(at(10, clock=ClockQuality.UNSYNCED), order(1, brought(days_ago=days_ago)))

    assert taken is bool(story.site.memory.deliveries)


def test_a_tank_of_unknown_size_takes_any_delivery() -> None:
    """Nobody can say that it is too much."""
    story = Story(facts(tank=TankFacts()))
    story.step(at(10), order(1, brought(litres=9000)))

    assert 1 == len(story.site.memory.deliveries)


def test_only_the_latest_are_kept() -> None:
    """The memory is bounded."""
    story = Story(facts())
    for number in range(MAX_DELIVERIES + 5):
        story.step(at(10 + number), order(number, brought(litres=100 + number)))

    assert MAX_DELIVERIES == len(story.site.memory.deliveries)
    assert 100 + MAX_DELIVERIES + 4 == story.site.memory.deliveries[-1].delivery.litres


def test_a_delivery_is_added_to_what_a_person_told() -> None:
    """A tank that nobody measures: 400 L were dipped, 300 were brought, and no more than the tank holds."""
    story = Story(facts(controller=None))
    story.step(at(10), report(1, 10, litres=400))
    story.step(at(3600), order(2, brought(days_ago=-3599 / 86400)))
    assert 700 - 50 == story.site.endurance.usable_l  # type: ignore[union-attr]

    story.step(at(7200), order(3, brought(litres=900, days_ago=-7199 / 86400)))
    assert 950 == story.site.endurance.usable_l  # type: ignore[union-attr]


def test_a_delivery_from_before_the_dipping_adds_nothing() -> None:
    """Entered late: what was dipped afterwards has it in it."""
    story = Story(facts(controller=None))
    story.step(at(7200), report(1, 7200, litres=700))
    story.step(at(7300), order(2, brought(days_ago=-3600 / 86400)))

    assert 650 == story.site.endurance.usable_l  # type: ignore[union-attr]
    assert 1 == len(story.site.memory.deliveries)
