"""The sweep comes when nobody waits: never between a page and its first frame, and always in the end."""

import gc
from collections.abc import Iterator

import pytest

from kiosk.app.sweeping import AFTER_S, MOST_PAGES, Sweeping

TICK_S = 0.2


@pytest.fixture
def swept() -> Iterator[list[int]]:
    """Every whole sweep, as Python itself tells of it; its own are off meanwhile."""
    found: list[int] = []

    def hear(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and info["generation"] == 2:
            found.append(1)

    gc.disable()
    gc.callbacks.append(hear)
    yield found
    gc.callbacks.remove(hear)
    gc.enable()


def test_page_is_drawn_before_anything_is_swept(swept: list[int]) -> None:
    """However many pages came before it: the one that came just now may be a warning."""
    sweeping = Sweeping()
    for number in range(5 * MOST_PAGES):
        sweeping.look(object(), number * TICK_S)

    assert [] == swept


def test_many_pages_are_swept_at_the_first_look_after_the_newest(swept: list[int]) -> None:
    """Memory stays flat while a visitor goes on and on."""
    sweeping, page = Sweeping(), object()
    for number in range(MOST_PAGES):
        sweeping.look(object(), number * TICK_S)
    sweeping.look(page, 10.0)
    sweeping.look(page, 10.0 + TICK_S)
    sweeping.look(page, 10.0 + 2 * TICK_S)

    assert [1] == swept


def test_page_that_stays_is_swept_after_once(swept: list[int]) -> None:
    """After it has stood for a moment, and then not again until another comes."""
    sweeping, page = Sweeping(), object()
    for number in range(40):
        sweeping.look(page, number * TICK_S)

    assert AFTER_S < 40 * TICK_S
    assert [1] == swept
