"""Counts of opened pages: bounded, and nothing but counts."""

from kiosk.core.visitor.opened import MOST_AT_ONCE, MOST_PAGES, OTHER, Opened, heard, told


def test_pages_are_counted_and_handed_over_once() -> None:
    """What was handed over is gone here, and the same there."""
    opened = Opened()
    for page in ("home", "travel", "home"):
        opened.add(page)
    counts = heard(told(opened.taken()))

    assert {"home": 2, "travel": 1} == counts
    assert {} == opened.taken()


def test_whatever_comes_stays_bounded() -> None:
    """Names that are none, too many names, too large and negative numbers; what is no count is nothing."""
    opened = Opened()
    opened.add_all({f"section-{number}": 1 for number in range(3 * MOST_PAGES)})
    opened.add_all({"../../etc": 1, "x" * 70: 1, "": 1, "home page": 1, "section-1": -5, "section-2": 10**12})
    counts = opened.taken()

    assert MOST_PAGES + 1 == len(counts)
    assert 2 * MOST_PAGES + 4 == counts[OTHER]
    assert (1, 1 + MOST_AT_ONCE) == (counts["section-1"], counts["section-2"])
    for data in (b"", b"{", b"[1]", b'{"home": "many"}', b'{"home": 1.5}', b"draw", b"\xff" * 100):
        assert {} == heard(data)
