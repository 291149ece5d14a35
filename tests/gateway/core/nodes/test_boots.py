"""What is held of each boot of a node: nothing twice, nothing forgotten that did not come."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.nodes.boots import MOST_BOOTS, MOST_MARKS, BootKept, NodeKept, added, lost_below

SEQS = st.lists(st.integers(1, 40), max_size=60)


def kept(*seqs: int) -> BootKept:
    """A boot of which these have come."""
    spans = ()
    for seq in seqs:
        spans = added(spans, seq, seq)
    return BootKept(boot="0011aaff", spans=spans)


@given(SEQS)
def test_spans_hold_what_came_in_whatever_order(seqs: list[int]) -> None:
    """Exactly those numbers, in as few stretches as there can be."""
    found = kept(*seqs)

    assert set(seqs) == {seq for seq in range(50) if found.has(seq)}
    assert all(a[1] + 1 < b[0] for a, b in zip(found.spans, found.spans[1:], strict=False))


@given(SEQS)
def test_mark_never_passes_a_number_that_has_not_come(seqs: list[int]) -> None:
    """The node may forget up to it, so all of that must be here."""
    mark = kept(*seqs).mark

    assert set(range(1, mark + 1)) <= set(seqs)
    assert mark + 1 not in seqs


@given(SEQS, st.integers(1, 45))
def test_what_the_node_has_lost_is_counted_and_no_more_waited_for(seqs: list[int], oldest: int) -> None:
    """Once each: below its oldest number everything is here, or lost."""
    found = lost_below(kept(*seqs), oldest)

    assert len(set(range(1, oldest)) - set(seqs)) == found.lost
    assert found.mark >= oldest - 1
    assert found == lost_below(found, oldest)


def test_a_board_that_starts_again_and_again_is_remembered_within_bounds() -> None:
    """The boots heard of last stay."""
    node = NodeKept()
    for number in range(MOST_BOOTS + 5):
        node = node.with_boot(BootKept(boot=f"{number:08x}", spans=((1, 3),)))

    assert (MOST_BOOTS, MOST_MARKS) == (len(node.boots), len(node.marks()))
    assert f"{MOST_BOOTS + 4:08x}" in node.marks()
    assert "00000000" not in node.marks()
