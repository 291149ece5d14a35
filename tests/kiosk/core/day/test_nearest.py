"""Where to go when this point is closed: a word that still holds, or said to be old."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from contract.everyday import Nearby, NearestDocument
from contract.freshness import Now
from contract.words import ClockQuality, Declared
from kiosk.core.age import PLACE, Reader
from kiosk.core.day.nearest import nearest
from kiosk.core.look.theme import Role
from kiosk.io.texts import words

NOON = datetime(2025, 11, 20, 12, 0, tzinfo=PLACE)


def place(name: str, ago_h: float, declared: Declared = Declared.OPEN) -> Nearby:
    """One place, with what was said of it so long ago."""
    told = NOON - timedelta(hours=ago_h)
    return Nearby(id=name, title={"sv": name}, declared=declared, told=told, where="12 km, mot Duved")


def reader(clock: ClockQuality = ClockQuality.SYNCED) -> Reader:
    """Somebody who reads at noon."""
    return Reader(Now(0, int(NOON.timestamp() * 1000), clock), None, words("sv"))


def test_the_nearest_open_place_is_told_with_the_age_of_the_word() -> None:
    """Not the nearest of all: one that is closed is passed over, and so is one whose word is too old."""
    document = NearestDocument(
        places=(place("Huså", 1, Declared.CLOSED), place("Kallrör", 5), place("Duveds skola", 2))
    )
    (row,) = nearest(document, reader())

    assert "Närmast öppet och varmt: Duveds skola, 12 km, mot Duved" == row.text
    assert "Uppgift från kl. 10:00, för 2 tim sedan" == row.detail
    assert Role.GOOD is row.role


@pytest.mark.parametrize("ago_h", [4.1, 50, -1])
def test_an_old_word_or_one_from_the_future_says_was(ago_h: float) -> None:
    """Nobody is sent through the cold by an old word as if it were new."""
    (row,) = nearest(NearestDocument(places=(place("Duveds skola", ago_h),)), reader())

    assert row.text.startswith("Var öppet och varmt senast vi hörde: Duveds skola")
    assert Role.UNKNOWN is row.role


def test_without_a_clock_no_word_is_young() -> None:
    """Its age is not told either."""
    (row,) = nearest(NearestDocument(places=(place("Duveds skola", 0),)), reader(ClockQuality.UNSYNCED))

    assert Role.UNKNOWN is row.role
    assert "sedan" not in row.detail


def test_nothing_is_shown_where_nobody_has_said_anything() -> None:
    """No document, none open, or something else under that name."""
    closed = NearestDocument(places=(place("Huså", 1, Declared.CLOSED),))

    assert [(), (), ()] == [nearest(one, reader()) for one in (None, closed, "a text")]


def test_a_time_without_offset_is_refused() -> None:
    """Its age is all that counts."""
    data: Any = {"id": "a", "title": {"sv": "A"}, "declared": "open", "told": "2025-11-20T12:00:00"}
    with pytest.raises(msgspec.ValidationError, match="with an offset"):
        msgspec.convert({"places": [data]}, NearestDocument)
