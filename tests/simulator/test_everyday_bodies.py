"""Everyday feeds of a script in the true shape of each source, read by the kiosk's own parsers."""

from datetime import date
from typing import Any

import msgspec
import pytest

from kiosk.feeds import calendar, departures, road, rss
from simulator import config
from simulator.core import everyday_bodies
from simulator.core.feed_script import FeedScript, FeedStep

WALL_MS = 1_768_891_200_000
"""20 January 2026, 07:40 in Sweden."""
MINUTE = 60


def script(*steps: dict[str, Any]) -> FeedScript:
    """A script of these steps."""
    return FeedScript(title="t", step=tuple(msgspec.convert({"at_s": 0} | step, FeedStep) for step in steps))


@pytest.mark.parametrize("name", config.built_in("feeds"))
def test_every_script_is_read_whole(name: str) -> None:
    """At every half hour of three days, without a record that is left out."""
    day = config.read_feeds(name)
    for at_s in range(0, 72 * 3600, 1800):
        for make, module in (("departures", departures), ("road", road), ("news", rss), ("calendar", calendar)):
            assert () == module.read(getattr(everyday_bodies, make)(day, at_s, WALL_MS)).rejects


def test_board_is_an_hour_of_the_clock() -> None:
    """What leaves within sixty minutes; late is live, on time is only the timetable; left is gone."""
    day = script({"do": "departures", "name": "155", "headline": "Järpen", "clocks": ["07:50", "08:30"], "late_s": 300},
                 {"do": "departures", "name": "157", "headline": "Huså", "clocks": ["08:45"]})  # fmt: skip

    def lines(minutes: int) -> list[tuple[str, bool]]:
        board = departures.read(everyday_bodies.departures(day, minutes * MINUTE, WALL_MS))
        return [(one.line, one.expected_ms is not None) for one in board.departures]

    assert [("155", True), ("155", True)] == lines(0)
    assert [("155", True), ("155", True), ("157", False)] == lines(12)
    assert [("155", True), ("157", False)] == lines(16)


def test_same_name_edits_in_place_and_gone_is_gone() -> None:
    """A tree, worse, then away."""
    day = script({"do": "road", "name": "x", "headline": "Träd", "severity": 2},
                 {"at_s": 60, "do": "road", "name": "x", "headline": "Träd", "severity": 5},
                 {"at_s": 90, "do": "gone", "feed": "road", "name": "x"})  # fmt: skip
    found = [road.read(everyday_bodies.road(day, at_s, WALL_MS)).disruptions for at_s in (0, 60, 90)]

    assert [[2], [5], []] == [[one.severity for one in some] for some in found]


def test_event_keeps_its_commas_and_its_day() -> None:
    """Escaped as iCalendar wants it; four days on, at its time in Sweden."""
    day = script({"do": "calendar", "name": "f", "headline": "Film, fika; bio", "in_days": 4, "clocks": ["18:30"]})
    text = calendar.read(everyday_bodies.calendar(day, 0, WALL_MS)).text
    (one,) = calendar.happenings(text, date(2026, 1, 20))

    assert ("Film, fika; bio", WALL_MS + (4 * 24 * 60 + 650) * 60_000) == (one.title, one.starts_ms)
