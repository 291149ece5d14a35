"""The loader's thinking: whatever it is told, it chooses a slot that can start, and no trial lasts for ever."""

from itertools import product

import loader
import pytest
from hypothesis import given
from hypothesis import strategies as st
from loader import CRASHES, TRIAL_STARTS, Pointer

Seen = tuple[int, str, bool] | None
SEEN: list[Seen] = [None, (4, "four", False), (4, "four", True), (5, "five", False), (5, "five", True)]


def said(pointer: Pointer) -> tuple[str, int, str]:
    """What matters of a pointer."""
    return pointer.slot, pointer.trial, pointer.failed


@pytest.mark.parametrize(
    ("was", "count", "a", "b", "expected"),
    [
        (("a", 0, ""), 0, (4, "four", True), None, ("a", 0, "")),
        (("b", 1, ""), 0, (4, "four", True), (5, "five", True), ("b", 1, "")),
        (("b", 1, ""), TRIAL_STARTS - 1, (4, "four", True), (5, "five", True), ("b", 1, "")),
        (("b", 1, ""), TRIAL_STARTS, (4, "four", True), (5, "five", True), ("a", 0, "five")),
        (("b", 1, ""), 0, (4, "four", True), (5, "five", False), ("a", 0, "five")),
        (("b", 1, ""), 0, (4, "four", True), None, ("a", 0, "")),
        (("b", 1, ""), TRIAL_STARTS, None, (5, "five", True), ("b", 1, "")),
        (("b", 0, ""), CRASHES - 1, (4, "four", True), (5, "five", True), ("b", 0, "")),
        (("b", 0, ""), CRASHES, (4, "four", True), (5, "five", True), ("a", 1, "")),
        (("b", 0, "four"), CRASHES, (4, "four", True), (5, "five", True), ("b", 0, "four")),
        (("b", 0, "four"), 0, (4, "four", True), (5, "five", False), ("a", 0, "four")),
        (("b", 0, ""), 0, (4, "four", False), (5, "five", False), ("b", 0, "")),
        (("b", 0, ""), 2, (4, "four", False), (5, "five", False), ("a", 0, "")),
    ],
)
def test_choice(was: tuple, count: int, a: Seen, b: Seen, expected: tuple) -> None:
    """Each rule of the loader by an example."""
    slot, trial, failed = was

    assert expected == said(loader.choose(Pointer(9, slot, trial, failed), count, {"a": a, "b": b}.get))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (None, None, ("a", 0, "")),
        ((4, "four", True), None, ("a", 0, "")),
        (None, (5, "five", True), ("b", 0, "")),
        ((4, "four", False), (5, "five", True), ("b", 0, "")),
        ((4, "four", True), (5, "five", True), ("b", 1, "")),
        ((6, "six", True), (5, "five", True), ("a", 1, "")),
    ],
)
def test_choice_without_a_pointer(a: Seen, b: Seen, expected: tuple) -> None:
    """A new board starts what is there; of two programs the newer one must prove itself."""
    assert expected == said(loader.choose(None, 0, {"a": a, "b": b}.get))


def test_a_whole_program_is_always_chosen() -> None:
    """All states of both slots, all pointers, all counts: if one slot is whole, a whole one starts."""
    tried = 0
    pointers = [None, *(Pointer(1, *row) for row in product("ab", (0, 1), ("", "four", "five")))]
    for was, count, a, b in product(pointers, range(7), SEEN, SEEN):
        look = {"a": a, "b": b}.get
        chosen = look(loader.choose(was, count, look).slot)
        if any(one and one[2] for one in (a, b)):
            assert chosen
            assert chosen[2], (was and said(was), count, a, b)
        tried += 1

    assert 2000 < tried


def test_no_trial_lasts_for_ever() -> None:
    """From every state, starts that prove nothing end in a confirmed pointer while the other slot is whole."""
    look = {"a": (4, "four", True), "b": (5, "five", True)}.get
    for slot in "ab":
        pointer, count = Pointer(1, slot, 1), 0
        for _ in range(TRIAL_STARTS + 1):
            after = loader.choose(pointer, count, look)
            count = count + 1 if after is pointer else 0
            pointer = after

        assert (loader.other(slot), 0) == (pointer.slot, pointer.trial)


@given(st.text(max_size=60) | st.none())
def test_no_text_breaks_the_loader(text: str | None) -> None:
    """What is no pointer is none, what is no count is zero."""
    assert loader.pointer(text) is None
    assert isinstance(loader.counted(text, 3), int)


def test_pointer_and_count_come_back_as_written() -> None:
    """And a count that belongs to another pointer is none."""
    pointer = loader.pointer(Pointer(7, "b", 1, "abc", [3, 9]).text())

    assert pointer is not None
    assert (7, "b", 1, "abc", [3, 9]) == (pointer.turn, pointer.slot, pointer.trial, pointer.failed, pointer.good)
    assert 4 == loader.counted(loader.count_text(7, 4), 7)
    assert 0 == loader.counted(loader.count_text(7, 4), 8)
    assert ("b", 0, "abc") == said(loader.confirmed(pointer))
