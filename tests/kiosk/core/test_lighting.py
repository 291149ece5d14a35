"""What the panel does: lit at an open point, a page for the window at a closed one, and every new warning wakes it."""

import pytest

from contract.bulletins import Asleep
from kiosk.core.saving.lighting import ALERT_LIT_S, GLANCE_AFTER_S, Face, Openness, light, why_dark
from kiosk.core.saving.power_tiers import MEANS, Tier

LONG_ALONE_S = 12 * 3600.0


@pytest.mark.parametrize("tier", [one for one in Tier if one is not Tier.LAST_HOUR])
def test_an_open_point_is_lit_in_every_tier_until_the_last_hour(tier: Tier) -> None:
    """However long nobody has touched it."""
    shown = light(tier, Openness.OPEN, LONG_ALONE_S, None)

    assert Face.PAGES is shown.face
    assert MEANS[tier].dim == shown.percent
    assert shown.percent >= 20


def test_in_the_last_hour_an_open_point_is_lit_for_who_is_there() -> None:
    """A touch gives light, a minute of nobody takes it."""
    alone = [light(Tier.LAST_HOUR, Openness.OPEN, seconds, None) for seconds in (0, 30, 46)]

    assert [(40, Face.PAGES), (20, Face.PAGES), (0, Face.DARK)] == [(one.percent, one.face) for one in alone]


def test_a_closed_point_is_read_through_the_window_while_there_is_power_for_it() -> None:
    """Its own page comes when the visitor is gone; where power is low the panel is dark instead."""
    faces = {tier: light(tier, Openness.CLOSED, LONG_ALONE_S, None).face for tier in Tier}
    here = light(Tier.MAINS, Openness.CLOSED, GLANCE_AFTER_S - 1, None)

    glance, dark = Face.GLANCE, Face.DARK
    assert {
        Tier.MAINS: glance, Tier.PLENTY: glance, Tier.LONG: glance, Tier.LOW: dark, Tier.LAST_HOUR: dark
    } == faces  # fmt: skip
    assert (Face.PAGES, 100) == (here.face, here.percent)


def test_a_point_of_which_nobody_knows_is_not_shown_as_closed() -> None:
    """The pages stay on; only where power is low they go dark."""
    faces = [light(tier, Openness.UNKNOWN, LONG_ALONE_S, None).face for tier in Tier]

    assert [Face.PAGES] * 3 + [Face.DARK] * 2 == faces


@pytest.mark.parametrize("openness", Openness)
@pytest.mark.parametrize("tier", Tier)
def test_a_new_warning_lights_the_pages_from_every_depth(tier: Tier, openness: Openness) -> None:
    """For as long as it may own the screen; in full light but in the last hour."""
    begins, ends = (light(tier, openness, LONG_ALONE_S, gone) for gone in (0.0, ALERT_LIT_S))
    calm = light(tier, openness, LONG_ALONE_S, None)

    assert (MEANS[tier].lit if tier is Tier.LAST_HOUR else 100, Face.PAGES) == (begins.percent, begins.face)
    assert MEANS[tier].fps == begins.fps
    assert calm == ends


@pytest.mark.parametrize("tier", list(Tier))
@pytest.mark.parametrize("openness", list(Openness))
def test_a_dark_panel_has_a_reason_and_only_a_dark_one_needs_it(tier: Tier, openness: Openness) -> None:
    """The last hour before all else; then that the point is closed; else that power is saved and nobody knows."""
    dark = light(tier, openness, LONG_ALONE_S, None).face is Face.DARK
    reasons = {Openness.CLOSED: Asleep.CLOSED, Openness.UNKNOWN: Asleep.SAVING}

    assert dark is (tier is Tier.LAST_HOUR or (tier is Tier.LOW and openness is not Openness.OPEN))
    if dark:
        expected = Asleep.LAST_HOUR if tier is Tier.LAST_HOUR else reasons[openness]
        assert expected is why_dark(tier, openness)
