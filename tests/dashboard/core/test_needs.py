"""Needs are never shown further than they are proven to have come."""

from typing import Any

import pytest

from contract.judgement import NeedNow
from contract.orders import NeedMark, Order
from contract.words import NeedKind, NeedState


def _need(kall: Any, state: NeedState = NeedState.SAVED, **parts: Any) -> NeedNow:
    told: dict[str, Any] = {"id": "n-1", "what": NeedKind.MEDICINE, "people": 1, "text": "insulin", "who": "Bo"}
    return NeedNow(at=kall.at(60_000), state=state, **(told | parts))


@pytest.mark.parametrize(
    ("expected", "at_site", "state", "parts"),
    [
        ("Sparat här", True, NeedState.SAVED, {}),
        ("Sparat på platsen", False, NeedState.SAVED, {}),
        ("Framme hos kommunen", False, NeedState.RECEIVED, {}),
        ("Läst av TiB, Jour", False, NeedState.READ, {"read_by": ("TiB", "Jour")}),
        ("Läst", False, NeedState.READ, {}),
        ("Löst av TiB", False, NeedState.SOLVED, {"solved_by": "TiB", "read_by": ("TiB",)}),
        ("Sparat här", True, NeedState.SAVED, {"read_by": ("TiB",), "solved_by": "TiB"}),
    ],
)
def test_word_is_what_is_proven(
    kall: Any, reader: Any, expected: str, at_site: bool, state: NeedState, parts: dict[str, Any]
) -> None:
    """At the centre "saved here" would say that it has arrived; names alone prove nothing."""
    (row,) = kall.card(read=reader(at_site=at_site), needs=(_need(kall, state, **parts),)).needs

    assert expected == row.word


def test_need_tells_what_for_whom_and_who_said_it(kall: Any) -> None:
    """Kind, head count, words, and whose they are."""
    (row,) = kall.card(needs=(_need(kall, people=12),)).needs

    assert ("Läkemedel", "12 personer", "insulin", "Bo, 11:59") == (row.what, row.people, row.text, row.said)


def test_unsolved_needs_stand_first(kall: Any) -> None:
    """What is solved goes to the end, of the rest the newest comes first; only unsolved ones are counted."""
    needs = (
        _need(kall, NeedState.SOLVED, id="a"),
        _need(kall, id="b"),
        NeedNow(id="c", what=NeedKind.FOOD, people=None, text="", who="Bo", at=kall.at()),
    )

    card = kall.card(needs=needs)

    assert (["c", "b", "a"], 2) == ([row.id for row in card.needs], card.open_needs)


def test_mark_that_waits_is_named(kall: Any) -> None:
    """Until the site has it, a mark is somebody's word here and no state of the need."""
    mark = NeedMark(need="n-1", state="read")
    kall.pending = (Order(id="o", who="TiB", role="coordinator", entered_ms=1, through="dashboard", what=mark),)

    (row,) = kall.card(needs=(_need(kall, NeedState.RECEIVED),)).needs

    assert ("TiB", "Framme hos kommunen") == (row.waiting, row.word)
