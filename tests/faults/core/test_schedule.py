"""A schedule is understood or refused in one sentence with its place; a drawn one is the same for the same seed."""

import random

import pytest

from faults import catalogue
from faults.__main__ import DEFAULT_MINUTES
from faults.core.draw import FIRST, THEN, draw
from faults.core.schedule import BadSchedule, read, written

GOOD = """
seed = 7
minutes = 2

[[fault]]
name = "kill"
at_s = 30.5
program = "dashboard"

[[fault]]
name = "cut"
at_s = 12
for_s = 40
link = "uplink"
every_s = 10
"""


def test_schedule_is_read_in_order_of_time() -> None:
    """Faults stand in the order in which they happen, with their own parameters."""
    found = read(GOOD, "a.toml", catalogue.known())

    assert (7, 2.0) == (found.seed, found.minutes)
    assert [("cut", 12.0, 40.0), ("kill", 30.5, 0.0)] == [(one.name, one.at_s, one.for_s) for one in found.faults]
    assert {"link": "uplink", "every_s": 10} == found.faults[0].parameters


def test_schedule_without_minutes_ends_after_its_last_fault() -> None:
    """Nobody has to reckon."""
    found = read(GOOD.replace("minutes = 2", ""), "a.toml", catalogue.known())

    assert 67.0 == pytest.approx(found.minutes * 60)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("seed = 7", "seed = -1", "a.toml, line 2: seed: must be a whole number, at least 0"),
        ("seed = 7", 'seed = "x"', "a.toml, line 2: seed: must be a whole number, not a text"),
        ("seed = 7", "sead = 7", "a.toml, line 2: sead: sead is unknown"),
        ("seed = 7", "seed = ", "a.toml: Invalid value (at line 2, column 8)"),
        ('name = "kill"', 'name = "kil"', "a.toml, line 5: there is no fault 'kil'; did you mean 'kill'?"),
        ('name = "kill"', "", "a.toml, line 5: a fault needs a name; known are"),
        ("at_s = 30.5", "", "a.toml, line 5: kill needs at_s"),
        ("at_s = 30.5", "at_s = -2", "a.toml, line 5: at_s of kill: must be a number, at least 0"),
        ("at_s = 30.5", "at_s = 130", "a.toml, line 5: at_s = 130 lies after the end of the run (120 s)"),
        ("at_s = 30.5", "at_s = 3\nfor_s = 2", "a.toml, line 5: kill happens in one moment and takes no for_s"),
        ('program = "dashboard"', 'program = "x"', "a.toml, line 5: kill: there is no program 'x'; programs are plant"),
        ('program = "dashboard"', 'programm = "x"', "a.toml, line 5: kill: programm is unknown; it takes program"),
        (
            'link = "uplink"',
            'link = "up"',
            "a.toml, line 10: link of cut: 'up' is none of those that are known; it takes link, every_s",
        ),
        ("every_s = 10", "every_s = 0", "a.toml, line 10: every_s of cut: must be a number, at least 0.2; it takes"),
        ('name = "cut"', 'name = "long-outage"', "a.toml, line 10: long-outage: link is unknown; it takes hours"),
        (
            'name = "cut"\nat_s = 12\nfor_s = 40\nlink = "uplink"\nevery_s = 10',
            'name = "long-outage"\nat_s = 12\nfor_s = 0.01',
            "a.toml, line 10: long-outage: for_s: 48 hours need at least 29 s",
        ),
    ],
)
def test_bad_schedule_is_refused_with_its_line(was: str, now: str, said: str) -> None:
    """One sentence, file and line."""
    with pytest.raises(BadSchedule) as refused:
        read(GOOD.replace(was, now, 1), "a.toml", catalogue.known())

    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_schedule_that_never_ends_is_refused() -> None:
    """A fault of a month makes no run of a month, unless the file says how long the run is."""
    month = GOOD.replace("minutes = 2\n", "").replace("for_s = 40", "for_s = 2592000")
    with pytest.raises(BadSchedule, match=r"a.toml, line 9: cut ends 2592012 s after .* say `minutes`"):
        read(month, "a.toml", catalogue.known())

    assert 2 == read(GOOD.replace("for_s = 40", "for_s = 2592000"), "a.toml", catalogue.known()).minutes


def test_empty_schedule_is_refused() -> None:
    """A file that asks for nothing is a mistake."""
    with pytest.raises(BadSchedule, match="says neither"):
        read("seed = 1\n", "a.toml", catalogue.known())


@pytest.mark.parametrize("minutes", [0.5, 5.0, 60.0])
def test_drawn_schedule_can_be_written_and_read(minutes: float) -> None:
    """What was drawn is a file that plays the same again, and the same seed draws the same."""
    plan, again = (draw(9, minutes, random.Random(9).random, **catalogue.drawn()) for _ in range(2))

    assert plan == again
    assert plan == read(written(plan), "drawn.toml", catalogue.known())
    assert draw(10, minutes, random.Random(10).random) != plan


def test_drawn_schedule_holds_every_kind_of_fault_within_an_hour() -> None:
    """Nothing that can be drawn is forgotten, and kills come in hundreds."""
    plan = draw(3, 60.0, random.Random(3).random, **catalogue.drawn())
    names = [one.name for one in plan.faults]

    assert {"freeze", "forget", "mute", "refuse", "cut", "bad-net", "twin", "garbage", "certificate-expired", "kill",
            "clock-1970", "clock-jump", "long-outage", "default-pace", "kill-storm"} <= set(names)  # fmt: skip
    assert 500 < names.count("kill")
    assert all(one.ends_s <= 3600 for one in plan.faults)


@pytest.mark.parametrize("seed", [1, 7, 11, 20])
def test_default_run_has_every_kind_of_fault(seed: int) -> None:
    """Whatever the seed, nothing that can be drawn is left out of a run of the default length."""
    plan = draw(seed, DEFAULT_MINUTES, random.Random(seed).random, **catalogue.drawn())
    drawn = [(one.name, one.parameters) for one in plan.faults]
    rounds = [*FIRST, *THEN, *catalogue.drawn()["first"], *catalogue.drawn()["then"]]

    assert [] == [(name, asked) for name, _, asked in rounds if (name, asked) not in drawn]
    assert {"kill", "kill-storm", "long-outage"} <= {name for name, _ in drawn}
    assert not catalogue.catalogue().keys() - {name for name, _ in drawn} - {"default-pace"}


def test_every_fault_explains_itself() -> None:
    """Names are as in a schedule, every parameter has a default, and each says what it does."""
    for name, kind in catalogue.catalogue().items():
        assert name == kind.name.lower()
        assert kind.tells
        assert kind.wrong(kind.Parameters(), 60.0) is None
