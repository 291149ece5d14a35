"""The alarm of a site that is not heard: when it comes, what ends it, what stands in the list."""

import pytest

from contract.messages import Ack
from contract.words import AlarmState, Power
from dashboard.core.hearing import link_alarm
from dashboard.core.hearing.link_alarm import DELAY_MS, LinkLoss, Watch, due, watched

LOSS = LinkLoss(number=1, site="are-kall", priority=3, lost_ms=1000, raised_ms=2000, back=False, back_ms=None)
BO = Ack(id="a-1", who="Bo", role="coordinator", wall_ms=3000)


def silent_since(*looks: tuple[int, bool, bool]) -> Watch:
    """The watch after looks of (ms, heard, listening)."""
    watch = Watch()
    for now_ms, heard, listening in looks:
        watch = watched(watch, {"are-kall": heard}, listening=listening, now_ms=now_ms)
    return watch


@pytest.mark.parametrize(("gone_ms", "expected"), [(DELAY_MS - 1, ()), (DELAY_MS, ("are-kall",))])
def test_after_fifteen_minutes_of_silence(gone_ms: int, expected: tuple[str, ...]) -> None:
    """Not before, and then at once."""
    assert expected == due(silent_since((5, False, True), (5 + gone_ms, False, True)), (), 5 + gone_ms)


def test_a_word_in_between_begins_the_time_anew() -> None:
    """Silence is silence in one piece."""
    watch = silent_since((0, False, True), (DELAY_MS - 1, True, True), (DELAY_MS, False, True))
    assert () == due(watch, (), DELAY_MS + 1)


def test_while_the_centre_hears_nobody_nobody_is_lost() -> None:
    """The centre's own broker away is not the fault of thirty sites; they get their time anew when it is back."""
    watch = silent_since((0, False, True), (DELAY_MS, False, False), (DELAY_MS + 1, False, True))
    assert () == due(watch, (), 2 * DELAY_MS)
    assert ("are-kall",) == due(watch, (), 2 * DELAY_MS + 1)


def test_one_silence_is_one_alarm() -> None:
    """Whoever was told is not told again, until it was heard in between."""
    watch = silent_since((0, False, True))
    assert () == due(watch, (LOSS,), DELAY_MS)
    back = LinkLoss(number=1, site="are-kall", priority=3, lost_ms=1, raised_ms=2, back=True, back_ms=3)
    assert ("are-kall",) == due(watch, (back,), DELAY_MS)


@pytest.mark.parametrize(
    ("power", "expected"),
    [(None, 3), (Power.ON_MAINS, 3), (Power.UNKNOWN, 3), (Power.ON_RESERVE, 2), (Power.DEAD, 2), (Power.ON_BATTERY, 2)],
)
def test_worse_where_there_was_trouble_already(power: Power | None, expected: int) -> None:
    """A site on its set that falls silent is looked into first."""
    assert expected == link_alarm.priority(power)


def test_the_life_of_the_alarm() -> None:
    """Unacknowledged, acknowledged, returned unacknowledged; gone only when it is back and somebody has seen it."""
    seen = link_alarm.acknowledged(LOSS, BO)
    back = LinkLoss(number=1, site="are-kall", priority=3, lost_ms=1, raised_ms=2, back=True, back_ms=3)
    states = [link_alarm.alarm(one).state for one in (LOSS, seen, back)]
    assert [AlarmState.UNACKED, AlarmState.ACKED, AlarmState.RETURNED_UNACKED] == states
    assert [False, False, False, True] == [one.over for one in (LOSS, seen, back, link_alarm.acknowledged(back, BO))]


def test_the_same_acknowledgement_twice_is_one() -> None:
    """A page that is sent again adds nobody."""
    assert (BO,) == link_alarm.acknowledged(link_alarm.acknowledged(LOSS, BO), BO).acks


def test_without_a_clock_no_time_is_made_up() -> None:
    """What nobody could date has no time."""
    unknown = LinkLoss(number=1, site="are-kall", priority=3, lost_ms=None, raised_ms=None, back=False, back_ms=None)
    assert link_alarm.alarm(unknown).raised.wall_ms is None
