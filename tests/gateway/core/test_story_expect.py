"""Expectations: which lines they fit, and what they ask of the state."""

import pytest

from gateway.core.story.story_check import Told, matches, unmet
from gateway.core.story.story_expect import Expected, expectations

LINE = 'alarm raised fuel-low site P2 unacked notify "12.5 h"'
RUN = "run ended test not_approved why=short,no_voltage running_min=31.2 mean_kw=12"


def only(text: str) -> Expected:
    """The one expectation of a text."""
    (one,), faults = expectations(text, 1, ["genset", "meter"])
    assert [] == faults
    return one


def told(at_s: int, line: str) -> Told:
    """A change."""
    return Told(at_ms=at_s * 1000, line=line, kind="x", body={}, run="run-1", seq=1)


@pytest.mark.parametrize(
    ("words", "line", "fits"),
    [
        ("alarm raised fuel-low", LINE, True),
        ("alarm fuel-low notify", LINE, True),
        ("alarm notify fuel-low", LINE, False),
        ("alarm raised fuel-low !notify", LINE, False),
        ("alarm raised fuel-low !first_out", LINE, True),
        ('alarm "12.5 h"', LINE, True),
        ('alarm "13 h"', LINE, False),
        ("power -> dead", "power on_mains -> dead by genset", True),
        ("power -> dead", "power dead -> on_mains by genset", False),
        ("on_reserve", "power starting -> on_reserve by genset", False),
        ("readiness -> not_ready: mode_not_auto", "readiness ready -> not_ready: no_fuel, mode_not_auto", True),
        ("run ended running_min>=30", RUN, True),
        ("run ended running_min>32", RUN, False),
        ("run ended mean_kw=11..13", RUN, True),
        ("run ended why=no_voltage", RUN, True),
        ("run ended why=stopped", RUN, False),
        ("run ended fuel_l<3", RUN, False),
    ],
)
def test_words_fit_a_line_in_their_order(words: str, line: str, fits: bool) -> None:
    """The first word is the line's first; of the others as many as matter."""
    assert fits is matches(words.split() if '"' not in words else [words.split()[0], words.split(" ", 1)[1]], line)


@pytest.mark.parametrize(
    ("text", "at_s", "met"),
    [
        ("00:12:00 mains_lost", 720, True),
        ("00:12:00 mains_lost", 721, False),
        ("00:12 mains_lost", 779, True),
        ("00:12 mains_lost", 780, False),
        ("00:12 mains_lost", 719, False),
        ("00:12:00~30s mains_lost", 690, True),
        ("00:12:00~30s mains_lost", 751, False),
        ("00:10..00:12 mains_lost", 779, True),
        ("00:10..00:12 mains_lost", 780, False),
        ("..00:12:00 mains_lost", 3, True),
        ("00:12.. mains_lost", 9000, True),
        ("any mains_lost", 9000, True),
        ("never mains_lost", 9000, False),
        ("never 00:10..00:12 mains_lost", 9000, True),
        ("count 1 mains_lost", 9000, True),
        ("count 2 mains_lost", 9000, False),
        ("count <=1 mains_lost", 9000, True),
        ("count >=2 mains_lost", 9000, False),
        ("count 0 mains_lost", 9000, False),
        ("count 0..2 00:01..00:02 mains_lost", 9000, True),
    ],
)
def test_times_are_as_exact_as_written(text: str, at_s: int, met: bool) -> None:
    """A second, a minute, a tolerance, a window."""
    assert met is (unmet(only(text), [told(at_s, "mains_lost")], {}) is None)


def test_a_line_without_time_belongs_to_the_one_above() -> None:
    """Several changes of one moment need its time only once."""
    (first, second), faults = expectations("00:12:00 mains_lost\n  power -> dead", 1, [])

    assert [] == faults
    assert (first.from_ms, first.to_ms) == (second.from_ms, second.to_ms)


TREE = {
    "power": "on_reserve",
    "outage": True,
    "endurance": {"low_h": 74.7, "high_h": None},
    "reasons": [{"key": "mode_not_auto", "detail": "manual"}],
    "alarms": [],
    "public": {"services": [{"service": "food", "declared": "open"}]},
    "values": {"genset": {"fuel.level": 60}},
}


@pytest.mark.parametrize(
    ("ask", "met"),
    [
        ("power=on_reserve", True),
        ("power!=on_reserve", False),
        ("power = on_reserve outage = yes", True),
        ("power=on_reserve outage=false", False),
        ("endurance.low_h>=74.7", True),
        ("endurance.low_h<74.7", False),
        ("endurance.low_h=75", True),
        ("endurance.low_h=74", False),
        ("endurance.low_h=70..80", True),
        ("endurance.high_h=none", True),
        ("endurance.high_h>=1", False),
        ("battery=none", True),
        ("reasons has mode_not_auto", True),
        ("reasons lacks mode_not_auto", False),
        ("reasons.mode_not_auto.detail=manual", True),
        ("reasons=1 alarms=0", True),
        ("alarms has fuel-low", False),
        ("alarms lacks fuel-low and outage=true", True),
        ("public.services.food.declared=open", True),
        ("public.services.heat.declared=unknown", True),
        ("values.genset.fuel.level=60", True),
        ("values.genset.fuel.rate=none", True),
    ],
)
def test_the_state_is_asked(ask: str, met: bool) -> None:
    """Words, numbers as exact as written, ranges, lists, and what nobody knows."""
    assert met is (unmet(only(f"at 02:00 {ask}"), [], {7_200_000: TREE}) is None)


def test_a_program_that_is_off_answers_nothing() -> None:
    """Whatever is asked of it then is not met."""
    fault = unmet(only("at 02:00 power!=dead"), [], {7_200_000: None})

    assert fault is not None
    assert "not running" in fault.why


def test_what_was_told_at_another_time_is_shown() -> None:
    """Whoever was a minute off sees it at once."""
    fault = unmet(only("00:10:00 mains_lost"), [told(660, "mains_lost")], {})

    assert fault is not None
    assert "00:11:00" in fault.why
    assert ("00:11:00  mains_lost",) == fault.around


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("never alarm raised fuel-los", "did you mean fuel-loss?"),
        ("never alarm raied fuel-low", "did you mean raised?"),
        ("00:10 power -> ded", "did you mean dead?"),
        ("00:10 readiness -> redy", "did you mean ready?"),
        ("00:10 mains_lots", "did you mean mains_lost?"),
        ("00:10", "what is expected?"),
        ("mains_lost", "begins with a time, any, never, count or at"),
        ("count many mains_lost", "write count 2 WHAT"),
        ("00:12..00:10 mains_lost", "the end lies before the beginning"),
        ("00:12~x mains_lost", "is not a tolerance"),
        ("at 00:10", "what shall hold then?"),
        ("at power=dead", "write `at 02:00 power=on_reserve`"),
        ("at 00:10 powr=dead", "did you mean power?"),
        ("at 00:10 power=ded", "did you mean dead?"),
        ("at 00:10 endurance.lowh>=3", "did you mean low_h?"),
        ("at 00:10 power.x=3", "cannot be asked"),
        ("at 00:10 alarms has fuel-los", "did you mean fuel-loss?"),
        ("at 00:10 reasons contains no_fuel", "is not understood"),
    ],
)
def test_what_could_never_come_is_a_mistake(text: str, says: str) -> None:
    """A slip of the pen must not make `never` true."""
    _, faults = expectations(f"\n{text}", 5, ["genset"])

    assert [6] == [fault.line for fault in faults]
    assert says in faults[0].sentence


@pytest.mark.parametrize(
    ("text", "from_s", "to_s"),
    [
        ("3d 03:30..3d 04:00 mains_lost", 271_800, 273_660),
        ("never 3d 03:30..3d 04:00:30 mains_lost", 271_800, 273_631),
        ("count 0 27d 22:00..28d mains_lost", 2_412_000, 2_419_260),
        ("..1d 04:00 mains_lost", -400 * 86_400, 100_860),
        ("1d 04:00.. mains_lost", 100_800, 1200 * 86_400),
        ("1d 04:00~30s mains_lost", 100_770, 100_831),
        ("1d 04:00 mains_lost", 100_800, 100_860),
    ],
)
def test_a_range_may_have_days(text: str, from_s: int, to_s: int) -> None:
    """A day and its clock belong together on both sides."""
    one = only(text)

    assert (from_s, to_s, ("mains_lost",)) == (one.from_ms // 1000, one.to_ms // 1000, one.words)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("any run ended not_approved run_too_short", "write why=run_too_short, or remarks=run_too_short"),
        ("any run ended too_short", "write why=run_too_short"),
        ("any run ended aproved", "did you mean approved?"),
    ],
)
def test_a_reason_of_a_run_is_asked_by_its_name(text: str, says: str) -> None:
    """The hint shows how."""
    (fault,) = expectations(text, 1, [])[1]

    assert says in fault.sentence
