"""Faults that overlap: the worst counts, and one that ends takes only its own away."""

from faults.core.dial import Dial


def test_worst_of_those_that_last_counts() -> None:
    """Two delays at one time: the longer one; when it ends, the other one, and then none."""
    dial, slow, slower = Dial(), object(), object()
    dial.turn(slow, 2.0)
    dial.turn(slower, 5.0)
    values = [dial.value]
    for holder in (slower, slower, slow):
        dial.leave(holder)
        values.append(dial.value)

    assert [5.0, 2.0, 2.0, 0] == values


def test_smallest_rate_counts_and_none_is_no_limit() -> None:
    """Of two slow links the slower one; 0 is a link without limit."""
    dial = Dial(min)
    dial.turn("a", 5000)
    dial.turn("b", 300)
    assert 300 == dial.value
    dial.leave("b")
    assert 5000 == dial.value
    dial.leave("a")
    assert 0 == dial.value
