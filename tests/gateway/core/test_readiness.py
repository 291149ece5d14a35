"""Would the site carry itself now? Unknown is never green, and every reason is named."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.words import Connection, Quality, Readiness
from gateway.core.readiness import readiness

from .conftest import Story, at, facts, genset, gone, good, silence


def verdict(connection: Connection = Connection.AUTOMATIC, seconds: int = 1, **values: Any) -> tuple[str, set[str]]:
    """The judgement of a site whose controller says this for so long."""
    story = Story(facts(connection=connection))
    for second in range(0, seconds + 1, 60):
        story.poll(at(second), "genset", genset(second, **values))
    return story.site.readiness.value, set(story.site.reasons)


def test_a_site_of_which_all_is_known_and_well_is_ready() -> None:
    """No reason is left."""
    assert ("ready", set()) == verdict()


@pytest.mark.parametrize(
    ("values", "seconds", "expected", "reason"),
    [
        ({"controller__mode": good("manual")}, 1, "not_ready", "mode-not-auto"),
        ({"controller__mode": gone(Quality.BAD_DATA)}, 1, "unknown", "mode-unknown"),
        ({"engine__battery_voltage": gone(Quality.SENSOR_FAULT)}, 1, "unknown", "battery-unknown"),
        ({"engine__battery_voltage": good(11.5)}, 60, "not_ready", "alarm:battery-low"),
        ({"controller__shutdown_alarm": good(1)}, 1, "not_ready", "alarm:gen-shutdown"),
        ({"fuel__level": good(4)}, 1, "not_ready", "no-fuel"),
        ({"fuel__level": gone(Quality.SENSOR_FAULT)}, 1, "ready_with_remarks", "fuel-unknown"),
        ({"fuel__level": gone(Quality.SENSOR_FAULT)}, 60, "ready_with_remarks", "alarm:sensor-fault"),
    ],
)
def test_each_thing_that_is_wrong_is_named(values: dict[str, Any], seconds: int, expected: str, reason: str) -> None:
    """The verdict, and the reason among the reasons."""
    told, reasons = verdict(seconds=seconds, **values)

    assert expected == told
    assert reason in reasons


def test_a_site_connected_by_hand_need_not_stand_in_auto() -> None:
    """Its mode is no reason, known or not."""
    assert ("ready", set()) == verdict(Connection.MANUAL, controller__mode=good("manual"))
    assert ("ready", set()) == verdict(Connection.MANUAL, controller__mode=gone())


def test_a_silent_controller_makes_it_unknown_at_once() -> None:
    """What it said before is no longer so."""
    story = Story(facts())
    story.poll(at(1), "genset", genset(1))
    story.poll(at(6), "genset", silence(genset(1), 6))

    assert (Readiness.UNKNOWN, ("controller-silent",)) == (story.site.readiness, story.site.reasons)


def test_before_the_first_poll_and_without_a_controller_it_is_unknown() -> None:
    """Nothing heard is nothing known."""
    assert (Readiness.UNKNOWN, ("controller-silent",)) == readiness(Story(facts()).site, facts())
    lonely = facts(controller=None)
    assert (Readiness.UNKNOWN, ("no-controller",)) == readiness(Story(lonely).site, lonely)


KEYS = ("controller.mode", "engine.battery_voltage", "fuel.level", "engine.state")
LACKS = st.sampled_from([quality for quality in Quality if quality not in (Quality.GOOD, Quality.SUBSTITUTED)])


@given(st.dictionaries(st.sampled_from(KEYS), LACKS, min_size=1))
def test_unknown_is_never_green(missing: dict[str, Quality]) -> None:
    """Whichever of the values that matter is missing, for whatever reason: never plainly ready."""
    story = Story(facts())
    values = genset(1) | {key: gone(quality) for key, quality in missing.items()}
    story.poll(at(1), "genset", values)
    told = story.site.readiness

    assert told is not Readiness.READY or set(missing) == {"engine.state"}
    assert told is Readiness.READY or story.site.reasons
