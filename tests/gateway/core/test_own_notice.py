"""A notice from the site's own page is over within a day: nobody there is sure to come back and take it away."""

import msgspec
import pytest

from contract.orders import Notice
from contract.words import ClockQuality

from .conftest import WALL_MS, Story, at, facts, order

PEOPLE_ONLY = facts(controller=None, devices=())
HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("through", "hours", "expected"),
    [
        ("owner-page", 24, "order_done"),
        ("owner-page", 25, "order_refused"),
        ("owner-page", None, "order_refused"),
        ("dashboard", None, "order_done"),
    ],
)
def test_notice_from_the_sites_own_page_ends_within_a_day(through: str, hours: int | None, expected: str) -> None:
    """Longer, or for ever, is refused with what to do; the municipality's own notices have no such limit."""
    story, until = Story(PEOPLE_ONLY), None if hours is None else WALL_MS + hours * HOUR_MS
    asked = order(1, Notice(notice="n1", sv="Kaffe finns", until_ms=until))
    told = story.step(at(5), msgspec.structs.replace(asked, through=through))

    assert expected == next(one.kind for one in told if one.kind.startswith("order_"))


def test_notice_may_be_taken_away_and_needs_no_clock() -> None:
    """Taking away is no new notice; while the box does not know the time nobody can tell how long is too long."""
    story = Story(PEOPLE_ONLY)
    unknown = at(5, clock=ClockQuality.UNSYNCED)
    up = msgspec.structs.replace(order(1, Notice(notice="n1", sv="Kaffe finns")), through="owner-page")
    down = msgspec.structs.replace(order(2, Notice(notice="n1", sv="-", withdrawn=True)), through="owner-page")
    kinds = [one.kind for asked in (up, down) for one in story.step(unknown, asked) if one.kind.startswith("order_")]

    assert ["order_done", "order_done"] == kinds
    assert () == story.site.memory.notices
