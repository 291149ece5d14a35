"""The sealed code of the site's own page: who opened it is told at once, and stands until a new one lies sealed."""

from contract.orders import BreakGlass
from contract.words import AlarmState, Event
from gateway.core.pipeline import Tick

from .conftest import WALL_MS, Story, at, facts, order

PEOPLE_ONLY = facts(controller=None, devices=())


def test_opened_code_is_an_event_and_an_alarm_that_outlives_a_restart() -> None:
    """One record with the name, one alarm of priority 2; a restart forgets neither, a new seal ends it."""
    story = Story(PEOPLE_ONLY)
    story.step(at(1), Tick())
    told = story.step(at(5), order(1, BreakGlass(until_ms=WALL_MS + 86_400_000)))
    later = story.restarted()
    later.step(at(9), Tick())
    standing = [one for one in later.site.memory.alarms if one.key == "break-glass"]
    over = later.step(at(12), order(2, BreakGlass(replaced=True)))
    after = [one for one in later.site.memory.alarms if one.key == "break-glass"]

    assert [Event.BREAK_GLASS] == [one.kind for one in told if one.kind == Event.BREAK_GLASS]
    assert [(2, AlarmState.UNACKED)] == [(one.priority, one.state) for one in standing]
    assert [AlarmState.RETURNED_UNACKED] == [one.state for one in after]
    assert ["glass_replaced"] == [one.body["key"] for one in over if one.kind == Event.BREAK_GLASS]
    assert later.site.memory.glass is None


def test_second_opening_keeps_the_name_of_the_first() -> None:
    """Who opened it first is what the centre asks about; a code that is replaced twice changes nothing more."""
    story = Story(PEOPLE_ONLY)
    story.step(at(5), order(1, BreakGlass(until_ms=None)))
    first = story.site.memory.glass
    story.step(at(9), order(2, BreakGlass(until_ms=None)))

    assert first is not None
    assert first == story.site.memory.glass
