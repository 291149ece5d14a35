"""What the kiosk must say of warnings hour by hour, as the script of the feeds and the link make it."""

import pytest

from demo.core import hours
from demo.core.hours import Shown, Truth
from demo.core.warned import CALM, UNCHECKED, VMA_TITLE, Warned, warned
from demo.io.scenario import feed_steps, tree

FEEDS = feed_steps("three-days")
CONDUCTOR = [step | {"at_s": 3600 * step["at_h"]} for step in tree("three-days")["conductor"]]
COLD = "Stark kyla"


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        (0.9, Warned(barred=(VMA_TITLE,))),
        (1.9, Warned(due=(COLD,), barred=(VMA_TITLE, CALM))),
        (2.9, Warned(due=(COLD,), barred=(CALM,))),
        (3.9, Warned(due=(COLD, VMA_TITLE), barred=(CALM,))),
        (4.9, Warned(due=(COLD, VMA_TITLE), barred=(CALM,))),
        (5.9, Warned(due=(COLD, VMA_TITLE, UNCHECKED), barred=(CALM,))),
        (50.9, Warned(due=(COLD, VMA_TITLE, UNCHECKED), barred=(CALM,))),
        (72.9, Warned(due=(COLD,), barred=(CALM,))),
        (73.9, Warned(barred=(VMA_TITLE,))),
        (74.9, Warned(due=(CALM,), barred=(COLD, VMA_TITLE))),
    ],
)
def test_what_is_due_follows_the_lists_and_the_link(hour: float, expected: Warned) -> None:
    """What was heard last stays while nobody can ask, with a word that it is unchecked; a cancel that came ends it."""
    assert expected == warned(FEEDS, CONDUCTOR, 3600 * hour)


def test_scenario_without_feeds_asks_nothing_of_the_kiosk() -> None:
    """Nothing is due where nobody says anything."""
    assert Warned() == warned(feed_steps("no-such"), CONDUCTOR, 3600)


def test_kiosk_that_hides_a_warning_or_says_all_is_calm_is_called_out() -> None:
    """Both are faults of the hour, each with its words."""
    truth = Truth(power=hours.Power.DEAD, box=True, link=False, clock=True, due=(COLD,), barred=(CALM,))
    shown = Shown(power=hours.Power.DEAD, kiosk=("Ingen el", "Inga varningar för Kall"), dashboard=hours.Power.UNKNOWN)

    assert ("kiosk does not say “Stark kyla”", "kiosk says “Inga varningar”") == hours.row(5, truth, shown).wrong[-2:]
