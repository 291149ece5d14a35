"""The table of three days: what is true, what is shown, and that a surface which lies is called out."""

import pytest

from contract.phrases import phrase
from contract.words import Power
from demo.core import hours
from demo.core.hours import Shown, Truth

EVENTS = [
    {"event": "mains_fails", "at_s": 360},
    {"event": "on_reserve", "at_s": 54_360},
    {"event": "mains_back", "at_s": 259_200},
    {"event": "back_on_mains", "at_s": 261_000},
]
STEPS = [
    {"do": "link_down", "at_s": 14_400},
    {"do": "box_off", "at_s": 39_600},
    {"do": "box_on", "at_s": 54_540, "clock": "1970"},
    {"do": "link_up", "at_s": 259_920},
    {"do": "clock_set", "at_s": 260_100},
]
DEAD, SAYS_DEAD = Power.DEAD, ("Kall", phrase("power", Power.DEAD))


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        (0.05, Truth(power=Power.ON_MAINS, box=True, link=True, clock=True)),
        (1, Truth(power=Power.DEAD, box=True, link=True, clock=True)),
        (5, Truth(power=Power.DEAD, box=True, link=False, clock=True)),
        (12, Truth(power=Power.DEAD, box=False, link=False, clock=True)),
        (15.9, Truth(power=Power.ON_RESERVE, box=True, link=False, clock=False)),
        (72.1, Truth(power=Power.RETURNING, box=True, link=False, clock=False)),
        (73, Truth(power=Power.ON_MAINS, box=True, link=True, clock=True)),
    ],
)
def test_truth_follows_plant_and_conductor(hour: float, expected: Truth) -> None:
    """What happened so far decides, whatever order the lines came in."""
    assert expected == hours.truth_at(hour * 3600, reversed(EVENTS), reversed(STEPS))


def _wrong(truth: Truth, shown: Shown) -> tuple[str, ...]:
    return hours.row(1, truth, shown).wrong


def test_hour_in_which_all_surfaces_agree_with_the_truth_is_right() -> None:
    """Dead is shown as dead everywhere."""
    truth = Truth(power=DEAD, box=True, link=True, clock=True)

    assert () == _wrong(truth, Shown(power=DEAD, kiosk=SAYS_DEAD, dashboard=DEAD))


def test_without_a_link_the_dashboard_may_only_say_that_it_does_not_know() -> None:
    """The last known state shown as now is the one lie that may never be told."""
    truth = Truth(power=DEAD, box=True, link=False, clock=True)

    assert () == _wrong(truth, Shown(power=DEAD, kiosk=SAYS_DEAD, dashboard=Power.UNKNOWN))
    assert ("dashboard shows dead, right is unknown",) == _wrong(
        truth, Shown(power=DEAD, kiosk=SAYS_DEAD, dashboard=DEAD)
    )


def test_box_without_power_shows_nothing() -> None:
    """No speaker, no screen; anything shown then would be a ghost."""
    truth = Truth(power=DEAD, box=False, link=True, clock=True)

    assert () == _wrong(truth, Shown(power=None, kiosk=None, dashboard=Power.UNKNOWN))
    assert (
        "gateway says dead, true is nothing",
        "kiosk shows something without power",
        "dashboard shows dead, right is unknown",
    ) == _wrong(truth, Shown(power=DEAD, kiosk=SAYS_DEAD, dashboard=DEAD))


def test_kiosk_that_tells_another_state_or_nothing_is_called_out() -> None:
    """The visitor's line must hold the words of the true state."""
    truth = Truth(power=Power.ON_RESERVE, box=True, link=False, clock=False)
    wrong = _wrong(truth, Shown(power=Power.ON_RESERVE, kiosk=SAYS_DEAD, dashboard=Power.UNKNOWN))
    dark = _wrong(truth, Shown(power=Power.ON_RESERVE, kiosk=None, dashboard=Power.UNKNOWN))

    assert (f"kiosk does not say “{phrase('power', Power.ON_RESERVE)}”",) == wrong
    assert ("kiosk tells no lines",) == dark


def test_notice_that_is_not_on_the_screen_is_called_out() -> None:
    """What somebody wrote for visitors must be there from then on, in its newest words."""
    steps = [{"do": "notice", "at_s": at, "notice": "warm", "sv": sv} for at, sv in ((10, "Öppet"), (20, "Stängt"))]
    truth = hours.truth_at(30, [{"event": "mains_fails", "at_s": 5}], steps)

    assert ("Stängt",) == truth.notices
    assert () == _wrong(truth, Shown(power=DEAD, kiosk=(*SAYS_DEAD, "Stängt nu"), dashboard=DEAD))
    assert ("kiosk does not say “Stängt”",) == _wrong(truth, Shown(power=DEAD, kiosk=SAYS_DEAD, dashboard=DEAD))


def test_row_fits_its_columns_and_names_what_is_not_right() -> None:
    """A long cell takes several lines, nothing is cut, and every wrong thing has a line of its own."""
    truth = Truth(power=DEAD, box=True, link=False, clock=False)
    shown = Shown(power=None, kiosk=("x" * 60, "y"), dashboard=Power.UNKNOWN, dashboard_words="Ingen kontakt")

    assert [
        f"7    dead (no    nothing     {'x' * 54}  Ingen kontakt",
        "     link) (no               xxxxxx | y",
        "     clock)",
        "     ! not right yet: gateway says nothing, true is dead",
        "     ! not right yet: kiosk does not say “Strömlös”",
    ] == hours.text(hours.row(7, truth, shown)).splitlines()


def test_figures_count_the_hours_that_are_right() -> None:
    """A program can see how far it has come, and why not further."""
    truth = Truth(power=DEAD, box=True, link=True, clock=True)
    right = hours.row(0, truth, Shown(power=DEAD, kiosk=SAYS_DEAD, dashboard=DEAD))
    wrong = hours.row(1, truth, Shown(power=DEAD, kiosk=SAYS_DEAD, dashboard=Power.UNKNOWN))

    assert {
        "hours": 2,
        "hours_right": 1,
        "not_right": {"1": ["dashboard shows unknown, right is dead"]},
    } == hours.figures((right, wrong))


def test_every_surface_that_was_wrong_is_named_with_its_hour() -> None:
    """What makes a run fail says where to look; an hour that was right says nothing."""
    truth = Truth(power=DEAD, box=True, link=True, clock=True)
    right = hours.row(0, truth, Shown(power=DEAD, kiosk=SAYS_DEAD, dashboard=DEAD))
    wrong = hours.row(72, truth, Shown(power=None, kiosk=SAYS_DEAD, dashboard=Power.UNKNOWN))

    assert ["hour 72: gateway says nothing, true is dead", "hour 72: dashboard shows unknown, right is dead"] == (
        hours.faults((right, wrong))
    )


def test_kiosk_may_show_what_has_become_true_while_it_was_asked() -> None:
    """Asking it takes minutes of a fast day; what was true before, or is true now, is right, and nothing else."""
    before = Truth(power=Power.ON_RESERVE, box=True, link=False, clock=True)
    after = Truth(power=Power.RETURNING, box=True, link=False, clock=True)
    says = Shown(power=Power.ON_RESERVE, kiosk=(phrase("power", Power.RETURNING),), dashboard=Power.UNKNOWN)
    lies = Shown(power=Power.ON_RESERVE, kiosk=SAYS_DEAD, dashboard=Power.UNKNOWN)

    assert () == hours.row(71, before, says, after).wrong
    assert ("kiosk does not say “På reservkraft”",) == hours.row(71, before, lies, after).wrong
