"""Two boxes of one name are told from one that restarts."""

from typing import Any

import msgspec
import pytest

from dashboard.core.hearing.identity import LASTS_MS, MOST_RUNS, Runs, identity_double, spoke
from dashboard.core.hearing.picture import SitePicture, fold


@pytest.fixture
def said(voice: Any) -> Any:
    """Makes the runs after so many turns; the nth turn is heard n seconds in."""
    head = voice("are-kall").alive().head

    def play(*turns: str) -> Runs:
        runs = Runs()
        for second, run in enumerate(turns, 1):
            runs = spoke(runs, msgspec.structs.replace(head, run=run), second * 1000)
        return runs

    return play


@pytest.mark.parametrize(
    ("turns", "double"),
    [
        ("", False),
        ("aaaa", False),
        ("aab", False),
        ("abcdefghijk", False),
        ("aba", False),
        ("abab", True),
        ("aabbaabb", True),
        ("abcabc", True),
    ],
)
def test_runs_that_take_turns_are_two_boxes(said: Any, turns: str, double: bool) -> None:
    """Restarts never come back; one return may be a message held up on its way; two are another box."""
    assert double is identity_double(said(*turns), len(turns) * 1000)


def test_double_is_over_an_hour_after_its_last_sign(said: Any) -> None:
    """The second box was switched off: the word goes away by itself."""
    runs = said(*"abab")

    assert identity_double(runs, 4000 + LASTS_MS)
    assert not identity_double(runs, 4001 + LASTS_MS)


def test_runs_held_are_few(said: Any) -> None:
    """A box that restarts all the time does not fill the memory."""
    assert MOST_RUNS == len(said(*(str(number) for number in range(100))).heard)


def test_last_will_and_retained_words_are_no_sign_of_a_second_box(voice: Any) -> None:
    """The will of the run before comes after the new run's first word, and old words lie on the broker."""
    old, new = voice("are-kall", run="run-1"), voice("are-kall", run="run-2")
    picture = SitePicture(site="are-kall")
    for number in range(4):
        picture = fold(picture, old.state(), None)
        picture = fold(picture, new.alive(), number * 1000)
        picture = fold(picture, old.alive(online=False), number * 1000 + 1)

    assert not identity_double(picture.runs, 4000)
