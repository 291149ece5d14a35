"""A unit that can be moved: what the page says before, while and after it stands at its place."""

from typing import Any

import msgspec
import pytest

from contract.messages import Stay
from dashboard.core.hearing.picture import fold
from dashboard.core.site.stay import stay_words

HOUR = 3_600_000
NOON_MS = 1_764_241_200_000


@pytest.mark.parametrize(
    ("begins_h", "ends_h", "here", "words"),
    [
        (-1, 1, True, "Flyttbar. Står här till"),
        (1, 2, False, "Ska stå här från"),
        (-2, -1, False, "Ska inte stå här längre än till"),
        (-1, 0, False, "Ska inte stå här längre än till"),
    ],
)
def test_what_is_said_of_a_movable_unit(
    kall: Any, reader: Any, begins_h: int, ends_h: int, here: bool, words: str
) -> None:
    """Outside its time nobody should count on it."""
    stay = Stay(from_ms=NOON_MS + begins_h * HOUR, until_ms=NOON_MS + ends_h * HOUR)
    birth = msgspec.structs.replace(kall.site.birth(), stay=stay)
    said = stay_words(fold(kall.picture(), birth, 0), reader("sv"))

    assert here is said.here
    assert words in said.words
    assert ("Räkna inte med den" in said.words) is not here


def test_without_a_clock_nobody_knows(kall: Any, reader: Any) -> None:
    """Neither here nor gone."""
    birth = msgspec.structs.replace(kall.site.birth(), stay=Stay(from_ms=1, until_ms=2))
    assert stay_words(fold(kall.picture(), birth, 0), reader("sv", wall=False)).here is None


def test_a_site_that_stays_says_nothing(kall: Any, reader: Any) -> None:
    """Most sites never move."""
    assert stay_words(kall.picture(), reader("sv")) is None
